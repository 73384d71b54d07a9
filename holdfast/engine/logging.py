"""The log of an engine: SQL and transaction marks at INFO under ``holdfast.engine.Engine``; values only when asked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging

ENGINE_LOGGER = "holdfast.engine.Engine"
POOL_LOGGER = "holdfast.pool.impl"


def engine_logger(echo: bool | str | None, name: str | None) -> logging.Logger:
    """Return the logger of an engine.

    Args:
        echo: True prints SQL to standard output, ``"debug"`` rows too; otherwise the program's logging decides.
        name: the engine's ``logging_name``, added to the logger's name.
    """
    return _logger(ENGINE_LOGGER if name is None else f"{ENGINE_LOGGER}.{name}", echo)


def pool_logger(class_name: str, echo: bool | str | None, name: str | None) -> logging.Logger:
    """Return the logger of a pool.

    Args:
        class_name: of the pool; stands in the logger's name.
        echo: True prints what becomes of connections, ``"debug"`` each use.
        name: the pool's ``logging_name``, added to the logger's name.
    """
    full = f"{POOL_LOGGER}.{class_name}"
    return _logger(full if name is None else f"{full}.{name}", echo)


def _logger(name: str, echo: bool | str | None) -> logging.Logger:
    import logging  # here and not above: it is a heavy one, and only a program with an engine needs it

    logger = logging.getLogger(name)
    if echo:
        logger.setLevel(logging.DEBUG if echo == "debug" else logging.INFO)
        if not logging.getLogger("holdfast").handlers and not logging.getLogger().handlers:
            handler = logging.StreamHandler(sys.stdout)
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
            logging.getLogger("holdfast").addHandler(handler)
    return logger


def is_enabled(logger: logging.Logger, level: str) -> bool:
    """Return True if a logger lets messages of a level through: "info" or "debug"."""
    return logger.isEnabledFor(10 if level == "debug" else 20)


def shown_parameters(parameters: Any, hidden: bool, many: bool) -> str:
    """Return the parameters for the log: hidden, or shortened to a line."""
    if hidden:
        return "[SQL parameters hidden due to hide_parameters=True]"
    if many and len(parameters) > 10:
        first = ", ".join(repr(row) for row in parameters[:8])
        return f"[{first}  ... displaying 8 of {len(parameters)} total bound parameter sets]"
    return repr(parameters)
