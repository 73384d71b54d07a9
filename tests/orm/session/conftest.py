"""Runs each test of this folder on the synchronous and on the asynchronous face, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from holdfast import Engine
from tests.orm.session.models import Base
from tests.support.awaited import engine_on
from tests.support.databases import SERVERS, clean_url, faces_on
from tests.support.faces import Store, run


@pytest.fixture(params=faces_on(SERVERS))
def on_face(request: pytest.FixtureRequest) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a clean database on the face of this parameter."""
    face, database = request.param
    url = clean_url(request, database)
    return lambda program: run(Base.metadata, face, program, url)


@pytest.fixture(params=["sync", "async"])
def file_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a SQLite file with the tables of the models; on the asynchronous face sessions have an AsyncSession before them."""
    driver = "sqlite" if request.param == "sync" else "sqlite+aiosqlite"
    with engine_on(f"{driver}:///{tmp_path}/session.db", request.param) as engine:
        Base.metadata.create_all(engine)
        yield engine


@pytest.fixture
def plain_engine(tmp_path: Path) -> Iterator[Engine]:
    """The same on the synchronous face alone: for modes of old, places in messages, and when things are freed."""
    with engine_on(f"sqlite:///{tmp_path}/session.db", "sync") as engine:
        Base.metadata.create_all(engine)
        yield engine
