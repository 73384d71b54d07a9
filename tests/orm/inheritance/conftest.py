"""Runs each test of hierarchies on both faces, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.databases import SERVERS, clean_url, faces_on
from tests.support.faces import Store, run


@pytest.fixture(params=faces_on(SERVERS))
def on_face(request: pytest.FixtureRequest) -> Callable[[Any, Callable[[Store], Awaitable[None]]], None]:
    """Call it with a MetaData and an awaited program, which runs over a clean database on the face of this parameter."""
    face, database = request.param
    url = clean_url(request, database)
    return lambda metadata, program: run(metadata, face, program, url)
