"""The probe of round trips finds nothing, with fewer values than it takes by itself."""

import pytest

from bench.probes.round_trips import TYPES, run
from holdfast import create_engine


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_on_sqlite(count):
    """Each type, by parameters and by literals."""
    engine = create_engine("sqlite://")
    assert run(engine, count) == {}
    engine.dispose()


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_on_postgresql(count, clean_postgresql_url):
    """The same on the server."""
    engine = create_engine(clean_postgresql_url)
    assert run(engine, count) == {}
    engine.dispose()


def test_there_are_values_of_every_kind():
    """A type that is forgotten here is not tried."""
    assert len(TYPES) >= 18
