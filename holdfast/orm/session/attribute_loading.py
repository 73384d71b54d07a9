"""What a session loads for one object: by its key, a missing attribute, a refresh, what a cascade must look at."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from holdfast import exc
from holdfast.engine.bridge import in_bridge
from holdfast.engine.gathering import can_gather, core_together
from holdfast.orm import loading
from holdfast.orm.history import NO_VALUE
from holdfast.orm.session import fetching, lifecycle
from holdfast.orm.session.flushing import SessionFlushing
from holdfast.orm.session.merge import core_merge
from holdfast.orm.state import InstanceState


class SessionAttributeLoading(SessionFlushing):
    """Loading for one object of a session."""

    def core_get(
        self, mapper: Any, key: Any, *how: Any, identity_token: Any = None, **more: Any
    ) -> Coroutine[Any, Any, object | None]:
        """Return the coroutine that gives the object of a primary key; see `fetching.core_get_with`.

        Args: identity_token: for sessions over several databases, see `ext.horizontal_shard`.
        """
        if how or more:
            return fetching.core_get_with(self, mapper, key, *how, **more)
        return fetching.core_get(self, mapper, key)

    async def core_refresh(self, instance: Any, names: Any = None, lock: Any = None) -> None:
        """Expire and load again; see `Session.refresh`."""
        await fetching.core_refresh(self, instance, names, lock)

    async def core_merge(self, instances: Any, load: bool = True, options: Any = None) -> list[Any]:
        """Carry state over; see `Session.merge`."""
        return await core_merge(self, instances, load, options)

    def load_missing(self, state: InstanceState, instance: object, key: str, is_read: bool = True) -> Any:
        """Load the attribute that a read, or a change that needs what was before, found missing (called by the attribute).

        Args: is_read: see `core_load_attribute`.

        Raises: LazyLoadInAsyncError: the session is an asynchronous one and the read was not awaited.
        """
        if self.is_async and not in_bridge():
            found = loading.reading.read_without_sql(state, instance, key, is_read)
            if found is NO_VALUE:
                raise exc.LazyLoadInAsyncError.of(state, key)
            return found
        if self.holder.stashes:
            found = loading.peers.already_loaded(self, state, instance, key)
            if found is not NO_VALUE:
                return found
        if self.has_changes():
            # What the session has is no reason to flush what was changed.
            found = loading.reading.read_without_sql(state, instance, key, is_read)
            if found is not NO_VALUE and not loading.reading.is_expired(found):
                return found
        return self.run(self.core_load_attribute, state, instance, key, is_read)

    async def core_load_attribute(self, state: InstanceState, instance: Any, key: str, is_read: bool = False) -> Any:
        """Load one attribute of a persistent object into its place and return it.

        Args: is_read: the program reads it: what is mapped to raise then does, and a reference is what its key means
            now. The session's own work wants what the row has, before changes that are not flushed.
        """
        if self.transaction is not None:
            self.transaction.check_usable()
        mapper = state.mapper
        if self.has_changes() and not self.flush_waits:
            if self.dispatch.do_orm_execute and not _has_new_key(state, key):
                self.flush_waits = True
                try:
                    return await self.core_load_attribute(state, instance, key, is_read)
                finally:
                    self.flush_waits = False
            await self.core_autoflush()
        relationship = mapper.find_relationship(key)
        if relationship is not None:
            if key in instance.__dict__:
                return instance.__dict__[key]
            if relationship.lazy == "select" and (state.extra is None or "directions" not in state.extra):
                return await loading.peers.core_load_for_peers(self, state, instance, relationship, is_read)
            return await loading.reading.core_read_relationship(self, state, instance, relationship, is_read)
        if key in mapper.column_names and (state.extra is None or "directions" not in state.extra):
            await loading.peer_rows.core_refresh_with_peers(self, state, instance)
        else:
            await loading.reading.core_read_column(self, state, instance, key)
        return instance.__dict__[key]

    async def core_delete(self, instance: Any) -> None:
        """Mark an object for deletion with all that the delete cascade reaches, loading what it has to look at."""
        queue = [instance]
        state = lifecycle.state_of(instance)
        if state.row_key is None or state.holder is not self.holder:
            # What is detached comes back first, so that the cascade can load.
            lifecycle.check_deletable(self, instance)
        reached: list[Any] = []
        seen = {id(instance)}
        while queue:
            current = queue.pop(0)
            reached.append(current)
            state = lifecycle.state_of(current)
            for name in state.mapper.delete_names:
                if name in current.__dict__:
                    value = current.__dict__[name]
                elif state.row_key is None or (state.holder is not self.holder):
                    continue
                elif state.mapper.find_relationship(name).passive_deletes:
                    # The database sees to rows that are not in memory.
                    continue
                else:
                    value = await self.core_load_attribute(state, current, name)
                relationship = state.mapper.find_relationship(name)
                members = relationship.members(value) if relationship.uselist else [value]
                for member in members:
                    if member is not None and id(member) not in seen:
                        seen.add(id(member))
                        queue.append(member)
        for current in reached:
            state = lifecycle.state_of(current)
            # A collection may hold members whose rows went with an earlier transaction: nothing is left to delete.
            if state.row_key is not None and (current is instance or not state.was_deleted):
                lifecycle.mark_deleted(self, current)

    async def core_follow(
        self,
        where: Any,
        waiting: list[Any],
        overwrite: bool,
        refreshing: bool = False,
        origin: Any = None,
        alone: bool = False,
    ) -> None:
        """Run the statements that load relationships of objects just loaded, level by level.

        Args:
            where: the session, or as it is routed for one statement.
            waiting: pairs of `FollowUp` and owners.
            overwrite: what is loaded already is replaced.
            refreshing: the owner is one object that is loaded again.
            origin: the statement that brought them, and its parameters.
            alone: one statement after the other, since the connection is still giving the rows of another one.
        """
        if where is not self and not where.is_given and not self.dispatch.asked:
            # Each class has an engine of its own, also where it is loaded in the train of another one.
            where = self
        known = None if origin is None else loading.strategies.subquery.Origin(*origin)
        queue = [(follow_up, owners, known) for follow_up, owners in waiting]
        while queue:
            if len(queue) > 1 and not (refreshing or alone):
                found = await self._core_level(where, queue, overwrite)
                if found is not None:
                    queue = found
                    continue
            follow_up, owners, known = queue.pop(0)
            queue.extend(
                await loading.follow_ups.core_follow_up(where, follow_up, owners, overwrite, refreshing, known)
            )
            refreshing = False

    async def _core_level(self, where: Any, level: list[Any], overwrite: bool) -> list[Any] | None:
        """Load the relationships of one level by statements that leave together; returns the next level.

        Returns: None: they depend on each other, or the driver can not send several at once.
        """
        if where is not self or self.routes or self.dispatch.asked or self.dispatch.do_orm_execute:
            return None
        if not loading.follow_ups.are_independent([follow_up for follow_up, _, _ in level]):
            return None
        connection = await self.core_connection_for(level[0][0].relationship.mapper)
        if not can_gather(connection):
            return None
        loads = [
            loading.follow_ups.core_follow_up(self, follow_up, owners, overwrite, False, known)
            for follow_up, owners, known in level
        ]
        return [one for found in await core_together(connection, loads, False) for one in found]


def _has_new_key(state: InstanceState, key: str) -> bool:
    """Whether a flush is to change the columns by which an attribute is looked for."""
    if not state.old:
        return False
    mapper = state.mapper
    relationship = mapper.find_relationship(key)
    near = () if relationship is None else map(mapper.name_of_column, relationship.near_columns)
    return not state.old.keys().isdisjoint((*mapper.primary_key_names, *near))
