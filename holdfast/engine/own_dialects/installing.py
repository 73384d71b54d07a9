"""Looks which methods a dialect overrides and lets engine and pool ask them; for any other dialect it does nothing."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.compiler.dialect_hooks import MARKS, READING, STATEMENTS, WITHOUT_LOOP
from holdfast.engine.engine import Engine
from holdfast.engine.own_dialects.connection import OwnConnection
from holdfast.engine.own_dialects.reading import overriding

_LEARNING = frozenset(
    ("initialize", "_get_server_version_info", "_get_default_schema_name", "get_default_isolation_level")
)


def install(engine: Engine, dialect: Any, names: frozenset[str]) -> None:
    """Let an engine ask its dialect.

    Args:
        names: of the methods that it overrides.

    Raises: InvalidRequestError: one that is of no use to a driver for asyncio.
    """
    if engine.is_async and names & WITHOUT_LOOP:
        own = ", ".join(f"{name}()" for name in sorted(names & WITHOUT_LOOP))
        raise exc.InvalidRequestError(
            f"The dialect {type(dialect).__name__} overrides {own}, which can not await the driver of an asynchronous engine; "
            "listen to the engine's events do_connect, before_cursor_execute, begin, commit, rollback and savepoint instead."
        )
    dialect.own_methods = names
    if names & READING:
        dialect.plain_reflector = dialect.reflector
        dialect.reflector = overriding(dialect.reflector, names)
    if names & (STATEMENTS | MARKS):
        engine.connection_class = OwnConnection
    if names & STATEMENTS:
        # Whoever has a listener to statements sends them the way on which the dialect is asked.
        engine.dispatch.append("do_execute", _leaves_it)
    pool = engine.pool
    if names & {"on_connect", "on_connect_url"}:
        hear = dialect.on_connect_url(engine.url)
        if hear is not None:
            pool.dispatch.append("connect", lambda dbapi_connection, entry: hear(dbapi_connection), first=True)
    if names & _LEARNING:
        pool.tells_in_bridge = engine.is_async
        pool.dispatch.append("connect", _Initialization(engine))


def _leaves_it(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
    """Listen to a statement, and leave it to the dialect."""


class _Initialization:
    """Lets a dialect learn from the first connection of its engine, after `on_connect` had it."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Engine | None = engine

    def __call__(self, dbapi_connection: Any, entry: Any) -> None:
        engine, self._engine = self._engine, None
        if engine is None:
            return
        connection = engine.connection_class(engine, entry)
        try:
            engine.dialect.initialize(connection)
            if connection.in_transaction():
                connection.rollback()
        finally:
            connection.leave()


def connect_arguments(dialect: Any, address: Any, arguments: Any, given: Any) -> Any:
    """Return how a connection is opened, where the dialect says it; `connect_args` of the engine go before it.

    Args:
        arguments: what the driver makes of the address and `given`.
    """
    args, keywords = dialect.create_connect_args(address)
    own = {name: arguments.keywords[name] for name in given if name in arguments.keywords}
    return arguments._replace(args=list(args), keywords={**keywords, **own})


def opened(dialect: Any, arguments: Any) -> Any:
    """Return a driver's connection from the dialect's own `connect`."""
    dialect.open_raw = lambda args, keywords: (
        drive(dialect.link.connect(arguments._replace(args=list(args), keywords=dict(keywords)))).raw
    )
    return dialect.connect(*arguments.args, **arguments.keywords)
