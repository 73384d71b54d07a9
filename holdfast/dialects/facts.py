"""What a dialect tells of a driver's exception."""

from __future__ import annotations

from typing import NamedTuple

LOST = "ConnectionLost"
"""The class of errors after which a connection is of no use."""

UNKNOWN = "CommitUnknown"
"""The class of errors by which the database itself says that it does not know what became of a COMMIT."""


class ErrorFacts(NamedTuple):
    """The facts of one error.

    Attributes:
        error_class: name of the exception in `holdfast.exc`, or None for the driver's own family.
        constraint, table, columns: what was violated, as far as the database tells it.
    """

    error_class: str | None
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def is_disconnect(self) -> bool:
        """True if the connection is lost."""
        return self.error_class in (LOST, UNKNOWN)
