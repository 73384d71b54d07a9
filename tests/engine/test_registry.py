"""The registry of dialects knows Holdfast's own by name."""

import pytest

from holdfast.dialects import mysql, postgresql, registry, sqlite
from holdfast.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from holdfast.exc import NoSuchModuleError


def test_own_dialects_are_loaded_by_name() -> None:
    """Programs load a dialect to compile for it, with a driver's name or without."""
    assert registry.load("sqlite") is sqlite.dialect
    assert registry.load("postgresql") is postgresql.dialect
    assert registry.load("mysql.pymysql") is mysql.dialect
    assert registry.load("postgresql.psycopg2") is PGDialect_psycopg2


@pytest.mark.parametrize("name", ["nothing", "sqlite.nothing"])
def test_others_are_not_known(name: str) -> None:
    """A name that nobody knows is an error, and so is a driver."""
    with pytest.raises(NoSuchModuleError, match=f"holdfast.dialects:{name}"):
        registry.load(name)
