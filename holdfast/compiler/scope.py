"""What ORDER BY and GROUP BY can name: the labels of a SELECT, its columns, the columns of what it reads from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.exc import CompileError


class Scope:
    """The names of one SELECT.

    Args:
        write: a column -> its text.
    """

    def __init__(self, write: Callable[[Any], str]) -> None:
        self._write = write
        self._labels: dict[Any, str] = {}
        self._columns: dict[str, Any] = {}
        self._sources: Iterable[Any] = ()

    def add_label(self, label: Any, name: str) -> None:
        """Note a label and the text of its name."""
        self._labels[id(label)] = name
        if label.name is not None:
            self._labels[label.name] = name
            self._labels[label.name, id(label.element)] = name

    def add_column(self, column: Any, key: str) -> None:
        """Note a column, by its own key and by that which it has among the columns of the statement."""
        if column.key is not None:
            self._columns.setdefault(column.key, column)
        self._columns.setdefault(key, column)

    def add_name(self, key: str, name: str) -> None:
        """Note what stands for a key in every case."""
        self._labels.setdefault(key, name)

    def add_sources(self, sources: Iterable[Any]) -> None:
        """Note the FROM elements: their columns may be named too."""
        self._sources = sources

    def name_of(self, label: Any) -> str | None:
        """Return the name that stands for a label in ORDER BY, or None if it is not selected."""
        return self._labels.get(id(label)) or self._labels.get((label.name, id(label.element)))

    def find(self, name: str) -> str:
        """Return the text for a name given as a string.

        Raises: CompileError: nothing has that name; the string never reaches the SQL.
        """
        label = self._labels.get(name)
        if label is not None:
            return label
        column = self._columns.get(name)
        if column is None:
            column = next((one for source in self._sources for one in source.c if name == one.key), None)
        if column is None:
            short = name if len(name) <= 100 else name[:97] + "..."
            raise CompileError(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression "
                f"{short!r} should be explicitly declared as text({short!r})"
            )
        return self._write(column)
