"""The names of a SELECT's columns: which get a label, which name a row or a subquery shows.

The rules are those of the label styles. A name is a string, or `Anonymous` where the compiler makes it up: only it
knows which names are taken in the whole statement.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from holdfast.exc import InvalidRequestError


class SelectLabelStyle(enum.StrEnum):
    """How the columns of a SELECT are named."""

    LABEL_STYLE_NONE = "none"
    LABEL_STYLE_TABLENAME_PLUS_COL = "tablename_plus_col"
    LABEL_STYLE_DISAMBIGUATE_ONLY = "disambiguate_only"
    LABEL_STYLE_LEGACY_ORM = "legacy_orm"
    LABEL_STYLE_DEFAULT = LABEL_STYLE_DISAMBIGUATE_ONLY


LABEL_STYLE_NONE = SelectLabelStyle.LABEL_STYLE_NONE
LABEL_STYLE_TABLENAME_PLUS_COL = SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL
LABEL_STYLE_DISAMBIGUATE_ONLY = SelectLabelStyle.LABEL_STYLE_DISAMBIGUATE_ONLY
LABEL_STYLE_LEGACY_ORM = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM
"""What a Query has: the table's name before the column's, but not where it stands as a value."""
LABEL_STYLE_DEFAULT = LABEL_STYLE_DISAMBIGUATE_ONLY


class Anonymous(NamedTuple):
    """A name that the compiler makes up: ``base_1``, ``base_2`` ..., the same for the same thing.

    Attributes:
        base: what the name begins with; itself made up, where it begins with the name of a nameless alias.
        identity: the things of the same identity share the name.
        again: a column that stands in the SELECT once more.
    """

    base: Any
    identity: Any
    again: bool = False


class Prefixed(NamedTuple):
    """A name made of the name of a FROM element and that of its column: ``users_id``.

    Attributes:
        table: the FROM element.
        name: the column's name.
    """

    table: Any
    name: str


class ColumnName(NamedTuple):
    """How one column of a SELECT is named.

    Attributes:
        column: the expression.
        own: the name that it has by itself, or None.
        label: the name after AS, or None where it stands without.
        shown: the name under which a statement around this one finds it.
        key: the name in the collection of columns of a subquery.
    """

    column: Any
    own: Any
    label: Any
    shown: Any
    key: str


def name_columns(
    columns: Iterable[Any], style: str, within_from: bool, native_boolean: bool = True
) -> list[ColumnName]:
    """Return the name of each column, in order.

    Args:
        columns: the expressions of a SELECT, entities and FROM elements taken apart.
        style: the label style.
        within_from: the SELECT is a subquery in FROM, so that each column needs a name.
        native_boolean: ``NOT column`` needs no name of its own; otherwise it is written as a comparison.
    """
    namer = _Namer(style, within_from, native_boolean)
    return [namer.named(column) for column in columns]


def told_apart(exported: Iterable[tuple[str, Any, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Yield key, name and expression of a subquery's columns.

    Raises: InvalidRequestError: a label has a name that another column has before it: the statement around the subquery
        would read the first one for both.
    """
    seen: dict[Any, Any] = {}
    for key, name, column in exported:
        if seen.setdefault(name, column) is not column and column._naming == "label":
            raise InvalidRequestError(
                f"Label name {name} is being renamed to an anonymous label due to disambiguation which is not supported "
                "right now.  Please use unique names for explicit labels.  Two columns of the subquery are called "
                f"{name!r}: .label() one of them otherwise."
            )
        yield key, name, column


class _Namer:
    """Names the columns of one SELECT; knows which names are taken by which column.

    Args:
        style: the label style.
        within_from: each column needs a name.
    """

    def __init__(self, style: str, within_from: bool, native_boolean: bool) -> None:
        self.style = LABEL_STYLE_TABLENAME_PLUS_COL if style == LABEL_STYLE_LEGACY_ORM else style
        self.native_boolean = native_boolean
        self.within_from = within_from
        self.taken: dict[Any, Any] = {}
        self.repeats = 0
        self.keys: dict[str, int] = {}

    def named(self, column: Any) -> ColumnName:
        own, label = self._own_and_label(column)
        shown = own if label is None else label
        if isinstance(label, Anonymous) and label.again and column._naming == "column":
            # The same column again: both have one value, and the first name serves.
            shown = label.base[0]
        return ColumnName(column, own, label, shown, "" if column._naming == "text" else self._key(column, own))

    def _own_and_label(self, column: Any) -> tuple[Any, Any]:
        kind = column._naming
        if kind == "label":
            return self._of_label(column)
        if kind == "column":
            return self._of_column(column)
        if kind == "text" or self._stands_bare(kind):
            return None, None
        if kind in ("derived", "bare derived") or (kind == "loose" and not self.within_from):
            derived = column._derived_name
            if derived is not None:
                return self._of_derived(column, derived)
        return None, self._made_up(column)

    def _stands_bare(self, kind: str) -> bool:
        """Return True for what needs no name."""
        if self.within_from or kind not in ("bare", "bare derived"):
            return False
        return kind == "bare" or (self.native_boolean and self.style != LABEL_STYLE_TABLENAME_PLUS_COL)

    def _of_label(self, column: Any) -> tuple[Any, Any]:
        if column.gives_way:
            return column.name, self._of_given_name(column)
        name = column.name
        if name is None:
            name = Anonymous(column.element._made_up_base, id(column))
        self.taken.setdefault(name, column)
        return name, name

    def _of_given_name(self, column: Any) -> Any:
        """Return what the text calls an expression that only rows and subqueries know by the given name."""
        name = column.text_name
        if name is not None:
            self.taken.setdefault(name, column)
            return name
        element = column.element
        base = element._made_up_base
        has_own = base != "anon" and element._naming == "expression"
        if has_own or column.name in self.taken or element.visit_name == "scalar_select":
            return Anonymous(base, id(column))
        self.taken[column.name] = column
        return column.name

    def _of_column(self, column: Any) -> tuple[Any, Any]:
        name, wanted = column._result_name, self._wanted(column)
        main = column._main_column
        if column._is_text:
            # The text may be anything: it is not looked at.
            self.taken.setdefault(name, main)
            return name, None
        # A column without a table is a name alone, which needs no second one.
        label = wanted if self.within_from and column.table is not None else None
        if self.style == LABEL_STYLE_NONE:
            return name, label
        written = _written(wanted)
        present = self.taken.get(written)
        if present is not None and column.table is None and getattr(present, "table", self) is None:
            # Two of them are one: all that is known of them is the name.
            return name, None
        if present is not None:
            another = Anonymous(wanted, id(main))
            again = present is main or another in self.taken
            self.taken[another] = main
            return name, self._another(wanted, main, again)
        self.taken[written] = main
        return name, (label if wanted == name else wanted)

    def _wanted(self, column: Any) -> Any:
        """Return the name that the style gives a column."""
        table = column.table
        if self.style != LABEL_STYLE_TABLENAME_PLUS_COL or table is None:
            return column._result_name
        return Prefixed(table, _apart(table, column._result_name))

    def _of_derived(self, column: Any, derived: Any) -> tuple[Any, Any]:
        main = column._main_column
        has_table = getattr(main, "table", None) is not None
        if self.style == LABEL_STYLE_TABLENAME_PLUS_COL and has_table:
            derived = Prefixed(main.table, derived)
            if _written(derived) in self.taken:
                return derived, self._another(derived, column, False)
        if _written(derived) in self.taken and self.style != LABEL_STYLE_NONE:
            # A form of a form of the column is told from a form of it.
            is_nested = has_table and column._is_form_of_form
            return derived, self._another(Prefixed(main.table, derived) if is_nested else derived, column, True)
        self.taken[_written(derived)] = column
        return derived, derived

    def _made_up(self, column: Any) -> Any:
        name = Anonymous(column._made_up_base, id(column))
        if id(column) in self.taken:
            return self._another(name.base, column, True)
        self.taken[id(column)] = column
        return name

    def _another(self, wanted: Any, column: Any, again: bool) -> Any:
        """Return a name for a second column: ``name_1`` for another one, ``name__1`` for the same one again."""
        if not again:
            return Anonymous(wanted, id(column))
        self.repeats += 1
        return Anonymous((wanted, "_"), (id(column), self.repeats), True)

    def _key(self, column: Any, own: Any) -> str:
        name = column.key if column._naming in ("column", "label") else None
        if self.style == LABEL_STYLE_TABLENAME_PLUS_COL and isinstance(self._wanted_key(column), str):
            name = self._wanted_key(column)
        if name is None:
            written = _written(own)
            name = written if isinstance(written, str) else column._key_without_name
        if self.style == LABEL_STYLE_NONE and not self.within_from:
            return str(name)
        count = self.keys.get(name, 0)
        self.keys[name] = count + 1
        if count:
            base, name = name, f"{name}_{count}"
            while name in self.keys:
                count += 1
                name = f"{base}_{count}"
            self.keys[name] = 1
        return str(name)

    def _wanted_key(self, column: Any) -> Any:
        table = column.table if column._naming == "column" else None
        if table is None or table.name is None:
            return None
        return f"{_prefix(table)}{_apart(table, column.key)}"


def _prefix(table: Any) -> str:
    """Return what stands before the names of the columns of a FROM element that has a name."""
    schema = getattr(table, "schema", None)
    return f"{schema}_{table.name}_" if schema else f"{table.name}_"


def _written(name: Any) -> Any:
    """Return the text of a name as far as it is known before the statement is compiled: two may be written alike."""
    if isinstance(name, Prefixed) and isinstance(name.table.name, str) and isinstance(name.name, str):
        return f"{_prefix(name.table)}{name.name}"
    return name


def _apart(table: Any, name: Any) -> Any:
    """Return the name of a column with a number, if with the table's name before it another column is called so."""
    if not isinstance(name, str) or not isinstance(table.name, str):
        return name
    prefix, columns = _prefix(table), table.c
    numbered, count = name, 0
    while f"{prefix}{numbered}" in columns:
        count += 1
        numbered = f"{name}_{count}"
    return numbered
