"""Methods of Query that join: the forms of the 2.x series, and those of the 1.x series with a warning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from holdfast import exc
from holdfast.exc.shown import on_one_line
from holdfast.orm.aliased import aliased as alias_of
from holdfast.orm.query.base import QueryBase
from holdfast.orm.query.wrapping import Renaming
from holdfast.sql.coercions import resolve


class _Step(NamedTuple):
    """One join as it was asked for.

    Attributes:
        target: relationship attribute or name, mapped class, FROM element.
        onclause: the condition, or a relationship attribute or name; None: along the relationship or foreign key.
    """

    target: Any
    onclause: Any


class _Call(NamedTuple):
    """The arguments of one call of `join` or `outerjoin`; see there."""

    target: Any
    props: tuple[Any, ...]
    onclause: Any
    isouter: bool
    full: bool
    from_joinpoint: bool
    aliased: bool


class Joins(QueryBase):
    """JOIN and LEFT OUTER JOIN."""

    def join(
        self,
        target: Any,
        *props: Any,
        onclause: Any = None,
        isouter: bool = False,
        full: bool = False,
        from_joinpoint: bool = False,
        aliased: bool = False,
    ) -> Self:
        """Join a relationship attribute, or a class, alias or FROM element with an optional condition.

        Args:
            target: relationship attribute, mapped class, alias, table, subquery.
            props: the condition. The forms of the 1.x series are accepted with a warning: names of relationships as
                strings, several targets in one call, pairs of target and condition.
            onclause: the condition, by name.
            isouter: LEFT OUTER JOIN.
            full: FULL OUTER JOIN.
            from_joinpoint: names of relationships are those of the entity joined last; of the 1.x series.
            aliased: join an alias of the class; what the query says of the class afterwards is about the alias, until
                `reset_joinpoint` or the next join; of the 1.x series.

        Raises: InvalidRequestError, ArgumentError: nothing to join from or to; the message says which.
        """
        return self._join(_Call(target, props, onclause, isouter, full, from_joinpoint, aliased))

    def outerjoin(
        self,
        target: Any,
        *props: Any,
        onclause: Any = None,
        full: bool = False,
        from_joinpoint: bool = False,
        aliased: bool = False,
    ) -> Self:
        """Join by a LEFT OUTER JOIN; see `join`."""
        return self._join(_Call(target, props, onclause, True, full, from_joinpoint, aliased))

    def _join(self, call: _Call) -> Self:
        self._may_add("join")
        steps = _steps(call)
        if call.aliased:
            exc.warn_legacy(
                "Query.join(aliased=True) is the form of the 1.x series; make the alias by orm.aliased() and join that",
                stacklevel=4,
            )
        query = self if call.from_joinpoint else self._with(_renamings=())
        left = self._joinpoint if call.from_joinpoint else None
        for step in steps:
            query = query._joined(step, left, call)
            left = query._joinpoint
        return query

    def reset_joinpoint(self) -> Self:
        """Let `filter_by` be about the first entity again, not the one joined last."""
        return self._with(_joinpoint=None, _renamings=())

    def _joined(self, step: _Step, left: Any, call: _Call) -> Self:
        target, condition = step
        if isinstance(target, str):
            target = self._relationship(target, left)
        elif isinstance(condition, str):
            condition = self._relationship(condition, left, or_else=condition)
        if call.aliased:
            return self._joined_alias(target, condition, left, call)
        target = self._adapted(target)
        condition = None if condition is None else self._adapted(condition)
        before = len(self._statement._joins)
        statement = self._statement.join(target, condition, isouter=call.isouter, full=call.full)
        if self._wrappings:
            statement = statement._copy(
                _joins=(*statement._joins[:before], *map(self._adapted_step, statement._joins[before:]))
            )
        return self._with(statement, _joinpoint=_entity_joined(statement._joins[-1].target))

    def _joined_alias(self, target: Any, condition: Any, left: Any, call: _Call) -> Self:
        """Join an alias of the target, and let what follows be about it."""
        if _is_relationship(target):
            if left is not None and target.parent is not left and target.parent is left.mapper:
                target = left.attribute(target.key)
            alias = alias_of(target.property.mapper.class_)
            target = target.of_type(alias)
        else:
            alias = target = alias_of(target)
        renaming = Renaming(resolve(alias))
        condition = None if condition is None else renaming.of(resolve(condition))
        query = self._joined(_Step(target, condition), left, call._replace(aliased=False))
        return query._with(_renamings=(renaming,))

    def _adapted_step(self, step: Any) -> Any:
        """Return a step of a relationship's join with the columns of the subquery."""
        for wrapping in self._wrappings:
            onclause = None if step.onclause is None else wrapping.expression(step.onclause)
            step = step._replace(onclause=onclause, left=None if step.left is None else wrapping.of(step.left))
        return step

    def _relationship(self, name: str, left: Any, or_else: Any = None) -> Any:
        """Return the relationship of a name: the form of the 1.x series.

        Args:
            left: the entity that it starts from; None: the first one of the query.
            or_else: what to return where there is none.
        """
        entity = left if left is not None else self._first_entity()
        attribute = _relationship_of(entity, name)
        if attribute is None:
            if or_else is not None:
                return or_else
            raise exc.InvalidRequestError(
                f"{_name_of(entity)} has no relationship '{on_one_line(name)}' to join along. Give the attribute itself, as in "
                f"Query.join({_name_of(entity)}.<relationship>)."
            )
        exc.warn_legacy(
            f'Passing the relationship name "{name}" to Query.join() as a string is the form of the 1.x series; '
            f"write Query.join({_name_of(entity)}.{name})",
            stacklevel=6,
        )
        return attribute

    def _first_entity(self) -> Any:
        for candidate in (*self._statement._from, *map(resolve, self._entities)):
            entity = candidate if getattr(candidate, "is_entity", False) else getattr(candidate, "entity", None)
            if entity is not None:
                return entity
        return None


def _steps(call: _Call) -> Iterable[_Step]:
    """Return the joins that one call asks for."""
    target, props = call.target, call.props
    if call.onclause is not None:
        return [_Step(target, call.onclause)]
    if isinstance(target, tuple) or any(isinstance(prop, tuple) for prop in props):
        exc.warn_legacy(
            "Passing tuples of target and condition to Query.join() is the form of the 1.x series; write "
            "Query.join(target, condition) once for each",
            stacklevel=5,
        )
        return [_Step(*(one if isinstance(one, tuple) else (one, None))) for one in (target, *props)]
    if not props:
        return [_Step(target, None)]
    if len(props) == 1 and not _is_chain(target, props[0]):
        return [_Step(target, props[0])]
    exc.warn_legacy(
        "Passing several targets to Query.join() is the form of the 1.x series; call join() once for each",
        stacklevel=5,
    )
    return [_Step(one, None) for one in (target, *props)]


def _is_chain(first: Any, second: Any) -> bool:
    """Whether the second argument is a target of its own, and not the condition of the first one."""
    if _is_relationship(first) or isinstance(first, str):
        return True
    # A class after a class; a string after a class names the relationship that leads to it.
    return isinstance(second, type)


def _is_relationship(value: Any) -> bool:
    return hasattr(value, "__join_step__")


def _relationship_of(entity: Any, name: str) -> Any:
    if entity is None:
        return None
    attribute = getattr(getattr(entity, "attributes", None), name, None)
    return attribute if _is_relationship(attribute) else None


def _name_of(entity: Any) -> str:
    return str(getattr(entity, "entity_name", None) or getattr(entity, "name", None) or "the query")


def _entity_joined(target: Any) -> Any:
    """Return what `filter_by` is about after a join."""
    return getattr(target, "goal", target)
