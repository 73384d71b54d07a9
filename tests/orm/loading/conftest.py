"""Runs each test of this folder on the synchronous and on the asynchronous face, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.orm.loading.library import Base, filled
from tests.support.databases import SERVERS, clean_url, faces_on
from tests.support.faces import Store, run

Program = Callable[[Store, Any], Awaitable[None]]


@pytest.fixture(params=faces_on(SERVERS))
def on_library(request: pytest.FixtureRequest) -> Callable[[Program], None]:
    """Run an awaited test on the library of `library.py`: it gets the store and an open session."""
    face, database = request.param
    url = clean_url(request, database)

    def go(program: Program) -> None:
        async def body(store: Store) -> None:
            async with await filled(store) as session:
                await program(store, session)

        run(Base.metadata, face, body, url)

    return go
