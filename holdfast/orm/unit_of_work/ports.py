"""What the unit of work asks of the session, and what it tells it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from holdfast.orm.state import Holder, InstanceState


class FlushOutcome:
    """What a flush did to the objects; the session takes all of it over at once, after the last statement.

    Attributes:
        inserted: objects that have a row now, with their primary key (a scalar, or a tuple if it is composite).
        updated: objects whose row was brought up to date; they are clean already.
        switched: objects whose row has another primary key now, with that key.
        removed: objects whose row was deleted.
        expunged: pending objects that were not inserted, because what they belonged to let them go.
        is_last: set beforehand: the batch is the last one, and COMMIT follows it.
    """

    __slots__ = ("expunged", "inserted", "is_last", "removed", "switched", "updated")

    def __init__(self) -> None:
        self.inserted: list[tuple[InstanceState, object, Any]] = []
        self.updated: dict[InstanceState, object] = {}
        self.switched: list[tuple[InstanceState, Any]] = []
        self.removed: dict[InstanceState, object] = {}
        self.expunged: list[InstanceState] = []
        self.is_last = False


class FlushSession(Protocol):
    """The session as the unit of work sees it.

    Attributes:
        holder: the identity map, with what is new, dirty and marked for deletion.
        dispatch: listeners by event name; an empty tuple where nobody listens.
    """

    holder: Holder
    dispatch: Any

    async def core_call_listener(self, listener: Callable[..., Any], *arguments: Any) -> Any:
        """Call a listener of an event at which I/O is allowed."""

    async def core_connection_for(self, mapper: Any) -> Any:
        """Return the connection for a mapper's tables, in the session's transaction."""

    async def core_load_attribute(self, state: InstanceState, instance: Any, key: str) -> Any:
        """Load one attribute of a persistent object and return it; nothing is flushed before."""

    async def core_delete(self, instance: Any) -> None:
        """Mark a persistent object for deletion, with all that the delete cascade reaches."""

    def flush_begins(self) -> None:
        """The flush's own work begins, after the listeners before it."""

    def flush_ends(self) -> None:
        """The flush's own work has ended."""

    def commits_next(self, connection: Any) -> bool:
        """Return True if the flush under way belongs to a commit that concerns this connection alone."""
        ...

    def accept_flush(self, outcome: FlushOutcome) -> None:
        """Take over what a successful flush did."""
