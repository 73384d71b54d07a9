"""What a statement looks like on each dialect and in each style of parameters, on one library."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from tests.differential.grammar.tables import build

DIALECTS = ("default", "sqlite", "postgresql", "mysql")
STYLES = (None, "qmark", "named")
"""Styles of parameters; None is the dialect's own."""
VARIANTS = [*((name, style) for name in DIALECTS for style in STYLES), ("mariadb", "format")]


class Shown(NamedTuple):
    """A compiled statement, or the kind of error.

    Attributes:
        text: the SQL, or the name of the error's class.
        params: the values by name.
        order: the names in the order of the text, where parameters are positional.
    """

    text: str
    params: dict[str, Any]
    order: list[str] | None


def dialect_of(lib: Any, name: str, style: str | None) -> Any:
    """Return a dialect without a database."""
    if lib.__name__ == "holdfast":
        from holdfast.compiler.default import DefaultDialect
        from holdfast.dialects import mariadb, mysql, postgresql, sqlite

        packages = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql, "mariadb": mariadb}
        class_ = packages[name].dialect if name in packages else DefaultDialect
    else:
        from sqlalchemy.dialects import sqlite
        from sqlalchemy.dialects.mysql import pymysql
        from sqlalchemy.dialects.postgresql import psycopg
        from sqlalchemy.engine.default import StrCompileDialect

        if name == "mariadb":
            return lib.create_engine("mariadb+pymysql://", paramstyle=style).dialect
        modules = {"sqlite": sqlite, "postgresql": psycopg, "mysql": pymysql}
        class_ = modules[name].dialect if name in modules else StrCompileDialect
    return class_(paramstyle=style) if style else class_()


def shown(lib: Any, source: str, dialect: Any, names: dict[str, Any]) -> Shown:
    """Return what a library makes of a source.

    Args:
        dialect: of `dialect_of`; None for the text of ``str(statement)``.
        names: of `namespace`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = build(lib, source, names).compile(dialect=dialect)
            return Shown(str(compiled), dict(compiled.params), compiled.positiontup)
        except Exception as error:
            return Shown(type(error).__name__, {}, None)
