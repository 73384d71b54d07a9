"""Methods of Query that say which rows, in which order and how many."""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast.exc.shown import on_one_line
from holdfast.orm.query.base import QueryBase
from holdfast.sql.coercions import resolve
from holdfast.sql.select_sources import attribute_of


class Criteria(QueryBase):
    """What WHERE, ORDER BY, GROUP BY, HAVING, DISTINCT, LIMIT and FROM say."""

    def filter(self, *criterion: Any) -> Self:
        """Add criteria, joined by AND.

        Raises: InvalidRequestError: the query has a LIMIT or OFFSET already.
        """
        self._may_add("filter")
        return self._with(self._statement.where(*self._all_adapted(criterion)))

    where = filter

    def filter_by(self, /, **kwargs: Any) -> Self:
        """Add ``attribute = value`` criteria on the entity joined last, else the first one.

        An attribute that it does not have is looked for in the others.

        Raises: InvalidRequestError: none has it.
        """
        self._may_add("filter")
        entities = self._filter_entities()
        criteria = []
        for name, value in kwargs.items():
            found = (attribute_of(entity, name) for entity in entities)
            attribute = next((one for one in found if one is not None), None)
            if attribute is None:
                raise exc.InvalidRequestError(
                    f'Entity namespace for "{_described(entities[0])}" has no property "{on_one_line(name)}"'
                )
            criteria.append(self._adapted(attribute == value))
        return self._with(self._statement.where(*criteria))

    def _filter_entities(self) -> list[Any]:
        """Return the entities and FROM elements that `filter_by` may be about, the one that is meant first.

        Raises: InvalidRequestError: there is none.
        """
        found = [] if self._joinpoint is None else [self._joinpoint]
        if not self._wrappings:
            found.extend(self._statement._from)
        for given in self._entities:
            node = resolve(given)
            if not (getattr(node, "is_entity", False) or getattr(node, "is_selectable", False)):
                node = getattr(node, "entity", None) or getattr(node, "table", None) or _source_of(node)
            found.append(node)
        if not found:
            raise exc.InvalidRequestError("filter_by() needs an entity; the query has none yet.")
        return found

    def order_by(self, *clauses: Any) -> Self:
        """Add ORDER BY criteria; None or False alone takes all of them away.

        Raises: InvalidRequestError: the query has a LIMIT or OFFSET already.
        """
        self._may_add("order_by")
        return self._with(self._statement.order_by(*self._all_adapted(_flat(clauses))))

    def group_by(self, *clauses: Any) -> Self:
        """Add GROUP BY criteria; None or False alone takes all of them away."""
        self._may_add("group_by")
        if len(clauses) == 1 and clauses[0] is False:
            clauses = (None,)
        expanded = [part for clause in _flat(clauses) for part in _columns_of(clause)]
        return self._with(self._statement.group_by(*self._all_adapted(expanded)))

    def having(self, *having: Any) -> Self:
        """Add HAVING criteria."""
        self._may_add("having")
        return self._with(self._statement.having(*self._all_adapted(having)))

    def distinct(self, *expr: Any) -> Self:
        """Return each different row once; with expressions ``DISTINCT ON`` them, where the database has it."""
        self._has_no_full_statement("distinct")
        return self._with(self._statement.distinct(*self._all_adapted(expr)))

    def limit(self, limit: Any) -> Self:
        """Return at most this many rows; None: all."""
        self._has_no_full_statement("limit")
        return self._with(self._statement.limit(limit))

    def offset(self, offset: Any) -> Self:
        """Skip this many rows."""
        self._has_no_full_statement("offset")
        return self._with(self._statement.offset(offset))

    def slice(self, start: int, stop: int) -> Self:
        """Return the rows from `start` up to, not including, `stop`, counted in those of the query so far."""
        self._has_no_full_statement("slice")
        return self._with(self._statement.slice(start, stop))

    def select_from(self, *from_obj: Any) -> Self:
        """Say what the query reads from: where its joins start.

        Raises: InvalidRequestError: the query has criteria already.
        """
        self._has_no_criterion("select_from")
        return self._with(self._statement.select_from(*from_obj))

    def correlate(self, *fromclauses: Any) -> Self:
        """Name the FROM elements that the statement around this one provides; None: none."""
        return self._with(self._statement.correlate(*fromclauses))


def _flat(clauses: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the clauses of a call; one list of them is taken as the 1.x series took it."""
    if len(clauses) == 1 and isinstance(clauses[0], (list, tuple)):
        return tuple(clauses[0])
    return clauses


def _columns_of(clause: Any) -> tuple[Any, ...]:
    """Return the columns of a class in GROUP BY; anything else is itself."""
    if isinstance(clause, type):
        entity = resolve(clause)
        if getattr(entity, "is_entity", False):
            return entity._entity_columns()  # type: ignore[no-any-return]
    return (clause,)


def _source_of(expression: Any) -> Any:
    """Return the FROM element that an expression is about; itself if it is about none."""
    return next(iter(expression._froms), expression)


def _described(entity: Any) -> str:
    """Return how a message names what `filter_by` is about: by its table, else as it is written."""
    source = getattr(entity, "selectable", entity)
    if getattr(source, "is_selectable", False) and source.name:
        return str(source.name)
    return str(source)
