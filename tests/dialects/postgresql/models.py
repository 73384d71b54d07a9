"""The classes that the tests on PostgreSQL map: shelves with books, and one column of every type."""

import datetime
import decimal
import uuid

from holdfast import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    Float,
    ForeignKey,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
)
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""

    metadata = MetaData()


class Shelf(Base):
    """A shelf has many books."""

    __tablename__ = "shelf"
    __table_args__ = (CheckConstraint("width > 0", name="has_width"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    width: Mapped[int] = mapped_column(default=1)
    books: Mapped[list["Book"]] = relationship(
        back_populates="shelf", cascade="all, delete-orphan", order_by="Book.title"
    )


class Book(Base):
    """A book stands on one shelf; its title's column has a name that drivers stumble over."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    title: Mapped[str] = mapped_column("the %(title)s")
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="books")


class Value(Base):
    """One column of every type."""

    __tablename__ = "value"

    id: Mapped[int] = mapped_column(primary_key=True)
    small: Mapped[int | None] = mapped_column(SmallInteger)
    whole: Mapped[int | None]
    big: Mapped[int | None] = mapped_column(BigInteger)
    exact: Mapped[decimal.Decimal | None] = mapped_column(Numeric(30, 10))
    inexact: Mapped[float | None] = mapped_column(Double)
    half_exact: Mapped[decimal.Decimal | None] = mapped_column(Float(asdecimal=True))
    word: Mapped[str | None] = mapped_column(String(50))
    text: Mapped[str | None] = mapped_column(Text)
    flag: Mapped[bool | None]
    day: Mapped[datetime.date | None]
    moment: Mapped[datetime.datetime | None]
    zoned: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    hour: Mapped[datetime.time | None] = mapped_column(Time)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[uuid.UUID | None] = mapped_column(Uuid)
