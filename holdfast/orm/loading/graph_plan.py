"""Plans of statements whose rows hold related objects, or that further statements follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from holdfast.engine.row import RowShape
from holdfast.orm.loading.criteria import constrained, criteria_of
from holdfast.orm.loading.directions import NOTHING, Directions, directions_for
from holdfast.orm.loading.graph_rows import LoadContext, RowPart, build_graph_loader
from holdfast.orm.loading.joins import with_columns
from holdfast.orm.loading.tree import EntityNode, FollowUp, TreeGrower, is_eager
from holdfast.sql.hierarchies import watch, with_kinds


class GraphPlan(NamedTuple):
    """What a `LoadPlan` has beside SQL and loader where related objects come along.

    Attributes:
        nodes: the entities of the row, owners first.
        constants: the statement's value holders; None where the execution's stand.
        places: per value of the compiled statement: which of the original statement's values it is, or -1.
        must_be_unique: rows repeat for collections: `Result.unique` is asked for.
        roots: the directions by entity.
        statement: what was planned first of this structure; its values are those of the plan where it has only
            named parameters.
    """

    nodes: tuple[EntityNode, ...]
    constants: tuple[Any, ...]
    places: tuple[int, ...]
    must_be_unique: bool
    roots: dict[Any, Directions]
    statement: Any

    def values(self, given: Sequence[Any]) -> Any:
        """Return the compiled statement's values, taken from those of the original one."""
        return [
            given[place] if place >= 0 else constant
            for place, constant in zip(self.places, self.constants, strict=True)
        ]

    def context(self, groups: Any = None) -> LoadContext:
        """Return what one run of the loader needs."""
        return LoadContext(
            [node.directions.remembered() for node in self.nodes],
            [[] if node.follow_ups else None for node in self.nodes],
            groups,
        )

    def follow_ups(self, context: LoadContext) -> Iterable[tuple[FollowUp, list[Any]]]:
        """Yield what further statements have to load, with the owners found."""
        for node, owners in zip(self.nodes, context.gathered, strict=True):
            if owners:
                for follow_up in node.follow_ups:
                    concerned = owners
                    if node.mapper.children:
                        class_ = follow_up.owner_class
                        concerned = [owner for owner in owners if isinstance(owner, class_)]
                    if concerned:
                        yield follow_up, concerned


def needs_graph(statement: Any, entries: Iterable[Any]) -> bool:
    """Whether the options or the mapping ask for more than the entities' own columns."""
    if statement._options:
        return True
    entries = list(entries)
    if any(is_eager(entry.mapper) for entry in entries if getattr(entry, "is_entity", False)):
        return True
    return len(entries) > 1 and _shares_columns(entries)


def _shares_columns(entries: list[Any]) -> bool:
    """Whether an entity comes after some of its own columns, which are not selected twice then."""
    seen: set[int] = set()
    for entry in entries:
        if getattr(entry, "is_entity", False) or getattr(entry, "is_row_part", False):
            columns = {id(getattr(column, "column", column)) for column in entry._entity_columns()}
            if entry.is_entity and seen & columns:
                return True
            seen |= columns
        else:
            seen.add(id(getattr(entry, "column", entry)))
    return False


class Arranged(NamedTuple):
    """A statement made ready to load a graph: plain data, nothing compiled.

    Attributes:
        statement: with all columns and joins.
        nodes: the entities of its rows.
        parts: per entry of the original: the root node's number, or the positions of its values.
        roots: the directions by entity.
    """

    statement: Any
    nodes: tuple[EntityNode, ...]
    parts: tuple[tuple[int | None, tuple[int, ...]], ...]
    roots: dict[Any, Directions]


def arrange(
    statement: Any,
    entries: Sequence[Any],
    roots: dict[Any, Directions] | None = None,
    path: tuple[Any, ...] = (),
    refreshing: bool = False,
) -> Arranged:
    """Return the statement with the columns and joins that options and mapping ask for.

    Args:
        statement: a SELECT.
        entries: what it selects.
        roots: directions by entity; None: those of the statement's options.
        path: the mappers on the way to the entities, where a statement goes on with another one's work.
        refreshing: one present object is loaded again, whatever `with_loader_criteria` says about its class.

    Raises: ArgumentError: an option that does not fit.
    """
    is_asked = roots is None
    if roots is None:
        roots = directions_for(statement._options, entries)
        criteria = criteria_of(statement._options)
    else:
        criteria = next((place.everywhere.criteria for place in roots.values()), ())
    shown = entries
    if criteria and not refreshing:
        statement, of = constrained(statement, criteria, is_asked)
        shown = [of(entry) for entry in entries]
    if watch.kinds:
        statement, _ = with_kinds(statement)
    grower = TreeGrower()
    trees: list[EntityNode] = []
    parts: list[tuple[Any, tuple[int, ...]]] = []
    for asked, entry in zip(entries, shown, strict=True):
        if getattr(entry, "is_entity", False):
            node = grower.root(entry, roots.get(asked, NOTHING), path, asked)
            trees.append(node)
            parts.append((node, ()))
        elif getattr(entry, "is_row_part", False):
            parts.append((None, tuple([grower.value(column) for column in entry._entity_columns()])))
        else:
            parts.append((None, (grower.value(entry),)))
    arranged = with_columns(statement, grower, trees)
    grower.place()
    nodes = tuple(node for tree in trees for node in tree.everything())
    number = {id(node): at for at, node in enumerate(nodes)}
    return Arranged(
        arranged, nodes, tuple((None if node is None else number[id(node)], at) for node, at in parts), roots
    )


def value_places(original: Sequence[Any], arranged: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Return, for each value of the arranged statement, a constant or where it stands among the original ones."""
    place_of: dict[int, int] = {}
    for place, holder in enumerate(original):
        place_of.setdefault(id(holder), place)
        parameter = getattr(holder, "_right", None)
        if parameter is not None:
            place_of.setdefault(id(parameter), place)
    places = tuple(place_of.get(id(holder), -1) for holder in arranged)
    return tuple(None if place >= 0 else holder for place, holder in zip(places, arranged, strict=True)), places


def graph_loader(
    engine: Any,
    arranged: Arranged,
    entries: Sequence[Any],
    compiled: Any,
    shape: RowShape,
    single: bool,
    group_by: Sequence[int] = (),
) -> Any:
    """Return the generated loader of an arranged statement."""
    codecs = [column.codec for column in compiled.columns]
    parts = []
    for entry, (node, positions) in zip(entries, arranged.parts, strict=True):
        make = None
        if getattr(entry, "is_row_part", False):
            make = entry.row_part([compiled.columns[position] for position in positions])
        parts.append(RowPart(node, positions, make))
    row_class = None if single else shape.row_class
    return remembered_loader(engine, arranged.nodes, codecs, parts, row_class, group_by)


def remembered_loader(
    engine: Any,
    nodes: Sequence[EntityNode],
    codecs: Sequence[Any],
    parts: Sequence[RowPart],
    row_class: Any = None,
    group_by: Sequence[int] = (),
) -> Any:
    """Return the generated loader of a graph, from the engine's memory if one entity alone makes its elements."""
    if row_class is not None:
        return build_graph_loader(nodes, codecs, parts, row_class, group_by)
    memo = engine.memo.setdefault("graph_loaders", {})
    key = (tuple(map(id, codecs)), tuple(parts), tuple(group_by), tuple(_structure(node) for node in nodes))
    known = memo.get(key)
    if known is None:
        if len(memo) >= 1000:
            memo.clear()
        # The codecs are kept, so that no other one gets the identity of one of them.
        known = memo[key] = (build_graph_loader(nodes, codecs, parts, row_class, group_by), codecs)
    return known[0]


def _structure(node: EntityNode) -> Any:
    """Return all of a node that its loader depends on; directions come with the run."""
    return (
        node.mapper.serial, node.names, node.positions, node.remembers, node.directions.concerns_present,
        bool(node.follow_ups), tuple((one.relationship.key, one.relationship.uselist) for one in node.branches),
        node.mapper.twin is None, tuple(None if owner is None else owner.serial for owner in node.owners),
        node.mapper.is_polymorphic,
    )  # fmt: skip
