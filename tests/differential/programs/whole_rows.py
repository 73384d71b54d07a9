"""Programs about which columns of a class a statement has, in which order, and what rows replace in present objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


def shelves(lib: Any, engine: Any) -> Any:
    """Map books with deferred columns and expressions, shelves within shelves, and fill them.

    Returns: (Shelf, Book).
    """
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    o = lib.orm

    class Shelf(base):
        __tablename__ = "shelf"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        parent_id = lib.Column(lib.ForeignKey("shelf.id"))
        weight = o.query_expression(lib.literal(7))
        inner = o.relationship("Shelf", order_by="Shelf.id")
        books = o.relationship("Book", back_populates="shelf", order_by="Book.id")
        loud = o.column_property(lib.func.upper(name))

    class Book(base):
        __tablename__ = "book"
        id = lib.Column(lib.Integer, primary_key=True)
        shelf_id = lib.Column(lib.ForeignKey("shelf.id"))
        title = lib.Column(lib.String)
        text = o.deferred(lib.Column(lib.String))
        shelf = o.relationship(Shelf, back_populates="books")
        size = o.column_property(lib.func.length(title))

    base.metadata.create_all(engine)
    with o.Session(engine) as session:
        outer = Shelf(id=1, name="a", inner=[Shelf(id=2, name="b"), Shelf(id=3, name="c")])
        outer.books = [Book(id=1, title="one", text="x"), Book(id=2, title="three", text="y")]
        session.add(outer)
        session.commit()
    return Shelf, Book


WHOLE: dict[str, Callable[[Any, Any], Any]] = {
    "union": lambda lib, book: lib.select(book).union_all(lib.select(book)),
    "union of limited ones": lambda lib, book: lib.select(book).limit(1).union(lib.select(book)),
    "subquery of a union": lambda lib, book: lib.select(lib.select(book).union(lib.select(book)).subquery()),
    "exists": lambda lib, book: lib.select(lib.select(book).exists()),
    "subquery": lambda lib, book: lib.select(lib.select(book).subquery()),
    "without some": lambda lib, book: lib.select(book).options(lib.orm.load_only(book.title)).union(lib.select(book)),
}


@program
def columns_inside_of_other_statements(lib: Any, engine: Any, log: Log) -> None:
    """Members of set operations and what stands in a subquery have all columns, those that are loaded later too."""
    with log.quiet():
        _, book = shelves(lib, engine)
    for name, make in WHOLE.items():
        log.text(name, make(lib, book), engine)
    with lib.orm.Session(engine) as session:
        both = lib.select(book).union_all(lib.select(book).where(book.id == 1)).order_by("id")
        log("rows", session.execute(both).all())
        found = session.scalars(lib.select(book).from_statement(both)).all()
        log("texts", [one.text for one in found])


@program
def columns_in_the_order_of_the_mapping(lib: Any, engine: Any, log: Log) -> None:
    """Expressions and what joined relationships bring stand in the order of the mapping, before the columns."""
    with log.quiet():
        shelf, book = shelves(lib, engine)
    o = lib.orm
    of_books = lib.select(shelf).join(shelf.books).options(o.contains_eager(shelf.books))
    of_shelf = lib.select(book).join(book.shelf).options(o.contains_eager(book.shelf))
    with o.Session(engine) as session:
        log("books", [len(one.books) for one in session.scalars(of_books).unique()])
        log("shelf", [one.shelf.loud for one in session.scalars(of_shelf)])
        nested = lib.select(book).options(o.joinedload(book.shelf).joinedload(shelf.inner)).order_by(book.id).limit(1)
        log("inner", [one.name for one in session.scalars(nested).unique().one().shelf.inner])


@program
def parameters_of_an_expression_beside_the_key(lib: Any, engine: Any, log: Log) -> None:
    """A lazy load of a class whose mapping has parameters of its own."""
    with log.quiet():
        shelf, _ = shelves(lib, engine)
    with lib.orm.Session(engine) as session:
        log("inner", [(one.name, one.weight) for one in session.get(shelf, 1).inner])
    with lib.orm.Session(engine) as session:
        deep = lib.select(shelf).where(shelf.id == 1).options(lib.orm.selectinload(shelf.inner, recursion_depth=2))
        log("inner", [one.name for one in session.scalars(deep).one().inner])


@program
def rows_that_replace_present_objects(lib: Any, engine: Any, log: Log) -> None:
    """populate_existing takes from present objects what the statement does not load, and all that was changed."""
    with log.quiet():
        shelf, book = shelves(lib, engine)
    with lib.orm.Session(engine) as session, session.no_autoflush:
        outer, first = session.get(shelf, 1), session.get(book, 1)
        outer.name, outer.books[0].title = "changed", "changed"
        outer.books.append(book(id=9))
        log("text", first.text)
        first.text, first.shelf = "changed", None
        again = {"populate_existing": True}
        session.scalars(lib.select(shelf).where(shelf.id == 1), execution_options=again).one()
        log.loaded(outer)
        session.scalars(lib.select(book).where(book.id == 1), execution_options=again).one()
        log.loaded(first)
        log.session(session)
        log("text", first.text)
        outer.books.append(book(id=8))
        eager = lib.select(shelf).where(shelf.id == 1).options(lib.orm.selectinload(shelf.books))
        session.scalars(eager, execution_options=again).one()
        log.session(session)
        log("books", [one.id for one in outer.books])
        log("name of the row", session.get(shelf, 1, populate_existing=True).name)
        log.loaded(outer)


@program
def rows_that_are_locked(lib: Any, engine: Any, log: Log) -> None:
    """A row that is locked replaces the values of its columns; what else was loaded stays."""
    with log.quiet():
        shelf, _ = shelves(lib, engine)
    with lib.orm.Session(engine) as session:
        outer = session.get(shelf, 1)
        log("books", len(outer.books))
        session.get(shelf, 1, with_for_update=True)
        log.loaded(outer)


@program
def texts_and_what_is_said_of_their_columns(lib: Any, engine: Any, log: Log) -> None:
    """A text's columns are found by their places, or by names where types alone are given; more or fewer may come."""
    with log.quiet():
        _, book = shelves(lib, engine)
    text, o = lib.text, lib.orm
    said = {
        "in order": (book.id, book.title),
        "turned round": (book.title, book.id),
        "one alone": (book.id,),
    }
    given = ("SELECT id, title FROM book", "SELECT id, title, text FROM book", "SELECT id FROM book")
    with o.Session(engine) as session:
        for sql in given:
            for name, columns in said.items():
                statement = text(sql).columns(*columns)
                log(f"{name}: {sql}", session.execute(statement).all())
                if name != "turned round":
                    found = session.scalars(lib.select(book).from_statement(statement)).all()
                    log("objects", [(one.id, one.title) for one in found])
        for sql in (*given, "SELECT title, id FROM book", "SELECT id AS a, title AS b FROM book"):
            by_name = text(sql).columns(title=lib.String, id=lib.Integer)
            log(f"by name: {sql}", session.execute(by_name).all())
            if " AS " not in sql:
                found = session.scalars(lib.select(book).from_statement(by_name)).all()
                log("objects", [(one.id, one.title) for one in found])


@program
def relationships_of_what_returning_gives(lib: Any, engine: Any, log: Log) -> None:
    """Options of an INSERT, UPDATE or DELETE, or of from_statement(), hold for the objects that come back."""
    s = full_shop(lib, engine, log)
    o = lib.orm
    with session_on(lib, engine) as session:
        changed = lib.update(s.Order).values(total=5).returning(s.Order)
        for one in session.scalars(changed.options(o.selectinload(s.Order.items))):
            log.loaded(one)
            log("items", len(one.items))
    with session_on(lib, engine) as session:
        changed = lib.update(s.Order).where(s.Order.id == 1).values(total=5).returning(s.Order)
        found = session.scalars(lib.select(s.Order).from_statement(changed).options(o.raiseload("*"))).one()
        log.error("not loaded", lambda: found.items)
    with session_on(lib, engine) as session:
        rows = [{"id": 75, "name": "d"}, {"id": 76, "name": "e"}]
        made = lib.insert(s.Customer).returning(s.Customer).options(o.immediateload(s.Customer.orders))
        for one in session.scalars(made, rows):
            log("made", one.id)
            log("orders", "orders" in vars(one))
