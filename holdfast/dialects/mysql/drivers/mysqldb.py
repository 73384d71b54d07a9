"""MySQL and MariaDB by mysqlclient, which is imported as MySQLdb.

The driver does not show whether a transaction is open: it is followed here, by the statements that the server ends one for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import MySQLdb
from MySQLdb.cursors import SSCursor

from holdfast.dialects.mysql.drivers.common import DEADLOCK, MySQLConnection, connect_arguments, introduce
from holdfast.dialects.mysql.implicit_commit import ENDS_TRANSACTION
from holdfast.engine.driver import ConnectArguments


class MySQLdbConnection(MySQLConnection):
    """One connection of mysqlclient."""

    __slots__ = ("_is_open",)

    error_class = MySQLdb.Error
    streaming_cursor = SSCursor

    def __init__(self, raw: Any, kill: Callable[[], None] | None = None) -> None:
        super().__init__(raw, kill)
        self._is_open = False

    def _prepare(self, sql: str) -> None:
        super()._prepare(sql)
        if sql.startswith(("BEGIN", "XA START")):
            self._is_open = True
        elif sql in ("COMMIT", "ROLLBACK") or sql.startswith(("XA COMMIT", "XA ROLLBACK", "XA PREPARE")):
            self._is_open = False
        elif self._begun:
            # What was ended comes back with the next statement.
            self._is_open = ENDS_TRANSACTION.match(sql) is None

    def _note(self, error: BaseException) -> None:
        if error.args and error.args[0] == DEADLOCK:
            self._is_open = False

    def is_open_there(self) -> bool:
        return self._is_open

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.raw.fileno()  # type: ignore[no-any-return]

    def is_closed(self) -> bool:
        """Return True after its end."""
        return not self.raw.open


class MySQLdbDriver:
    """Opens connections.

    Args:
        module: what to use instead of MySQLdb.
    Attributes:
        meet: is told the server's version by each new connection.
    """

    is_async = False
    name = "mysqldb"

    def __init__(self, module: Any = None) -> None:
        self.module: Any = MySQLdb if module is None else module
        self.meet: Callable[[str], None] | None = None

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened: ``MySQLdb.connect``'s arguments."""
        keywords = connect_arguments(url, given)
        # The C library takes the name for a socket of this machine.
        if keywords.get("host") == "localhost" and "port" in keywords:
            keywords["host"] = "127.0.0.1"
        keywords.setdefault("charset", "utf8mb4")
        return ConnectArguments([], keywords, {})

    async def connect(self, arguments: ConnectArguments) -> MySQLdbConnection:
        """Open a connection."""
        return self.open(arguments)

    def open(self, arguments: ConnectArguments) -> MySQLdbConnection:
        """Do what `connect` promises, without a coroutine."""
        connection = self.adopt(self.module.connect(*arguments.args, **arguments.keywords))
        number = connection.raw.thread_id()
        connection._kill = lambda: self._kill_query(arguments, number)
        return connection

    def adopt(self, raw: Any) -> MySQLdbConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit(True)
        introduce(raw, self.meet)
        return MySQLdbConnection(raw)

    def _kill_query(self, arguments: ConnectArguments, number: int) -> None:
        """End the statement that runs on a connection, by another one."""
        with suppress(Exception):
            other = self.module.connect(*arguments.args, **{**arguments.keywords, "connect_timeout": 5})
            try:
                other.cursor().execute(f"KILL QUERY {number}")
            finally:
                other.close()
