"""What a driver's own objects can do, as PEP 249 says: for the annotations of listeners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class DBAPIType(Protocol):
    """A constant of a driver that stands for a type: ``STRING``, ``NUMBER`` ..."""


class DBAPICursor(Protocol):
    """A driver's cursor."""

    arraysize: int
    lastrowid: int

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """One sequence for each column of the answer, its name first; None for no rows."""

    @property
    def rowcount(self) -> int:
        """The number of rows that the last statement gave or changed."""

    def close(self) -> None:
        """Close the cursor."""

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        """Run a statement."""

    def executemany(self, operation: Any, parameters: Any) -> Any:
        """Run a statement once for each row of parameters."""

    def fetchone(self) -> Any | None:
        """Return the next row, or None."""

    def fetchmany(self, size: int = ...) -> Sequence[Any]:
        """Return the next rows."""

    def fetchall(self) -> Sequence[Any]:
        """Return all further rows."""

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Announce types of parameters."""

    def setoutputsize(self, size: Any, column: Any) -> None:
        """Announce the size of a column."""

    def callproc(self, procname: str, parameters: Sequence[Any] = ...) -> Any:
        """Call a procedure."""

    def nextset(self) -> bool | None:
        """Go on to the next answer."""


class DBAPIConnection(Protocol):
    """A driver's connection."""

    autocommit: bool

    def close(self) -> None:
        """Close the connection."""

    def commit(self) -> None:
        """Commit the transaction."""

    def rollback(self) -> None:
        """Roll the transaction back."""

    def cursor(self, *args: Any, **kwargs: Any) -> DBAPICursor:
        """Return a new cursor."""


class DBAPIModule(Protocol):
    """A driver's module."""

    paramstyle: str

    def connect(self, *args: Any, **kwargs: Any) -> DBAPIConnection:
        """Open a connection."""
