"""Opens connections for an engine's pool: asks the listeners, wraps what the driver raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from holdfast import exc
from holdfast.engine.engine import Engine, core_ask_first
from holdfast.engine.errors import wrap_driver_error
from holdfast.engine.execution_context import ExceptionContext, ask_listeners

_UNKNOWN = re.compile(r"unexpected keyword argument '(\w+)'|'(\w+)' is an invalid keyword argument")
"""How functions of Python and of C say that they do not know an argument."""


class Connector:
    """What a pool calls for a new connection.

    Args:
        dialect: its driver opens connections.
        address: of the database.
        given: ``connect_args`` of the engine.
        creator: opens the driver's connection instead; on an asynchronous engine a coroutine function.
    """

    def __init__(
        self, dialect: Any, address: Any, given: Mapping[str, Any], creator: Callable[[], Any] | None = None
    ) -> None:
        self._dialect = dialect
        self._address = address
        self._given = given
        self._creator = creator
        self._engine: Engine | None = None

    def serve(self, engine: Engine) -> None:
        """Ask this engine's listeners."""
        self._engine = engine

    async def __call__(self, entry: Any) -> Any:
        """Open a connection for an entry of the pool.

        Raises: DBAPIError: what the driver said. ArgumentError: the address has an option that the driver does not know.
        """
        dialect = self._dialect
        try:
            driver = await self._core_open(entry)
        except Exception as error:
            raise self._wrapped(error) from error
        dialect.note_version(driver)
        if dialect.default_isolation_level is None:
            await self._core_ask_first(driver)
        return driver

    async def _core_ask_first(self, driver: Any) -> None:
        """Let the dialect know what the first connection tells.

        Raises: DBAPIError: what the driver said.
        """
        try:
            await core_ask_first(self._dialect, driver)
        except BaseException as error:
            driver.terminate()
            if isinstance(error, Exception):
                raise self._wrapped(error) from error
            raise

    async def _core_open(self, entry: Any) -> Any:
        driver = self._dialect.link
        if self._creator is not None:
            return await _core_value(driver.adopt(await _core_value(self._creator())))
        own = self._dialect.own_methods
        arguments = driver.arguments(self._address, self._given)
        if "create_connect_args" in own:
            # Here and below, not above: few programs have a dialect of their own.
            from holdfast.engine.own_dialects import connect_arguments

            arguments = connect_arguments(self._dialect, self._address, arguments, self._given)
        for listener in self._engine.dispatch.do_connect if self._engine is not None else ():
            raw = listener(self._dialect, entry, arguments.args, arguments.keywords)
            if raw is not None:
                return await _core_value(driver.adopt(raw))
        if "connect" in own:
            from holdfast.engine.own_dialects import opened

            return await _core_value(driver.adopt(opened(self._dialect, arguments)))
        try:
            return await driver.connect(arguments)
        except TypeError as error:
            unknown = _UNKNOWN.search(str(error))
            if unknown is None:
                raise
            raise exc.ArgumentError(
                f"The address or connect_args give {unknown[1] or unknown[2]!r}, which the driver {driver.name} does not take as an "
                "option of a connection. Look at the words behind '?' in the address, and at connect_args."
            ) from error

    def _wrapped(self, error: Exception) -> BaseException:
        """Return what is raised for an error."""
        wrapped = wrap_driver_error(self._dialect, error, None, None, True)
        # There was no connection yet that could have been lost.
        if wrapped is not error:
            wrapped.connection_invalidated = False  # type: ignore[attr-defined]
        engine = self._engine
        if engine is None or not engine.dispatch.handle_error:
            return wrapped
        facts = ExceptionContext(engine, None, error, None if wrapped is error else wrapped, None)
        return ask_listeners(facts, engine.dispatch.handle_error)

    def tell_dead(self, error: Exception) -> bool:
        """Tell the listeners that an idle connection did not answer.

        Returns: whether all others in the pool are to be called lost, too.
        """
        engine = self._engine
        if engine is None or not engine.dispatch.handle_error:
            return True
        wrapped = wrap_driver_error(self._dialect, error, None, None, True)
        facts = ExceptionContext(engine, None, error, None if wrapped is error else wrapped, None)
        facts.is_pre_ping = facts.is_disconnect = True
        ask_listeners(facts, engine.dispatch.handle_error)
        return facts.invalidate_pool_on_disconnect


async def _core_value(found: Any) -> Any:
    """Return what was given, after waiting for it where it is to be awaited."""
    return await found if hasattr(found, "__await__") else found
