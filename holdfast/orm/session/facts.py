"""What a session tells about itself: its objects by state, its transaction, its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast._util.collections import IdentitySet
from holdfast.orm.attribute_states import visible_history
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.session import lifecycle
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.driving import next_hash_key
from holdfast.orm.session.places import Place
from holdfast.orm.session.shown import SessionDebug, describe_session
from holdfast.orm.session.transaction import SessionTransaction
from holdfast.orm.state import GONE


class SessionFacts(SessionCore):
    """What a Session answers without a word to the database."""

    _info: dict[Any, Any] | None
    _hash_key: int
    _opened: Any

    @property
    def opened_at(self) -> Place | None:
        """The place in the program that made this session."""
        return None if self._opened is None else Place(*self._opened)

    @property
    def hash_key(self) -> int:
        """A number that names this session in messages."""
        if not self._hash_key:
            self._hash_key = next_hash_key()
        return self._hash_key

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts about this session."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def new(self) -> IdentitySet:
        """The pending objects: added, not yet flushed."""
        return IdentitySet(self.holder.new.values())

    @property
    def dirty(self) -> IdentitySet:
        """The persistent objects with changes that were not flushed yet."""
        deleted = self.holder.deleted
        return IdentitySet(
            instance for state, instance in self.holder.dirty.items() if state not in deleted and not state.flags & GONE
        )

    @property
    def deleted(self) -> IdentitySet:
        """The persistent objects marked for deletion."""
        return IdentitySet(self.holder.deleted.values())

    @property
    def identity_map(self) -> IdentityMap:
        """The persistent objects by identity key."""
        return self.holder

    @property
    def _flushing(self) -> bool:
        """Whether a flush is under way: the name by which a `get_bind` that tells writing from reading asks for it."""
        return self.flushing

    @property
    def is_active(self) -> bool:
        """False after a failed flush, until `rollback()`."""
        return self.transaction is None or self.transaction.is_active

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun: by a statement, a change of an object, or `begin`."""
        return self.transaction is not None or (bool(self.holder.dirty) and not self.autocommit)

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return self.get_nested_transaction() is not None

    def get_transaction(self) -> SessionTransaction | None:
        """Return the root transaction, or None."""
        level = self.transaction
        while level is not None and level.parent is not None:
            level = level.parent
        return level

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Return the innermost savepoint, or None."""
        level = self.transaction
        return level if level is not None and level.nested else None

    def __contains__(self, instance: object) -> bool:
        state = lifecycle.state_of(instance)
        return state.holder is self.holder and not state.flags & GONE

    def __iter__(self) -> Iterator[Any]:
        return iter([*self.holder.new.values(), *self.holder.all_objects()])

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Return True if the object has changes that a flush would send; nothing is loaded for it."""
        state = lifecycle.state_of(instance)
        changed: Iterable[str] = state.old or () if state.row_key is not None else state.dict
        for name in changed:
            if name not in state.mapper.by_name:
                continue
            relationship = state.mapper.find_relationship(name)
            if relationship is not None and relationship.uselist and not include_collections:
                continue
            if visible_history(state, instance, name).has_changes():
                return True
        return False

    @property
    def debug(self) -> SessionDebug:
        """A look into the session: print it for counts, ``session.debug.long()`` for every object and its changes."""
        return SessionDebug(self)

    def __repr__(self) -> str:
        return describe_session(self)
