"""The engine: a dialect, a pool, and what is remembered of compiled statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from holdfast import compiler, exc
from holdfast._util.collections import BoundedMemory
from holdfast._util.drive import drive
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.public_dialect import Dialect
from holdfast.engine.bridge import in_bridge
from holdfast.engine.connection import Connection
from holdfast.engine.driver import Fetched
from holdfast.engine.events import (
    DIALECT_EVENTS,
    POOL_EVENTS,
    ConnectionDispatch,
    DerivedDispatch,
    OwnDispatch,
    dialect_class_dispatch,
    engine_class_dispatch,
)
from holdfast.engine.logging import engine_logger
from holdfast.engine.pool import Pool, class_dispatch
from holdfast.engine.pooled import PoolProxiedConnection
from holdfast.event import Dispatch, register
from holdfast.inspection import register_inspector


class Engine:
    """The way to one database. Made by `create_engine`, once per database and process.

    Attributes:
        dialect: what the database is like.
        pool: its connections.
        url: its address.
        memo: room for what higher layers prepare per engine.
        dispatch: who listens to it; an engine that `execution_options` makes of it tells its listeners too.
        is_async: its driver needs an event loop.
        connection_class: of its connections; another one for a dialect that overrides what they do.
    """

    connection_class: type[Connection] = Connection

    def __init__(
        self,
        pool: Pool,
        dialect: Any,
        url: Any,
        *,
        echo: bool | str | None = None,
        logging_name: str | None = None,
        hide_parameters: bool = True,
        query_cache_size: int = 500,
        enable_from_linting: bool = True,
        execution_options: Mapping[str, Any] | None = None,
        isolation_level: str | None = None,
    ) -> None:
        self.pool = pool
        self.dialect = dialect
        self.is_connection = False
        self.is_async: bool = dialect.is_async
        self.url = url
        self.hide_parameters = hide_parameters
        self.logging_name = logging_name
        self.options: Mapping[str, Any] = dict(execution_options or {})
        level = isolation_level or self.options.get("isolation_level")
        self.autocommit = dialect.is_autocommit(level) if level else False
        self.isolation_level = None if self.autocommit or not level else level.upper().replace("_", " ")
        self.memo: dict[str, Any] = {}
        self.dispatch: Any = ConnectionDispatch([engine_class_dispatch, dialect_class_dispatch(type(dialect))])
        self._dialect_dispatch: Any = self.dispatch
        dialect.dispatch = self.dispatch
        self.echo = echo
        self._cache_options = (query_cache_size, enable_from_linting)
        self._cache = compiler.cache.CompiledCache(*self._cache_options)
        connector = getattr(pool, "creator", None)
        if hasattr(connector, "serve"):
            connector.serve(self)

    @property
    def engine(self) -> Engine:
        """This engine (a Connection has the same attribute)."""
        return self

    @property
    def name(self) -> str:
        """The name of the database."""
        return str(self.dialect.name)

    @property
    def driver(self) -> str:
        """The name of the driver."""
        return str(self.dialect.driver)

    @property
    def echo(self) -> Any:
        """Whether SQL is printed."""
        return self._echo

    @echo.setter
    def echo(self, value: Any) -> None:
        self._echo = value
        self.logger = engine_logger(value, self.logging_name)
        self._look_at_log()

    def _look_at_log(self) -> None:
        """Note whether statements are logged: a program may set its loggers' levels at any time."""
        logs = self.logger.isEnabledFor(20)
        if logs is not self.dispatch.logs:
            self.dispatch.log(logs)

    def compiled(
        self, statement: Any, column_keys: tuple[str, ...] | None = None, fetches: Fetches = Fetches.NOTHING
    ) -> Any:
        """Return the compiled form of a statement, remembered by its structure.

        Args:
            column_keys: columns whose values come with the execution, for INSERT and UPDATE.
            fetches: what an INSERT tells without having been asked.
        """
        key = statement._key, column_keys, fetches
        found = self._cache.kept.get(key)
        return self._cache.compile(key, statement, self.dialect) if found is None else found

    def compiled_anew(self, statement: Any, column_keys: tuple[str, ...] | None, fetches: Fetches) -> Any:
        """Return the compiled form of a statement, remembered by nobody."""
        return compiler.statements.compile_statement(statement, self.dialect, column_keys, fetches=fetches)

    def clear_compiled_cache(self) -> None:
        """Forget the compiled forms of statements."""
        self._cache = compiler.cache.CompiledCache(*self._cache_options)

    async def core_connect(self) -> Connection:
        """Take a connection from the pool."""
        entry = await self.pool.core_acquire()
        if self.logger.isEnabledFor(20) is not self.dispatch.logs:
            self._look_at_log()
        connection = self.connection_class(self, entry)
        if self.dispatch.engine_connect:
            for listener in self.dispatch.engine_connect:
                listener(connection)
        return connection

    def _check_sync(self, what: str) -> None:
        if self.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(what)

    def connect(self) -> Connection:
        """Take a connection from the pool; as a block it goes back at the end."""
        self._check_sync("Engine.connect()")
        return drive(self.core_connect())

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A block with a connection and a transaction: commits at the end, rolls back after an error."""
        with self.connect() as connection, connection.begin():
            yield connection

    def raw_connection(self) -> PoolProxiedConnection:
        """Return a driver's connection from the pool, which begins transactions as the DBAPI says; `close` it."""
        self._check_sync("Engine.raw_connection()")
        return drive(self.pool.core_connect())

    def execution_options(self, **options: Any) -> Engine:
        """Return an engine over the same pool whose connections have these options; see `Connection.execution_options`."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.dispatch = DerivedDispatch([self.dispatch], self.dispatch.logs)
        other.update_execution_options(**options)
        return other

    def update_execution_options(self, **options: Any) -> None:
        """Set options of this engine's connections to come."""
        for listener in self.dispatch.set_engine_execution_options:
            listener(self, options)
        self.options = {**self.options, **options}
        if "isolation_level" in options:
            level = options["isolation_level"]
            self.autocommit = self.dialect.is_autocommit(level)
            self.isolation_level = None if self.autocommit else level.upper().replace("_", " ")
        if "schema_translate_map" in options:
            self.rename_schemas(options["schema_translate_map"] or {})

    def rename_schemas(self, schemas: Mapping[str | None, str | None]) -> None:
        """Take other names for schemas; statements are compiled and kept apart from those with the names declared."""
        self.dialect = self.dialect.with_schemas(schemas)
        self._cache = compiler.cache.CompiledCache(*self._cache_options)
        self.memo = {}

    def with_schemas(self, schemas: Mapping[str | None, str | None]) -> Engine:
        """Return the engine for these names of schemas, the same one for the same names."""
        kept: BoundedMemory[Any, Engine] = self.memo.setdefault("engines_by_schemas", BoundedMemory(100))
        key = tuple(sorted(schemas.items(), key=str))
        found = kept.get(key)
        if found is None:
            found = kept[key] = self.execution_options(schema_translate_map=schemas)
        return found

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options of its connections."""
        return self.options

    def default_isolation_level(self, connection: Connection) -> str:
        """Return the level that the database gives to connections without a wish; asked once."""
        found: str | None = self.dialect.default_isolation_level
        if found is None:
            connection.check_sync("Connection.default_isolation_level")
            drive(core_ask_first(self.dialect, connection.driver))
            found = self.dialect.default_isolation_level
        return str(found)

    async def core_dispose(self, close: bool = True) -> None:
        """Close the idle connections, or, without `close`, take a new pool and leave them alone."""
        if close:
            await self.pool.core_dispose()
            self.pool.begin_anew()
        else:
            self.pool = self.pool.recreate()
        for listener in self.dispatch.engine_disposed:
            listener(self)

    def dispose(self, close: bool = True) -> None:
        """Close the idle connections; the engine may be used again.

        Args:
            close: False leaves them open and forgets them: for a process that was forked.
        """
        self._check_sync("Engine.dispose()")
        drive(self.core_dispose(close))

    def run_schema(self, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
        """Create or drop in a transaction (called by parts of a schema)."""
        from holdfast.engine.schema import run_schema  # not every program creates tables

        with self.begin() as connection:
            run_schema(connection, what, subject, tables, checkfirst)

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"


async def core_ask_first(dialect: Any, driver: Any) -> None:
    """Let a dialect know the schema of names without one and the default isolation level, from a first connection."""
    sql, level_of = dialect.first_query
    sent = driver.run(sql, ())
    fetched = sent if sent.__class__ is Fetched else await sent
    dialect.default_schema_name, level = fetched.rows[0]
    dialect.default_isolation_level = level_of(level)


def _dispatch_of(engine: Engine, name: str) -> Dispatch:
    """Return the dispatch of an event: a pool's events are told by its pool, a dialect's by all engines that share it."""
    if name in POOL_EVENTS:
        return engine.pool.dispatch
    return engine._dialect_dispatch if name in DIALECT_EVENTS else engine.dispatch  # type: ignore[no-any-return]


def _dispatch_of_connection(connection: Connection, name: str) -> Dispatch:
    """Return the dispatch of one connection, made when somebody listens to it.

    Raises: InvalidRequestError: an event that belongs to the engine.
    """
    if name in DIALECT_EVENTS:
        raise exc.InvalidRequestError(
            f"No such event {name!r} for a connection: it belongs to the dialect; listen on the engine."
        )
    if not isinstance(connection.dispatch, OwnDispatch):
        connection.dispatch = OwnDispatch([connection.dispatch], connection.dispatch.logs)
    return connection.dispatch  # type: ignore[no-any-return]


def _dispatch_of_all(class_: type, name: str) -> Dispatch:
    """Return the dispatch of an event for all engines: what pools tell is told by all pools."""
    return class_dispatch(Pool) if class_ is Engine and name in POOL_EVENTS else engine_class_dispatch


def _dispatch_of_dialects(class_: type, name: str) -> Dispatch:
    return dialect_class_dispatch(class_)


def _dispatch_of_dialect(dialect: Dialect, name: str) -> Dispatch:
    """Return the dispatch of the engine whose dialect it is.

    Raises: InvalidRequestError: it is no engine's; an event that is the engine's, not the dialect's.
    """
    if name not in DIALECT_EVENTS or dialect.dispatch is None:
        raise exc.InvalidRequestError(
            f"No such event {name!r} for a dialect {'' if name in DIALECT_EVENTS else 'itself'}: listen on the engine, or "
            f"on the class {type(dialect).__name__} for all of its engines."
        )
    return dialect.dispatch  # type: ignore[no-any-return]


def _inspector_of(bind: Any) -> Any:
    from holdfast.engine.reflection import Inspector  # few programs read schemas

    return Inspector.of(bind)


register_inspector(Engine, _inspector_of)
register_inspector(Connection, _inspector_of)
register(lambda target: isinstance(target, Connection), _dispatch_of_connection)
register(lambda target: target is Engine or target is Connection, _dispatch_of_all)
register(lambda target: isinstance(target, type) and issubclass(target, Dialect), _dispatch_of_dialects)
register(lambda target: isinstance(target, Dialect), _dispatch_of_dialect)
register(lambda target: isinstance(target, Engine), _dispatch_of)


Connectable = Engine | Connection
"""What statements can be executed on, or on a connection of: for annotations and `isinstance`."""
