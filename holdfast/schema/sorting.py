"""Puts tables into the order of their foreign keys, and finds those that must be added by ALTER to break a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast import exc
from holdfast._util.topological import CycleError, cycles, rounds
from holdfast.schema.foreign_keys import ForeignKeyConstraint

Filter = Callable[[ForeignKeyConstraint], bool | None]


class TableOrder:
    """Tables in the order of their foreign keys.

    Attributes:
        tables: each with the foreign keys that CREATE TABLE can hold.
        later: the foreign keys that are added when all tables are there.
    """

    def __init__(self, tables: list[tuple[Any, list[Any]]], later: list[Any]) -> None:
        self.tables = tables
        self.later = later


def order_tables(
    tables: Iterable[Any], filter_fn: Filter | None = None, extra_dependencies: Iterable[tuple[Any, Any]] = ()
) -> TableOrder:
    """Order tables so that each stands after those that it refers to.

    Args:
        tables: in the order that is kept where foreign keys leave it free.
        filter_fn: tells of a foreign key: True: add it later; False: it must not be added later; None: only to break
            a circle.
        extra_dependencies: pairs (before, after).

    Raises: CircularDependencyError: a circle of foreign keys that must not be added later.
    """
    members = list(tables)
    keys = {id(table): _keys_of(table) for table in members}
    judged = {id(key): filter_fn(key) if filter_fn else None for found in keys.values() for key in found}
    later = [key for table in members for key in keys[id(table)] if judged[id(key)] is True]
    fixed = [(before, after) for before, after in extra_dependencies]
    fixed += [(before, table) for table in members for before in table._extra_dependencies]
    inline = {key: [part for part in found if judged[id(part)] is not True] for key, found in keys.items()}
    try:
        ordered = _sorted(members, inline, fixed)
    except CycleError:
        circle = _in_circles(members, inline, fixed)
        for table in members:
            if id(table) in circle:
                removed = [key for key in inline[id(table)] if judged[id(key)] is not False]
                later += removed
                inline[id(table)] = [key for key in inline[id(table)] if key not in removed]
        try:
            ordered = _sorted(members, inline, fixed)
        except CycleError as error:
            left = _in_circles(members, inline, fixed)
            raise exc.CircularDependencyError(
                f"Circular dependency between the tables {', '.join(t.name for t in members if id(t) in left)}",
                [table for table in members if id(table) in left],
                set(),
            ) from error
    return TableOrder([(table, inline[id(table)]) for table in ordered], later)


def _keys_of(table: Any) -> list[Any]:
    return [item for item in table.constraints if isinstance(item, ForeignKeyConstraint)]


def _edges(members: list[Any], inline: dict[int, list[Any]], fixed: list[tuple[Any, Any]]) -> list[tuple[int, int]]:
    known = {id(table) for table in members}
    pairs = [(id(key.referred_table), id(table)) for table in members for key in inline[id(table)]]
    pairs += [(id(before), id(after)) for before, after in fixed]
    return [(before, after) for before, after in pairs if before != after and before in known and after in known]


def _sorted(members: list[Any], inline: dict[int, list[Any]], fixed: list[tuple[Any, Any]]) -> list[Any]:
    place = {id(table): number for number, table in enumerate(members)}
    found = rounds(place, _edges(members, inline, fixed), sort_key=lambda key: place[key])
    return [members[place[key]] for one in found for key in one]


def _in_circles(members: list[Any], inline: dict[int, list[Any]], fixed: list[tuple[Any, Any]]) -> set[int]:
    found: set[int] = set()
    return found.union(*cycles([id(table) for table in members], _edges(members, inline, fixed)))


def sort_tables_and_constraints(
    tables: Iterable[Any], filter_fn: Filter | None = None, extra_dependencies: Any = None
) -> list[tuple[Any, Any]]:
    """Return pairs of table and foreign keys that go with it; last None with the keys that are added by ALTER.

    Args and errors: see `order_tables`.
    """
    order = order_tables(tables, filter_fn, extra_dependencies or ())
    return [*[(table, set(keys)) for table, keys in order.tables], (None, order.later)]


def sort_tables(
    tables: Iterable[Any],
    skip_fn: Callable[[Any], bool] | None = None,
    extra_dependencies: Iterable[tuple[Any, Any]] | None = None,
) -> list[Any]:
    """Return tables so that each stands after those that it refers to; a circle is broken with a warning.

    Args:
        skip_fn: tells of a foreign key whether it is to be left out of account.
        extra_dependencies: pairs (before, after).
    """
    members = list(tables)

    def judge(constraint: ForeignKeyConstraint) -> bool | None:
        skipped = skip_fn is not None and any(skip_fn(key) for key in constraint.elements)
        return True if skipped or constraint.use_alter else None

    circular: list[Any] = []

    def strict(constraint: ForeignKeyConstraint) -> bool | None:
        return judge(constraint) or False

    try:
        order = order_tables(members, strict, extra_dependencies or ())
    except exc.CircularDependencyError as error:
        circular = error.cycles
        order = order_tables(members, judge, extra_dependencies or ())
    if circular:
        names = ", ".join(sorted(table.fullname for table in circular))
        exc.warn(
            f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually '
            "caused by mutually dependent foreign key constraints.  Foreign key constraints involving these tables will "
            "not be considered; use_alter=True on one of them breaks the circle.",
            stacklevel=4,
        )
    return [table for table, _ in order.tables]
