"""Which asynchronous object stands before a synchronous one: sessions, transactions, connections, engines.

Each pair is made once and the asynchronous one is remembered weakly, so that asking twice gives the same object.
"""

from __future__ import annotations

import weakref
from typing import Any

from holdfast import exc
from holdfast.engine.asyncio import AsyncConnection, AsyncEngine
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.objects import object_session


def async_session(session: Any) -> Any:
    """Return the AsyncSession that a Session stands behind, or None.

    Args:
        session: a Session, such as listeners get in hand.
    """
    face = session.async_face
    return None if face is None else face()


def async_object_session(instance: object) -> Any:
    """Return the AsyncSession that an object is in, or None.

    Raises: UnmappedInstanceError: it is not of a mapped class.
    """
    session = object_session(instance)
    return None if session is None else async_session(session)


def sync_bind(bind: Any) -> Any:
    """Return the Engine or Connection behind an asynchronous one.

    Raises: ArgumentError: `bind` is not asynchronous.
    """
    found = getattr(bind, "sync_engine", None) if not hasattr(bind, "sync_connection") else bind.sync_connection
    if found is None:
        raise exc.ArgumentError(
            f"AsyncEngine expected, got {type(bind).__name__}. Make one with create_async_engine(url); a connection is "
            "started first, by 'async with' or 'await'."
        )
    return found


def transaction_face(session: Any, transaction: Any) -> AsyncSessionTransaction | None:
    """Return the AsyncSessionTransaction of a level, the same one as long as somebody holds it."""
    if transaction is None:
        return None
    known = getattr(transaction, "async_face", None)
    face: AsyncSessionTransaction | None = None if known is None else known()
    if face is None:
        face = AsyncSessionTransaction(session, transaction.nested)
        face.adopt(transaction)
    return face


def engine_face(session: Any, engine: Any) -> Any:
    """Return the AsyncEngine or AsyncConnection of a bind: the one that the program gave, where it gave one."""
    for given in (session.bind, *session.binds.values()):
        if given is not None and sync_bind(given) is engine:
            return given
    return _connection_face(session, engine) if engine.is_connection else AsyncEngine(engine)


def connection_face(session: Any, connection: Any) -> AsyncConnection:
    """Return the AsyncConnection of a session's connection, the same one as long as somebody holds it."""
    known = session.__dict__.get("_connection_face")
    face: AsyncConnection | None = None if known is None else known()
    if face is None or face.sync_connection is not connection:
        face = _connection_face(session, connection)
        session._connection_face = weakref.ref(face)
    return face


def _connection_face(session: Any, connection: Any) -> AsyncConnection:
    for given in (session.bind, *session.binds.values()):
        if getattr(given, "sync_connection", None) is connection:
            return given  # type: ignore[no-any-return]
    return AsyncConnection(engine_face(session, connection.engine), connection)
