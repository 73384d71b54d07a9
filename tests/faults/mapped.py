"""The mapping of the programs: authors own their books, counters have versions, notes stand alone."""

from __future__ import annotations

import holdfast as hf
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The registry of the classes below."""

    type_annotation_map = {str: hf.String(40)}


class Author(Base):
    """Owns books; its name is unique."""

    __tablename__ = "fault_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    books: Mapped[list[Book]] = relationship(
        back_populates="author", cascade="all, delete-orphan", order_by=lambda: Book.id
    )


class Book(Base):
    """Belongs to an author."""

    __tablename__ = "fault_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(hf.ForeignKey("fault_author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


class Counter(Base):
    """Counts its versions."""

    __tablename__ = "fault_counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Note(Base):
    """What the program that comes afterwards writes."""

    __tablename__ = "fault_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


SEED = (
    "INSERT INTO fault_author (id, name) VALUES (1, 'ann'), (2, 'bob')",
    "INSERT INTO fault_book (id, title, author_id) VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 2), (4, 'd', 2)",
    "INSERT INTO fault_counter (id, value, version) VALUES (1, 10, 1)",
)
TABLES = ("fault_note", "fault_counter", "fault_book", "fault_author")
FACTS = (
    "SELECT id, name FROM fault_author ORDER BY id",
    "SELECT id, title, author_id FROM fault_book ORDER BY id",
    "SELECT id, value, version FROM fault_counter ORDER BY id",
)
"""What is compared; keys of new rows may differ where a sequence was asked before, so programs give their own."""
