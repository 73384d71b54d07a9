"""Runs each test of this folder on the synchronous and on the asynchronous face, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.orm.loading.library import Base, filled
from tests.support.faces import Store, run

Program = Callable[[Store, Any], Awaitable[None]]


FACES = [
    *(pytest.param((face, "sqlite"), id=face) for face in ("sync", "async")),
    *(
        pytest.param((face, database), id=f"{face}-{database}", marks=getattr(pytest.mark, database))
        for database in ("postgresql", "mariadb")
        for face in ("sync", "async")
    ),
]


@pytest.fixture(params=FACES)
def on_library(request: pytest.FixtureRequest) -> Callable[[Program], None]:
    """Run an awaited test on the library of `library.py`: it gets the store and an open session."""
    face, database = request.param
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue(f"clean_{database}_url")

    def go(program: Program) -> None:
        async def body(store: Store) -> None:
            async with await filled(store) as session:
                await program(store, session)

        run(Base.metadata, face, body, url)

    return go
