"""UPDATE and DELETE of classes with a table of their own: criteria and values of the parents' tables are those of the row."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from holdfast import bindparam, delete, exc, select, update
from holdfast.orm import Session
from tests.orm.inheritance.models import Car, Joined, Racer, Truck, Vehicle
from tests.support.faces import Store

TIED = "EXISTS (SELECT 1 FROM vehicle WHERE vehicle.id = car.id AND"


class Case(NamedTuple):
    """A statement, what is sent (the keys that 'fetch' brings back left away), and the ids of the rows that it finds."""

    statement: Any
    sent: list[str]
    found: list[int]


CASES = {
    "own table": Case(
        update(Car).where(Car.doors > 2).values(doors=5), ["UPDATE car SET doors=? WHERE car.doors > ?"], [1]
    ),
    "criteria of the parent": Case(
        update(Car).where(Car.name == "car").values(doors=5),
        [f"UPDATE car SET doors=? WHERE {TIED} vehicle.name = ?)"],
        [1],
    ),
    "criteria of both": Case(
        update(Car).where((Car.name == "car") | (Car.doors == 2)).values(doors=5),
        [f"UPDATE car SET doors=? WHERE {TIED} (vehicle.name = ? OR car.doors = ?))"],
        [1, 3],
    ),
    "the parent's attribute by the parent": Case(
        update(Car).where(Vehicle.name == "car").values(doors=5),
        [f"UPDATE car SET doors=? WHERE {TIED} vehicle.name = ?)"],
        [1],
    ),
    "joined by the program": Case(
        update(Car).where(Car.id == Vehicle.id, Vehicle.name == "car").values(doors=5),
        ["UPDATE car SET doors=? FROM vehicle WHERE car.id = vehicle.id AND vehicle.name = ?"],
        [1],
    ),
    "value of the parent": Case(
        update(Truck).values(load=Truck.id + 1),
        ["UPDATE truck SET load=((SELECT vehicle.id FROM vehicle WHERE vehicle.id = truck.truck_id) + ?)"],
        [2],
    ),
    "parent's table": Case(
        update(Car).where(Car.doors == 4).values(name="new"),
        ["UPDATE vehicle SET name=? WHERE EXISTS (SELECT 1 FROM car WHERE car.id = vehicle.id AND car.doors = ?)"],
        [1],
    ),
    "parent's table, all of the class": Case(
        update(Racer).values({Vehicle.name: "new"}),
        ["UPDATE vehicle SET name=? WHERE EXISTS (SELECT 1 FROM racer WHERE racer.id = vehicle.id)"],
        [3],
    ),
    "several tables": Case(
        update(Racer).where(Racer.doors == 2, Racer.name != "x").values(speed=Racer.speed + 1, doors=9, name="new"),
        [
            "SELECT vehicle.id FROM vehicle JOIN car ON vehicle.id = car.id JOIN racer ON car.id = racer.id"
            " WHERE car.doors = ? AND vehicle.name != ?",
            "UPDATE vehicle SET name=? WHERE vehicle.id IN (?)",
            "UPDATE car SET doors=? WHERE car.id IN (?)",
            "UPDATE racer SET speed=(racer.speed + ?) WHERE racer.id IN (?)",
        ],
        [3],
    ),
    "several tables, none found": Case(
        update(Car).where(Car.name == "nobody").values(doors=9, name="new"),
        ["SELECT vehicle.id FROM vehicle JOIN car ON vehicle.id = car.id WHERE vehicle.name = ?"],
        [],
    ),
    "delete": Case(
        delete(Truck).where(Truck.name == "truck"),
        [
            "DELETE FROM truck WHERE EXISTS (SELECT 1 FROM vehicle WHERE vehicle.id = truck.truck_id AND vehicle.name = ?)"
        ],
        [2],
    ),
}
vehicle, car, racer, truck = (class_.__table__ for class_ in (Vehicle, Car, Racer, Truck))
EVERYTHING = (
    select(vehicle.c.id, vehicle.c.name, car.c.doors, racer.c.speed, truck.c.load)
    .select_from(vehicle.outerjoin(car).outerjoin(racer).outerjoin(truck))
    .order_by(vehicle.c.id)
)


async def rows(session: Any) -> dict[int, dict[str, Any]]:
    """Return what the tables have, by id."""
    found = (await session.execute(EVERYTHING)).mappings().all()
    return {row["id"]: dict(row) for row in found}


async def full(session: Any) -> list[Any]:
    """Add four vehicles, and return them loaded."""
    session.add_all([
        Car(id=1, name="car", doors=4), Truck(id=2, name="truck", load=10), Racer(id=3, name="racer", doors=2, speed=300),
        Vehicle(id=4, name="v"),
    ])  # fmt: skip
    await session.commit()
    return [await session.get(class_, key) for class_, key in ((Car, 1), (Truck, 2), (Racer, 3), (Vehicle, 4))]


@pytest.mark.parametrize("name", CASES)
def test_each_statement_finds_its_rows_and_leaves_no_object_stale(on_face: Any, name: str) -> None:
    """By every strategy: the SQL, the number of rows, the rows that it changed, and the objects.

    Without RETURNING the keys are asked for first; and MariaDB alone knows which texts are equal.
    """
    case = CASES[name]

    async def program(store: Store) -> None:
        async with store.session() as session:
            vehicles = await full(session)
            before = await rows(session)
            returns = store.engine.dialect.capabilities.update_returning
            for strategy in ("auto", "evaluate", "fetch") if returns else ("auto", "fetch"):
                store.take()
                result = await session.execute(case.statement, execution_options={"synchronize_session": strategy})
                sent = [sql.partition(" RETURNING")[0].removesuffix(" FOR UPDATE") for sql, _ in store.take()]
                assert case.sent == sent or not returns
                assert result.rowcount == len(case.found)
                after = await rows(session)
                assert [key for key in before if after[key] != before[key]] == case.found
                if case.statement.is_delete:
                    assert [one in session for one in vehicles] == [key not in case.found for key in before]
                else:
                    for key, one in enumerate(vehicles, 1):
                        shown = {name: value for name, value in one.__dict__.items() if name in before[key]}
                        assert shown == {name: after[key][name] for name in shown}
                await session.rollback()
                vehicles = [await session.get(Vehicle, key) for key in before]
                for one in vehicles:
                    await session.refresh(one)

    on_face(Joined.metadata, program)


def test_named_parameters_go_to_the_table_that_they_belong_to(on_face: Any) -> None:
    """A statement for several tables takes those of its criteria and of the values of each."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            car, *_ = await full(session)
            statement = (
                update(Car).where(Car.name == bindparam("old")).values(name=bindparam("new"), doors=bindparam("n"))
            )
            result = await session.execute(statement, {"old": "car", "new": "van", "n": 3})
            await session.refresh(car)
            assert (result.rowcount, car.name, car.doors) == (1, "van", 3)

    on_face(Joined.metadata, program)


def test_what_can_not_be_one_statement_is_refused(on_face: Any) -> None:
    """With the reason and the way out, before anything is sent."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await full(session)
            store.take()
            changing = update(Car).where(Car.name == "car")
            for statement, reason in (
                (changing.values(doors=1).returning(Car), "that changes car has no columns of vehicle"),
                (
                    changing.values(doors=1, name="x").returning(Car.id),
                    "sets attributes of 2 tables is as many statements",
                ),
                (changing.values(doors=1, name=Car.doors), "a value for vehicle is worked out from car"),
            ):
                with pytest.raises(exc.InvalidRequestError, match=reason):
                    await session.execute(statement)
            with pytest.raises(
                exc.InvalidRequestError, match=r"upsert\(\) takes rows of one table; objects of Car have rows in"
            ):
                await session.upsert(Car, [{"id": 1, "doors": 3}])
            assert store.take() == []
            if store.engine.dialect.capabilities.update_returning:
                own = changing.values(doors=1).returning(Car.__table__.c.doors)
                assert (await session.scalars(own)).all() == [1]

    on_face(Joined.metadata, program)


def test_a_connection_sends_one_statement_for_one_table() -> None:
    """Without a session nobody splits it."""
    with pytest.raises(exc.CompileError, match="UPDATE of 'car' sets columns of vehicle too"):
        update(Car).values(name="x").compile()
    assert str(update(Car).values(doors=1).compile()) == "UPDATE car SET doors=:doors"
    with pytest.raises(exc.CompileError, match="Unconsumed column names: load"):
        update(Car).values(load=1)
    with pytest.raises(exc.ArgumentError), Session() as session:
        session.execute(update(Car).values(name="x"), execution_options={"synchronize_session": True})
