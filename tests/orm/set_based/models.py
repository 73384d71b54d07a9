"""The classes of the tests of writing by statement: shelves with goods."""

import dataclasses
from typing import Any

from holdfast import Column, ForeignKey, Integer, MetaData, String, Table, func
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    composite,
    deferred,
    mapped_column,
    relationship,
    synonym,
)


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


@dataclasses.dataclass
class Place:
    """Where a good lies."""

    row: int | None
    side: int | None


class Shelf(Base):
    """A shelf holds goods."""

    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(20), unique=True)
    goods: Mapped[list["Good"]] = relationship(back_populates="shelf")


class Good(Base):
    """An attribute named unlike its column, one that is made at each UPDATE, and some that are more than a column."""

    __tablename__ = "good"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column("good_title", String(30))
    amount: Mapped[int | None] = mapped_column()
    price: Mapped[int] = mapped_column(default=5)
    changes: Mapped[int | None] = mapped_column(onupdate=1)
    touched: Mapped[str | None] = mapped_column(String(20), onupdate=func.lower("YES"))
    note: Mapped[str | None] = deferred(mapped_column(String(50)))
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="goods")
    place: Mapped[Place] = composite(mapped_column("place_row", Integer), mapped_column("place_side", Integer))
    name: Mapped[str] = synonym("title")
    value: Mapped[int | None] = column_property(amount * price)


class Pair(Base):
    """A class with a primary key of two columns."""

    __tablename__ = "pair"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str | None] = mapped_column(String(20))


other = Table("other", Base.metadata, Column("id", Integer, primary_key=True), Column("word", String(20)))


def some_goods() -> list[Any]:
    """Return two shelves and four goods."""
    return [
        Shelf(id=1, label="top"),
        Shelf(id=2, label="bottom"),
        Good(id=1, title="nut", amount=10, price=2, shelf_id=1, place=Place(1, 1)),
        Good(id=2, title="bolt", amount=20, price=3, shelf_id=1, place=Place(1, 2)),
        Good(id=3, title="screw", amount=None, price=4, shelf_id=2, place=Place(2, 1)),
        Good(id=4, title="gear", amount=40, price=5, shelf_id=None, place=Place(None, None)),
    ]
