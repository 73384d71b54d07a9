"""Runs each test of hierarchies on both faces, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

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
def on_face(request: pytest.FixtureRequest) -> Callable[[Any, Callable[[Store], Awaitable[None]]], None]:
    """Call it with a MetaData and an awaited program, which runs over a clean database on the face of this parameter."""
    face, database = request.param
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue(f"clean_{database}_url")
    return lambda metadata, program: run(metadata, face, program, url)
