"""What reads the catalogue of a database whose dialect overrides methods of reflection: it asks these, and itself else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.engine.reflection.reflector import Reflector

_OF_TABLES = (
    "columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_comment",
    "table_options", "view_definition",
)  # fmt: skip
_OF_SCHEMAS = ("table_names", "view_names", "materialized_view_names", "sequence_names")
_OF_DATABASES = ("schema_names", "temp_table_names", "temp_view_names")


def overriding(class_: type[Reflector] | None, names: frozenset[str]) -> type[Reflector]:
    """Return a class that reads a catalogue and asks its dialect for what that overrides.

    Args:
        class_: what reads it otherwise; None: nothing does.
        names: of the methods that are overridden.
    """
    base = class_ or Reflector
    members: dict[str, Any] = {"reads_many": False, "many": _many_of(base, names)}
    for question in _OF_TABLES:
        if f"get_{question}" in names:
            members[question] = _asked(f"get_{question}")
    for question in (*_OF_SCHEMAS, *_OF_DATABASES):
        if f"get_{question}" in names:
            members[question] = _asked_of_names(f"get_{question}")
    if "has_table" in names:
        members["has_table"], members["present"] = _has_table, Reflector.present
    return type(base.__name__, (base,), members)


def _asked(method: str) -> Callable[..., Any]:
    def ask(self: Any, name: str, schema: str | None, **options: Any) -> Any:
        return getattr(self.dialect, method)(self.connection, name, schema=schema, **options)

    return ask


def _asked_of_names(method: str) -> Callable[..., Any]:
    def ask(self: Any, *schema: str | None) -> Any:
        return getattr(self.dialect, method)(self.connection, **({"schema": schema[0]} if schema else {}))

    return ask


def _has_table(self: Any, name: str, schema: str | None) -> bool:
    return bool(self.dialect.has_table(self.connection, name, schema=schema))


def _many_of(base: type[Reflector], names: frozenset[str]) -> Callable[..., Any]:
    """Return the method for the facts of many tables: by the dialect's own, or one by one where that of one is its own."""

    def many(self: Any, question: str, schema: str | None, only: Any, kind: Any, scope: Any, **options: Any) -> Any:
        if f"get_multi_{question}" in names:
            asked = getattr(self.dialect, f"get_multi_{question}")
            return dict(asked(self.connection, schema=schema, filter_names=only, kind=kind, scope=scope, **options))
        one_by_one = f"get_{question}" in names or names & _NAMES
        return (Reflector if one_by_one else base).many(self, question, schema, only, kind, scope, **options)

    return many


_NAMES = frozenset(f"get_{question}" for question in (*_OF_SCHEMAS, *_OF_DATABASES))
