"""What `upsert` does to a row that is there: values that it loses, its class, its version, its key."""

import importlib
from typing import Any

import pytest

from holdfast import MetaData, String, select
from holdfast.exc import ArgumentError, InvalidRequestError, StaleDataError
from holdfast.orm import DeclarativeBase, Mapped, mapped_column
from tests.orm.set_based.models import Good, Place, Shelf
from tests.orm.set_based.test_synchronize import filled, shown
from tests.support.capability import needs
from tests.support.faces import Store


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


class Animal(Base):
    """A class whose table has the rows of another one too."""

    __tablename__ = "animal"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(20))


class Dog(Animal):
    """The other one."""

    __mapper_args__ = {"polymorphic_identity": "dog"}

    breed: Mapped[str | None] = mapped_column(String(20))


class Paper(Base):
    """Rows with a version that Holdfast counts."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Sheet(Base):
    """Rows with a version that a function of the program makes."""

    __tablename__ = "sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    made = iter(range(100))
    __mapper_args__ = {"version_id_col": version, "version_id_generator": lambda old: f"v{next(Sheet.made)}"}


async def created(store: Store, metadata: MetaData = Base.metadata) -> Any:
    """Create the tables of the classes here, and return a session."""
    session = store.session()
    await session.run_sync(lambda one: metadata.create_all(one.connection()))
    await session.commit()
    store.take()
    return session


def test_none_is_written(on_face: Any) -> None:
    """A row that is there loses its value; only a column with a default leaves a new row to it, and an old one as it is."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        session, goods = await filled(store)
        async with session:
            rows = [{"id": 1, "title": "nut", "amount": None, "price": None}, {"id": 9, "title": "new", "amount": None}]
            await session.upsert(Good, rows)
            await session.refresh(goods[0])
            assert (goods[0].amount, goods[0].price) == (None, 2)
            assert (await session.execute(select(Good.amount, Good.price).where(Good.id == 9))).one() == (None, 5)
            await session.upsert(Good, [Good(id=2, title="bolt", amount=None)])
            assert (goods[1].amount, goods[1].price) == (None, 3)

    on_face(program)


def test_what_stands_for_several_columns_or_another_one(on_face: Any) -> None:
    """A composite and a synonym, in the rows and in `update`; by attribute, by name and by column."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            row = {"id": 1, "name": "x", "place": Place(7, 8), "amount": 0}
            for update, expected in (
                (["place"], ("nut", 10, Place(7, 8))),
                ({Good.place: Place(1, 2), "name": "by synonym"}, ("by synonym", 10, Place(1, 2))),
                ([Good.name, Good.__table__.c.place_side], ("x", 10, Place(1, 8))),
                (None, ("x", 0, Place(7, 8))),
            ):
                await session.upsert(Good, [row], update=update)
                await session.refresh(goods[0])
                assert (goods[0].title, goods[0].amount, goods[0].place) == expected
            with pytest.raises(
                ArgumentError, match="Can't UPDATE composite attribute Good.place to what is no Place, but tuple"
            ):
                await session.upsert(Good, [row], update={"place": (1, 2)})
            with pytest.raises(ArgumentError, match="Good has no column attribute 'shelf' to upsert by"):
                await session.upsert(Good, [row], update=["shelf"])

    on_face(program)


def test_the_class_of_a_row_stays(on_face: Any) -> None:
    """New rows are of the class that is named, those that are there remain what they are, unless the rows say otherwise."""

    async def program(store: Store) -> None:
        needs(store.engine, "insert_returning")
        async with await created(store) as session:
            session.add_all([Animal(id=1, name="a"), Dog(id=2, name="d", breed="b")])
            await session.commit()
            await session.upsert(Animal, [{"id": 2, "name": "D"}, {"id": 3, "name": "c"}])
            await session.upsert(Dog, [{"id": 1, "name": "A"}, {"id": 4, "name": "e"}])
            found = (await session.execute(select(Animal.id, Animal.kind, Animal.name).order_by(Animal.id))).all()
            assert found == [(1, "animal", "A"), (2, "dog", "D"), (3, "animal", "c"), (4, "dog", "e")]
            await session.upsert(Animal, [{"id": 1, "kind": "dog"}])
            assert await session.scalar(select(Animal.kind).where(Animal.id == 1)) == "dog"
            with pytest.raises(ArgumentError, match="of Animal takes dictionaries and objects of that class, not Dog"):
                await session.upsert(Animal, [Dog(id=1)])
            [five] = (await session.upsert(Dog, [Dog(id=5, name="f")])).objects
            assert (five.kind, five.name) == ("dog", "f")
            with pytest.raises(InvalidRequestError, match="Row of Dog can't be loaded into an object"):
                await session.upsert(Dog, [Dog(id=3, name="x")])

    on_face(program)


@pytest.mark.parametrize("class_", [Paper, Sheet])
def test_a_row_gets_another_version(on_face: Any, class_: Any) -> None:
    """Who read the row before can not write over it; the version that the rows give is not that of the row."""

    async def program(store: Store) -> None:
        async with await created(store) as session:
            session.add(class_(id=1, text="first"))
            await session.commit()
            mine = await session.get(class_, 1)
            session.expunge(mine)
            await session.upsert(class_, [{"id": 1, "text": "upserted"}, {"id": 2, "text": "new"}])
            await session.commit()
            session.add(mine)
            mine.text = "mine"
            with pytest.raises(StaleDataError):
                await session.flush()
            await session.rollback()
            await session.upsert(class_, [{"id": 1, "text": "again", "version": 1}])
            await session.refresh(mine)
            if class_ is Paper:
                assert (mine.version, mine.text) == (3, "again")
            await session.upsert(class_, [{"id": 1, "text": "no"}], update=[])
            await session.refresh(mine)
            assert mine.text == "again"
            mine.text = "last"
            await session.commit()

    if class_ is Sheet:
        Sheet.made = iter(range(100))
    on_face(program)


def test_a_row_that_gets_another_key(on_face: Any) -> None:
    """The key that comes back is the new one: no object shows what it held under the old."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            top, bottom = await session.get(Shelf, 1), await session.get(Shelf, 2)
            await session.upsert(Shelf, [{"id": 80, "label": "lone"}])
            lone = await session.get(Shelf, 80)
            await session.upsert(Shelf, [{"id": 90, "label": "lone"}], on="label", update=["id"])
            assert shown([top, bottom, lone], "label") == ["-"] * 3
            assert (await session.get(Shelf, 90)).label == "lone"

    on_face(program)


def test_several_rows_by_an_expression_with_parameters(on_face: Any) -> None:
    """Each row's own; by `upsert`, and by the dialect's INSERT with a list."""

    async def program(store: Store) -> None:
        session, goods = await filled(store)
        async with session:
            rows = [{"id": number, "title": "t", "amount": 100} for number in (1, 2, 9)]
            await session.upsert(Good, rows, update={"amount": Good.amount + 5})
            found = select(Good.amount).order_by(Good.id)
            assert (await session.scalars(found)).all() == [15, 25, None, 40, 100]
            name = store.engine.dialect.name
            statement = importlib.import_module(f"holdfast.dialects.{name}").insert(Good)
            if store.engine.dialect.capabilities.duplicate_key:
                statement = statement.on_duplicate_key_update(amount=Good.amount + statement.inserted.amount + 1)
            else:
                new = Good.amount + statement.excluded.amount + 1
                statement = statement.on_conflict_do_update(index_elements=["id"], set_={"amount": new})
            await session.execute(statement, rows)
            assert (await session.scalars(found)).all() == [116, 126, None, 40, 201]
            # Where no row comes back nobody knows which ones were changed.
            rest = [None, 40] if store.engine.dialect.capabilities.insert_returning else ["-", "-"]
            assert shown(goods, "amount") == ["-", "-", *rest]

    on_face(program)
