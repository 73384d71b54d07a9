"""A small library of books, mapped for the tests of loading; and what they share."""

from typing import Any, Optional

from holdfast import Column, ForeignKey, ForeignKeyConstraint, String, Table, insert
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship
from tests.support.faces import Store


class Base(DeclarativeBase):
    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


book_tags = Table(
    "book_tag",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author", order_by="Book.id")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    author: Mapped[Author | None] = relationship(back_populates="books")
    tags: Mapped[list["Tag"]] = relationship(secondary=book_tags, back_populates="books")
    notes: Mapped[list["Note"]] = relationship()


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    books: Mapped[list[Book]] = relationship(secondary=book_tags, back_populates="tags")


class Shelf(Base):
    """A place within a place; its key has two parts."""

    __tablename__ = "shelf"
    room: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    boxes: Mapped[list["Box"]] = relationship(back_populates="shelf")


class Box(Base):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int | None]
    number: Mapped[int | None]
    shelf: Mapped[Shelf | None] = relationship(back_populates="boxes")
    __table_args__ = (ForeignKeyConstraint(["room", "number"], ["shelf.room", "shelf.number"]),)


class Person(Base):
    """One who may have a boss."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    boss: Mapped[Optional["Person"]] = relationship(remote_side=[id], back_populates="staff")
    staff: Mapped[list["Person"]] = relationship(back_populates="boss")


ROWS: dict[Any, list[dict[str, Any]]] = {
    Author: [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}],
    Book: [
        {"id": 1, "author_id": 1, "title": "one"},
        {"id": 2, "author_id": 1, "title": "two"},
        {"id": 3, "author_id": 2, "title": "three"},
        {"id": 4, "author_id": None, "title": "four"},
    ],
    Note: [{"id": 1, "book_id": 1}, {"id": 2, "book_id": 1}],
    Tag: [{"id": 1, "word": "old"}, {"id": 2, "word": "new"}],
    book_tags: [{"book_id": 1, "tag_id": 1}, {"book_id": 1, "tag_id": 2}, {"book_id": 3, "tag_id": 2}],
    Shelf: [{"room": 1, "number": 1}, {"room": 1, "number": 2}],
    Box: [
        {"id": 1, "room": 1, "number": 1},
        {"id": 2, "room": 1, "number": 1},
        {"id": 3, "room": None, "number": None},
    ],
    Person: [
        {"id": 1, "boss_id": None},
        {"id": 2, "boss_id": 1},
        {"id": 3, "boss_id": 1},
        {"id": 4, "boss_id": 2},
    ],
}


async def filled(store: Store) -> Any:
    """Fill the tables and return a new session; nothing of it stands in ``store.sent``."""
    async with store.session() as session:
        for table, rows in ROWS.items():
            await session.execute(insert(getattr(table, "__table__", table)), rows)
        await session.commit()
    store.take()
    return store.session()


def loaded(instance: Any) -> set[str]:
    """The names of what an object has in memory."""
    return {name for name in vars(instance) if not name.startswith("_")}
