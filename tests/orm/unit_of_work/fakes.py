"""Stand-ins for mappers, columns and objects, so that planning is tested without mapping and without a database."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

from holdfast.orm.state import InstanceState
from holdfast.types import Integer

_serial = count(1)


class FakeColumn:
    """A column: what `facts` reads of it."""

    def __init__(
        self, name: str, *, primary_key: bool = False, default: Any = None, server_default: Any = None
    ) -> None:
        self.name = self.key = name
        self.type = Integer()
        self.primary_key = primary_key
        self.default = default
        self.server_default = server_default
        self.onupdate = None
        self.server_onupdate = None


class FakeTable:
    """A table: a name and columns."""

    def __init__(self, name: str, columns: list[FakeColumn]) -> None:
        self.name = name
        self.columns = columns
        self.autoincrement_column: FakeColumn | None = None


class FakeProperty:
    """A column property."""

    def __init__(self, column: FakeColumn) -> None:
        self.columns = (column,)
        self.key = column.name

    @staticmethod
    def same_value(before: Any, now: Any) -> bool:
        """Compare two values."""
        return bool(before == now)


class FakeDirection:
    """A relationship's direction."""

    def __init__(self, name: str) -> None:
        self.name = name


class FakeCascade:
    """Cascade options: none."""

    delete_orphan = False


class FakeRelationship:
    """A relationship property between two fake mappers."""

    def __init__(self, parent: FakeMapper, key: str, target: FakeMapper, direction: str, column: FakeColumn) -> None:
        self.parent, self.key, self.mapper = parent, key, target
        self.direction = FakeDirection(direction)
        self.uselist = direction != "MANYTOONE"
        self.passive_deletes = False
        self.passive_updates = True
        self.post_update = self.load_by_key = False
        self.cascade = FakeCascade()
        self.viewonly = False
        self.reverse: FakeRelationship | None = None
        self.secondary: FakeTable | None = None
        referred = parent if direction == "ONETOMANY" else target
        self.sync_pairs = [(referred.primary_key[0], column)]
        self.secondary_pairs: list[Any] = []

    @staticmethod
    def members(value: Any) -> list[Any]:
        """Return the members of a collection."""
        return list(value)


class FakeMapper:
    """A mapper with ``id``, ``name`` and a column ``<key>_id`` for each relationship that needs one."""

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name
        self.serial = next(_serial)
        self.flush_place = (class_name, self.serial, 0)
        self.base_mapper = self
        self.memo: dict[str, Any] = {}
        self.relationships: dict[str, FakeRelationship] = {}
        self.delete_names: tuple[str, ...] = ()
        self.eager_defaults = "auto"
        self.version_id_col = None
        self.batch = True
        self.dispatch = SimpleNamespace(before_update=(), after_update=())
        self.in_hierarchy = False
        self.primary_key_names = ("id",)
        self.local_table = FakeTable(class_name.lower(), [])
        self.tables = [self.local_table]
        self.by_name: dict[str, Any] = {}
        self.column_attrs: dict[str, FakeProperty] = {}
        self.primary_key = (self.add_column("id", primary_key=True),)
        self.local_table.autoincrement_column = self.primary_key[0]
        self.add_column("name")
        self.class_ = type(class_name, (), {"__init__": _take_values})
        self.state_class = type(f"{class_name}State", (InstanceState,), {"mapper": self, "__slots__": ()})

    def isa(self, other: FakeMapper) -> bool:
        """Whether it is the same one: there are no hierarchies here."""
        return self is other

    def add_column(self, name: str, **facts: Any) -> FakeColumn:
        """Give the table one more column."""
        column = FakeColumn(name, **facts)
        self.local_table.columns.append(column)
        self.column_attrs[name] = self.by_name[name] = FakeProperty(column)
        return column

    def relate(self, key: str, target: FakeMapper, direction: str) -> FakeRelationship:
        """Add a relationship: ONETOMANY, MANYTOONE or MANYTOMANY."""
        if direction == "MANYTOMANY":
            column = FakeColumn(f"{self.local_table.name}_id")
        else:
            column = (target if direction == "ONETOMANY" else self).add_column(f"{key}_id")
        found = FakeRelationship(self, key, target, direction, column)
        if direction == "MANYTOMANY":
            found.sync_pairs = [(self.primary_key[0], column)]
            found.secondary_pairs = [(target.primary_key[0], FakeColumn(f"{target.local_table.name}_id"))]
            found.secondary = FakeTable(f"{self.local_table.name}_{key}", [])
        self.relationships[key] = self.by_name[key] = found
        return found

    def name_of_column(self, column: FakeColumn) -> str:
        """Return the attribute name of a column."""
        return column.name

    def make(self, holder: FakeHolder | None = None, key: Any = None, **values: Any) -> Any:
        """Return an object: pending in `holder`, or persistent with `key`, or transient."""
        instance = self.class_(**values)
        state = self.state_class(instance)
        state.row_key, state.holder, state.old, state.flags, state.extra = key, holder, None, 0, None
        instance._sa_instance_state = state
        if key is not None:
            instance.__dict__.setdefault("id", key)
        elif holder is not None:
            holder.new[state] = instance
        return instance


def _take_values(self: Any, **values: Any) -> None:
    self.__dict__.update(values)


class FakeHolder:
    """The lists of an identity map."""

    def __init__(self) -> None:
        self.new: dict[Any, Any] = {}
        self.dirty: dict[Any, Any] = {}
        self.deleted: dict[Any, Any] = {}

    def change(self, instance: Any, **values: Any) -> None:
        """Set attributes of a persistent object as its ``__setattr__`` would."""
        state = instance._sa_instance_state
        state.old = state.old or {}
        for name, value in values.items():
            state.old.setdefault(name, instance.__dict__.get(name))
            instance.__dict__[name] = value
        self.dirty[state] = instance

    def delete(self, instance: Any) -> None:
        """Mark for deletion."""
        self.deleted[instance._sa_instance_state] = instance
