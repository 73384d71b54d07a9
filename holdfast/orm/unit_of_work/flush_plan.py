"""The plan of a flush: which statements run for which rows, in which order, as data that can be printed.

`plan_flush` takes the steps in their order (dependencies.py) and groups the rows of each into batches (row_plans.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import PostUpdate, SecondaryKeys, SecondaryRows, TransferKeys, Work
from holdfast.orm.unit_of_work.changes import NO_KEYS, Changes, Transfer
from holdfast.orm.unit_of_work.dependencies import DELETE, SAVE, Kind, Step, order_steps
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.family_plan import plan_family
from holdfast.orm.unit_of_work.row_plans import plan_deletes, plan_save


class FlushPlan:
    """What a flush does, in order. ``print(plan)`` shows one line per batch.

    Attributes:
        works: batches, in order.
        ends: how many batches there are after each step that writes rows: what listeners are told together.
        replaced: new objects whose row is that of a deleted object: state -> state of the deleted one.
        unsettled: see `Changes.unsettled`; what comes out as it was is left out when its rows are written.
        cascaded: see `Changes.cascaded`.
    """

    __slots__ = ("cascaded", "ends", "replaced", "unsettled", "works")

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.ends: list[int] = []
        self.replaced: dict[InstanceState, InstanceState] = {}
        self.unsettled: dict[InstanceState, set[str]] = {}
        self.cascaded: Mapping[InstanceState, Any] = NO_KEYS

    def __str__(self) -> str:
        width = len(str(len(self.works)))
        return "\n".join(f"{number:{width}}. {work}" for number, work in enumerate(self.works, 1)) or "(nothing to do)"


def plan_alone(changes: Changes) -> FlushPlan | None:
    """Return the plan for new and changed objects of one class without relationships; None for all other changes.

    Logs, queues and imports are flushed so, one object at a time: there is nothing to follow and no order to find. A key
    that changes may be referred to by objects of other classes.
    """
    if len(changes.mappers) != 1 or changes.families:
        return None
    [of_mapper] = changes.mappers.values()
    facts = of_mapper.facts
    if facts.relationships or facts.version is not None or of_mapper.deletes:
        return None
    if any(not facts.keys.isdisjoint(names) for names in set(of_mapper.changed.values())):
        return None
    plan = FlushPlan()
    plan_save(of_mapper, None, plan.works, plan.ends)
    plan.ends.append(len(plan.works))
    return plan


def plan_flush(changes: Changes) -> FlushPlan:
    """Return the plan for `changes`. Pure: nothing is sent, no object is touched.

    Raises:
        CircularDependencyError: rows need each other's keys in a circle.
        InvalidRequestError: primary keys of one class can not be compared with each other.
    """
    plan = FlushPlan()
    plan.unsettled, plan.cascaded = changes.unsettled, changes.cascaded
    works, mappers, links = plan.works, changes.mappers, changes.links
    groups: _TransferGroups | None = None
    for step in order_steps(changes):
        kind, subject, states = step
        if kind is SAVE or kind is DELETE:
            if changes.families and subject in changes.families:
                works += plan_family(changes, subject, kind is SAVE, states)
                plan.ends.append(len(works))
                continue
            of_mapper = mappers.get(subject)
            if of_mapper is None:
                continue
            if kind is SAVE:
                plan_save(of_mapper, states, works, plan.ends)
            elif of_mapper.deletes:
                works += plan_deletes(of_mapper, states)
            plan.ends.append(len(works))
        elif kind is Kind.AFTER or kind is Kind.BEFORE:
            rows = (changes.after if kind is Kind.AFTER else changes.before).get(subject)
            if rows:
                works.append(PostUpdate(facts_of(subject), rows))
        elif (link := links.get(subject)) is None:
            continue
        elif kind is Kind.UNLINK:
            if link.dropped:
                works.append(SecondaryRows(link.facts, link.dropped, insert=False))
        else:
            groups = groups or _TransferGroups(changes)
            works += _plan_link(groups, step)
    for of_mapper in mappers.values():
        if of_mapper.replaced:
            plan.replaced.update(of_mapper.replaced)
    return plan


class _TransferGroups:
    """The transfers of each relationship, all of them or by the object that gives the key."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.by_holder: dict[Any, dict[InstanceState, list[Transfer]]] = {}

    def of(self, step: Step) -> list[Transfer]:
        """Return the transfers of one step."""
        transfers = self.changes.links[step.subject].transfers
        if step.states is None:
            return transfers
        if step.subject not in self.by_holder:
            groups: dict[InstanceState, list[Transfer]] = {}
            for transfer in transfers:
                groups.setdefault(transfer[2], []).append(transfer)
            self.by_holder[step.subject] = groups
        return list(chain.from_iterable(self.by_holder[step.subject][state] for state in step.states))


def _plan_link(groups: _TransferGroups, step: Step) -> Iterator[Work]:
    link = groups.changes.links[step.subject]
    transfers = groups.of(step)
    if transfers:
        yield TransferKeys(link.facts, transfers)
    if link.removed:
        yield SecondaryRows(link.facts, link.removed, insert=False)
    if link.switched:
        yield SecondaryKeys(link.facts, link.switched)
    if link.added:
        yield SecondaryRows(link.facts, link.added, insert=True)
