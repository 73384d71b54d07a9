"""The Session as programs see it: identity map, unit of work and transaction in one holding zone, called synchronously."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from holdfast import defaults, exc
from holdfast._util.collections import IdentitySet
from holdfast.event import register
from holdfast.orm import expiry
from holdfast.orm.events import own_dispatch, session_class_dispatch
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.query import Query
from holdfast.orm.session import fetching, lifecycle
from holdfast.orm.session.autocommit import warn_of_mode
from holdfast.orm.session.binds import bind_keys, check_bind
from holdfast.orm.session.bulk import BulkSession
from holdfast.orm.session.commit_values import NOT_GIVEN
from holdfast.orm.session.core import NOTHING, next_hash_key
from holdfast.orm.session.get_or_create import core_get_or_create
from holdfast.orm.session.objects import identity_key, object_session
from holdfast.orm.session.places import Place, here, own_codes
from holdfast.orm.session.planning import core_plan
from holdfast.orm.session.reading import SessionReading
from holdfast.orm.session.shown import SessionDebug, describe_session
from holdfast.orm.session.transaction import SessionTransaction, SessionTransactionOrigin
from holdfast.orm.state import GONE, history_of
from holdfast.orm.unit_of_work.flush_plan import FlushPlan

T = TypeVar("T")
_LAZY_BATCHING = (None, "peers", "one", "raise")
_JOIN_MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")


class Session(BulkSession, SessionReading):
    """A holding zone for mapped objects, and the transaction they live in.

    Args:
        bind: the Engine, or a Connection whose transaction the session joins.
        autoflush: send pending changes before each query.
        expire_on_commit: after a commit, objects read their row again at the next access.
        autobegin: begin a transaction at the first use; otherwise `begin()` must be called.
        binds: mapped class, mapper or Table -> Engine or Connection, where several databases take part.
        info: the program's own facts about the session.
        query_cls: the class that `query()` makes.
        autocommit: the mode of the 1.x series: without `begin()`, each call is a transaction of its own.
        join_transaction_mode: what commit and rollback do to the transaction of a Connection given as `bind`.
        twophase: commit in two phases, so that several databases agree.
        close_resets_only: False: after `close()` the session refuses all work.
        execution_options: options of every statement of the session.
        lazy_batching: what the second lazy load among objects loaded together does: "peers" loads for all of them, "one"
            for each by itself, "raise" raises. None: `holdfast.defaults`.
        future, enable_baked_queries: accepted as documented; they change nothing.

    A session serves one thread or one task at a time.
    """

    def __init__(
        self,
        bind: Any = None,
        *,
        autoflush: bool = True,
        future: bool = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: Mapping[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: Mapping[Any, Any] | None = None,
        query_cls: type[Query[Any]] | None = None,
        autocommit: bool = False,
        join_transaction_mode: str = "conditional_savepoint",
        close_resets_only: bool = True,
        execution_options: Mapping[str, Any] = NOTHING,
        lazy_batching: str | None = None,
    ) -> None:
        if future is not True:
            raise exc.ArgumentError("The 'future' parameter passed to Session() may only be set to True.")
        if join_transaction_mode not in _JOIN_MODES:
            raise exc.ArgumentError(
                f"invalid selection for join_transaction_mode: {join_transaction_mode!r}; choose one of "
                f"{', '.join(map(repr, _JOIN_MODES))}"
            )
        if lazy_batching not in _LAZY_BATCHING:
            raise exc.ArgumentError(f"lazy_batching is 'peers', 'one' or 'raise', not {lazy_batching!r}")
        if autocommit:
            warn_of_mode()
            self.autocommit = True
        if bind is not None:
            check_bind(bind)
        self.lazy_batching = lazy_batching or defaults.current.lazy_batching
        self.bind = bind
        self.binds = {}
        for target, engine in binds.items() if binds else ():
            self.binds.update(dict.fromkeys(bind_keys(target), engine))
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self.execution_options = execution_options
        self.query_cls = query_cls or Query
        self.dispatch = session_class_dispatch(type(self))
        self.transaction: SessionTransaction | None = None
        self.holder = IdentityMap(self)
        self._info = dict(info) if info else None
        self._hash_key = 0
        frame = sys._getframe(1)
        self._opened: Any = (frame.f_code, frame.f_lasti) if id(frame.f_code) not in own_codes else here(frame)

    @property
    def opened_at(self) -> Place | None:
        """The place in the program that made this session."""
        return None if self._opened is None else Place(*self._opened)

    # -- facts -----------------------------------------------------------------------------------------------------

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

    # -- objects ---------------------------------------------------------------------------------------------------

    def add(self, instance: object, _warn: bool = True) -> None:
        """Bring an object, and what the save-update cascade reaches from it, into the session.

        Args:
            instance: transient (will be inserted), detached (attached again) or already present (nothing happens).

        Raises:
            UnmappedInstanceError: not an instance of a mapped class.
            InvalidRequestError: it belongs to another session, or its key is present with another object.
        """
        lifecycle.save(self, instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Bring several objects into the session; see `add`."""
        if type(self).add is Session.add:
            save = lifecycle.save
            for instance in instances:
                save(self, instance)
        else:
            for instance in instances:
                self.add(instance)

    def adopt(self, parent: object, child: object) -> None:
        """Take a child just attached to a parent of this session (called by the attribute)."""
        state = lifecycle.state_of(child)
        if state.holder is not self.holder:
            lifecycle.save(self, child)

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
        lifecycle.expunge(self, instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        lifecycle.release_all(self)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Drop loaded values, so that the next read brings the row's; unflushed changes of them are lost.

        Args:
            attribute_names: only these; None: all, and those of the objects that the refresh-expire cascade reaches.

        Raises: InvalidRequestError: the object is not persistent in this session.
        """
        fetching.expire(self, instance, attribute_names)

    def expire_all(self) -> None:
        """Expire all persistent objects."""
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

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Return True if the object has changes that a flush would send; nothing is loaded for it."""
        state = lifecycle.state_of(instance)
        changed: Iterable[str] = state.old or () if state.key is not None else state.dict
        for name in changed:
            if name not in state.mapper.attrs:
                continue
            relationship = state.mapper.find_relationship(name)
            if relationship is not None and relationship.uselist and not include_collections:
                continue
            if history_of(state, instance, name).has_changes():
                return True
        return False

    # -- facts about objects -----------------------------------------------------------------------------------------

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """Return the session that an object is in, or None."""
        return object_session(instance)  # type: ignore[no-any-return]

    @classmethod
    def identity_key(cls, *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        """Return the key ``(class, primary key, token)`` of an object, or of a class and a key; see `orm.identity_key`."""
        return identity_key(*arguments, **keywords)

    @property
    @contextmanager
    def no_autoflush(self) -> Iterator[Session]:
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

    @property
    def debug(self) -> SessionDebug:
        """A look into the session: print it for counts, ``session.debug.long()`` for every object and its changes."""
        return SessionDebug(self)

    # -- transaction ---------------------------------------------------------------------------------------------------

    def begin(self, nested: bool = False, subtransactions: bool = False) -> SessionTransaction:
        """Begin the transaction; as a block it commits at the end and rolls back after an error.

        Args:
            nested: same as `begin_nested`.
            subtransactions: the form of the 1.x series: a level inside the present transaction that commits nothing by
                itself, and whose rollback demands that of the whole.

        Raises: InvalidRequestError: a transaction has begun already.
        """
        if nested:
            return self.begin_nested()
        if subtransactions:
            exc.warn_deprecated(
                "begin(subtransactions=True) is the form of the 1.x series; use begin_nested() for a part that can be taken "
                "back, or let the outermost function alone begin."
            )
            if self.transaction is not None:
                return self.begin_level(self.transaction, SessionTransactionOrigin.SUBTRANSACTION)
        if self.transaction is not None:
            raise exc.InvalidRequestError("A transaction is already begun on this Session.")
        return self.begin_level(None, SessionTransactionOrigin.BEGIN)

    def begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint; as a block it is released at the end and rolled back after an error."""
        return self.run(self.core_begin_nested)

    def commit(self, synchronize_session: Any = NOT_GIVEN) -> None:
        """Flush everything and commit the whole transaction; objects then expire (`expire_on_commit`).

        Args:
            synchronize_session: what objects are afterwards, in place of expired. False: as they are. True: every object
                of the session has the values of its row. 'evaluate': those that the transaction wrote have; all others
                are as they are.
        """
        self.run(self.core_commit, synchronize_session)

    def rollback(self) -> None:
        """Roll the whole transaction back: added objects leave, deleted ones return, all others expire."""
        self.run(self.core_rollback)

    def prepare(self) -> None:
        """Flush, and prepare the transaction on all databases (``twophase=True``): the commit cannot fail any more.

        Raises: InvalidRequestError: the session is not one in two phases, or no transaction has begun.
        """
        self.run(self.core_prepare)

    def close(self) -> None:
        """Let go of all objects and give the connections back; what was not committed is rolled back.

        The session may be used again afterwards, unless it was made with ``close_resets_only=False``.
        """
        if self.transaction is None:
            lifecycle.release_all(self)
        else:
            self.run(self.core_close)
        if not self.close_resets_only:
            self.is_closed = True

    def reset(self) -> None:
        """Same as `close`, but the session may always be used again."""
        if self.transaction is None:
            lifecycle.release_all(self)
        else:
            self.run(self.core_close)

    def invalidate(self) -> None:
        """Close, and declare the connections unusable: they are closed in place of going back to the pool."""
        self.run(self.core_close, True)

    @classmethod
    def close_all(cls) -> None:
        """Close all sessions: the form of old of `close_all_sessions`."""
        exc.warn_deprecated("The Session.close_all() method is deprecated. Please refer to close_all_sessions().")
        close_all_sessions()

    def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the Connection of the session's transaction.

        Args:
            bind_arguments: what chooses the engine where there are several: ``mapper``, ``clause``, ``bind``.
            execution_options: of the connection, such as ``isolation_level``; where this call begins its transaction.
        """
        return self.run(self.core_own_connection, bind_arguments, execution_options)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return describe_session(self)


def close_all_sessions() -> None:
    """Close every session there is, of all classes and makers; for the end of test runs."""
    # Asked of the collector: a register of all sessions would cost at each new one.
    for found in [each for each in gc.get_objects() if issubclass(type(each), Session)]:
        found.close()


register(
    lambda target: isinstance(target, type) and issubclass(target, Session),
    lambda target, name: session_class_dispatch(target),
)
register(lambda target: isinstance(target, Session), lambda target, name: own_dispatch(target))
