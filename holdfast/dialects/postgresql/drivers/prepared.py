"""Which statements a connection has prepared: those that it executes often, so that the server plans them once."""

from __future__ import annotations

from typing import Any

from psycopg import pq

CAN_CLOSE = pq.version() >= 170000
"""The C library can tell the server to forget one statement."""

Key = tuple[Any, Any]
"""A `Text` and the types of its values."""


class Prepared:
    """The names of prepared statements, the latest used last.

    Args:
        connection: the driver's; how often a statement is executed before it is prepared, and how many are, it knows.
    Attributes:
        dropped: names that the server may forget.
    """

    __slots__ = ("_connection", "_count", "_counts", "_names", "dropped")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._names: dict[Key, bytes] = {}
        self._counts: dict[Key, int] = {}
        self._count = 0
        self.dropped: list[bytes] = []

    def known(self, key: Key) -> bytes | None:
        """Return the name of a prepared statement."""
        name = self._names.get(key)
        if name is not None:
            del self._names[key]
            self._names[key] = name
        return name

    def wanted(self, key: Key, times: int) -> bytes | None:
        """Count executions of a statement that is not prepared; returns the name by which to prepare it, if it is time to."""
        threshold, most = self._connection.prepare_threshold, self._connection.prepared_max
        if threshold is None or most == 0:
            return None
        count = self._counts.pop(key, 0) + times
        if count <= threshold:
            if most is not None and len(self._counts) >= most:
                del self._counts[next(iter(self._counts))]
            self._counts[key] = count
            return None
        if most is not None and len(self._names) >= most:
            if not CAN_CLOSE:
                return None
            self.dropped.append(self._names.pop(next(iter(self._names))))
        self._count += 1
        name = self._names[key] = b"holdfast_%d" % self._count
        return name

    def forget(self, key: Key) -> None:
        """Use a prepared statement no more: it may be the reason of an error, or never have got to the server."""
        name = self._names.pop(key, None)
        if name is not None:
            self.dropped.append(name)

    def forget_all(self) -> None:
        """Use none of them: what they were planned for may have changed."""
        self.dropped.extend(self._names.values())
        self._names.clear()
        self._counts.clear()

    def take_dropped(self) -> list[bytes]:
        """Return what the server is to forget now."""
        dropped, self.dropped = self.dropped, []
        return dropped if CAN_CLOSE else []
