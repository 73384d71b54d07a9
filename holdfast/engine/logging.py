"""The log of an engine: SQL and transaction marks at INFO under ``holdfast.engine.Engine``; values only when asked.

What one engine's ``echo`` asks for is its own: the logger, which other engines have too, stays as the program set it.
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging

ENGINE_LOGGER = "holdfast.engine.Engine"
POOL_LOGGER = "holdfast.pool.impl"


def engine_logger(echo: bool | str | None, name: str | None) -> Any:
    """Return the logger of an engine.

    Args:
        echo: True prints SQL to standard output, ``"debug"`` rows too; otherwise the program's logging decides.
        name: the engine's ``logging_name``, added to the logger's name.
    """
    return _logger(ENGINE_LOGGER if name is None else f"{ENGINE_LOGGER}.{name}", echo)


def pool_logger(class_name: str, echo: bool | str | None, name: str | None) -> Any:
    """Return the logger of a pool.

    Args:
        class_name: of the pool; stands in the logger's name.
        echo: True prints what becomes of connections, ``"debug"`` each use.
        name: the pool's ``logging_name``, added to the logger's name.
    """
    full = f"{POOL_LOGGER}.{class_name}"
    return _logger(full if name is None else f"{full}.{name}", echo)


def _logger(name: str, echo: bool | str | None) -> Any:
    import logging  # here and not above: it is a heavy one, and only a program with an engine needs it

    logger = logging.getLogger(name)
    if not echo:
        return logger
    if not logging.getLogger("holdfast").handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logging.getLogger("holdfast").addHandler(handler)
    return EchoingLogger(logger, _DEBUG if echo == "debug" else _INFO)


_INFO, _DEBUG = 20, 10


class EchoingLogger:
    """A logger with a level of its own.

    Args:
        logger: whose handlers get the messages.
        level: from which on, whatever the logger itself lets through.
    """

    def __init__(self, logger: logging.Logger, level: int) -> None:
        self.logger = logger
        self.level = level

    def isEnabledFor(self, level: int) -> bool:
        """Return True if messages of a level are let through."""
        return level >= self.level and self.logger.manager.disable < level

    def info(self, message: str, *values: Any) -> None:
        """Log a message at INFO."""
        self._log(_INFO, message, values)

    def debug(self, message: str, *values: Any) -> None:
        """Log a message at DEBUG."""
        self._log(_DEBUG, message, values)

    def _log(self, level: int, message: str, values: tuple[Any, ...]) -> None:
        if self.isEnabledFor(level):
            logger = self.logger
            file, line, function, _ = logger.findCaller(False, 3)
            logger.handle(logger.makeRecord(logger.name, level, file, line, message, values, None, function))


def is_enabled(logger: Any, level: str) -> bool:
    """Return True if a logger lets messages of a level through: "info" or "debug"."""
    return bool(logger.isEnabledFor(_DEBUG if level == "debug" else _INFO))


def shown_parameters(parameters: Any, hidden: bool, many: bool) -> str:
    """Return the parameters for the log: hidden, or shortened to a line."""
    if hidden:
        return "[SQL parameters hidden due to hide_parameters=True]"
    if many and len(parameters) > 10:
        first = ", ".join(repr(row) for row in parameters[:8])
        return f"[{first}  ... displaying 8 of {len(parameters)} total bound parameter sets]"
    return repr(parameters)


def origin(compiled: Any) -> str:
    """Return in brackets where a text comes from: just made, from the cache, or as the program wrote it."""
    if compiled is None:
        return "[raw sql]"
    if compiled.made is None:
        return "[no key]"
    at, took = compiled.made
    if took is None:
        return f"[cached since {perf_counter() - at:.4g}s ago]"
    compiled.made = (at, None)
    return f"[generated in {took:.5f}s]"


def log_rows(logger: Any, token: str, description: Any, rows: Any) -> None:
    """Log the rows of a result, at DEBUG."""
    if description is not None:
        logger.debug("%sCol %r", token, tuple(column[0] for column in description))
        for row in rows:
            logger.debug("%sRow %r", token, tuple(row))
