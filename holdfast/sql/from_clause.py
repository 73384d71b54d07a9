"""What stands in FROM: tables, aliases, subqueries, joins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from holdfast.exc import ArgumentError
from holdfast.sql.coercions import JOIN_TARGET_EXPECTED, as_from, as_on_clause
from holdfast.sql.columns import ColumnClause, ColumnCollection, DerivedColumn
from holdfast.sql.element import ClauseElement
from holdfast.sql.join_condition import join_condition
from holdfast.sql.kinds import Selectable
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL, told_apart
from holdfast.sql.node import Key, Node, Values, combine
from holdfast.sql.quoted_name import quote_of


class FromClause(Selectable, ClauseElement):
    """Something that rows come from.

    Attributes:
        c: its columns, by key; also `columns`.
        primary_key: the columns of its primary key.
        name: its name, None for one that the compiler makes up.
    """

    is_selectable = True
    visit_name = "from"
    schema: str | None = None
    name: str | None = None

    _key: Key
    _values: Values = ()

    @property
    def c(self) -> ColumnCollection:
        """The columns, by key."""
        raise NotImplementedError

    @property
    def columns(self) -> ColumnCollection:
        """The columns, by key."""
        return self.c

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns as an enclosing statement sees them."""
        return self.c

    @property
    def entity_namespace(self) -> Any:
        """What `filter_by` looks names up in."""
        return self.c

    @property
    def description(self) -> str | None:
        """The name."""
        return self.name

    @property
    def named_with_column(self) -> bool:
        """Whether its columns are written with its name before them."""
        return self._names_columns

    @property
    def primary_key(self) -> Iterable[Any]:
        """The columns of the primary key."""
        return tuple(column for column in self.c if column.primary_key)

    @property
    def foreign_keys(self) -> frozenset[Any]:
        """The foreign keys of all columns."""
        return frozenset(key for column in self.c for key in column.foreign_keys)

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return (self,)

    @property
    def _hidden(self) -> tuple[Any, ...]:
        """The FROM elements that this one brings with it: they need not stand beside it."""
        return ()

    def select(self) -> Any:
        """Return ``SELECT`` of all columns."""
        return select_hook.select(self)

    # Whether the columns are written with the name before them.
    _names_columns = True

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> Any:
        """Return a sample of the rows: ``TABLESAMPLE system(10)``; see `holdfast.tablesample`."""
        return select_hook.tablesample(self, sampling, name, seed)

    def table_valued(self) -> Any:
        """Return the whole row as a value, for functions that take one: ``row_to_json(users)``."""
        return select_hook.table_valued(self)

    def alias(self, name: str | None = None, flat: bool = False) -> Alias:
        """Return this under another name."""
        return Alias(self, name)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
        """Return ``this JOIN right ON onclause``; without `onclause` along the one foreign key between them."""
        return Join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        """Return ``this LEFT OUTER JOIN right ON onclause``."""
        return Join(self, right, onclause, True, full)

    def corresponding_column(self, column: Any) -> Any:
        """Return the column here that stands for `column`, or None."""
        return self.c.corresponding_column(column)

    def with_cols(self, cols: Any, /) -> Self:
        """Return this element: for type checkers its ``c`` has the columns of a class derived from `TypedColumns`."""
        return self

    def is_derived_from(self, other: Any) -> bool:
        """Return True if this is `other` or made of it."""
        return other is self


class _Hooks:
    """What FROM elements and SELECT need of higher files.

    `select` is filled by `select.py`, `compound` by `set_operations.py`, `replace` by `traversal.py`, `into` by the
    schema's views, the others by `lateral.py` and `table_valued.py`.
    """

    select: Any
    compound: Any
    replace: Any
    into: Any
    lateral: Any
    tablesample: Any
    table_valued: Any


select_hook = _Hooks()


def fill_select_hook(select: Any) -> None:
    """Enter `select` (called by `select.py`)."""
    select_hook.select = select


class TableClause(FromClause):
    """A table by its name and the names of its columns; `schema.Table` knows more.

    Args:
        name: the table's name.
        columns: made by `column`.
        schema: the schema that it stands in.
    """

    visit_name = "table"

    name: str

    def __init__(self, name: str, *columns: Any, schema: str | None = None) -> None:
        self.name = name
        self.schema = schema
        self._columns = ColumnCollection()
        self._key = ("table", name, quote_of(name), schema, tuple(column.name for column in columns))
        for column in columns:
            if column.table is not None:
                raise ArgumentError(f"column object '{column.key}' already assigned to table '{column.table.name}'")
            column._set_table(self)
            self._columns._add(column.key, column)

    @property
    def c(self) -> ColumnCollection:
        return self._columns

    @property
    def fullname(self) -> str:
        """The name with the schema before it."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def description(self) -> str:
        """The name."""
        return self.name

    def insert(self) -> Any:
        """Return ``INSERT INTO this``."""
        return _dml.insert(self)

    def update(self) -> Any:
        """Return ``UPDATE this``."""
        return _dml.update(self)

    def delete(self) -> Any:
        """Return ``DELETE FROM this``."""
        return _dml.delete(self)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__}; {self.name}>"


class _Dml:
    """What the methods of tables need of `insert.py` and `dml.py`."""

    insert: Any
    update: Any
    delete: Any


_dml = _Dml()


def fill_dml_hooks(**functions: Any) -> None:
    """Enter `insert`, `update` or `delete` (called by `insert.py` and `dml.py`)."""
    vars(_dml).update(functions)


class AliasedFrom(FromClause):
    """What aliases and subqueries share: a FROM element under another name, with columns of its own.

    Attributes:
        element: what is named.
        name: the name; None: the compiler makes one up.
    """

    visit_name = "alias"
    is_named_from = True

    def __init__(self, element: Any, name: str | None = None) -> None:
        self.element = element
        self.name = name
        self._key = "named from"
        self._values = (self,)
        self._collection: ColumnCollection | None = None

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    @property
    def original(self) -> Any:
        """What is named; the older name of `element`."""
        return self.element

    @property
    def _from_key(self) -> Key:
        """What the name stands for, as a part of the statement's key."""
        return (type(self), self.name, self.element._key)

    @property
    def _from_values(self) -> Values:
        values: Values = self.element._values
        return values

    @property
    def _name_base(self) -> str:
        """What the name begins with, where the compiler makes it up."""
        return getattr(self.element, "name", None) or "anon"

    def compare(self, other: Any, **keywords: Any) -> bool:
        """Return True if `other` is the same element under the same name."""
        return type(other) is type(self) and other.name == self.name and self.element.compare(other.element)

    def _with_element(self, element: Any) -> Any:
        """Return the same name for another element."""
        return type(self)(element, self.name)

    def _bases(self) -> Iterable[tuple[str, Any, Any]]:
        """Yield key, name and column for each column of the element."""
        for column in self.element.c:
            yield column.key, column.name, column

    @property
    def c(self) -> ColumnCollection:
        if self._collection is None:
            self._collection = ColumnCollection(
                (key, DerivedColumn(column, name, key, self)) for key, name, column in self._bases()
            )
        return self._collection

    def is_derived_from(self, other: Any) -> bool:
        return other is self or bool(getattr(self.element, "is_derived_from", lambda _: False)(other))


class Alias(AliasedFrom):
    """A table under another name."""


class Subquery(AliasedFrom):
    """A SELECT in FROM."""

    visit_name = "subquery"

    def _bases(self) -> Iterable[tuple[str, Any, Any]]:
        yield from told_apart(self.element._exported())


class Join(FromClause):
    """``left JOIN right ON onclause``.

    Raises:
        NoForeignKeysError, AmbiguousForeignKeysError: no `onclause`, and not exactly one foreign key between the two.
    """

    visit_name = "join"

    def __init__(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> None:
        self.left = from_of(as_from(left))
        self.right = from_of(as_from(right, JOIN_TARGET_EXPECTED))
        self.onclause = join_condition(self.left, self.right) if onclause is None else as_on_clause(onclause)
        self.isouter = isouter
        self.full = full
        self._key, self._values = combine(("join", isouter, full), self.left, self.right, self.onclause)
        self._collection: ColumnCollection | None = None

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.left, self.right, self.onclause)

    @property
    def c(self) -> ColumnCollection:
        if self._collection is None:
            columns = [*self.left.c, *self.right.c]
            self._collection = ColumnCollection((f"{column.table.name}_{column.key}", column) for column in columns)
        return self._collection

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Return this under another name: a subquery of all its columns, named ``table_column``.

        Args: flat: alias each of its tables and join the aliases instead; with a `name` before theirs.
        """
        if not flat:
            return self.select().set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery(name)
        left, right = (_flat_alias(side, name) for side in (self.left, self.right))

        def elsewhere(node: Any) -> Any:
            column = getattr(node, "column", node)
            if not isinstance(column, ColumnClause):
                return None
            found = left.corresponding_column(column)
            return right.corresponding_column(column) if found is None else found

        return Join(left, right, select_hook.replace(self.onclause, elsewhere), self.isouter, self.full)

    @property
    def _hidden(self) -> tuple[Any, ...]:
        return (self.left, *self.left._hidden, self.right, *self.right._hidden)

    def is_derived_from(self, other: Any) -> bool:
        return other is self or self.left.is_derived_from(other) or self.right.is_derived_from(other)


def _flat_alias(side: Any, name: str | None) -> Any:
    if isinstance(side, Join):
        return side.alias(name, flat=True)
    return side.alias(None if name is None else f"{name}_{side.name}")


def from_of(element: Any) -> Any:
    """Return the FROM element of an entity, or the element itself."""
    return element.selectable if getattr(element, "is_entity", False) else element


def table(name: str, *columns: ColumnClause[Any], schema: str | None = None) -> TableClause:
    """Return a table by its name and columns, for SQL built by hand."""
    return TableClause(name, *columns, schema=schema)


def alias(selectable: Any, name: str | None = None) -> Alias:
    """Return a FROM element under another name."""
    return from_of(as_from(selectable)).alias(name)  # type: ignore[no-any-return]


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Return ``left JOIN right ON onclause``."""
    return Join(left, right, onclause, isouter, full)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Return ``left LEFT OUTER JOIN right ON onclause``."""
    return Join(left, right, onclause, True, full)
