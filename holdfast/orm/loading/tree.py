"""Which entities stand in the rows of a statement, and what is loaded after it: decided before any SQL is written.

The tree follows the relationships that are loaded by JOIN (or that the statement joins itself); what other statements
load hangs at its nodes as `FollowUp`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.exc import InvalidRequestError
from holdfast.orm.loading.choice import EAGER, KINDS, Choice
from holdfast.orm.loading.directions import NOTHING, Directions
from holdfast.sql.from_clause import from_of
from holdfast.sql.traversal import replace


class FollowUp(NamedTuple):
    """A relationship that further statements load for all owners of one place.

    Attributes:
        relationship: which one.
        choice: the strategy, "selectin", "subquery" or "immediate", and its arguments.
        directions: what the options say where it leads.
        path: the mappers on the way, the related one last.
        root: the entity of the statement that brought the owners; `way`: the joined relationships from there to them.
        before: mapper, relationship ... by which earlier statements came to that entity; known where somebody asks.
    """

    relationship: Any
    choice: Choice
    directions: Directions
    path: tuple[Any, ...]
    root: Any = None
    way: tuple[Any, ...] = ()
    before: tuple[Any, ...] = ()

    @property
    def full_way(self) -> tuple[Any, ...]:
        """Mapper, relationship, mapper, relationship ... from what the program asked for to what is loaded here."""
        relationships = (*self.way, self.relationship)
        mappers = self.path[-1 - len(relationships) : -1]
        return self.before + tuple([step for pair in zip(mappers, relationships, strict=False) for step in pair])

    @property
    def owner_class(self) -> type[Any]:
        """The class whose objects it concerns."""
        mapper = self.relationship if self.choice is KINDS else self.relationship.parent
        return mapper.class_  # type: ignore[no-any-return]


class Branch(NamedTuple):
    """A relationship whose related objects stand in the same row.

    Attributes:
        relationship: which one.
        choice: "joined" or "contains", and its arguments.
        node: the related entity.
        secondary: the alias of the table between, for "joined".
    """

    relationship: Any
    choice: Choice
    node: EntityNode
    secondary: Any

    @property
    def inner(self) -> Any:
        """JOIN instead of LEFT OUTER JOIN: True, False or "unnested"; "nested" is the older word for True."""
        given = self.choice.innerjoin
        return given if given == "unnested" else bool(given)


class EntityNode:
    """One entity whose objects stand in the rows.

    Attributes:
        mapper: its mapper.
        source: the FROM element that its columns belong to.
        directions: what the options say here.
        names: the attributes loaded from the row; `expressions`: where from, one for each.
        positions: where they stand in the row; known when the whole statement is.
        owners: for each of them, the subclass whose objects have it, or None; empty: all objects have all.
        branches: relationships in the same row; `follow_ups`: those that other statements load.
        path: the mappers on the way here, this one last.
        root: the entity that the statement selects; `way`: the joined relationships from there.
        is_eager_row: its columns come after all that the statement itself selects.
    """

    __slots__ = (
        "branches",
        "directions",
        "expressions",
        "follow_ups",
        "is_eager_row",
        "mapper",
        "names",
        "owners",
        "path",
        "positions",
        "root",
        "source",
        "way",
    )  # fmt: skip

    def __init__(self, mapper: Any, source: Any, directions: Directions, path: tuple[Any, ...], eager: bool) -> None:
        self.mapper = mapper
        self.source = source
        self.directions = directions
        self.path = path
        self.is_eager_row = eager
        self.root: Any = None
        self.way: tuple[Any, ...] = ()
        self.branches: list[Branch] = []
        self.follow_ups: list[FollowUp] = []
        self.names: tuple[str, ...] = ()
        self.expressions: tuple[Any, ...] = ()
        self.positions: tuple[int, ...] = ()
        self.owners: tuple[Any, ...] = ()

    @property
    def remembers(self) -> bool:
        """Whether the objects have to remember the directions for what they load later."""
        return not self.directions.says_nothing

    @property
    def has_collections(self) -> bool:
        """Whether the row is repeated for the members of a collection, here or further down."""
        return any(branch.relationship.uselist or branch.node.has_collections for branch in self.branches)

    def everything(self) -> list[EntityNode]:
        """Return this node and all below, owners before what they own."""
        return [self, *[node for branch in self.branches for node in branch.node.everything()]]


def is_eager(mapper: Any) -> bool:
    """Whether the mapping itself loads a relationship with the objects; asked once per mapper."""
    known = mapper.memo.get("is_eager")
    if known is None:
        mapper.configure()
        known = any(prop.is_relationship and prop.lazy in EAGER for prop in mapper.by_name.values()) or bool(
            kinds_of_mapping(mapper)
        )
        mapper.memo["is_eager"] = known
    return known  # type: ignore[no-any-return]


def kinds_of_mapping(mapper: Any) -> tuple[Any, ...]:
    """Return the subclasses that the mapping itself loads by further statements."""
    return tuple(one for one in mapper.self_and_descendants[1:] if one.polymorphic_load == "selectin")


class TreeGrower:
    """Grows the trees of one statement's entities.

    Attributes:
        primary: the columns that the statement itself selects, as expressions; `secondary`: those that eager
            loading adds.
        cuts_collection: a collection that the mapping joins was left out, since it leads back to a class on the way.
    """

    def __init__(self) -> None:
        self.primary: list[Any] = []
        self.secondary: list[Any] = []
        self.nodes: list[EntityNode] = []
        self.cuts_collection = False

    def root(self, entity: Any, directions: Directions, path: tuple[Any, ...] = (), asked: Any = None) -> EntityNode:
        """Return the tree of an entity that the statement selects.

        Args: asked: the entity that the program named, if another one stands for it.
        """
        entity.configure()
        return self._grow(entity, from_of(entity), directions, (*path, entity.mapper), False, (asked or entity, ()))

    def value(self, column: Any) -> int:
        """Return where a value that the statement selects stands."""
        return self._column(column, False)

    def place(self) -> None:
        """Say of all nodes where their columns stand, now that all are known."""
        offset = len(self.primary)
        for node in self.nodes:
            if node.is_eager_row:
                node.positions = tuple([position + offset for position in node.positions])

    def _grow(
        self,
        entity: Any,
        source: Any,
        directions: Directions,
        path: tuple[Any, ...],
        eager: bool,
        origin: tuple[Any, tuple[Any, ...]],
    ) -> EntityNode:
        mapper = entity.mapper
        node = EntityNode(mapper, source, directions, path, eager)
        node.root, node.way = origin
        self.nodes.append(node)
        if entity.has_layout:
            self._lay_out(node, entity, layout_here(entity, source, directions))
            self._kinds(node)
            return node
        node.names, node.expressions = columns_of(entity, source, directions)
        given = dict(zip(node.names, node.expressions, strict=True))
        places: dict[str, int] = {}
        # Everything in the order of the mapping: relationships and expressions stand before the columns of the table.
        further = bool(mapper.children)
        for prop in mapper.by_name.values():
            if prop.is_relationship:
                self._relationship(node, prop)
            elif prop.key in given:
                if further and prop.is_stored:
                    self._kinds(node)
                    further = False
                places[prop.key] = self._column(given[prop.key], eager)
        if further:
            self._kinds(node)
        node.positions = tuple([places[name] for name in node.names])
        return node

    def _kinds(self, node: EntityNode) -> None:
        """Add what the options and the mapping say of further columns of subclasses."""
        kinds = node.directions.kinds
        for kind in kinds_of_mapping(node.mapper) if kinds is None else kinds:
            node.follow_ups.append(FollowUp(kind, KINDS, node.directions, node.path, node.root, node.way))

    def _lay_out(self, node: EntityNode, entity: Any, layout: Any) -> None:
        """Place the columns of an entity that has more than one per attribute; its relationships, and those of subclasses.

        Each class's columns stand behind what its relationships bring, as those of a class by itself do.
        """
        places: list[int] = []
        others = _others(entity)
        ends = layout.ends or (len(layout.expressions),)
        seen: set[str] = set()
        for number, mapper in enumerate((node.mapper, *others)):
            end = ends[number] if number < len(ends) else len(layout.expressions)
            for key, prop in mapper._properties.items():
                if prop.is_relationship and key not in seen:
                    self._relationship(node, prop)
                elif key in mapper.column_set and prop.is_stored:
                    places += [self._column(one, node.is_eager_row) for one in layout.expressions[len(places) : end]]
                seen.add(key)
            places += [self._column(one, node.is_eager_row) for one in layout.expressions[len(places) : end]]
        node.names, node.owners = layout.names, layout.owners
        node.expressions = tuple([layout.expressions[place] for place in layout.places])
        node.positions = tuple([places[place] for place in layout.places])

    def _column(self, expression: Any, eager: bool) -> int:
        columns = self.secondary if eager else self.primary
        if not eager:
            for position, present in enumerate(columns):
                if _same_column(present, expression):
                    return position
        columns.append(expression)
        return len(columns) - 1

    def _relationship(self, node: EntityNode, relationship: Any) -> None:
        choice = node.directions.of_relationship(relationship)
        if choice.strategy not in EAGER:
            return
        if choice.general and _goes_round(relationship, node.path):
            self.cuts_collection |= choice.strategy == "joined" and relationship.uselist
            return
        if choice.strategy in ("joined", "subquery") and not node.directions.everywhere.lets_join:
            return
        if relationship.lazy in ("dynamic", "write_only"):
            if choice.general:
                return
            raise InvalidRequestError(
                f"'{relationship}' does not support object population - eager loading cannot be applied. It is mapped "
                f"with lazy={relationship.lazy!r}: its members are asked for by statements of their own."
            )
        target = choice.target or relationship.entity
        directions = node.directions.at(relationship)
        path = (*node.path, target.mapper)
        origin = (node.root, (*node.way, relationship))
        if choice.strategy == "joined":
            alias = target.selectable if choice.target is not None and not _is_mapper(target) else None
            source = target.selectable.alias(flat=True) if alias is None else alias
            secondary = None if relationship.secondary is None else relationship.secondary.alias()
            below = self._grow(target, source, directions, path, True, origin)
            node.branches.append(Branch(relationship, choice, below, secondary))
        elif choice.strategy == "contains":
            entity = choice.alias if getattr(choice.alias, "is_entity", False) else target
            source = from_of(target if choice.alias is None else choice.alias)
            node.branches.append(
                Branch(
                    relationship, choice, self._grow(entity, source, directions, path, node.is_eager_row, origin), None
                )
            )
        else:
            node.follow_ups.append(FollowUp(relationship, choice, directions, path, node.root, node.way))


def _is_mapper(entity: Any) -> bool:
    return bool(getattr(entity, "is_mapper", False))


def _goes_round(relationship: Any, path: tuple[Any, ...]) -> bool:
    """Whether loading that nobody asked for by name would come back to a class on the way."""
    depth = relationship.given.get("join_depth")
    if depth:
        return len(path) > int(depth)
    return any(mapper.isa(relationship.mapper) for mapper in path)


def _same_column(one: Any, other: Any) -> bool:
    return getattr(one, "column", one) is getattr(other, "column", other)


def columns_of(entity: Any, source: Any, directions: Directions) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return the attributes of an entity that come with its rows, and the expressions that give them.

    Args: source: the entity's own FROM element, or another name of it.
    """
    mapper = entity.mapper
    names = list(loaded_names(mapper, directions))
    own = source is entity.selectable
    given = entity.attributes
    expressions = []
    for name in names:
        choice = directions.choices.get(name)
        if choice is not None and choice.strategy == "expression":
            expressions.append(_given(choice.expression, entity, source))
        elif own:
            expressions.append(getattr(given, name))
        else:
            expressions.append(_elsewhere(mapper, name, source))
    return tuple(names), tuple(expressions)


def _given(expression: Any, entity: Any, source: Any) -> Any:
    """Return what `with_expression` gives for an entity, where its rows are read from."""
    if source is not entity.selectable:
        return _aimed(expression, entity.mapper, source)
    # It speaks of what stood in a query before that became a subquery.
    return entity.adapted(expression) if hasattr(entity, "stands_for") else expression


def _elsewhere(mapper: Any, name: str, source: Any) -> Any:
    """Return what gives an attribute where the mapped table has another name."""
    column = mapper.column_of(name)
    found = source.corresponding_column(column)
    if found is not None:
        return found

    return _aimed(getattr(column, "element", column), mapper, source).label(None)


def _aimed(expression: Any, mapper: Any, source: Any) -> Any:
    """Return an expression over the mapped table, over `source` instead."""

    def substitute(node: Any) -> Any:
        inner = getattr(node, "column", node)
        table = getattr(inner, "table", None)
        return None if table is None or not mapper.owns(table) else source.corresponding_column(inner)

    return replace(expression, substitute)


def loaded_names(mapper: Any, directions: Directions) -> tuple[str, ...]:
    """Return the column attributes that come with a row, in the order of the columns."""
    everywhere = directions.everywhere
    if directions is NOTHING or (
        not directions.choices and not directions.groups and directions.column is None and everywhere.column is None
    ):
        return mapper.column_names  # type: ignore[no-any-return]
    names = []
    for prop in mapper.by_name.values():
        if prop.key not in mapper.column_set:
            continue
        choice = directions.of_column(prop)
        deferred = prop.deferred if choice is None else choice.strategy == "deferred"
        if not deferred or prop.key in mapper.primary_key_names or prop.key == mapper.polymorphic_name:
            names.append(prop.key)
    return tuple(names)


def _others(entity: Any) -> tuple[Any, ...]:
    """Return the subclasses whose columns stand in the rows of an entity."""
    found: tuple[Any, ...] = entity.with_polymorphic_mappers
    return found[1:] if entity.is_mapper else found or entity.mapper.with_polymorphic_mappers[1:]


def layout_here(entity: Any, source: Any, directions: Directions) -> Any:
    """Return the layout of an entity's row under the options of its place, with its tables under other names or not."""
    mapper = entity.mapper
    own = source is entity.selectable
    others = _others(entity)

    def attribute(name: str) -> Any:
        choice = directions.choices.get(name)
        if choice is not None and choice.strategy == "expression":
            return _given(choice.expression, entity, source)
        return entity.attribute(name) if own else _elsewhere(mapper, name, source)

    def column_for(column: Any) -> Any:
        found = column if own and entity.is_mapper else source.corresponding_column(column)
        return column if found is None else found

    def names_of(one: Any) -> list[str]:
        return [
            name for name in loaded_names(one, directions) if one is not mapper or entity.is_mapper or entity.has(name)
        ]

    return mapper.layout_for(entity, others, names_of, attribute, column_for)
