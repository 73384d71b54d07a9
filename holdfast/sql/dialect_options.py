"""Options that only one dialect understands, such as ``sqlite_autoincrement``: which there are, and those of one part.

Which ones a dialect knows is a table in its own room, ``options.py``, that is looked up when the first of its options comes
along: tables are declared before any dialect is loaded. Programs add to it by `argument_for`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from holdfast import exc

ANY = "*"

Accepted = Mapping[str, Mapping[str, Any]]
"""Name of the class of the part -> option -> its default. ``*``: any option."""


class _Hooks:
    """What this needs of higher files.

    `look_up` is filled by `dialect_lookup.py`: name of a dialect -> its table, None for a name that nobody knows.
    """

    look_up: Callable[[str], Accepted | None]


hooks = _Hooks()
_tables: dict[str, dict[str, dict[str, Any]]] = {}


def _table(dialect: str) -> dict[str, dict[str, Any]] | None:
    """Return the options of a dialect, which `argument_for` may add to."""
    found = _tables.get(dialect)
    if found is None:
        accepted = hooks.look_up(dialect)
        if accepted is not None:
            found = _tables[dialect] = {name: dict(options) for name, options in accepted.items()}
    return found


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
        table = _table(dialect_name)
        if table is None:
            table = _tables[dialect_name] = {}
        table.setdefault(owner.__name__, {})[option] = default

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
            if _table(dialect) is None:
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
        table = _table(dialect) or {}
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
