"""On which faces and databases a test runs: the parameters of a fixture, and the address that belongs to each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from holdfast import make_url

SERVERS = ("postgresql", "mariadb")


def faces_on(servers: Iterable[str], faces_there: Iterable[str] = ("sync", "async")) -> list[Any]:
    """Return parameters ``(face, database)``: both faces on SQLite, and on servers.

    Args:
        servers: names of databases, whose marks the tests get.
        faces_there: the faces tried on servers; one is enough where the face makes no difference that SQLite does not show.
    """
    return [
        *(pytest.param((face, "sqlite"), id=face) for face in ("sync", "async")),
        *(
            pytest.param((face, server), id=f"{face}-{server}", marks=getattr(pytest.mark, server))
            for server in servers
            for face in faces_there
        ),
    ]


def clean_url(request: pytest.FixtureRequest, database: str) -> str:
    """Return the address of an empty database."""
    return "sqlite://" if database == "sqlite" else str(request.getfixturevalue(f"clean_{database}_url"))


def by_driver(url: Any, name: str) -> Any:
    """Return the address of a database by a driver: a named server may be MySQL where the run's own is MariaDB."""
    found = make_url(url)
    return found.set(drivername=f"{found.get_backend_name()}+{name}")
