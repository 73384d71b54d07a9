"""A mapping that is made anew for each test, so that each begins unconfigured: every kind of relationship, a hierarchy."""

from types import SimpleNamespace
from typing import Any

from holdfast import Column, ForeignKey, Table
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


def new_mapping() -> Any:
    """Return `Base` and the classes `Shelf`, `Book`, `Novel`, `Author` and `Page`, not configured yet."""

    class Base(DeclarativeBase):
        pass

    written = Table(
        "written",
        Base.metadata,
        Column("author_id", ForeignKey("authors.id"), primary_key=True),
        Column("book_id", ForeignKey("books.id"), primary_key=True),
    )

    class Shelf(Base):
        __tablename__ = "shelves"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        books: Mapped[list["Book"]] = relationship(backref="shelf", cascade="all, delete-orphan", order_by="Book.id")

    class Book(Base):
        __tablename__ = "books"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        title: Mapped[str]
        shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
        authors: Mapped[list["Author"]] = relationship(secondary=written, back_populates="books", order_by="Author.id")
        pages: Mapped[list["Page"]] = relationship(back_populates="book", order_by="Page.id")
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "book"}

    class Novel(Book):
        __tablename__ = "novels"
        id: Mapped[int] = mapped_column(ForeignKey("books.id"), primary_key=True)
        hero: Mapped[str | None]
        __mapper_args__ = {"polymorphic_identity": "novel"}

    class Author(Base):
        __tablename__ = "authors"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        books: Mapped[list["Book"]] = relationship(secondary=written, back_populates="authors", order_by="Book.id")

    class Page(Base):
        __tablename__ = "pages"
        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int]
        book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
        book: Mapped["Book"] = relationship(back_populates="pages")

    return SimpleNamespace(Base=Base, Shelf=Shelf, Book=Book, Novel=Novel, Author=Author, Page=Page)


def new_graph(classes: Any, name: str) -> Any:
    """Return a shelf with two books, their authors and pages, in no session."""
    author = classes.Author(name=f"author of {name}")
    shelf = classes.Shelf(name=name)
    shelf.books = [
        classes.Book(title="one", authors=[author], pages=[classes.Page(number=number) for number in range(3)]),
        classes.Novel(title="two", hero="Ishmael", authors=[author, classes.Author(name="another")]),
    ]
    return shelf


def told(shelf: Any) -> Any:
    """Return what a graph says, read through its relationships."""
    return (
        shelf.name,
        [
            (
                type(book).__name__,
                book.title,
                getattr(book, "hero", None),
                book.shelf is shelf,
                [author.name for author in book.authors],
                [page.number for page in book.pages],
            )
            for book in shelf.books
        ],
    )
