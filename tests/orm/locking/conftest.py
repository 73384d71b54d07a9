"""Runs each test of this folder on both faces, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable

import pytest

from tests.orm.locking.models import Base
from tests.support.faces import Store, run

FACES = [
    *(pytest.param((face, "sqlite"), id=face) for face in ("sync", "async")),
    *(
        pytest.param((face, database), id=f"{face}-{database}", marks=getattr(pytest.mark, database))
        for database in ("postgresql", "mariadb")
        for face in ("sync", "async")
    ),
]


@pytest.fixture(params=FACES)
def on_face(request: pytest.FixtureRequest) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a clean database on the face of this parameter."""
    face, database = request.param
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue(f"clean_{database}_url")
    return lambda program: run(Base.metadata, face, program, url)
