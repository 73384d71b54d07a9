"""An engine on a clean MariaDB, and a way to run a test on both faces over it."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from holdfast import Engine, create_engine
from tests.dialects.mysql.models import Base
from tests.support.faces import Store, run


@pytest.fixture
def engine(clean_mariadb_url: str) -> Iterator[Engine]:
    """An engine with the tables of `models`."""
    engine = create_engine(clean_mariadb_url)
    Base.metadata.create_all(engine)
    yield engine
    assert engine.pool.checkedout() == 0
    engine.dispose()


@pytest.fixture(params=["sync", "async"])
def on_face(
    request: pytest.FixtureRequest, clean_mariadb_url: str
) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a clean database on the face of this parameter."""
    return lambda program: run(Base.metadata, request.param, program, clean_mariadb_url)
