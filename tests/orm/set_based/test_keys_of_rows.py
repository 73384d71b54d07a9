"""The keys of rows in lists: names, attributes and columns; primary keys that the database reads otherwise than Python."""

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import MetaData, String, insert, select, update
from holdfast.exc import ArgumentError, CompileError
from holdfast.orm import DeclarativeBase, Mapped, mapped_column
from tests.orm.set_based.models import Good, Place, Shelf
from tests.orm.set_based.test_synchronize import filled, shown
from tests.orm.set_based.test_upsert_existing import created
from tests.support.faces import Store


def test_a_primary_key_of_another_class_finds_its_row_and_its_object(on_face: Any) -> None:
    """A text that is a number: the database finds the row, so no object may show what it held."""

    async def program(store: Store) -> None:
        if store.engine.dialect.name == "postgresql" and not store.engine.dialect.driver.startswith("psycopg"):
            return
        session, goods = await filled(store)
        async with session:
            rows = [{"id": "1", "amount": 77}, {"id": 2, "amount": 78}]
            await session.execute(update(Good), rows)
            assert (await session.scalars(select(Good.amount).order_by(Good.id))).all() == [77, 78, None, 40]
            assert shown(goods, "amount") == ["-", 78, "-", "-"]
            await session.refresh(goods[0])
            assert goods[0].amount == 77
            await session.refresh(goods[3])
            await session.execute(update(Good), [{"id": 2, "amount": 79}, {"id": 4, "amount": 80}])
            assert shown(goods[1:], "amount") == [79, "-", 80]

    on_face(program)


def test_keys_that_are_no_names(on_face: Any) -> None:
    """Attributes of the class and columns of its table stand for their names; what is neither is refused."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            amount = Good.__table__.c.amount
            await session.execute(
                insert(Good),
                [{"id": 5, Good.title: "a", amount: 1}, {"id": 6, Good.name: "b", Good.place: Place(1, 2)}],
            )
            await session.execute(update(Good), [{Good.id: 1, Good.title: "x", "amount": 3}])
            await session.upsert(Good, [{Good.id: 2, Good.title: "bolt", Good.amount: 4}])
            found = (await session.execute(select(Good.title, Good.amount).order_by(Good.id))).all()
            assert found == [("x", 3), ("bolt", 4), ("screw", None), ("gear", 40), ("a", 1), ("b", None)]
            with pytest.raises(ArgumentError, match="A row's keys are names of attributes; got int"):
                await session.execute(insert(Good), [{1: 2}])

    on_face(program)


def test_a_relationship_is_no_column(on_face: Any) -> None:
    """The error says what to set in its place; a composite takes its own objects."""

    async def program(store: Store) -> None:
        session, _ = await filled(store)
        async with session:
            shelf = await session.get(Shelf, 1)
            store.take()
            instead = r"Good.shelf is a relationship; set Good.shelf_id\."
            with pytest.raises(CompileError, match=instead):
                await session.execute(insert(Good), [{"title": "x", "shelf": shelf}])
            for key in ("shelf", Good.shelf):
                with pytest.raises(CompileError, match=instead):
                    update(Good).values({key: shelf})
            with pytest.raises(CompileError, match="Shelf.goods is a relationship; its key is in the other table"):
                update(Shelf).values(goods=[])
            with pytest.raises(
                ArgumentError, match="to what is no Place, but tuple; to set one of its columns, name that"
            ):
                update(Good).values(place=(1, 2))
            with pytest.raises(ArgumentError, match="to what is no Place, but tuple"):
                await session.execute(insert(Good), [{"title": "x", "place": (1, 2)}])
            assert store.take() == []

    on_face(program)


def test_progress_is_a_function(on_face: Any) -> None:
    """Otherwise nothing is sent."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            with pytest.raises(ArgumentError, match="progress is a function"):
                await session.execute(insert(Shelf), [{"id": 1, "label": "x"}], execution_options={"progress": 5})
            assert store.take() == []

    on_face(program)


def test_an_iterator_of_objects_is_streamed(on_face: Any) -> None:
    """`bulk_save_objects` holds a thousand of them at a time, in order; without it, it has to see them all."""

    async def program(store: Store) -> None:
        def shelves(first: int) -> Iterator[Shelf]:
            for number in range(first, first + 2500):
                sent.append(len(store.take()))
                yield Shelf(id=number, label=str(number))

        async with store.session() as session:
            sent: list[int] = []
            await session.bulk_save_objects(shelves(1))
            assert [place for place, count in enumerate(sent) if count] == [1000, 2000]
            sent = []
            await session.bulk_save_objects(shelves(3001), preserve_order=False)
            assert sum(sent[1:]) == 0
            assert len((await session.scalars(select(Shelf.id))).all()) == 5000

    on_face(program)


class Base(DeclarativeBase):
    """Base of the class here."""

    metadata = MetaData()


class Word(Base):
    """A class with texts as keys."""

    __tablename__ = "word"

    text: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int] = mapped_column()


def test_texts_that_the_collation_takes_for_the_same(on_face: Any) -> None:
    """MariaDB finds the row of "ant" by "ANT": its object reads again; elsewhere there is no such row."""

    async def program(store: Store) -> None:
        async with await created(store, Base.metadata) as session:
            ant, bee = Word(text="ant", count=1), Word(text="bee", count=1)
            session.add_all([ant, bee])
            await session.commit()
            await session.refresh(ant)
            if store.engine.dialect.capabilities.duplicate_key:
                await session.execute(update(Word), [{"text": "ANT", "count": 5}])
                assert shown([ant], "text", "count") == [("ant", "-")]
                await session.refresh(ant)
                assert ant.count == 5
            await session.execute(update(Word), [{"text": "ant", "count": 6}])
            await session.refresh(ant)
            assert ant.count == 6

    on_face(program)
