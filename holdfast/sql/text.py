"""SQL as text, with named parameters: `text`."""

from __future__ import annotations

import re
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.exc.shown import on_one_line
from holdfast.sql.binds import BindParameter
from holdfast.sql.expressions import Grouping
from holdfast.sql.node import Key, Values
from holdfast.sql.statement import Statement
from holdfast.sql.types import NULL_TYPE

# A name after a colon that is neither part of `::` nor escaped by a backslash.
BIND = r"(?<![:\w\x5c]):(\w+)(?![:\w])"


class _Hook:
    """What a text needs of `textual_select.py`."""

    columns: Any


textual_hook = _Hook()


class TextClause(Statement):
    """A text of SQL; ``:name`` is a parameter.

    Attributes:
        text: the text as it was given.
    """

    visit_name = "text"
    key: str | None = None
    type: Any = NULL_TYPE
    primary_key = False
    foreign_keys: Any = frozenset()
    _naming = "text"
    _derived_name = None
    _made_up_base = "anon"
    _key_without_name = "_no_label"
    _hidden = ()
    _result_name = None
    _main_column = None
    _froms = ()
    is_text = True
    _columns: tuple[Any, ...] = ()
    # Strings and elements in turn, for a template string.
    parts: tuple[Any, ...] | None = None

    def __init__(self, text: str) -> None:
        self.text = text
        names = dict.fromkeys(re.findall(BIND, text))
        self._binds: dict[str, BindParameter[Any]] = {name: BindParameter(name, required=True) for name in names}

    def _make_structure(self) -> tuple[Key, Values]:
        binds = [self._binds[name] for name in re.findall(BIND, self.text)]
        return ("text", self.text, tuple(bind._key for bind in binds)), tuple(binds)

    def bindparams(self, *binds: BindParameter[Any], **values: Any) -> TextClause:
        """Return the text with values or types for its parameters.

        Raises: ArgumentError: the text has no such parameter.
        """
        known = dict(self._binds)
        for bind in binds:
            self._check(bind.key)
            known[bind.key] = bind
        for name, value in values.items():
            self._check(name)
            known[name] = known[name].with_value(value)
        return self._copy(_binds=known)

    def _check(self, name: str) -> None:
        if name not in self._binds:
            raise ArgumentError(f"This text() construct doesn't define a bound parameter named '{on_one_line(name)}'")

    def columns(self, *columns: Any, **types: Any) -> Any:
        """Return the text as a SELECT of these columns: it can stand as a subquery or common table expression.

        Args:
            columns: in the order of the text.
            types: column name -> type.
        """
        return textual_hook.columns(self, columns, types)

    def label(self, name: str | None) -> Any:
        """Refuse: a text has no value of its own.

        Raises: NotImplementedError: always.
        """
        raise NotImplementedError("text() has no label; write literal_column(...).label(name), or AS in the text")

    def self_group(self, against: Any = None) -> Any:
        return self if against is None or against.name != "in_op" else Grouping(self)

    @property
    def writes(self) -> bool:
        """True unless the text begins like a statement that only reads."""
        words = self.text.split(None, 1)
        return not words or words[0].upper() not in ("SELECT", "WITH", "VALUES", "PRAGMA", "EXPLAIN", "SHOW")


def text(text: str) -> TextClause:
    """Return a text of SQL as a statement or a part of one.

    Args:
        text: the SQL; values go into it as ``:name`` parameters only, never by formatting.

    Raises: ArgumentError: not a string.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"text() takes a string of SQL, not {type(text).__name__}")
    return TextClause(text)


def verbatim(sql: str) -> TextClause:
    """Return a text of SQL that has no parameters, whatever colons are in it: such as a database gave.

    Args:
        sql: from a trusted source.
    """
    return TextClause(re.sub(BIND, r"\\:\1", sql.replace("\\:", "\\\\:")))
