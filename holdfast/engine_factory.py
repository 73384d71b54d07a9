"""Makes engines: from an address to a dialect, a driver and a pool."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from holdfast import defaults, exc
from holdfast.engine.engine import Engine
from holdfast.engine.errors import wrap_driver_error
from holdfast.engine.pool import AsyncAdaptedQueuePool, Pool, QueuePool, SingletonThreadPool, StaticPool
from holdfast.engine.url import URL, make_url

if TYPE_CHECKING:
    from holdfast.engine.asyncio import AsyncEngine

_DIALECTS = {"sqlite": "sqlite", "postgresql": "postgresql"}
_ENGINE_KEYWORDS = (
    "echo", "logging_name", "hide_parameters", "query_cache_size", "execution_options", "isolation_level",
)  # fmt: skip
_IGNORED = ("future", "echo_pool", "pool_logging_name", "insertmanyvalues_page_size", "use_insertmanyvalues", "json_serializer",
            "json_deserializer", "label_length", "max_identifier_length", "enable_from_linting", "skip_autocommit_rollback",
            "pool_reset_on_return", "plugins")  # fmt: skip
_POOL_KEYWORDS = {
    "pool_size": "pool_size",
    "max_overflow": "max_overflow",
    "pool_timeout": "timeout",
    "pool_recycle": "recycle",
    "pool_pre_ping": "pre_ping",
    "pool_use_lifo": "use_lifo",
}


def create_engine(url: str | URL, **keywords: Any) -> Engine:
    """Return an engine for a database; nothing is opened before the first use.

    Args:
        url: ``dialect+driver://user:password@host:port/database``; ``sqlite://`` is a database in memory.
        echo: print SQL.
        hide_parameters: keep values out of the log and of messages; by default they are.
        paramstyle: how parameters stand in the text: "qmark", "named", "format" or "pyformat", if the driver knows it.
        connect_args: arguments for the driver; for SQLite also ``foreign_keys``, ``journal_mode``, ``begin``.
        pool_size, max_overflow, pool_timeout, pool_recycle, pool_pre_ping, pool_use_lifo, poolclass: of the pool.
        isolation_level, execution_options, query_cache_size, logging_name: of the engine.

    Raises:
        ArgumentError: the address is none.
        NoSuchModuleError: the database or driver is not known.
        TypeError: an argument that no engine, dialect or pool knows.
    """
    return _make_engine(make_url(url), keywords, is_async=False)


def _make_engine(address: URL, keywords: dict[str, Any], is_async: bool) -> Engine:
    module = _dialect_module(address)
    dialect = module.make_dialect(address, is_async, keywords)
    pool = _make_pool(address, module, dialect, keywords)
    own = {name: keywords.pop(name) for name in _ENGINE_KEYWORDS if name in keywords}
    own.setdefault("hide_parameters", defaults.current.hide_parameters)
    for name in _IGNORED:
        keywords.pop(name, None)
    if keywords:
        names = ", ".join(repr(name) for name in keywords)
        raise TypeError(
            f"Invalid argument(s) {names} sent to create_engine(), using configuration "
            f"{type(dialect).__name__}/{type(pool).__name__}/Engine.  Please check that the keyword arguments are "
            "appropriate for this combination of components."
        )
    return Engine(pool, dialect, address, **own)


def _dialect_module(address: URL) -> Any:
    """Return the package of an address's dialect: the only look-up of a higher layer, by name."""
    name = _DIALECTS.get(address.get_backend_name())
    if name is None:
        raise exc.NoSuchModuleError(
            f"Can't load plugin: holdfast.dialects:{address.get_backend_name()}. Holdfast knows "
            f"{', '.join(sorted(set(_DIALECTS.values())))}; an address begins like sqlite://."
        )
    return importlib.import_module(f"holdfast.dialects.{name}")


def _make_pool(address: URL, module: Any, dialect: Any, keywords: dict[str, Any]) -> Pool:
    """Return the pool of an engine, taking its keywords out of `keywords`."""
    arguments = dict(keywords.pop("connect_args", None) or {})
    creator = keywords.pop("creator", None)
    given: Pool | None = keywords.pop("pool", None)
    if given is not None:
        return given
    class_ = keywords.pop("poolclass", None) or _default_pool(module, address, dialect)
    is_queue = issubclass(class_, QueuePool)
    options = {
        inner: keywords.pop(outer)
        for outer, inner in _POOL_KEYWORDS.items()
        if outer in keywords and (is_queue or inner in ("recycle", "pre_ping"))
    }

    async def connect() -> Any:
        if creator is not None:
            return dialect.driver.adopt(creator())
        try:
            return await dialect.driver.connect(address, arguments)
        except dialect.driver.module.Error as error:
            raise _connect_error(dialect, error) from error

    return class_(connect, is_async=dialect.is_async, **options)


def _connect_error(dialect: Any, error: Exception) -> Exception:
    return wrap_driver_error(dialect, error, None, None, True)


def _default_pool(module: Any, address: URL, dialect: Any) -> type[Pool]:
    if not module.shares_connection(address):
        return AsyncAdaptedQueuePool if dialect.is_async else QueuePool
    return StaticPool if dialect.is_async else SingletonThreadPool


def create_async_engine(url: str | URL, **keywords: Any) -> AsyncEngine:
    """Return an asynchronous engine; see `create_engine`.

    Args:
        url: with an asynchronous driver: ``sqlite+aiosqlite://``.
    """
    if keywords.get("server_side_cursors"):
        raise exc.ArgumentError("Can't set server_side_cursors for async engine globally; use stream()")
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.asyncio import AsyncEngine

    address = make_url(url)
    return AsyncEngine(_make_engine(address, keywords, is_async=True))


def engine_from_config(configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **keywords: Any) -> Engine:
    """Return an engine from a configuration whose keys begin with `prefix`: ``sqlalchemy.url``, ``sqlalchemy.echo`` ..."""
    options = {key[len(prefix) :]: value for key, value in configuration.items() if key.startswith(prefix)}
    converted = {name: _converted(name, value) for name, value in options.items()}
    converted.update(keywords)
    url = converted.pop("url", None)
    if url is None:
        raise exc.ArgumentError(f"The configuration has no '{prefix}url'")
    return create_engine(url, **converted)


def _converted(name: str, value: Any) -> Any:
    """Return a value of a configuration file as its keyword wants it."""
    if not isinstance(value, str):
        return value
    if name in ("echo", "pool_pre_ping", "pool_use_lifo", "hide_parameters", "future"):
        return value if value == "debug" else value.lower() in ("true", "yes", "on", "1", "t", "y")
    if name in ("pool_size", "max_overflow", "query_cache_size"):
        return int(value)
    return float(value) if name in ("pool_timeout", "pool_recycle") else value
