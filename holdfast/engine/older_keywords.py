"""Keywords of `create_engine` from earlier series: what they asked for is done where it still can be, with a warning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast import exc


def take_older_keywords(keywords: dict[str, Any], dialect: Any) -> None:
    """Take keywords of earlier series out of those of an engine, and put in what they mean today.

    Raises: ArgumentError: the driver can not leave rows in the database.
    """
    for name, told in _WITHOUT_EFFECT.items():
        if keywords.pop(name, None) is not None:
            exc.warn_deprecated(f"The create_engine.{name} parameter {told}", stacklevel=6)
    if keywords.pop("server_side_cursors", None):
        _take_server_side_cursors(keywords, dialect)


_WITHOUT_EFFECT = {
    "implicit_returning": (
        "is deprecated and changes nothing. Table(implicit_returning=False) is the way for one table."
    ),
    "empty_in_strategy": (
        "is deprecated, and no longer has any effect: IN with an empty list is always written as an expression that is false."
    ),
}


def _take_server_side_cursors(keywords: dict[str, Any], dialect: Any) -> None:
    if not dialect.supports_server_side_cursors:
        raise exc.ArgumentError(
            f"Dialect {dialect!r} does not support server side cursors: the database is in this process, and its rows are made "
            "as they are read with the execution options stream_results or yield_per."
        )
    exc.warn_deprecated(
        "The create_engine.server_side_cursors parameter is deprecated and will be removed in a future release.  Please use "
        "the Connection.execution_options.stream_results parameter.",
        stacklevel=7,
    )
    keywords["execution_options"] = {"stream_results": True, **(keywords.get("execution_options") or {})}


def by_strategy(make_mock: Callable[..., Any], url: Any, keywords: dict[str, Any]) -> Any:
    """Return what ``create_engine(strategy=...)`` made.

    Raises: ArgumentError: a strategy other than "mock".
    """
    strategy = keywords.pop("strategy")
    exc.warn_deprecated(
        "The create_engine.strategy keyword is deprecated, and the only argument accepted is 'mock'; please use "
        "create_mock_engine() going forward.  Pools have their own keywords (poolclass), plug-ins theirs.",
        stacklevel=4,
    )
    if strategy != "mock":
        raise exc.ArgumentError(f"unknown strategy: {strategy!r}")
    return make_mock(url, **keywords)
