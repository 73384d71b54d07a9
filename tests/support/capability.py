"""Skips a test of an ability that the database at hand does not have."""

from typing import Any

import pytest


def needs(connection: Any, *names: str) -> None:
    """Skip the running test unless the server has these abilities.

    Args:
        connection: an open one, or an engine that has had one: a server tells what it can do.
        names: attributes of `Capabilities`.
    """
    dialect = connection.dialect
    lacking = [name for name in names if not getattr(dialect.capabilities, name)]
    if lacking:
        pytest.skip(f"{dialect.name} {dialect.server_version_info} has no {', '.join(lacking)}")
