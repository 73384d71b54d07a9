"""Random schemas of up to six classes, some with a subclass, with random rows: what is in the rows is known without loading.

Every second row of a class with a subclass is one of the subclass.
"""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

from hypothesis import strategies as st

from holdfast import Column, ForeignKeyConstraint, Integer, MetaData, String, Table, insert
from holdfast.orm import registry, relationship

HIERARCHIES = ("none", "single", "joined", "inline", "selectin")
"""No subclass; one in the same table; one with a table of its own, whose columns come later, with the query, or by another."""

WITH_TABLE = ("joined", "inline", "selectin")

KINDS = ("many_to_one", "one_to_one", "many_to_many")

_serial = count(1)


class Edge(NamedTuple):
    """One connection of two classes, a relationship at each of them.

    Attributes:
        kind: of `KINDS`.
        source: number of the class that has the foreign key, or that owns the table between.
        target: number of the other class; the same one: it refers to itself.
        links: pairs of row numbers (in `source`, in `target`).
    """

    kind: str
    source: int
    target: int
    links: frozenset[tuple[int, int]]


class Plan(NamedTuple):
    """A schema and its rows.

    Attributes:
        composite: per class, whether its key has two columns.
        rows: per class, how many rows it has.
        edges: the connections.
        hierarchies: per class, of `HIERARCHIES`.
    """

    composite: tuple[bool, ...]
    rows: tuple[int, ...]
    edges: tuple[Edge, ...]
    hierarchies: tuple[str, ...]


@st.composite
def plans(draw: Any) -> Plan:
    """Return a strategy of plans."""
    classes = draw(st.integers(1, 6))
    composite = tuple(draw(st.lists(st.booleans(), min_size=classes, max_size=classes)))
    rows = tuple(draw(st.lists(st.integers(0, 4), min_size=classes, max_size=classes)))
    edges = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(KINDS))
        source, target = draw(st.integers(0, classes - 1)), draw(st.integers(0, classes - 1))
        edges.append(Edge(kind, source, target, draw(_links(kind, rows[source], rows[target]))))
    hierarchies = tuple(draw(st.lists(st.sampled_from(HIERARCHIES), min_size=classes, max_size=classes)))
    return Plan(composite, rows, tuple(edges), hierarchies)


def _links(kind: str, sources: int, targets: int) -> st.SearchStrategy[frozenset[tuple[int, int]]]:
    """Return which rows are connected: of a foreign key each source once, of one-to-one each target once too."""
    if not sources or not targets:
        return st.just(frozenset())
    pairs = st.lists(st.tuples(st.integers(0, sources - 1), st.integers(0, targets - 1)), max_size=sources * 2)

    def allowed(found: list[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        kept: list[tuple[int, int]] = []
        for source, target in found:
            if kind != "many_to_many" and any(source == one for one, _ in kept):
                continue
            if kind == "one_to_one" and any(target == other for _, other in kept):
                continue
            kept.append((source, target))
        return frozenset(kept)

    return pairs.map(allowed)


class Way(NamedTuple):
    """One relationship of a mapped class as the rows have it.

    Attributes:
        name: the attribute.
        target: number of the class it leads to.
        uselist: whether it holds many.
        found: number of a row -> numbers of the related ones.
    """

    name: str
    target: int
    uselist: bool
    found: dict[int, list[int]]


class Graph:
    """The classes of a plan, mapped, with functions that ask for rows by number.

    Args:
        plan: schema and rows.

    Attributes:
        classes: the mapped classes; `ways`: the relationships of each; `subclasses`: of each, or None.
        metadata: their tables.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.metadata = MetaData()
        self._registry = registry(metadata=self.metadata)
        self._stem = f"g{next(_serial)}"
        self.ways: list[list[Way]] = [[] for _ in plan.rows]
        self._tables = [
            Table(f"t{number}", self.metadata, *self._key_columns(number), *self._kind_columns(number))
            for number in range(len(plan.rows))
        ]
        self._lower = {
            number: self._lower_table(number) for number, one in enumerate(plan.hierarchies) if one in WITH_TABLE
        }
        self._between: dict[int, Any] = {}
        self.classes = [type(f"{self._stem}_{number}", (), {}) for number in range(len(plan.rows))]
        properties: list[dict[str, Any]] = [{} for _ in plan.rows]
        for number, edge in enumerate(plan.edges):
            self._connect(number, edge, properties)
        self.subclasses = [
            self._map(number, table, own)
            for number, (table, own) in enumerate(zip(self._tables, properties, strict=True))
        ]
        self._registry.configure()

    def dispose(self) -> None:
        """Forget the classes."""
        self._registry.dispose()

    # The schema.

    def _key_columns(self, number: int) -> list[Column[Any]]:
        names = ("room", "place") if self.plan.composite[number] else ("id",)
        return [Column(name, Integer, primary_key=True, autoincrement=False) for name in names]

    def _kind_columns(self, number: int) -> list[Column[Any]]:
        """Return what tells the class of a row, and what a subclass in the same table has more."""
        if self.plan.hierarchies[number] == "none":
            return []
        more = [Column("more", Integer)] if self.plan.hierarchies[number] == "single" else []
        return [Column("kind", String(5)), *more]

    def _lower_table(self, number: int) -> Any:
        """Return the table of a subclass."""
        columns, above = self._key_columns(number), list(self._tables[number].primary_key)
        table = Table(f"s{number}", self.metadata, *columns, Column("more", Integer))
        table.append_constraint(ForeignKeyConstraint(columns, above))
        return table

    def _map(self, number: int, table: Any, properties: dict[str, Any]) -> Any:
        """Map a class and its subclass; returns the subclass, or None."""
        class_, hierarchy = self.classes[number], self.plan.hierarchies[number]
        if hierarchy == "none":
            self._registry.map_imperatively(class_, table, properties=properties)
            return None
        self._registry.map_imperatively(
            class_, table, properties=properties, polymorphic_on=table.c.kind, polymorphic_identity="upper"
        )
        lower = type(f"{self._stem}_{number}_lower", (class_,), {})
        load = {"polymorphic_load": hierarchy} if hierarchy in ("inline", "selectin") else {}
        self._registry.map_imperatively(
            lower, self._lower.get(number), inherits=class_, polymorphic_identity="lower", **load
        )
        return lower

    def _references(self, table: Any, prefix: str, target: int, **options: Any) -> list[Column[Any]]:
        """Add columns that refer to a table, with their foreign key."""
        keys = list(self._tables[target].primary_key)
        columns = [Column(f"{prefix}_{key.name}", Integer, **options) for key in keys]
        for column in columns:
            table.append_column(column)
        table.append_constraint(ForeignKeyConstraint(columns, keys))
        return columns

    def _connect(self, number: int, edge: Edge, properties: list[dict[str, Any]]) -> None:
        source, target = self.classes[edge.source], self.classes[edge.target]
        forth, back = f"forth{number}", f"back{number}"
        order, back_order = list(self._tables[edge.target].primary_key), list(self._tables[edge.source].primary_key)
        if edge.kind == "many_to_many":
            between = self._between[number] = Table(f"b{number}", self.metadata)
            left = self._references(between, "left", edge.source, primary_key=True)
            right = self._references(between, "right", edge.target, primary_key=True)
            options: dict[str, Any] = {
                "secondary": between,
                "primaryjoin": _equal(left, back_order),
                "secondaryjoin": _equal(right, order),
            }
            reverse = {
                "secondary": between,
                "primaryjoin": _equal(right, order),
                "secondaryjoin": _equal(left, back_order),
            }
        else:
            columns = self._references(self._tables[edge.source], f"e{number}", edge.target)
            condition = _equal(columns, order)
            options = {"foreign_keys": columns, "primaryjoin": condition, "remote_side": order}
            reverse = {"foreign_keys": columns, "primaryjoin": condition, "remote_side": columns}
            if edge.source == edge.target:
                reverse["remote_side"] = columns
            if edge.kind == "one_to_one":
                reverse["uselist"] = False
        properties[edge.source][forth] = relationship(target, back_populates=back, order_by=order, **options)
        if reverse.get("uselist", True):
            reverse["order_by"] = back_order
        properties[edge.target][back] = relationship(source, back_populates=forth, **reverse)
        self.ways[edge.source].append(_way(forth, edge.target, edge.kind == "many_to_many", edge.links))
        backwards = {(target_row, source_row) for source_row, target_row in edge.links}
        self.ways[edge.target].append(_way(back, edge.source, edge.kind != "one_to_one", backwards))

    # The rows.

    def key(self, number: int, row: int) -> Any:
        """Return the primary key of a row."""
        return (row, row + 10) if self.plan.composite[number] else row

    def _key_values(self, number: int, row: int, prefix: str = "") -> dict[str, Any]:
        values = (row, row + 10) if self.plan.composite[number] else (row,)
        return {
            f"{prefix}{key.name}": value for key, value in zip(self._tables[number].primary_key, values, strict=True)
        }

    def fill(self, connection: Any) -> None:
        """Create the tables and insert the rows; references come last, so that any order of tables will do."""
        self.metadata.create_all(connection)
        for number, rows in enumerate(self.plan.rows):
            for row in range(rows):
                values = self._key_values(number, row)
                hierarchy, is_lower = self.plan.hierarchies[number], self._is_lower(number, row)
                kind = {} if hierarchy == "none" else {"kind": "lower" if is_lower else "upper"}
                more = {"more": row * 7} if is_lower else {}
                own = more if hierarchy == "single" else {}
                connection.execute(insert(self._tables[number]).values({**values, **kind, **own}))
                if is_lower and number in self._lower:
                    connection.execute(insert(self._lower[number]).values({**values, **more}))
        for number, edge in enumerate(self.plan.edges):
            for source, target in sorted(edge.links):
                if edge.kind == "many_to_many":
                    values = self._key_values(edge.source, source, "left_") | self._key_values(
                        edge.target, target, "right_"
                    )
                    connection.execute(insert(self._between[number]).values(values))
                    continue
                table = self._tables[edge.source]
                conditions = [table.c[name] == value for name, value in self._key_values(edge.source, source).items()]
                connection.execute(
                    table.update().where(*conditions).values(self._key_values(edge.target, target, f"e{number}_"))
                )

    def _is_lower(self, number: int, row: int) -> bool:
        return self.plan.hierarchies[number] != "none" and row % 2 == 1

    def is_right(self, number: int, row: int, instance: Any) -> bool:
        """Whether an object has the class of its row, and what a subclass has more."""
        if not self._is_lower(number, row):
            return type(instance) is self.classes[number]
        return type(instance) is self.subclasses[number] and instance.more == row * 7

    def row_of(self, instance: Any) -> int:
        """Return the number of an object's row."""
        return instance.room if hasattr(instance, "room") else instance.id  # type: ignore[no-any-return]


def _equal(ones: list[Any], others: list[Any]) -> Any:
    condition: Any = None
    for one, other in zip(ones, others, strict=True):
        condition = (one == other) if condition is None else condition & (one == other)
    return condition


def _way(name: str, target: int, uselist: bool, links: Any) -> Way:
    found: dict[int, list[int]] = {}
    for one, other in sorted(links):
        found.setdefault(one, []).append(other)
    return Way(name, target, uselist, found)
