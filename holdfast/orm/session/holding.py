"""How objects come into a session and leave it: add, delete, expunge, expire, refresh, merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

from holdfast.orm import expiry
from holdfast.orm.session import fetching, lifecycle, objects
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.get_or_create import core_get_or_create
from holdfast.orm.session.planning import core_plan
from holdfast.orm.state import GONE

if TYPE_CHECKING:
    from holdfast.orm.unit_of_work.flush_plan import FlushPlan

T = TypeVar("T")


class SessionHolding(SessionCore):
    """The part of a Session that takes objects in and lets them go."""

    def add(self, instance: object, _warn: bool = True) -> None:
        """Bring an object, and what the save-update cascade reaches from it, into the session.

        Args:
            instance: transient (will be inserted), detached (attached again) or already present (nothing happens).

        Raises:
            UnmappedInstanceError: not an instance of a mapped class.
            InvalidRequestError: it belongs to another session, or its key is present with another object.
        """
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        lifecycle.save(self, instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Bring several objects into the session; see `add`."""
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        if type(self).add is SessionHolding.add:
            save = lifecycle.save
            for instance in instances:
                save(self, instance)
        else:
            for instance in instances:
                self.add(instance)

    def adopt(self, parent: object, child: object) -> None:
        """Take a child just attached to a parent of this session (called by the attribute)."""
        state = lifecycle.state_of(child)
        if state.holder is not self.holder or state.flags & GONE:
            lifecycle.save(self, child)

    def check_adopted(self, child: object) -> None:
        """Refuse a child that `adopt` would refuse, before it is attached (called by the attribute)."""
        lifecycle.check_taken(self, child)

    def enable_relationship_loading(self, obj: object) -> None:
        """Let a new object, which stays outside of the session, load its relationships by the foreign keys that it has.

        Args:
            obj: transient; nothing else of it changes.
        """
        objects.enable_relationship_loading(self, obj)

    def delete(self, instance: object) -> None:
        """Mark a persistent object, and what the delete cascade reaches, for deletion at the next flush.

        Raises: InvalidRequestError: the object has no row.
        """
        self.run(self.core_delete, instance)

    def delete_all(self, instances: Iterable[object]) -> None:
        """Mark several objects for deletion; see `delete`."""
        for instance in instances:
            self.delete(instance)

    def expunge(self, instance: object) -> None:
        """Take an object out of the session; its values stay and nothing is sent."""
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        lifecycle.expunge(self, instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        lifecycle.release_all(self)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Drop loaded values, so that the next read brings the row's; unflushed changes of them are lost.

        Args:
            attribute_names: only these; None: all, and those of the objects that the refresh-expire cascade reaches.

        Raises: InvalidRequestError: the object is not persistent in this session.
        """
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        fetching.expire(self, instance, attribute_names)

    def expire_all(self) -> None:
        """Expire all persistent objects."""
        if (owner := self.owner) is not None:
            self.check_alone(owner)
        expiry.expire_all(self.holder)

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's values again from its row; pending changes of other objects are flushed first.

        Args:
            attribute_names: only these; relationships among them are loaded too.
            with_for_update: lock the row: True, or a dict of the arguments of `Select.with_for_update`.

        Raises: InvalidRequestError: not persistent in this session, or its row is gone.
        """
        self.run(self.core_refresh, instance, attribute_names, with_for_update)

    def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Carry the state of an object over to the session's own object of the same key, along the merge cascade.

        Args:
            instance: detached, unpickled, or made by hand; it is not changed and does not come into the session.
            load: ask the database about objects that are not present; False: take the given state for the row's.
            options: loader options for what is loaded.

        Returns: the session's object: present, loaded, or new if there is no such row.

        Raises:
            InvalidRequestError: `load` is False, and the object has no key or unflushed changes.
            StaleDataError: the object was read from an older version of its row.
        """
        return self.run(self.core_merge, (instance,), load, options)[0]  # type: ignore[no-any-return]

    def merge_all(self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None) -> list[T]:
        """Carry the state of several objects over; see `merge`."""
        return self.run(self.core_merge, instances, load, options)

    @property
    @contextmanager
    def no_autoflush(self) -> Iterator[Self]:
        """A block in which queries do not flush first."""
        before, self.autoflush = self.autoflush, False
        try:
            yield self
        finally:
            self.autoflush = before

    def get_or_create(
        self, entity: type[T], defaults: Mapping[str, Any] | None = None, **criteria: Any
    ) -> tuple[T, bool]:
        """Return the object that has these values, and whether it had to be made; safe when others do the same.

        Args:
            entity: the mapped class.
            defaults: attribute -> value, or function that makes it, for a new object.
            criteria: attribute -> value; a unique constraint on them is what makes it safe.

        Raises: MultipleResultsFound: several objects have these values.
        """
        return self.run(core_get_or_create, self, entity, defaults, criteria)

    def plan(self) -> FlushPlan:
        """Return what the next flush would send, one batch after the other; ``print(session.plan())`` shows it.

        Nothing is written. Objects that delete cascades must look at are loaded, as the flush would.
        """
        return self.run(core_plan, self)
