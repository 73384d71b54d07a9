"""Programs about collections: dicts by key, lists that keep places, classes of the program's own."""

import importlib
from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


def _base(lib: Any) -> Any:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    return Base


@program
def dicts_by_key(lib: Any, engine: Any, log: Log) -> None:
    """Keys come from an attribute, from columns, from a function; both sides stay equal."""
    orm, Base = lib.orm, _base(lib)

    class Note(Base):
        __tablename__ = "notes"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        item_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("items.id"))
        name: orm.Mapped[str | None] = orm.mapped_column("nm")
        item: orm.Mapped[Optional["Item"]] = orm.relationship("Item", back_populates="notes")

    columns = Note.__table__.c

    class Item(Base):
        __tablename__ = "items"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        notes: orm.Mapped[dict[str, Note]] = orm.relationship(
            Note, collection_class=orm.attribute_keyed_dict("name"), back_populates="item"
        )
        by_column: orm.Mapped[dict[str, Note]] = orm.relationship(
            Note, collection_class=orm.column_keyed_dict(columns.nm), viewonly=True
        )
        by_columns: orm.Mapped[dict[Any, Note]] = orm.relationship(
            Note, collection_class=orm.column_keyed_dict([columns.nm, columns.id]), viewonly=True
        )
        by_function: orm.Mapped[dict[Any, Note]] = orm.relationship(
            Note, collection_class=orm.keyfunc_mapping(lambda note: note.id * 10), viewonly=True
        )

    item = Item(id=1)
    first = Note(id=1, name="x", item=item)
    log("from the other side", list(item.notes))
    item.notes["y"] = Note(id=2, name="y")
    log("both sides", item.notes["y"].item is item)
    item.notes.set(Note(id=3, name="w"))
    item.notes.remove(first)
    log("keys", (sorted(item.notes), first.item))
    log.error("no key", lambda: Note(id=11, item=item), message=True)
    with log.quiet():
        Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all([item, first])
    session.commit()
    for name in ("notes", "by_column", "by_columns", "by_function"):
        log(name, sorted(getattr(item, name)))
    session.close()


@program
def lists_that_keep_places(lib: Any, engine: Any, log: Log) -> None:
    """ordering_list writes the place of each member into it."""
    orm, Base = lib.orm, _base(lib)
    ordering = importlib.import_module(f"{lib.__name__}.ext.orderinglist")

    class Line(Base):
        __tablename__ = "lines"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        page_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("pages.id"))
        place: orm.Mapped[int | None] = orm.mapped_column()

    class Step(Base):
        __tablename__ = "steps"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        page_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("pages.id"))
        place: orm.Mapped[int | None] = orm.mapped_column()

    class Page(Base):
        __tablename__ = "pages"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        lines: orm.Mapped[list[Line]] = orm.relationship(
            Line, order_by=Line.place, collection_class=ordering.ordering_list("place")
        )
        steps: orm.Mapped[list[Step]] = orm.relationship(
            Step,
            order_by=Step.place,
            collection_class=ordering.ordering_list("place", count_from=1, reorder_on_append=True),
        )

    with log.quiet():
        Base.metadata.create_all(engine)
    session = orm.Session(engine)
    page = Page(id=1)
    session.add(page)

    def places(label: str, members: Any) -> None:
        log(label, [(one.id, one.place) for one in members])

    with session.no_autoflush:
        for number in range(4):
            page.lines.append(Line(id=number + 1))
        places("appended", page.lines)
        page.lines.insert(1, Line(id=9))
        places("inserted", page.lines)
        page.lines.pop(0)
        places("popped", page.lines)
        page.lines.remove(page.lines[1])
        places("removed", page.lines)
        page.lines[0] = Line(id=20)
        places("replaced", page.lines)
        del page.lines[0]
        places("deleted", page.lines)
        page.lines = [Line(id=30), Line(id=31)]
        places("all new", page.lines)
        page.lines.reverse()
        page.lines.reorder()
        places("reversed", page.lines)
        page.lines[1:] = [Line(id=40), Line(id=41)]
        places("a slice", page.lines)
        page.lines.append(Line(id=50, place=17))
        places("with a place", page.lines)
        page.steps.append(Step(id=1))
        page.steps.append(Step(id=2, place=7))
        places("counted from 1", page.steps)
    log("kind", (type(page.lines).__name__, isinstance(page.lines, ordering.OrderingList)))
    session.commit()
    session.expunge_all()
    places("loaded", session.get(Page, 1).lines)
    log("counts", [ordering.count_from_n_factory(start)(3, None) for start in (0, 1, 5)])
    session.close()


@program
def classes_of_its_own(lib: Any, engine: Any, log: Log) -> None:
    """Marked methods, methods of known names, subclasses, functions."""
    orm, Base = lib.orm, _base(lib)
    collection = importlib.import_module(f"{lib.__name__}.orm.collections").collection

    class Bag:
        def __init__(self) -> None:
            self.data: list[Any] = []

        @collection.appender
        def put(self, member: Any) -> None:
            self.data.append(member)

        @collection.remover
        def drop(self, member: Any) -> None:
            self.data.remove(member)

        @collection.iterator
        def __iter__(self) -> Any:
            return iter(self.data)

    class Duck:
        def __init__(self) -> None:
            self.data: set[Any] = set()

        def add(self, member: Any) -> None:
            self.data.add(member)

        def remove(self, member: Any) -> None:
            self.data.remove(member)

        def __iter__(self) -> Any:
            return iter(self.data)

    class Own(list[Any]):
        def first(self) -> Any:
            return self[0]

    class Child(Base):
        __tablename__ = "children"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        parent_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("parents.id"))
        parent = orm.relationship("Parent", back_populates="bag")

    class Parent(Base):
        __tablename__ = "parents"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        bag = orm.relationship(Child, collection_class=Bag, back_populates="parent")
        duck = orm.relationship(Child, collection_class=Duck, viewonly=True)
        own = orm.relationship(Child, collection_class=Own, viewonly=True)
        made = orm.relationship(Child, collection_class=lambda: Own(), viewonly=True)

    parent, first = Parent(id=1), Child(id=1)
    parent.bag.put(first)
    log("put", (first.parent is parent, [child.id for child in parent.bag]))
    second = Child(id=2, parent=parent)
    log("from the other side", [child.id for child in parent.bag])
    parent.bag.drop(first)
    log("dropped", (first.parent, [child.id for child in parent.bag]))
    with log.quiet():
        Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all([parent, first])
    session.commit()
    log("loaded", [child.id for child in parent.bag])
    log("others", ([child.id for child in parent.duck], parent.own.first().id, parent.made.first().id))
    log("member", second.parent)

    def wrong(kind: Any) -> None:
        Base = _base(lib)

        class Left(Base):
            __tablename__ = "lefts"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            rights = orm.relationship("Right", collection_class=kind)

        class Right(Base):
            __tablename__ = "rights"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            left_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("lefts.id"))

        try:
            Base.registry.configure()
        finally:
            Base.registry.dispose()

    for kind in (int, object):
        log.error(kind.__name__, lambda kind=kind: wrong(kind), message=True)  # type: ignore[misc]
    session.close()
