"""The connection of an engine whose dialect overrides how statements are executed or transactions are marked.

No driver for asyncio comes here (`installing` refuses it), so that nothing that is awaited here ever suspends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from holdfast._util.drive import drive
from holdfast.compiler.dialect_hooks import SENDERS
from holdfast.engine.connection import Connection
from holdfast.engine.execution_context import ExecutionContext
from holdfast.engine.pooled import dbapi_face
from holdfast.engine.transaction import Transaction


class OwnConnection(Connection):
    """A Connection that asks its dialect."""

    __slots__ = ()

    def _is_own(self, name: str) -> bool:
        return name in self.dialect.own_methods

    # -- statements ----------------------------------------------------------------------------------------------------

    def context_of(self, compiled: Any, options: Mapping[str, Any] | None) -> ExecutionContext:
        class_ = self.dialect.execution_ctx_cls or ExecutionContext
        return class_(self, compiled, options)  # type: ignore[no-any-return]

    def executes(self, context: ExecutionContext) -> bool:
        if not self.dialect.own_methods & _OF_STATEMENTS:
            return False
        context.pre_exec()
        statement: Any = context.statement
        if not context.parameters and context.execution_options.get("no_parameters"):
            self.dialect.do_execute_no_params(context.cursor, statement, context)
        else:
            execute = self.dialect.do_executemany if context.executemany else self.dialect.do_execute
            execute(context.cursor, statement, context.parameters, context)
        context.post_exec()
        return True

    # -- marks of transactions -----------------------------------------------------------------------------------------

    def send_mark(self, sql: str) -> None:
        """Send a mark; called by the dialect's own methods."""
        drive(super().core_send(sql))

    async def core_send(self, sql: str) -> None:
        word = sql.partition(" ")[0]
        if word == "BEGIN" and self._is_own("do_begin"):
            self._ask(lambda: self.dialect.do_begin(self._face), sql)
            if not self.driver.in_transaction():
                self.send_mark(sql)
        elif sql in _ENDS and self._is_own(_ENDS[sql]):
            self._end(sql)
        else:
            words, _, name = sql.rpartition(" ")
            method = _SAVEPOINTS.get(words)
            if method is not None and self._is_own(method):
                self._ask(lambda: getattr(self.dialect, method)(self, name), sql)
            else:
                self.send_mark(sql)

    def _end(self, sql: str) -> None:
        """Let the dialect end the transaction; what it leaves open is ended here."""
        face = self._face
        SENDERS[id(face)] = lambda: self.send_mark(sql)
        try:
            self._ask(lambda: getattr(self.dialect, _ENDS[sql])(face), sql)
        finally:
            del SENDERS[id(face)]
        if self.driver.in_transaction():
            self.send_mark(sql)

    def _ask(self, call: Callable[[], Any], sql: str) -> None:
        """Call a method of the dialect; a driver's error becomes the documented one."""
        try:
            call()
        except Exception as error:
            raised = self.wrapped(error, sql, (), False)
            if raised is error:
                raise
            raise raised from error

    @property
    def _face(self) -> Any:
        return dbapi_face(self.driver)

    async def core_roll_back_root(self) -> None:
        if self._is_own("do_rollback") and self.driver.in_transaction():
            await self.core_send_undo("ROLLBACK")
        else:
            await super().core_roll_back_root()

    async def _begin_root(self, root: Transaction, writes: bool, first: str) -> None:
        # Marks that would go along with a statement are sent by themselves: the dialect does the one or the other.
        if self.driver.takes_begin_along:
            self.driver.takes_begin_along = False
        await super()._begin_root(root, writes, first)

    # -- isolation -----------------------------------------------------------------------------------------------------

    async def core_isolation_level(self) -> str:
        if not self._is_own("get_isolation_level") or (self._level is not None and not self._has_begun()):
            return await super().core_isolation_level()
        return str(self.dialect.get_isolation_level(self._face))

    def _has_begun(self) -> bool:
        return self._transaction is not None and self._transaction.sent

    async def _core_set_level(self, level: str) -> None:
        if self._is_own("set_isolation_level"):
            self._ask(lambda: self.dialect.set_isolation_level(self._face, level), f"isolation level {level}")
            self._is_level_set = True
        else:
            await super()._core_set_level(level)

    async def _core_restores(self, entry: Any) -> bool:
        if self._is_level_set and not self.invalidated and self.dialect.own_methods & _LEVELS:
            self._is_level_set = False
            try:
                self.dialect.reset_isolation_level(self._face)
            except Exception:
                return False
        return await super()._core_restores(entry)


_OF_STATEMENTS = frozenset(("do_execute", "do_execute_no_params", "do_executemany", "execution_ctx_cls"))
_LEVELS = frozenset(("set_isolation_level", "reset_isolation_level"))
_ENDS = {"COMMIT": "do_commit", "ROLLBACK": "do_rollback"}
_SAVEPOINTS = {
    "SAVEPOINT": "do_savepoint",
    "ROLLBACK TO SAVEPOINT": "do_rollback_to_savepoint",
    "RELEASE SAVEPOINT": "do_release_savepoint",
}
