"""What the documentation of hybrids, proxies, indexed properties and mutable values shows, done with both libraries."""

import importlib
import json
from collections.abc import Callable
from functools import cache, partial
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _part(lib: Any, name: str) -> Any:
    return importlib.import_module(f"{lib.__name__}.{name}")


def _base(lib: Any) -> Any:
    return type("Base", (lib.orm.DeclarativeBase,), {})


@cache
def _hybrids(lib: ModuleType) -> Any:
    """Return a class whose hybrids are made of every kind of expression."""
    hybrid, orm, base = _part(lib, "ext.hybrid"), lib.orm, _base(lib)

    def plain(name: str, get: Any) -> Any:
        # A row has the name of the function.
        get.__name__ = name
        return hybrid.hybrid_property(get)

    def given(name: str, make: Any) -> Any:
        return plain(name, lambda self: self.x).expression(classmethod(make))

    class Thing(base):  # type: ignore[misc]
        __tablename__ = "thing"
        id = lib.Column(lib.Integer, primary_key=True)
        x = lib.Column(lib.Integer)
        y = lib.Column(lib.Integer)
        name = plain("name", lambda self: self.x)
        total = plain("total", lambda self: self.x + self.y)
        low = given("low", lambda cls: lib.func.lower(cls.x))
        top = given("top", lambda cls: lib.select(lib.func.max(cls.x)).scalar_subquery())
        other = given("other", lambda cls: (cls.x + 1).label("another"))
        choice = given("choice", lambda cls: lib.case((cls.x > 1, 2), else_=3))
        by_comparator = plain("by_comparator", lambda self: self.x).comparator(
            lambda cls: hybrid.Comparator(lib.func.upper(cls.x))
        )

        @hybrid.hybrid_method
        def is_over(self, number: Any, *, more: int = 0) -> Any:
            return self.x > number + more

        @is_over.inplace.expression
        @classmethod
        def _is_over(cls, number: Any, *, more: int = 0) -> Any:
            return lib.func.abs(cls.x) > number + more

    class Wide(Thing):
        @Thing.name.getter
        def name(self) -> Any:
            return self.x * 10

        @name.inplace.setter
        def _set_name(self, value: Any) -> None:
            self.x = value // 10

    class Loud(Thing):
        @Thing.low.overrides.expression
        @classmethod
        def low(cls) -> Any:
            return lib.func.loud(cls.x)

    orm.configure_mappers()
    return SimpleNamespace(Thing=Thing, Wide=Wide, Loud=Loud, metadata=base.metadata)


def _named(name: str) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        h = _hybrids(lib)
        alias = lib.orm.aliased(h.Thing)
        here, there = getattr(h.Thing, name), getattr(alias, name)
        log.text("alone", lib.select(here), engine)
        log.text("two", lib.select(here, there), engine)
        log.text("another name", lib.select(here.label("zz")), engine)
        log.text("in a union", lib.select(h.Thing.id).union(lib.select(here)), engine)
        log.error("keys of a subquery", lambda: lib.select(here).subquery().c.keys() and "has one")
        if name not in ("top", "other", "total", "choice"):
            log.text("around two", lib.select(lib.select(here, there).subquery()), engine)
        with log.quiet():
            h.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            session.add_all([h.Thing(x=1, y=2), h.Thing(x=5, y=7)])
            log("rows", [row._asdict() for row in session.execute(lib.select(here, h.Thing.id).order_by(h.Thing.id))])

    run.__name__, run.__module__ = f"hybrid_{name}", __name__
    program(run)


for _name in ("name", "total", "low", "top", "other", "choice", "by_comparator"):
    _named(_name)


@program
def hybrids_of_subclasses(lib: Any, engine: Any, log: Log) -> None:
    """A subclass takes its parent's hybrid and changes one side; a method's SQL side is a classmethod."""
    h = _hybrids(lib)
    wide = h.Wide(name=70)
    log("one", (wide.x, wide.name, h.Thing(name=3).x if h.Thing.name.key == "x" else h.Thing(x=3).name))
    for class_ in (h.Thing, h.Wide, h.Loud):
        log.text("name", lib.select(class_.name, class_.low), engine)
    log.text("method", lib.select(h.Thing.id).where(h.Thing.is_over(3, more=1)), engine)
    log("of an object", (h.Thing(x=4).is_over(3, more=1), h.Thing(x=5).is_over(3, more=1)))
    kinds = lib.inspect(h.Thing).all_orm_descriptors
    for name in ("x", "low", "is_over"):
        log(name, (kinds[name].extension_type.name, kinds[name].is_mapper, kinds[name].info))


def _around(lib: Any, statement: Any, way: str) -> str:
    return str(lib.select(getattr(statement, way)()))


@program
def labels_of_subqueries(lib: Any, engine: Any, log: Log) -> None:
    """Two columns of a subquery with one label are refused: the statement around it could read one of them only."""
    metadata = lib.MetaData()
    t = lib.Table("t", metadata, lib.Column("x", lib.Integer), lib.Column("y", lib.Integer))
    select = lib.select
    for label, statement in {
        "two": select(t.c.x.label("q"), t.c.y.label("q")),
        "behind a column": select(t.c.x, t.c.y.label("x")),
        "before a column": select(t.c.y.label("x"), t.c.x),
        "functions": select(lib.func.max(t.c.x).label("z"), lib.func.min(t.c.y).label("z")),
        "in a union": select(t.c.x.label("q"), t.c.y.label("q")).union(select(t.c.x, t.c.y)),
    }.items():
        log(label, str(statement))
        for way in ("subquery", "cte"):
            log.error(way, partial(_around, lib, statement, way), message=True)
        counted = select(lib.func.count()).select_from(statement.subquery())
        log.text("only counted", counted, engine)


NESTED: dict[str, Callable[[Any], Any]] = {
    "get": lambda one: [getattr(one, name, "none") for name in ("inner", "year", "day", "place")],
    "set_year": lambda one: setattr(one, "year", 9),
    "set_day": lambda one: setattr(one, "day", 9),
    "set_place": lambda one: setattr(one, "place", 9),
    "delete_inner": lambda one: delattr(one, "inner"),
}


@cache
def _indexed(lib: ModuleType) -> Any:
    orm, base, index_property = lib.orm, _base(lib), _part(lib, "ext.indexable").index_property

    class cast_property(index_property):  # type: ignore[misc,valid-type]
        def __init__(self, attr_name: str, index: Any, cast_type: Any) -> None:
            super().__init__(attr_name, index)
            self.cast_type = cast_type

        def expr(self, model: Any) -> Any:
            return super().expr(model).as_string().cast(self.cast_type)

    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.Column(lib.Integer, primary_key=True)
        data = lib.Column(lib.JSON)
        age = cast_property("data", "age", lib.Integer)
        inner = index_property("data", "inner")
        year = index_property("inner", "year")
        day = index_property("inner", "day", default=5)
        place = index_property("data", 2)

    orm.configure_mappers()
    return SimpleNamespace(Person=Person, metadata=base.metadata)


@program
def indexed_by_a_class_of_ones_own(lib: Any, engine: Any, log: Log) -> None:
    """The recipe of a property that casts: a subclass overrides `expr`; elements inside of elements are made as needed."""
    m = _indexed(lib)
    with log.quiet():
        m.metadata.create_all(engine)
    log.text("of an alias", lib.select(lib.orm.aliased(m.Person).age), engine)
    with lib.orm.Session(engine) as session:
        one = m.Person(age=4)
        one.year = 1980
        session.add(one)
        session.commit()
        log("data", one.data)
        log("found", session.scalars(lib.select(m.Person.id).where(m.Person.age == 4)).all())
    for name, action in NESTED.items():
        for data in (None, {}, {"inner": {}}, {"inner": None}, {"inner": {"year": 1}}, [1, 2, 3]):
            one = m.Person(data=json.loads(json.dumps(data)))
            log.error(f"{name} of {data}", partial(action, one), message=True)
            log("data", one.data)


@program
def own_mutable_dict(lib: Any, engine: Any, log: Log) -> None:
    """A mutable dict of the program's own over a type of its own; one value in two attributes; pickled without its holders."""
    mutable, base = _part(lib, "ext.mutable"), _base(lib)

    class AsText(lib.types.TypeDecorator):  # type: ignore[misc,name-defined]
        impl = lib.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return None if value is None else json.dumps(value)

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return None if value is None else json.loads(value)

    class Own(mutable.Mutable, dict):  # type: ignore[misc,name-defined,type-arg]
        @classmethod
        def coerce(cls, key: str, value: Any) -> Any:
            if isinstance(value, dict) and not isinstance(value, Own):
                return Own(value)
            return value if isinstance(value, Own) else mutable.Mutable.coerce(key, value)

        def __setitem__(self, key: Any, value: Any) -> None:
            dict.__setitem__(self, key, value)
            self.changed()

    class Holder(base):  # type: ignore[misc]
        __tablename__ = "holder"
        id = lib.Column(lib.Integer, primary_key=True)
        one = lib.Column(Own.as_mutable(AsText))
        two = lib.Column(Own.as_mutable(AsText))

    with log.quiet():
        base.metadata.create_all(engine)
    log("heard", sorted(Own._get_listen_keys(Holder.one)))
    with lib.orm.Session(engine) as session:
        held = Holder(one={"a": 1})
        session.add(held)
        session.commit()
        held.one["b"] = 2
        log("dirty", held in session.dirty)
        session.commit()
        log.error("refused", lambda: setattr(held, "one", 5), message=True)
        log("before", held.two)
        held.one = held.two = shared = Own(z=1)
        session.flush()
        shared["k"] = 1
        session.commit()
        log("each", (dict(held.one), dict(held.two)))


@cache
def _proxies(lib: ModuleType) -> Any:
    orm, base, proxy = lib.orm, _base(lib), _part(lib, "ext.associationproxy").association_proxy

    class Member(base):  # type: ignore[misc]
        __tablename__ = "member"
        id = lib.Column(lib.Integer, primary_key=True)
        owner_id = lib.Column(lib.ForeignKey("owner.id"))
        key = lib.Column(lib.String)
        word = lib.Column(lib.String)
        owner = orm.relationship("Owner", viewonly=True)
        plain = property(lambda self: self.word)

        def __init__(self, key: Any, word: Any = None) -> None:
            self.key, self.word = key, word

    class Owner(base):  # type: ignore[misc]
        __tablename__ = "owner"
        id = lib.Column(lib.Integer, primary_key=True)
        members = orm.relationship(
            Member, collection_class=orm.attribute_keyed_dict("key"), cascade="all, delete-orphan"
        )
        words = proxy("members", "word", info={"of": "words"})
        owners = proxy("members", "owner")
        through_owners = proxy("members", "plain")
        missing = proxy("members", "nope")
        nothing = proxy("nothing_there", "word")
        of_a_column = proxy("id", "word")

    orm.configure_mappers()
    return SimpleNamespace(Owner=Owner, metadata=base.metadata)


def _compared(owner: Any, name: str) -> Any:
    return getattr(owner, name) == "x"


@program
def facts_of_proxies(lib: Any, engine: Any, log: Log) -> None:
    """What kind of proxy each is, and what the wrong ones say."""
    owner, ext = _proxies(lib).Owner, _part(lib, "ext.associationproxy")
    for name in ("words", "owners", "through_owners"):
        found, descriptor = getattr(owner, name), lib.inspect(owner).all_orm_descriptors[name]
        kinds = (ext.AssociationProxyInstance, ext.ObjectAssociationProxyInstance, ext.ColumnAssociationProxyInstance)
        log(name, ([isinstance(found, kind) for kind in kinds], found.scalar, found.info, found.collection_class))
        log("descriptor", (descriptor.extension_type.name, descriptor.is_property, descriptor.info))
    for name in ("missing", "nothing", "of_a_column", "through_owners"):
        log.error(f"{name} in criteria", partial(_compared, owner, name), message=True)
    for name in ("nothing", "of_a_column"):
        log.error(f"{name} of an object", partial(getattr, owner(), name), message=True)


@program
def dict_replaced_through_a_proxy(lib: Any, engine: Any, log: Log) -> None:
    """What comes is set before what goes is taken out, so that a flush in between finds no key missing."""
    m = _proxies(lib)
    with log.quiet():
        m.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        one = m.Owner(words={"a": "1", "b": "2"})
        session.add(one)
        session.commit()
        one.words = {"b": "3", "c": "4"}
        log("last", one.words.popitem())
        log("left", dict(one.words))
        session.commit()


@program
def conditions_beside_a_relationship(lib: Any, engine: Any, log: Log) -> None:
    """A condition as the second argument of join() to a relationship is refused: it would not be heeded."""
    owner = _proxies(lib).Owner
    member = owner.members.property.mapper.class_
    log.error("join", lambda: str(lib.select(owner).join(owner.members, member.word == "x")), message=True)
    log.error("outerjoin", lambda: str(lib.select(owner).outerjoin(owner.members, member.word == "x")), message=True)
    log.text("and_", lib.select(owner).join(owner.members.and_(member.word == "x")), engine)
