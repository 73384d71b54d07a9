"""What only MySQL and MariaDB say, on both libraries: same text, same parameters, same types."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest

import holdfast
import holdfast.dialects.mysql
import holdfast.schema
from tests.differential.grammar.shown import dialect_of
from tests.differential.mysql_statements import DDL, STATEMENTS, TYPES, tables

sqlalchemy = pytest.importorskip("sqlalchemy")
LIBRARIES = {"oracle": sqlalchemy, "ours": holdfast}
DIALECTS = (("mysql", "format"), ("mariadb", "format"))


def special(lib: Any) -> Any:
    """Return a library's package for MySQL."""
    if lib is holdfast:
        return holdfast.dialects.mysql
    from sqlalchemy.dialects import mysql

    return mysql


def shown(lib: Any, make: Any, dialect: Any, **keywords: Any) -> Any:
    """Return text and parameters, or the kind of error with its first line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = make(lib).compile(dialect=dialect_of(lib, *dialect), **keywords)
            return str(compiled), dict(getattr(compiled, "params", None) or {})
        except Exception as error:
            return type(error).__name__, str(error).split("\n")[0].split(" (Background")[0]


def same(make: Any, dialect: Any, **keywords: Any) -> None:
    """Compare both libraries."""
    oracle, ours = (shown(lib, make, dialect, **keywords) for lib in LIBRARIES.values())
    if oracle[0] in ("AttributeError", "TypeError", "AssertionError"):
        return  # Python's own errors, from inside
    if isinstance(oracle[1], str):
        assert ours[0] == oracle[0]
        assert ours[1].startswith(oracle[1].rstrip("."))
    else:
        assert ours == oracle


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect[0])
@pytest.mark.parametrize("case", STATEMENTS)
def test_same_statement(case: str, dialect: Any) -> None:
    """Backticks, VALUES(), the lists of tables and the rest."""
    same(lambda lib: STATEMENTS[case](lib, special(lib), tables(lib)), dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect[0])
@pytest.mark.parametrize("case", TYPES)
def test_same_type(case: str, dialect: Any) -> None:
    """In CREATE TABLE, and in CAST as far as there is one."""
    make = TYPES[case]
    same(lambda lib: make(lib, special(lib)), dialect)
    same(lambda lib: lib.cast(lib.column("q"), make(lib, special(lib))), dialect)


@pytest.mark.parametrize("case", TYPES)
def test_types_show_themselves_alike(case: str) -> None:
    """Their repr, which migrations are written from, and their Python types."""
    if "m." not in case or case == "m.DOUBLE(5)":
        return
    oracle, ours = (TYPES[case](lib, special(lib)) for lib in LIBRARIES.values())
    assert _facts(repr(ours)) == _facts(repr(oracle))
    assert isinstance(ours, holdfast.types.TypeEngine)


def _facts(text: str) -> Any:
    """Return the class of a shown type, and its arguments without their order."""
    match = re.fullmatch(r"(\w+)\((.*)\)", text)
    assert match, text
    return match[1], sorted(match[2].split(", "))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect[0])
@pytest.mark.parametrize("case", DDL)
def test_same_ddl(case: str, dialect: Any) -> None:
    """Options, comments, defaults, indexes and ALTER."""
    same(lambda lib: DDL[case](lib, special(lib), tables(lib)), dialect)


@pytest.mark.parametrize("value", ["a'b\\c%d", 5, 5.5, True, None, "", "\\", "'\\'", "\\\\' OR 1=1 -- "])
def test_same_literals(value: Any) -> None:
    """The backslash is doubled, as the servers read it."""
    same(lambda lib: lib.select(lib.literal(value)), DIALECTS[0], compile_kwargs={"literal_binds": True})
