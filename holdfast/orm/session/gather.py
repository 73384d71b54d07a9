"""Several statements of one session at once: in one hop, or one pipeline, where the driver can do that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.engine.async_result import whole_result
from holdfast.engine.gathering import can_gather, core_together
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.execute_state import NOTHING


async def core_gather(session: SessionCore, statements: Sequence[Any]) -> list[Any]:
    """Run statements and return their results, in their order; see `AsyncSession.gather`."""
    if session.has_changes():
        await session.core_autoflush()
    if _go_together(session, statements):
        connection = await session.core_connection_for()
        if can_gather(connection):
            writes = not all(getattr(statement, "is_select", False) for statement in statements)
            return await core_together(connection, [_core_one(session, each) for each in statements], writes)
    return [await _core_one(session, statement) for statement in statements]


def _go_together(session: SessionCore, statements: Sequence[Any]) -> bool:
    """Return True if all use one connection, and none asks for something of its own on the way there."""
    if session.routes or session.execution_options or session.dispatch.do_orm_execute:
        return False
    return len(statements) > 1 and not any(getattr(each, "_execution_options", None) for each in statements)


async def _core_one(session: SessionCore, statement: Any) -> Any:
    return await whole_result(await session.core_result(statement, None, NOTHING, None), "AsyncSession", "gather")
