"""What ``inspect(User).relationships.orders`` tells beside what the library itself asks: the documented attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from holdfast.orm.links import Link
from holdfast.orm.mapping.join_request import MANYTOONE, RelationshipDirection
from holdfast.orm.mapping.properties import MapperProperty


class RelationshipFacts(MapperProperty):
    """The part of `RelationshipProperty` that programs read."""

    is_relationship: ClassVar[bool] = True

    given: dict[str, Any]
    mapper: Any
    entity: Any
    direction: RelationshipDirection
    link: Link
    lazy: str
    sync_pairs: tuple[tuple[Any, Any], ...]
    secondary_pairs: tuple[tuple[Any, Any], ...]
    near_columns: tuple[Any, ...]
    remote_columns: tuple[Any, ...]

    # What was declared, and is kept for what it concerns.

    distinct_target_key = property(lambda self: self.given.get("distinct_target_key"), doc="As it was declared.")
    enable_typechecks = property(lambda self: self.given.get("enable_typechecks", True), doc="As it was declared.")
    innerjoin = property(lambda self: self.given.get("innerjoin", False), doc="As it was declared.")
    join_depth = property(lambda self: self.given.get("join_depth"), doc="As it was declared.")
    load_on_pending = property(lambda self: self.given.get("load_on_pending", False), doc="As it was declared.")
    omit_join = property(lambda self: self.given.get("omit_join"), doc="As it was declared.")
    query_class = property(lambda self: self.given.get("query_class"), doc="As it was declared.")
    sync_backref = property(lambda self: self.given.get("sync_backref"), doc="As it was declared.")

    @property
    def strategy_key(self) -> tuple[tuple[str, Any], ...]:
        """The way of loading, as a key."""
        return (("lazy", self.lazy),)

    @property
    def target(self) -> Any:
        """The related table, or what an alias stands for."""
        return self.mapper.local_table if self.entity.is_mapper else self.entity.selectable

    @property
    def collection_factory(self) -> Callable[[], Any] | None:
        """What makes an empty collection, or None."""
        return self.link.factory

    @property
    def lazy_batching(self) -> str | None:
        """What the second lazy load among objects loaded together does; None: the session says it."""
        return self.given.get("lazy_batching")

    @property
    def active_history(self) -> bool:
        """Whether an unloaded value is loaded before it is replaced."""
        return self.link.loads_before

    @property
    def synchronize_pairs(self) -> list[tuple[Any, Any]]:
        """The same as `sync_pairs`, as a list."""
        return list(self.sync_pairs)

    @property
    def secondary_synchronize_pairs(self) -> list[tuple[Any, Any]]:
        """The same as `secondary_pairs`, as a list."""
        return list(self.secondary_pairs)

    @property
    def local_columns(self) -> set[Any]:
        """The columns of the join on this side."""
        return set(self.near_columns)

    @property
    def remote_side(self) -> set[Any]:
        """The columns on the far side."""
        return set(self.remote_columns)

    @property
    def local_remote_pairs(self) -> list[tuple[Any, Any]]:
        """Pairs of a column on this side and the one on the far side that it is compared with."""
        pairs = [
            (key, referred) if self.direction is MANYTOONE else (referred, key) for referred, key in self.sync_pairs
        ]
        return [*pairs, *self.secondary_pairs]
