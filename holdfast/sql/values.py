"""VALUES as a FROM element: rows that the program brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql.binds import NULL_TYPE, BindParameter
from holdfast.sql.coercions import is_sql, not_expected, resolve
from holdfast.sql.columns import ColumnCollection, column_of
from holdfast.sql.constants import NULL
from holdfast.sql.cte import CTE
from holdfast.sql.element import ClauseElement, ColumnElement
from holdfast.sql.from_clause import FromClause
from holdfast.sql.node import Key, Node, combine, next_serial
from holdfast.sql.operators import comma_op

Row = tuple[Any, ...]


class Values(FromClause):
    """``(VALUES (...), (...)) AS name (column, ...)``; made by `values`.

    Attributes:
        name: its name; None: none, or one made up.
        named: False: it has no name in SQL at all, and its columns stand without one.
        literal_binds: its values are written into the SQL text.
        is_lateral: it stands after LATERAL.
    """

    visit_name = "values"
    is_named_from = True

    def __init__(self, *columns: Any, name: str | None = None, literal_binds: bool = False) -> None:
        self._given = tuple(_checked(column) for column in columns)
        self.name = name
        self.named = name is not None
        self.literal_binds = literal_binds
        self.is_lateral = False
        self.rows: tuple[Row, ...] = ()
        self._made = next_serial()
        self._key = "named from"
        self._values = (self,)
        self._collection: ColumnCollection | None = None

    def _copy(self, **changes: Any) -> Values:
        new = object.__new__(type(self))
        new.__dict__.update({**self.__dict__, **changes, "_collection": None, "_made": next_serial()})
        new._values = (new,)
        return new

    @property
    def c(self) -> ColumnCollection:
        if self._collection is None:
            self._collection = ColumnCollection((column.key, column_of(self, column)) for column in self._given)
        return self._collection

    @property
    def _exports(self) -> list[tuple[str, Any, Any]]:
        return [(column.key, column.name, column) for column in self._given]

    def _exported(self) -> list[tuple[str, Any, Any]]:
        """Return key, name and expression of each column, as a common table expression shows them."""
        return self._exports

    @property
    def _name_base(self) -> str:
        return "anon"

    @property
    def _names_columns(self) -> bool:
        """Whether its columns are written with its name before them."""
        return self.named

    @property
    def _children(self) -> tuple[Node, ...]:
        return tuple(cell for row in self.rows for cell in row)

    def _with_parts(self, parts: tuple[Any, ...]) -> Values:
        width = len(self._given)
        return self._copy(rows=tuple(parts[start : start + width] for start in range(0, len(parts), width)))

    @property
    def _from_key(self) -> Key:
        columns = tuple((column.name, column.type._type_key) for column in self._given)
        key, _ = combine("rows", *self._children)
        # Values in the text are part of what is compiled: such an object stands for itself alone.
        written = self._made if self.literal_binds else 0
        return (Values, self.name, self.named, self.is_lateral, written, columns, key)

    @property
    def _from_values(self) -> tuple[Any, ...]:
        return tuple(value for cell in self._children for value in cell._values)  # type: ignore[attr-defined]

    def data(self, values: Sequence[Row]) -> Values:
        """Return this with more rows.

        Args:
            values: tuples of plain values and expressions, one per column.

        Raises: ArgumentError: a row has another number of values.
        """
        return self._copy(rows=(*self.rows, *[self._row(row) for row in values]))

    def _row(self, row: Any) -> Row:
        if isinstance(row, (Mapping, str)) or not isinstance(row, Iterable):
            raise ArgumentError(f"data() takes rows as tuples, one value per column, not {type(row).__name__}")
        members = tuple(row)
        if len(members) != len(self._given):
            raise ArgumentError(f"Wrong number of elements for {len(self._given)}-tuple: {members!r} ")
        return tuple(_cell(member, column.type) for member, column in zip(members, self._given, strict=True))

    def alias(self, name: str | None = None, flat: bool = False) -> Values:  # type: ignore[override]
        """Return this under another name."""
        return self._copy(name=name, named=True)

    def lateral(self, name: str | None = None) -> Values:
        """Return this after LATERAL: its values may be columns of the FROM elements before it.

        Args:
            name: its name; None: the one that it has.
        """
        return self._copy(name=self.name if name is None else name, named=True, is_lateral=True)

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Return this as a common table expression: ``WITH name(column, ...) AS (VALUES ...)``."""
        return CTE(self, name, recursive, nesting)

    def scalar_values(self) -> ScalarValues:
        """Return this as an expression: ``(VALUES (...))``, for IN and for one single value."""
        return ScalarValues(self)


def _checked(column: Any) -> Any:
    node = resolve(column)
    if not isinstance(node, ColumnElement) or not hasattr(node, "name"):
        raise not_expected("Column expression expected", column)
    return node


def _cell(value: Any, type_: Any) -> Any:
    node = resolve(value)
    if isinstance(node, ClauseElement):
        if node.is_statement and node.is_selectable:
            node = node.scalar_subquery()  # type: ignore[attr-defined]
        return node.self_group(comma_op)
    if is_sql(node):
        raise not_expected("SQL expression element or literal value expected", value)
    if value is None:
        return NULL
    return BindParameter(None, value, None if type_ is NULL_TYPE else type_, unique=True)


class ScalarValues(ColumnElement[Any]):
    """``(VALUES (...))`` as an expression; made by ``values(...).scalar_values()``.

    Attributes:
        element: the rows.
    """

    visit_name = "scalar_values"

    def __init__(self, element: Values) -> None:
        self.element = element
        self.type = NULL_TYPE
        self._key, self._values = _whole(element)

    @property
    def _children(self) -> tuple[Node, ...]:
        return self.element._children

    def _with_parts(self, parts: tuple[Any, ...]) -> ScalarValues:
        return ScalarValues(self.element._with_parts(parts))


def _whole(element: Values) -> tuple[Key, tuple[Any, ...]]:
    """Return key and values of the rows where they stand without a name: what they consist of, and not who they are."""
    return ("scalar values", element._from_key), element._from_values


def values(*columns: Any, name: str | None = None, literal_binds: bool = False) -> Values:
    """Return rows that the program brings, as a FROM element; `Values.data` gives it the rows.

    Args:
        columns: `column` objects with names and types.
        name: its name in SQL; None: none.
        literal_binds: write the values into the SQL text, for databases that can not tell the types of parameters here.
    """
    return Values(*columns, name=name, literal_binds=literal_binds)
