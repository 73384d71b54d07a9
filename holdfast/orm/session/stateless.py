"""Sessions without memory: mapped objects go in and come out, and none is kept.

There is no identity map that outlives a call, no unit of work that collects, no autoflush and no lazy loading: each call
sends what it says, and every object is detached afterwards. So the memory that a program needs does not grow with what it
has read or written, and an object is what its row was, once.

A `StatelessSession` has a Session of its own for the way to the database and back, and empties it after each call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from holdfast import exc
from holdfast.engine.result import Result, ScalarResult
from holdfast.exc.shown import shown_object
from holdfast.orm.history import NO_VALUE
from holdfast.orm.session import lifecycle
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.face import Session
from holdfast.orm.session.identity import entity_of, key_from_identity
from holdfast.orm.session.objects import make_transient_to_detached
from holdfast.orm.session.transaction import SessionTransaction

T = TypeVar("T")


class Stateless:
    """What both faces share: the session behind, and the coroutines."""

    _session: Session

    # -- coroutines ------------------------------------------------------------------------------------------------

    async def _core_write(self, place: str, instances: Iterable[Any]) -> None:
        """Insert, update or delete objects in one flush, and let go of them."""
        session = self._session
        try:
            for instance in instances:
                getattr(self, f"_{place}")(instance)
            await session.core_flush()
        finally:
            self._forget()

    def _insert(self, instance: Any) -> None:
        if lifecycle.state_of(instance).row_key is not None:
            raise exc.InvalidRequestError(
                f"Instance {shown_object(instance)} has a row already: use update(), or make_transient(obj) first."
            )
        self._session.add(instance)

    def _update(self, instance: Any) -> None:
        state = lifecycle.state_of(instance)
        if state.row_key is None:
            names = [name for name in instance.__dict__ if name in state.mapper.column_set]
            make_transient_to_detached(instance)
            # All that the object has is to be written: what the row has is not known.
            unknown = [name for name in names if name not in state.mapper.primary_key_names]
            state.old = dict.fromkeys(unknown, NO_VALUE) if unknown else None
        self._session.add(instance)

    def _delete(self, instance: Any) -> None:
        state = lifecycle.state_of(instance)
        if state.row_key is None:
            make_transient_to_detached(instance)
        lifecycle.mark_deleted(self._session, instance)

    def _forget(self) -> None:
        """Let all objects go, and the notes of the transaction: nobody will want them back."""
        session = self._session
        level = session.transaction
        if level is not None:
            for state in level.removed:
                state.holder = None
            for notes in (level.inserted, level.removed, level.flushed, level.switched):
                notes.clear()
        lifecycle.release_all(session)

    async def _core_get(self, entity: Any, ident: Any, options: Sequence[Any], lock: Any) -> Any:
        mapper = entity_of(entity)
        key = key_from_identity(mapper, ident)
        try:
            return await self._session.core_get(mapper, key, False, lock, options)
        finally:
            self._forget()

    async def _core_result(self, statement: Any, parameters: Any, options: Mapping[str, Any]) -> Any:
        try:
            return await self._session.core_result(statement, parameters, {**options, "synchronize_session": False})
        finally:
            self._forget()


class StatelessSession(Stateless):
    """Mapped objects without an identity map: for reading and writing many rows in constant memory.

    Args:
        bind: the Engine or Connection.
        kw: keywords of `Session` that tell of engines and transactions: ``binds``, ``twophase``,
            ``join_transaction_mode``, ``execution_options``.

    Relationships are loaded where a statement says so (`selectinload` ...), never lazily.
    """

    def __init__(self, bind: Any = None, **kw: Any) -> None:
        self._session = Session(bind, autoflush=False, expire_on_commit=False, **kw)

    # -- writing -----------------------------------------------------------------------------------------------------

    def insert(self, instance: object) -> None:
        """Insert an object's row now, with those of new objects that the save-update cascade reaches.

        Raises: InvalidRequestError: it has a row.
        """
        self.insert_all((instance,))

    def insert_all(self, instances: Iterable[object]) -> None:
        """Insert several rows now, in as few statements as they need."""
        self._session.run(self._core_write, "insert", instances)

    def update(self, instance: object) -> None:
        """Update an object's row now: what was changed since it was read; all that is set, if it was made by hand.

        Raises: StaleDataError: there is no such row.
        """
        self.update_all((instance,))

    def update_all(self, instances: Iterable[object]) -> None:
        """Update several rows now."""
        self._session.run(self._core_write, "update", instances)

    def delete(self, instance: object) -> None:
        """Delete an object's row now."""
        self.delete_all((instance,))

    def delete_all(self, instances: Iterable[object]) -> None:
        """Delete several rows now."""
        self._session.run(self._core_write, "delete", instances)

    # -- reading -----------------------------------------------------------------------------------------------------

    def get(
        self, entity: type[T], ident: Any, *, options: Sequence[Any] | None = None, with_for_update: Any = None
    ) -> T | None:
        """Return the object of a primary key, read from its row each time; None if there is none."""
        return self._session.run(  # type: ignore[return-value]
            self._core_get, entity, ident, options or (), with_for_update
        )

    def execute(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> Result[Any]:
        """Run a statement; with the option ``yield_per`` objects come and go while you iterate."""
        return self._session.run(self._core_result, statement, params, execution_options)  # type: ignore[no-any-return]

    def scalars(
        self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        return self.execute(statement, params, execution_options=execution_options).scalars()

    def scalar(self, statement: Any, params: Any = None, *, execution_options: Mapping[str, Any] = NOTHING) -> Any:
        """Run a statement and return the first element of the first row; None if there is no row."""
        return self.scalars(statement, params, execution_options=execution_options).first()

    # -- transaction -------------------------------------------------------------------------------------------------

    def begin(self) -> SessionTransaction:
        """Begin the transaction; as a block it commits at the end and rolls back after an error."""
        return self._session.begin()

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint."""
        return self._session.begin_nested()

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self._session.in_transaction()

    def connection(self) -> Any:
        """Return the Connection of the transaction."""
        return self._session.connection()

    def commit(self) -> None:
        """Commit."""
        self._session.commit()

    def rollback(self) -> None:
        """Roll back; objects stay as they are."""
        self._session.rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        self._session.close()

    def __enter__(self) -> StatelessSession:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.close()
