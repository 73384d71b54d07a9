"""A connection that is given up under a waiting driver keeps its socket until the driver has stopped waiting for it."""

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from holdfast.engine import uninterrupted


def test_the_socket_is_closed_after_the_driver_has_left_it(monkeypatch: Any) -> None:
    """Otherwise the next connection gets its number, and the loop takes the one for the other; the server is told at once."""
    given_up = pytest.importorskip("holdfast.dialects.postgresql.drivers.given_up")
    monkeypatch.setattr(uninterrupted, "DEADLINE", 0.0)
    happened: list[str] = []
    ours, server = socket.socketpair()

    async def wait_for_the_server() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            happened.append("left")

    async def body() -> None:
        library = SimpleNamespace(socket=ours.fileno(), finish=lambda: happened.append("closed"))
        ending = given_up.Ending(SimpleNamespace(pgconn=library))
        task = asyncio.create_task(ending.after(wait_for_the_server()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ending.has_begun
        assert server.recv(1) == b""
        while "closed" not in happened:
            await asyncio.sleep(0)
        assert happened == ["left", "closed"]
        ending.begin()
        assert happened == ["left", "closed", "closed"]

    with ours, server:
        asyncio.run(body())
