"""Every behavioural default in which Holdfast differs from SQLAlchemy, in one place."""

from __future__ import annotations


class Defaults:
    """The defaults in force; changed by `classic` and `native`.

    Attributes:
        lazy_batching: what the second lazy load among objects loaded together does: "peers" loads for all of them, "one"
            for each by itself, "raise" raises.
        hide_parameters: values of bound parameters are neither in the log nor in messages.
        sqlite_foreign_keys: foreign keys are enforced on SQLite.
        sqlite_wal: files that Holdfast creates get a write-ahead log.
    """

    __slots__ = ("hide_parameters", "lazy_batching", "sqlite_foreign_keys", "sqlite_wal")

    def __init__(self) -> None:
        self.hide_parameters = True
        self.lazy_batching = "peers"
        self.sqlite_foreign_keys = True
        self.sqlite_wal = True


current = Defaults()


def classic() -> None:
    """Set every default to SQLAlchemy's; engines made from now on have them."""
    current.hide_parameters = False
    current.lazy_batching = "one"
    current.sqlite_foreign_keys = False
    current.sqlite_wal = False


def native() -> None:
    """Set every default back to Holdfast's own."""
    fresh = Defaults()
    current.hide_parameters = fresh.hide_parameters
    current.lazy_batching = fresh.lazy_batching
    current.sqlite_foreign_keys = fresh.sqlite_foreign_keys
    current.sqlite_wal = fresh.sqlite_wal
