"""What stands behind a parameter in texts that a driver's dialect shows without an engine, where it is not what is sent.

Programs compare such texts: psycopg2 says few types, asyncpg, which numbers its parameters, nearly all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.dialects.postgresql.bits import BIT
from holdfast.dialects.postgresql.ranges import AbstractRange
from holdfast.dialects.postgresql.simple_types import OID, REGCLASS
from holdfast.dialects.postgresql.values import cast_of
from holdfast.sql.types import (
    ARRAY,
    BINARY,
    JSON,
    VARBINARY,
    Boolean,
    Enum,
    Float,
    Interval,
    LargeBinary,
    Numeric,
    TypeEngine,
    Uuid,
)

Cast = Callable[[TypeEngine[Any], Any], str]

_SAID_TO_PSYCOPG2 = (JSON, ARRAY, Uuid, AbstractRange, BIT)


def cast_of_psycopg2(type_: TypeEngine[Any], dialect: Any) -> str:
    """Return what follows a parameter of a type: nothing, but for those that the driver writes as strings."""
    impl = _undecorated(type_, dialect)
    return cast_of(impl, dialect) if isinstance(impl, _SAID_TO_PSYCOPG2) and not _is_digits(impl) else ""


def cast_of_asyncpg(type_: TypeEngine[Any], dialect: Any) -> str:
    """Return what follows a parameter of a type: the server is told each, as values travel in binary form."""
    impl = _undecorated(type_, dialect)
    if _is_digits(impl) or isinstance(impl, (BINARY, VARBINARY)):
        return ""
    if isinstance(impl, Enum):
        return f"::{dialect.type_text(impl)}" if impl.native_enum else ""
    if isinstance(impl, Float):
        return "::FLOAT" if impl.precision is None else f"::FLOAT({int(impl.precision)})"
    for class_, name in _ASYNCPG:
        if isinstance(impl, class_):
            return f"::{name if isinstance(name, str) else name(dialect, impl)}"
    return cast_of(impl, dialect)


_ASYNCPG: tuple[tuple[type, str | Callable[[Any, Any], str]], ...] = (
    (Boolean, "BOOLEAN"),
    (Numeric, lambda dialect, type_: dialect.type_text(Numeric(type_.precision, type_.scale))),
    (LargeBinary, "BYTEA"),
    (Interval, lambda dialect, type_: dialect.interval_text(type_)),
    (OID, "OID"),
    (REGCLASS, "REGCLASS"),
)


def _is_digits(type_: TypeEngine[Any]) -> bool:
    """Return True for a UUID that the program keeps as a string."""
    return isinstance(type_, Uuid) and not type_.native_uuid


def _undecorated(type_: TypeEngine[Any], dialect: Any) -> TypeEngine[Any]:
    """Return the type under decorators."""
    while type_.visit_name == "type_decorator":
        type_ = type_.load_dialect_impl(dialect)  # type: ignore[attr-defined]
    return type_
