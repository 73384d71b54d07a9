"""PostgreSQL by psycopg2, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's.

The driver writes values into the text itself, so each statement is one round trip and none is prepared. It reads what this
file names as psycopg 3 does: bytes, documents, addresses, UUIDs.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
from psycopg2.extensions import AsIs

from holdfast.dialects.postgresql.drivers.address import address_parts, is_lost_text, version_numbers
from holdfast.dialects.postgresql.drivers.travelling import KEEPS, WOULD_ROLL_BACK
from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

_IDLE = psycopg2.extensions.TRANSACTION_STATUS_IDLE
_FAILED = psycopg2.extensions.TRANSACTION_STATUS_INERROR
_cursor_numbers = itertools.count(1)


def _read_bytes(value: Any, cursor: Any) -> Any:
    found = psycopg2.BINARY(value, cursor)
    return None if found is None else bytes(found)


def _read_address(value: Any, cursor: Any) -> Any:
    if value is None:
        return None
    return ipaddress.ip_interface(value) if "/" in value else ipaddress.ip_address(value)


def _read_network(value: Any, cursor: Any) -> Any:
    return None if value is None else ipaddress.ip_network(value)


_READERS = {"BYTEA": (17, 1001, _read_bytes), "INET": (869, 1041, _read_address), "CIDR": (650, 651, _read_network)}
"""Name of a type -> the server's numbers of it and of its arrays, and its reader."""
_TYPES = {
    name: (one, psycopg2.extensions.new_array_type((arrays,), f"HOLDFAST_{name}S", one))
    for name, (number, arrays, read) in _READERS.items()
    for one in [psycopg2.extensions.new_type((number,), f"HOLDFAST_{name}", read)]
}
for _class in (
    ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network, ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
):  # fmt: skip
    psycopg2.extensions.register_adapter(_class, lambda value: psycopg2.extensions.AsIs(f"'{value}'"))


def _fetched(cursor: Any) -> Fetched:
    """Return the answer on which a cursor stands."""
    description = cursor.description
    return Fetched([] if description is None else cursor.fetchall(), description, cursor.rowcount, None)


LOWEST = frozenset((-(2**15), -(2**31), -(2**63)))
"""The least numbers of the integer types: written bare before a cast, the cast would come before the minus."""


class _Bracketed(int):
    """A number that is written in brackets."""

    def __conform__(self, protocol: Any) -> Any:
        return AsIs(f"({int(self)})")


def _given(parameters: Any) -> Any:
    if parameters == ():
        return None
    if isinstance(parameters, dict) and any(type(value) is int and value in LOWEST for value in parameters.values()):
        return {
            name: _Bracketed(value) if type(value) is int and value in LOWEST else value
            for name, value in parameters.items()
        }
    return parameters


class Psycopg2Connection:
    """One psycopg2 connection; answers at once.

    Args:
        raw: the connection, in autocommit mode.
    """

    __slots__ = ("raw",)

    takes_begin_along = False
    rolls_back_soon = False

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        cursor = self.raw.cursor()
        cursor.execute(sql, _given(parameters))
        return _fetched(cursor)

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like."""
        if sql.startswith(KEEPS) and self.raw.get_transaction_status() == _FAILED:
            raise psycopg2.errors.InFailedSqlTransaction(WOULD_ROLL_BACK)
        self.raw.cursor().execute(sql)

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return self.run_on(self.raw.cursor(), sql, rows, True)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return [self.run(sql, row) for row in rows]

    def cursor(self) -> Any:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        if not many:
            cursor.execute(sql, _given(parameters))
            return _fetched(cursor)
        # Its executemany() forgets the counts of all rows but the last one.
        count = 0
        for row in parameters:
            cursor.execute(sql, _given(row))
            count += cursor.rowcount
        return Fetched([], None, count, None)

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; a query's rows stay at the server."""
        if not is_query:
            cursor = self.raw.cursor()
            cursor.execute(sql, _given(parameters))
            return CursorStream(cursor)
        # The driver does not know that a transaction is open, and allows no other cursor of the server.
        cursor = self.raw.cursor(f"holdfast_{next(_cursor_numbers)}", withhold=True)
        cursor.execute(sql, _given(parameters))
        return _NamedStream(cursor)

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, or end that."""
        self.raw.autocommit = not to_program

    async def close(self) -> None:
        """Say good-bye to the server and close."""
        self.raw.close()

    def terminate(self) -> None:
        """Close."""
        with suppress(psycopg2.Error):
            self.raw.close()

    def fileno(self) -> int:
        """Return the number of the connection's socket."""
        return self.raw.fileno()  # type: ignore[no-any-return]

    def in_transaction(self) -> bool:
        """Return True if the server has an open transaction."""
        return not self.raw.closed and self.raw.get_transaction_status() != _IDLE


class _NamedStream(CursorStream):
    """A cursor of the server, which is described with its first rows."""

    __slots__ = ("_ahead",)

    def __init__(self, raw: Any) -> None:
        self._ahead: list[Any] = raw.fetchmany(1)
        super().__init__(raw)

    def fetch(self, count: int | None) -> list[Any]:
        """Return the next rows."""
        ahead, self._ahead = self._ahead, []
        if count is None:
            return [*ahead, *self.raw.fetchall()]
        rest = count - len(ahead)
        return [*ahead, *(self.raw.fetchmany(rest) if rest > 0 else ())]


class Psycopg2Driver:
    """Opens connections.

    Args:
        json_loads: reads JSON documents; None: `json.loads`.
        module: what to use instead of psycopg2.
        native_inet: addresses of networks are read as objects of `ipaddress`, otherwise as strings.
    """

    is_async = False
    name = "psycopg2"

    def __init__(
        self, json_loads: Callable[[str], Any] | None = None, module: Any = None, native_inet: bool = True
    ) -> None:
        self._json_loads = json_loads or json.loads
        self._types = [type_ for name in (_TYPES if native_inet else ("BYTEA",)) for type_ in _TYPES[name]]
        self.module: Any = psycopg2 if module is None else module

    def adopt(self, raw: Any) -> Psycopg2Connection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.autocommit = True
        for type_ in self._types:
            psycopg2.extensions.register_type(type_, raw)
        psycopg2.extras.register_uuid(None, raw)
        psycopg2.extras.register_default_json(raw, loads=self._json_loads)
        psycopg2.extras.register_default_jsonb(raw, loads=self._json_loads)
        return Psycopg2Connection(raw)

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened."""
        settings, keywords = address_parts(url, given)
        return ConnectArguments([], keywords, settings)

    async def connect(self, arguments: ConnectArguments) -> Psycopg2Connection:
        """Open a connection."""
        return self.adopt(self.module.connect(*arguments.args, **arguments.keywords))

    @staticmethod
    def version_of(connection: Psycopg2Connection) -> tuple[int, ...]:
        """Return the server's version."""
        return version_numbers(connection.raw.server_version)

    @staticmethod
    def is_connection_lost(error: BaseException) -> bool:
        """Return True for an error without a SQLSTATE that means that the server is gone."""
        if not isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)):
            return False
        return is_lost_text(str(error))
