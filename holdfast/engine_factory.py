"""Makes engines: from an address to a dialect, a driver and a pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from holdfast import defaults, exc
from holdfast.compiler.dialect_hooks import overridden
from holdfast.dialect_lookup import dialect_package
from holdfast.engine.connector import Connector
from holdfast.engine.engine import Engine
from holdfast.engine.mock import MockConnection
from holdfast.engine.older_keywords import by_strategy, take_older_keywords
from holdfast.engine.plain_connection import opener
from holdfast.engine.plugins import make_plugins
from holdfast.engine.pool import Pool
from holdfast.engine.queue_pool import AsyncAdaptedQueuePool, QueuePool
from holdfast.engine.small_pools import SingletonThreadPool, StaticPool
from holdfast.engine.url import URL, make_url

if TYPE_CHECKING:
    from holdfast.engine.asyncio import AsyncEngine

_ENGINE_KEYWORDS = (
    "echo", "logging_name", "hide_parameters", "query_cache_size", "execution_options", "isolation_level",
    "enable_from_linting",
)  # fmt: skip
_DIALECT_KEYWORDS = (
    "max_identifier_length", "label_length", "use_insertmanyvalues", "insertmanyvalues_page_size",
)  # fmt: skip
# What it asks for is so in any case: nothing is rolled back in autocommit.
_IGNORED = ("skip_autocommit_rollback",)
_POOL_KEYWORDS = {
    "pool_recycle": "recycle",
    "pool_pre_ping": "pre_ping",
    "echo_pool": "echo",
    "pool_logging_name": "logging_name",
    "pool_reset_on_return": "reset_on_return",
    "pool_events": "events",
}
_QUEUE_KEYWORDS = {
    "pool_size": "pool_size",
    "max_overflow": "max_overflow",
    "pool_timeout": "timeout",
    "pool_use_lifo": "use_lifo",
}


def create_engine(url: str | URL, **keywords: Any) -> Engine:
    """Return an engine for a database; nothing is opened before the first use.

    Args:
        url: ``dialect+driver://user:password@host:port/database``; ``sqlite://`` is a database in memory.
        echo: print SQL; logging_name: added to the logger's name; hide_parameters: keep values out of the log and of
            messages (by default they are).
        connect_args: arguments for the driver; for SQLite also ``foreign_keys``, ``journal_mode``, ``begin``.
        creator: a function that opens the driver's connection instead; on an asynchronous engine ``async_creator``.
        module: the driver's module, instead of the one that the address names.
        pool, poolclass: a pool that is there already, or the class of it.
        pool_size, max_overflow, pool_timeout, pool_use_lifo: of a queue pool.
        pool_recycle, pool_pre_ping, pool_reset_on_return, pool_events, echo_pool, pool_logging_name: of every pool.
        isolation_level, execution_options, query_cache_size: of the engine.
        enable_from_linting: warn of tables in FROM that nothing joins (the default).
        paramstyle, max_identifier_length, label_length, json_serializer, json_deserializer: of the dialect; native_datetime
            of SQLite's, native_inet_types of PostgreSQL's, is_mariadb of MySQL's.
        plugins: names of plug-ins, see `CreateEnginePlugin`.

    Raises:
        ArgumentError: the address is none.
        NoSuchModuleError: the database, the driver or a plug-in is not known.
        TypeError: an argument that no engine, dialect or pool knows.
    """
    if "strategy" in keywords:
        return by_strategy(create_mock_engine, url, keywords)  # type: ignore[no-any-return]
    return _make_engine(make_url(url), dict(keywords), is_async=False)


def _make_engine(address: URL, keywords: dict[str, Any], is_async: bool) -> Engine:
    if not keywords.pop("future", True):
        raise exc.ArgumentError("The 'future' parameter passed to create_engine() may only be set to True.")
    address, plugins = make_plugins(address, keywords)
    dialect, pool = _make_dialect_and_pool(address, keywords, is_async, plugins)
    own = {name: keywords.pop(name) for name in _ENGINE_KEYWORDS if name in keywords}
    own.setdefault("hide_parameters", defaults.current.hide_parameters)
    _refuse_rest(keywords, dialect, pool)
    engine = Engine(pool, dialect, address, **own)
    methods = overridden(dialect.__class__)
    if methods:
        # Here and not above: few programs have a dialect of their own.
        from holdfast.engine.own_dialects import install

        install(engine, dialect, methods)
    if engine.options.get("schema_translate_map"):
        engine.rename_schemas(engine.options["schema_translate_map"])
    for plugin in plugins:
        plugin.engine_created(engine)
    dialect.engine_created(engine)
    return engine


def _make_dialect_and_pool(
    address: URL, keywords: dict[str, Any], is_async: bool, plugins: Any = ()
) -> tuple[Any, Pool]:
    """Return dialect and pool, taking their keywords out of `keywords`."""
    module = dialect_package(address)
    for plugin in plugins:
        plugin.handle_dialect_kwargs(module.dialect, keywords)
    given = keywords.get("paramstyle")
    dialect = module.make_dialect(address, is_async, keywords)
    _check_numbers(dialect, given)
    dialect.configure(**{name: keywords.pop(name) for name in _DIALECT_KEYWORDS if name in keywords})
    for name in _IGNORED:
        keywords.pop(name, None)
    take_older_keywords(keywords, dialect)
    return dialect, _make_pool(address, module, dialect, keywords, plugins)


def _check_numbers(dialect: Any, paramstyle: str | None) -> None:
    """Refuse parameters by number where the driver does not say that it takes them: it would take them by their place.

    Raises: ArgumentError.
    """
    module = getattr(getattr(dialect, "link", None), "module", None)
    is_taken = paramstyle is not None and getattr(module, "paramstyle", None) == paramstyle
    if paramstyle is not None and not is_taken and dialect.capabilities.numbered:
        raise exc.ArgumentError(
            f"The driver takes no parameters by number: the paramstyle {paramstyle!r} is for texts that are shown, "
            f"statement.compile(dialect={dialect.name}.dialect(paramstyle={paramstyle!r}))."
        )


def _refuse_rest(keywords: Mapping[str, Any], dialect: Any, pool: Pool) -> None:
    """Refuse keywords that nobody has taken.

    Raises: TypeError.
    """
    if keywords:
        names = ",".join(repr(name) for name in keywords)
        raise TypeError(
            f"Invalid argument(s) {names} sent to create_engine(), using configuration "
            f"{type(dialect).__name__}/{type(pool).__name__}/Engine.  Please check that the keyword arguments are "
            "appropriate for this combination of components."
        )


def _make_pool(address: URL, module: Any, dialect: Any, keywords: dict[str, Any], plugins: Any) -> Pool:
    """Return the pool of an engine, taking its keywords out of `keywords`."""
    arguments = dict(keywords.pop("connect_args", None) or {})
    creator = keywords.pop("creator", None)
    if dialect.is_async:
        creator = _async_creator(creator, keywords.pop("async_creator", None))
    given: Pool | None = keywords.pop("pool", None)
    class_ = (
        keywords.pop("poolclass", None) or dialect.get_pool_class(address) or _default_pool(module, address, dialect)
    )
    if given is not None:
        if not isinstance(given.creator, Connector):
            given.open_by(opener(given.creator, dialect))
        return given
    names = dict(_POOL_KEYWORDS)
    if issubclass(class_, QueuePool):
        names.update(_QUEUE_KEYWORDS)
    elif issubclass(class_, SingletonThreadPool):
        names["pool_size"] = "pool_size"
    options = {inner: keywords.pop(outer) for outer, inner in names.items() if outer in keywords}
    for plugin in plugins:
        plugin.handle_pool_kwargs(class_, options)
    connector = Connector(dialect, address, arguments, creator)
    made: Pool = class_(connector, dialect=dialect, is_async=dialect.is_async, **options)
    return made


def _async_creator(creator: Callable[[], Any] | None, async_creator: Callable[[], Any] | None) -> Any:
    if creator is not None and async_creator is not None:
        raise exc.ArgumentError("Can only specify one of 'async_creator' or 'creator', not both.")
    return async_creator or creator


def _default_pool(module: Any, address: URL, dialect: Any) -> type[Pool]:
    if not module.shares_connection(address):
        return AsyncAdaptedQueuePool if dialect.is_async else QueuePool
    return StaticPool if dialect.is_async else SingletonThreadPool


def create_async_engine(url: str | URL, **keywords: Any) -> AsyncEngine:
    """Return an asynchronous engine; see `create_engine`.

    Args:
        url: with an asynchronous driver: ``sqlite+aiosqlite://``.
        async_creator: a coroutine function that opens the driver's connection.
    """
    if keywords.get("server_side_cursors"):
        raise exc.AsyncMethodRequired(
            "Can't set server_side_cursors for async engine globally; use the connection.stream() method for an async "
            "streaming result set"
        )
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.asyncio import AsyncEngine

    address = make_url(url)
    return AsyncEngine(_make_engine(address, dict(keywords), is_async=True))


def engine_from_config(configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **keywords: Any) -> Engine:
    """Return an engine from a configuration whose keys begin with `prefix`: ``sqlalchemy.url``, ``sqlalchemy.echo`` ..."""
    return create_engine(*_address_of(configuration, prefix, keywords), **keywords)


def async_engine_from_config(
    configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **keywords: Any
) -> AsyncEngine:
    """Return an asynchronous engine from a configuration; see `engine_from_config`."""
    return create_async_engine(*_address_of(configuration, prefix, keywords), **keywords)


def _address_of(configuration: Mapping[str, Any], prefix: str, keywords: dict[str, Any]) -> list[Any]:
    """Return the address, and enter the other options of a configuration into `keywords`, which go before them."""
    options = {key[len(prefix) :]: value for key, value in configuration.items() if key.startswith(prefix)}
    for name, value in options.items():
        keywords.setdefault(name, _converted(name, value))
    keywords.pop("_coerce_config", None)
    if "url" not in keywords:
        raise exc.ArgumentError(f"The configuration has no '{prefix}url'")
    return [keywords.pop("url")]


_SWITCHES = (
    "echo", "echo_pool", "pool_pre_ping", "pool_use_lifo", "hide_parameters", "future", "use_insertmanyvalues",
    "enable_from_linting", "skip_autocommit_rollback",
)  # fmt: skip
_NUMBERS = (
    "pool_size", "max_overflow", "query_cache_size", "max_identifier_length", "label_length", "insertmanyvalues_page_size",
)  # fmt: skip


def _converted(name: str, value: Any) -> Any:
    """Return a value of a configuration file as its keyword wants it."""
    if not isinstance(value, str):
        return value
    if name in _SWITCHES:
        return value if value == "debug" else value.lower() in ("true", "yes", "on", "1", "t", "y")
    if name in _NUMBERS:
        return int(value)
    return float(value) if name in ("pool_timeout", "pool_recycle") else value


def create_mock_engine(url: str | URL, executor: Callable[..., Any], **keywords: Any) -> MockConnection:
    """Return an object that stands for an engine and sends nothing: for seeing the SQL of ``metadata.create_all``.

    Args:
        url: names the database; no driver is needed.
        executor: gets each statement and its parameters; ``str(statement.compile(dialect=engine.dialect))`` is its SQL.
    """
    return MockConnection(dialect_package(make_url(url)).dialect(), executor)


def create_pool_from_url(url: str | URL, **keywords: Any) -> Pool:
    """Return a pool for a database, without an engine.

    Args:
        url: see `create_engine`.
        keywords: those of `create_engine` that are the pool's, with or without ``pool_`` before them, and `poolclass`.

    Raises: TypeError: an argument that the pool does not know.
    """
    return _make_pool_alone(url, keywords, is_async=False)


def create_async_pool_from_url(url: str | URL, **keywords: Any) -> Pool:
    """Return a pool for a database with an asynchronous driver, without an engine; see `create_pool_from_url`."""
    return _make_pool_alone(url, keywords, is_async=True)


def _make_pool_alone(url: str | URL, keywords: dict[str, Any], is_async: bool) -> Pool:
    longer = {inner: outer for outer, inner in (_POOL_KEYWORDS | _QUEUE_KEYWORDS).items()}
    renamed = {longer.get(name, name): value for name, value in keywords.items()}
    dialect, pool = _make_dialect_and_pool(make_url(url), renamed, is_async)
    _refuse_rest(renamed, dialect, pool)
    return pool
