"""The engine: a dialect, a pool, and what is remembered of compiled statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.compiler.cache import CompiledCache
from holdfast.engine.bridge import in_bridge
from holdfast.engine.connection import Connection
from holdfast.engine.events import CONNECTION_EVENTS, engine_class_dispatch
from holdfast.engine.logging import engine_logger
from holdfast.engine.pool import POOL_EVENTS, Pool
from holdfast.engine.reflection import Inspector
from holdfast.engine.schema import run_schema
from holdfast.event import Dispatch, register
from holdfast.inspection import register_inspector

"""Result shapes remembered per engine."""


class EngineDispatch(Dispatch):
    """An engine's listeners; tells the engine when somebody watches its statements."""

    def __init__(self, engine: Any) -> None:
        self._engine: Any = None
        super().__init__(CONNECTION_EVENTS, [engine_class_dispatch])
        self._engine = engine

    def _gather(self, name: str) -> None:
        super()._gather(name)
        if self._engine is not None:
            self._engine.look_at_listeners()


class Engine:
    """The way to one database. Made by `create_engine`, once per database and process.

    Attributes:
        dialect: what the database is like.
        pool: its connections.
        url: its address.
        memo: room for what higher layers prepare per engine.
        watched: statements are listened to or logged.
    """

    is_connection = False

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
        execution_options: Mapping[str, Any] | None = None,
        isolation_level: str | None = None,
    ) -> None:
        self.pool = pool
        self.dialect = dialect
        self.url = url
        self.hide_parameters = hide_parameters
        self.options: Mapping[str, Any] = dict(execution_options or {})
        level = isolation_level or self.options.get("isolation_level")
        self.autocommit = dialect.is_autocommit(level) if level else False
        self.isolation_level = None if self.autocommit else level
        self.memo: dict[str, Any] = {}
        self._cache = CompiledCache(query_cache_size)
        self.dispatch: Any = EngineDispatch(self)
        self.logger = engine_logger(echo, logging_name)
        self._echo = echo
        self.logs = False
        self.watched = False
        self.look_at_listeners()

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
        """The name of the driver's module."""
        return str(self.dialect.driver.module.__name__)

    @property
    def echo(self) -> Any:
        """Whether SQL is printed."""
        return self._echo

    @echo.setter
    def echo(self, value: Any) -> None:
        self._echo = value
        self.logger = engine_logger(value, None)
        self.look_at_listeners()

    def look_at_listeners(self) -> None:
        """Note whether statements are watched, so that a connection tests one flag."""
        dispatch = self.dispatch
        self.logs = self.logger.isEnabledFor(20)
        self.watched = bool(self.logs or dispatch.before_cursor_execute or dispatch.after_cursor_execute)

    def compiled(self, statement: Any, column_keys: tuple[str, ...] | None = None, fetches_key: bool = False) -> Any:
        """Return the compiled form of a statement, remembered by its structure; see `CompiledCache`."""
        return self._cache.compiled(statement, self.dialect, column_keys, fetches_key)

    async def core_connect(self) -> Connection:
        """Take a connection from the pool."""
        entry = await self.pool.core_acquire()
        connection = Connection(self, entry)
        if self.dispatch.engine_connect:
            for listener in self.dispatch.engine_connect:
                listener(connection)
        return connection

    def _check_sync(self, what: str) -> None:
        if self.dialect.is_async and not in_bridge():
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

    def raw_connection(self) -> Any:
        """Return the driver's connection of a pool entry."""
        self._check_sync("Engine.raw_connection()")
        return drive(self.pool.core_acquire()).driver.raw

    def execution_options(self, **options: Any) -> Engine:
        """Return an engine over the same pool whose connections have these options."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.options = {**self.options, **options}
        if "isolation_level" in options:
            level = options["isolation_level"]
            other.autocommit = self.dialect.is_autocommit(level)
            other.isolation_level = None if other.autocommit else level
        return other

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options of its connections."""
        return self.options

    async def core_dispose(self) -> None:
        """Close the idle connections."""
        await self.pool.core_dispose()

    def dispose(self, close: bool = True) -> None:
        """Close the idle connections; the engine may be used again."""
        self._check_sync("Engine.dispose()")
        if close:
            drive(self.core_dispose())

    def run_schema(self, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
        """Create or drop in a transaction (called by parts of a schema)."""
        with self.begin() as connection:
            run_schema(connection, what, subject, tables, checkfirst)

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"


def _dispatch_of(engine: Engine, name: str) -> Dispatch:
    """Return the dispatch of an event: a pool's events are told by its pool."""
    return engine.pool.dispatch if name in POOL_EVENTS else engine.dispatch  # type: ignore[no-any-return]


register_inspector(Engine, Inspector.of)
register_inspector(Connection, Inspector.of)
register(lambda target: target is Engine, lambda target, name: engine_class_dispatch)
register(lambda target: isinstance(target, Engine), _dispatch_of)
