"""The UNION ALL over the tables of a concrete hierarchy, whose rows tell by one more column which table they are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.columns import ColumnCollection, DerivedColumn, literal_column
from holdfast.sql.constants import null
from holdfast.sql.element import ColumnElement
from holdfast.sql.from_clause import Subquery, from_of
from holdfast.sql.public import cast, type_coerce
from holdfast.sql.select import select
from holdfast.sql.set_operations import union_all


class UnionColumn(DerivedColumn[Any]):
    """A column of the union: it stands for the columns of that name in all tables.

    Args:
        members: these columns.
    """

    def __init__(self, derived: DerivedColumn[Any], members: Iterable[Any]) -> None:
        super().__init__(derived.base, derived.name, derived.key, derived.table)
        self._members = tuple(members)

    @property
    def _lineage(self) -> frozenset[int]:
        return super()._lineage.union(*[one._lineage for one in self._members])

    @property
    def foreign_keys(self) -> Any:
        return next((one.foreign_keys for one in self._members if one.foreign_keys), set())


class TableUnion(Subquery):
    """The union as a FROM element.

    Args:
        element: the set operation.
        name: the name in SQL.
        tables: what it is made of.
    """

    def __init__(self, element: Any, name: str | None, tables: Iterable[Any] = ()) -> None:
        super().__init__(element, name)
        self.tables = tuple(tables)

    @property
    def c(self) -> ColumnCollection:
        if self._collection is None:
            self._collection = ColumnCollection(
                (
                    derived.key,
                    UnionColumn(derived, [table.c[derived.key] for table in self.tables if derived.key in table.c]),
                )
                for derived in Subquery(self.element, self.name).c
            )
            for column in self._collection:
                column.table, column._values = self, (self,)
        return self._collection

    def _with_element(self, element: Any) -> Any:
        return TableUnion(element, self.name, self.tables)


def polymorphic_union(
    table_map: Mapping[Any, Any], typecolname: str | None, aliasname: str | None = "p_union", cast_nulls: bool = True
) -> Any:
    """Return the rows of several tables, with NULL for the columns that one of them does not have.

    Args:
        table_map: what tells the class -> the table, or a SELECT's subquery.
        typecolname: the name of the column that tells the class; None: there is none.
        aliasname: the name of the whole in SQL.
        cast_nulls: give each NULL the type of its column, as PostgreSQL demands.

    Returns: a subquery, for `with_polymorphic` and for mapping a class to it.

    Raises:
        ArgumentError: there are no tables.
        InvalidRequestError: a table has a column of the name that is to tell the class.
    """
    if not table_map:
        raise ArgumentError("polymorphic_union() needs a table at least: {'manager': managers, 'engineer': engineers}.")
    tables = {identity: from_of(table) for identity, table in table_map.items()}
    names = () if typecolname is None else (typecolname,)
    taken = next((table.c[name] for table in tables.values() for name in names if name in table.c), None)
    if taken is not None:
        raise InvalidRequestError(
            f"Polymorphic union can't use '{typecolname}' as the discriminator column due to mapped column {taken!r}; please "
            "apply the 'typecolname' argument; this is available on ConcreteBase as '_concrete_discriminator_name'. Give "
            "another name that no table has, such as 'kind'."
        )
    types = {column.key: column.type for table in tables.values() for column in table.c}
    members = []
    for identity, table in tables.items():
        columns: list[Any] = [_column_or_null(table, key, type_, cast_nulls) for key, type_ in types.items()]
        if typecolname is not None:
            columns.append(_class_column(identity).label(typecolname))
        members.append(select(*columns).select_from(table))
    return TableUnion(union_all(*members), aliasname, tables.values())


def _column_or_null(table: Any, key: str, type_: Any, cast_nulls: bool) -> Any:
    if key in table.c:
        return table.c[key]
    made: Any = cast(null(), type_) if cast_nulls else type_coerce(null(), type_)
    return made.label(key)


def _class_column(identity: Any) -> ColumnElement[Any]:
    """Return what tells the class, as a text in the statement: it is the program's own constant, no user's value."""
    if not isinstance(identity, str):
        return literal_column(str(identity))
    text = identity.replace("'", "''")
    return literal_column(f"'{text}'")
