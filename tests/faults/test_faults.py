"""Each program with each fault at each of its I/Os; see `replay` for what must hold.

On SQLite all of them; on servers, where a run takes longer, every so-manieth, others for each program; all of them with
``HOLDFAST_TEST_FAULTS=all``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.dialects.drivers.available import tried
from tests.faults.databases import Database
from tests.faults.programs import PROGRAMS, Program
from tests.faults.replay import Replay
from tests.support.databases import by_driver

TAKES_ALL = os.environ.get("HOLDFAST_TEST_FAULTS") == "all"

pytestmark = pytest.mark.filterwarnings(
    "ignore:The transaction is committed, but reading the objects:holdfast.exc.SAWarning"
)
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)


def replay_some(database: Database, is_async: bool, share: int) -> int:
    """Run every `share`-th pair of an I/O and a fault of all programs; returns how many there were."""
    database.create()
    runs = 0
    try:
        for place, program in enumerate(PROGRAMS):
            replay = Replay(database, program, is_async)
            replay.run(1 if TAKES_ALL else share, place)
            runs += sum(replay.runs.values())
    finally:
        database.drop()
    return runs


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of commits wait for a disk otherwise."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as made:
        yield Path(made)


@each_program
def test_on_sqlite(program: Program, folder: Path) -> None:
    """Called."""
    database = Database(f"sqlite:///{folder}/faults.db")
    database.create()
    Replay(database, program, False).run()
    database.drop()


@each_program
def test_on_aiosqlite(program: Program, folder: Path) -> None:
    """Awaited, each connection in a thread."""
    database = Database(f"sqlite+aiosqlite:///{folder}/faults.db")
    database.create()
    Replay(database, program, True).run()
    database.drop()


SERVERS = (
    # Marks of transactions by themselves, and travelling with statements: which of both a connection does, it finds out by timing.
    pytest.param("postgresql+psycopg", "never", False, 16, marks=pytest.mark.postgresql),
    pytest.param("postgresql+psycopg", "always", False, 18, marks=pytest.mark.postgresql),
    pytest.param("postgresql+psycopg", "never", True, 16, marks=pytest.mark.postgresql),
    pytest.param("postgresql+psycopg", "always", True, 18, marks=pytest.mark.postgresql),
    pytest.param("postgresql+psycopg2", None, False, 25, marks=pytest.mark.postgresql),
    pytest.param("postgresql+asyncpg", None, True, 16, marks=pytest.mark.postgresql),
    pytest.param("mariadb+pymysql", None, False, 25, marks=pytest.mark.mariadb),
    pytest.param("mariadb+asyncmy", None, True, 18, marks=pytest.mark.mariadb),
)


@pytest.mark.parametrize(("driver", "pipeline", "is_async", "share"), SERVERS)
def test_on_servers(
    driver: str, pipeline: str | None, is_async: bool, share: int, request: pytest.FixtureRequest
) -> None:
    """On the servers, each driver in its way."""
    server, _, name = driver.partition("+")
    if name not in {each.name for each in tried()}:
        pytest.skip(f"{name} is not installed")
    url = by_driver(request.getfixturevalue(f"clean_{server}_url"), name)
    if pipeline is not None:
        url = url.update_query_dict({"pipeline": pipeline})
    assert replay_some(Database(url.render_as_string(hide_password=False)), is_async, share) > 20
