"""`select(Entity).from_statement(...)`: objects out of the rows of a statement of any other kind."""

from __future__ import annotations

from typing import Any

from holdfast.sql.node import Key, Values
from holdfast.sql.statement import Statement


class FromStatement(Statement):
    """Another statement whose rows are loaded as these entities.

    Attributes:
        element: the statement that is run: text, a set operation, a SELECT.
        _columns: the entities.
    """

    visit_name = "from_statement"
    is_from_statement = True

    def __init__(self, columns: tuple[Any, ...], element: Any) -> None:
        self._columns = columns
        self.element = element

    def _make_structure(self) -> tuple[Key, Values]:
        entities = tuple(column._key for column in self._columns)
        return ("from statement", self.element._key, entities), self.element._values

    @property
    def _children(self) -> tuple[Any, ...]:
        return (self.element,)

    def _with_parts(self, parts: tuple[Any, ...]) -> FromStatement:
        return self._copy(element=parts[0])

    def compile(self, bind: Any = None, dialect: Any = None, **keywords: Any) -> Any:
        """Return the compiled form of the statement that is run."""
        return self.element.compile(bind, dialect, **keywords)
