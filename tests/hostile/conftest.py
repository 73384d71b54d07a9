"""A table with one row on each of the three databases, which no attack may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.world import World


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A database with a canary; it is there and unchanged when the test is over."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue(f"{request.param}_url")
    world = World(url)
    try:
        world.check()
        yield world
        world.check()
    finally:
        world.close()
