"""MySQL and MariaDB by PyMySQL."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pymysql
from pymysql.constants import SERVER_STATUS
from pymysql.cursors import SSCursor

from holdfast.dialects.mysql.drivers.common import (
    DEADLOCK,
    MySQLConnection,
    connect_arguments,
    introduce,
    with_password_in_utf8,
)
from holdfast.dialects.mysql.drivers.login import telling_what_is_missing
from holdfast.engine.driver import ConnectArguments

_IN_TRANSACTION = SERVER_STATUS.SERVER_STATUS_IN_TRANS


class _Encoders(dict[Any, Any]):
    """The driver's functions that write values; a subclass of a known class is written like that class."""

    def get(self, key: Any, default: Any = None) -> Any:
        found = super().get(key)
        if found is None and isinstance(key, type):
            found = next((self[class_] for class_ in key.__mro__[1:] if class_ in self), None)
        return default if found is None else found


class PyMySQLConnection(MySQLConnection):
    """One PyMySQL connection."""

    __slots__ = ()

    error_class = pymysql.err.MySQLError
    streaming_cursor = SSCursor

    def _note(self, error: BaseException) -> None:
        # The server rolls back the loser of a deadlock, but does not say so in its status.
        if error.args and error.args[0] == DEADLOCK:
            self.raw.server_status &= ~_IN_TRANSACTION

    def is_open_there(self) -> bool:
        return self.raw.open and bool(self.raw.server_status & _IN_TRANSACTION)

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.raw._sock.fileno()  # type: ignore[no-any-return]

    def is_closed(self) -> bool:
        """Return True after its end."""
        return not self.raw.open


class PyMySQLDriver:
    """Opens connections.

    Args:
        module: what to use instead of PyMySQL.
    Attributes:
        meet: is told the server's version by each new connection.
    """

    is_async = False
    name = "pymysql"

    def __init__(self, module: Any = None) -> None:
        self.module: Any = pymysql if module is None else module
        self.meet: Callable[[str], None] | None = None

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened: ``pymysql.connect``'s arguments."""
        return ConnectArguments([], with_password_in_utf8(connect_arguments(url, given)), {})

    async def connect(self, arguments: ConnectArguments) -> PyMySQLConnection:
        """Open a connection."""
        return self.open(arguments)

    def open(self, arguments: ConnectArguments) -> PyMySQLConnection:
        """Do what `connect` promises, without a coroutine."""
        with telling_what_is_missing(self.module):
            raw = self.module.connect(*arguments.args, **arguments.keywords)
        connection = self.adopt(raw)
        connection._kill = lambda: self._kill(arguments, raw)
        return connection

    def adopt(self, raw: Any) -> PyMySQLConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit(True)
        raw.encoders = _Encoders(raw.encoders)
        introduce(raw, self.meet)
        return PyMySQLConnection(raw)

    def _kill(self, arguments: ConnectArguments, raw: Any) -> None:
        """End the statement that runs on a connection; where the server can not be asked, end the connection."""
        try:
            keywords = {**arguments.keywords, "connect_timeout": 5, "read_timeout": 5}
            other = self.module.connect(*arguments.args, **keywords)
            try:
                other.cursor().execute("KILL QUERY %s", (raw.thread_id(),))
            finally:
                other.close()
        except Exception:
            # Not closed: closing waits for the thread that reads.
            with suppress(Exception):
                raw._sock.shutdown(socket.SHUT_RDWR)
