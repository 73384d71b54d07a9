"""Runs each test of this folder on the synchronous and on the asynchronous face."""

from collections.abc import Awaitable, Callable

import pytest

from tests.orm.session.models import Base
from tests.support.faces import Store, run


@pytest.fixture(params=["sync", "async"])
def on_face(request: pytest.FixtureRequest) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a fresh database in memory on the face of this parameter."""
    return lambda program: run(Base.metadata, request.param, program)
