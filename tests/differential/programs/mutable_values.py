"""Values changed in place: each change of dict, list, set and composite, of new, loaded, refreshed and unpickled objects."""

import importlib
import pickle
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


def _composite(mutable: Any, name: str) -> Any:
    """Return a class of points that tell of changes, by name importable from this module."""

    def __init__(self: Any, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __setattr__(self: Any, key: str, value: Any) -> None:
        object.__setattr__(self, key, value)
        self.changed()

    def coerce(cls: Any, key: str, value: Any) -> Any:
        return cls(*value) if isinstance(value, tuple) else super(made, cls).coerce(key, value)

    body = {
        "__init__": __init__,
        "__setattr__": __setattr__,
        "__composite_values__": lambda self: (self.x, self.y),
        "__eq__": lambda self, other: isinstance(other, made) and (self.x, self.y) == (other.x, other.y),
        "__getstate__": lambda self: (self.x, self.y),
        "__setstate__": lambda self, state: [object.__setattr__(self, *one) for one in zip("xy", state, strict=True)][
            :0
        ],
        "__repr__": lambda self: f"Point({self.x}, {self.y})",
        "coerce": classmethod(coerce),
        "__module__": __name__,
        "__qualname__": name,
    }
    made: Any = type(name, (mutable.MutableComposite,), body)
    globals()[name] = made
    return made


def _set_type(lib: Any) -> Any:
    """Return a type that stores sets as sorted lists."""

    class Marks(lib.TypeDecorator):  # type: ignore[misc,name-defined]
        impl = lib.JSON
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return None if value is None else sorted(value)

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return None if value is None else set(value)

    return Marks


@cache
def things(lib: ModuleType) -> Any:
    """Map a class with one attribute of each kind, once per library."""
    orm: Any = lib.orm
    sql: Any = lib
    mutable: Any = importlib.import_module(f"{lib.__name__}.ext.mutable")
    Point = _composite(mutable, f"Point_{lib.__name__}")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    name = f"Thing_{lib.__name__}"
    body = {
        "__tablename__": "things",
        "__module__": __name__,
        "__qualname__": name,
        "id": orm.mapped_column(sql.Integer, primary_key=True),
        "words": orm.mapped_column(mutable.MutableDict.as_mutable(sql.JSON)),
        "numbers": orm.mapped_column(mutable.MutableList.as_mutable(sql.JSON())),
        "marks": orm.mapped_column(mutable.MutableSet.as_mutable(_set_type(lib))),
        "later": orm.mapped_column(mutable.MutableDict.as_mutable(sql.JSON), deferred=True),
        "given": orm.mapped_column(mutable.MutableList.as_mutable(sql.JSON), default=lambda: [7]),
        "point": orm.composite(
            Point, orm.mapped_column("x", sql.Integer), orm.mapped_column("y", sql.Integer)
        ),
    }  # fmt: skip
    Thing = globals()[name] = type(name, (Base,), body)
    return SimpleNamespace(Base=Base, Thing=Thing, Point=Point, mutable=mutable)


def _new(t: Any) -> Any:
    return t.Thing(
        id=1, words={"a": 1, "b": [2]}, numbers=[3, 1, 2], marks={1, 2}, later={"l": 1}, point=t.Point(1, 2)
    )  # fmt: skip


CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "dict_set": lambda one, t: one.words.__setitem__("c", 3),
    "dict_set_the_same": lambda one, t: one.words.__setitem__("a", 1),
    "dict_delete": lambda one, t: one.words.__delitem__("a"),
    "dict_setdefault": lambda one, t: one.words.setdefault("z", 9),
    "dict_setdefault_present": lambda one, t: one.words.setdefault("a", 9),
    "dict_update": lambda one, t: one.words.update({"a": 5}, k=6),
    "dict_pop": lambda one, t: one.words.pop("a"),
    "dict_pop_missing": lambda one, t: one.words.pop("nothing", 4),
    "dict_popitem": lambda one, t: one.words.popitem(),
    "dict_clear": lambda one, t: one.words.clear(),
    "dict_or": lambda one, t: one.words.__ior__({"o": 1}),
    "dict_inside": lambda one, t: one.words["b"].append(5),
    "dict_replaced": lambda one, t: setattr(one, "words", {"new": 1}),
    "dict_to_none": lambda one, t: setattr(one, "words", None),
    "list_set": lambda one, t: one.numbers.__setitem__(0, 9),
    "list_set_slice": lambda one, t: one.numbers.__setitem__(slice(0, 2), [9, 8, 7]),
    "list_delete": lambda one, t: one.numbers.__delitem__(0),
    "list_delete_slice": lambda one, t: one.numbers.__delitem__(slice(1, 3)),
    "list_append": lambda one, t: one.numbers.append(5),
    "list_extend": lambda one, t: one.numbers.extend([5, 6]),
    "list_add": lambda one, t: one.numbers.__iadd__([5]),
    "list_times": lambda one, t: one.numbers.__imul__(2),
    "list_insert": lambda one, t: one.numbers.insert(1, 4),
    "list_pop": lambda one, t: one.numbers.pop(),
    "list_remove": lambda one, t: one.numbers.remove(1),
    "list_sort": lambda one, t: one.numbers.sort(reverse=True),
    "list_reverse": lambda one, t: one.numbers.reverse(),
    "list_clear": lambda one, t: one.numbers.clear(),
    "list_replaced": lambda one, t: setattr(one, "numbers", [1]),
    "set_add": lambda one, t: one.marks.add(5),
    "set_update": lambda one, t: one.marks.update([5], [6]),
    "set_discard": lambda one, t: one.marks.discard(1),
    "set_remove": lambda one, t: one.marks.remove(2),
    "set_clear": lambda one, t: one.marks.clear(),
    "set_or": lambda one, t: one.marks.__ior__({8}),
    "set_and": lambda one, t: one.marks.__iand__({2}),
    "set_xor": lambda one, t: one.marks.__ixor__({2, 3}),
    "set_minus": lambda one, t: one.marks.__isub__({2}),
    "set_intersection": lambda one, t: one.marks.intersection_update({1}),
    "set_difference": lambda one, t: one.marks.difference_update({1}),
    "set_symmetric": lambda one, t: one.marks.symmetric_difference_update({1, 9}),
    "deferred": lambda one, t: one.later.update(m=2),
    "default": lambda one, t: one.given and one.given.append(8),
    "point_part": lambda one, t: setattr(one.point, "x", 7),
    "point_both": lambda one, t: [setattr(one.point, name, 7) for name in "xy"],
    "point_replaced": lambda one, t: setattr(one, "point", t.Point(4, 5)),
    "point_of_a_tuple": lambda one, t: setattr(one, "point", (4, 5)),
}


def _tell(lib: Any, log: Log, one: Any) -> None:
    """Write down what is in the object, and what of it counts as changed."""
    inspected = lib.inspect(one)
    for name in ("words", "numbers", "marks"):
        log(name, inspected.attrs[name].history)
    log("changed", inspected.modified)


def _pending(lib: Any, session: Any, t: Any) -> Any:
    one = _new(t)
    session.add(one)
    return one


def _loaded(lib: Any, session: Any, t: Any) -> Any:
    _stored(session, t)
    return session.get(t.Thing, 1)


def _stored(session: Any, t: Any) -> None:
    session.add(_new(t))
    session.commit()
    session.expunge_all()


def _expired(lib: Any, session: Any, t: Any) -> Any:
    one = _loaded(lib, session, t)
    session.expire(one)
    return one


def _refreshed(lib: Any, session: Any, t: Any) -> Any:
    one = _loaded(lib, session, t)
    one.words["gone"] = 1
    session.refresh(one)
    return one


def _unpickled(lib: Any, session: Any, t: Any) -> Any:
    one = _loaded(lib, session, t)
    _ = one.words, one.point
    session.expunge_all()
    found = pickle.loads(pickle.dumps(one))
    session.add(found)
    return found


def _merged(lib: Any, session: Any, t: Any) -> Any:
    one = _loaded(lib, session, t)
    session.expunge_all()
    return session.merge(one)


SITUATIONS = {"pending": _pending, "loaded": _loaded, "expired": _expired, "refreshed": _refreshed,
              "unpickled": _unpickled, "merged": _merged}  # fmt: skip

# Each change of a loaded object; in the other situations one of each container.
_EVERYWHERE = ("dict_set", "list_append", "set_add", "point_part", "dict_replaced", "deferred", "default")


def _changes(name: str, situation: str, change: Callable[[Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        t = things(lib)
        t.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            with log.quiet():
                one = SITUATIONS[situation](lib, session, t)
            log.error("result", lambda: change(one, t))
            _tell(lib, log, one)
            log("dirty", one in session.dirty)
            session.commit()
            log("stored", (one.words, one.numbers, sorted(one.marks or ()), (one.point.x, one.point.y)))

    run.__name__ = f"{name}_of_{situation}"
    run.__module__ = __name__
    program(run)


for _name, _change in CHANGES.items():
    for _situation in SITUATIONS:
        # The oracle reads an expired object again before it writes a value of it: an intended difference.
        unread = _situation == "expired" and _name in ("dict_replaced", "deferred")
        if _situation == "loaded" or (_name in _EVERYWHERE and not unread):
            _changes(_name, _situation, _change)

MISTAKES: dict[str, Callable[[Any, Any], Any]] = {
    "a_number_for_a_dict": lambda one, t: setattr(one, "words", 5),
    "a_list_for_a_dict": lambda one, t: setattr(one, "words", [1]),
    "a_dict_for_a_list": lambda one, t: setattr(one, "numbers", {"a": 1}),
    "a_tuple_for_a_list": lambda one, t: setattr(one, "numbers", (1, 2)),
    "a_list_for_a_set": lambda one, t: setattr(one, "marks", [1]),
    "a_number_for_a_point": lambda one, t: setattr(one, "point", 5),
    "in_the_constructor": lambda one, t: t.Thing(words=5),
    "coerce_of_mutable": lambda one, t: t.mutable.Mutable.coerce("key", 5),
    "coerce_of_none": lambda one, t: t.mutable.Mutable.coerce("key", None),
    "coerce_of_a_dict": lambda one, t: t.mutable.MutableDict.coerce("key", {"a": 1}),
    "dict_without_the_key": lambda one, t: one.words.__delitem__("nothing"),
    "popitem_of_nothing": lambda one, t: t.Thing(words={}).words.popitem(),
    "set_without_the_member": lambda one, t: one.marks.remove(99),
    "list_without_the_member": lambda one, t: one.numbers.remove(99),
}


def _mistakes(name: str, action: Callable[[Any, Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        t = things(lib)
        t.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            with log.quiet():
                one = _loaded(lib, session, t)
            log.error("result", lambda: action(one, t), message=name != "set_without_the_member")
            log("dirty", one in session.dirty)
            log("still", (one.words, one.numbers, sorted(one.marks)))

    run.__name__ = name
    run.__module__ = __name__
    program(run)


for _name, _action in MISTAKES.items():
    _mistakes(_name, _action)


@program
def changed_after_it_expired(lib: Any, engine: Any, log: Log) -> None:
    """The value is no longer the object's: the change would be lost."""
    t = things(lib)
    t.Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        one = _loaded(lib, session, t)
        words = one.words
        session.commit()
        log.error("change", lambda: words.update(x=1), message=True)
        log("dirty", one in session.dirty)
        log("words", one.words)


@program
def replaced_values_tell_nobody(lib: Any, engine: Any, log: Log) -> None:
    """A value that was replaced has nothing to do with the object any more."""
    t = things(lib)
    t.Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        one = _loaded(lib, session, t)
        old = one.words
        one.words = {"new": 1}
        session.flush()
        old["x"] = 1
        log("dirty", one in session.dirty)
        log("words", one.words)


@program
def one_value_in_two_objects(lib: Any, engine: Any, log: Log) -> None:
    """A value that two objects hold tells both."""
    t = things(lib)
    t.Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        shared = t.mutable.MutableDict({"s": 1})
        first = t.Thing(id=1, words=shared)
        second = t.Thing(id=2, words=shared)
        session.add_all([first, second])
        session.flush()
        shared["t"] = 2
        log("dirty", [one in session.dirty for one in (first, second)])
        session.commit()
        log("words", (first.words, second.words))


@program
def rolled_back(lib: Any, engine: Any, log: Log) -> None:
    """After a rollback the value is the row's."""
    t = things(lib)
    t.Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        one = _loaded(lib, session, t)
        one.words["x"] = 1
        one.point.x = 9
        session.flush()
        session.rollback()
        log("words", (one.words, one.point.x))
        one.words["y"] = 2
        session.commit()
        log("words", one.words)


@program
def associated_by_type_and_attribute(lib: Any, engine: Any, log: Log) -> None:
    """`associate_with` takes all columns of a type's class, `associate_with_attribute` one attribute."""
    orm: Any = lib.orm
    mutable: Any = importlib.import_module(f"{lib.__name__}.ext.mutable")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Words(lib.TypeDecorator):  # type: ignore[misc,name-defined]
        impl = lib.JSON
        cache_ok = True

    mutable.MutableDict.associate_with(Words)

    class Page(Base):
        __tablename__ = "pages"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        words = orm.mapped_column(Words)
        more = orm.mapped_column(Words())
        numbers = orm.mapped_column(lib.JSON)
        plain = orm.mapped_column(lib.JSON)

    mutable.MutableList.associate_with_attribute(Page.numbers)
    Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add(Page(id=1, words={}, more={}, numbers=[], plain=[]))
        session.commit()
        page = session.get(Page, 1)
        log("kinds", [type(each) for each in (page.words, page.more, page.numbers, page.plain)])
        page.words["w"] = 1
        page.numbers.append(1)
        page.plain.append(1)
        session.commit()
        log("page", (page.words, page.more, page.numbers, page.plain))


@program
def own_class(lib: Any, engine: Any, log: Log) -> None:
    """A program's own mutable class, in a mixin's column."""
    orm: Any = lib.orm
    mutable: Any = importlib.import_module(f"{lib.__name__}.ext.mutable")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Upper(mutable.Mutable, str):  # type: ignore[misc,name-defined]
        @classmethod
        def coerce(cls, key: str, value: Any) -> Any:
            return cls(value.upper()) if isinstance(value, str) else super().coerce(key, value)

    class Named:
        name = orm.mapped_column(Upper.as_mutable(lib.String(20)))

    class Page(Named, Base):
        __tablename__ = "pages"
        id = orm.mapped_column(lib.Integer, primary_key=True)

    class Sheet(Named, Base):
        __tablename__ = "sheets"
        id = orm.mapped_column(lib.Integer, primary_key=True)

    Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        session.add_all([Page(id=1, name="a"), Sheet(id=1, name="b")])
        session.commit()
        page, sheet = session.get(Page, 1), session.get(Sheet, 1)
        log("names", (page.name, sheet.name, type(page.name), type(sheet.name)))
        page.name.changed()
        log("dirty", page in session.dirty)
        session.commit()
        log.error("number", lambda: Page(name=5), message=True)
