"""A session with two writers and three books on SQLite, PostgreSQL and MariaDB, rolled back after each test."""

from collections.abc import Iterator

import pytest

from holdfast import Engine
from holdfast.orm import Session
from tests.orm.session.models import Base, Book, Tag, Writer
from tests.support.awaited import engine_on
from tests.support.databases import SERVERS, clean_url, faces_on


@pytest.fixture(params=faces_on(SERVERS, ("sync",)))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with a few rows, on either face; Query has no asynchronous one, it is for `run_sync`."""
    face, database = request.param
    url = "sqlite+aiosqlite://" if face == "async" else clean_url(request, database)
    with engine_on(url, face) as engine:
        _fill(engine)
        yield engine


def _fill(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        ada, ben = Writer(id=1, name="ada", born=1815), Writer(id=2, name="ben", born=1900)
        tag = Tag(id=1, word="old")
        session.add_all(
            [ada, ben, Book(id=1, title="notes", writer=ada, tags=[tag]), Book(id=2, title="sums", writer=ada)]
        )
        session.add(Book(id=3, title="tides", writer=ben))
        session.commit()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose changes are taken back."""
    with Session(engine) as session:
        yield session
