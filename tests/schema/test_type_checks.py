"""CHECKs of truth values and enumerations: in decorators and variants, and only where the database needs them."""

from __future__ import annotations

import enum
import pickle
from typing import Any

import pytest

from holdfast import Boolean, Column, Enum, MetaData, String, Table, TypeDecorator
from holdfast.dialects import mysql, postgresql, sqlite
from holdfast.schema import CreateTable


class Colour(enum.Enum):
    """Two members."""

    red = 1
    blue = 2


class ByNumber(TypeDecorator[Any]):
    """Takes numbers for members: the CHECK has to hold what is stored all the same."""

    impl = Enum(Colour, name="colour", create_constraint=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return Colour(value)


class YesNo(TypeDecorator[Any]):
    """A decorator of a truth value."""

    impl = Boolean(create_constraint=True, name="is_truth")
    cache_ok = True


COLOURS = "CONSTRAINT colour CHECK (x IN ('red', 'blue'))"
TRUTH = "CONSTRAINT is_truth CHECK (x IN (0, 1))"


@pytest.mark.parametrize(
    ("type_", "on_sqlite", "on_postgresql", "on_mysql"),
    [
        (ByNumber(), f"VARCHAR(4), {COLOURS}", "colour", "ENUM('red','blue')"),
        (YesNo(), f"BOOLEAN, {TRUTH}", "BOOLEAN", f"BOOL, {TRUTH}"),
        (Enum(Colour, create_constraint=True), f"VARCHAR(4), {COLOURS}", "colour", "ENUM('red','blue')"),
        (String(9).with_variant(ByNumber(), "sqlite"), f"VARCHAR(4), {COLOURS}", "VARCHAR(9)", "VARCHAR(9)"),
        (ByNumber().with_variant(String(9), "sqlite"), "VARCHAR(9)", "colour", "ENUM('red','blue')"),
    ],
    ids=["decorated enumeration", "decorated truth value", "enumeration", "in a variant", "not in a variant"],
)
def test_checks(type_: Any, on_sqlite: str, on_postgresql: str, on_mysql: str) -> None:
    """Each database gets the CHECK where its column would take other values."""
    table = pickle.loads(pickle.dumps(Table("t", MetaData(), Column("x", type_))))
    texts = []
    for module in (sqlite, postgresql, mysql):
        text = str(CreateTable(table).compile(dialect=module.dialect()))
        texts.append(text.strip().removeprefix("CREATE TABLE t (\n\tx ").removesuffix("\n)").replace("\n\t", ""))
    assert texts == [on_sqlite, on_postgresql, on_mysql]
