"""Methods of Query for UNION, INTERSECT and EXCEPT: the query goes on with a subquery of them in its FROM."""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast.orm.query.base import QueryBase
from holdfast.orm.query.wrapping import Wrapping
from holdfast.sql.coercions import resolve
from holdfast.sql.naming import LABEL_STYLE_LEGACY_ORM, LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.select import Select
from holdfast.sql.set_operations import CompoundSelect


class Sets(QueryBase):
    """Set operations with other queries."""

    def union(self, *q: Any) -> Self:
        """Return a query over ``this UNION others``."""
        return self._combined("UNION", q)

    def union_all(self, *q: Any) -> Self:
        """Return a query over ``this UNION ALL others``."""
        return self._combined("UNION ALL", q)

    def intersect(self, *q: Any) -> Self:
        """Return a query over ``this INTERSECT others``."""
        return self._combined("INTERSECT", q)

    def intersect_all(self, *q: Any) -> Self:
        """Return a query over ``this INTERSECT ALL others``."""
        return self._combined("INTERSECT ALL", q)

    def except_(self, *q: Any) -> Self:
        """Return a query over ``this EXCEPT others``."""
        return self._combined("EXCEPT", q)

    def except_all(self, *q: Any) -> Self:
        """Return a query over ``this EXCEPT ALL others``."""
        return self._combined("EXCEPT ALL", q)

    def from_self(self, *entities: Any) -> Any:
        """Return a query over this one as a subquery; the form of the 1.x series.

        Args:
            entities: what the rows consist of; none: the same as before.
        """
        exc.warn_legacy(
            "Query.from_self() is the form of the 1.x series. Write the subquery out: aliased(User, query.subquery()) in a "
            "new query."
        )
        around = self._combined("", ())
        return around.with_entities(*entities) if entities else around  # type: ignore[attr-defined]

    def select_entity_from(self, from_obj: Any) -> Self:
        """Return a query whose entities read from a subquery or an alias; the form of the 1.x series.

        Args:
            from_obj: has the columns of the mapped tables.

        Raises: InvalidRequestError: the query has criteria already.
        """
        self._has_no_criterion("select_entity_from")
        exc.warn_legacy(
            "Query.select_entity_from() is the form of the 1.x series. Query what you mean: aliased(User, subquery)."
        )
        source = resolve(from_obj)
        source = source.subquery() if source.is_statement else source
        wrapping = Wrapping(source, [])
        statement = self._statement._copy(_columns=Select(*map(wrapping.of, self._statement._columns))._columns)
        return self._with(statement.select_from(source), _wrappings=(*self._wrappings, wrapping), _joinpoint=None)

    def _combined(self, keyword: str, others: tuple[Any, ...]) -> Self:
        """Return a query of the same entities over a subquery."""
        members = [self._member(), *[other._member() if isinstance(other, Sets) else other for other in others]]
        whole: Any = CompoundSelect(keyword, *members) if others else members[0]
        return self._wrapped(whole)

    def _member(self) -> Any:
        """Return this query as a member of a set operation."""
        statement = self._embedded if self._full_statement is not None else self._embedded._copy(_options=())
        return statement._copy(_execution_options={})

    def _wrapped(self, whole: Any) -> Self:
        """Return a query of the same entities that reads from a subquery."""
        source = whole.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery()
        wrapping, entries = _moved_into(source, self._statement)
        statement: Any = Select(*entries).select_from(source).set_label_style(LABEL_STYLE_LEGACY_ORM)
        statement = statement._copy(
            _execution_options=self._statement._execution_options, _options=self._statement._options
        )
        return self._with(statement, _wrappings=(*self._wrappings, wrapping), _joinpoint=None, _params=None)


def _moved_into(source: Any, statement: Any) -> tuple[Wrapping, list[Any]]:
    """Return the wrapping of a statement into a subquery of it, and what the statement selects as it is found there."""
    entries: list[Any] = []
    moved: list[tuple[Any, Any]] = []
    wrapping = Wrapping(source, moved)
    columns = list(source.c)
    for entry in statement._columns:
        width = _width(entry)
        own = columns[:width]
        del columns[:width]
        if getattr(entry, "is_entity", False):
            entries.append(wrapping.entity(entry, _expressions_in(entry, own)))
        elif getattr(entry, "is_row_part", False):
            entries.append(wrapping.expression(entry))
        elif entry.is_selectable:
            entries.extend(own)
        else:
            moved.append((entry, own[0]))
            entries.append(_named(entry, own[0], wrapping))
    return wrapping, entries


def _expressions_in(entity: Any, columns: list[Any]) -> dict[str, Any]:
    """Return the attributes of an entity that are expressions, each with the subquery's column that has its value.

    Args: columns: those of the subquery that the entity has become.
    """
    if entity.has_layout:
        layout = (entity._lay_out if entity.is_mapper else entity.lay_out)(lambda mapper: mapper.inner_names)
        given = [(name, columns[place]) for name, place, owner in zip(*layout[1:4], strict=True) if owner is None]
    else:
        names = entity.mapper.inner_names if entity.is_mapper else entity._loaded_and_all()[1]
        given = list(zip(names, columns, strict=True))
    return {name: column for name, column in given if not entity.mapper.find_property(name).is_stored}


def _width(entry: Any) -> int:
    if getattr(entry, "is_entity", False):
        return len(entry._all_columns())
    if getattr(entry, "is_row_part", False):
        return len(entry._entity_columns())
    return len(list(entry.c)) if entry.is_selectable else 1


def _named(entry: Any, column: Any, wrapping: Wrapping) -> Any:
    """Return the subquery's column for an entry, by the entry's name where it is an attribute."""
    found = wrapping.of(entry) if getattr(entry, "is_attribute", False) else column
    return column if getattr(found, "column", found) is not column else found
