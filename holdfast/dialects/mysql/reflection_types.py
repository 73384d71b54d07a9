"""From a column's type as the server writes it, ``enum('a','b')`` or ``int(11) unsigned``, to a type."""

from __future__ import annotations

import re
from typing import Any

from holdfast import exc
from holdfast.dialects.mysql import choices, numbers, strings, times
from holdfast.sql import types
from holdfast.sql.types import NULL_TYPE, TypeEngine

_DECLARED = re.compile(r"(\w+)\s*(?:\((.*)\))?\s*(.*)\Z", re.DOTALL)
_STRING = re.compile(r"'((?:[^']|'')*)'")

TYPES: dict[str, Any] = {
    "bigint": numbers.BIGINT,
    "binary": types.BINARY,
    "bit": numbers.BIT,
    "blob": types.BLOB,
    "boolean": types.BOOLEAN,
    "char": strings.CHAR,
    "date": types.DATE,
    "datetime": times.DATETIME,
    "decimal": numbers.DECIMAL,
    "double": numbers.DOUBLE,
    "enum": choices.ENUM,
    "fixed": numbers.DECIMAL,
    "float": numbers.FLOAT,
    "int": numbers.INTEGER,
    "integer": numbers.INTEGER,
    "json": types.JSON,
    "longblob": strings.LONGBLOB,
    "longtext": strings.LONGTEXT,
    "mediumblob": strings.MEDIUMBLOB,
    "mediumint": numbers.MEDIUMINT,
    "mediumtext": strings.MEDIUMTEXT,
    "nchar": strings.NCHAR,
    "numeric": numbers.NUMERIC,
    "nvarchar": strings.NVARCHAR,
    "real": numbers.REAL,
    "set": choices.SET,
    "smallint": numbers.SMALLINT,
    "text": strings.TEXT,
    "time": times.TIME,
    "timestamp": times.TIMESTAMP,
    "tinyblob": strings.TINYBLOB,
    "tinyint": numbers.TINYINT,
    "tinytext": strings.TINYTEXT,
    "uuid": types.UUID,
    "varbinary": types.VARBINARY,
    "varchar": strings.VARCHAR,
    "year": numbers.YEAR,
}
"""Name in the catalogue -> type; programs may add theirs."""

_TIMES = (times.DATETIME, times.TIME, times.TIMESTAMP)


def type_of(declared: str, column: str, charset: str | None, collation: str | None) -> TypeEngine[Any]:
    """Return the type of a column.

    Args:
        declared: as the server writes it.
        column: its name, for a warning.
        charset, collation: where they are not those of the table.
    """
    match = _DECLARED.match(declared.strip())
    name, arguments, marks = (match[1].lower(), match[2], match[3].lower()) if match else ("", None, "")
    class_ = TYPES.get(name)
    if class_ is None:
        exc.warn(f"Did not recognize type '{name}' of column '{column}'")
        return NULL_TYPE
    keywords = _keywords(class_, marks, charset, collation)
    if class_ in (choices.ENUM, choices.SET):
        found = [string.replace("''", "'") for string in _STRING.findall(arguments or "")]
        if class_ is choices.SET and "" in found:
            keywords["retrieve_as_bitwise"] = True
        return class_(*found, **keywords)  # type: ignore[no-any-return]
    digits = [int(number) for number in re.findall(r"\d+", arguments or "")]
    if class_ in _TIMES and digits:
        return class_(fsp=digits[0])  # type: ignore[no-any-return]
    return class_(*digits, **keywords)  # type: ignore[no-any-return]


def _keywords(class_: Any, marks: str, charset: str | None, collation: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if hasattr(class_, "_arguments") and "unsigned" in class_._arguments:
        found = {word: True for word in ("unsigned", "zerofill") if word in marks}
    if issubclass(class_, (strings.CharacterString, choices.ENUM)):
        found |= {name: value for name, value in (("charset", charset), ("collation", collation)) if value is not None}
    return found
