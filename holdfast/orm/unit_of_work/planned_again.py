"""Plans the rows of one step once more, just before they are written: values came since the plan was made.

Listeners may have set attributes. And a foreign key that the flush itself had to learn may come out as it was: of a
composite key often a part, the tenant's number for instance. Such a column is left out, as one that the program sets to
the same value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import HeardObjects, InsertRows, UpdateRows
from holdfast.orm.unit_of_work.changes import MapperChanges, Names, changed_names
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.family_plan import FamilyRows, saves_of
from holdfast.orm.unit_of_work.flush_plan import FlushPlan
from holdfast.orm.unit_of_work.row_plans import by_key, plan_rows, sort_states

Objects: TypeAlias = dict[InstanceState, Any]


def plan_again(plan: FlushPlan, mapper: Any, works: Sequence[Any], *, is_heard: bool = False) -> Sequence[Any]:
    """Return the batches to write.

    Args:
        mapper: of the first batch.
        works: the batches of the step, as planned.
        is_heard: listeners may have set attributes, so that other columns are written now.
    """
    same = _same_again(works, plan.unsettled) if plan.unsettled else {}
    if not is_heard and not same:
        return [work for work in works if work.__class__ is not HeardObjects]
    new, changed = rows_of(works, plan.replaced)
    given, written = _names_so_far(works)
    names = _names_now(changed, written, same)
    root = works[0].facts.family
    if root is not None:
        rows = {state: (changed[state], now) for state, now in names.items()}
        return saves_of(root, FamilyRows(list(new.items()), rows, given, plan.replaced, plan.cascaded))
    changes = MapperChanges(facts_of(mapper))
    changes.replaced, changes.late, changes.changed = plan.replaced, given, names
    changes.cascaded = plan.cascaded
    return list(plan_rows(changes, changed, list(new), list(new.values())))


def rows_of(works: Sequence[Any], replaced: Mapping[InstanceState, InstanceState]) -> tuple[Objects, Objects]:
    """Return the new and the changed objects of one step, each once: it may have rows in several tables."""
    found: tuple[Objects, Objects] = ({}, {})
    for work in works:
        found[work.__class__ is not InsertRows].update(zip(work.states, work.objects, strict=True))
    new, changed = found
    if any(work.__class__ is HeardObjects for work in works):
        states = list(changed)
        sort_states(states, lambda state: by_key(replaced.get(state, state)))
        changed = {state: changed[state] for state in states}
    return new, changed


def _same_again(
    works: Sequence[Any], unsettled: Mapping[InstanceState, set[str]]
) -> dict[InstanceState, frozenset[str]]:
    """Return the foreign keys that were learnt in this flush and are as the row has them."""
    found = {}
    for work in works:
        for state, instance in zip(work.states, work.objects, strict=True) if work.__class__ is UpdateRows else ():
            names = unsettled.get(state)
            if names:
                before = {name: state.old[name] for name in names}
                others = changed_names(facts_of(state.mapper), before, instance.__dict__)
                if same := names.difference(others or ()):
                    found[state] = frozenset(same)
    return found


def _names_so_far(works: Sequence[Any]) -> tuple[dict[InstanceState, set[str]], dict[InstanceState, set[str]]]:
    """Return the attributes that the batches write, of new objects and of changed ones."""
    found: tuple[dict[InstanceState, set[str]], dict[InstanceState, set[str]]] = ({}, {})
    for work in works:
        of_kind = found[work.__class__ is not InsertRows]
        names = set(work.names).difference(work.facts.passed_on)
        for state in work.states:
            of_kind.setdefault(state, set()).update(names)
    return found


def _names_now(
    changed: Objects, so_far: Mapping[InstanceState, set[str]], same: Mapping[InstanceState, frozenset[str]]
) -> dict[InstanceState, Names]:
    """Return the attributes of changed objects that are written now, in the table's order; of those that have any."""
    found: dict[InstanceState, Names] = {}
    for state, instance in changed.items():
        facts = facts_of(state.mapper)
        # A new object in the place of a deleted one: all that it has is written anyway.
        more = () if state.row_key is None else changed_names(facts, state.old or {}, instance.__dict__) or ()
        names = so_far[state].difference(same.get(state, ())).union(more)
        if names:
            found[state] = tuple(sorted(names, key=facts.order.__getitem__))
    return found
