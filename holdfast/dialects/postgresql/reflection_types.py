"""From the name of a column's type in PostgreSQL to a type: a table for the server's own, facts for those made by programs.

The server writes a type as in CREATE TABLE, ``numeric(5,2)[]`` or ``interval day to second(3)``. Enumerations, domains
and arrays of them are told apart by their oid, since their names may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from holdfast import exc
from holdfast.dialects.postgresql import types
from holdfast.sql.text import verbatim
from holdfast.sql.types import NULL_TYPE, String

_WRITTEN = re.compile(r"(?P<name>.*?)(?:\((?P<arguments>[^()]*)\))?(?P<rest> with(?:out)? time zone)?\Z", re.DOTALL)
_INTERVAL = re.compile(r"interval(?: (?P<fields>[a-z ]+))?\Z")

_CLASSES = {
    "bigint": "BIGINT", "bit": "BIT", "bit varying": "BIT", "boolean": "BOOLEAN", "bytea": "BYTEA", "character": "CHAR",
    "character varying": "VARCHAR", "cidr": "CIDR", "citext": "CITEXT", "date": "DATE",
    "datemultirange": "DATEMULTIRANGE", "daterange": "DATERANGE", "double precision": "DOUBLE_PRECISION",
    "hstore": "HSTORE", "inet": "INET", "int4multirange": "INT4MULTIRANGE", "int4range": "INT4RANGE",
    "int8multirange": "INT8MULTIRANGE", "int8range": "INT8RANGE", "integer": "INTEGER", "interval": "INTERVAL",
    "json": "JSON", "jsonb": "JSONB", "jsonpath": "JSONPATH", "macaddr": "MACADDR", "macaddr8": "MACADDR8",
    "money": "MONEY", "numeric": "NUMERIC", "nummultirange": "NUMMULTIRANGE", "numrange": "NUMRANGE", "oid": "OID",
    "real": "REAL", "regclass": "REGCLASS", "regconfig": "REGCONFIG", "smallint": "SMALLINT", "text": "TEXT",
    "time with time zone": "TIME", "time without time zone": "TIME", "timestamp with time zone": "TIMESTAMP",
    "timestamp without time zone": "TIMESTAMP", "tsmultirange": "TSMULTIRANGE", "tsquery": "TSQUERY",
    "tsrange": "TSRANGE", "tstzmultirange": "TSTZMULTIRANGE", "tstzrange": "TSTZRANGE", "tsvector": "TSVECTOR",
    "uuid": "UUID",
}  # fmt: skip

TYPES: dict[str, Any] = {name: getattr(types, of) for name, of in _CLASSES.items()}
"""Name on the server -> class of the type. Programs add those of extensions, as ``dialect.ischema_names["vector"]``."""
TYPES |= {"name": String, '"char"': String}


def _with_precision(name: str, arguments: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    found: dict[str, Any] = {"timezone": name.endswith("with time zone")}
    return [], found | ({"precision": arguments[0]} if arguments else {})


_SHAPES: Mapping[str, Callable[[str, list[Any]], tuple[list[Any], dict[str, Any]]]] = {
    **{name: _with_precision for name in TYPES if name.startswith(("time ", "timestamp "))},
    "bit varying": lambda name, arguments: (arguments, {"varying": True}),
    "double precision": lambda name, arguments: ([53], {}),
}
"""Name -> what its class is called with, where that is not simply the numbers in the brackets."""


class TypeReader:
    """Makes types of what the catalogue says.

    Args:
        names: name on the server -> class; see `TYPES`.
        made: oid -> the row of `reflection_queries.TYPES`, for types that programs made.
    """

    def __init__(self, names: Mapping[str, Any], made: Mapping[int, Any]) -> None:
        self.names = names
        self.made = made

    def type_of(self, column: str, oid: int, written: str, collation: str | None) -> Any:
        """Return the type of a column; a type that nobody knows gives NullType and a warning.

        Args:
            column: its name, for the warning.
            oid, written: the type in the catalogue, and as the server writes it.
            collation: of the column, where it is not that of the type.
        """
        fact = self.made.get(oid)
        if fact is None or fact.element is not None:
            if not written.endswith("[]"):
                return self._named(column, written, collation)
            element = 0 if fact is None else fact.element
            return self._array(self.type_of(column, element, written.removesuffix("[]"), collation))
        if fact.kind == "e":
            return self._enum(column, fact)
        if fact.kind == "d":
            return self._domain(column, fact)
        if fact.kind == "c":
            return _unknown(column, fact.name)
        # Of an extension: its schema, which may stand before the name, is no part of its name.
        arguments = _WRITTEN.match(written).group("arguments")  # type: ignore[union-attr]
        return self._named(column, fact.name if arguments is None else f"{fact.name}({arguments})", collation)

    def _named(self, column: str, written: str, collation: str | None) -> Any:
        match = _WRITTEN.match(written)
        name = match.group("name") + (match.group("rest") or "")  # type: ignore[union-attr]
        numbers = [_number(part) for part in (match.group("arguments") or "").split(",") if part]  # type: ignore[union-attr]
        interval = _INTERVAL.match(name)
        keywords: dict[str, Any] = {}
        if interval is not None:
            name = "interval"
            parts = {"precision": numbers[0] if numbers else None, "fields": interval.group("fields")}
            numbers, keywords = [], {key: value for key, value in parts.items() if value is not None}
        elif name in _SHAPES:
            numbers, keywords = _SHAPES[name](name, numbers)
        class_ = self.names.get(name)
        if class_ is None:
            return _unknown(column, name)
        if collation is not None:
            keywords["collation"] = collation
        return class_(*numbers, **keywords)

    def _array(self, item: Any) -> Any:
        return NULL_TYPE if item is NULL_TYPE else types.ARRAY(item)

    def _enum(self, column: str, fact: Any) -> Any:
        return types.ENUM(*(fact.labels or ()), name=fact.name, **_schema(fact))

    def _domain(self, column: str, fact: Any) -> Any:
        base = self.type_of(column, fact.base, fact.base_text, None)
        if base is NULL_TYPE:
            return base
        checks = fact.checks or []
        check = checks[0] if len(checks) == 1 else " AND ".join(f"({one})" for one in checks)
        return types.DOMAIN(
            fact.name,
            base,
            collation=fact.collation,
            default=verbatim(fact.default_text) if fact.default_text else None,
            constraint_name=fact.check_names[0] if len(checks) == 1 else None,
            not_null=fact.not_null,
            check=verbatim(check) if check else None,
            create_type=False,
            **_schema(fact),
        )

    def default_of(self, oid: int) -> str | None:
        """Return the default that a domain gives to columns without one."""
        fact = self.made.get(oid)
        return None if fact is None or fact.kind != "d" else fact.default_text

    def refuses_null(self, oid: int) -> bool:
        """Return True for a domain that is NOT NULL."""
        fact = self.made.get(oid)
        return fact is not None and fact.kind == "d" and bool(fact.not_null)


def _schema(fact: Any) -> dict[str, Any]:
    return {} if fact.is_visible else {"schema": fact.schema}


def _number(text: str) -> Any:
    text = text.strip()
    return int(text) if text.removeprefix("-").isdigit() else text


def _unknown(column: str, name: str) -> Any:
    exc.warn(f"Did not recognize type {name!r} of column {column!r}")
    return NULL_TYPE
