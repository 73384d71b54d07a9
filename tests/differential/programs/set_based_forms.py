"""UPDATE and DELETE by statement of everything that an attribute can be, by criteria of every form.

Most programs are made by a loop over a table of statements, kept in step by 'fetch' and by nobody; which criteria Python
decides is a matter of each library.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


@dataclass
class Size:
    """Two columns."""

    width: int
    height: int


@cache
def post_office(lib: ModuleType) -> Any:
    """Map parcels and routes once per library."""
    orm: Any = lib.orm
    sql: Any = lib
    hybrid_property: Any = importlib.import_module(f"{lib.__name__}.ext.hybrid").hybrid_property

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Route(Base):
        __tablename__ = "routes"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        city: orm.Mapped[str] = orm.mapped_column(sql.String(20))
        parcels: orm.Mapped[list["Parcel"]] = orm.relationship("Parcel", back_populates="route")

    class Parcel(Base):
        __tablename__ = "parcels"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        receiver: orm.Mapped[str] = orm.mapped_column("to_whom", sql.String(30))
        grams: orm.Mapped[int | None] = orm.mapped_column()
        changes: orm.Mapped[int | None] = orm.mapped_column(onupdate=7)
        touched: orm.Mapped[str | None] = orm.mapped_column(sql.String(10), onupdate=sql.func.lower("YES"))
        note: orm.Mapped[str | None] = orm.mapped_column(sql.Text, deferred=True)
        route_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("routes.id"))
        route: orm.Mapped[Route | None] = orm.relationship(Route, back_populates="parcels")
        size: orm.Mapped[Size] = orm.composite(
            Size, orm.mapped_column("w", sql.Integer), orm.mapped_column("h", sql.Integer)
        )
        name: orm.Mapped[str] = orm.synonym("receiver")

        @hybrid_property
        def kilos(self) -> Any:
            return self.grams / 1000

        @kilos.inplace.update_expression
        @classmethod
        def _set_kilos(cls, value: Any) -> Any:
            return [(cls.grams, value * 1000)]

    class Leg(Base):
        __tablename__ = "legs"
        route_id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
        number: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
        by: orm.Mapped[str | None] = orm.mapped_column(sql.String(10))

    return SimpleNamespace(metadata=Base.metadata, Route=Route, Parcel=Parcel, Leg=Leg)


def full(lib: Any, engine: Any, log: Log) -> Any:
    """Create the tables, fill them, and return the namespace."""
    s = post_office(lib)
    with log.quiet():
        s.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            session.add_all([s.Route(id=1, city="rome"), s.Route(id=2, city="oslo")])
            session.flush()
            session.add_all([
                s.Parcel(id=1, receiver="ann", grams=500, route_id=1, size=Size(1, 2), note="x"),
                s.Parcel(id=2, receiver="bob", grams=1500, route_id=1, size=Size(3, 4)),
                s.Parcel(id=3, receiver="cid", grams=None, route_id=2, size=Size(1, 2)),
                s.Leg(route_id=1, number=1, by="van"), s.Leg(route_id=1, number=2, by="ship"), s.Leg(route_id=2, number=1),
            ])  # fmt: skip
            session.commit()
    return s


UPDATES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "renamed_column": lambda lib, s, p: lib.update(p).where(p.receiver == "ann").values(receiver="ANN"),
    "renamed_column_by_attribute": lambda lib, s, p: (
        lib.update(p).where(p.id < 3).values({p.receiver: p.receiver + "!"})
    ),
    "synonym": lambda lib, s, p: lib.update(p).where(p.name == "bob").values(name="BOB"),
    "composite": lambda lib, s, p: lib.update(p).where(p.id == 1).values({p.size: Size(9, 8)}),
    "criteria_of_composite": lambda lib, s, p: lib.update(p).where(p.size == Size(1, 2)).values(grams=1),
    "hybrid": lambda lib, s, p: lib.update(p).where(p.id == 1).values({p.kilos: 3}),
    "criteria_of_hybrid": lambda lib, s, p: lib.update(p).where(p.kilos > 1).values(grams=2),
    "null": lambda lib, s, p: lib.update(p).where(p.grams.is_not(None)).values(grams=None),
    "deferred": lambda lib, s, p: lib.update(p).where(p.id < 3).values(note="n"),
    "criteria_of_deferred": lambda lib, s, p: lib.update(p).where(p.note == "x").values(grams=3),
    "case": lambda lib, s, p: lib.update(p).values(grams=lib.case((p.grams > 1000, 0), else_=5)),
    "coalesce": lambda lib, s, p: lib.update(p).values(grams=lib.func.coalesce(p.grams, 0) + 1),
    "subquery_as_value": lambda lib, s, p: lib.update(p).values(
        receiver=lib.select(s.Route.city).where(s.Route.id == p.route_id).scalar_subquery()
    ),
    "subquery_as_criterion": lambda lib, s, p: (
        lib.update(p).where(p.route_id.in_(lib.select(s.Route.id).where(s.Route.city == "rome"))).values(grams=4)
    ),
    "cte": lambda lib, s, p: (
        lib.update(p)
        .where(p.id.in_(lib.select(lib.select(p.id).where(p.grams > 100).cte("heavy").c.id)))
        .values(grams=5)
    ),
    "other_table": lambda lib, s, p: (
        lib.update(p).where(p.route_id == s.Route.id, s.Route.city == "oslo").values(grams=6)
    ),
    "value_of_other_table": lambda lib, s, p: (
        lib.update(p).where(p.route_id == s.Route.id, s.Route.id == 1).values(receiver=s.Route.city)
    ),
    "has": lambda lib, s, p: lib.update(p).where(p.route.has(city="rome")).values(grams=7),
    "has_not": lambda lib, s, p: lib.update(p).where(~p.route.has(s.Route.city == "rome")).values(grams=7),
    "any": lambda lib, s, p: lib.update(s.Route).where(s.Route.parcels.any(p.grams > 1000)).values(city="x"),
    "foreign_key": lambda lib, s, p: lib.update(p).where(p.route_id == 1).values(route_id=2),
    "loader_criteria": lambda lib, s, p: (
        lib.update(p).values(grams=8).options(lib.orm.with_loader_criteria(p, p.id > 1))
    ),
    "loader_criteria_by_function": lambda lib, s, p: (
        lib.update(p)
        .where(p.grams > 0)
        .values(grams=8)
        .options(lib.orm.with_loader_criteria(p, lambda cls: cls.receiver != "ann"))
    ),
    "in_order": lambda lib, s, p: lib.update(p).where(p.id == 1).ordered_values((p.receiver, "o"), (p.grams, 1)),
    "composite_key": lambda lib, s, p: lib.update(s.Leg).where(s.Leg.route_id == 1).values(by="plane"),
    "tuple_criteria": lambda lib, s, p: (
        lib.update(s.Leg).where(lib.tuple_(s.Leg.route_id, s.Leg.number).in_([(1, 1), (2, 1)])).values(by="sled")
    ),
    "filter_by": lambda lib, s, p: lib.update(p).filter_by(receiver="cid").values(grams=9),
    "distinct_from": lambda lib, s, p: lib.update(p).where(p.grams.is_distinct_from(500)).values(receiver="d"),
    "modulo": lambda lib, s, p: lib.update(p).where(p.id % 2 == 1).values(grams=p.id * 10),
    "nothing_matches": lambda lib, s, p: lib.update(p).where(p.id > 99).values(grams=0),
}

DELETES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "renamed_column": lambda lib, s, p: lib.delete(p).where(p.receiver == "ann"),
    "synonym": lambda lib, s, p: lib.delete(p).where(p.name != "ann"),
    "composite": lambda lib, s, p: lib.delete(p).where(p.size == Size(1, 2)),
    "hybrid": lambda lib, s, p: lib.delete(p).where(p.kilos >= 1),
    "null": lambda lib, s, p: lib.delete(p).where(p.grams.is_(None)),
    "subquery": lambda lib, s, p: lib.delete(p).where(
        p.route_id == lib.select(s.Route.id).where(s.Route.city == "oslo").scalar_subquery()
    ),
    "exists": lambda lib, s, p: lib.delete(p).where(
        lib.exists().where(s.Route.id == p.route_id, s.Route.city == "rome")
    ),
    "has": lambda lib, s, p: lib.delete(p).where(p.route.has(city="rome")),
    "composite_key": lambda lib, s, p: lib.delete(s.Leg).where(s.Leg.route_id == 1, s.Leg.number > 1),
    "loader_criteria": lambda lib, s, p: lib.delete(p).options(lib.orm.with_loader_criteria(p, p.id == 2)),
    "filter_by": lambda lib, s, p: lib.delete(p).filter_by(grams=500),
}

SHOWN = ("id", "receiver", "grams", "changes", "touched", "route_id")


def _make(kind: str, name: str, make: Callable[[Any, Any, Any], Any], strategy: Any) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full(lib, engine, log)
        with session_on(lib, engine) as session:
            with log.quiet():
                parcels = session.scalars(lib.select(s.Parcel).order_by(s.Parcel.id)).all()
                others = [*session.scalars(lib.select(s.Route)), *session.scalars(lib.select(s.Leg))]
            result = session.execute(make(lib, s, s.Parcel), execution_options={"synchronize_session": strategy})
            log("matched", result.rowcount)
            for parcel in parcels:
                log("parcel", [parcel.__dict__.get(one, "-") for one in SHOWN])
            log("there", [one in session for one in [*parcels, *others]])
            session.expire_all()
            for class_ in (s.Parcel, s.Route, s.Leg):
                for one in session.scalars(lib.select(class_)):
                    log("row", [getattr(one, column.key) for column in lib.inspect(class_).column_attrs])
            log("sizes", [one.size for one in session.scalars(lib.select(s.Parcel))])

    run.__name__ = f"{kind}_{name}_{strategy}".lower()
    run.__module__ = __name__
    program(run)


for _kind, _table in (("update", UPDATES), ("delete", DELETES)):
    for _name, _statement in _table.items():
        for _strategy in ("fetch", False):
            _make(_kind, _name, _statement, _strategy)


@program
def lists_of_every_attribute(lib: Any, engine: Any, log: Log) -> None:
    """INSERT and UPDATE of dictionaries by attribute: renamed, onupdate, keys of two columns, SQL among the values."""
    s = full(lib, engine, log)
    with session_on(lib, engine) as session:
        session.execute(
            lib.insert(s.Parcel), [{"receiver": "dan", "size": Size(1, 1)}, {"receiver": "eve", "size": Size(2, 2)}]
        )
        session.execute(
            lib.update(s.Parcel), [{"id": 1, "receiver": "A"}, {"id": 2, "receiver": "B"}, {"id": 3, "grams": 4}]
        )
        session.execute(
            lib.update(s.Leg), [{"route_id": 1, "number": 2, "by": "foot"}, {"route_id": 2, "number": 1, "by": "air"}]
        )
        session.bulk_insert_mappings(s.Leg, [{"route_id": 3, "number": 1}, {"route_id": 3, "number": 2, "by": "cart"}])
        session.bulk_update_mappings(s.Leg, [{"route_id": 3, "number": 1, "by": "sea"}])
        found = session.scalars(
            lib.insert(s.Route).returning(s.Route, sort_by_parameter_order=True), [{"city": "bern"}, {"city": "kyiv"}]
        ).all()
        log("routes", [(route.id, route.city) for route in found])
        log.state(*found)
        rows = [tuple(row) for row in session.execute(lib.select(s.Leg.route_id, s.Leg.number, s.Leg.by))]
        log("legs", rows)
        log(
            "parcels",
            session.execute(lib.select(s.Parcel.id, s.Parcel.receiver, s.Parcel.grams, s.Parcel.changes)).all(),
        )


@program
def empty_lists(lib: Any, engine: Any, log: Log) -> None:
    """No row: an UPDATE sends nothing, a DELETE is refused, also where it would delete all."""
    s = full(lib, engine, log)
    with session_on(lib, engine) as session:
        session.execute(lib.update(s.Parcel), [])
        log.error("values", lambda: session.execute(lib.update(s.Parcel).values(grams=1), []))
        log.error("criteria", lambda: session.execute(lib.update(s.Parcel).where(s.Parcel.id == 1), []), message=True)
        log.error("delete", lambda: session.execute(lib.delete(s.Parcel), []))
        session.bulk_insert_mappings(s.Route, [])
        session.bulk_update_mappings(s.Route, [])
        session.bulk_save_objects([])
        log("parcels", session.scalar(lib.select(lib.func.count(s.Parcel.id))))


@program
def upserts_of_the_dialect(lib: Any, engine: Any, log: Log) -> None:
    """`insert().on_conflict_do_update` and `do_nothing` of a class, by values, by a list, with RETURNING."""
    s = full(lib, engine, log)
    insert: Any = importlib.import_module(f"{lib.__name__}.dialects.sqlite").insert
    with session_on(lib, engine) as session:
        statement = insert(s.Route)
        statement = statement.on_conflict_do_update(index_elements=["id"], set_={"city": statement.excluded.city})
        session.execute(statement, [{"id": 1, "city": "ROME"}, {"id": 5, "city": "bonn"}])
        session.execute(statement.values(id=5, city="BONN"))
        session.execute(insert(s.Route).on_conflict_do_nothing(), [{"id": 1, "city": "x"}, {"id": 6, "city": "lima"}])
        returned = session.scalars(statement.values(id=6, city="LIMA").returning(s.Route)).one()
        log("returned", [returned.id, returned.city])
        log("routes", session.execute(lib.select(s.Route.id, s.Route.city).order_by(s.Route.id)).all())


@program
def options_and_events_of_statements(lib: Any, engine: Any, log: Log) -> None:
    """Execution options of session, statement and call; a listener changes the statement, or answers in its place."""
    s = full(lib, engine, log)
    with session_on(lib, engine) as session:
        parcel = session.get(s.Parcel, 1)
        statement = lib.update(s.Parcel).values(grams=1)
        session.execute(statement.execution_options(synchronize_session=False))
        log("left alone", parcel.grams)
        session.execute(
            statement.values(grams=2).execution_options(synchronize_session=False),
            execution_options={"synchronize_session": "fetch"},
        )
        log("by the call", parcel.grams)
        parcel.receiver = "waiting"
        session.execute(statement.values(grams=3), execution_options={"autoflush": False})
        log("dirty", parcel in session.dirty)

        def only_the_first(state: Any) -> None:
            if state.is_update:
                state.statement = state.statement.where(s.Parcel.id == 1)

        lib.event.listen(session, "do_orm_execute", only_the_first)
        log("matched", session.execute(statement.values(grams=4)).rowcount)
        log("shown", parcel.grams)
        session.commit()
