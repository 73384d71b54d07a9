"""automap, indexable, baked, orderinglist and hybrids: the same classes, SQL and rows on both libraries."""

import importlib
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


def _part(lib: Any, name: str) -> Any:
    return importlib.import_module(f"{lib.__name__}.{name}")


# automap


def _tables(lib: Any) -> Any:
    """Return a MetaData of tables that refer to each other in every way."""
    m = lib.MetaData()
    key = lambda: lib.Column("id", lib.Integer, primary_key=True)  # noqa: E731
    lib.Table("people", m, key(), lib.Column("name", lib.String(20)))
    lib.Table(
        "mails", m, key(), lib.Column("text", lib.String(20)),
        lib.Column("person_id", lib.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    )  # fmt: skip
    lib.Table(
        "notes", m, key(), lib.Column("person_id", lib.ForeignKey("people.id", ondelete="SET NULL")),
        lib.Column("parent_id", lib.ForeignKey("notes.id")),
    )  # fmt: skip
    lib.Table("plain_keys", m, key(), lib.Column("person_id", lib.ForeignKey("people.id")))
    lib.Table("tags", m, key(), lib.Column("label", lib.String(20)))
    lib.Table(
        "person_tags", m, lib.Column("person_id", lib.ForeignKey("people.id"), primary_key=True),
        lib.Column("tag_id", lib.ForeignKey("tags.id"), primary_key=True),
    )  # fmt: skip
    lib.Table("without_key", m, lib.Column("x", lib.Integer))
    lib.Table(
        "pairs", m, lib.Column("a", lib.Integer, primary_key=True), lib.Column("b", lib.Integer, primary_key=True)
    )
    lib.Table(
        "parts", m, key(), lib.Column("pa", lib.Integer), lib.Column("pb", lib.Integer),
        lib.ForeignKeyConstraint(["pa", "pb"], ["pairs.a", "pairs.b"]),
    )  # fmt: skip
    return m


def _describe(lib: Any, log: Log, classes: Any) -> None:
    """Write down the mapped classes with their relationships."""
    lib.orm.configure_mappers()
    for name in sorted(classes.keys()):
        mapper = lib.inspect(classes[name])
        log(name, sorted(mapper.column_attrs.keys()))
        for one in sorted(mapper.relationships, key=lambda one: one.key):
            log(
                one.key,
                (one.direction.name, one.mapper.class_.__name__, one.uselist, sorted(one.cascade),
                 one.passive_deletes, getattr(one.collection_class, "__name__", None),
                 None if one.secondary is None else one.secondary.name),
            )  # fmt: skip


AUTOMAPS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "plain": lambda lib, am: {},
    "sets": lambda lib, am: {"collection_class": set},
    "class_names": lambda lib, am: {
        "classname_for_table": lambda base, name, table: "".join(part.title() for part in name.split("_"))
    },
    "relationship_names": lambda lib, am: {
        "name_for_scalar_relationship": lambda base, one, other, key: "one_" + other.__name__.lower(),
        "name_for_collection_relationship": lambda base, one, other, key: "all_" + other.__name__.lower(),
    },
    "no_relationships": lambda lib, am: {"generate_relationship": lambda base, d, fn, name, one, other, **kw: None},
    "viewonly": lambda lib, am: {
        "generate_relationship": lambda base, d, fn, name, one, other, **kw: am.generate_relationship(
            base, d, fn, name, one, other, **{**kw, "passive_deletes": "all"} if d.name == "ONETOMANY" and not kw.get("cascade") else kw
        )
    },
    "modules": lambda lib, am: {"modulename_for_table": lambda base, name, table: "app." + name[0]},
}  # fmt: skip


def _automaps(name: str, arguments: Callable[[Any, Any], dict[str, Any]], reflected: bool) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        am = _part(lib, "ext.automap")
        with log.quiet():
            tables = _tables(lib)
            tables.create_all(engine)
            # The options of foreign keys are the tables' own: what reflection sees of them is another subject.
            Base = am.automap_base(**({} if reflected else {"metadata": tables}))
            options = {"autoload_with": engine} if reflected else {}
            Base.prepare(**options, **arguments(lib, am))
        if not reflected:
            _describe(lib, log, Base.classes)
        else:
            lib.orm.configure_mappers()
            log("classes", sorted(Base.classes.keys()))
            log("attributes", [sorted(lib.inspect(one).attrs.keys()) for one in sorted(Base.classes, key=str)])
        log("modules", sorted(Base.by_module.keys()) if name == "modules" else "one")
        Base.registry.dispose()

    run.__name__ = f"automap_{name}_{'reflected' if reflected else 'declared'}"
    run.__module__ = __name__
    program(run)


for _name, _arguments in AUTOMAPS.items():
    for _reflected in (False, True):
        _automaps(_name, _arguments, _reflected)


@program
def automapped_objects(lib: Any, engine: Any, log: Log) -> None:
    """Objects of made classes are stored, loaded and deleted as those of declared ones."""
    am = _part(lib, "ext.automap")
    with log.quiet():
        _tables(lib).create_all(engine)
        Base = am.automap_base()
        Base.prepare(autoload_with=engine)
    c = Base.classes
    with session_on(lib, engine) as session:
        person = c.people(id=1, name="Ada", mails_collection=[c.mails(id=1, text="a"), c.mails(id=2, text="b")])
        person.tags_collection.append(c.tags(id=1, label="x"))
        session.add(person)
        session.commit()
        log("names", [mail.people.name for mail in session.scalars(lib.select(c.mails).order_by(c.mails.id))])
        log("labels", [tag.people_collection[0].name for tag in session.scalars(lib.select(c.tags))])
        person.mails_collection.pop()
        session.commit()
    Base.registry.dispose()


@program
def automap_with_taken_names(lib: Any, engine: Any, log: Log) -> None:
    """A relationship that would be called as a column is an error that says so."""
    am = _part(lib, "ext.automap")
    m = lib.MetaData()
    lib.Table("a", m, lib.Column("id", lib.Integer, primary_key=True))
    lib.Table("b", m, lib.Column("id", lib.Integer, primary_key=True), lib.Column("a", lib.ForeignKey("a.id")))
    Base = am.automap_base(metadata=m)
    log.error("prepare", lambda: Base.prepare())
    Base.registry.dispose()


@program
def automap_of_two_keys(lib: Any, engine: Any, log: Log) -> None:
    """Of two foreign keys to one table the first gets the relationship, unless names tell them apart."""
    am = _part(lib, "ext.automap")
    for names in (False, True):
        m = lib.MetaData()
        lib.Table("a", m, lib.Column("id", lib.Integer, primary_key=True))
        lib.Table(
            "b", m, lib.Column("id", lib.Integer, primary_key=True), lib.Column("x", lib.ForeignKey("a.id", name="k1")),
            lib.Column("y", lib.ForeignKey("a.id", name="k2")),
        )  # fmt: skip
        Base = am.automap_base(metadata=m)
        options: dict[str, Any] = {}
        if names:
            options["name_for_scalar_relationship"] = lambda base, one, other, key: "to_" + key.name
            options["name_for_collection_relationship"] = lambda base, one, other, key: "by_" + key.name
        Base.prepare(**options)
        _describe(lib, log, Base.classes)
        Base.registry.dispose()


# indexable


@cache
def _pages(lib: ModuleType) -> Any:
    orm: Any = lib.orm
    sql: Any = lib
    index_property = _part(lib, "ext.indexable").index_property

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Page(Base):
        __tablename__ = "pages"
        id = orm.mapped_column(sql.Integer, primary_key=True)
        data = orm.mapped_column(sql.JSON)
        title = index_property("data", "title")
        size = index_property("data", "size", default=7)
        fixed = index_property("data", "fixed", mutable=False)
        inner = index_property("data", "inner", default=None)
        deep = index_property("inner", "deep")
        third = index_property("data", 2, onebased=False)
        made = index_property("data", "made", datatype=lambda: {"by": 1})

    return SimpleNamespace(Base=Base, Page=Page)


INDEXED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "set_on_nothing": lambda lib, P, p: [setattr(P, "_", 0), (one := P(title="x")).data, one.title],
    "read_nothing": lambda lib, P, p: P().title,
    "read_default": lambda lib, P, p: (P().size, P(data={}).size, P(data={"size": 1}).size),
    "read_missing": lambda lib, P, p: P(data={}).title,
    "set": lambda lib, P, p: (setattr(p, "title", "new"), p.data),
    "set_default_one": lambda lib, P, p: (setattr(p, "size", 1), p.data),
    "delete": lambda lib, P, p: (delattr(p, "title"), p.data),
    "delete_missing": lambda lib, P, p: delattr(p, "size"),
    "delete_on_nothing": lambda lib, P, p: delattr(P(), "title"),
    "set_fixed": lambda lib, P, p: setattr(p, "fixed", 1),
    "place_on_nothing": lambda lib, P, p: P(third=4).data,
    "own_datatype": lambda lib, P, p: P(made=3).data,
    "deep_on_nothing": lambda lib, P, p: (one := P(deep=1)) and (one.inner, one.deep),
    "deep_read": lambda lib, P, p: (p.inner, p.deep),
    "select": lambda lib, P, p: str(lib.select(P.title, P.size)),
    "select_deep": lambda lib, P, p: str(lib.select(P.deep)),
    "select_place": lambda lib, P, p: str(lib.select(P.third)),
    "select_where": lambda lib, P, p: str(lib.select(P.id).where(P.title.as_string() == "x")),
    "select_of_alias": lambda lib, P, p: str(lib.select(lib.orm.aliased(P).title)),
    "select_labelled": lambda lib, P, p: str(lib.select(P.title.label("q")).order_by(P.title)),
}


def _indexed(name: str, action: Callable[[Any, Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        pages = _pages(lib)
        pages.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            session.add(pages.Page(id=1, data={"title": "t", "inner": {"deep": 3}}))
            session.commit()
            page = session.get(pages.Page, 1)
            log.error("result", lambda: action(lib, pages.Page, page))
            log("dirty", page in session.dirty)
            session.commit()
            log("found", session.scalars(lib.select(pages.Page.id).where(pages.Page.title.as_string() == "t")).all())

    run.__name__ = f"index_{name}"
    run.__module__ = __name__
    program(run)


INDEXED["set_on_nothing"] = lambda lib, P, p: (one := P(title="x")) and (one.data, one.title)
for _name, _action in INDEXED.items():
    _indexed(_name, _action)


# baked


BAKED: dict[str, Callable[[Any], Any]] = {
    "all": lambda result: [one.id for one in result.all()],
    "first": lambda result: getattr(result.first(), "id", None),
    "one": lambda result: result.one().id,
    "one_or_none": lambda result: getattr(result.one_or_none(), "id", None),
    "count": lambda result: result.count(),
    "iterate": lambda result: [one.id for one in result],
    "text": lambda result: str(result),
}


def _bakes(name: str, action: Callable[[Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        pages = _pages(lib)
        with log.quiet():
            pages.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            session.add_all([pages.Page(id=number, data={}) for number in range(1, 5)])
            session.flush()
            bakery = _part(lib, "ext.baked").bakery()
            query = bakery(lambda session: session.query(pages.Page))
            query += lambda query: query.filter(pages.Page.id == lib.bindparam("n"))
            ordered = query + (lambda query: query.order_by(pages.Page.id))
            log("steps", (len(query.steps), len(ordered.steps)))
            for number in (1, 9, 2):
                log.error(f"of {number}", lambda number=number: action(ordered(session).params(n=number)), message=True)

    run.__name__ = f"baked_{name}"
    run.__module__ = __name__
    program(run)


for _name, _result in BAKED.items():
    _bakes(_name, _result)


# orderinglist


@cache
def _decks(lib: ModuleType) -> Any:
    orm: Any = lib.orm
    sql: Any = lib
    ordering = _part(lib, "ext.orderinglist")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    kinds = {
        "zero": ordering.ordering_list("place"),
        "one": ordering.ordering_list("place", count_from=1),
        "five": ordering.ordering_list("place", count_from=5),
        "letters": ordering.ordering_list("place", ordering_func=lambda index, cards: ord("a") + index),
        "again": ordering.ordering_list("place", reorder_on_append=True),
    }

    class Deck(Base):
        __tablename__ = "decks"
        id = orm.mapped_column(sql.Integer, primary_key=True)

    class Card(Base):
        __tablename__ = "cards"
        id = orm.mapped_column(sql.Integer, primary_key=True)
        name = orm.mapped_column(sql.String(5))
        place = orm.mapped_column(sql.Integer)

    for kind, factory in kinds.items():
        setattr(Card, f"{kind}_id", orm.mapped_column(f"{kind}_id", sql.ForeignKey("decks.id")))
        column = Card.__table__.c[f"{kind}_id"]
        setattr(
            Deck,
            kind,
            orm.relationship(Card, foreign_keys=[column], order_by=Card.place, collection_class=factory),
        )
    return SimpleNamespace(Base=Base, Deck=Deck, Card=Card, kinds=tuple(kinds))


ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "append": lambda cards, new: cards.append(new("x")),
    "append_placed": lambda cards, new: cards.append(new("x", place=9)),
    "insert_first": lambda cards, new: cards.insert(0, new("x")),
    "insert_last": lambda cards, new: cards.insert(99, new("x")),
    "extend": lambda cards, new: cards.extend([new("x"), new("y")]),
    "add": lambda cards, new: cards.__iadd__([new("x")]),
    "pop": lambda cards, new: cards.pop().name,
    "pop_first": lambda cards, new: cards.pop(0).name,
    "remove": lambda cards, new: cards.remove(cards[1]),
    "replace": lambda cards, new: cards.__setitem__(1, new("x")),
    "delete": lambda cards, new: cards.__delitem__(0),
    "delete_slice": lambda cards, new: cards.__delitem__(slice(0, 2)),
    "move": lambda cards, new: cards.insert(0, cards.pop()),
    "reverse_and_reorder": lambda cards, new: [cards.reverse(), cards.reorder()],
    "sort": lambda cards, new: cards.sort(key=lambda card: card.name, reverse=True),
    "clear": lambda cards, new: cards.clear(),
}


def _orders(name: str, kind: str, change: Callable[[Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        d = _decks(lib)
        with log.quiet():
            d.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            deck = d.Deck(id=1)
            getattr(deck, kind).extend([d.Card(id=number, name=letter) for number, letter in enumerate("abc", 1)])
            session.add(deck)
            session.commit()
            cards = getattr(deck, kind)
            ids = iter(range(10, 20))
            new = lambda name, **values: d.Card(id=next(ids), name=name, **values)  # noqa: E731
            log.error("result", lambda: change(cards, new))
            log("cards", [(card.name, card.place) for card in getattr(deck, kind)])
            session.commit()
            log("stored", [(card.name, card.place) for card in getattr(deck, kind)])

    run.__name__ = f"ordering_{name}_from_{kind}"
    run.__module__ = __name__
    program(run)


for _name, _ordering in ORDERED.items():
    for _kind in (
        ("zero", "one", "letters", "again") if _name in ("append_placed", "insert_first") else ("zero", "five")
    ):
        _orders(_name, _kind, _ordering)
