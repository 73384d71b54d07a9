"""What statements and lists of rows have to respect where a class shares its table, or has several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast import exc
from holdfast.orm.mapping.inheritance.lineage import joined_key


def key_columns(mapper: Any, table: Any) -> tuple[Any, ...]:
    """Return the columns of one of a mapper's tables, or of an alias of it, that are its primary key there."""
    if table is mapper.local_table and len(mapper.own_tables) == 1:
        return mapper.primary_key  # type: ignore[no-any-return]
    if table.visit_name == "alias":
        return tuple([table.c[column.key] for column in key_columns(mapper, table.element)])
    found = tuple([joined_key(mapper, column, table) for column in mapper.primary_key])
    return mapper.primary_key if any(column is None for column in found) else found


def check_one_table(mapper: Any, what: str, instead: str) -> None:
    """Refuse what concerns one table for a class whose objects have rows in several.

    Args:
        what: is refused.
        instead: what the program is to use in its place.

    Raises: InvalidRequestError
    """
    if mapper.has_several_tables:
        tables = ", ".join(table.name for table in mapper.tables)
        raise exc.InvalidRequestError(
            f"{what} takes rows of one table; objects of {mapper.class_name} have rows in {tables}. {instead}, or write a "
            "statement for each table."
        )


def refuse_join(mapper: Any, what: str) -> None:
    """Refuse a statement without a list of rows for a class that is mapped to a join.

    Args: what: INSERT, UPDATE or DELETE.

    Raises: InvalidRequestError
    """
    if mapper.is_of_join:
        tables = ", ".join(table.name for table in mapper.tables)
        instead = "" if what == "DELETE" else " Give the values as a list of dictionaries with the keys, or"
        raise exc.InvalidRequestError(
            f"{what} concerns one table; {mapper.class_name} is mapped to a join of {tables}.{instead or ' You may'} write a "
            "statement for each table."
        )


def with_discriminator(mapper: Any, rows: Iterable[Any]) -> Iterable[Any]:
    """Return rows to insert, with the value that tells their class where they have none."""
    return rows if mapper.discriminator is None else _filled(mapper.discriminator, rows)


def _filled(discriminator: tuple[str, Any], rows: Iterable[Any]) -> Iterator[Any]:
    name, identity = discriminator
    for row in rows:
        yield row if name in row else {**row, name: identity}
