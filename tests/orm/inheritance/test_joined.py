"""Joined-table inheritance: the rows of one object stand in several tables."""

import pickle
from typing import Any

import pytest

from holdfast import create_engine, event, exc, insert, inspect, select, update
from holdfast.orm import Session, raiseload, selectin_polymorphic, selectinload, with_polymorphic
from tests.orm.inheritance.models import Car, Joined, Racer, Truck, Vehicle, Wheel
from tests.support.faces import Store


async def full(store: Store) -> Any:
    """Open a session after four vehicles were put into the tables."""
    async with store.session() as session:
        car = Car(name="car", doors=4, wheels=[Wheel(), Wheel()])
        session.add_all([car, Truck(name="truck", load=10), Racer(name="racer", doors=2, speed=300), Vehicle(name="v")])
        await session.commit()
    store.take()
    return store.session()


def test_rows_of_parents_are_inserted_first(on_face: Any) -> None:
    """Keys go down; the rows of one table are one batch, whatever their classes."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Racer(id=3, name="r", speed=1), Car(id=2, name="c"), Truck(id=1, name="t", load=5)])
            await session.flush()
            assert store.take() == [
                (
                    "INSERT INTO vehicle (id, name, kind) VALUES (?, ?, ?)",
                    [(3, "r", "racer"), (2, "c", "car"), (1, "t", "truck")],
                ),
                ("INSERT INTO car (id, doors) VALUES (?, ?)", [(3, None), (2, None)]),
                ("INSERT INTO truck (truck_id, load) VALUES (?, ?)", (1, 5)),
                ("INSERT INTO racer (id, speed) VALUES (?, ?)", (3, 1)),
            ]
            truck = await session.get(Truck, 1)
            assert (truck.id, truck.truck_id) == (1, 1)

    on_face(Joined.metadata, program)


def test_only_changed_tables_are_updated_and_children_go_first(on_face: Any) -> None:
    """UPDATE of the one table; DELETE from the leaf to the root."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            racer = await session.get(Racer, 3)
            store.take()
            racer.speed = 310
            await session.flush()
            assert store.take() == [("UPDATE racer SET speed=? WHERE racer.id = ?", (310, 3))]
            racer.name, racer.doors = "new", 1
            await session.flush()
            assert [sql for sql, _ in store.take()] == [
                "UPDATE vehicle SET name=? WHERE vehicle.id = ?",
                "UPDATE car SET doors=? WHERE car.id = ?",
            ]
            await session.refresh(racer, ["wheels"])
            await session.delete(racer)
            store.take()
            await session.flush()
            assert [sql for sql, _ in store.take()] == [
                "DELETE FROM racer WHERE racer.id = ?",
                "DELETE FROM car WHERE car.id = ?",
                "DELETE FROM vehicle WHERE vehicle.id = ?",
            ]

    on_face(Joined.metadata, program)


def test_rows_become_objects_of_their_class(on_face: Any) -> None:
    """The base's columns come with a query of the base; the select-in option brings the rest."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            found = (await session.scalars(select(Vehicle).order_by(Vehicle.id))).all()
            assert [type(each) for each in found] == [Car, Truck, Racer, Vehicle]
            assert "doors" not in found[0].__dict__
            session.expunge_all()
            option = selectin_polymorphic(Vehicle, [Car, Truck, Racer])
            found = (await session.scalars(select(Vehicle).order_by(Vehicle.id).options(option))).all()
            assert [each.__dict__.get("doors") for each in found] == [4, None, 2, None]
            assert found[1].__dict__["load"] == 10
            assert found[2].__dict__["speed"] == 300
            assert len(store.take()) == 5

    on_face(Joined.metadata, program)


def test_wide_statement(on_face: Any) -> None:
    """One outer join has all columns, and its criteria speak of subclasses."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            wide = with_polymorphic(Vehicle, "*")
            statement = select(wide).where(wide.Racer.speed == 300).options(selectinload(wide.Car.wheels))
            [racer] = (await session.scalars(statement)).all()
            assert (type(racer), racer.__dict__["doors"], racer.__dict__["wheels"]) == (Racer, 2, [])
            assert store.take()[0][0] == (
                "SELECT vehicle.id, vehicle.name, vehicle.kind, car.id AS id_1, car.doors, truck.truck_id, truck.load, "
                "racer.id AS id_2, racer.speed FROM vehicle LEFT OUTER JOIN car ON vehicle.id = car.id LEFT OUTER JOIN "
                "truck ON vehicle.id = truck.truck_id LEFT OUTER JOIN racer ON car.id = racer.id WHERE racer.speed = ?"
            )

    on_face(Joined.metadata, program)


@pytest.mark.parametrize("count", [1, 5])
def test_what_a_subclass_adds_is_read_once_for_peers(count: int) -> None:
    """A loop over objects of one class sends three statements, however many there are."""
    engine = create_engine("sqlite://")
    Joined.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Car(name=f"c{number}", doors=number) for number in range(count)])
        session.commit()
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: sent.append(each[2]))
    with Session(engine) as session:
        assert [each.doors for each in session.scalars(select(Vehicle).order_by(Vehicle.id))] == list(range(count))
    assert len(sent) == min(count + 1, 3)
    engine.dispose()


def test_listeners_hear_of_their_class(on_face: Any) -> None:
    """Each object is told to the listeners of its own class, before the first row and after the last one."""
    heard: list[tuple[str, str]] = []

    def note(name: str) -> Any:
        return lambda mapper, connection, target: heard.append((name, type(target).__name__))

    listener = note("racer")
    event.listen(Racer, "before_insert", listener)
    try:

        async def program(store: Store) -> None:
            async with store.session() as session:
                session.add_all([Car(name="c"), Racer(name="r", speed=2)])
                await session.flush()
                assert len(store.take()) >= 3
                heard.append(("flushed", ""))

        on_face(Joined.metadata, program)
    finally:
        event.remove(Racer, "before_insert", listener)
    assert heard == [("racer", "Racer"), ("flushed", "")]


def test_rows_of_a_hierarchy_go_in_key_order(on_face: Any) -> None:
    """However they were deleted: transactions that delete the same rows then never wait for each other in a circle."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            cars = [Car(id=number, name="c") for number in (1, 2, 3)]
            session.add_all(cars)
            await session.flush()
            for car in (cars[1], cars[2], cars[0]):
                await session.delete(car)
            store.take()
            await session.flush()
            assert [each for each in store.take() if each[0].startswith("DELETE")] == [
                ("DELETE FROM car WHERE car.id = ?", [(1,), (2,), (3,)]),
                ("DELETE FROM vehicle WHERE vehicle.id = ?", [(1,), (2,), (3,)]),
            ]

    on_face(Joined.metadata, program)


def test_listeners_may_set_what_stands_in_any_table() -> None:
    """What they set is written with the rest, in the table where it belongs; what they leave is not."""
    heard: list[str] = []

    def stamp(mapper: Any, connection: Any, target: Any) -> None:
        heard.append(target.name)
        if target.name != "plain":
            target.doors, target.speed = (target.doors or 0) + 1, 9

    engine = create_engine("sqlite://")
    Joined.metadata.create_all(engine)
    sent: list[Any] = []
    for name in ("before_insert", "before_update"):
        event.listen(Racer, name, stamp)
    try:
        with Session(engine) as session:
            one, plain = Racer(id=1, name="one"), Racer(id=2, name="plain")
            session.add_all([one, plain])
            session.flush()
            event.listen(engine, "before_cursor_execute", lambda *each: sent.append((each[2], each[3])))
            one.name, plain.speed = "two", 4
            session.flush()
        assert heard == ["one", "plain", "two", "plain"]
        assert sent == [
            ("UPDATE vehicle SET name=? WHERE vehicle.id = ?", ("two", 1)),
            ("UPDATE car SET doors=? WHERE car.id = ?", (2, 1)),
            ("UPDATE racer SET speed=? WHERE racer.id = ?", (4, 2)),
        ]
    finally:
        for name in ("before_insert", "before_update"):
            event.remove(Racer, name, stamp)
        engine.dispose()


def test_what_inspect_tells() -> None:
    """The documented attributes of a mapper in a hierarchy."""
    mapper = inspect(Racer)
    assert [one.class_ for one in mapper.iterate_to_root()] == [Racer, Car, Vehicle]
    assert mapper.inherits is inspect(Car)
    assert mapper.base_mapper is inspect(Vehicle)
    assert [table.name for table in mapper.tables] == ["vehicle", "car", "racer"]
    assert (mapper.local_table.name, mapper.single, mapper.concrete) == ("racer", False, False)
    assert str(mapper.persist_selectable) == "vehicle JOIN car ON vehicle.id = car.id JOIN racer ON car.id = racer.id"
    assert mapper.polymorphic_identity == "racer"
    assert sorted(inspect(Vehicle).polymorphic_map) == ["car", "racer", "truck", "vehicle"]
    assert [one.class_ for one in inspect(Vehicle).self_and_descendants] == [Vehicle, Car, Truck, Racer]
    assert mapper.identity_key_from_primary_key((3,)) == (Vehicle, (3,), None)
    assert inspect(Car).isa(inspect(Vehicle)) and not inspect(Vehicle).isa(inspect(Car))


def test_lists_of_rows_are_written_table_by_table(on_face: Any) -> None:
    """The root's keys are those of the other rows; what RETURNING asks for is read afterwards, in the order of the rows."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.execute(insert(Truck), [{"id": 8, "name": "a", "load": 1}, {"id": 9, "name": "b", "load": 2}])
            assert store.take() == [
                ("INSERT INTO vehicle (id, name, kind) VALUES (?, ?, ?)", [(8, "a", "truck"), (9, "b", "truck")]),
                ("INSERT INTO truck (truck_id, load) VALUES (?, ?)", [(8, 1), (9, 2)]),
            ]
            rows = [{"name": name, "doors": 2, "speed": speed} for name, speed in (("x", 1), ("y", 2), ("z", 3))]
            racers = (await session.scalars(insert(Racer).returning(Racer), rows)).all()
            assert [(one.name, one.doors, one.speed) for one in racers] == [("x", 2, 1), ("y", 2, 2), ("z", 2, 3)]
            told = await session.execute(insert(Car).returning(Car.name, Car.doors), [{"name": "q", "doors": 7}])
            assert told.all() == [("q", 7)]
            await session.execute(update(Racer), [{"id": racers[1].id, "name": "new", "speed": 9}])
            # MariaDB does not tell how it stored a text: there the values are read again.
            shown = await session.run_sync(lambda _: (racers[1].name, racers[1].speed, racers[1].doors))
            assert shown == ("new", 9, 2)
            # What the statement says is said of all rows that do not say it themselves.
            await session.execute(insert(Car).values(doors=1), [{"name": "m"}, {"name": "n"}])
            counted = select(Car.name, Car.doors).where(Car.name.in_(["m", "n"])).order_by(Car.name)
            assert (await session.execute(counted)).all() == [("m", 1), ("n", 1)]

    on_face(Joined.metadata, program)


def test_expired_objects_of_several_classes_are_read_class_by_class(on_face: Any) -> None:
    """Peers of one class come with one statement; rows of a subclass have more columns."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            cars = [Car(id=n, name=f"car {n}", doors=n) for n in (1, 2, 3)]
            session.add_all([*cars, *[Racer(id=n, name=f"racer {n}", doors=n, speed=n) for n in (4, 5, 6)]])
            await session.commit()
            session.expunge_all()
            found = (await session.scalars(select(Car).order_by(Car.id))).all()
            assert await session.scalar(select(Racer.speed).where(Racer.id == 4)) == 4
            session.expire_all()
            store.take()
            assert await session.run_sync(lambda _: [(one.name, one.doors) for one in found]) == [
                *[(f"car {n}", n) for n in (1, 2, 3)],
                *[(f"racer {n}", n) for n in (4, 5, 6)],
            ]
            assert [one.__dict__["speed"] for one in found[3:]] == [4, 5, 6]
            assert len(store.take()) == 4, "the first of each class alone, the others together"

    on_face(Joined.metadata, program)


def test_a_joined_class_gets_a_name_of_its_own(on_face: Any) -> None:
    """It shares a table with what stands before: the statement would not run. Criteria on the class are about the alias."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            statement = select(Vehicle.name, Car.doors).join(Car, Vehicle.id == Car.id - 2).where(Car.doors > 1)
            with pytest.warns(
                exc.SAWarning, match=r"An alias is being generated automatically against joined entity .*Car"
            ):
                found = (await session.execute(statement)).all()
            assert found == [("car", 2)]
            assert [sql for sql, _ in store.take()] == [
                "SELECT vehicle.name, car_1.doors FROM vehicle JOIN (vehicle AS vehicle_1 JOIN car AS car_1 ON vehicle_1.id = "
                "car_1.id) ON vehicle.id = car_1.id - ? WHERE car_1.doors > ?"
            ]

    on_face(Joined.metadata, program)


def test_an_object_that_says_it_is_of_another_class_is_warned_of(on_face: Any) -> None:
    """Its row could not be loaded as what was written; and a row of another class is refused where one is asked for."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            car = Car(id=1, name="c", doors=1)
            car.kind = "truck"
            session.add(car)
            with pytest.warns(
                exc.SAWarning, match=r"Flushing object <Car at .*> with incompatible polymorphic identity 'truck'"
            ):
                await session.flush()
            session.expunge_all()
            with pytest.raises(
                exc.InvalidRequestError, match=r"refers to Mapper\[Truck\(truck\)\], which is not a sub-mapper"
            ):
                await session.get(Car, 1)

    on_face(Joined.metadata, program)


def test_what_options_say_holds_for_objects_of_subclasses(on_face: Any) -> None:
    """Also where the columns of the subclass came by a statement of their own."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            options = (selectin_polymorphic(Vehicle, [Car]), raiseload("*"))
            cars = (await session.scalars(select(Vehicle).where(Vehicle.kind == "car").options(*options))).all()
            assert [one.doors for one in cars] == [4]
            with pytest.raises(exc.InvalidRequestError, match="lazy='raise'"):
                _ = cars[0].wheels

    on_face(Joined.metadata, program)


def test_an_object_is_not_merged_onto_one_of_a_class_that_lacks_its_attributes(on_face: Any) -> None:
    """Its row was rolled back, and its key has come again: the other object keeps its class and values, nothing is written."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            car = Car(id=1, name="car", doors=4)
            session.add(car)
            await session.flush()
            car_again = pickle.loads(pickle.dumps(car))
        async with store.session() as session:
            session.add(vehicle := Vehicle(id=1, name="v"))
            await session.flush()
            store.take()
            with pytest.raises(exc.InvalidRequestError, match=r"is now that of <Vehicle .* and Vehicle has no doors\."):
                await session.merge(car_again)
            assert (vehicle.kind, vehicle.name, session.dirty) == ("vehicle", "v", set())
            assert "doors" not in vars(vehicle)
        async with store.session() as session:
            # A class below has them all.
            session.add(racer := Racer(id=1, name="r", speed=1))
            await session.flush()
            assert await session.merge(car_again) is racer
            assert (racer.name, racer.doors, racer.speed) == ("car", 4, 1)
            await session.rollback()

    on_face(Joined.metadata, program)
