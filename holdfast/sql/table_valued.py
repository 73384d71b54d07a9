"""Functions in FROM: calls that give rows, under a name, with the columns that the program says they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from holdfast.sql.binds import NULL_TYPE
from holdfast.sql.coercions import not_expected, resolve
from holdfast.sql.columns import ColumnClause, ColumnCollection, column_of
from holdfast.sql.element import ClauseElement
from holdfast.sql.from_clause import AliasedFrom, select_hook
from holdfast.sql.naming import Anonymous
from holdfast.sql.node import Key, Node, combine
from holdfast.sql.types import TypeEngine

T = TypeVar("T")


class TableValueType(TypeEngine[Any]):
    """The type of a whole row.

    Args:
        elements: its columns, as names or as `column` with a type.
    """

    visit_name = "table_value"

    def __init__(self, *elements: Any) -> None:
        self.elements = tuple(_as_column(element) for element in elements)

    @property
    def _type_key(self) -> tuple[Any, ...]:
        return ("table value", *[(column.name, column.type._type_key) for column in self.elements])

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return NULL_TYPE.coerce_compared_value(op, value)


def _as_column(value: Any) -> Any:
    if isinstance(value, str):
        return ColumnClause(value)
    node = resolve(value)
    if isinstance(node, ClauseElement) and hasattr(node, "key"):
        return node
    raise not_expected("Column expression or string key expected", value)


class TableValuedColumn(ColumnClause[T]):
    """A FROM element as a value: its whole row, or the one value that a function gives per row.

    Attributes:
        scalar_alias: the FROM element.
    """

    visit_name = "table_valued_column"
    # It stands in SELECT without a name of its own, in a subquery too.
    _is_text = True  # type: ignore[assignment]

    def __init__(self, scalar_alias: Any, type_: Any) -> None:
        self.scalar_alias = scalar_alias
        self.type = type_
        self.table = None
        self._shapes = {}
        self._key, self._values = combine(("table valued column", type_._type_key), scalar_alias)

    @property
    def name(self) -> Any:  # type: ignore[override]
        """The name of the FROM element."""
        source = self.scalar_alias
        return source.name if source.name is not None else Anonymous(source._name_base, id(source))

    @property
    def key(self) -> Any:  # type: ignore[override]
        return self.scalar_alias.name

    @property
    def _bind_base(self) -> str:
        return self.scalar_alias.name or "param"

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.scalar_alias.name or "anon"

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.scalar_alias,)

    def _with_parts(self, parts: tuple[Any, ...]) -> TableValuedColumn[T]:
        return TableValuedColumn(parts[0], self.type)

    @property
    def _froms(self) -> tuple[Any, ...]:
        return (self.scalar_alias,)


class TableValuedAlias(AliasedFrom):
    """A function call in FROM under a name; made by ``func.name(...).table_valued(...)`` and ``.alias()``.

    Attributes:
        element: the call.
        row_type: the columns that its rows have; None: one, which has the name of the function.
        with_ordinality: the name of a column that counts the rows is the last of the columns.
        is_lateral: it stands after LATERAL.
        derived: its columns are named in FROM: None: no; False: their names; True: their names and types.
        joins_implicitly: it is meant to stand beside other FROM elements without a criterion.
    """

    visit_name = "table_valued_alias"

    row_type: TableValueType | None = None
    with_ordinality: str | None = None
    is_lateral = False
    derived: bool | None = None
    joins_implicitly = False
    _base: str = "anon"

    def __init__(self, element: Any, name: str | None = None, **attributes: Any) -> None:
        super().__init__(element, name)
        self.__dict__.update(attributes)

    def _again(self, name: str | None, **changes: Any) -> TableValuedAlias:
        """Return this with other attributes, under a name; None: one made up after this one's."""
        own = {key: self.__dict__[key] for key in _ATTRIBUTES if key in self.__dict__}
        return TableValuedAlias(self.element, name, **{**own, "_base": self.name or self._base, **changes})

    def _with_element(self, element: Any) -> TableValuedAlias:
        own = {key: self.__dict__[key] for key in _ATTRIBUTES if key in self.__dict__}
        return TableValuedAlias(element, self.name, **own)

    @property
    def _name_base(self) -> str:
        return self._base

    @property
    def _from_key(self) -> Key:
        row = None if self.row_type is None else self.row_type._type_key
        how = (self.with_ordinality, self.is_lateral, self.derived, self._base)
        return (TableValuedAlias, self.name, row, how, self.element._key)

    @property
    def c(self) -> ColumnCollection:
        if self.row_type is None:
            return super().c
        if self._collection is None:
            self._collection = ColumnCollection(
                (column.key, column_of(self, column)) for column in self.row_type.elements
            )
        return self._collection

    def _bases(self) -> Iterable[tuple[str, Any, Any]]:
        if self.row_type is None:
            name = self.element.name
            yield name, Anonymous(name, id(self.element)), self.element
            return
        for column in self.row_type.elements:
            yield column.key, column.name, column

    @property
    def column(self) -> TableValuedColumn[Any]:
        """The rows as one value: ``SELECT x FROM unnest(...) AS x``."""
        found = self.__dict__.get("_column")
        if found is None:
            found = self._column = TableValuedColumn(self, self.row_type or self.element.type)
        return found

    def alias(self, name: str | None = None, flat: bool = False) -> TableValuedAlias:  # type: ignore[override]
        """Return this under another name."""
        return self._again(name)

    def lateral(self, name: str | None = None) -> TableValuedAlias:
        """Return this after LATERAL: it may use columns of the FROM elements before it."""
        return self._again(name, is_lateral=True)

    def render_derived(self, name: str | None = None, with_types: bool = False) -> TableValuedAlias:
        """Return this with its columns named in FROM: ``AS name(column, ...)``.

        Args:
            name: its name; None: made up.
            with_types: ``AS name(column TYPE, ...)``, for functions that give rows of any type.
        """
        return self._again(name, derived=with_types, is_lateral=False, _base=self._base)


_ATTRIBUTES = ("row_type", "with_ordinality", "derived", "is_lateral", "joins_implicitly", "_base")


def table_valued(source: Any) -> TableValuedColumn[Any]:
    """Return the whole row of a FROM element as a value: ``row_to_json(users)``."""
    return TableValuedColumn(source, TableValueType(*source.c))


select_hook.table_valued = table_valued
