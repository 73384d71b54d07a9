"""Fixtures for the programs that hold the documents' claims: SQLite databases, and a view on the SQL that is sent."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from holdfast import Engine, create_engine, event
from tests.support.faces import Store, run


class Sent(NamedTuple):
    """One statement as the driver got it: its text, and for how many rows of parameters at once."""

    sql: str
    rows: int


Record = Callable[[Engine], list[Sent]]


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of what only Holdfast has; all other programs here run on SQLAlchemy 2.1 with the same outcome."""
    config.addinivalue_line("markers", "holdfast_only: the claim is Holdfast's own, SQLAlchemy 2.1 does not hold it")


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    """Where a test's SQLite file will be."""
    return tmp_path / "documents.db"


@pytest.fixture
def file_engine(database_file: Path) -> Iterator[Engine]:
    """An engine on a SQLite file, for programs in which several sessions are open at once."""
    engine = create_engine(f"sqlite:///{database_file}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "file"])
def engine(request: pytest.FixtureRequest, database_file: Path) -> Iterator[Engine]:
    """An engine on SQLite, in memory and on a file by turns."""
    engine = create_engine("sqlite://" if request.param == "memory" else f"sqlite:///{database_file}")
    yield engine
    engine.dispose()


FACES = [
    *(pytest.param((face, "sqlite"), id=face) for face in ("sync", "async")),
    *(
        pytest.param((face, "postgresql"), id=f"{face}-postgresql", marks=pytest.mark.postgresql)
        for face in ("sync", "async")
    ),
]


@pytest.fixture(params=FACES)
def on_face(
    request: pytest.FixtureRequest, database_file: Path
) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs on the face and the database of this parameter, with the file's `Base`."""
    face, database = request.param
    url = f"sqlite:///{database_file}" if database == "sqlite" else request.getfixturevalue("clean_postgresql_url")
    return lambda program: run(request.module.Base.metadata, face, program, url)


@pytest.fixture
def record() -> Record:
    """Start to collect what an engine sends, transaction control left out."""

    def start(engine: Engine) -> list[Sent]:
        sent: list[Sent] = []

        def note(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, executemany: bool) -> None:
            if sql.split()[0] not in {"BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA"}:
                sent.append(Sent(sql, len(parameters) if executemany else 1))

        event.listen(engine, "before_cursor_execute", note)
        return sent

    return start
