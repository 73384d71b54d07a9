"""`commit(synchronize_session=...)`: gives objects their rows' values with the commit, in place of expiring them.

Objects are expired and then filled by one SELECT per class and batch. That is sent before COMMIT where the database lets
nobody else write until then, so that what is read is what will be; otherwise after it, in a transaction of its own that
is ended at once. What fails after a good COMMIT is a warning: the objects stay expired and are read when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from holdfast import exc
from holdfast.orm import expiry, loading
from holdfast.orm.state import GONE, InstanceState

NOT_GIVEN: Any = object()
"""`expire_on_commit` decides."""


def check_choice(choice: Any) -> None:
    """Refuse what is no value of ``commit(synchronize_session=...)``.

    Raises: ArgumentError.
    """
    if choice is NOT_GIVEN or choice is True or choice is False or choice == "evaluate":
        return
    hint = ""
    if choice in ("fetch", "auto"):
        hint = f" {choice!r} is a value of synchronize_session for UPDATE and DELETE statements."
    raise exc.ArgumentError(
        "commit(synchronize_session=...) takes False (objects stay as they are), True (all objects get their rows' values) or "
        f"'evaluate' (those that the transaction changed); got {choice!r}.{hint}"
    )


class CommitValues:
    """The objects that one commit gives values, by mapper.

    Args:
        session: that commits.
        level: the root of its transaction; everything is flushed.
        choice: True or 'evaluate'.
    """

    def __init__(self, session: Any, level: Any, choice: Any) -> None:
        self._session = session
        self._links = level.links
        self._waiting: dict[Any, list[Any]] = {}
        states: Iterable[InstanceState] = session.holder.all_states() if choice is True else touched(level)
        for state in states:
            instance = state()
            if instance is not None and state.row_key is not None and not state.flags & GONE:
                self._waiting.setdefault(state.mapper, []).append(instance)

    async def core_before(self) -> None:
        """Read, before COMMIT, what nobody else can change any more."""
        for mapper in list(self._waiting):
            link = self._links.get(self._session.bind_for(mapper))
            if link is None or not link.connection.has_written or link.connection.dialect.capabilities.for_update:
                continue
            # What fails here is tried again after COMMIT: that one decides whether the transaction is good.
            try:
                await self._core_fill(link.connection, mapper)
                del self._waiting[mapper]
            except Exception:
                if link.connection.invalidated:
                    raise  # and the transaction is lost with it

    async def core_after(self) -> None:
        """Read the rest, after COMMIT, each engine in a transaction that is ended at once."""
        by_bind: dict[Any, list[Any]] = {}
        for mapper, instances in self._waiting.items():
            for instance in instances:
                _expire(instance)
            by_bind.setdefault(self._session.bind_for(mapper), []).append(mapper)
        for bind, mappers in by_bind.items():
            try:
                await self._core_read(bind, mappers)
            except Exception as error:
                names = ", ".join(mapper.class_name for mapper in mappers)
                exc.warn(
                    f"The transaction is committed, but reading the objects of {names} again failed "
                    f"({type(error).__name__}): they are expired, and read when they are used."
                )

    async def _core_read(self, bind: Any, mappers: Sequence[Any]) -> None:
        if bind.is_connection:
            begun = None if bind.in_transaction() else await bind.core_begin()
            try:
                for mapper in mappers:
                    await self._core_fill(bind, mapper)
            finally:
                if begun is not None:
                    await begun.core_rollback()
            return
        connection = await bind.core_connect()
        try:
            for mapper in mappers:
                await self._core_fill(connection, mapper)
        finally:
            await connection.core_close()

    async def _core_fill(self, connection: Any, mapper: Any) -> None:
        """Read the rows of one mapper's objects; an object whose row is gone stays expired."""
        instances = self._waiting[mapper]
        for instance in instances:
            _expire(instance)
        for batch in loading.many_keys.key_batches(mapper, connection.dialect, instances):
            statement = loading.many_keys.select_keys(
                mapper, [instance._sa_instance_state.row_key for instance in batch]
            )
            plan = loading.load.plan_for(connection.engine, statement, statement._columns)
            await loading.load.core_fetch(connection, plan, statement._values, None, self._session.holder)


def touched(level: Any) -> list[InstanceState]:
    """Return the states of the objects that a transaction wrote."""
    return list({**level.inserted, **level.flushed, **level.switched})


def _expire(instance: Any) -> None:
    expiry.expire_state(instance._sa_instance_state, instance)
