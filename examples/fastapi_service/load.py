"""Puts the service under load through its ASGI interface and prints requests per second: ``python -m ... load``.

Without a network in between, so that what is measured is the service: FastAPI, pydantic, session, driver, database.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable

import httpx

from examples.fastapi_service.app import create_app

CLIENTS = 20
REQUESTS = 2000


async def measure(name: str, request: Callable[[int], Awaitable[httpx.Response]], requests: int = REQUESTS) -> None:
    """Send requests from `CLIENTS` tasks at once and print how many a second were answered.

    Args:
        request: sends the one with this number.
    """
    numbers = iter(range(requests))
    refused = 0

    async def client() -> None:
        nonlocal refused
        for number in numbers:
            answer = await request(number)
            refused += answer.status_code >= 400

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    seconds = time.perf_counter() - begun
    print(f"{name:34}{requests / seconds:8.0f} requests/s{'' if not refused else f'  ({refused} refused)'}")


async def main(url: str) -> None:
    """Fill a store and measure its endpoints."""
    app = create_app(url)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://store") as client,
    ):
        for number in range(50):
            await client.post("/products", json={"name": f"p{number}", "price": 5, "stock": 1_000_000})
            await client.post("/accounts", json={"owner": f"a{number}", "balance": 1_000_000})
        await measure("read one row", lambda n: client.get(f"/accounts/{n % 50 + 1}"))
        await measure("find 20 products", lambda n: client.get("/products?name=p"))
        await measure("three sums together", lambda n: client.get("/reports/totals"))
        await measure("add a row, commit", lambda n: client.post("/accounts", json={"owner": f"new {n}"}))
        await measure(
            "order: 2 locks, 3 writes, commit",
            lambda n: client.post("/orders", json={"account": n % 50 + 1, "product": n % 50 + 1, "pieces": 1}),
        )
        await measure(
            "transfer: 2 locks, 2 writes, commit",
            lambda n: client.post(
                "/accounts/transfers", json={"source": n % 50 + 1, "target": (n + 7) % 50 + 1, "amount": 1}
            ),
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        chosen = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("STORE_URL")
        asyncio.run(main(chosen or f"sqlite+aiosqlite:///{folder}/store.db"))
