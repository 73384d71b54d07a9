"""Programs about keywords of ``__mapper_args__`` and of properties: what each of them changes in a flush or a load."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def thing_class(lib: Any, **body: Any) -> Any:
    """Map things with a name and a size on a base of their own; `body` is added to the class."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    columns = {
        "__tablename__": "things",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "size": lib.Column(lib.Integer),
    }
    return type("Thing", (base,), {**columns, **body})


def made(lib: Any, engine: Any, log: Log, class_: Any) -> None:
    """Create the tables of a class's metadata without writing it down."""
    with log.quiet():
        class_.metadata.create_all(engine)


def listen_to_rows(lib: Any, log: Log, class_: Any) -> None:
    """Write down each row event of a class."""
    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):

        def heard(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            log(name, target.name)

        lib.event.listen(class_, name, heard)


def _three_lives(lib: Any, engine: Any, log: Log, batch: bool) -> None:
    thing = thing_class(lib, __mapper_args__={"batch": batch})
    made(lib, engine, log, thing)
    listen_to_rows(lib, log, thing)
    with lib.orm.Session(engine) as session:
        things = [thing(name=name, size=1) for name in "abc"]
        session.add_all(things)
        session.flush()
        for one in things:
            one.size = 2
        session.flush()
        things[0].name, things[1].size = "z", 3
        session.flush()
        for one in things:
            session.delete(one)
        session.flush()
        log("batch", lib.inspect(thing).batch)


@program
def batch_true(lib: Any, engine: Any, log: Log) -> None:
    _three_lives(lib, engine, log, True)


@program
def batch_false(lib: Any, engine: Any, log: Log) -> None:
    """Each object's listeners and row come before the next object's."""
    _three_lives(lib, engine, log, False)


@program
def batch_false_with_keys_given(lib: Any, engine: Any, log: Log) -> None:
    thing = thing_class(lib, __mapper_args__={"batch": False})
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        session.add_all([thing(id=key, name=str(key)) for key in (3, 1, 2)])
        session.flush()
        for one in session.scalars(lib.select(thing).order_by(thing.id)).all():
            one.size = one.id
        session.flush()


@program
def always_refresh(lib: Any, engine: Any, log: Log) -> None:
    thing = thing_class(lib, __mapper_args__={"always_refresh": True})
    made(lib, engine, log, thing)
    with lib.orm.Session(engine, autoflush=False) as session:
        one = thing(id=1, name="a", size=1)
        session.add(one)
        session.flush()
        session.execute(lib.text("UPDATE things SET name = 'b'"))
        log("before", one.name)
        session.get(thing, 1)
        log("get", one.name)
        session.scalars(lib.select(thing)).all()
        log("after", one.name)
        one.name = "mine"
        session.scalars(lib.select(thing)).all()
        log("a change", one.name)
        log("dirty", len(session.dirty))


@program
def not_always_refresh(lib: Any, engine: Any, log: Log) -> None:
    thing = thing_class(lib)
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        one = thing(id=1, name="a", size=1)
        session.add(one)
        session.flush()
        session.execute(lib.text("UPDATE things SET name = 'b'"))
        session.scalars(lib.select(thing)).all()
        log("after", one.name)


def _deleted_behind(lib: Any, engine: Any, log: Log, **arguments: Any) -> None:
    thing = thing_class(lib, __mapper_args__=arguments)
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        things = [thing(name=name) for name in "abc"]
        session.add_all(things)
        session.flush()
        session.execute(lib.text("DELETE FROM things WHERE name = 'b'"))
        for one in things:
            session.delete(one)
        log.error("flush", session.flush, message=True)
        log.state(*things)


@program
def confirm_deleted_rows(lib: Any, engine: Any, log: Log) -> None:
    _deleted_behind(lib, engine, log)


@program
def confirm_deleted_rows_false(lib: Any, engine: Any, log: Log) -> None:
    _deleted_behind(lib, engine, log, confirm_deleted_rows=False)


@program
def updated_behind(lib: Any, engine: Any, log: Log) -> None:
    """A row that is to be updated is gone."""
    thing = thing_class(lib)
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        things = [thing(name=name) for name in "abc"]
        session.add_all(things)
        session.flush()
        log("names", [one.name for one in things])
        session.execute(lib.text("DELETE FROM things WHERE name = 'b'"))
        for one in things:
            one.size = 4
        log.error("flush", session.flush, message=True)


def _defaults(lib: Any, engine: Any, log: Log, **arguments: Any) -> None:
    """Insert and update rows whose columns the database fills."""
    thing = thing_class(
        lib,
        made=lib.Column(lib.Integer, server_default=lib.text("7")),
        kind=lib.Column(lib.String, default=lib.func.lower("ABC"), onupdate=lib.func.upper("def")),
        turn=lib.Column(lib.Integer, server_default=lib.text("0"), onupdate=lambda: 5),
        changed=lib.Column(lib.Integer, server_default="1", server_onupdate=lib.FetchedValue()),
        __mapper_args__=arguments,
    )
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        one, two, three = thing(name="a", size=1), thing(name="b", size=1), thing(name="c", size=2, made=3)
        session.add_all([one, two, three])
        session.flush()
        log.loaded(one)
        log.loaded(three)
        log("values", [(each.made, each.kind, each.turn, each.changed) for each in (one, two, three)])
        one.size = 2
        session.flush()
        log.loaded(one)
        log("values", (one.made, one.kind, one.turn, one.changed))
        one.size, two.size, three.size = 5, 5, 5
        session.flush()
        log.loaded(two)
        log("values", [(each.made, each.kind, each.turn, each.changed) for each in (one, two, three)])
        one.size = thing.size + 1
        session.flush()
        log.loaded(one)
        log("values", (one.size, one.made, one.kind, one.turn, one.changed))
        session.add(thing(name="d", size=lib.func.abs(-4)))
        session.flush()
    log("eager", lib.inspect(thing).eager_defaults)


@program
def eager_defaults_auto(lib: Any, engine: Any, log: Log) -> None:
    _defaults(lib, engine, log, eager_defaults="auto")


@program
def eager_defaults_true(lib: Any, engine: Any, log: Log) -> None:
    _defaults(lib, engine, log, eager_defaults=True)


@program
def eager_defaults_false(lib: Any, engine: Any, log: Log) -> None:
    _defaults(lib, engine, log, eager_defaults=False)


@program
def eager_defaults_not_given(lib: Any, engine: Any, log: Log) -> None:
    _defaults(lib, engine, log)


@program
def column_prefix_on_declared_columns(lib: Any, engine: Any, log: Log) -> None:
    thing = thing_class(lib, __mapper_args__={"column_prefix": "_"})
    log("attributes", lib.inspect(thing).attrs.keys())
    log("columns", lib.inspect(thing).columns.keys())
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        session.add(thing(**{key: 1 for key in lib.inspect(thing).attrs.keys() if "id" in key}))  # noqa: SIM118
        session.flush()


@program
def column_prefix_on_a_table(lib: Any, engine: Any, log: Log) -> None:
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    table = lib.Table(
        "things", base.metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
    )
    body = {"__table__": table, "__mapper_args__": {"column_prefix": "_"}}
    thing: Any = type("Thing", (base,), {**body, "name": property(lambda self: (self._name or "").upper())})
    log("attributes", lib.inspect(thing).attrs.keys())
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        session.add(thing(_name="a"))
        session.flush()
        session.expire_all()
        found = session.scalars(lib.select(thing).where(thing._name == "a")).one()
        log("name", (found._name, found.name))


@program
def expression_added_after_mapping(lib: Any, engine: Any, log: Log) -> None:
    """``Class.attr = column_property(expression)`` on a class that is mapped, before and after its first use."""
    thing = thing_class(lib)
    thing.double = lib.orm.column_property(thing.size * 2)
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        session.add(thing(name="a", size=2))
        session.flush()
        session.expunge_all()
        found = session.scalars(lib.select(thing)).one()
        log("double", found.double)
        session.expunge_all()
        thing.triple = lib.orm.column_property(thing.__table__.c.size * 3)
        found = session.scalars(lib.select(thing).where(thing.id == 1)).one()
        log("triple", (found.double, found.triple))
        log("filtered", session.scalars(lib.select(thing.name).where(thing.triple > 5)).all())
        found.size = 5
        session.flush()
        log("again", found.triple)
    log("attributes", lib.inspect(thing).attrs.keys())


@program
def column_added_after_mapping(lib: Any, engine: Any, log: Log) -> None:
    thing = thing_class(lib)
    thing.colour = lib.Column(lib.String)
    thing.shade = lib.orm.mapped_column("the_shade", lib.String)
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        session.add(thing(name="a", colour="red", shade="dark"))
        session.flush()
        session.expunge_all()
        found = session.scalars(lib.select(thing)).one()
        log("colour", (found.colour, found.shade))
    log("attributes", lib.inspect(thing).attrs.keys())


def family(lib: Any, of_parent: dict[str, Any], of_child: dict[str, Any], key: dict[str, Any] | None = None) -> Any:
    """Map a parent and children with options for both relationships."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    parent = type("Parent", (base,), {
        "__tablename__": "parents",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "children": lib.orm.relationship("Child", back_populates="parent", **of_parent),
    })  # fmt: skip
    child = type("Child", (base,), {
        "__tablename__": "children",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "parent_id": lib.Column(lib.ForeignKey("parents.id", **(key or {}))),
        "parent": lib.orm.relationship("Parent", back_populates="children", **of_child),
    })  # fmt: skip
    return SimpleNamespace(Base=base, Parent=parent, Child=child, metadata=base.metadata)


@program
def load_on_pending(lib: Any, engine: Any, log: Log) -> None:
    for wanted in (False, True):
        names = family(lib, {}, {"load_on_pending": wanted})
        made(lib, engine, log, names)
        with lib.orm.Session(engine, autoflush=False) as session:
            parent = names.Parent(name="p", id=None)
            session.add(parent)
            session.flush()
            child = names.Child(name="c", parent_id=parent.id)
            log("transient", child.parent)
            session.add(child)
            log("pending", child.parent)
            del child
        names.metadata.drop_all(engine)


@program
def enable_relationship_loading(lib: Any, engine: Any, log: Log) -> None:
    names = family(lib, {}, {})
    made(lib, engine, log, names)
    with lib.orm.Session(engine, autoflush=False) as session:
        parent = names.Parent(name="p")
        session.add(parent)
        session.commit()
        child = names.Child(name="c", parent_id=parent.id)
        session.enable_relationship_loading(child)
        log("loaded", child.parent)
        log("in the session", child in session)


@program
def uselist_true_on_many_to_one(lib: Any, engine: Any, log: Log) -> None:
    names = family(lib, {}, {"uselist": True})
    made(lib, engine, log, names)
    log("uselist", names.Child.parent.property.uselist)
    with lib.orm.Session(engine) as session:
        parent = names.Parent(name="p")
        child = names.Child(name="c", parent=[parent])
        session.add(child)
        session.flush()
        log("key", child.parent_id)
        log("other side", [each.name for each in parent.children])
        session.commit()
        log("loaded", [each.name for each in child.parent])
        child.parent.remove(parent)
        session.flush()
        log("key", child.parent_id)
        child.parent.append(names.Parent(name="q"))
        session.flush()
        log("key", child.parent_id)
        session.commit()
        log("loaded", [each.name for each in child.parent])


@program
def comparator_of_a_relationship(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    class Own(orm.RelationshipProperty.Comparator):  # type: ignore[misc]
        def __eq__(self, other: Any) -> Any:
            return self.property.parent.class_.name == "other"

        def named(self, name: str) -> Any:
            return self.any(name=name)

        __hash__ = None  # type: ignore[assignment]

    names = family(lib, {"comparator_factory": Own}, {})
    log.text("own method", lib.select(names.Parent).where(names.Parent.children.named("x")), engine)
    log.text("own operator", lib.select(names.Parent).where(names.Parent.children == None), engine)  # noqa: E711
    log.text("inherited", lib.select(names.Parent).where(names.Parent.children.any()), engine)


@program
def distinct_target_key(lib: Any, engine: Any, log: Log) -> None:
    for wanted in (None, True, False):
        names = family(lib, {}, {"distinct_target_key": wanted, "lazy": "subquery"})
        made(lib, engine, log, names)
        with lib.orm.Session(engine) as session:
            parent = names.Parent(name="p")
            with log.quiet():
                session.add_all([parent, names.Child(name="c", parent=parent), names.Child(name="d", parent=parent)])
                session.flush()
                session.expunge_all()
            found = session.scalars(lib.select(names.Child).order_by(names.Child.id)).all()
            log("found", [each.parent.name for each in found])
            session.rollback()
        names.metadata.drop_all(engine)


def _mixed(lib: Any, engine: Any, log: Log, batch: bool) -> None:
    thing = thing_class(lib, __mapper_args__={"batch": batch})
    made(lib, engine, log, thing)
    with lib.orm.Session(engine) as session:
        old = [thing(id=key, name=name, size=1) for key, name in ((4, "a"), (2, "b"), (3, "c"))]
        session.add_all(old)
        session.flush()
        listen_to_rows(lib, log, thing)
        new = [thing(name="d", size=1), thing(name="e"), thing(id=9, name="f")]
        session.add_all(new)
        old[0].size, old[1].name, old[2].size = 5, "bb", 6
        session.flush()
        new[0].size = thing.size + 1
        old[0].size, old[1].size = 7, 7
        session.delete(old[2])
        session.flush()


@program
def batch_of_inserts_and_updates(lib: Any, engine: Any, log: Log) -> None:
    """All listeners before, all statements, all listeners after."""
    _mixed(lib, engine, log, True)


@program
def batch_false_of_inserts_and_updates(lib: Any, engine: Any, log: Log) -> None:
    _mixed(lib, engine, log, False)


@program
def batch_with_listeners_that_change(lib: Any, engine: Any, log: Log) -> None:
    """What a listener sets goes into the statement of its object, wherever that stands."""
    thing = thing_class(lib)
    made(lib, engine, log, thing)

    def grow(mapper: Any, connection: Any, target: Any) -> None:
        target.size = len(target.name)

    lib.event.listen(thing, "before_insert", grow)
    lib.event.listen(thing, "before_update", grow)
    with lib.orm.Session(engine) as session:
        things = [thing(name=name) for name in ("a", "bb", "ccc")]
        session.add_all(things)
        session.flush()
        things[0].name, things[1].name, things[2].id = "aaaa", "b", 8
        session.flush()
        log("sizes", [each.size for each in things])
