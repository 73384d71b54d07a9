"""Options that only one dialect understands, such as ``sqlite_autoincrement``: which there are, and those of one part.

The table stands here and not with the dialects, since tables are declared before any dialect is loaded; a dialect of
another package adds to it by `argument_for`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast import exc

ANY = "*"

_POSTGRESQL_INDEX = {
    "using": False, "include": None, "where": None, "ops": {}, "concurrently": False, "with": {}, "tablespace": None,
    "nulls_not_distinct": None,
}  # fmt: skip
_POSTGRESQL_TABLE = {
    "ignore_search_path": False, "tablespace": None, "partition_by": None, "with_oids": None, "with": None,
    "on_commit": None, "inherits": None, "using": None,
}  # fmt: skip
_MYSQL: dict[str, dict[str, Any]] = {
    "Table": {ANY: None},
    "Index": {"using": None, "length": None, "prefix": None, "with_parser": None},
    "PrimaryKeyConstraint": {"using": None},
}

ACCEPTED: dict[str, dict[str, dict[str, Any]]] = {
    "sqlite": {
        "Table": {"autoincrement": False, "with_rowid": True, "strict": False},
        "Index": {"where": None},
        "Column": {"on_conflict_primary_key": None, "on_conflict_not_null": None, "on_conflict_unique": None},
        "Constraint": {"on_conflict": None},
    },
    "postgresql": {
        "Table": _POSTGRESQL_TABLE,
        "Index": _POSTGRESQL_INDEX,
        "PrimaryKeyConstraint": {"include": None},
        "UniqueConstraint": {"include": None, "nulls_not_distinct": None},
        "ForeignKeyConstraint": {"not_valid": False},
        "ForeignKey": {"not_valid": False},
        "CheckConstraint": {"not_valid": False},
    },
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
}
"""Dialect -> name of the class of the part -> option -> its default. ``*``: any option."""


class DialectOptions(Mapping[str, dict[str, Any]]):
    """The options of one part of a schema, by dialect; options that were not given have their defaults.

    Args:
        owner: the class of the part.
    Attributes:
        given: the keywords as they came.
    """

    def __init__(self, owner: type) -> None:
        self._owner = owner
        self._values: dict[str, dict[str, Any]] = {}
        self.given: dict[str, Any] = {}

    @classmethod
    def accept(cls, dialect_name: str, owner: type, option: str, default: Any) -> None:
        """Add an option to the table."""
        ACCEPTED.setdefault(dialect_name, {}).setdefault(owner.__name__, {})[option] = default

    @classmethod
    def accepts(cls, keyword: str, owner: type) -> bool:
        """Return True if parts of this class take the keyword."""
        dialect, _, option = keyword.partition("_")
        return not {option, ANY}.isdisjoint(cls(owner)._defaults(dialect))

    def take(self, keywords: Mapping[str, Any]) -> None:
        """Take keywords of the form ``dialect_option``; see `SchemaItem._take_options`."""
        for keyword, value in keywords.items():
            dialect, mark, option = keyword.partition("_")
            if not mark or not option:
                raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{keyword}'")
            if dialect not in ACCEPTED:
                exc.warn(f"Can't validate argument {keyword!r}; can't locate any SQLAlchemy dialect named {dialect!r}")
            elif not {option, ANY} & set(self._defaults(dialect)):
                known = ", ".join(f"{dialect}_{name}" for name in self._defaults(dialect)) or "none"
                raise exc.ArgumentError(
                    f"Argument {keyword!r} is not accepted by dialect {dialect!r} on behalf of {self._owner!r}. "
                    f"Accepted there: {known}."
                )
            self.given[keyword] = value
            self[dialect][option] = value

    def _defaults(self, dialect: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        table = ACCEPTED.get(dialect, {})
        for class_ in reversed(self._owner.__mro__):
            found.update(table.get(class_.__name__, {}))
        return found

    def __getitem__(self, dialect: str) -> dict[str, Any]:
        values = self._values.get(dialect)
        if values is None:
            defaults = self._defaults(dialect)
            defaults.pop(ANY, None)
            values = self._values[dialect] = defaults
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
