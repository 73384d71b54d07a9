"""Reports: a long answer that holds no connection, and a read session beside one that writes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from examples.fastapi_service.database import Database, Reading, TheDatabase, Writing
from examples.fastapi_service.models import Account, Order, Product
from holdfast import func, select, update

router = APIRouter(prefix="/reports", tags=["reports"])

PAGE = 500
"""Rows that are read at a time."""


@router.get("/orders.csv")
async def export_orders(db: TheDatabase) -> StreamingResponse:
    """All orders as CSV, however many. A slow client costs nobody a connection."""
    return StreamingResponse(_lines(db), media_type="text/csv")


async def _lines(db: Database) -> AsyncIterator[str]:
    """Yield the lines, page by page.

    Each page has a session of its own, given back before the page is sent: a streamed result would hold its connection
    until the last client has read its last line. Pages go by the key, not by OFFSET: each costs the same.
    """
    yield "order,owner,product,pieces,paid\n"
    last = 0
    while True:
        async with db.readers() as session:
            page = (
                await session.execute(
                    select(Order.id, Account.owner, Product.name, Order.pieces, Order.paid)
                    .join(Order.account)
                    .join(Order.product)
                    .where(Order.id > last)
                    .order_by(Order.id)
                    .limit(PAGE)
                )
            ).all()
        if not page:
            return
        yield "".join(",".join(map(str, row)) + "\n" for row in page)
        last = page[-1][0]


@router.get("/totals")
async def totals(session: Reading) -> dict[str, int]:
    """Numbers of the whole store, asked for together."""
    stock, sold, money = await session.gather(
        select(func.coalesce(func.sum(Product.stock), 0)),
        select(func.coalesce(func.sum(Order.pieces), 0)),
        select(func.coalesce(func.sum(Account.balance), 0)),
    )
    return {"stock": stock.scalar_one(), "sold": sold.scalar_one(), "money": money.scalar_one()}


@router.post("/discount/{percent}")
async def discount(percent: int, seen: Reading, session: Writing) -> dict[str, int]:
    """Lower the prices of what did not sell. What is read to decide on is read beside the transaction that writes."""
    sold = set(await seen.scalars(select(Order.product_id).distinct()))
    # The reading transaction ends before the writing one begins to lock.
    await seen.close()
    lowered = await session.scalars(
        update(Product)
        .where(Product.id.not_in(sold))
        .values(price=Product.price * (100 - percent) / 100)
        .returning(Product.id)
        .execution_options(synchronize_session=False)
    )
    number = len(lowered.all())
    await session.commit()
    return {"lowered": number}
