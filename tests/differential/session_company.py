"""What objects lead to, and whether a random session program may add, merge or delete them with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.differential.session_world import SIDES, classes

OWNED = frozenset(("toys", "keeper", "card", "holder", "ratings", "pet"))
"""Sides of relationships with delete-orphan."""


class Company:
    """Objects with those that they hold in memory.

    Attributes:
        let_go: identities of objects of a session that was closed, which may have no row; `deleted`: of those whose row was
            deleted; `lost`: of those that were marked for it when a flush failed.
    """

    def __init__(self, lib: Any, session: Any) -> None:
        self.lib = lib
        self.session = session
        self.classes = classes(lib)
        self.let_go: set[int] = set()
        self.deleted: set[int] = set()
        self.lost: set[int] = set()

    def _is_usable(self, instance: Any) -> bool:
        """Tell whether an object may be used: those of a session that was closed may have no row, others no values."""
        state = self.lib.inspect(instance)
        if id(instance) in self.let_go or (id(instance) in self.deleted | self.lost and not state.persistent):
            return False
        return "name" in vars(instance) or state.has_identity

    def _is_deleted(self, instance: Any) -> bool:
        return bool(self.lib.inspect(instance).deleted) and id(instance) not in self.let_go

    def _key_names(self, instance: Any) -> tuple[str, ...]:
        return ("pet_id", "tag_id") if type(instance).__name__ == "Rating" else ("id",)

    def _key_of(self, instance: Any) -> tuple[Any, ...]:
        """Return the primary key that an object has in memory or in the database."""
        identity = self.lib.inspect(instance).identity
        return identity or tuple(vars(instance).get(name) for name in self._key_names(instance))

    def _held(self, instance: Any, names: Iterable[str]) -> list[Any]:
        """Return the objects that some sides of an object hold in memory."""
        held: list[Any] = []
        for name in names:
            value = vars(instance).get(name)
            held += value.values() if isinstance(value, dict) else value if isinstance(value, list | set) else [value]
        return [one for one in held if one is not None]

    def _coming_with(self, instance: Any) -> list[Any]:
        """Return an object with all that it and its like hold in memory: what add() goes through."""
        found, seen = [instance], {id(instance)}
        for one in found:
            fresh = [each for each in self._held(one, [side.name for side in SIDES]) if id(each) not in seen]
            seen.update(map(id, fresh))
            found += fresh
        return found

    def _may_be_added(self, instance: Any) -> bool:
        """Tell whether the object may be added, and what comes with it.

        Of what was inserted and rolled back SQLAlchemy takes what has lost its values, and writes no links. It takes the mark
        from what is deleted with its owner, and fails when the owner's row goes. It refuses what holds something deleted.
        """
        if instance in self.session.deleted and any(instance in self._held(one, OWNED) for one in self.session.deleted):
            return False
        for one in self._coming_with(instance):
            is_back = not self.lib.inspect(one).has_identity and "id" in vars(one)
            if is_back and (self._has_links(one) or self._has_double(one) or self._has_several(one)):
                return False
            if self._is_deleted(one) or not self._is_usable(one) or self._gives_way(one):
                return False
        return True

    def _gives_way(self, instance: Any) -> bool:
        """Tell whether an object has the key of a new one: its row was deleted by statement, and it merged as new since."""
        base, identity = self.lib.inspect(type(instance)).base_mapper, self.lib.inspect(instance).identity
        return identity is not None and any(
            self.lib.inspect(type(each)).base_mapper is base and self._key_of(each) == identity
            for each in self.session.new
        )

    def _may_be_merged(self, instance: Any) -> bool:
        """Tell whether an object has values to merge, and its class is that of the object that the session has for its key.

        What is expired and outside has none, and what was not set Holdfast knows to be NULL. SQLAlchemy fails inside where a
        class lacks an attribute.
        """
        key, base = self._key_of(instance), self.lib.inspect(type(instance)).base_mapper
        held = [each for each in self.session.identity_map.values() if self.lib.inspect(type(each)).base_mapper is base]
        others = [each for each in held if self._key_of(each) == key and not isinstance(each, type(instance))]
        return "name" in vars(instance) and not others

    def _has_double(self, instance: Any) -> bool:
        """Tell whether the session has another object of the key of one: SQLAlchemy reads that again before it fails."""
        base = self.lib.inspect(type(instance)).base_mapper
        key = tuple(vars(instance).get(name) for name in self._key_names(instance))
        return any(
            self.lib.inspect(type(each)).base_mapper is base and self.lib.inspect(each).identity == key
            for each in self.session.identity_map.values()
        )

    def _has_several(self, instance: Any) -> bool:
        """Tell whether a collection has several members: SQLAlchemy remembers which of them had been written too."""
        sides = [side.name for side in SIDES if side.shape != "one" and isinstance(instance, self.classes[side.near])]
        return any(len(vars(instance).get(name, ())) > 1 for name in sides)

    def _has_links(self, instance: Any) -> bool:
        """Tell whether an object holds others that do not refer to it in memory."""
        return any(
            side.reverse not in vars(member)
            for side in SIDES
            if isinstance(instance, self.classes[side.near]) and (side.shape != "one" or side.name == "card")
            for member in self._held(instance, [side.name])
        )

    def _has_all_owned(self, instance: Any, or_elsewhere: bool = False) -> bool:
        """Tell whether what an object owns is in the session: SQLAlchemy tells of others that they leave once more.

        Args:
            or_elsewhere: anything but deleted will do.
        """
        here = self._held(instance, OWNED)
        return not any(self._is_deleted(one) if or_elsewhere else one not in self.session for one in here)

    def _has_loose_ends(self, instance: Any) -> bool:
        """Tell whether a detached object was changed, or is linked with what is outside too: SQLAlchemy leaves the rows."""
        state = self.lib.inspect(instance)
        linked = self._held(instance, ("tags", "owners"))
        return bool(state.detached and (state.modified or any(one not in self.session for one in linked)))
