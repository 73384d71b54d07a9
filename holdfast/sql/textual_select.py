"""A text of SQL whose columns are known: it stands wherever a SELECT does."""

from __future__ import annotations

from typing import Any

from holdfast.sql.coercions import as_columns
from holdfast.sql.columns import ColumnClause
from holdfast.sql.node import Key, Values
from holdfast.sql.select_base import SelectBase
from holdfast.sql.text import TextClause, textual_hook
from holdfast.sql.types import to_instance


class TextualSelect(SelectBase):
    """``text(...).columns(...)``.

    Attributes:
        element: the text.
        column_args: its columns.
        positional: they were given in the order of the text; otherwise by name.
    """

    visit_name = "textual_select"
    is_text = True

    def __init__(self, element: TextClause, columns: tuple[Any, ...], positional: bool = False) -> None:
        self.element = element
        self._columns = columns
        self.positional = positional

    def _make_structure(self) -> tuple[Key, Values]:
        columns = tuple((column.key, column.type._type_key) for column in self._columns)
        return ("textual select", self.element._key, columns, self.positional), self.element._values

    @property
    def _children(self) -> tuple[Any, ...]:
        return (self.element,)

    def _with_parts(self, parts: tuple[Any, ...]) -> TextualSelect:
        return self._copy(element=parts[0])

    @property
    def column_args(self) -> tuple[Any, ...]:
        """The columns."""
        return self._columns

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The columns, entities taken apart."""
        found: list[Any] = []
        for column in self._columns:
            found.extend(column._entity_columns() if getattr(column, "is_entity", False) else (column,))
        return tuple(found)

    def _exported(self) -> list[tuple[str, Any, Any]]:
        return [(column.key, column.name, column) for column in self.raw_columns]

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self.element.text

    @property
    def writes(self) -> bool:
        """True unless the text begins like a statement that only reads."""
        return self.element.writes

    def bindparams(self, *binds: Any, **values: Any) -> TextualSelect:
        """Return the same with values or types for the text's parameters; see `TextClause.bindparams`."""
        return self._copy(element=self.element.bindparams(*binds, **values))

    def columns(self, *columns: Any, **types: Any) -> TextualSelect:
        """Return the same text with other columns."""
        return _select_of(self.element, columns, types)


def _select_of(element: TextClause, columns: tuple[Any, ...], types: dict[str, Any]) -> TextualSelect:
    found = [column for one in columns for column in as_columns(one)]
    named = [ColumnClause(name, to_instance(type_)) for name, type_ in types.items()]
    return TextualSelect(element, (*found, *named), positional=bool(columns) and not types)


textual_hook.columns = _select_of
