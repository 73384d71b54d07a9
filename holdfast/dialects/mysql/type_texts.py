"""Types as SQL text: in CREATE TABLE, and as far as CAST knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast import exc
from holdfast.compiler.types import whole
from holdfast.sql.types import (
    JSON,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
    TypeEngine,
)

Writer = Callable[[Any, Any], str]


def _marks(type_: Any) -> str:
    """Return UNSIGNED and ZEROFILL."""
    return (" UNSIGNED" if getattr(type_, "unsigned", False) else "") + (
        " ZEROFILL" if getattr(type_, "zerofill", False) else ""
    )


def _whole(name: str) -> Writer:
    def write(type_: Any, dialect: Any) -> str:
        width = getattr(type_, "display_width", None)
        return (name if width is None else f"{name}({whole(width)})") + _marks(type_)

    return write


def _exact(name: str, needs_scale: bool = False) -> Writer:
    def write(type_: Any, dialect: Any) -> str:
        precision, scale = type_.precision, type_.scale
        if precision is None or (needs_scale and scale is None):
            return name + _marks(type_)
        digits = f"{whole(precision)}" if scale is None else f"{whole(precision)}, {whole(scale)}"
        return f"{name}({digits}){_marks(type_)}"

    return write


def _string(name: str, needs_length: bool = False, national: bool = False) -> Writer:
    def write(type_: Any, dialect: Any) -> str:
        if type_.length is None and needs_length:
            shown = f"N{name}" if national else name
            raise exc.CompileError(f"{shown} requires a length on dialect {dialect.name}")
        text = name if type_.length is None else f"{name}({whole(type_.length)})"
        if national or getattr(type_, "national", False):
            text = f"NATIONAL {text}"
            return text if type_.collation is None else f"{text} COLLATE {_word(type_.collation)}"
        return text + character_set(type_)

    return write


def character_set(type_: Any) -> str:
    """Return CHARACTER SET, COLLATE and the short words for them."""
    parts = []
    if getattr(type_, "charset", None):
        parts.append(f"CHARACTER SET {_word(type_.charset)}")
    elif getattr(type_, "ascii", False):
        parts.append("ASCII")
    elif getattr(type_, "unicode", False):
        parts.append("UNICODE")
    if getattr(type_, "collation", None):
        parts.append(f"COLLATE {_word(type_.collation)}")
    elif getattr(type_, "binary", False):
        parts.append("BINARY")
    return "".join(f" {part}" for part in parts)


def _word(name: str) -> str:
    """Return the name of a charset or collation. Raises: CompileError: it is no plain word."""
    if not name.replace("_", "a").replace("-", "a").isalnum():
        raise exc.CompileError(f"{name!r} is no name of a character set or collation")
    return name


def _time(name: str) -> Writer:
    def write(type_: Any, dialect: Any) -> str:
        digits = getattr(type_, "fsp", None)
        return name if digits is None else f"{name}({whole(digits)})"

    return write


def _sized(name: str, needs_length: bool = False) -> Writer:
    def write(type_: Any, dialect: Any) -> str:
        length = getattr(type_, "length", None)
        if length is None and needs_length:
            raise exc.CompileError(f"{name} requires a length on dialect {dialect.name}")
        return name if length is None else f"{name}({whole(length)})"

    return write


def choices(name: str, values: Any, type_: Any, dialect: Any) -> str:
    """Return ENUM or SET."""
    doubles = dialect.capabilities.doubles_percent
    listed = ",".join(dialect.literal_text(value).replace("%", "%%" if doubles else "%") for value in values)
    return f"{name}({listed}){character_set(type_)}"


def _uuid(type_: Any, dialect: Any) -> str:
    return "UUID" if type_.native_uuid and dialect.capabilities.native_uuid else "CHAR(32)"


WRITERS: dict[str, Writer] = {
    "integer": _whole("INTEGER"),
    "INTEGER": _whole("INTEGER"),
    "big_integer": _whole("BIGINT"),
    "BIGINT": _whole("BIGINT"),
    "small_integer": _whole("SMALLINT"),
    "SMALLINT": _whole("SMALLINT"),
    "MEDIUMINT": _whole("MEDIUMINT"),
    "TINYINT": _whole("TINYINT"),
    "YEAR": _whole("YEAR"),
    "BIT": _sized("BIT"),
    "numeric": _exact("NUMERIC"),
    "NUMERIC": _exact("NUMERIC"),
    "DECIMAL": _exact("DECIMAL"),
    "float": _exact("FLOAT"),
    "FLOAT": _exact("FLOAT"),
    "double": _exact("DOUBLE", True),
    "DOUBLE": _exact("DOUBLE", True),
    "REAL": _exact("REAL", True),
    "boolean": lambda type_, dialect: "BOOL",
    "BOOLEAN": lambda type_, dialect: "BOOL",
    "string": _string("VARCHAR", True),
    "unicode": _string("VARCHAR", True),
    "VARCHAR": _string("VARCHAR", True),
    "NVARCHAR": _string("VARCHAR", True, national=True),
    "CHAR": _string("CHAR"),
    "NCHAR": _string("CHAR", national=True),
    "text": _string("TEXT"),
    "unicode_text": _string("TEXT"),
    "TEXT": _string("TEXT"),
    "TINYTEXT": _string("TINYTEXT"),
    "MEDIUMTEXT": _string("MEDIUMTEXT"),
    "LONGTEXT": _string("LONGTEXT"),
    "large_binary": _sized("BLOB"),
    "BLOB": _sized("BLOB"),
    "BINARY": _sized("BINARY"),
    "VARBINARY": _sized("VARBINARY", True),
    "datetime": _time("DATETIME"),
    "DATETIME": _time("DATETIME"),
    "TIMESTAMP": _time("TIMESTAMP"),
    "time": _time("TIME"),
    "TIME": _time("TIME"),
    "TINYBLOB": lambda type_, dialect: "TINYBLOB",
    "MEDIUMBLOB": lambda type_, dialect: "MEDIUMBLOB",
    "LONGBLOB": lambda type_, dialect: "LONGBLOB",
    "uuid": _uuid,
    "SET": lambda type_, dialect: choices("SET", type_.values, type_, dialect),
}
"""Visit name -> (type, dialect) -> its text."""


def cast_name(type_: TypeEngine[Any], dialect: Any) -> str | None:
    """Return a type as CAST knows it; None where it has no such type."""
    type_ = type_.dialect_impl(dialect)
    if type_.visit_name == "type_decorator":
        return cast_name(type_.load_dialect_impl(dialect), dialect)  # type: ignore[attr-defined]
    if isinstance(type_, Integer):
        return "UNSIGNED INTEGER" if getattr(type_, "unsigned", False) else "SIGNED INTEGER"
    if isinstance(type_, Float):
        if not dialect.casts_to_float:
            return None
        return str(WRITERS["double" if isinstance(type_, Double) else "float"](type_, dialect))
    if isinstance(type_, Numeric):
        return WRITERS["DECIMAL"](type_, dialect)
    if isinstance(type_, (DateTime, Interval)):
        # TIMESTAMP is no type to CAST, and its digits are left to DATETIME.
        digits = getattr(type_, "fsp", None) if type_.visit_name == "DATETIME" else None
        return "DATETIME" if digits is None else f"DATETIME({whole(digits)})"
    if isinstance(type_, (Date, Time, JSON)):
        return str(dialect.type_text(type_))
    if isinstance(type_, String) and type_.visit_name != "SET" and not (isinstance(type_, Enum) and type_.native_enum):
        length = "" if type_.length is None else f"({whole(type_.length)})"
        own = character_set(type_) if hasattr(type_, "charset") else ""
        return f"CHAR{length}{own}"
    return "BINARY" if isinstance(type_, LargeBinary) else None
