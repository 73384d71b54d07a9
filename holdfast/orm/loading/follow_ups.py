"""Runs what follows a statement: each `FollowUp` by its strategy. And what a result of joined collections asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.loading.strategies.immediate import core_load_immediately
from holdfast.orm.loading.strategies.kinds import core_load_kind
from holdfast.orm.loading.strategies.selectin import core_load_selectin
from holdfast.orm.loading.strategies.subquery import Origin, core_load_subquery, origin_below
from holdfast.orm.loading.tree import FollowUp


async def core_follow_up(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool, refreshing: bool, origin: Origin | None
) -> Iterable[tuple[FollowUp, list[Any], Origin | None]]:
    """Load one relationship of these owners; returns what is to be loaded next, for whom, and below which statement.

    Args: origin: the statement of the first owners, where one is known: for subqueries.
    """
    owners = list({id(owner): owner for owner in owners}.values())
    strategy = follow_up.choice.strategy
    if strategy == "kinds":
        found = await core_load_kind(session, follow_up, owners, overwrite)
    elif strategy == "immediate" or refreshing:
        found = await core_load_immediately(session, follow_up, owners, overwrite or refreshing)
    elif strategy == "subquery" and origin is not None:
        found = await core_load_subquery(session, origin, follow_up, owners, overwrite)
        origin = origin_below(origin, follow_up)
        return [(_noted(session, one, follow_up), members, origin) for one, members in found]
    else:
        found = await core_load_selectin(session, follow_up, owners, overwrite)
    return [(_noted(session, one, follow_up), members, None) for one, members in found]


def are_independent(follow_ups: Sequence[FollowUp]) -> bool:
    """Tell whether several relationships may be loaded at once: none takes from the session what another one brings."""
    bases = {follow_up.relationship.mapper.base_mapper for follow_up in follow_ups}
    return len(bases) == len(follow_ups) and all(one.choice.strategy == "selectin" for one in follow_ups)


def _noted(session: Any, one: FollowUp, after: FollowUp) -> FollowUp:
    """Return what follows another statement, with the way that led there where listeners want to know it."""
    return one._replace(before=after.full_way) if session.holder.dispatch.asked else one


class UniqueAskedFor:
    """Stands in a result until `unique` is called."""

    spares_first = True

    def filtered(self, elements: list[Any]) -> list[Any]:
        """Refuse to give elements.

        Raises: InvalidRequestError: there are some.
        """
        if not elements:
            return elements
        raise exc.InvalidRequestError(
            "The unique() method must be invoked on this Result, as it contains results that include joined eager loads "
            "against collections. Write session.scalars(statement).unique().all(); or use selectinload(), which repeats "
            "no rows."
        )


UNIQUE_ASKED_FOR: Any = UniqueAskedFor()


def must_be_unique(graph: Any, result: Any) -> Any:
    """Return a result that refuses to be read before `unique`, if its rows repeat for collections."""
    if graph.must_be_unique:
        result._unique = UNIQUE_ASKED_FOR
    return result
