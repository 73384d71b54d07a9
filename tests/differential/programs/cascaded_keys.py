"""Programs about primary keys that hold a reference: where the referred key changes, the database changes them (ON UPDATE CASCADE)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def shelves(lib: Any, *, joined: bool) -> Any:
    """Map shelves with books by number and one label; the book's class may have a table of its own below another one."""
    o, how = lib.orm, {"onupdate": "cascade"}
    base: Any = o.declarative_base()
    shelf: Any = type("Shelf", (base,), {
        "__tablename__": "shelves",
        "name": lib.Column(lib.String, primary_key=True),
        "books": o.relationship("Book", back_populates="shelf", order_by="Book.number"),
        "labels": o.relationship("Label", back_populates="shelf"),
    })  # fmt: skip
    kind = lib.Column(lib.String)
    polymorphic = {"kind": kind, "__mapper_args__": {"polymorphic_on": kind, "polymorphic_identity": "book"}}
    book: Any = type("Book", (base,), {
        "__tablename__": "books",
        "shelf_name": lib.Column(lib.ForeignKey("shelves.name", **how), primary_key=True),
        "number": lib.Column(lib.Integer, primary_key=True),
        "title": lib.Column(lib.String),
        "shelf": o.relationship("Shelf", back_populates="books"),
        **(polymorphic if joined else {}),
    })  # fmt: skip
    label: Any = type("Label", (base,), {
        "__tablename__": "labels",
        "shelf_name": lib.Column(lib.ForeignKey("shelves.name", **how), primary_key=True),
        "title": lib.Column(lib.String),
        "shelf": o.relationship("Shelf", back_populates="labels"),
    })  # fmt: skip
    if joined:
        body = {
            "__tablename__": "atlases",
            "shelf_name": lib.Column(lib.String, primary_key=True),
            "number": lib.Column(lib.Integer, primary_key=True),
            "maps": lib.Column(lib.Integer),
            "__table_args__": (
                lib.ForeignKeyConstraint(["shelf_name", "number"], ["books.shelf_name", "books.number"], **how),
            ),
            "__mapper_args__": {"polymorphic_identity": "atlas"},
        }
        book = type("Atlas", (book,), body)
    return SimpleNamespace(Shelf=shelf, Book=book, Label=label, metadata=base.metadata)


def rename(lib: Any, engine: Any, log: Log, *, joined: bool) -> None:
    names = shelves(lib, joined=joined)
    shelf_class, book_class, label_class = names.Shelf, names.Book, names.Label
    with log.quiet():
        names.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            new = [book_class(number=number, title="t") for number in (1, 2, 3)]
            session.add(shelf_class(name="x", books=new, labels=[label_class(title="l")]))
            session.commit()
    with lib.orm.Session(engine, expire_on_commit=False) as session:
        shelf = session.get(shelf_class, "x")
        books, label = list(shelf.books), shelf.labels[0]

        def tell(what: str) -> None:
            log(what, [(lib.inspect(book).identity, book.shelf_name, book.number, book.title) for book in books])
            log("label", (lib.inspect(label).identity, label.shelf_name, label.title))

        shelf.name = "y"
        session.flush()
        tell("flushed")
        log("found", (session.get(book_class, ("y", 1)) is books[0], session.get(label_class, "y") is label))
        session.rollback()
        tell("rolled back")
        log("found", (session.get(book_class, ("x", 1)) is books[0], session.get(label_class, "x") is label))
        log("names", (shelf.name, [book.number for book in shelf.books], len(shelf.labels)))
        shelf.name, books[0].title, label.title = "y", "new", "new"
        session.commit()
        tell("with other values")
        shelf.name, books[1].number = "w", 7
        session.commit()
        tell("with another part of the key")
        shelf.books.append(book_class(number=20, title="last"))
        shelf.name = "r"
        session.commit()
        log("last", lib.inspect(shelf.books[-1]).identity)
        tell("with a new one")
        other = shelf_class(name="m")
        session.add(other)
        session.flush()
        books[0].shelf, other.name = other, "n"
        session.commit()
        tell("moved to a shelf that is renamed")


@program
def references_in_keys(lib: Any, engine: Any, log: Log) -> None:
    rename(lib, engine, log, joined=False)


@program
def references_in_keys_of_a_subclass(lib: Any, engine: Any, log: Log) -> None:
    rename(lib, engine, log, joined=True)


@program
def trees_with_keys_of_two_columns(lib: Any, engine: Any, log: Log) -> None:
    """A node is renamed before its children follow, whatever their names are."""
    o = lib.orm
    for passive in (True, False):
        base: Any = o.declarative_base()
        how = {"deferrable": True, "initially": "DEFERRED", **({"onupdate": "cascade"} if passive else {})}
        node: Any = type("Node", (base,), {
            "__tablename__": "nodes",
            "tree": lib.Column(lib.String, primary_key=True),
            "name": lib.Column(lib.String, primary_key=True),
            "parent_name": lib.Column(lib.String),
            "__table_args__": (
                lib.ForeignKeyConstraint(["tree", "parent_name"], ["nodes.tree", "nodes.name"], **how),
            ),
        })  # fmt: skip
        node.children = o.relationship(
            node,
            primaryjoin=lib.and_(o.foreign(o.remote(node.parent_name)) == node.name, o.remote(node.tree) == node.tree),
            order_by=node.name,
            back_populates="parent",
            passive_updates=passive,
        )
        node.parent = o.relationship(
            node,
            primaryjoin=lib.and_(o.foreign(node.parent_name) == o.remote(node.name), node.tree == o.remote(node.tree)),
            back_populates="children",
            passive_updates=passive,
        )
        with log.quiet():
            base.metadata.create_all(engine)
        with o.Session(engine, expire_on_commit=False) as session:
            root = node(tree="t", name="r")
            first, second = node(tree="t", name="k", parent=root), node(tree="t", name="l", parent=root)
            leaf = node(tree="t", name="g", parent=first)
            session.add(root)
            session.commit()
            first.name = "m"
            session.commit()
            log("leaf", leaf.parent_name)
            root.name, first.name = "root", "a"
            session.commit()
            log("names", [each.parent_name for each in (first, second, leaf)])
            leaf.parent = second
            session.commit()
            session.delete(first)
            session.commit()
        with log.quiet():
            base.metadata.drop_all(engine)
