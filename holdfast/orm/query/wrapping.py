"""Puts the columns of a subquery in the place of mapped ones: what a Query does with all that is added after a union."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from holdfast.orm.aliased import AliasedInsp
from holdfast.orm.attribute_kinds import ExpressionAttribute
from holdfast.orm.attributes import ColumnAttribute
from holdfast.sql.element import ColumnElement
from holdfast.sql.traversal import replace

NO_EXPRESSIONS: Mapping[str, Any] = MappingProxyType({})


class WrappedEntity(AliasedInsp):
    """A mapped class whose rows come from a subquery over it.

    Args:
        entity: the mapper, or the alias of one, that stands in the subquery.
        source: the subquery.
        expressions: attributes that are no columns, each with the column of the subquery that has its value.

    Attributes:
        stands_for: that entity; loader options speak of it.
    """

    def __init__(self, entity: Any, source: Any, expressions: Mapping[str, Any] = NO_EXPRESSIONS) -> None:
        self.stands_for = entity
        super().__init__(entity.mapper, source, entity.entity_name)
        self._values_of: dict[int, Any] = {}
        for name, column in expressions.items():
            prop = entity.mapper.find_property(name)
            self._values_of[id(prop.columns[0])] = column
            self.entity.__dict__[name] = ColumnAttribute(self, prop)

    def adapted(self, expression: Any) -> Any:
        """Return an expression over the mapped table as the subquery has it: its value, or made anew of its columns."""
        found = self._values_of.get(id(expression))
        return super().adapted(expression) if found is None else found

    def _column_for(self, column: Any) -> Any:
        found = self.selectable.corresponding_column(self.stands_for.adapted(column))
        return column if found is None else found


class Renaming:
    """What ``join(..., aliased=True)`` of the 1.x series does: criteria on the class are about the alias joined last.

    Args:
        alias: the alias.
    """

    def __init__(self, alias: Any) -> None:
        self._alias = alias

    def of(self, node: Any) -> Any:
        """Return an entity or an expression with the alias in the place of its class."""
        if node is self._alias.mapper:
            return self._alias
        if getattr(node, "is_attribute", False) and node.parent is self._alias.mapper:
            return self._alias.attribute(node.key)
        return node if getattr(node, "is_entity", False) else self._alias.adapted(node)

    expression = of


class Wrapping:
    """One wrapping of a query: which entities and columns have moved into the subquery.

    Args:
        source: the subquery.
        moved: columns of the query that are no entities, each with the column of the subquery that it has become.
    """

    def __init__(self, source: Any, moved: list[tuple[Any, Any]]) -> None:
        self.source = source
        self._entities: dict[Any, WrappedEntity] = {}
        self._moved = moved

    def entity(self, entity: Any, expressions: Mapping[str, Any] = NO_EXPRESSIONS) -> Any:
        """Return an entity as it stands after the wrapping; itself if the subquery does not have it.

        Args: expressions: see `WrappedEntity`.
        """
        found = self._entities.get(entity)
        if found is None:
            wrapped = WrappedEntity(entity, self.source, expressions)
            if not any(wrapped.has(name) for name in entity.mapper.column_names):
                return entity
            found = self._entities[entity] = wrapped
        return found

    def of(self, node: Any) -> Any:
        """Return an entity, a FROM element or an expression as it stands after the wrapping."""
        if getattr(node, "is_entity", False):
            return self.entity(node)
        if hasattr(node, "__join_step__"):
            return node
        found = self._attribute(node)
        return self.expression(node) if found is None else found

    def _attribute(self, node: Any) -> Any:
        """Return an attribute of a class as the subquery has it; None: it is none, or is not there."""
        if not getattr(node, "is_attribute", False) or not getattr(node.parent, "is_entity", False):
            return None
        entity = self.entity(node.parent)
        return entity.attribute(node.key) if entity is not node.parent and entity.has(node.key) else None

    def expression(self, node: Any) -> Any:
        """Return an expression in which the columns that the subquery has are the subquery's."""

        def substitute(part: Any) -> Any:
            for before, after in self._moved:
                if part is before:
                    return after
            if isinstance(part, ExpressionAttribute):
                return self._attribute(part)
            if not isinstance(part, ColumnElement) or not part._froms:
                return None
            return self.source.corresponding_column(getattr(part, "column", part))

        return replace(node, substitute)
