"""The connections of one level of a session's transaction: how it begins on them, and how it lets them go."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

from holdfast import exc
from holdfast.orm.session.transaction_level import CLOSED, SUBTRANSACTION, Link, TransactionLevel


class LinkedLevel(TransactionLevel):
    """A level with its connections; see `transaction.SessionTransaction`."""

    __slots__ = ()

    async def core_connection(self, bind: Any, options: Mapping[str, Any] | None = None) -> Any:
        """Return the connection of this level to `bind`, beginning its part of the transaction at the first call.

        Args:
            bind: an Engine, or a Connection whose transaction the session joins.
            options: execution options of the connection, where this call begins it.
        """
        self.check_usable()
        link = self.links.get(bind)
        if link is not None:
            if options:
                exc.warn("Connection is already established for the given bind; execution_options ignored")
            return link.connection
        if self.origin is SUBTRANSACTION:
            return await self.parent.core_connection(bind, options)  # type: ignore[union-attr]
        if self.parent is not None:
            connection = await self.parent.core_connection(bind, options)
            savepoint = await connection.core_begin_nested()
            link = self.links[bind] = Link(connection, savepoint, None, False)
        elif bind.is_connection:
            self._check_one_connection(bind)
            link = self.links[bind] = await self._core_join(bind, options)
        else:
            link = self.links[bind] = await self._core_check_out(bind, options)
        listeners = self.session.dispatch.after_begin
        if listeners and self.nested:
            # Who is told that the savepoint has begun may use it: it is sent.
            await link.connection.core_prepare_to_write()
        for listener in listeners:
            await self.session.core_call_listener(listener, self.session, self, link.connection)
        return link.connection

    def _check_one_connection(self, bind: Any) -> None:
        """Refuse a Connection whose engine has another one in this transaction."""
        if any(link.connection.engine is bind.engine for link in self.links.values()):
            raise exc.InvalidRequestError(
                "Session already has a Connection associated for the given Connection's Engine"
            )

    async def _core_check_out(self, engine: Any, options: Mapping[str, Any] | None) -> Link:
        """Take a connection of `engine` from the pool and begin on it."""
        connection = await engine.core_connect()
        try:
            if options:
                connection.execution_options(**options)
            # A new connection has no transaction: what `core_begin` looks at needs no look.
            root = await self._core_begin(connection) if self.session.twophase else connection.start_root()
            return Link(connection, root, None, True)
        except BaseException:
            await connection.core_close()
            raise

    def _core_begin(self, connection: Any) -> Coroutine[Any, Any, Any]:
        """Return what begins the root transaction of a connection: one in two phases where the session wants that."""
        return (connection.core_begin_twophase if self.session.twophase else connection.core_begin)()  # type: ignore[no-any-return]

    async def _core_join(self, connection: Any, options: Mapping[str, Any] | None) -> Link:
        """Take part in the transaction of a connection that the caller gave, as `join_transaction_mode` says."""
        mode = self.session.join_transaction_mode
        if options:
            connection.execution_options(**options)
        if not connection.in_transaction():
            return Link(connection, await self._core_begin(connection), None, False)
        is_nested = connection.in_nested_transaction()
        if mode == "conditional_savepoint":
            mode = "create_savepoint" if is_nested else "rollback_only"
        if mode == "create_savepoint":
            return Link(connection, await connection.core_begin_nested(), None, False)
        present = connection.get_nested_transaction() if is_nested else connection.get_transaction()
        if mode == "control_fully":
            return Link(connection, present, None, False)
        return Link(connection, None, present, False)

    async def _core_roll_back_links(self) -> None:
        for link in self.links.values():
            if link.transaction is not None:
                await link.transaction.core_rollback()
            elif link.outer is not None and link.outer.is_active:
                await link.outer.core_rollback()

    async def core_release_links(self, invalidate: bool) -> None:
        """Give the connections back, rolled back; with `invalidate` none of them is used again."""
        for link in self.links.values():
            if invalidate and not link.connection.closed:
                link.connection.invalidate()
            if link.owned:
                await link.connection.core_close()
            elif link.transaction is not None:
                await link.transaction.core_rollback()

    async def _core_end(self) -> None:
        """Give the connections back and make the level above the session's current one."""
        self.status = CLOSED
        try:
            for link in self.links.values():
                if link.owned:
                    await link.connection.core_close()
        except BaseException:
            await self.core_close_others()
            raise
        finally:
            self.links.clear()
            self.session.end_level(self)

    async def core_close_others(self) -> None:
        """Give back the connections that are still out, after one could not be closed as it should; that is raised."""
        for link in self.links.values():
            if link.owned:
                with suppress(Exception):
                    await link.connection.core_close()
