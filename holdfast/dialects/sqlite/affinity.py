"""From the name of a column's type to a type: names that are known, then SQLite's rules of affinity.

Source: sqlite.org/datatype3.html, "Determination of column affinity".
"""

from __future__ import annotations

import re
from typing import Any

from holdfast.dialects.sqlite import stored_types as own
from holdfast.sql import types
from holdfast.sql.types import NULL_TYPE, TypeEngine

_DECLARED = re.compile(r"([\w ]+?)\s*(?:\(\s*(.*?)\s*\))?\s*\Z", re.DOTALL)

TYPES: dict[str, Any] = {
    "BIGINT": types.BIGINT,
    "BLOB": types.BLOB,
    "BOOL": types.BOOLEAN,
    "BOOLEAN": types.BOOLEAN,
    "CHAR": types.CHAR,
    "DATE": own.DATE,
    "DATE_CHAR": own.DATE,
    "DATETIME": own.DATETIME,
    "DATETIME_CHAR": own.DATETIME,
    "DECIMAL": types.DECIMAL,
    "DOUBLE": types.DOUBLE,
    "FLOAT": types.FLOAT,
    "INT": types.INTEGER,
    "INTEGER": types.INTEGER,
    "NCHAR": types.NCHAR,
    "NUMERIC": types.NUMERIC,
    "NVARCHAR": types.NVARCHAR,
    "REAL": types.REAL,
    "SMALLINT": types.SMALLINT,
    "TEXT": types.TEXT,
    "TIME": own.TIME,
    "TIME_CHAR": own.TIME,
    "TIMESTAMP": types.TIMESTAMP,
    "VARCHAR": types.VARCHAR,
    "DOUBLE_PRECISION": types.DOUBLE_PRECISION,
    "JSON": own.JSON,
    "JSONB": own.JSONB,
}
"""Name in a declaration, in capitals -> type. Programs may add theirs, as ``dialect.ischema_names``."""

_WITHOUT_ARGUMENTS = (own.DATE, own.DATETIME, own.TIME)


def type_of(declared: str) -> TypeEngine[Any]:
    """Return the type for a column's declaration, such as ``VARCHAR(20)``."""
    match = _DECLARED.match(declared.strip())
    name, arguments = (match.group(1).upper(), match.group(2)) if match else ("", None)
    class_ = TYPES.get(name) or _by_affinity(name)
    if class_ is None:
        return NULL_TYPE
    numbers = [int(number) for number in re.findall(r"\d+", arguments or "")]
    if numbers and class_ not in _WITHOUT_ARGUMENTS:
        try:
            return class_(*numbers)  # type: ignore[no-any-return]
        except TypeError:
            # The numbers mean nothing to the type: INTEGER(11).
            return class_()  # type: ignore[no-any-return]
    return class_()  # type: ignore[no-any-return]


def _by_affinity(name: str) -> Any:
    if "INT" in name:
        return types.INTEGER
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return types.TEXT
    if "BLOB" in name or not name:
        return None
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return types.REAL
    return types.NUMERIC
