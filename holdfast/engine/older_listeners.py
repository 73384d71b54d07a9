"""Listeners of events whose arguments were fewer or more in the 1.x series are called with those, and warned of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any, NamedTuple

from holdfast import exc


class Older(NamedTuple):
    """The form of an event's listeners in the 1.x series.

    Args:
        names: of their arguments.
        of: makes their arguments of those of today.
    """

    names: tuple[str, ...]
    of: Callable[..., tuple[Any, ...]]


OLDER = {
    "engine_connect": Older(("conn", "branch"), lambda conn: (conn, False)),
    "before_execute": Older(("conn", "clauseelement", "multiparams", "params"), lambda *told: told[:4]),
    "after_execute": Older(
        ("conn", "clauseelement", "multiparams", "params", "result"), lambda *told: (*told[:4], told[5])
    ),
    "reset": Older(("dbapi_connection", "connection_record"), lambda *told: told[:2]),
}


def of_today(
    name: str, fn: Callable[..., Any], options: Mapping[str, Any], names: tuple[str, ...]
) -> Callable[..., Any]:
    """Return a listener with the arguments of today: `fn` itself, unless it has those of the 1.x series.

    Args:
        name: the event's name.
        names: of its arguments today.
    """
    older = OLDER.get(name)
    if older is None or options.get("named") or _number_of_arguments(fn) != len(older.names):
        return fn
    warnings.warn(
        f'The argument signature for the "{name}" event listener has changed as of version 2.0, and conversion for the old '
        f'argument signature will be removed in a future release.  The new signature is "def {name}({", ".join(names)})"',
        exc.SADeprecationWarning,
        stacklevel=4,
    )

    @wraps(fn)
    def call_older(*told: Any) -> Any:
        return fn(*older.of(*told))

    return call_older


def _number_of_arguments(fn: Callable[..., Any]) -> int | None:
    """Return how many arguments a function takes by place; None: any number, or it does not say."""
    try:
        parameters = signature(fn).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is Parameter.VAR_POSITIONAL for each in parameters):
        return None
    return sum(each.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD) for each in parameters)
