"""Writes types as SQL text."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler import custom
from holdfast.compiler.identifiers import quote
from holdfast.sql.types import TypeEngine

NAMES = {
    "integer": "INTEGER",
    "small_integer": "SMALLINT",
    "big_integer": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "datetime": "DATETIME",
    "date": "DATE",
    "time": "TIME",
    "text": "TEXT",
    "unicode_text": "TEXT",
    "large_binary": "BLOB",
    "uuid": "CHAR(32)",
    "null": "NULL",
    "DOUBLE_PRECISION": "DOUBLE PRECISION",
}
"""Names of types without arguments in standard SQL; a dialect's own go before them."""


def type_text(type_: TypeEngine[Any], dialect: Any) -> str:
    """Return a type's text for CREATE TABLE and CAST.

    Raises: CompileError: the type has none (`NullType`, a type not known to the dialect).
    """
    type_ = type_.dialect_impl(dialect)
    if custom.REGISTRY:
        compiler = custom.TypeCompiler(dialect)
        write = custom.find(type(type_), compiler, True)
        if write is not None:
            return str(write(type_, compiler))
    return own_type_text(type_, dialect)


def own_type_text(type_: TypeEngine[Any], dialect: Any) -> str:
    """Return a type's text whatever functions programs have entered for it; see `type_text`."""
    name = type_.visit_name
    if name == "type_decorator":
        return str(dialect.type_text(type_.load_dialect_impl(dialect)))
    if name == "user_defined":
        return _spec(type_, dialect)
    own = dialect.type_names.get(name)
    if own is not None:
        return str(own(type_) if callable(own) else own)
    if name == "null":
        raise exc.CompileError("Can't generate DDL for NullType(); did you forget to specify a type on this Column?")
    if name == "interval":
        return str(dialect.interval_text(type_))
    if name == "enum":
        return str(dialect.enum_text(type_))
    if name == "ARRAY":
        return str(dialect.array_text(type_))
    if name in ("string", "unicode"):
        return _with_length("VARCHAR", type_, dialect)
    if name == "numeric":
        return _with_precision("NUMERIC", type_)
    if name in ("text", "unicode_text"):
        return _with_length("TEXT", type_, dialect)
    if name in NAMES:
        return NAMES[name]
    if hasattr(type_, "length"):
        return _with_length(name, type_, dialect)
    if name in ("NUMERIC", "DECIMAL"):
        return _with_precision(name, type_)
    return name


def _spec(type_: Any, dialect: Any) -> str:
    """Return the text of a type that a program defines, which may say it for some databases only, by `compiles`."""
    try:
        return str(type_.get_col_spec())
    except NotImplementedError:
        if dialect.shows_all:
            return repr(type_)
        raise


def whole(value: Any) -> int:
    """Return a length, precision or scale as a number: nothing else of a type becomes SQL text unquoted.

    Raises: CompileError: it is none.
    """
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise exc.CompileError(f"The length, precision or scale of a type is a whole number, not {value!r}.") from error


def _with_length(name: str, type_: Any, dialect: Any) -> str:
    text = name if type_.length is None else f"{name}({whole(type_.length)})"
    collation = getattr(type_, "collation", None)
    return text if collation is None else f"{text} COLLATE {quote(collation, dialect)}"


def _with_precision(name: str, type_: Any) -> str:
    if type_.precision is None:
        return name
    if type_.scale is None:
        return f"{name}({whole(type_.precision)})"
    return f"{name}({whole(type_.precision)}, {whole(type_.scale)})"
