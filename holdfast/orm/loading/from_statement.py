"""Loads objects out of the rows of a statement that was not made for them: text, set operations.

Columns are found by what they are (a column of the mapped table) or by name: ``id``, or ``users_id`` as labels have it.
What lacks is loaded when it is read; only the primary key must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.engine.row import RowShape
from holdfast.orm.loading.directions import NOTHING, Directions, directions_for
from holdfast.orm.loading.graph_plan import GraphPlan, remembered_loader
from holdfast.orm.loading.graph_rows import RowPart
from holdfast.orm.loading.load import LoadingSession, core_run_context
from holdfast.orm.loading.load_plan import LoadPlan
from holdfast.orm.loading.tree import Branch, EntityNode, FollowUp, loaded_names
from holdfast.sql.types.base import PLAIN

FURTHER = frozenset(("selectin", "subquery", "immediate"))


class ForeignRow:
    """The columns of a row that another statement gives.

    Args:
        compiled: the statement.
        description: what the driver says of the columns.
        dialect: knows how values are converted.
    """

    def __init__(self, compiled: Any, description: Any, dialect: Any) -> None:
        shown = [one[0] for one in description or ()]
        columns: Sequence[Any] = compiled.columns or ()
        if len(columns) > len(shown) and not compiled.by_name:
            exc.warn(
                f"Number of columns in textual SQL ({len(columns)}) is smaller than number of columns requested "
                f"({len(shown)})"
            )
        if compiled.by_name:
            known = {one.name: one for one in columns}
            self._columns: Sequence[Any] = [known.get(name) for name in shown]
        else:
            # A text may give more columns than were said of it, or fewer; those beyond are nobody's.
            self._columns = [*columns[: len(shown)], *[None] * (len(shown) - len(columns))]
        self.names = [one and one.name for one in self._columns] if columns else shown
        self.codecs: list[Any] = [one and one.codec for one in self._columns]
        self._dialect = dialect
        self._taken: set[int] = set()

    def position(self, column: Any) -> int | None:
        """Return where a mapped column stands, or None; text has its values converted as the column's."""
        for number, one in enumerate(self._columns):
            if one is not None and number not in self._taken and _is_column(one.element, column):
                self._taken.add(number)
                return number
        table = getattr(column, "table", None)
        for name in (column.name, f"{getattr(table, 'name', '')}_{column.name}", column.key):
            place = self.named(name)
            if place is not None:
                if self.codecs[place] is None:
                    self.codecs[place] = self._dialect.codec(column.type)
                return place
        return None

    def expression(self, prop: Any) -> int | None:
        """Return where the value of an attribute stands that is no column: itself, or what has its name; or None."""
        for number, one in enumerate(self._columns):
            if one is not None and number not in self._taken and getattr(one.element, "property", None) is prop:
                self._taken.add(number)
                return number
        return self.named(prop.key)

    def named(self, name: str) -> int | None:
        """Return where a column of that name stands, the first that is not taken yet; or None."""
        for number, one in enumerate(self.names):
            if one == name and number not in self._taken:
                self._taken.add(number)
                return number
        return None


def _is_column(element: Any, column: Any) -> bool:
    lineage = getattr(element, "_lineage", None)
    return lineage is not None and id(column) in lineage


def _node(entity: Any, row: ForeignRow, directions: Directions, path: tuple[Any, ...]) -> EntityNode:
    """Return the tree of an entity as far as the row has it.

    Raises: NoSuchColumnError: the primary key is not in the row.
    """
    mapper = entity.mapper
    node = EntityNode(mapper, entity.selectable, directions, (*path, mapper), False)
    places = {}
    for name in loaded_names(mapper, directions):
        prop = mapper.by_name[name]
        position = row.position(mapper.column_of(name)) if prop.is_stored else row.expression(prop)
        if position is not None:
            places[name] = position
    for name in mapper.primary_key_names:
        if name not in places:
            column = mapper.column_of(name)
            raise exc.NoSuchColumnError(
                f"Could not locate column in row for column '{column.table.name}.{column.name}'. A statement for "
                f"{mapper.class_name} has to give the primary key, under its own name."
            )
    node.names, node.positions = tuple(places), tuple(places.values())
    node.follow_ups.extend(follow_ups_of(mapper, directions, node.path))
    for relationship in (prop for prop in mapper.by_name.values() if prop.is_relationship):
        choice = directions.of_relationship(relationship)
        if choice.strategy == "contains":
            below, target = directions.at(relationship), choice.target or relationship.entity
            node.branches.append(Branch(relationship, choice, _node(target, row, below, node.path), None))
    return node


def follow_ups_of(
    mapper: Any, directions: Directions, path: tuple[Any, ...], takes_joins: bool = False
) -> Iterator[FollowUp]:
    """Yield what further statements load for objects of a mapper.

    Args:
        path: the mappers on the way, this one last.
        takes_joins: what options say is to be joined is loaded so too.
    """
    for relationship in (prop for prop in mapper.by_name.values() if prop.is_relationship):
        choice = directions.of_relationship(relationship)
        is_further = choice.strategy in FURTHER or (takes_joins and choice.strategy == "joined" and not choice.general)
        if is_further and not (choice.general and relationship.mapper in path):
            target = choice.target or relationship.entity
            yield FollowUp(relationship, choice, directions.at(relationship), (*path, target.mapper))


async def core_load_from(
    session: LoadingSession, statement: Any, parameters: Any, overwrite: bool
) -> tuple[LoadPlan, list[Any]]:
    """Run the statement inside a `FromStatement`; returns a plan and one element per row."""
    entries = statement._columns
    engine = session.engine_for(None, statement.element)
    compiled = engine.compiled(statement.element)
    mapper = next((entry.mapper for entry in entries if getattr(entry, "is_entity", False)), None)
    connection = await session.core_connection_for(mapper, statement.element)
    roots = _roots(statement)
    sql, bound = compiled.bind(statement.element._values, parameters)
    fetched = await connection.core_run(compiled, sql, bound)
    row = ForeignRow(compiled, fetched.description, engine.dialect)
    plan = _plan(engine, statement, row, compiled, roots)
    return plan, await core_run_context(session, plan, fetched.rows, overwrite)


class _Given:
    """Stands for the compiled statement and the dialect of rows that somebody else has read.

    Args:
        names: of the columns.
    """

    columns = ()
    by_name = False

    def __init__(self, names: Sequence[str]) -> None:
        self.description = [(name,) for name in names]

    def codec(self, type_: Any) -> Any:
        """Return what converts values of a type: nothing is left to do."""
        return PLAIN


async def core_load_given(
    session: LoadingSession, statement: Any, names: Sequence[str], rows: list[Any]
) -> tuple[LoadPlan, list[Any]]:
    """Load what a SELECT asks for out of rows that are there; returns a plan and one element per row.

    Args:
        names: of the rows' columns; their values are Python's already.
    """
    given = _Given(names)
    row = ForeignRow(given, given.description, given)
    row.codecs = [PLAIN] * len(names)
    plan = _plan(session.engine_for(None, statement), statement, row, None, _roots(statement))
    return plan, await core_run_context(session, plan, rows, False)


def _roots(statement: Any) -> dict[Any, Directions]:
    """Return the directions by entity, before anything is sent.

    Raises: ArgumentError, InvalidRequestError: an option that does not fit, or contradicts another.
    """
    for entry in statement._columns:
        if getattr(entry, "is_entity", False):
            entry.mapper.configure()
    return directions_for(statement._options, statement._columns)


def _plan(engine: Any, statement: Any, row: ForeignRow, compiled: Any, roots: Mapping[Any, Directions]) -> LoadPlan:
    """Return the plan that takes what a statement asks for out of such rows.

    Args:
        compiled: the statement that gave them, if it is known.
        roots: see `_roots`.

    Raises: NoSuchColumnError: it is not there.
    """
    entries = statement._columns
    trees: list[EntityNode] = []
    keys: list[str] = []
    found: list[tuple[EntityNode | None, int]] = []
    for entry in entries:
        if getattr(entry, "is_entity", False):
            trees.append(_node(entry, row, roots.get(entry, NOTHING), ()))
            found.append((trees[-1], 0))
            keys.append(entry.entity_name)
            continue
        position = row.position(getattr(entry, "column", entry))
        if position is None:
            raise exc.NoSuchColumnError(f"Could not locate column in row for column '{entry}'")
        found.append((None, position))
        keys.append(str(entry.key))
    nodes = tuple(node for tree in trees for node in tree.everything())
    number = {id(node): at for at, node in enumerate(nodes)}
    parts = [RowPart(None, (at,)) if node is None else RowPart(number[id(node)]) for node, at in found]
    single = len(parts) == 1 and parts[0].node is not None
    shape = RowShape(tuple(keys))
    loader = remembered_loader(engine, nodes, row.codecs, parts, None if single else shape.row_class)
    unique = any(node.has_collections for node in nodes)
    graph = GraphPlan(nodes, (), (), unique, dict(roots), statement)
    mappers = tuple(node.mapper for node in nodes)
    return LoadPlan(compiled, (), shape, single, loader, mappers, graph)
