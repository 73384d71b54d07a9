"""The statement that loads some columns of an object of several tables from those tables alone that have them."""

from __future__ import annotations

from typing import Any

from holdfast.sql.binds import BindParameter
from holdfast.sql.naming import LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import select
from holdfast.sql.traversal import replace


def statement_of_own_tables(mapper: Any, names: tuple[str, ...]) -> Any:
    """Return the SELECT of some columns by primary key, over the tables of subclasses; None, if the root's is needed.

    The key's parameters are those of `key_plans.key_plan`.
    """
    columns = [mapper.column_of(name) for name in names]
    tables = [column.table for column in columns]
    root = mapper.own_tables[0]
    if (
        mapper.is_of_join
        or not all(mapper.owns(table) and table is not root for table in tables)
        or len(mapper.primary_key) != 1
    ):
        return None
    conditions: list[Any] = []
    for one in reversed(list(mapper.iterate_to_root())):
        if one.single or (not conditions and not any(one.local_table is table for table in tables)):
            continue
        condition = one.inherit_condition
        if not conditions:
            condition = replace(condition, lambda node, above=one: _parameter(node, above))
        conditions.append(condition)
    return select(*columns).where(*conditions).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)


def _parameter(node: Any, mapper: Any) -> Any:
    """Return the key's parameter for a column of a parent's table in an inherit condition."""
    column = getattr(node, "column", node)
    if any(column is upper for upper, _ in mapper.inherit_pairs):
        return BindParameter("pk_1", type_=column.type)
    return None
