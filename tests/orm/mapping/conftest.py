"""An engine for what these tests flush and read: on SQLite and on PostgreSQL, each with nothing in it."""

from collections.abc import Iterator

import pytest

from holdfast import Engine, create_engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a clean database."""
    engine = create_engine(
        "sqlite://" if request.param == "sqlite" else request.getfixturevalue("clean_postgresql_url")
    )
    yield engine
    engine.dispose()
