"""An engine for tests of this folder whose outcome a database may change; the folders inside have their own."""

from collections.abc import Iterator

import pytest

from holdfast import Engine
from tests.support.awaited import engine_on
from tests.support.databases import SERVERS, clean_url, faces_on


@pytest.fixture(params=[each for each in faces_on(SERVERS, ("sync",)) if each.id != "async"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on an empty database: SQLite, PostgreSQL, MariaDB."""
    face, database = request.param
    with engine_on(clean_url(request, database), face) as engine:
        yield engine
