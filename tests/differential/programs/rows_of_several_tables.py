"""Lists of rows of classes whose objects have a row in each of several tables."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


@cache
def _fleet(lib: Any) -> Any:
    """Return Vehicle, Car of two tables, Sports of the same two, Truck of three with a key of another name."""
    orm = lib.orm
    base = type("Base", (orm.DeclarativeBase,), {})

    def column(*arguments: Any, **options: Any) -> Any:
        return orm.mapped_column(*arguments, **options)

    vehicle = type("Vehicle", (base,), {
        "__tablename__": "vehicles", "id": column(lib.Integer, primary_key=True), "name": column(lib.String(20)),
        "kind": column(lib.String(10)), "wheels": column(lib.Integer, default=4),
        "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"},
    })  # fmt: skip
    car = type("Car", (vehicle,), {
        "__tablename__": "cars", "id": column(lib.ForeignKey("vehicles.id"), primary_key=True),
        "doors": column(lib.Integer), "seats": column(lib.Integer, default=lambda: 5),
        "__mapper_args__": {"polymorphic_identity": "car"},
    })  # fmt: skip
    sports = type("Sports", (car,), {
        "top": column(lib.Integer, nullable=True), "__mapper_args__": {"polymorphic_identity": "sports"},
    })  # fmt: skip
    truck = type("Truck", (car,), {
        "__tablename__": "trucks", "truck_id": column(lib.ForeignKey("cars.id"), primary_key=True),
        "load": column(lib.Integer), "__mapper_args__": {"polymorphic_identity": "truck"},
    })  # fmt: skip
    return SimpleNamespace(base=base, Vehicle=vehicle, Car=car, Sports=sports, Truck=truck)


Action = Callable[[Any, Any, Any, Log], None]


def rows(function: Action) -> Action:
    """Enter a program that writes rows, and then reads all vehicles."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        m = _fleet(lib)
        with log.quiet():
            m.base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            function(lib, session, m, log)
            session.commit()
            log("vehicles", session.execute(lib.select(m.Vehicle.id, m.Vehicle.name, m.Vehicle.kind)).all())
            log("objects", session.scalars(lib.select(m.Vehicle).order_by(m.Vehicle.id)).all())

    run.__name__, run.__module__ = function.__name__, __name__
    program(run)
    return function


def _three(m: Any, session: Any) -> None:
    session.add_all([m.Car(name="a", doors=1), m.Car(name="b", doors=2), m.Truck(name="x", doors=3, load=4)])
    session.flush()


@rows
def insert_two_tables(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(lib.insert(m.Car), [{"name": "a", "doors": 2}, {"name": "b", "doors": 3}])


@rows
def insert_with_the_class_given(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(
        lib.insert(m.Car), [{"name": "a", "doors": 2, "kind": "car"}, {"name": "b", "doors": 3, "kind": "sports"}]
    )


@rows
def insert_with_keys(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(lib.insert(m.Car), [{"id": 5, "name": "a", "doors": 2}, {"id": 7, "name": "b", "doors": 3}])


@rows
def insert_three_tables(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(lib.insert(m.Truck), [{"name": "a", "doors": 2, "load": 1}, {"name": "b", "doors": 3, "load": 2}])


@rows
def insert_a_class_in_its_parents_table(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(lib.insert(m.Sports), [{"name": "a", "doors": 2, "top": 1}, {"name": "b", "doors": 3, "top": 2}])


@rows
def insert_rows_that_differ(lib: Any, session: Any, m: Any, log: Log) -> None:
    given = [{"name": "a", "doors": 2}, {"name": "b"}, {"name": "d", "doors": 9, "seats": 1}, {"doors": 3}]
    session.execute(lib.insert(m.Car), given)


@rows
def insert_nulls(lib: Any, session: Any, m: Any, log: Log) -> None:
    given = [{"name": None, "doors": 2}, {"name": "b", "doors": None}]
    session.execute(lib.insert(m.Car), given)
    session.execute(lib.insert(m.Car), given, execution_options={"render_nulls": True})


@rows
def insert_with_what_the_statement_says(lib: Any, session: Any, m: Any, log: Log) -> None:
    """The statement's own values are those of rows that do not say them: in one of the tables, for lists and dicts."""
    session.execute(lib.insert(m.Car).values(doors=5), [{"name": "a"}, {"name": "b"}])
    with log.quiet():
        # What is one statement for several rows, and what one for each, the libraries decide for themselves.
        session.execute(lib.insert(m.Car).values(doors=5), [{"name": "c", "doors": 1}, {"name": "d"}])
    session.execute(lib.insert(m.Car).values(doors=5), {"name": "e"})
    log("doors", session.execute(lib.select(m.Car.name, m.Car.doors).order_by(m.Car.id)).all())


@rows
def insert_with_an_expression_for_all(lib: Any, session: Any, m: Any, log: Log) -> None:
    made = lib.insert(m.Car).values(doors=lib.func.abs(-3)).returning(m.Car)
    with log.quiet():
        doors = sorted(car.doors for car in session.scalars(made, [{"name": "a"}, {"name": "b"}]))
    log("doors", doors)


@rows
def insert_a_key_that_is_taken(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.execute(lib.insert(m.Car), [{"id": 1, "name": "a", "doors": 2}])
    log.error("taken", lambda: session.execute(lib.insert(m.Car), [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]))
    session.rollback()


@rows
def mappings(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.bulk_insert_mappings(m.Car, [{"name": "a", "doors": 2}, {"name": "b", "doors": 3}])
    session.bulk_insert_mappings(m.Truck, [{"name": "t", "load": 3}])


@rows
def mappings_with_keys_brought_back(lib: Any, session: Any, m: Any, log: Log) -> None:
    given = [{"name": "a", "doors": 2}, {"name": "b", "doors": 3}]
    session.bulk_insert_mappings(m.Car, given, return_defaults=True)
    log("given", given)


@rows
def objects_of_all_classes(lib: Any, session: Any, m: Any, log: Log) -> None:
    session.bulk_save_objects(
        [m.Car(name="a", doors=2), m.Truck(name="b", doors=3, load=4), m.Vehicle(name="v"), m.Sports(name="s", top=1)]
    )


@rows
def objects_with_keys_brought_back(lib: Any, session: Any, m: Any, log: Log) -> None:
    made = [m.Car(name="a", doors=2), m.Truck(name="b", doors=3, load=4), m.Vehicle(name="v")]
    session.bulk_save_objects(made, return_defaults=True)
    log("keys", [one.id for one in made])


@rows
def objects_that_have_rows(lib: Any, session: Any, m: Any, log: Log) -> None:
    with log.quiet():
        _three(m, session)
        session.commit()
        found = session.scalars(lib.select(m.Car).order_by(m.Car.id)).all()
        session.expunge_all()
    found[0].doors = 5
    found[1].name = "B"
    session.bulk_save_objects(found)


@rows
def update_two_tables(lib: Any, session: Any, m: Any, log: Log) -> None:
    _three(m, session)
    session.execute(lib.update(m.Car), [{"id": 1, "name": "A", "doors": 10}, {"id": 2, "doors": 20}])
    log("cars", [(one.name, one.doors) for one in session.scalars(lib.select(m.Car).order_by(m.Car.id))])


@rows
def update_three_tables(lib: Any, session: Any, m: Any, log: Log) -> None:
    _three(m, session)
    session.execute(lib.update(m.Truck), [{"id": 3, "truck_id": 3, "name": "X", "doors": 30, "load": 40}])
    log("trucks", [(one.name, one.doors, one.load) for one in session.scalars(lib.select(m.Truck))])


@rows
def update_mappings(lib: Any, session: Any, m: Any, log: Log) -> None:
    _three(m, session)
    session.bulk_update_mappings(m.Car, [{"id": 1, "name": "A"}, {"id": 2, "name": "B", "doors": 20}])


@rows
def update_a_row_that_is_not_there(lib: Any, session: Any, m: Any, log: Log) -> None:
    _three(m, session)
    session.commit()
    log.error("gone", lambda: session.execute(lib.update(m.Car), [{"id": 9, "name": "A", "doors": 1}]))
    session.rollback()


@rows
def update_without_a_key(lib: Any, session: Any, m: Any, log: Log) -> None:
    log.error("no key", lambda: session.execute(lib.update(m.Car), [{"name": "A", "doors": 1}]))
    session.rollback()
