"""Concrete classes read together: `ConcreteBase`, `AbstractConcreteBase`, `polymorphic_union`, and what is done with them.

Each action runs on each kind of hierarchy: a program `concrete_hierarchies.<kind>_<action>`.
"""

import importlib
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


def _declarative(lib: Any) -> Any:
    return importlib.import_module(f"{lib.__name__}.ext.declarative")


def _columns(lib: Any, **more: Any) -> dict[str, Any]:
    """Return what the body of a class of staff holds, in a table of its own."""
    orm = lib.orm
    return {
        "id": orm.mapped_column(lib.Integer, primary_key=True),
        "name": orm.mapped_column(lib.String(50)),
        "firm_id": orm.mapped_column(lib.ForeignKey("firms.id")),
        "firm": orm.relationship("Firm", back_populates="staff"),
        **{name: orm.mapped_column(type_) for name, type_ in more.items()},
    }


def _class(name: str, parent: Any, body: dict[str, Any], identity: str) -> Any:
    arguments = {"concrete": True, "polymorphic_identity": identity}
    return type(
        name, parent, {"__tablename__": f"{identity}s", "__mapper_args__": arguments, "__module__": __name__, **body}
    )


def _firm(lib: Any, base: Any) -> Any:
    orm = lib.orm
    return type(
        "Firm",
        (base,),
        {
            "__tablename__": "firms",
            "__module__": __name__,
            "id": orm.mapped_column(lib.Integer, primary_key=True),
            "name": orm.mapped_column(lib.String(50)),
            "staff": orm.relationship("Person", back_populates="firm", order_by="Person.name"),
        },
    )


@cache
def with_table(lib: Any) -> Any:
    """Return classes of which the parent has a table too."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    person = _class("Person", (_declarative(lib).ConcreteBase, base), _columns(lib), "person")
    boss = _class("Boss", (person,), _columns(lib, car=lib.String(20)), "boss")
    maker = _class("Maker", (person,), _columns(lib, tool=lib.String(20)), "maker")
    return SimpleNamespace(base=base, Person=person, Boss=boss, Maker=maker, Firm=_firm(lib, base), own=person)


@cache
def without_table(lib: Any) -> Any:
    """Return classes of which the parent has no table."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    body = {
        "firm": lib.orm.declared_attr(lambda cls: lib.orm.relationship("Firm", back_populates="staff")),
        "__module__": __name__,
        "strict_attrs": True,
        "name": lib.orm.mapped_column(lib.String(50)),
        "firm_id": lib.orm.declared_attr(lambda cls: lib.orm.mapped_column(lib.ForeignKey("firms.id"))),
    }
    person = type("Person", (_declarative(lib).AbstractConcreteBase, base), body)

    def columns(**more: Any) -> dict[str, Any]:
        return {name: one for name, one in _columns(lib, **more).items() if name not in ("name", "firm_id", "firm")}

    boss = _class("Boss", (person,), columns(car=lib.String(20)), "boss")
    maker = _class("Maker", (person,), columns(tool=lib.String(20)), "maker")
    firm = _firm(lib, base)
    base.registry.configure()
    return SimpleNamespace(base=base, Person=person, Boss=boss, Maker=maker, Firm=firm, own=boss)


@cache
def by_union(lib: Any) -> Any:
    """Return classes mapped to tables, with a union that the program makes."""
    orm, registry = lib.orm, lib.orm.registry()
    metadata = registry.metadata

    def table(name: str, *more: str) -> Any:
        return lib.Table(
            name, metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String(50)),
            lib.Column("firm_id", lib.ForeignKey("firms.id")), *[lib.Column(one, lib.String(20)) for one in more],
        )  # fmt: skip

    firms = lib.Table(
        "firms", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String(50))
    )
    tables = {"person": table("persons"), "boss": table("bosss", "car"), "maker": table("makers", "tool")}
    union = orm.polymorphic_union(tables, "kind", "everybody")
    person = type("Person", (), {"__module__": __name__})
    boss = type("Boss", (person,), {"__module__": __name__})
    maker = type("Maker", (person,), {"__module__": __name__})
    firm = type("Firm", (), {"__module__": __name__})
    registry.map_imperatively(
        person, tables["person"], polymorphic_identity="person", with_polymorphic=("*", union),
        polymorphic_on=union.c.kind, properties={"firm": orm.relationship(firm, back_populates="staff")},
    )  # fmt: skip
    for class_, identity in ((boss, "boss"), (maker, "maker")):
        registry.map_imperatively(
            class_, tables[identity], inherits=person, concrete=True, polymorphic_identity=identity,
            properties={"firm": orm.relationship(firm, back_populates="staff")},
        )  # fmt: skip
    registry.map_imperatively(
        firm,
        firms,
        properties={"staff": orm.relationship(person, back_populates="firm", order_by=tables["person"].c.name)},
    )
    base = SimpleNamespace(metadata=metadata)
    return SimpleNamespace(base=base, Person=person, Boss=boss, Maker=maker, Firm=firm, own=person)


HIERARCHIES = {"with_table": with_table, "without_table": without_table, "by_union": by_union}


def _make(class_: Any, **values: Any) -> Any:
    made = class_()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _fill(lib: Any, engine: Any, log: Log, m: Any) -> None:
    """Write two firms with staff of all classes."""
    with log.quiet():
        m.base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            for number, name in enumerate(("north", "south"), 1):
                firm = _make(m.Firm, id=number, name=name)
                session.add(firm)
                session.flush()
                people = [
                    _make(m.Boss, name=f"b{number}", car="van", firm=firm),
                    _make(m.Maker, name=f"m{number}", tool="saw", firm=firm),
                ]
                if m.own is m.Person:
                    people.append(_make(m.Person, name=f"p{number}", firm=firm))
                for person in people:
                    session.add(person)
                    session.flush()
            session.commit()


Action = Callable[[Any, Any, Log, Any], None]
ACTIONS: dict[str, Action] = {}


def action(function: Action) -> Action:
    """Enter a function into the list of what is done with each hierarchy."""
    ACTIONS[function.__name__.strip("_")] = function
    return function


@action
def _all(lib: Any, session: Any, log: Log, m: Any) -> None:
    found = session.scalars(lib.select(m.Person).order_by(m.Person.name)).all()
    log("found", found)
    for one in found:
        log.loaded(one)
    log("values", [(one.name, getattr(one, "car", None), getattr(one, "tool", None)) for one in found if one.name != "p1"]
        if m.own is m.Boss else [one.name for one in found])  # fmt: skip


@action
def _own_class(lib: Any, session: Any, log: Log, m: Any) -> None:
    log("bosses", session.scalars(lib.select(m.Boss).order_by(m.Boss.id)).all())
    log("cars", session.execute(lib.select(m.Boss.name, m.Boss.car).order_by(m.Boss.name)).all())
    log("one", session.get(m.Maker, 2))


@action
def _criteria(lib: Any, session: Any, log: Log, m: Any) -> None:
    statement = lib.select(m.Person).where(m.Person.name.like("%1")).order_by(m.Person.name.desc()).limit(2)
    log("found", session.scalars(statement).all())
    log("names", session.scalars(lib.select(m.Person.name).order_by(m.Person.name)).all())
    log("number", session.scalar(lib.select(lib.func.count()).select_from(m.Person)))
    log("by name", session.scalars(lib.select(m.Person).filter_by(name="m2")).all())


@action
def _alias(lib: Any, session: Any, log: Log, m: Any) -> None:
    other = lib.orm.aliased(m.Person, name="other")
    statement = lib.select(m.Person.name, other.name).join(other, m.Person.firm_id == other.firm_id)
    log("pairs", session.execute(statement.where(m.Person.name < other.name).order_by(m.Person.name, other.name)).all())
    log("objects", session.scalars(lib.select(other).where(other.name == "b1")).all())


@action
def _joins(lib: Any, session: Any, log: Log, m: Any) -> None:
    log(
        "from firm",
        session.execute(lib.select(m.Firm.name, m.Person.name).join(m.Firm.staff).order_by(m.Person.name)).all(),
    )
    log("outer", session.execute(lib.select(m.Firm, m.Person).outerjoin(m.Firm.staff).order_by(m.Person.name)).all())
    log(
        "from boss", session.execute(lib.select(m.Boss.name, m.Firm.name).join(m.Boss.firm).order_by(m.Boss.name)).all()
    )


@action
def _exists(lib: Any, session: Any, log: Log, m: Any) -> None:
    log("any", session.scalars(lib.select(m.Firm).where(m.Firm.staff.any(m.Person.name == "m1"))).all())
    log("has", session.scalars(lib.select(m.Boss).where(m.Boss.firm.has(name="south"))).all())


@action
def _lazy(lib: Any, session: Any, log: Log, m: Any) -> None:
    for firm in session.scalars(lib.select(m.Firm).order_by(m.Firm.id)).all():
        log("staff", sorted(type(one).__name__ for one in firm.staff))
    log("firms", [one.firm for one in session.scalars(lib.select(m.Boss).order_by(m.Boss.id))])


def _eager(name: str) -> Action:
    def eager(lib: Any, session: Any, log: Log, m: Any) -> None:
        option = getattr(lib.orm, name)(m.Firm.staff)
        for firm in session.scalars(lib.select(m.Firm).order_by(m.Firm.id).options(option)).unique().all():
            log("staff", sorted(log.show(one) for one in firm.staff))
            for one in firm.staff:
                log.loaded(one)

    return eager


for _name in ("selectinload", "joinedload", "subqueryload", "immediateload"):
    ACTIONS[_name] = _eager(_name)


@action
def _eager_reference(lib: Any, session: Any, log: Log, m: Any) -> None:
    for name in ("selectinload", "joinedload", "subqueryload"):
        session.expunge_all()
        statement = lib.select(m.Boss).order_by(m.Boss.id).options(getattr(lib.orm, name)(m.Boss.firm))
        log(name, [one.firm for one in session.scalars(statement)])


@action
def _change(lib: Any, session: Any, log: Log, m: Any) -> None:
    for one in session.scalars(lib.select(m.Person).order_by(m.Person.name)).all():
        one.name += "x"
    session.commit()
    log("names", session.scalars(lib.select(m.Person.name).order_by(m.Person.name)).all())


@action
def _delete(lib: Any, session: Any, log: Log, m: Any) -> None:
    for one in session.scalars(lib.select(m.Person).where(m.Person.name.like("%1")).order_by(m.Person.name)).all():
        session.delete(one)
    session.commit()
    log("left", session.scalars(lib.select(m.Person.name).order_by(m.Person.name)).all())


@action
def _collection(lib: Any, session: Any, log: Log, m: Any) -> None:
    north, south = session.scalars(lib.select(m.Firm).order_by(m.Firm.id)).all()
    for one in list(north.staff):
        log("moves", one)
        south.staff.append(one)
    session.flush()
    south.staff.append(_make(m.Maker, name="new", tool="pen"))
    session.commit()
    log("sizes", (len(north.staff), len(south.staff)))


@action
def _refresh(lib: Any, session: Any, log: Log, m: Any) -> None:
    boss = session.get(m.Boss, 1)
    session.expire(boss)
    log("again", (boss.name, boss.car))
    session.expire(boss, ["car"])
    log("car", boss.car)
    session.refresh(boss)
    session.refresh(boss, ["name"])
    log("merged", session.merge(_make(m.Boss, id=1, name="merged", car="bus")))
    session.commit()


@action
def _same_key(lib: Any, session: Any, log: Log, m: Any) -> None:
    found = [session.get(m.Boss, 1), session.get(m.Maker, 1)]
    log("both", [(type(one).__name__, lib.inspect(one).identity) for one in found])
    log.error("which", lambda: session.query(m.Person).filter(m.Person.id == 1).one())


@action
def _query(lib: Any, session: Any, log: Log, m: Any) -> None:
    query = session.query(m.Person).order_by(m.Person.name)
    log("first", query.first())
    log("count", query.count())
    log("slice", query[1:3])
    log("union", sorted(log.show(one) for one in query.filter(m.Person.name > "m").all()))
    log("columns", session.query(m.Person.name, m.Person.firm_id).order_by(m.Person.name).all())


@action
def _subquery(lib: Any, session: Any, log: Log, m: Any) -> None:
    inner = lib.select(m.Person).where(m.Person.firm_id == 1).subquery()
    log("rows", session.execute(lib.select(inner.c.name).order_by(inner.c.name)).all())
    numbers = lib.select(m.Person.firm_id).where(m.Person.name == "b2").scalar_subquery()
    log("firm", session.scalars(lib.select(m.Firm).where(m.Firm.id == numbers)).all())
    grouped = (
        lib.select(m.Person.firm_id, lib.func.count(m.Person.id)).group_by(m.Person.firm_id).order_by(m.Person.firm_id)
    )
    log("grouped", session.execute(grouped).all())


@action
def _bulk(lib: Any, session: Any, log: Log, m: Any) -> None:
    session.bulk_insert_mappings(m.Boss, [{"name": "x", "car": "a"}, {"name": "y", "car": "b"}])
    session.bulk_update_mappings(m.Maker, [{"id": 1, "name": "changed"}])
    session.bulk_save_objects([_make(m.Boss, name="z", car="c"), _make(m.Maker, name="w", tool="t")])
    log("names", session.scalars(lib.select(m.Person.name).order_by(m.Person.name)).all())


@action
def _core_tables(lib: Any, session: Any, log: Log, m: Any) -> None:
    boss = lib.inspect(m.Boss).local_table
    session.execute(lib.update(boss).where(boss.c.name == "b1").values(car="bike"))
    session.execute(lib.delete(boss).where(boss.c.name == "b2"))
    log("cars", session.execute(lib.select(m.Boss.name, m.Boss.car)).all())


@action
def _facts(lib: Any, session: Any, log: Log, m: Any) -> None:
    for class_ in (m.Person, m.Boss, m.Maker):
        mapper = lib.inspect(class_)
        log(
            class_.__name__,
            (mapper.concrete, mapper.single, mapper.polymorphic_identity, sorted(mapper.polymorphic_map)),
        )
        log("below", [one.class_.__name__ for one in mapper.self_and_descendants])
        log("key", [column.key for column in mapper.primary_key])


@action
def _not_of_the_class(lib: Any, session: Any, log: Log, m: Any) -> None:
    if m.own is m.Person:
        log.error("of a sibling", lambda: session.scalars(lib.select(m.Person)).all() and m.Boss.tool)
    log.error("unknown column", lambda: session.scalars(lib.select(m.Person).filter_by(tool="saw")).all())


def _program_of(kind: str, name: str, do: Action) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        m = HIERARCHIES[kind](lib)
        _fill(lib, engine, log, m)
        with session_on(lib, engine) as session:
            do(lib, session, log, m)

    run.__name__, run.__module__ = f"{kind}_{name}", __name__
    program(run)


for _kind in HIERARCHIES:
    for _name, _do in ACTIONS.items():
        _program_of(_kind, _name, _do)


# What is declared otherwise.


def _base(lib: Any) -> Any:
    return type("Base", (lib.orm.DeclarativeBase,), {})


@cache
def _nested(lib: Any) -> Any:
    """Return classes below classes, and an abstract one between."""
    orm, base = lib.orm, _base(lib)
    key = lambda: orm.mapped_column(lib.Integer, primary_key=True)  # noqa: E731
    top = type("Top", (_declarative(lib).AbstractConcreteBase, base), {"__module__": __name__})
    one = _class("One", (top,), {"id": key(), "x": orm.mapped_column(lib.String(5))}, "one")
    below = _class(
        "Below",
        (one,),
        {"id": key(), "x": orm.mapped_column(lib.String(5)), "y": orm.mapped_column(lib.String(5))},
        "below",
    )
    between = type("Between", (top,), {"__abstract__": True, "z": orm.mapped_column(lib.String(5))})
    other = _class("Other", (between,), {"id": key()}, "other")
    base.registry.configure()
    return SimpleNamespace(base=base, Top=top, One=one, Below=below, Other=other)


@program
def nested_classes(lib: Any, engine: Any, log: Log) -> None:
    m = _nested(lib)
    m.base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add_all([m.One(x="1"), m.Below(x="2", y="3"), m.Other(z="4")])
        session.commit()
        log("all", session.scalars(lib.select(m.Top)).all())
        log("ones", session.scalars(lib.select(m.One)).all())
        log("attributes", sorted(lib.inspect(m.Top).attrs.keys()))
    log.error("an object of the parent", m.Top, message=True)


@cache
def _with_expressions(lib: Any) -> Any:
    orm, base = lib.orm, _base(lib)
    key = lambda: orm.mapped_column(lib.Integer, primary_key=True)  # noqa: E731
    x, other_x, y = (orm.mapped_column(lib.Integer) for _ in range(3))
    parent = _class(
        "Parent", (_declarative(lib).ConcreteBase, base),
        {"id": key(), "x": x, "twice": orm.column_property(x + x),
         "note": orm.deferred(orm.mapped_column(lib.String(5)))}, "parent",
    )  # fmt: skip
    child = _class(
        "Child", (parent,),
        {"id": key(), "x": other_x, "y": y, "sum": orm.column_property(other_x + y), "note": orm.mapped_column(lib.String(5))},
        "child",
    )  # fmt: skip
    base.registry.configure()
    return SimpleNamespace(base=base, Parent=parent, Child=child)


@program
def expressions_and_deferred_columns(lib: Any, engine: Any, log: Log) -> None:
    m = _with_expressions(lib)
    m.base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add_all([m.Parent(x=1, note="n"), m.Child(x=2, y=3, note="m")])
        session.commit()
        session.expunge_all()
        for one in session.scalars(lib.select(m.Parent).order_by(m.Parent.x)).all():
            log.loaded(one)
            log("values", (one.x, one.note))
        log("sums", session.scalars(lib.select(m.Child.sum)).all())


@program
def texts_of_unions(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    key = lambda: lib.Column("id", lib.Integer, primary_key=True)  # noqa: E731
    a = lib.Table("a", metadata, key(), lib.Column("x", lib.String(5)), lib.Column("k", lib.Integer, key="kk"))
    b = lib.Table("b", metadata, key(), lib.Column("y", lib.Numeric(5, 2)))
    union = lib.orm.polymorphic_union
    for arguments in (("t", "named"), (None, "named"), ("t",)):
        log.text("union", lib.select(union({"a": a, "b": b}, *arguments)), engine)
    log.text("bare NULL", lib.select(union({"a": a, "b": b}, "t", "named", cast_nulls=False)), engine)
    log.text(
        "of a SELECT", lib.select(union({"a": lib.select(a.c.id, a.c.x).subquery("q"), "b": b}, "t", "named")), engine
    )
    log.text("numbers", lib.select(union({1: a, 2: b}, "t", "named")), engine)
    log.text("quoted", lib.select(union({"it's": a}, "t", "named")), engine)
    log("columns", union({"a": a, "b": b}, "t").c.keys())


@cache
def _named(lib: Any) -> Any:
    orm, base = lib.orm, _base(lib)
    key = lambda: orm.mapped_column(lib.Integer, primary_key=True)  # noqa: E731
    parent = _class(
        "Named", (_declarative(lib).ConcreteBase, base),
        {"id": key(), "type": orm.mapped_column(lib.String(5)), "_concrete_discriminator_name": "kind"}, "named",
    )  # fmt: skip
    child = _class("NamedChild", (parent,), {"id": key()}, "named_child")
    base.registry.configure()
    return SimpleNamespace(base=base, Parent=parent, Child=child)


@program
def another_name_for_the_discriminator(lib: Any, engine: Any, log: Log) -> None:
    m = _named(lib)
    m.base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add(m.Child())
        session.commit()
        found = session.scalars(lib.select(m.Parent).order_by(m.Parent.type)).one()
        log.error("not repeated", lambda: found.type)
        log.error("not repeated", lambda: setattr(found, "type", "x"))


@program
def hooks_of_configuration(lib: Any, engine: Any, log: Log) -> None:
    orm, base = lib.orm, _base(lib)
    hooks = {
        f"__declare_{when}__": classmethod(lambda cls, when=when: log(f"{when} of", cls.__name__))
        for when in ("first", "last")
    }
    key = lambda: orm.mapped_column(lib.Integer, primary_key=True)  # noqa: E731
    one = type("One", (base,), {"__tablename__": "one", "id": key(), **hooks})
    type("Two", (base,), {"__tablename__": "two", "id": key()})
    base.registry.configure()
    log("again")
    of_one = orm.mapped_column(lib.ForeignKey("one.id"), primary_key=True)
    type("Three", (one,), {"__tablename__": "three", "id": of_one})
    base.registry.configure()
    base.registry.dispose()


@program
def deferred_reflection(lib: Any, engine: Any, log: Log) -> None:
    orm, metadata = lib.orm, lib.MetaData()
    key = lambda: lib.Column("id", lib.Integer, primary_key=True)  # noqa: E731
    lib.Table("parents", metadata, key(), lib.Column("name", lib.String(20)))
    lib.Table(
        "children",
        metadata,
        key(),
        lib.Column("parent_id", lib.ForeignKey("parents.id")),
        lib.Column("size", lib.Integer),
    )
    with log.quiet():
        metadata.create_all(engine)
    for base in (_base(lib), orm.declarative_base()):
        reflected = type("Reflected", (_declarative(lib).DeferredReflection,), {"__abstract__": True})
        parent = type(
            "Parent", (reflected, base),
            {"__tablename__": "parents", "children": orm.relationship("Child", back_populates="parent")},
        )  # fmt: skip
        child = type(
            "Child", (reflected, base),
            {"__tablename__": "children", "parent": orm.relationship("Parent", back_populates="children")},
        )  # fmt: skip
        log.error("before", lambda parent=parent: parent.__mapper__)
        with log.quiet():
            reflected.prepare(engine)
        log("columns", (parent.__table__.c.keys(), child.__table__.c.keys()))
        log("attributes", sorted(lib.inspect(child).attrs.keys()))
        with session_on(lib, engine) as session:
            session.add(parent(name="x", children=[child(size=3)]))
            session.commit()
            log(
                "found",
                [(one.name, [each.size for each in one.children]) for one in session.scalars(lib.select(parent))],
            )
        base.registry.dispose()
