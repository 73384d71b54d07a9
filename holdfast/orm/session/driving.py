"""How a session's coroutines are run: driven by the synchronous face, and what they call back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from itertools import count
from threading import get_ident
from typing import Any, TypeVar

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.session.autocommit import core_alone
from holdfast.orm.session.binds import SessionBinds
from holdfast.orm.session.guard import busy
from holdfast.orm.session.transaction import SessionTransaction

T = TypeVar("T")

_hash_keys = count(1)

_CALLED_AS = {"result": "execute", "own_connection": "connection"}
"""Methods whose coroutines have other names."""


def next_hash_key() -> int:
    """Return the number of the next session that has to be named in a message."""
    return next(_hash_keys)


class SessionDriving(SessionBinds):
    """State of a session, and how its coroutines run."""

    holder: IdentityMap
    transaction: SessionTransaction | None
    dispatch: Any
    autoflush: bool
    expire_on_commit: bool
    join_transaction_mode: str
    autobegin: bool
    twophase: bool
    execution_options: Mapping[str, Any]

    is_async = False
    """The engine is an asynchronous one: synchronous calls are legal only inside a bridge (``run_sync``)."""

    async_face: Any = None
    """A weak reference to the AsyncSession that stands before this one."""

    lazy_batching = "peers"
    """What the second lazy load among objects loaded together does: "peers", "one" or "raise"."""

    owner: Any = None
    """The thread or task that is inside of the session."""

    own_writes = 0
    """Statements that flushes of the running transaction sent; they tell by themselves what they changed."""

    autocommit = False
    """The mode of the 1.x series: without `begin()`, each call is a transaction of its own."""

    flushing = False

    flush_waits = False
    """An attribute is being loaded, and listeners see its statement before what was changed is flushed."""

    committing = False
    """The flush under way is the one of a commit."""

    is_closed = False
    """It was closed, and is one that may not be used again (``close_resets_only=False``)."""

    flush_begun = False
    """The flush under way is past the listeners before it."""

    flush_level: SessionTransaction | None = None
    """The level that listeners were told of for the flush under way."""

    block: SessionTransaction | None = None
    """The level of the innermost ``with`` block that is being run."""

    def run(self, core: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
        """Run one of the core's coroutines from a synchronous face.

        Raises:
            MissingGreenlet: the session is an asynchronous one and this is not a bridge; nothing was sent.
            IllegalStateChangeError: another thread is inside of the session.
        """
        if self.is_async:
            if not in_bridge():
                called = core.__name__.removeprefix("core_")
                raise exc.SyncCallOnAsyncError(f"{type(self).__name__}.{_CALLED_AS.get(called, called)}()")
            return drive(core(*arguments))
        owner = self.owner
        if owner is not None:
            if owner != get_ident():
                raise busy(self, owner)
            return drive(core(*arguments))
        self.owner = get_ident()
        try:
            if self.autocommit and self.transaction is None:
                return drive(core_alone(self, core, arguments))
            return drive(core(*arguments))
        finally:
            self.owner = None

    def check_alone(self, owner: Any) -> None:
        """Refuse what sends nothing, such as `add`, while another thread or task is inside.

        Args:
            owner: who is inside, as read at once: the other one may leave meanwhile.

        Raises: IllegalStateChangeError.
        """
        if self.is_async:
            from asyncio import current_task

            if in_bridge() or current_task() is owner:
                return
        elif owner == get_ident():
            return
        raise busy(self, owner)

    async def core_call_listener(self, listener: Callable[..., Any], *arguments: Any) -> Any:
        """Call an event listener; on an asynchronous session it may be ``async def``, or ask for the bridge (``io``)."""
        if self.is_async:
            if getattr(listener, "wants_io", False) and not in_bridge():
                return await in_new_bridge(listener, *arguments)
            result = listener(*arguments)
            return await result if hasattr(result, "__await__") else result
        return listener(*arguments)


async def in_new_bridge(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a bridge."""
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.bridge_thread import run_in_bridge

    return await run_in_bridge(function, *arguments)
