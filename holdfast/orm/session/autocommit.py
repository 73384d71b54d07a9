"""The ``autocommit=True`` mode of the 1.x series: without `begin()`, each call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from holdfast import exc

T = TypeVar("T")

_BEGINNING = frozenset({"core_begin_nested", "core_own_connection"})
"""What begins a transaction that goes on after the call."""


def warn_of_mode() -> None:
    """Say what to write today."""
    exc.warn_deprecated(
        "Session(autocommit=True) is the mode of the 1.x series: without begin() each call is a transaction of its own. "
        "Write 'with session.begin():' around what belongs together, or use an engine with "
        "isolation_level='AUTOCOMMIT'.",
        stacklevel=4,
    )


async def core_alone(session: Any, core: Callable[..., Coroutine[Any, Any, T]], arguments: Any) -> T:
    """Run one of the session's coroutines in a transaction of its own.

    Raises: InvalidRequestError: commit without a transaction.
    """
    name = core.__name__
    if name == "core_commit":
        raise exc.InvalidRequestError("No transaction is begun.")
    try:
        result = await core(*arguments)
    except BaseException:
        if session.transaction is not None:
            await session.transaction.core_rollback(True)
        raise
    level = session.transaction
    if level is not None and name not in _BEGINNING:
        if name == "core_flush":
            await level.core_commit(True)
        else:
            # A mere look: objects keep what they have.
            await level.core_commit(True, False)
    return result
