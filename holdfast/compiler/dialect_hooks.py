"""The methods of a dialect that a program may override, each with what it does where nobody has.

An engine looks once, when it is made, which of them its dialect overrides (`overridden`), and asks these alone
(`engine.own_dialects`): where nothing is overridden nothing here is ever called, and nothing looks whether to call it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from holdfast import exc

SENDERS: dict[int, Callable[[], Any]] = {}
"""Driver's connection, by identity, that `do_commit` or `do_rollback` is called for now -> what sends the mark."""


class DialectHooks:
    """What a dialect is asked by an engine if a program overrides it.

    Attributes:
        own_methods: the names of those that are overridden, in an engine's dialect.
        dbapi_module: the name of the driver's module.
        open_raw: opens a connection of the driver with the settings of its engine; called by `connect`.
        plain_reflector: what reads the catalogue where nothing is overridden.
        execution_ctx_cls: the class of the contexts of its statements; derived classes have `pre_exec` and `post_exec`.
        colspecs: type -> the type that stands for it on this dialect.
    """

    link: Any
    reflector: Any
    server_version_info: tuple[int, ...] | None
    default_schema_name: str | None
    default_isolation_level: str | None

    own_methods: frozenset[str] = frozenset()
    dbapi_module: str | None = None
    open_raw: Callable[[Any, Any], Any] | None = None
    plain_reflector: Any = None
    execution_ctx_cls: Any = None
    colspecs: dict[type, type] = {}

    # -- before there is a connection ----------------------------------------------------------------------------------

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver's module."""
        if cls.dbapi_module is None:
            raise NotImplementedError(f"{cls.__name__} names no driver")
        return importlib.import_module(cls.dbapi_module)

    @classmethod
    def get_dialect_cls(cls, url: Any) -> Any:
        """Return the class of the dialect for an address."""
        return cls

    @classmethod
    def get_async_dialect_cls(cls, url: Any) -> Any:
        """Return the class of the dialect for an address, of an asynchronous engine."""
        return cls.get_dialect_cls(url)

    @classmethod
    def get_pool_class(cls, url: Any) -> Any:
        """Return the class of the pool for an address; None: the usual one."""
        return None

    @classmethod
    def engine_created(cls, engine: Any) -> None:
        """Look at an engine that was made."""

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of the driver's ``connect`` for an address."""
        arguments = self.link.arguments(url, {})
        return arguments.args, arguments.keywords

    # -- a connection begins -------------------------------------------------------------------------------------------

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Return a new connection of the driver."""
        if self.open_raw is None:
            return self.link.module.connect(*cargs, **cparams)
        return self.open_raw(cargs, cparams)

    def on_connect_url(self, url: Any) -> Any:
        """Return a function that gets each new connection of the driver, or None; see `on_connect`."""
        return self.on_connect()

    def on_connect(self) -> Any:
        """Return a function that gets each new connection of the driver, or None."""
        return None

    def initialize(self, connection: Any) -> None:
        """Learn from the first connection what the database is like."""
        self.server_version_info = self._get_server_version_info(connection)
        self.default_schema_name = self._get_default_schema_name(connection)
        self.default_isolation_level = self.get_default_isolation_level(connection.connection.dbapi_connection)

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...] | None:
        return self.server_version_info

    def _get_default_schema_name(self, connection: Any) -> str | None:
        return self.default_schema_name

    def get_default_isolation_level(self, dbapi_connection: Any) -> Any:
        """Return the isolation level of connections without a wish."""
        return self.default_isolation_level or self.get_isolation_level(dbapi_connection)

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Return True if an idle connection answers; False, or the driver's error, if it is lost."""
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute("SELECT 1")
        finally:
            cursor.close()
        return True

    def is_disconnect(self, e: Exception, connection: Any, cursor: Any) -> bool:
        """Return True for a driver's error that means that the connection is lost."""
        return bool(getattr(self.classify(e), "is_disconnect", False))  # type: ignore[attr-defined]

    # -- statements ----------------------------------------------------------------------------------------------------

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute a statement on a driver's cursor."""
        if parameters == ():
            cursor.execute(statement)
        else:
            cursor.execute(statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """Execute a statement that was sent with the option ``no_parameters``."""
        cursor.execute(statement)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute a statement once for each row of parameters."""
        cursor.executemany(statement, parameters)

    # -- transactions --------------------------------------------------------------------------------------------------

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction, before the engine does; where none is open then, the engine sends BEGIN."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit."""
        SENDERS.get(id(dbapi_connection), dbapi_connection.commit)()

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back."""
        SENDERS.get(id(dbapi_connection), dbapi_connection.rollback)()

    def do_savepoint(self, connection: Any, name: str) -> None:
        """Set a savepoint."""
        connection.send_mark(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Roll back to a savepoint."""
        connection.send_mark(f"ROLLBACK TO SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Any, name: str) -> None:
        """Release a savepoint."""
        connection.send_mark(f"RELEASE SAVEPOINT {name}")

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """Return the isolation level that a connection of the driver has now."""
        sql, level_of = self.isolation_query  # type: ignore[attr-defined]
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute(sql)
            return str(level_of(cursor.fetchone()[0]))
        finally:
            cursor.close()

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Set the isolation level of the transactions to come, where BEGIN does not say it."""
        sql = self.isolation_statement(level)  # type: ignore[attr-defined]
        if sql is not None:
            cursor = dbapi_connection.cursor()
            try:
                cursor.execute(sql)
            finally:
                cursor.close()

    def reset_isolation_level(self, dbapi_connection: Any) -> None:
        """Give a connection its usual isolation level."""
        self.set_isolation_level(dbapi_connection, self.default_isolation_level)


CONNECTING = frozenset(
    """import_dbapi get_dialect_cls get_async_dialect_cls get_pool_class engine_created create_connect_args on_connect
    on_connect_url initialize _get_server_version_info _get_default_schema_name get_default_isolation_level
    is_disconnect""".split()
)
STATEMENTS = frozenset(("do_execute", "do_execute_no_params", "do_executemany", "execution_ctx_cls"))
MARKS = frozenset(
    """do_begin do_commit do_rollback do_savepoint do_rollback_to_savepoint do_release_savepoint get_isolation_level
    set_isolation_level reset_isolation_level""".split()
)
WITHOUT_LOOP = STATEMENTS | MARKS | {"connect", "do_ping"}
"""What asks a driver's connection and is not awaited: of no use to a driver for asyncio."""
READING = frozenset(
    """get_columns get_pk_constraint get_foreign_keys get_indexes get_unique_constraints get_check_constraints
    get_table_comment get_table_options get_view_definition get_schema_names get_table_names get_view_names
    get_materialized_view_names get_temp_table_names get_temp_view_names get_sequence_names has_table has_sequence has_index
    has_schema get_multi_columns get_multi_pk_constraint get_multi_foreign_keys get_multi_indexes
    get_multi_unique_constraints get_multi_check_constraints get_multi_table_comment get_multi_table_options""".split()
)
TAKEN = CONNECTING | WITHOUT_LOOP | READING

NOT_TAKEN = {
    "statement_compiler": "elements and clauses are written otherwise by functions with @compiles",
    "type_compiler_cls": "types are written otherwise by functions with @compiles, or by the dialect's type_names",
    "type_compiler": "types are written otherwise by functions with @compiles, or by the dialect's type_names",
    "do_close": "listen to the pool's event 'close'",
    "do_terminate": "listen to the pool's event 'close'",
    "do_set_input_sizes": "no driver here is told the types of parameters beforehand",
    "do_begin_twophase": "override two_phase_texts(step, xid), which returns the statements of each step",
    "do_prepare_twophase": "override two_phase_texts(step, xid), which returns the statements of each step",
    "do_commit_twophase": "override two_phase_texts(step, xid), which returns the statements of each step",
    "do_rollback_twophase": "override two_phase_texts(step, xid), which returns the statements of each step",
    "do_recover_twophase": "override the attribute recover_query and recovered_xid(row)",
    "set_engine_execution_options": "listen to the engine's event of that name",
    "set_connection_execution_options": "listen to the engine's event of that name",
    "get_driver_connection": "raw connections come from the driver: connection.connection.driver_connection",
}
"""Documented elsewhere as a part of dialects, never asked here -> what does it instead."""


def overridden(class_: type) -> frozenset[str]:
    """Return the names of the methods of a dialect's class that are a program's own, by a derived class or put in its place.

    Raises: ArgumentError: one that no engine asks.
    """
    for name, instead in NOT_TAKEN.items():
        if _is_own(class_, name):
            raise exc.ArgumentError(
                f"The dialect {class_.__name__} has its own {name}, which no engine asks: {instead}."
            )
    return frozenset(name for name in TAKEN if _is_own(class_, name))


def _is_own(class_: type, name: str) -> bool:
    for owner in class_.__mro__:
        found = owner.__dict__.get(name)
        if found is not None:
            place = getattr(getattr(found, "__func__", found), "__module__", None) or owner.__module__
            return not (place.startswith("holdfast.") and owner.__module__.startswith("holdfast."))
    return False
