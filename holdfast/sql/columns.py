"""Columns by name, and the collections in which FROM elements keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.sql.binds import NULL_TYPE
from holdfast.sql.element import ColumnElement
from holdfast.sql.node import Values
from holdfast.sql.quoted_name import quote_of
from holdfast.sql.shapes import ShapedComparisons
from holdfast.sql.types import to_instance

T = TypeVar("T")


class ColumnClause(ShapedComparisons, ColumnElement[T]):
    """A column by its name, alone or of a table; or, from `literal_column`, text that stands for a column.

    Attributes:
        name: the name in SQL.
        key: the name in collections; mostly the same.
        table: the FROM element, or None.
        is_literal: `name` is SQL text and goes out unquoted.
        is_left_out: statements that name all columns leave it out, as the sentinel of `insert_sentinel`.
    """

    visit_name = "column"
    _naming = "column"

    name: str
    key: str
    is_literal: bool = False
    is_left_out: bool = False

    def __init__(self, text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> None:
        self.name = text
        self.key = text
        self.type = NULL_TYPE if type_ is None else to_instance(type_)
        self.is_literal = is_literal
        self._shapes = {}
        self._values: Values = ()
        self._set_table(_selectable)

    def _set_table(self, table: Any) -> None:
        self.table = table
        name = (self.name, self.is_literal, quote_of(self.name))
        self._key = ("column", name, self.type._type_key, None if table is None else table._key)

    @property
    def _froms(self) -> tuple[Any, ...]:
        return () if self.table is None else (self.table,)

    @property
    def _bind_base(self) -> str:
        return self.key

    @property
    def _result_name(self) -> str | None:
        return self.name

    @property
    def _main_column(self) -> Any:
        return self

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self._result_name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self._result_name

    @property
    def _is_text(self) -> bool:  # type: ignore[override]
        return self.is_literal

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self.name!r}>"


class DerivedColumn(ColumnClause[T]):
    """A column of an alias or a subquery, standing for `base` inside it.

    It carries the FROM element's values, so that a statement that names only its columns still has them.

    Attributes:
        base: the column of the aliased element.
        name: the name, as a string or as one that the compiler makes up (`naming`).
    """

    base: ColumnElement[T]

    def __init__(self, base: ColumnElement[T], name: Any, key: str, table: Any) -> None:
        self.base = base
        self.name = name
        self.key = key
        self.type = base.type
        self.table = table
        self.primary_key = base.primary_key
        self._key = ("derived", key)
        self._values = (table,)

    @property
    def foreign_keys(self) -> Any:  # type: ignore[override]
        return self.base.foreign_keys

    @property
    def proxy_set(self) -> frozenset[Any]:
        return self.base.proxy_set | {self}

    @property
    def _lineage(self) -> frozenset[int]:
        return self.base._lineage | {id(self)}


def column_of(source: Any, column: Any) -> ColumnClause[Any]:
    """Return a plain column, known by name and type alone, as one of a FROM element that has a name of its own.

    It is no `DerivedColumn`: compared with a table's column it stands on the right side, as such columns always did.
    """
    made: ColumnClause[Any] = ColumnClause(column.name, column.type)
    made.key = column.key
    made.table = source
    made._key = ("derived", column.key)
    made._values = (source,)
    return made


class ColumnCollection:
    """The columns of a FROM element, in order, by key: ``table.c.name``, ``table.c["name"]``, ``for column in table.c``.

    Several columns of one key stand beside each other; a look-up by that key gives the first one.
    """

    # Columns are plain attributes of the collection too: `table.c.name` is asked for in nearly every statement.
    __slots__ = ("__dict__", "_all", "_index")

    _all: list[tuple[str, Any]]
    _index: dict[str, Any]

    def __init__(self, columns: Iterable[tuple[str, Any]] = ()) -> None:
        self._all = []
        self._index = {}
        for key, column in columns:
            self._add(key, column)

    def _add(self, key: str, column: Any) -> None:
        self._all.append((key, column))
        if self._index.setdefault(key, column) is column and not hasattr(ColumnCollection, key):
            self.__dict__[key] = column

    def keys(self) -> list[str]:
        """Return the keys, in order."""
        return [key for key, _ in self._all]

    def values(self) -> list[Any]:
        """Return the columns, in order."""
        return [column for _, column in self._all]

    def items(self) -> list[tuple[str, Any]]:
        """Return pairs of key and column, in order."""
        return list(self._all)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the column of that key, or `default`."""
        return self._index.get(key, default)

    def contains_column(self, column: Any) -> bool:
        """Whether that very column is here."""
        return any(member is column for _, member in self._all)

    def corresponding_column(self, column: Any) -> Any:
        """Return the column here that stands for `column` (itself, or one derived from it), or None."""
        for _, member in self._all:
            if member is column:
                return member
        wanted = column._lineage
        for _, member in self._all:
            if member._lineage & wanted:
                return member
        return None

    def compare(self, other: Any) -> bool:
        """Whether the columns of another collection are the same ones, in the same order."""
        mine, others = list(self), list(other)
        return len(mine) == len(others) and all(one is two for one, two in zip(mine, others, strict=True))

    def as_readonly(self) -> ColumnCollection:
        """Return this collection; it has no public method that changes it."""
        return self

    def __getattr__(self, key: str) -> Any:
        try:
            return self._index[key]
        except KeyError:
            raise AttributeError(f"{key}: the columns are {', '.join(self._index)}", name=key, obj=self) from None

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            try:
                return self._index[key]
            except KeyError as error:
                error.add_note(f"The columns are {', '.join(self._index)}.")
                raise
        if isinstance(key, int):
            return self._all[key][1]
        if isinstance(key, slice):
            return ColumnCollection(self._all[key])
        if isinstance(key, tuple):
            return ColumnCollection(self._all[one] if isinstance(one, int) else (one, self[one]) for one in key)
        raise ArgumentError(f"Columns are looked up by name or position, not by {type(key).__name__}.")

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            raise ArgumentError("__contains__ requires a string argument")
        return key in self._index

    def __iter__(self) -> Iterator[Any]:
        return iter([column for _, column in self._all])

    def __len__(self) -> int:
        return len(self._all)

    def __bool__(self) -> bool:
        return True

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._index})

    def __repr__(self) -> str:
        return f"ColumnCollection({', '.join(self._index)})"

    def __getstate__(self) -> Any:
        return self._all

    def __setstate__(self, state: Any) -> None:
        ColumnCollection.__init__(self, state)


def column(text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> ColumnClause[Any]:
    """Return a column by its name alone, for `table` and for SQL built by hand.

    Args:
        text: the name; it is quoted where that is needed.
        type_: the SQL type of its values.
        is_literal: the name is SQL text: see `literal_column`.
    """
    return ColumnClause(text, type_, is_literal, _selectable)


def literal_column(text: str, type_: Any = None) -> ColumnClause[Any]:
    """Return a column expression whose SQL text is `text`, as it stands: never text from a user."""
    return ColumnClause(text, type_, is_literal=True)
