"""UPDATE and DELETE of a class whose objects have rows in several tables: one statement concerns one table.

What the criteria and values say of the other tables is put into subqueries over them, tied to the row by its key. An
UPDATE that sets attributes of several tables asks for the keys first, and then is one statement for each of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.set_based.hierarchies import key_columns
from holdfast.sql.boolean import and_
from holdfast.sql.columns import literal_column
from holdfast.sql.dml_clauses import columns_set
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.hierarchies import with_kind
from holdfast.sql.select import select
from holdfast.sql.traversal import replace


class TableForms(NamedTuple):
    """A statement as it is sent.

    Attributes:
        keys: the SELECT of the primary keys of the rows that it finds.
        statements: one for each table that is changed; where there are several, they have no criteria.
    """

    keys: Any
    statements: tuple[Any, ...]


def table_forms(statement: Any, mapper: Any) -> TableForms:
    """Return an UPDATE or DELETE of a class with several tables as it is sent.

    Raises: InvalidRequestError: values over what another table of the class is set to; RETURNING from several tables.
    """
    tables = _tables_set(statement, mapper)
    kind = with_kind(statement)[1]
    where = (*statement._where, *kind)
    if _joins_tables(where, mapper) and tables == [statement.table]:
        # The program joins the tables itself.
        settled = statement._copy(_where=where, _kinds_settled=True)
        return TableForms(select(*mapper.primary_key).where(*where), (settled,))
    criteria = tuple(_plain(one, mapper) for one in where)
    keys = _settled(select(*mapper.primary_key).select_from(mapper.persist_selectable).where(*criteria))
    if len(tables) == 1:
        _check_returning(statement, mapper, tables[0])
        form = _values_of(statement, mapper, tables[0])
        found = _found_by(mapper, tables[0], criteria)
        return TableForms(keys, (form._copy(_where=found, _kinds_settled=True),))
    _check_several(statement, mapper, tables)
    forms = [_values_of(statement, mapper, table)._copy(_where=(), _kinds_settled=True) for table in tables]
    return TableForms(keys.with_for_update(), tuple(forms))


def _tables_set(statement: Any, mapper: Any) -> list[Any]:
    """Return the tables that are changed, in the order of the hierarchy."""
    if not statement.is_update:
        return [statement.table]
    named = {id(_column(clause.column).table) for clause in statement.set_clauses()}
    return [table for table in mapper.own_tables if id(table) in named] or [statement.table]


def _column(expression: Any) -> Any:
    """Return the column that is set: of which a part is set, where it is one; of a row of columns the first."""
    expression = columns_set(expression)[0]
    return getattr(expression, "column", expression)


def _found_by(mapper: Any, table: Any, criteria: Sequence[Any]) -> tuple[Any, ...]:
    """Return the criteria for rows of one table."""
    others = _others(criteria, mapper, table)
    if table is not mapper.local_table:
        # Rows of the parent's table are of other classes too.
        others.setdefault(id(mapper.local_table), mapper.local_table)
    if not others:
        return tuple(criteria)
    inner = select(literal_column("1")).select_from(*others.values())
    inner = inner.where(*_same_row(mapper, table, others.values()), *criteria).correlate(table)
    return (_settled(inner).exists(),)


def _same_row(mapper: Any, table: Any, others: Iterable[Any]) -> Iterator[Any]:
    """Yield what ties rows of other tables to one of a table: the first one to it, the next to the first."""
    own = key_columns(mapper, table)
    for other in others:
        yield from (column == key for column, key in zip(key_columns(mapper, other), own, strict=True))
        own = key_columns(mapper, other)


def _settled(statement: Any) -> Any:
    """Return a SELECT to which the compiler adds nothing."""
    return statement._copy(_kinds_settled=True)


def _others(nodes: Iterable[Any], mapper: Any, table: Any) -> dict[int, Any]:
    """Return the tables of the class, but for one, that expressions read."""
    found = {id(column.table): column.table for node in nodes for column in _columns_in(node)}
    return {id(one): one for one in mapper.own_tables if id(one) in found and one is not table}


def _columns_in(node: Any, inner: frozenset[int] = frozenset()) -> Iterator[Any]:
    """Yield the columns that an expression reads from the statement around it.

    Args:
        inner: FROM elements of the SELECTs inside, by identity.
    """
    if node.visit_name in ("attribute", "column"):
        column = getattr(node, "column", node)
        if id(column.table) not in inner:
            yield column
        return
    if getattr(node, "is_select", False):
        # Only a SELECT that says what is not its own, as that of a relationship does, reads from around it.
        if node._correlate_except is None:
            return
        inner = inner | {id(source) for source in node._correlate_except}
    for child in getattr(node, "_children", ()):
        yield from _columns_in(child, inner)


def _plain(node: Any, mapper: Any) -> Any:
    """Return an expression over columns of tables, where it was one over attributes of the class."""

    def substitute(part: Any) -> Any:
        if getattr(part, "is_statement", False):
            return part
        column = getattr(part, "column", None)
        return column if part.visit_name == "attribute" and mapper.owns(getattr(column, "table", None)) else None

    return replace(node, substitute)


def _joins_tables(criteria: Iterable[Any], mapper: Any) -> bool:
    """Return True if criteria compare the keys of two tables of the class themselves."""
    keys = {id(column) for table in mapper.own_tables for column in key_columns(mapper, table)}
    for part in criteria:
        if getattr(part, "visit_name", "") == "expression_list" and part.operator.name == "and_":
            if _joins_tables(part.clauses, mapper):
                return True
        elif isinstance(part, BinaryExpression) and part.operator.name == "eq":
            sides = [getattr(side, "column", side) for side in (part.left, part.right)]
            if all(id(side) in keys for side in sides) and sides[0].table is not sides[1].table:
                return True
    return False


def _values_of(statement: Any, mapper: Any, table: Any) -> Any:
    """Return the statement for one table, with what it sets there."""
    if not statement.is_update:
        return statement
    own = key_columns(mapper, table)

    def substitute(part: Any) -> Any:
        if getattr(part, "is_statement", False):
            return part
        column = getattr(part, "column", part)
        other = getattr(column, "table", None)
        if other is None or other is table or not mapper.owns(other):
            return column if part.visit_name == "attribute" and other is table else None
        tied = [one == key for one, key in zip(key_columns(mapper, other), own, strict=True)]
        return _settled(select(column).where(and_(*tied)).correlate(table)).scalar_subquery()

    clauses = [
        clause._replace(value=replace(clause.value, substitute))
        for clause in statement._set
        if _column(clause.column).table is table
    ]
    return statement._copy(table=table, _set=tuple(clauses))


def _check_returning(statement: Any, mapper: Any, table: Any) -> None:
    columns = [getattr(column, "column", column) for column in statement.raw_columns]
    places = [column.table for column in columns if mapper.owns(getattr(column, "table", None))]
    others = dict.fromkeys(place.name for place in places if place is not table)
    if others:
        raise exc.InvalidRequestError(
            f"RETURNING of a statement that changes {table.name} has no columns of {', '.join(others)}. Ask for columns of "
            f"{table.name}, and read objects of {mapper.class_name} by a select() afterwards."
        )


def _check_several(statement: Any, mapper: Any, tables: Sequence[Any]) -> None:
    if statement._returning:
        raise exc.InvalidRequestError(
            f"An UPDATE of {mapper.class_name} that sets attributes of {len(tables)} tables is as many statements: it can not "
            "have RETURNING. Read the objects by a select() afterwards, or set the attributes of one table at a time."
        )
    for clause in statement._set:
        table = _column(clause.column).table
        for other in _others((clause.value,), mapper, table).values():
            if any(other is one for one in tables):
                raise exc.InvalidRequestError(
                    f"An UPDATE of {mapper.class_name} sets attributes of the tables {table.name} and {other.name}, and a "
                    f"value for {table.name} is worked out from {other.name}, which may be changed by then. Make it two "
                    "statements, in the order that you mean."
                )
