"""Names for expressions: `Label` gives one, the label references of ORDER BY and GROUP BY use one."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.element import ColumnElement, hooks
from holdfast.sql.node import Node
from holdfast.sql.operators import Operator
from holdfast.sql.quoted_name import quote_of

T = TypeVar("T")


class Label(ColumnElement[T]):
    """``element AS name`` among the columns of a SELECT; elsewhere the element, or the name where SQL allows that.

    Attributes:
        name: the name; None for one that the compiler makes up.
        element: the expression.
    """

    __slots__ = ("element", "name")

    visit_name = "label"
    _naming = "label"
    gives_way = False
    """The text has the name that the element has by itself, if it has one."""

    name: str | None
    element: Any

    def __init__(self, name: str | None, element: Any, type_: Any = None) -> None:
        while isinstance(element, Label):
            element = element.element
        quote = quote_of(name)
        self.name = name if name is None or quote is not None else str(name)
        self.element = element
        self.type = element.type if type_ is None else type_
        self._key = ("label", self.name, quote, element._key)
        # A nameless label is told from another one by its identity, which `_values` carries.
        self._values = element._values if self.name is not None else (self, *element._values)

    @property
    def key(self) -> str | None:  # type: ignore[override]
        return self.name

    @property
    def foreign_keys(self) -> Any:  # type: ignore[override]
        return self.element.foreign_keys

    @property
    def primary_key(self) -> bool:  # type: ignore[override]
        return bool(self.element.primary_key)

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    @property
    def _result_name(self) -> str | None:
        return self.name

    @property
    def _main_column(self) -> Any:
        return self.element._main_column

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self.name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.element._made_up_base if self.name is None else self.name

    @property
    def _froms(self) -> tuple[Any, ...]:
        froms: tuple[Any, ...] = self.element._froms
        return froms

    @property
    def _lineage(self) -> frozenset[int]:
        lineage: frozenset[int] = self.element._lineage
        return lineage | {id(self)}

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        grouped = self.element.self_group(against)
        return self if grouped is self.element else Label(self.name, grouped, self.type)


class GivenName(Label[T]):
    """An expression that rows and subqueries know by a name, as that of an attribute, and the text by its own if it has one.

    Attributes:
        text_name: the label that the element came with, or None.
    """

    __slots__ = ("text_name",)

    gives_way = True

    text_name: str | None

    def __init__(self, name: str, element: Any) -> None:
        super().__init__(name, element)
        self.text_name = element.name if isinstance(element, Label) else None
        self._key = ("given name", self.name, self.text_name, self.element._key)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        grouped = self.element.self_group(against)
        if grouped is self.element:
            return self
        new: GivenName[Any] = GivenName(str(self.name), grouped)
        new.text_name = self.text_name
        new._key = ("given name", self.name, self.text_name, grouped._key)
        return new


class LabelReference(ColumnElement[Any]):
    """A name given as a string in ORDER BY, GROUP BY or DISTINCT: that of a label or column of the statement.

    The compiler looks the name up and refuses one that it does not find: such a string never reaches the SQL text.
    """

    __slots__ = ("name",)

    visit_name = "label_reference"

    def __init__(self, name: str, type_: Any) -> None:
        self.name = name
        self.type = type_
        self._key = ("label reference", name)
        self._values = ()


hooks.label = lambda element, name: Label(name, element)
