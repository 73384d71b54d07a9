"""A collection of tables, and their creation in the order of their foreign keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast._util.collections import IdentitySet
from holdfast.event import Dispatch, register
from holdfast.schema.constraints import SchemaItem

DDL_EVENTS = ("before_create", "after_create", "before_drop", "after_drop")
DEFAULT_NAMING_CONVENTION: Mapping[str, str] = {"ix": "ix_%(column_0_label)s"}


class MetaData:
    """A collection of tables that know each other.

    Args:
        schema: the schema of tables that name none.
        naming_convention: kind of constraint ("ix", "uq", "ck", "fk", "pk") -> template of its name.
        info: the program's own facts.
    """

    def __init__(
        self,
        schema: str | None = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[str, Any] | None = None,
        info: dict[Any, Any] | None = None,
    ) -> None:
        self.schema = schema
        self.naming_convention = naming_convention or DEFAULT_NAMING_CONVENTION
        self.info = info or {}
        self.tables: dict[str, Any] = {}
        self.dispatch = Dispatch(DDL_EVENTS)

    def new_dispatch(self) -> Dispatch:
        """Return the dispatch of one of its tables."""
        return Dispatch(DDL_EVENTS)

    def _add_table(self, table: Any) -> None:
        self.tables[table.fullname] = table

    def remove(self, table: Any) -> None:
        """Forget a table."""
        self.tables.pop(table.fullname, None)

    def clear(self) -> None:
        """Forget all tables."""
        self.tables.clear()

    def __contains__(self, table: Any) -> bool:
        return getattr(table, "fullname", table) in self.tables

    def conventional_name(self, kind: str, item: Any) -> str | None:
        """Return the name that the naming convention gives a constraint or index, or None."""
        template = self.naming_convention.get(kind)
        if template is None:
            return None
        columns = list(item.columns)
        if not columns and "column_0" in template:
            return None
        facts: dict[str, Any] = {"table_name": item.table.name, "constraint_name": item.name}
        for number, column in enumerate(columns):
            facts[f"column_{number}_name"] = column.name
            facts[f"column_{number}_key"] = column.key
            facts[f"column_{number}_label"] = f"{item.table.name}_{column.name}"
        if columns:
            facts["column_0_N_name"] = "_".join(column.name for column in columns)
        if kind == "fk":
            facts["referred_table_name"] = item.elements[0].target_fullname.split(".")[-2]
        if "%(constraint_name)s" in template and item.name is None:
            return None
        return re.sub(r"%\((\w+)\)s", lambda match: str(facts[match.group(1)]), template)

    @property
    def sorted_tables(self) -> list[Any]:
        """The tables, each after those that its foreign keys refer to; else by name."""
        return sort_tables(sorted(self.tables.values(), key=lambda table: table.fullname))

    def create_all(self, bind: Any, tables: Sequence[Any] | None = None, checkfirst: bool = True) -> None:
        """Create the tables that are not there, in the order of their foreign keys.

        Args:
            bind: an Engine or Connection.
            tables: only these.
            checkfirst: look before whether a table is there.
        """
        bind.run_schema("create", self, self._chosen(tables), checkfirst)

    def drop_all(self, bind: Any, tables: Sequence[Any] | None = None, checkfirst: bool = True) -> None:
        """Drop the tables that are there, in the reverse order of their foreign keys."""
        bind.run_schema("drop", self, list(reversed(self._chosen(tables))), checkfirst)

    def _chosen(self, tables: Sequence[Any] | None) -> list[Any]:
        if tables is None:
            return self.sorted_tables
        chosen = IdentitySet(tables)
        return [table for table in self.sorted_tables if table in chosen]

    def __repr__(self) -> str:
        return "MetaData()" if self.schema is None else f"MetaData(schema={self.schema!r})"


def sort_tables(tables: Sequence[Any]) -> list[Any]:
    """Return tables so that each stands after those that it refers to; a circle is broken with a warning."""
    ordered: list[Any] = []
    waiting = list(tables)
    while waiting:
        placed = IdentitySet(ordered)
        members = IdentitySet(waiting)
        ready = [
            table
            for table in waiting
            if all(other in placed or other is table or other not in members for other in _referred(table))
        ]
        if not ready:
            names = ", ".join(table.name for table in waiting)
            exc.warn(
                f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually '
                "caused by mutually dependent foreign key constraints. Foreign key constraints involving these tables "
                "will not be considered; use_alter=True on one of them breaks the circle."
            )
            ready = waiting
        # One at a time from the front keeps the order by name where the foreign keys leave it free.
        ready = ready if ready is waiting else ready[:]
        ordered.extend(ready)
        done = IdentitySet(ready)
        waiting = [table for table in waiting if table not in done]
    return ordered


def _referred(table: Any) -> list[Any]:
    found = []
    for constraint in table.constraints:
        for key in getattr(constraint, "elements", ()):
            if not key.use_alter:
                found.append(key.column.table)
    return found


register(
    lambda target: isinstance(target, (MetaData, SchemaItem)) and hasattr(target, "dispatch"),
    lambda target, name: target.dispatch,
)
