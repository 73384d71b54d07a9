"""Runs each test of this folder on both faces, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable

import pytest

from tests.orm.locking.models import Base
from tests.support.databases import SERVERS, clean_url, faces_on
from tests.support.faces import Store, run


@pytest.fixture(params=faces_on(SERVERS))
def on_face(request: pytest.FixtureRequest) -> Callable[[Callable[[Store], Awaitable[None]]], None]:
    """Call it with an awaited program: it runs over a clean database on the face of this parameter."""
    face, database = request.param
    url = clean_url(request, database)
    return lambda program: run(Base.metadata, face, program, url)
