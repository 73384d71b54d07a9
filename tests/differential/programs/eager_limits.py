"""LIMIT, OFFSET, DISTINCT and GROUP BY beside joined eager loading of the mapping and of options: what is wrapped, and how.

One world in several shapes: references joined by LEFT OUTER JOIN or JOIN, collections joined by the mapping, and a
hierarchy in one table or in several, whose subclasses have joined relationships of their own.
"""

from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, world) -> a statement."""

RELATED = frozenset(("streets", "city", "street", "pets", "owner", "toys", "boss", "tools"))
SHAPES = ("references", "inner", "collections", "joined", "joined_whole", "single")


@cache
def world(lib: ModuleType, shape: str) -> Any:
    """Map people, their streets and pets once per library and shape."""
    o: Any = lib.orm
    sql: Any = lib
    inner = shape == "inner"
    many = "joined" if shape == "collections" else "select"

    class Base(o.DeclarativeBase):  # type: ignore[misc]
        pass

    class City(Base):
        __tablename__ = "city"
        id = o.mapped_column(sql.Integer, primary_key=True)
        name = o.mapped_column(sql.String)
        streets = o.relationship("Street", lazy=many, back_populates="city")

    class Street(Base):
        __tablename__ = "street"
        id = o.mapped_column(sql.Integer, primary_key=True)
        name = o.mapped_column(sql.String)
        city_id = o.mapped_column(sql.ForeignKey("city.id"), nullable=not inner)
        city = o.relationship("City", lazy="joined", innerjoin=inner, back_populates="streets")

    class Person(Base):
        __tablename__ = "person"
        id = o.mapped_column(sql.Integer, primary_key=True)
        name = o.mapped_column(sql.String)
        kind = o.mapped_column(sql.String)
        street_id = o.mapped_column(sql.ForeignKey("street.id"), nullable=not inner)
        street = o.relationship("Street", lazy="joined", innerjoin=inner)
        pets = o.relationship("Pet", lazy=many, back_populates="owner")
        if shape not in ("references", "inner", "collections"):
            __mapper_args__ = {
                "polymorphic_on": "kind",
                "polymorphic_identity": "person",
                "with_polymorphic": "*" if shape == "joined_whole" else None,
            }

    class Pet(Base):
        __tablename__ = "pet"
        id = o.mapped_column(sql.Integer, primary_key=True)
        name = o.mapped_column(sql.String)
        owner_id = o.mapped_column(sql.ForeignKey("person.id"))
        owner = o.relationship("Person", back_populates="pets", lazy="joined")
        toys = o.relationship("Toy")

    class Toy(Base):
        __tablename__ = "toy"
        id = o.mapped_column(sql.Integer, primary_key=True)
        pet_id = o.mapped_column(sql.ForeignKey("pet.id"))

    made = SimpleNamespace(metadata=Base.metadata, City=City, Street=Street, Person=Person, Pet=Pet, Toy=Toy)
    if shape.startswith("joined"):
        _map_joined(o, sql, Base, made)
    if shape == "single":

        class Worker(Person):
            job = o.mapped_column(sql.String, nullable=True)
            boss_id = o.mapped_column(sql.ForeignKey("person.id"), nullable=True)
            boss = o.relationship("Person", lazy="joined", remote_side=Person.id)
            __mapper_args__ = {"polymorphic_identity": "worker"}

        made.Worker = Worker
    return made


def _map_joined(o: Any, sql: Any, base: Any, made: Any) -> None:
    """Map workers, bosses and tools to tables of their own; a worker's boss is in the same hierarchy."""

    class Worker(made.Person):  # type: ignore[misc]
        __tablename__ = "worker"
        id = o.mapped_column(sql.ForeignKey("person.id"), primary_key=True)
        job = o.mapped_column(sql.String)
        boss_id = o.mapped_column(sql.ForeignKey("boss.id"))
        boss = o.relationship("Boss", lazy="joined", foreign_keys=boss_id)
        tools = o.relationship("Tool", lazy="joined")
        __mapper_args__ = {"polymorphic_identity": "worker", "inherit_condition": id == made.Person.id}

    class Boss(made.Person):  # type: ignore[misc]
        __tablename__ = "boss"
        id = o.mapped_column(sql.ForeignKey("person.id"), primary_key=True)
        car = o.mapped_column(sql.String)
        __mapper_args__ = {"polymorphic_identity": "boss"}

    class Tool(base):  # type: ignore[misc]
        __tablename__ = "tool"
        id = o.mapped_column(sql.Integer, primary_key=True)
        worker_id = o.mapped_column(sql.ForeignKey("worker.id"))

    made.Worker, made.Boss, made.Tool = Worker, Boss, Tool


def _fill(engine: Any, w: Any) -> None:
    w.metadata.create_all(engine)
    tables = w.metadata.tables
    joined = "worker" in tables
    kinds = ("person", "worker", "boss") if joined else ("person", "worker") if hasattr(w, "Worker") else ("person",)

    def rows(table: str, count: int, **makers: Callable[[int], Any]) -> list[dict[str, Any]]:
        return [{"id": id_, **{key: make(id_) for key, make in makers.items()}} for id_ in range(1, count + 1)]

    with engine.begin() as connection:
        for name, found in {
            "city": rows("city", 2, name=lambda n: f"city {n}"),
            "street": rows("street", 3, name=lambda n: f"street {n}", city_id=lambda n: 1 + n % 2),
            "person": rows(
                "person",
                6,
                name=lambda n: f"person {7 - n}",
                kind=lambda n: kinds[n % len(kinds)],
                street_id=lambda n: 1 + n % 3,
            ),
        }.items():
            connection.execute(tables[name].insert(), found)
        if joined:
            connection.execute(tables["boss"].insert(), [{"id": 2, "car": "red"}, {"id": 5, "car": "blue"}])
            workers = [{"id": 1, "job": "smith", "boss_id": 2}, {"id": 4, "job": "baker", "boss_id": 5}]
            connection.execute(tables["worker"].insert(), workers)
            connection.execute(tables["tool"].insert(), rows("tool", 3, worker_id=lambda n: 4 if n == 3 else 1))
        connection.execute(
            tables["pet"].insert(), rows("pet", 6, name=lambda n: f"pet {n}", owner_id=lambda n: 1 + n % 3)
        )
        connection.execute(tables["toy"].insert(), rows("toy", 6, pet_id=lambda n: 1 + n % 3))


def _told(log: Log, value: Any, depth: int = 3) -> Any:
    if isinstance(value, list | tuple) and not hasattr(value, "_sa_instance_state"):
        return [_told(log, each, depth) for each in value]
    if not hasattr(value, "_sa_instance_state"):
        return value
    names = sorted(name for name in vars(value) if not name.startswith("_"))
    related = {name: _told(log, vars(value)[name], depth - 1) for name in names if name in RELATED and depth}
    return (log.show(value), [name for name in names if name not in RELATED], related)


def _loads(shape: str, name: str, make: Make) -> None:
    """Enter a program that runs one statement in one shape of the world and tells its graph."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        w = world(lib, shape)
        with log.quiet():
            _fill(engine, w)
        with lib.orm.Session(engine) as session:
            result = session.execute(make(lib, lib.orm, w))
            log("found", _told(log, [tuple(row) for row in result.unique().all()]))

    run.__name__ = f"{shape}_{name}"
    run.__module__ = __name__
    program(run)


def _ordered(lib: Any, entity: Any) -> Any:
    return lib.select(entity).order_by(entity.name.desc(), entity.id).limit(2).offset(1)


def _counted(lib: Any, w: Any) -> Any:
    pets = lib.func.count(w.Pet.id)
    return lib.select(w.Person, pets).join(w.Person.pets).group_by(w.Person.id).order_by(w.Person.id)


def _by_cte(lib: Any, o: Any, w: Any) -> Any:
    counted = lib.select(w.Pet.owner_id, lib.func.count().label("n")).group_by(w.Pet.owner_id).cte()
    joined = lib.select(w.Person).join(counted, counted.c.owner_id == w.Person.id)
    return joined.options(o.joinedload(w.Person.pets)).order_by(counted.c.n, w.Person.id).limit(2)


def _correlated(lib: Any, w: Any) -> Any:
    return lib.select(lib.func.count(w.Pet.id)).where(w.Pet.owner_id == w.Person.id).scalar_subquery()


def _of_union(lib: Any, o: Any, w: Any) -> Any:
    parts = [lib.select(w.Person).where(w.Person.id < 3), lib.select(w.Person).where(w.Person.id > 4)]
    alias = o.aliased(w.Person, lib.union(*parts).subquery())
    return lib.select(alias).options(o.joinedload(alias.pets)).order_by(alias.name).limit(2)


STATEMENTS: dict[str, Make] = {
    "all": lambda lib, o, w: lib.select(w.Person),
    "limit": lambda lib, o, w: lib.select(w.Person).limit(2),
    "ordered": lambda lib, o, w: _ordered(lib, w.Person),
    "offset": lambda lib, o, w: lib.select(w.Person).order_by(w.Person.name).offset(2),
    "distinct": lambda lib, o, w: lib.select(w.Person).distinct().order_by(w.Person.name),
    "distinct_by_another": lambda lib, o, w: lib.select(w.Pet).join(w.Pet.owner).distinct().order_by(w.Person.name),
    "group": lambda lib, o, w: lib.select(w.Person).group_by(w.Person.id),
    "counted": lambda lib, o, w: _counted(lib, w),
    "having": lambda lib, o, w: _counted(lib, w).having(lib.func.count(w.Pet.id) > 1),
    "join": lambda lib, o, w: lib.select(w.Person).join(w.Person.street).order_by(w.Street.name, w.Person.id).limit(2),
    "members": lambda lib, o, w: lib.select(w.Pet).limit(2),
    "members_with_toys": lambda lib, o, w: lib.select(w.Pet).options(o.joinedload(w.Pet.toys)).limit(2),
    "there_and_back": lambda lib, o, w: (
        lib.select(w.Pet).options(o.joinedload(w.Pet.owner).joinedload(w.Person.pets)).order_by(w.Pet.name).limit(2)
    ),
    "option": lambda lib, o, w: _ordered(lib, w.Person).options(o.joinedload(w.Person.pets)),
    "option_inner": lambda lib, o, w: _ordered(lib, w.Person).options(o.joinedload(w.Person.pets, innerjoin=True)),
    "option_nested": lambda lib, o, w: _ordered(lib, w.Person).options(
        o.joinedload(w.Person.pets).joinedload(w.Pet.toys)
    ),
    "option_grouped": lambda lib, o, w: (
        lib.select(w.Person).options(o.joinedload(w.Person.pets)).group_by(w.Person.id, w.Person.name)
    ),
    "expression_order": lambda lib, o, w: (
        lib.select(w.Person)
        .options(o.joinedload(w.Person.pets))
        .order_by(lib.func.lower(w.Person.name), w.Person.id + 1)
        .limit(3)
    ),
    "text_order": lambda lib, o, w: (
        lib.select(w.Pet).options(o.joinedload(w.Pet.toys), o.lazyload(w.Pet.owner)).order_by(lib.text("name")).limit(2)
    ),
    "correlated_order": lambda lib, o, w: (
        lib.select(w.Person)
        .options(o.joinedload(w.Person.pets))
        .order_by(_correlated(lib, w).desc(), w.Person.id)
        .limit(2)
    ),
    "correlated_column": lambda lib, o, w: (
        lib.select(w.Person, _correlated(lib, w).label("n"))
        .options(o.joinedload(w.Person.pets))
        .order_by(w.Person.id)
        .limit(2)
    ),
    "contains_reference": lambda lib, o, w: (
        lib.select(w.Person)
        .join(w.Person.street)
        .options(o.contains_eager(w.Person.street), o.joinedload(w.Person.pets))
        .order_by(w.Street.name, w.Person.id)
        .limit(3)
    ),
    "contains_collection": lambda lib, o, w: (
        lib.select(w.Person)
        .join(w.Person.pets)
        .options(o.contains_eager(w.Person.pets))
        .order_by(w.Pet.name, w.Person.id)
        .limit(3)
    ),
    "lazy": lambda lib, o, w: lib.select(w.Person).options(o.lazyload(w.Person.street)).limit(2),
    "all_lazy": lambda lib, o, w: lib.select(w.Person).options(o.lazyload("*")).limit(2),
    "cte": lambda lib, o, w: _by_cte(lib, o, w),
    "union": lambda lib, o, w: _of_union(lib, o, w),
    "alias": lambda lib, o, w: _ordered(lib, o.aliased(w.Person)),
}

OF_SUBCLASSES: dict[str, Make] = {
    "workers": lambda lib, o, w: _ordered(lib, w.Worker),
    "workers_distinct": lambda lib, o, w: lib.select(w.Worker).order_by(w.Worker.job).distinct(),
    "workers_option": lambda lib, o, w: _ordered(lib, w.Worker).options(o.joinedload(w.Worker.pets)),
    "whole": lambda lib, o, w: _ordered(lib, o.with_polymorphic(w.Person, "*")),
    "whole_flat": lambda lib, o, w: _ordered(lib, o.with_polymorphic(w.Person, "*", flat=True)),
    "whole_aliased": lambda lib, o, w: _ordered(lib, o.with_polymorphic(w.Person, "*", aliased=True)),
    "member_of_type": lambda lib, o, w: (
        lib.select(w.Pet).options(o.joinedload(w.Pet.owner.of_type(w.Worker))).order_by(w.Pet.id).limit(4)
    ),
    "member_whole": lambda lib, o, w: (
        lib.select(w.Pet)
        .options(o.joinedload(w.Pet.owner.of_type(o.with_polymorphic(w.Person, "*", flat=True))))
        .order_by(w.Pet.id)
        .limit(4)
    ),
}

for _shape in SHAPES:
    for _name, _make in STATEMENTS.items():
        _loads(_shape, _name, _make)
    if _shape in ("joined", "joined_whole", "single"):
        for _name, _make in OF_SUBCLASSES.items():
            _loads(_shape, _name, _make)


@program
def labels_that_are_written_alike(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    street_no = lib.Table("street_no", metadata, lib.Column("id", lib.Integer, primary_key=True))
    street = lib.Table("street", metadata, lib.Column("no_id", lib.Integer), lib.Column("street_no_id", lib.Integer))
    both = lib.select(street_no, street).set_label_style(lib.LABEL_STYLE_TABLENAME_PLUS_COL)
    log.text("two tables", both, engine)
    log.text("as a subquery", lib.select(both.subquery()), engine)
    log.text("beside a column", lib.select(both.subquery(), lib.table("z", lib.column("street_no_id"))), engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(street_no.insert(), {"id": 1})
        connection.execute(street.insert(), {"no_id": 2, "street_no_id": 3})
        log("rows", connection.execute(lib.select(both.subquery())).all())
