"""The classes that the session's tests map: writers, their books, tags."""

from holdfast import Column, ForeignKey, MetaData, String, Table
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""

    metadata = MetaData()
    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


book_tag = Table(
    "book_tag",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Writer(Base):
    """One writer has many books."""

    __tablename__ = "writer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    born: Mapped[int | None]
    books: Mapped[list["Book"]] = relationship(back_populates="writer")


class Book(Base):
    """A book has one writer and many tags."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("writer.id"))
    writer: Mapped["Writer | None"] = relationship(back_populates="books")
    tags: Mapped[list["Tag"]] = relationship(secondary=book_tag, back_populates="books")


class Tag(Base):
    """A tag stands on many books."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    books: Mapped[list["Book"]] = relationship(secondary=book_tag, back_populates="tags")


class Chapter(Base):
    """A chapter is known by its book and its number."""

    __tablename__ = "chapter"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
