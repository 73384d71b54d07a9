"""Each test of loading runs over both faces; those marked so on PostgreSQL too."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.orm.loading.library import Base, filled
from tests.support.faces import Store, run

Program = Callable[[Store, Any], Awaitable[None]]


@pytest.fixture(params=["sync", "async"])
def on_library(request: pytest.FixtureRequest) -> Callable[[Program], None]:
    """Run an awaited test on the library of `library.py`: it gets the store and an open session."""

    def go(program: Program) -> None:
        async def body(store: Store) -> None:
            async with await filled(store) as session:
                await program(store, session)

        run(Base.metadata, request.param, body)

    return go
