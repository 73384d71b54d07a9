"""The classes that the tests on MariaDB map: shelves with books, and one column of every type."""

import datetime
import decimal
import enum
import uuid
from typing import Any

from holdfast import (
    JSON,
    BigInteger,
    CheckConstraint,
    Double,
    Enum,
    ForeignKey,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    Uuid,
)
from holdfast.dialects import mysql
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""

    metadata = MetaData()


class Color(enum.Enum):
    """What an enumeration holds."""

    red = 1
    green = 2


class Shelf(Base):
    """A shelf has many books."""

    __tablename__ = "shelf"
    __table_args__ = (CheckConstraint("width > 0", name="has_width"), {"mariadb_engine": "InnoDB"})

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
    title: Mapped[str] = mapped_column("the %(title)s `q`", String(50))
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id", name="on_shelf"))
    shelf: Mapped[Shelf] = relationship(back_populates="books")


class Value(Base):
    """One column of every type."""

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    small: Mapped[int | None] = mapped_column(SmallInteger)
    whole: Mapped[int | None]
    big: Mapped[int | None] = mapped_column(BigInteger)
    large: Mapped[int | None] = mapped_column(mysql.BIGINT(unsigned=True))
    tiny: Mapped[int | None] = mapped_column(mysql.TINYINT(unsigned=True))
    medium: Mapped[int | None] = mapped_column(mysql.MEDIUMINT)
    exact: Mapped[decimal.Decimal | None] = mapped_column(Numeric(30, 10))
    inexact: Mapped[float | None] = mapped_column(Double)
    word: Mapped[str | None] = mapped_column(String(50))
    text: Mapped[str | None] = mapped_column(Text)
    long: Mapped[str | None] = mapped_column(mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"))
    flag: Mapped[bool | None]
    day: Mapped[datetime.date | None]
    moment: Mapped[datetime.datetime | None] = mapped_column(mysql.DATETIME(fsp=6))
    second: Mapped[datetime.datetime | None]
    stamp: Mapped[datetime.datetime | None] = mapped_column(mysql.TIMESTAMP(fsp=3))
    hour: Mapped[datetime.time | None] = mapped_column(mysql.TIME(fsp=6))
    year: Mapped[int | None] = mapped_column(mysql.YEAR)
    bits: Mapped[int | None] = mapped_column(mysql.BIT(40))
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    plain_key: Mapped[uuid.UUID | None] = mapped_column(Uuid(native_uuid=False))
    color: Mapped[Color | None] = mapped_column(Enum(Color))
    choice: Mapped[str | None] = mapped_column(mysql.ENUM("a", "b'c", "%s"))
    some: Mapped[set[str] | None] = mapped_column(mysql.SET("x", "y'", "z"))
    bitwise: Mapped[set[str] | None] = mapped_column(mysql.SET("", "y", "z", retrieve_as_bitwise=True))
    document: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
