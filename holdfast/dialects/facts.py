"""What a dialect tells of a driver's exception."""

from __future__ import annotations

from typing import NamedTuple


class ErrorFacts(NamedTuple):
    """The facts of one error.

    Attributes:
        error_class: name of the exception in `holdfast.exc`, or None for the driver's own family.
        constraint, table, columns: what was violated, as far as the database tells it.
        is_disconnect: the connection is lost.
        is_retryable: the same transaction may succeed when it is tried again.
    """

    error_class: str | None
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()
    is_disconnect: bool = False
    is_retryable: bool = False
