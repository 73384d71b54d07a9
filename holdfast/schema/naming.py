"""Names of constraints and indexes that nobody named: made by the naming convention of the MetaData."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from holdfast.exc import InvalidRequestError, NoReferenceError
from holdfast.sql.traversal import iterate

DEFAULT_NAMING_CONVENTION: Mapping[Any, Any] = {"ix": "ix_%(column_0_label)s"}

_TOKEN = r"%\((\w+)\)s|%%"
_COLUMN = r"(referred_)?column_(\d+)(_?N)?_(name|key|label)\Z"


class conv(str):
    """A name that is final: no naming convention is applied to it again, and it is cut where it is too long."""

    __slots__ = ()


def conventional_name(convention: Mapping[Any, Any], item: Any, table: Any) -> str | None:
    """Return the name that a convention gives a constraint or index, or its own name where it gives none.

    Args:
        convention: kind ("ix", "uq", "ck", "fk", "pk"), or class -> template; token -> function of constraint and table.

    Raises:
        InvalidRequestError: the template has the constraint's own name, and it has none.
        KeyError: the template has a token that nobody knows.
    """
    name: str | None = item.name
    if isinstance(name, conv):
        return name
    template = _template(convention, item)
    if template is None or (name is not None and "%(constraint_name)s" not in template):
        return name
    tokens = _Tokens(convention, item, table)
    return conv(re.sub(_TOKEN, lambda match: "%" if match.group(1) is None else tokens[match.group(1)], template))


def _template(convention: Mapping[Any, Any], item: Any) -> str | None:
    for class_ in type(item).__mro__:
        kind = class_.__dict__.get("_convention")
        if kind and kind in convention:
            return convention[kind]  # type: ignore[no-any-return]
        if class_ in convention:
            return convention[class_]  # type: ignore[no-any-return]
    return None


class _Tokens:
    """What stands for each token of a template."""

    def __init__(self, convention: Mapping[Any, Any], item: Any, table: Any) -> None:
        self._convention = convention
        self._item = item
        self._table = table

    def __getitem__(self, token: str) -> str:
        own: Callable[[Any, Any], str] | None = self._convention.get(token)
        if own is not None:
            return str(own(self._item, self._table))
        if token == "table_name":
            return str(self._table.name)
        if token == "constraint_name":
            return self._constraint_name()
        if token == "referred_table_name":
            return next(parts[-2] for _, parts in self._targets())
        match = re.match(_COLUMN, token)
        if match is None:
            raise KeyError(token)
        return self._columns(*match.groups())

    def _constraint_name(self) -> str:
        if self._item.name is None:
            raise InvalidRequestError(
                "Naming convention including %(constraint_name)s token requires that constraint is explicitly named. The "
                f"{type(self._item).__name__} of table '{self._table.name}' has no name."
            )
        return str(self._item.name)

    def _targets(self) -> list[tuple[Any, list[str]]]:
        return [(key, key.target_fullname.split(".")) for key in self._item.elements]

    def _columns(self, referred: str | None, number: str, all_: str | None, what: str) -> str:
        texts = self._referred_texts(what) if referred else self._own_texts(what)
        if all_ is None:
            position = int(number)
            return texts[position] if position < len(texts) else ""
        return ("_" if all_ == "_N" else "").join(texts)

    def _own_texts(self, what: str) -> list[str]:
        table = self._table
        prefix = f"{table.schema}_{table.name}_" if table.schema else f"{table.name}_"
        texts = {"name": lambda c: c.name, "key": lambda c: c.key, "label": lambda c: prefix + c.name}
        return [texts[what](column) for column in list(self._item.columns) or _written_columns(self._item)]

    def _referred_texts(self, what: str) -> list[str]:
        texts = [(parts[-2], _referred_column(key, parts[-1], what)) for key, parts in self._targets()]
        return [f"{table}_{column}" if what == "label" else column for table, column in texts]


def _written_columns(item: Any) -> list[Any]:
    """Return the columns in the expression of a CHECK that are written by their names alone, as ``column("price") > 0``."""
    expression = getattr(item, "sqltext", None)
    return [] if expression is None else [one for one in iterate(expression) if one.visit_name == "column"]


def _referred_column(key: Any, written: str, what: str) -> str:
    """Return the name of the column that a foreign key refers to; as it is written where the table is not there yet."""
    try:
        column = key.column
    except NoReferenceError:
        return written
    return str(column.key if what == "key" else column.name)
