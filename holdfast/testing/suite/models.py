"""What the suite maps: one column of every common type, and values for them."""

import datetime
import decimal
import enum
import uuid
from typing import Any

from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship
from holdfast.schema import CheckConstraint, ForeignKey, MetaData
from holdfast.sql.types import JSON, Double, Enum, LargeBinary, Numeric, String, Uuid


class Base(DeclarativeBase):
    """Base of the suite's classes."""

    metadata = MetaData()


class Colour(enum.Enum):
    """What an enumeration holds."""

    red = 1
    green = 2


class Box(Base):
    """One column of every common type; holds things."""

    __tablename__ = "suite_box"
    __table_args__ = (CheckConstraint("whole >= 0", name="not_below"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column("the %(name)s", String(40), unique=True)
    whole: Mapped[int | None]
    exact: Mapped[decimal.Decimal | None] = mapped_column(Numeric(20, 6))
    inexact: Mapped[float | None] = mapped_column(Double)
    flag: Mapped[bool | None]
    day: Mapped[datetime.date | None]
    moment: Mapped[datetime.datetime | None]
    hour: Mapped[datetime.time | None]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    colour: Mapped[Colour | None] = mapped_column(Enum(Colour, name="suite_colour"))
    document: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    things: Mapped[list["Thing"]] = relationship(back_populates="box", order_by="Thing.id")


class Thing(Base):
    """Lies in a box."""

    __tablename__ = "suite_thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    box_id: Mapped[int | None] = mapped_column(ForeignKey("suite_box.id"))
    box: Mapped[Box | None] = relationship(back_populates="things")


VALUES: dict[str, list[Any]] = {
    "name": ["plain", "it's 50%", '"q" \\ `b` :x %s'],
    "whole": [0, 2**31 - 1, 7],
    "exact": [decimal.Decimal("0.000001"), decimal.Decimal("-12345678.123456"), decimal.Decimal(3)],
    "inexact": [0.1, -1e300, 0.0],
    "flag": [True, False, True],
    "day": [datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.date(2024, 2, 29)],
    "moment": [
        datetime.datetime(2000, 1, 1),
        datetime.datetime(1999, 12, 31, 23, 59, 59),
        datetime.datetime(2038, 1, 19),
    ],
    "hour": [datetime.time(0), datetime.time(23, 59, 59), datetime.time(12, 30)],
    "raw": [b"", bytes(range(256)), b"'\\%s"],
    "key": [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID("12345678-1234-5678-1234-567812345678")],
    "colour": [Colour.red, Colour.green, Colour.red],
    "document": [{"a": [1, None, "é"]}, [], "text"],
}
