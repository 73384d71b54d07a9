"""The same statements on both libraries: same text, same parameters, and, where SQLite can run them, the same rows."""

import importlib
from typing import Any

import pytest

import holdfast
from tests.differential.statements import ON_EVERY_DATABASE, TEXT_ALONE, table

sqlalchemy = pytest.importorskip("sqlalchemy")
DRIVERS = ("asyncpg", "psycopg2")
"""Drivers for PostgreSQL whose dialects show parameters in their own way."""
IN_ORDER = (
    "cte for INSERT",
    "cte for UPDATE",
    "INSERT from a SELECT with values, and RETURNING",
    "nested cte for INSERT",
    "nested cte in a nested cte for INSERT",
    "nested ctes of a union for INSERT",
    "nested cte beside another for INSERT",
    "nested cte of an INSERT in a cte",
    "nested cte of an UPDATE in a cte",
)
"""Parameters by number go up from the beginning of the text; the oracle begins with what stands behind WITH and with RETURNING."""
STATEMENTS = {**ON_EVERY_DATABASE, **TEXT_ALONE}


def dialect_of(lib: Any, name: str) -> Any:
    """Return a dialect without a database."""
    if name == "standard":
        return None
    if name in DRIVERS:
        return importlib.import_module(f"{lib.__name__}.dialects.postgresql.{name}").dialect()
    if lib is holdfast:
        from holdfast.dialects import postgresql, sqlite

        return {"sqlite": sqlite, "postgresql": postgresql}[name].dialect()
    from sqlalchemy.dialects import sqlite as sqlite_dialect
    from sqlalchemy.dialects.postgresql import psycopg

    return sqlite_dialect.dialect() if name == "sqlite" else psycopg.dialect()


def shown(lib: Any, case: str, dialect: str) -> Any:
    """Return text and parameters; or the kind of error."""
    try:
        compiled = STATEMENTS[case](lib, table(lib)).compile(dialect=dialect_of(lib, dialect))
        return str(compiled), dict(compiled.params), compiled.positiontup
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("dialect", ["standard", "sqlite", "postgresql", *DRIVERS])
@pytest.mark.parametrize("case", STATEMENTS)
def test_same_text_and_parameters(case: str, dialect: str) -> None:
    """Line breaks and blanks included."""
    is_same = shown(holdfast, case, dialect) == shown(sqlalchemy, case, dialect)
    assert is_same is not (dialect == "asyncpg" and case in IN_ORDER)


def rows(lib: Any, case: str) -> Any:
    """Return what a statement gives on SQLite, and the table afterwards."""
    engine = lib.create_engine("sqlite://")
    t = table(lib)
    with engine.connect() as connection:
        t.create(connection)
        connection.execute(lib.insert(t), [{"x": x, "y": y} for x, y in zip(range(1, 9), "aabbccdd", strict=True)])
        for _ in range(2):
            # The second time the text comes from the memory of texts.
            result = connection.execute(ON_EVERY_DATABASE[case](lib, t))
            found = [tuple(row) for row in result] if result.returns_rows else result.rowcount
            if not result.returns_rows:
                break
        return found, [tuple(row) for row in connection.execute(lib.select(t).order_by(t.c.x))]


@pytest.mark.parametrize("case", ON_EVERY_DATABASE)
def test_same_rows(case: str) -> None:
    """The parameters stand in the order in which the text asks for them."""
    assert rows(holdfast, case) == rows(sqlalchemy, case)
