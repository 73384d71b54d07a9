"""A session over several databases with the same tables, each with a part of the rows: horizontal sharding.

Three functions of the program decide: where a new object goes, where an object with a key may be, and which databases a
statement asks. Each statement is sent to one database after the other, and the results are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from holdfast.engine.cursor_result import CursorResult
from holdfast.event import listen
from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.ext.sharded_states import ShardedMap
from holdfast.inspection import inspect
from holdfast.orm.loading.settings import UserDefinedOption
from holdfast.orm.query import Query
from holdfast.orm.session.face import Session
from holdfast.orm.state import InstanceState

SHARD_OPTION = "_sa_shard_id"
"""The execution option that names the shard of a statement."""


class set_shard_id(UserDefinedOption):
    """Send a statement to one shard: ``select(Report).options(set_shard_id("asia"))``.

    Args:
        shard_id: the shard.
        propagate_to_loaders: objects that come by it load what they lack from there too; they do so in any case, by the
            shard that they came from.
    """

    def __init__(self, shard_id: Any, propagate_to_loaders: bool = True) -> None:
        super().__init__(shard_id)
        self.shard_id = shard_id
        self.propagate_to_loaders = propagate_to_loaders
        self._key = ("shard", shard_id)


class ShardedQuery(Query[Any]):
    """The Query of a sharded session."""

    def set_shard(self, shard_id: Any) -> Self:
        """Return the query for one shard."""
        return self.execution_options(**{SHARD_OPTION: shard_id})


class ShardedSession(Session):
    """A session over several databases.

    Args:
        shard_chooser: (mapper, object, clause=None) -> the shard of a new object; with the object None, of what the
            program does with `connection()`.
        identity_chooser: (mapper, primary key, *, lazy_loaded_from, execution_options, bind_arguments) -> the shards that
            may have the object.
        execute_chooser: `ORMExecuteState` -> the shards that a statement is sent to.
        shards: shard -> Engine.
        query_cls: the class that `query()` makes.
        kwargs: as for `Session`.
    """

    def __init__(
        self,
        shard_chooser: Callable[..., Any],
        identity_chooser: Callable[..., Iterable[Any]] | None = None,
        execute_chooser: Callable[[Any], Iterable[Any]] | None = None,
        shards: Mapping[Any, Any] | None = None,
        query_cls: type[Query[Any]] = ShardedQuery,
        **kwargs: Any,
    ) -> None:
        if identity_chooser is None or execute_chooser is None:
            raise ArgumentError("ShardedSession needs shard_chooser, identity_chooser and execute_chooser.")
        super().__init__(query_cls=query_cls, **kwargs)
        self.shard_chooser = shard_chooser
        self.identity_chooser = identity_chooser
        self.execute_chooser = execute_chooser
        self.holder: ShardedMap = ShardedMap(self)
        self._shards: dict[Any, Any] = {}
        for shard_id, bind in (shards or {}).items():
            self.bind_shard(shard_id, bind)

    def bind_shard(self, shard_id: Any, bind: Any) -> None:
        """Use an engine for a shard."""
        self._shards[shard_id] = getattr(bind, "sync_engine", bind)

    def get_bind(
        self, mapper: Any = None, *, shard_id: Any = None, instance: Any = None, clause: Any = None, **kw: Any
    ) -> Any:
        """Return the engine of a shard.

        Args:
            shard_id: the shard; None: the one that is worked with, or what `shard_chooser` says.
            instance: a new object.
        """
        if shard_id is None:
            shard_id = self.holder.shard
        if shard_id is None:
            shard_id = self._chosen(mapper, instance, clause)
        return self._bind_of(shard_id)

    def _chosen(self, mapper: Any, instance: Any, clause: Any = None) -> Any:
        if clause is None:
            return self.shard_chooser(mapper, instance)
        return self.shard_chooser(mapper, instance, clause=clause)

    def _bind_of(self, shard_id: Any) -> Any:
        if shard_id not in self._shards:
            raise InvalidRequestError(
                f"There is no shard {shard_id!r}; the session has {', '.join(map(repr, self._shards))}. The functions that "
                "choose return these names."
            )
        return self._shards[shard_id]

    # Objects: each is worked with in the shard that it came from.

    def load_missing(self, state: InstanceState, instance: object, key: str, is_read: bool = True) -> Any:
        with self.holder.at(state.identity_token):
            return super().load_missing(state, instance, key, is_read)

    async def core_load_attribute(self, state: InstanceState, instance: Any, key: str, is_read: bool = False) -> Any:
        with self.holder.at(state.identity_token):
            return await super().core_load_attribute(state, instance, key, is_read)

    async def core_refresh(self, instance: Any, names: Any = None, lock: Any = None) -> None:
        with self.holder.at(instance._sa_instance_state.identity_token):
            await super().core_refresh(instance, names, lock)

    async def core_get(  # type: ignore[override]
        self, mapper: Any, key: Any, *how: Any, identity_token: Any = None, **more: Any
    ) -> Any:
        """Look for the object in the shards that may have it; else ask the databases, as for any statement."""
        if self.holder.shard is not None:
            return await super().core_get(mapper, key, *how, **more)
        shard = self._shard_having(mapper, key, more) if identity_token is None else identity_token
        with self.holder.at(shard):
            return await super().core_get(mapper, key, *how, **more)

    def _shard_having(self, mapper: Any, key: Any, how: Mapping[str, Any]) -> Any:
        """Return the first shard that may have an object and whose object the session has; None: it has none."""
        shards = self.identity_chooser(
            mapper,
            list(key) if isinstance(key, tuple) else [key],
            lazy_loaded_from=None,
            execution_options=how.get("execution_options") or {},
            bind_arguments=how.get("bind_arguments") or {},
        )
        found = (shard for shard in shards if self.holder.of_shard(mapper.base_mapper, shard).get(key) is not None)
        return next(found, None)

    def get(self, entity: Any, ident: Any, *, identity_token: Any = None, **keywords: Any) -> Any:  # type: ignore[override]
        """Return the object of a primary key; see `Session.get`.

        Args: identity_token: the shard that has it; None: `identity_chooser` says where to look.
        """
        if identity_token is None and not isinstance(ident, dict):
            mapper, key = inspect(entity).mapper, tuple(ident) if isinstance(ident, (tuple, list)) else ident
            if self.holder.by_key(mapper.base_mapper).get(key) is not None:
                identity_token = self._shard_having(mapper, key, keywords)
        with self.holder.at(identity_token):
            return super().get(entity, ident, **keywords)

    # The flush: one part for each shard.

    async def core_flush(self, commits: bool = False) -> None:
        if self.flushing or self.holder.shard is not None:
            await super().core_flush(commits)
            return
        parts, holder = self._parts(), self.holder
        waiting = list(parts.items())
        while waiting:
            shard, (holder.new, holder.dirty, holder.deleted) = waiting.pop(0)
            try:
                with holder.at(shard):
                    await super().core_flush(commits and not waiting)
            finally:
                for _, part in waiting:
                    for place, more in zip((holder.new, holder.dirty, holder.deleted), part, strict=True):
                        place.update(more)

    def _parts(self) -> dict[Any, tuple[dict[InstanceState, object], ...]]:
        """Return what is new, dirty and marked for deletion in each shard, in the order in which shards come up."""
        found: dict[Any, tuple[dict[InstanceState, object], ...]] = {}
        for place, states in enumerate((self.holder.new, self.holder.dirty, self.holder.deleted)):
            for state, instance in list(states.items()):
                shard = state.identity_token
                if shard is None:
                    shard = self._chosen(state.mapper, instance)
                    self._bind_of(shard)
                    state.extra = {**(state.extra or {}), "identity_token": shard}
                found.setdefault(shard, ({}, {}, {}))[place][state] = instance
        return found

    # Statements.

    async def core_call_listener(self, listener: Callable[..., Any], *arguments: Any) -> Any:
        if listener is ask_shards:
            return await _core_ask_shards(self, *arguments)
        return await super().core_call_listener(listener, *arguments)


def ask_shards(state: Any) -> None:
    """Stand for what a sharded session does with each statement: `_core_ask_shards`, which is awaited."""


async def _core_ask_shards(session: ShardedSession, state: Any) -> Any:
    """Send a statement to each of its shards; returns their results as one."""
    results = []
    for shard in _shards_of(session, state):
        session._bind_of(shard)
        with session.holder.at(shard):
            results.append(
                await state.core_invoke_statement(
                    execution_options={"identity_token": shard}, bind_arguments={"shard_id": shard}
                )
            )
    if not results:
        raise InvalidRequestError("execute_chooser returned no shard: a statement is sent to one at least.")
    return _together(results)


def _shards_of(session: ShardedSession, state: Any) -> list[Any]:
    """Return the shards of a statement: what it says itself, the one that is worked with, or those that are chosen."""
    for option in state.user_defined_options:
        if isinstance(option, set_shard_id):
            return [option.shard_id]
    options = state.execution_options
    for given in (state.bind_arguments.get("shard_id"), options.get(SHARD_OPTION), options.get("identity_token")):
        if given is not None:
            return [given]
    if session.holder.shard is not None and state.lazy_loaded_from is None:
        return [session.holder.shard]
    return list(session.execute_chooser(state))


def _together(results: list[Any]) -> Any:
    """Return results of one statement as one: rows behind rows, numbers of rows added."""
    first, *others = results
    if not others:
        return first
    if isinstance(first, CursorResult) and not first.returns_rows:
        first.rowcount = sum(result.rowcount for result in results)
        return first
    if any(result._source is not None for result in results):
        return first.merge(*others)
    for other in others:
        first._elements.extend(other._elements)
    return first


listen(ShardedSession, "do_orm_execute", ask_shards)

__all__ = ["ShardedQuery", "ShardedSession", "set_shard_id"]
