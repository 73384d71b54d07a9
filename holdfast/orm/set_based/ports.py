"""What writing by statement asks of the session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.state import InstanceState


class WritingSession(Protocol):
    """The session as set-based writing sees it.

    Attributes:
        holder: its identity map.
    """

    holder: IdentityMap

    async def core_connection_for(self, mapper: Any, clause: Any = None) -> Any:
        """Return the connection for a mapper's tables, in the session's transaction."""

    def register_gone(self, state: InstanceState) -> None:
        """A DELETE by statement removed the object's row."""

    def register_written(self, states: Iterable[InstanceState]) -> None:
        """A statement may have changed these objects' rows: a savepoint that is rolled back expires them."""

    def register_moved(self, moved: Iterable[tuple[InstanceState, Any]]) -> None:
        """A statement has changed the primary keys of these objects' rows to the given ones."""
