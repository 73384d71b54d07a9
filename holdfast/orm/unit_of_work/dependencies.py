"""Decides in which order the work of a flush is done, so that every foreign key points at a row that exists.

The order is decided between whole mappers: all rows of one table go together, parents before children, deletions the
other way round. Only where mappers depend on each other in a circle (a tree of one table, two tables that refer to
each other) is it decided between objects. What does not depend on each other stands in the same round and is sorted
by name, so that the same work always gives the same statements.

Source: Fowler, PoEAA, Unit of Work. The rounds, and what counts as a step, are chosen so that statements come in the
order that programs and their logs know (`tests/differential` compares it).
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from holdfast import exc
from holdfast._util.topological import CycleError, cycles, rounds
from holdfast.exc.shown import shown_object
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.changes import Changes
from holdfast.orm.unit_of_work.facts import Direction, MapperFacts, RelationshipFacts, facts_of
from holdfast.orm.unit_of_work.handed_keys import stored_values


class Kind(enum.IntEnum):
    """What a step does; steps of one round are done in this order."""

    DELETE = 0
    """Delete the rows of a mapper."""
    BEFORE = 1
    """Clear foreign keys of a mapper's rows with ``post_update``, before rows are deleted."""
    AFTER = 2
    """Write them, when all rows are there."""
    UNLINK = 3
    """Take rows out of a secondary table before the rows go that they refer to."""
    LINK = 4
    """Hand generated keys over, write rows of a secondary table."""
    SAVE = 5
    """Update and insert the rows of a mapper."""


# By themselves, for who looks at them in each flush: a look at a member of an enumeration is slow.
SAVE, DELETE = Kind.SAVE, Kind.DELETE


class Step(NamedTuple):
    """One step for all objects of a mapper or relationship, or for some.

    Attributes:
        kind: see `Kind`.
        subject: a mapper; for LINK and UNLINK a relationship property.
        states: the objects concerned, for LINK those that give the key; None: all.
    """

    kind: Kind
    subject: Any
    states: tuple[InstanceState, ...] | None = None


KEPT_ORDERS = 200
"""Combinations of mappers whose order is kept, per mapper."""

Node: TypeAlias = tuple[Kind, Any]
"""A step for all objects of its subject."""
ObjectNode: TypeAlias = tuple[Any, ...]
"""A step for one object: (kind, subject, state); or the end of all of them: (kind, subject)."""
Edge: TypeAlias = tuple[Any, Any]


def order_steps(changes: Changes) -> list[Step]:
    """Return the steps of a flush in the order in which they are done.

    Args:
        changes: complete, relationships followed.

    Raises: CircularDependencyError: objects need each other's rows in a circle.
    """
    if not changes.mappers:
        return []
    if len(changes.mappers) == 1 and not changes.related:
        [of_mapper] = changes.mappers.values()
        involved = of_mapper.facts.alone
    else:
        involved = frozenset([of_mapper.facts for of_mapper in changes.mappers.values()])
        # A relationship that was set counts for the order also if the related object itself has not changed.
        if not changes.related <= changes.mappers.keys():
            involved |= {facts_of(mapper) for mapper in changes.related}
    steps, circles = _order_of_mappers(involved)
    if circles and _needs_object_order(changes, circles):
        return _order_with_objects(changes, involved, circles)
    return steps


MapperOrder: TypeAlias = tuple[list[Step], list[frozenset[Node]]]


def _order_of_mappers(involved: frozenset[MapperFacts]) -> MapperOrder:
    """Return the order of all steps between mappers, and the circles; inside a circle it is by name.

    The answer depends on nothing else, so it is kept: a program flushes the same few combinations over and over.

    Args:
        involved: mappers that have rows to write or delete, or that such rows refer to.
    """
    kept = (min(involved, key=_serial) if len(involved) > 1 else next(iter(involved))).orders
    found = kept.get(involved)
    if found is None:
        if len(kept) >= KEPT_ORDERS:
            kept.clear()
        found = kept[involved] = _work_out_order(involved)
    return found


def _serial(facts: MapperFacts) -> int:
    return facts.mapper.serial  # type: ignore[no-any-return]


def _work_out_order(involved: frozenset[MapperFacts]) -> MapperOrder:
    nodes, edges = _mapper_graph(involved)
    circles = cycles(nodes, edges)
    circle_of = {node: number for number, circle in enumerate(circles) for node in circle}
    open_edges = [
        (before, after)
        for before, after in edges
        if before not in circle_of or circle_of[before] != circle_of.get(after)
    ]
    ordered = [Step(*node) for round_ in rounds(nodes, open_edges, _by_name) for node in round_]
    return ordered, [frozenset(circle) for circle in circles]


def _by_name(node: Node) -> tuple[int, Any]:
    kind, subject = node
    if kind is not Kind.LINK and kind is not Kind.UNLINK:
        name, serial, place = subject.flush_place
        return kind, (name, serial, -place if kind is Kind.DELETE else place)
    return kind, facts_of(subject.parent).relationships[subject.key].sort_key


def _mapper_graph(involved: frozenset[MapperFacts]) -> tuple[list[Node], list[tuple[Node, Node]]]:
    """Return all steps between mappers, and which comes before which."""
    # The rows of a hierarchy are written in one step.
    mappers = {facts.mapper.base_mapper for facts in involved}
    found = {
        one.relationship: one
        for facts in sorted(involved, key=_serial)
        for one in facts.relationships.values()
        if one.target.base_mapper in mappers
    }
    relationships = list(found.values())
    nodes: list[Node] = []
    edges: list[tuple[Node, Node]] = []
    for mapper in mappers:
        nodes += [(Kind.SAVE, mapper), (Kind.DELETE, mapper)]
        edges.append(((Kind.SAVE, mapper), (Kind.DELETE, mapper)))
    for relationship in relationships:
        nodes += [(Kind.LINK, relationship.relationship), (Kind.UNLINK, relationship.relationship)]
        if relationship.post_update:
            nodes += [(Kind.AFTER, relationship.key_taker), (Kind.BEFORE, relationship.key_taker)]
            edges += _post_edges(relationship)
        else:
            edges += _relationship_edges(relationship)
    return nodes, edges


def _post_edges(facts: RelationshipFacts) -> list[tuple[Node, Node]]:
    """Return the order around foreign keys that an UPDATE of their own writes: both rows first, neither before the other.

    A row that goes may be the one that was referred to so far.
    """
    link, unlink = (Kind.LINK, facts.relationship), (Kind.UNLINK, facts.relationship)
    after, before = (Kind.AFTER, facts.key_taker), (Kind.BEFORE, facts.key_taker)
    parent, target = facts.parent.base_mapper, facts.target.base_mapper
    return [
        ((Kind.SAVE, parent), link), ((Kind.SAVE, target), link), (link, after),
        (after, (Kind.DELETE, parent)), (after, (Kind.DELETE, target)),
        (unlink, before), (before, (Kind.DELETE, parent)), (before, (Kind.DELETE, target)),
    ]  # fmt: skip


def _relationship_edges(facts: RelationshipFacts) -> list[tuple[Node, Node]]:
    link, unlink = (Kind.LINK, facts.relationship), (Kind.UNLINK, facts.relationship)
    parent, target = facts.parent.base_mapper, facts.target.base_mapper
    save_parent, save_target = (Kind.SAVE, parent), (Kind.SAVE, target)
    delete_parent, delete_target = (Kind.DELETE, parent), (Kind.DELETE, target)
    if facts.direction is Direction.TO_MANY:
        return [
            (save_parent, link), (link, save_target), (link, delete_parent),
            (save_parent, unlink), (unlink, save_target), (unlink, delete_parent),
            (delete_target, delete_parent),
        ]  # fmt: skip
    if facts.direction is Direction.TO_ONE:
        return [(save_target, link), (link, save_parent), (unlink, delete_parent), (delete_parent, delete_target)]
    return [
        (unlink, save_parent), (unlink, save_target),
        (save_parent, link), (save_target, link), (link, delete_target),
    ]  # fmt: skip


# Circles: the order is decided between objects.


def _needs_object_order(changes: Changes, circles: list[frozenset[Node]]) -> bool:
    """Whether objects inside a circle depend on each other in this flush."""
    for circle in circles:
        if any(
            kind is Kind.LINK and (link := changes.links.get(subject)) and link.transfers for kind, subject in circle
        ):
            return True
        parts = [one for kind, subject in circle if kind is Kind.DELETE for one in changes.group(subject)]
        if sum(len(of_mapper.deletes) for of_mapper in parts) > 1:
            return True
    return False


def _order_with_objects(
    changes: Changes,
    involved: frozenset[MapperFacts],
    circles: list[frozenset[Node]],
) -> list[Step]:
    """Order the steps inside circles by object, all others by mapper."""
    split = {node for circle in circles for node in circle}
    nodes, edges = _mapper_graph(involved)
    members = {node: _objects_of(changes, node) for node in sorted(split, key=_by_name)}
    all_nodes: list[ObjectNode] = [node for node in nodes if node not in split]
    all_edges: list[Edge] = []
    for node, objects in members.items():
        all_nodes += objects
        all_nodes.append((*node, None))
        all_edges += [(one, (*node, None)) for one in objects]
    circle_of = {node: number for number, circle in enumerate(circles) for node in circle}
    for before, after in edges:
        if before in split and circle_of[before] == circle_of.get(after):
            continue
        first = (*before, None) if before in split else before
        all_edges += [(first, one) for one in members[after]] if after in split else [(first, after)]
        if after in split and not members[after]:
            all_edges.append((first, (*after, None)))
    known = set(all_nodes)
    inner = [edge for edge in _object_edges(changes, split) if edge[0] in known and edge[1] in known]
    try:
        ordered = rounds(all_nodes, all_edges + inner, _ObjectOrder(members))
    except CycleError as error:
        raise _circle_of_objects(error.nodes) from None
    return [step for round_ in ordered for step in _merge(round_)]


def _objects_of(changes: Changes, node: Node) -> list[ObjectNode]:
    kind, subject = node
    if kind is Kind.SAVE or kind is Kind.DELETE:
        group = changes.group(subject)
        if kind is Kind.DELETE:
            return [(kind, subject, state) for of_mapper in group for state in of_mapper.deletes]
        updated = [(kind, subject, state) for of_mapper in group for state in of_mapper.updates]
        return [*updated, *[(kind, subject, state) for of_mapper in group for state in of_mapper.inserts]]
    link = changes.links.get(subject)
    if kind is Kind.UNLINK or link is None:
        return []
    return [(kind, subject, holder) for holder in dict.fromkeys(transfer[2] for transfer in link.transfers)]


def _object_edges(changes: Changes, split: set[Node]) -> Iterator[Edge]:
    """Yield which object's step comes before which inside the circles."""
    for kind, subject in split:
        if kind is Kind.LINK:
            link = changes.links.get(subject)
            for taker, _, holder, _ in link.transfers if link is not None else ():
                yield (Kind.SAVE, holder.mapper.base_mapper, holder), (kind, subject, holder)
                yield (kind, subject, holder), (Kind.SAVE, taker.mapper.base_mapper, taker)
        elif kind is Kind.DELETE:
            group = changes.group(subject)
            for facts in {
                one.relationship: one for part in group for one in part.facts.relationships.values()
            }.values():
                if facts.direction is not Direction.MANY_TO_MANY and not facts.post_update:
                    yield from _deletion_edges(changes, facts)


def _deletion_edges(changes: Changes, facts: RelationshipFacts) -> Iterator[Edge]:
    """Yield that a row which refers to another one is deleted before it, as the database knows them."""
    holders, takers = _deleted(changes, facts.key_holder), _deleted(changes, facts.key_taker)
    if not holders or not takers:
        return
    holder_names = [name for name, _ in facts.transfers]
    by_values = {
        values: state
        for state, instance in holders
        if (values := stored_values(state, instance, holder_names)) is not None
    }
    taker_names = [name for _, name in facts.transfers]
    for state, instance in takers:
        values = stored_values(state, instance, taker_names)
        holder = by_values.get(values) if values is not None else None
        if holder is not None and holder is not state:
            yield (Kind.DELETE, state.mapper.base_mapper, state), (Kind.DELETE, holder.mapper.base_mapper, holder)


def _deleted(changes: Changes, mapper: Any) -> list[tuple[InstanceState, Any]]:
    """Return the objects to delete that are of a mapper, or of one that inherits from it."""
    parts = [part for part in changes.group(mapper.base_mapper) if part.facts.mapper.isa(mapper)]
    return [item for part in parts for item in part.deletes.items()]


class _ObjectOrder:
    """Sorts the steps of one round: by kind and name, then as the objects came."""

    def __init__(self, members: dict[Node, list[ObjectNode]]) -> None:
        self.positions = {one: place for objects in members.values() for place, one in enumerate(objects)}

    def __call__(self, node: ObjectNode) -> tuple[Any, ...]:
        return (*_by_name((node[0], node[1])), self.positions.get(node, -1))


def _merge(round_: Iterable[ObjectNode]) -> Iterator[Step]:
    """Yield one step for the objects of one round that have the same kind and subject."""
    together: defaultdict[Node, list[InstanceState]] = defaultdict(list)
    for node in round_:
        if len(node) == 2:
            together[node] = []
        elif node[2] is not None:
            together[node[0], node[1]].append(node[2])
    for (kind, subject), states in together.items():
        yield Step(kind, subject, tuple(states) or None)


def _circle_of_objects(nodes: list[ObjectNode]) -> exc.CircularDependencyError:
    """Return the error that names the objects which need each other's rows."""
    objects = [
        (node[0].name.lower(), node[2]())
        for node in nodes
        if len(node) == 3 and node[2] is not None and node[0] in (Kind.SAVE, Kind.DELETE)
    ]
    named = ", ".join(f"{verb} {shown_object(instance)}" for verb, instance in objects)
    return exc.CircularDependencyError(
        "Circular dependency detected.",
        [instance for _, instance in objects],
        [],
        msg=f"Circular dependency detected. ({named}) Each of these rows needs the key of another one of them first. "
        "Flush once before closing the circle, or give one of the relationships post_update=True.",
    )
