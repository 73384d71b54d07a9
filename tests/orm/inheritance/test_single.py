"""Single-table inheritance: one table, the discriminator says which class a row is of."""

from typing import Any

from holdfast import delete, insert, inspect, select, update
from holdfast.orm import with_polymorphic
from tests.orm.inheritance.models import Animal, Cat, Dog, Puppy, Single, Zoo
from tests.support.faces import Store


async def full(store: Store) -> Any:
    """Open a session after a zoo of four animals was put into the tables."""
    async with store.session() as session:
        rex, tom = Dog(name="rex", tricks=2, breed="collie"), Cat(name="tom", lives=9)
        session.add(Zoo(name="z", animals=[rex, tom, Puppy(name="bit"), Animal(name="it")]))
        await session.commit()
    store.take()
    return store.session()


def test_columns_of_subclasses_stand_in_the_one_table() -> None:
    """Each once, also where two subclasses declare it."""
    assert list(Animal.__table__.c.keys()) == ["id", "name", "kind", "zoo_id", "breed", "tricks", "lives"]
    assert [prop.key for prop in inspect(Dog).column_attrs] == ["id", "name", "kind", "zoo_id", "breed", "tricks"]
    assert [prop.key for prop in inspect(Animal).column_attrs] == ["id", "name", "kind", "zoo_id"]


def test_rows_become_objects_of_their_class(on_face: Any) -> None:
    """A query of the base gives all classes, one of a subclass that one and those below it."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            animals = (await session.scalars(select(Animal).order_by(Animal.id))).all()
            assert [type(each) for each in animals] == [Dog, Cat, Puppy, Animal]
            dogs = (await session.scalars(select(Dog).order_by(Dog.id))).all()
            assert dogs == [animals[0], animals[2]]
            assert [sql for sql, _ in store.take()] == [
                "SELECT animal.id, animal.name, animal.kind, animal.zoo_id FROM animal ORDER BY animal.id",
                "SELECT animal.id, animal.name, animal.kind, animal.zoo_id, animal.breed, animal.tricks FROM animal "
                "WHERE animal.kind IN (?, ?) ORDER BY animal.id",
            ]

    on_face(Single.metadata, program)


def test_new_objects_know_their_class(on_face: Any) -> None:
    """The discriminator is set when the object is made, and written."""

    async def program(store: Store) -> None:
        assert Puppy(name="p").kind == "puppy"
        async with await full(store) as session:
            found = (await session.execute(select(Animal.name, Animal.kind).order_by(Animal.id))).all()
            assert [tuple(row) for row in found] == [("rex", "dog"), ("tom", "cat"), ("bit", "puppy"), ("it", "animal")]

    on_face(Single.metadata, program)


def test_get_knows_the_classes(on_face: Any) -> None:
    """An object of another class is None; one that is present is found by all its classes without SQL."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            assert await session.get(Cat, 1) is None
            rex = await session.get(Animal, 1)
            assert type(rex) is Dog
            store.take()
            assert await session.get(Dog, 1) is rex
            assert await session.get(Puppy, 1) is None
            assert store.take() == []

    on_face(Single.metadata, program)


def test_wide_rows_fill_the_subclasses(on_face: Any) -> None:
    """A column that two subclasses share fills both."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            animals = (await session.scalars(select(with_polymorphic(Animal, "*")).order_by(Animal.id))).all()
            assert animals[0].__dict__["breed"] == "collie"
            assert animals[1].__dict__["lives"] == 9
            assert "breed" in animals[1].__dict__
            assert "lives" not in animals[0].__dict__
            assert len(store.take()) == 1

    on_face(Single.metadata, program)


def test_statements_change_only_rows_of_their_class(on_face: Any) -> None:
    """UPDATE and DELETE of a subclass leave the rows of other classes in the same table alone."""

    async def program(store: Store) -> None:
        async with await full(store) as session:
            changed = await session.execute(update(Dog).values(tricks=7))
            assert changed.rowcount == 2
            assert store.take() == [("UPDATE animal SET tricks=? WHERE animal.kind IN (?, ?)", (7, "dog", "puppy"))]
            gone = await session.execute(delete(Cat).where(Cat.name != "nobody"))
            assert gone.rowcount == 1
            assert len((await session.scalars(select(Animal))).all()) == 3
            await session.execute(insert(Dog), [{"name": "new", "tricks": 1}])
            await session.upsert(Dog, [{"id": 90, "name": "newer"}])
            assert set(await session.scalars(select(Dog.kind).where(Dog.name.like("new%")))) == {"dog"}

    on_face(Single.metadata, program)
