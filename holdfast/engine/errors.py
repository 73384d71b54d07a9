"""Wraps a driver's exceptions: the documented class, the statement beside it, the portable constraint errors."""

from __future__ import annotations

from typing import Any

from holdfast import exc

_FAMILY = (
    "IntegrityError",
    "OperationalError",
    "ProgrammingError",
    "DataError",
    "InternalError",
    "NotSupportedError",
    "DatabaseError",
    "InterfaceError",
)


def wrap_driver_error(
    dialect: Any,
    error: Exception,
    statement: str | None,
    parameters: Any,
    hide_parameters: bool,
    many: bool = False,
    connection: Any = None,
    cursor: Any = None,
) -> Exception:
    """Return the documented exception for a driver's one; `error` itself where it is none of the driver's.

    Args:
        dialect: knows the driver's module and classifies the error (`dialect.classify`).
        error: what the driver raised.
        statement: the SQL text.
        parameters: its parameters; shown only if `hide_parameters` is False.
        many: the parameters are a list of rows.
        connection, cursor: the driver's, for a dialect that looks at them.
    """
    module = dialect.link.module
    if not isinstance(error, module.Error):
        return error
    facts = dialect.classify(error)
    class_ = getattr(exc, facts.error_class, None) if facts is not None and facts.error_class else None
    if class_ is None:
        class_ = next(
            (getattr(exc, name) for name in _FAMILY if isinstance(error, getattr(module, name))), exc.DBAPIError
        )
    wrapped: Exception = class_(statement, parameters, error, hide_parameters=hide_parameters, ismulti=many)
    if hide_parameters:
        kind = type(error)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {dialect.message_without_values(error)}",)
    is_lost = facts is not None and facts.is_disconnect
    if "is_disconnect" in dialect.own_methods:
        is_lost = bool(dialect.is_disconnect(error, connection, cursor))
    if facts is not None:
        for name in ("constraint", "table", "columns"):
            if hasattr(wrapped, name):
                setattr(wrapped, name, getattr(facts, name))
    if is_lost or facts is not None:
        wrapped.connection_invalidated = is_lost  # type: ignore[attr-defined]
    return wrapped
