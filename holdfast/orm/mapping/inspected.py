"""What ``inspect(User)`` tells beside what the library itself asks a mapper: the documented attributes, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, ClassVar


class InspectedMapper:
    """The part of `Mapper` that programs read."""

    is_aliased_class: ClassVar[bool] = False
    is_attribute: ClassVar[bool] = False
    is_bundle: ClassVar[bool] = False
    is_clause_element: ClassVar[bool] = False
    is_instance: ClassVar[bool] = False
    is_property: ClassVar[bool] = False
    non_primary: ClassVar[bool] = False
    represents_outer_join: ClassVar[bool] = False
    with_polymorphic_mappers: ClassVar[tuple[Any, ...]] = ()
    concrete: ClassVar[bool] = False
    polymorphic_identity: ClassVar[Any] = None
    polymorphic_map: ClassVar[Any] = MappingProxyType({})

    arguments: dict[str, Any]
    class_: type[Any]
    _properties: dict[str, Any]

    def _argument(self, name: str, default: Any) -> Any:
        return self.arguments.get(name, default)

    @property
    def entity_namespace(self) -> type[Any]:
        """The mapped class, whose attributes names in ``filter_by`` are."""
        return self.class_

    @property
    def always_refresh(self) -> bool:
        """Whether rows replace the values of objects that are present."""
        return bool(self._argument("always_refresh", False))

    @property
    def allow_partial_pks(self) -> bool:
        """Whether a composite key that is NULL in part is a key."""
        return bool(self._argument("allow_partial_pks", True))

    @property
    def batch(self) -> bool:
        """Whether rows of several objects are written by one statement."""
        return bool(self._argument("batch", True))

    @property
    def passive_updates(self) -> bool:
        """Whether the database changes the foreign keys that refer to a primary key that changes."""
        return bool(self._argument("passive_updates", True))

    @property
    def passive_deletes(self) -> bool:
        """Whether the database deletes the rows of tables that this one's key leads to."""
        return bool(self._argument("passive_deletes", False))

    @property
    def version_id_col(self) -> Any:
        """The column that counts the versions of a row, or None."""
        return self._argument("version_id_col", None)

    @property
    def version_id_generator(self) -> Any:
        """What makes the next version's number, or None."""
        return self._argument("version_id_generator", None)

    # Inheritance; each mapper stands alone as long as there is none.

    def iterate_to_root(self) -> Iterator[Any]:
        """Yield this mapper and those that it inherits from."""
        yield self

    def polymorphic_iterator(self) -> Iterator[Any]:
        """Yield this mapper and those that inherit from it."""
        yield self

    def common_parent(self, other: Any) -> bool:
        """Whether both mappers have the same base."""
        return self.base_mapper is other.base_mapper  # type: ignore[attr-defined, no-any-return]

    def is_sibling(self, other: Any) -> bool:
        """Whether both mappers have the same base, and neither inherits from the other."""
        return self.common_parent(other) and not self.isa(other) and not other.isa(self)  # type: ignore[attr-defined]

    def cascade_iterator(self, type_: str, state: Any, halt_on: Any = None) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield the loaded objects that a cascade reaches from an object: object, its mapper, its state, its values.

        Args:
            type_: the cascade's name, such as ``"save-update"``.
            state: of the object to start from.
            halt_on: state -> True where the way ends.
        """
        seen = {id(state)}
        waiting = [state]
        name = type_.replace("-", "_")
        while waiting:
            current = waiting.pop(0)
            instance = current()
            for prop in current.mapper.relationships.values():
                if not getattr(prop.cascade, name) or prop.key not in instance.__dict__:
                    continue
                for member in prop.members(instance.__dict__[prop.key]):
                    found = member._sa_instance_state
                    if id(found) in seen or (halt_on is not None and halt_on(found)):
                        continue
                    seen.add(id(found))
                    waiting.append(found)
                    yield member, found.mapper, found, member.__dict__
