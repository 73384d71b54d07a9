"""`with_loader_criteria()`: conditions that go with a class wherever a statement reads it: alone, joined, loaded later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.loading.path import entity_given
from holdfast.orm.loading.settings import LoaderOption
from holdfast.sql.boolean import and_
from holdfast.sql.coercions import as_criterion
from holdfast.sql.cte import CTE
from holdfast.sql.from_clause import Alias, Join, Subquery
from holdfast.sql.froms import final_froms
from holdfast.sql.hierarchies import entities_in
from holdfast.sql.traversal import replace, replacing


class LoaderCriteriaOption(LoaderOption):
    """A condition for a class; made by `with_loader_criteria`.

    Attributes:
        propagates: objects remember it for what they load later.
        reads_only: it concerns no UPDATE and DELETE.
    """

    is_loader_criteria = True

    def __init__(
        self, entity: Any, criteria: Any, include_aliases: bool, propagates: bool, reads_only: bool = False
    ) -> None:
        mapped = getattr(entity, "__mapper__", None) is not None or not isinstance(entity, type)
        self._base: type[Any] = entity_given(entity).class_ if mapped else entity
        self._alias = None if not mapped or getattr(entity_given(entity), "is_mapper", False) else entity_given(entity)
        self._callable: Callable[[Any], Any] | None = None
        self._given: Any = None
        if callable(criteria) and not hasattr(criteria, "__clause_element__") and not hasattr(criteria, "_key"):
            self._callable = criteria
        else:
            self._given = as_criterion(criteria)
        self._include_aliases = include_aliases
        self.propagates = propagates
        self.reads_only = reads_only
        self._made: dict[type[Any], Any] = {}
        self._classes: dict[int, type[Any]] | None = None
        self._key = ("criteria", id(self))
        # Holds itself: what it says is known only when it meets a class, so no plan is kept for it.
        self._values = (self,)

    def __reduce__(self) -> Any:
        # What was worked out goes by the identity of tables, which are others after unpickling.
        entity, criteria = self._alias or self._base, self._callable or self._given
        return LoaderCriteriaOption, (entity, criteria, self._include_aliases, self.propagates, self.reads_only)

    def __repr__(self) -> str:
        return f"with_loader_criteria({self._base.__name__}, {self._callable or self._given})"

    def condition(self, source: Any) -> Any:
        """Return the condition on a FROM element; None: it is not about that."""
        if self._alias is not None:
            return self._given if source is self._alias.selectable else None
        table = source
        if isinstance(source, Alias):
            if not self._include_aliases:
                return None
            table = source.element
        return self.condition_on(table, source)

    def condition_on(self, table: Any, source: Any) -> Any:
        """Return the condition on a mapped table that stands in the statement as `source`."""
        class_ = self._tables().get(id(table))
        if class_ is None:
            return None
        made = self._of(class_)
        if source is table:
            return made
        return replace(made, lambda node: _elsewhere(node, table, source))

    def _tables(self) -> dict[int, type[Any]]:
        """Return the mapped classes that this is about, by their table's identity."""
        if self._classes is None:
            self._classes = {}
            for class_ in _with_subclasses(self._base):
                mapper = class_.__dict__.get("__mapper__")
                if mapper is not None:
                    self._classes.setdefault(id(mapper.local_table), class_)
        return self._classes

    def _of(self, class_: type[Any]) -> Any:
        if self._callable is None:
            return self._given
        found = self._made.get(class_)
        if found is None:
            found = self._made[class_] = as_criterion(self._callable(class_))
        return found


def with_loader_criteria(
    entity_or_base: Any,
    where_criteria: Any,
    loader_only: bool = False,
    include_aliases: bool = False,
    propagate_to_loaders: bool = True,
    track_closure_variables: bool = True,
) -> LoaderCriteriaOption:
    """Return an option that adds a condition to a class wherever the statement reads it.

    Args:
        entity_or_base: a mapped class, or a mixin or base: then all mapped classes below it.
        where_criteria: the condition, or a function of the class that returns it.
        loader_only: SELECTs alone are concerned, not UPDATE and DELETE.
        include_aliases: aliases of the class too.
        propagate_to_loaders: objects remember it for what they load later.
        track_closure_variables: accepted as documented; the function is called anew for each statement.
    """
    return LoaderCriteriaOption(entity_or_base, where_criteria, include_aliases, propagate_to_loaders, loader_only)


def criteria_of(options: Iterable[Any]) -> tuple[LoaderCriteriaOption, ...]:
    """Return the conditions for classes among loader options."""
    return tuple(option for option in options if isinstance(option, LoaderCriteriaOption))


def target_conditions(criteria: Iterable[LoaderCriteriaOption], mapper: Any, source: Any) -> list[Any]:
    """Return the conditions on a related class that stands in a statement as `source`: an alias of the loader's own."""
    found = [option.condition_on(mapper.local_table, source) for option in criteria]
    return [condition for condition in found if condition is not None]


class Constrained(NamedTuple):
    """A SELECT with conditions.

    Attributes:
        statement: it.
        of: what it selects -> what stands there now, where that comes from a subquery that got conditions too.
    """

    statement: Any
    of: Callable[[Any], Any]


def constrained(
    statement: Any,
    criteria: tuple[LoaderCriteriaOption, ...],
    whole: bool = True,
    known: dict[int, tuple[CTE, CTE]] | None = None,
) -> Constrained:
    """Return a SELECT with the conditions: of joined classes in ON, of others in WHERE; in SELECTs inside it likewise.

    Args:
        whole: False for a loader's own statement: it reads from subqueries that have them.
        known: common table expressions that were met around this one, with those that stand for them.
    """
    tables = {} if known is None else known

    def inside(node: Any) -> Any:
        if node.visit_name == "select" and node is not statement:
            return constrained(node, criteria, known=tables).statement
        if isinstance(node, CTE):
            return _constrained_table(node, swap, tables)
        if getattr(node, "is_attribute", False) and node.parent in entities:
            return entities[node.parent].attribute(node.key)
        return None

    entities: dict[Any, Any] = {}
    swap = replacing(inside)
    if not whole:
        where = tuple([swap(one) for one in statement._where])
        return Constrained(_with_conditions(statement._copy(_where=where), criteria), _as_it_is)
    for entity in _over_subqueries(statement):
        source = swap(entity.selectable)
        if source is not entity.selectable:
            entities[entity] = entity.over(source)
    found = swap(statement)
    if entities:
        steps = [
            step._replace(target=entities.get(step.target, step.target), left=entities.get(step.left, step.left))
            for step in found._joins
        ]
        found = found._copy(_columns=tuple([entities.get(one, one) for one in found._columns]), _joins=tuple(steps))
    return Constrained(_with_conditions(found, criteria), lambda entry: _swapped(entry, entities, swap))


def _constrained_table(cte: CTE, swap: Callable[[Any], Any], known: dict[int, tuple[CTE, CTE]]) -> CTE:
    """Return a common table expression with the conditions inside; one that reads from itself reads from the new one."""
    present = known.get(id(cte))
    if present is None:
        # What it began with comes first: the rest reads from that.
        start = None if cte.origin is cte else _constrained_table(cte.origin, swap, known)
        element = swap(cte.element)
        new = cte if element is cte.element else cte.over(element, start)
        present = known[id(cte)] = (cte, new)
    return present[1]


def constrained_members(statement: Any) -> Any:
    """Return a set operation whose members have the conditions among its options."""
    criteria = criteria_of(statement._options)
    tables: dict[int, tuple[CTE, CTE]] = {}

    def member(node: Any) -> Any:
        return constrained(node, criteria, known=tables).statement if node.visit_name == "select" else None

    return replace(statement, member) if criteria else statement


def _over_subqueries(statement: Any) -> list[Any]:
    """Return the aliases of classes in a SELECT whose rows come from a subquery."""
    named = [step.target for step in statement._joins] + [
        step.left for step in statement._joins if step.left is not None
    ]
    found: dict[Any, None] = {}
    for entity in entities_in((*statement._columns, *statement._from, *statement._where, *named)):
        if getattr(entity, "is_aliased_class", False) and isinstance(entity.selectable, (Subquery, CTE)):
            found[entity] = None
    return list(found)


def _swapped(entry: Any, entities: Mapping[Any, Any], swap: Callable[[Any], Any]) -> Any:
    if getattr(entry, "is_entity", False):
        return entities.get(entry, entry)
    return entry if getattr(entry, "is_row_part", False) else swap(entry)


def _as_it_is(entry: Any) -> Any:
    return entry


def _with_conditions(statement: Any, criteria: tuple[LoaderCriteriaOption, ...]) -> Any:
    """Return a SELECT with the conditions on what it reads itself."""
    froms, added = [], []
    changed = False
    for element in final_froms(statement):
        found, conditions = _constrained_from(element, criteria)
        changed = changed or found is not element
        froms.append(found)
        added += conditions
    changes: dict[str, Any] = {"_where": (*statement._where, *added)}
    if changed:
        changes.update(_from=tuple(froms), _joins=())
    return statement._copy(**changes)


def _constrained_from(element: Any, criteria: tuple[LoaderCriteriaOption, ...]) -> tuple[Any, list[Any]]:
    """Return a FROM element with the conditions that belong into its joins, and those that belong into WHERE."""
    if not isinstance(element, Join):
        return element, [one for option in criteria if (one := option.condition(element)) is not None]
    left, outside = _constrained_from(element.left, criteria)
    right, conditions = _constrained_from(element.right, criteria)
    if left is element.left and right is element.right and not conditions:
        return element, outside
    return Join(left, right, and_(element.onclause, *conditions), element.isouter, element.full), outside


def constrained_dml(statement: Any) -> Any:
    """Return an UPDATE or DELETE of a class with the conditions among its options."""
    for option in criteria_of(statement._options):
        condition = None if option.reads_only else option.condition(statement.table)
        if condition is not None:
            statement = statement.where(condition)
    return statement


def _elsewhere(node: Any, table: Any, source: Any) -> Any:
    column = getattr(node, "column", node)
    return source.corresponding_column(column) if getattr(column, "table", None) is table else None


def _with_subclasses(class_: type[Any]) -> list[type[Any]]:
    if not isinstance(class_, type):
        raise exc.ArgumentError(f"with_loader_criteria() takes a class, not {class_!r}")
    return [class_, *[below for one in class_.__subclasses__() for below in _with_subclasses(one)]]
