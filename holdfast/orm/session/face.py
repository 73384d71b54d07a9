"""The Session as programs see it: identity map, unit of work and transaction in one holding zone, called synchronously."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, overload

from holdfast import exc
from holdfast._util.collections import IdentitySet
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.result import Result, ScalarResult
from holdfast.event import register
from holdfast.orm import attributes, expiry
from holdfast.orm.events import own_dispatch, session_class_dispatch
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.query import Query
from holdfast.orm.session import lifecycle
from holdfast.orm.session.core import NOTHING, SessionCore, next_hash_key
from holdfast.orm.session.identity import entity_of, key_from_identity
from holdfast.orm.session.objects import object_session
from holdfast.orm.session.transaction import SessionTransaction
from holdfast.orm.state import EXPIRED, GONE
from holdfast.sql.select import Select

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])
_JOIN_MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")


class Session(SessionCore):
    """A holding zone for mapped objects, and the transaction they live in.

    Args:
        bind: the Engine, or a Connection whose transaction the session joins.
        autoflush: send pending changes before each query.
        expire_on_commit: after a commit, objects read their row again at the next access.
        autobegin: begin a transaction at the first use; otherwise `begin()` must be called.
        binds: mapped class, mapper or Table -> Engine or Connection, where several databases take part.
        info: the program's own facts about the session.
        query_cls: the class that `query()` makes.
        join_transaction_mode: what commit and rollback do to the transaction of a Connection given as `bind`.
        future, twophase, enable_baked_queries, close_resets_only: accepted as documented.

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
        join_transaction_mode: str = "conditional_savepoint",
        close_resets_only: bool = True,
    ) -> None:
        if future is not True:
            raise exc.ArgumentError("The 'future' parameter passed to Session() may only be set to True.")
        if join_transaction_mode not in _JOIN_MODES:
            raise exc.ArgumentError(
                f"invalid selection for join_transaction_mode: {join_transaction_mode!r}; choose one of "
                f"{', '.join(map(repr, _JOIN_MODES))}"
            )
        if bind is not None and not hasattr(bind, "core_connect") and not getattr(bind, "is_connection", False):
            raise exc.ArgumentError(
                f"Session(bind=...) takes an Engine or a Connection, not {type(bind).__name__}. "
                "Make one with create_engine(url); for an AsyncEngine use AsyncSession."
            )
        self.bind = bind
        self.binds = {getattr(key, "class_", key): value for key, value in binds.items()} if binds else {}
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self.query_cls = query_cls or Query
        self.dispatch = session_class_dispatch(type(self))
        self.transaction: SessionTransaction | None = None
        self.holder = IdentityMap(self)
        self._info = dict(info) if info else None
        self._hash_key = 0

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
        return IdentitySet(instance for state, instance in self.holder.dirty.items() if state not in deleted)

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
        """Return True if a transaction has begun."""
        return self.transaction is not None

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
        self.holder.clear()

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Drop loaded values, so that the next read brings the row's; unflushed changes of them are lost.

        Args:
            attribute_names: only these; None: all.
        """
        state = lifecycle.state_of(instance)
        if state.holder is not self.holder or state.key is None:
            raise exc.InvalidRequestError(
                f"Instance '{lifecycle.describe(instance)}' is not persistent within this Session"
            )
        if attribute_names is None:
            expiry.expire_state(state, instance)
        else:
            expiry.expire_attributes(state, instance, attribute_names)

    def expire_all(self) -> None:
        """Expire all persistent objects."""
        expiry.expire_all(self.holder)

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's values again from its row; pending changes of other objects are flushed first.

        Raises: InvalidRequestError: not persistent in this session, or its row is gone.
        """
        self.run(self.core_refresh, instance, attribute_names, with_for_update)

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Return True if the object has changes that a flush would send."""
        state = lifecycle.state_of(instance)
        for name in state.old or ():
            relationship = state.mapper.relationships.get(name)
            if relationship is not None and relationship.uselist and not include_collections:
                continue
            if attributes.history(state, instance, name).has_changes():
                return True
        return False

    # -- reading -----------------------------------------------------------------------------------------------------

    def get(
        self,
        entity: type[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None:
        """Return the object of a primary key: from the identity map without SQL, or by its row; None if there is none.

        Args:
            entity: the mapped class.
            ident: the primary key: a scalar, a tuple if it is composite, or a dict by attribute name.
        """
        try:
            mapper = entity.__mapper__  # type: ignore[attr-defined]
        except AttributeError:
            mapper = entity_of(entity)
        key = ident if mapper.scalar_key and ident.__class__ in _SCALARS else key_from_identity(mapper, ident)
        if not populate_existing and not with_for_update:
            # A hit answers before any coroutine exists.
            by_key = self.holder.states.get(mapper.base_mapper)
            if by_key is not None and (state := by_key.get(key)) is not None:
                present = state()
                if present is not None and not state.flags & EXPIRED and isinstance(present, entity):
                    return present  # type: ignore[no-any-return]
        lock = bool(with_for_update)
        return self.run(self.core_get, mapper, key, populate_existing or lock, lock)  # type: ignore[return-value]

    def get_one(self, entity: type[T], ident: Any, **options: Any) -> T:
        """Return the object of a primary key.

        Raises: NoResultFound: there is no such row.
        """
        found = self.get(entity, ident, **options)
        if found is None:
            raise exc.NoResultFound("No row was found when one was required")
        return found

    @overload
    def execute(
        self,
        statement: Select[TP],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[TP]: ...
    @overload
    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]: ...
    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement in the session's transaction.

        Args:
            statement: select(), insert(), update(), delete(), text().
            params: values of named parameters; a list of dicts runs an INSERT, UPDATE or DELETE once for each.

        Returns: the rows; mapped objects stand in them where the statement names mapped classes.
        """
        return self.run(self.core_result, statement, params, execution_options)  # type: ignore[no-any-return]

    @overload
    def scalars(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[T]: ...
    @overload
    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]: ...
    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        return self.run(self.core_scalars, statement, params, execution_options)  # type: ignore[no-any-return]

    @overload
    def scalar(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None: ...
    @overload
    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any: ...
    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return the first element of the first row; None if there is no row."""
        return self.scalars(statement, params, execution_options=execution_options).first()

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """Return the session that an object is in, or None."""
        return object_session(instance)  # type: ignore[no-any-return]

    def query(self, *entities: Any, **kw: Any) -> Query[Any]:
        """Return a Query for mapped classes or columns (the form of the 1.x series)."""
        return self.query_cls(entities, self, **kw)

    @property
    @contextmanager
    def no_autoflush(self) -> Iterator[Session]:
        """A block in which queries do not flush first."""
        before, self.autoflush = self.autoflush, False
        try:
            yield self
        finally:
            self.autoflush = before

    # -- transaction ---------------------------------------------------------------------------------------------------

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin the transaction; as a block it commits at the end and rolls back after an error.

        Raises: InvalidRequestError: a transaction has begun already.
        """
        if nested:
            return self.begin_nested()
        if self.transaction is not None:
            raise exc.InvalidRequestError("A transaction is already begun on this Session.")
        autobegin, self.autobegin = self.autobegin, True
        try:
            return self.begin_if_needed()
        finally:
            self.autobegin = autobegin

    def begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint; as a block it is released at the end and rolled back after an error."""
        return self.run(self.core_begin_nested)

    def commit(self) -> None:
        """Flush everything and commit the whole transaction; objects then expire (`expire_on_commit`)."""
        self.run(self.core_commit)

    def rollback(self) -> None:
        """Roll the whole transaction back: added objects leave, deleted ones return, all others expire."""
        self.run(self.core_rollback)

    def close(self) -> None:
        """Let go of all objects and give the connections back; what was not committed is rolled back.

        The session may be used again afterwards.
        """
        if self.transaction is None:
            self.holder.clear()
        else:
            self.run(self.core_close)

    reset = close

    def connection(self, bind_arguments: Mapping[str, Any] | None = None, **kw: Any) -> Any:
        """Return the Connection of the session's transaction."""
        arguments = bind_arguments or {}
        return self.run(self.core_connection_for, arguments.get("mapper"), arguments.get("clause"))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        holder = self.holder
        return (
            f"<{type(self).__name__} {self.hash_key}: {len(holder.new)} new, {len(holder.dirty)} dirty, "
            f"{len(holder.deleted)} deleted, {len(holder)} persistent>"
        )


_SCALARS = frozenset((int, str))


register(
    lambda target: isinstance(target, type) and issubclass(target, Session),
    lambda target, name: session_class_dispatch(target),
)
register(lambda target: isinstance(target, Session), lambda target, name: own_dispatch(target))
