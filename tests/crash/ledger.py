"""The tables of these tests: entries that have lines, and one mark that each transaction may set."""

from __future__ import annotations

from holdfast import ForeignKey, MetaData, String
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


class Entry(Base):
    """What a transaction writes; `number` is the program's own key, `size` the lines that belong to it."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    size: Mapped[int]
    lines: Mapped[list[Line]] = relationship(back_populates="entry", cascade="all, delete-orphan")


class Line(Base):
    """A part of an entry."""

    __tablename__ = "line"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    text: Mapped[str] = mapped_column(String(40))
    entry: Mapped[Entry] = relationship(back_populates="lines")


class Mark(Base):
    """One row: the number of the transaction that set it last."""

    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


def new_entry(number: int, size: int) -> Entry:
    """Return an entry with its lines."""
    return Entry(number=number, size=size, lines=[Line(text=f"{number}/{place}") for place in range(size)])
