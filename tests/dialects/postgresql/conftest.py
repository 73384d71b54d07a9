"""An engine on a clean PostgreSQL, and a way to run a test on both faces over it."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from holdfast import Engine, create_engine, make_url
from tests.dialects.drivers.available import tried
from tests.dialects.postgresql.models import Base
from tests.support.awaited import engine_on
from tests.support.faces import Store, run


@pytest.fixture
def engine(clean_postgresql_url: str) -> Iterator[Engine]:
    """An engine with the tables of `models`."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    yield engine
    assert engine.pool.checkedout() == 0
    engine.dispose()


@pytest.fixture(params=["sync", "async"])
def on_face(
    request: pytest.FixtureRequest, clean_postgresql_url: str
) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a clean database on the face of this parameter."""
    return lambda program: run(Base.metadata, request.param, program, clean_postgresql_url)


DRIVERS = [
    pytest.param((driver.name, face), id=f"{driver.name}-{face}")
    for driver in tried()
    if driver.server == "postgresql"
    for face in driver.faces
]


@pytest.fixture(params=DRIVERS)
def driver_engine(request: pytest.FixtureRequest, clean_postgresql_url: str) -> Iterator[Engine]:
    """An engine on a clean database, by each driver and on each of its faces."""
    name, face = request.param
    with engine_on(make_url(clean_postgresql_url).set(drivername=f"postgresql+{name}"), face) as engine:
        yield engine
