"""Association proxies and hybrids, one program for each operation and place."""

import importlib
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.association_proxies import _store
from tests.differential.programs.shop import session_on
from tests.differential.registry import program

DICTS: dict[str, Callable[[Any], Any]] = {
    "get": lambda d: (d["a"], d.get("z"), d.get("z", 5)),
    "set_new": lambda d: d.__setitem__("c", "three"),
    "set_present": lambda d: d.__setitem__("a", "other"),
    "delete": lambda d: d.__delitem__("a"),
    "delete_missing": lambda d: d.__delitem__("z"),
    "missing": lambda d: d["z"],
    "pop": lambda d: d.pop("a"),
    "setdefault": lambda d: (d.setdefault("a", "x"), d.setdefault("n", "y")),
    "update": lambda d: d.update({"a": "u", "q": "v"}, k="w"),
    "clear": lambda d: d.clear(),
    "keys": lambda d: (sorted(d.keys()), sorted(d.values()), sorted(d.items())),
    "contains": lambda d: ("a" in d, "z" in d, len(d), bool(d)),
    "equal": lambda d: (d == {"a": "one", "b": "two"}, d != {}, sorted(d)),
    "copy": lambda d: sorted(d.copy().items()),
}
SETS: dict[str, Callable[[Any], Any]] = {
    "add": lambda s: s.add("z"),
    "add_present": lambda s: s.add("x"),
    "discard": lambda s: (s.discard("x"), s.discard("none")),
    "remove": lambda s: s.remove("x"),
    "remove_missing": lambda s: s.remove("none"),
    "update": lambda s: s.update(["x", "z"]),
    "or": lambda s: (sorted(s | {"q"}), sorted(s & {"x"}), sorted(s - {"x"}), sorted(s ^ {"x", "q"})),
    "methods": lambda s: (sorted(s.union(["q"])), sorted(s.intersection(["x"])), sorted(s.difference(["x"]))),
    "compare": lambda s: (s == {"x", "y"}, s <= {"x", "y", "z"}, s >= {"x"}, s.issubset({"x"}), s.issuperset({"x"})),
    "difference_update": lambda s: s.difference_update(["x"]),
    "intersection_update": lambda s: s.intersection_update(["x"]),
    "symmetric_update": lambda s: s.symmetric_difference_update(["x"]),
    "clear": lambda s: s.clear(),
    "contains": lambda s: ("x" in s, "none" in s, len(s), bool(s), sorted(s)),
}
LISTS: dict[str, Callable[[Any], Any]] = {
    "read": lambda w: (list(w), len(w), bool(w), w[0], w[-1], w[0:1]),
    "contains": lambda w: ("fast" in w, "none" in w, w.index("safe"), w.count("fast")),
    "compare": lambda w: (w == ["fast", "safe"], w != [], w < ["z"], w * 2),
    "delete": lambda w: w.__delitem__(0),
    "delete_slice": lambda w: w.__delitem__(slice(0, 2)),
    "pop": lambda w: (w.pop(), list(w)),
    "remove": lambda w: w.remove("fast"),
    "remove_missing": lambda w: w.remove("none"),
    "clear": lambda w: w.clear(),
    "index_missing": lambda w: w.index("none"),
    "sorted": lambda w: (sorted(w), list(reversed(list(w))), repr(w)),
}
SCALARS: dict[str, Callable[[Any], Any]] = {
    "read": lambda p: p.bio,
    "set": lambda p: setattr(p, "bio", "new"),
    "set_none": lambda p: setattr(p, "bio", None),
    "delete": lambda p: delattr(p, "bio"),
    "without_target": lambda p: (setattr(p, "profile", None), p.bio),
}


def _proxied(kind: str, attribute: str | None, name: str, action: Callable[[Any], Any]) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = _store(lib)
        with log.quiet():
            s.Base.metadata.create_all(engine)
        log.any_order("person_tags")
        with session_on(lib, engine) as session:
            with log.quiet():
                person = s.Person(id=1, name="ada", bio="born")
                person.notes = {"a": "one", "b": "two"}
                person.tags = {s.Tag(id=1, name="x"), s.Tag(id=2, name="y")}
                session.add(person)
                person.keywords = [s.Keyword(id=1, word="fast"), s.Keyword(id=2, word="safe")]
                session.commit()
                _ = [
                    person.words,
                    person.notes,
                    person.tag_names,
                    person.bio,
                    [link.keyword for link in person.person_keywords],
                ]
                _ = [list(person.notes_by_key.values()), list(person.tags), person.profile.bio]
            held = person if attribute is None else getattr(person, attribute)
            log.error("result", lambda: action(held))
            log("words", list(person.words))
            log("notes", sorted(person.notes.items()))
            log("tags", sorted(person.tag_names))
            log("bio", person.bio)

    run.__name__ = f"proxied_{kind}_{name}"
    run.__module__ = __name__
    program(run)


for _kind, _attribute, _actions in (
    ("dict", "notes", DICTS), ("set", "tag_names", SETS), ("list", "words", LISTS), ("scalar", None, SCALARS),
):  # fmt: skip
    for _name, _action in _actions.items():
        _proxied(_kind, _attribute, _name, _action)


@cache
def _spans(lib: ModuleType) -> Any:
    """Map a class with hybrids of each kind, once per library."""
    orm: Any = lib.orm
    sql: Any = lib
    hybrid: Any = importlib.import_module(f"{lib.__name__}.ext.hybrid")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Lower(hybrid.Comparator):  # type: ignore[misc,name-defined]
        def __eq__(self, other: object) -> Any:
            return sql.func.lower(self.__clause_element__()) == sql.func.lower(other)

    class Span(Base):
        __tablename__ = "spans"
        id = orm.mapped_column(sql.Integer, primary_key=True)
        start = orm.mapped_column(sql.Integer)
        end = orm.mapped_column(sql.Integer)
        label = orm.mapped_column(sql.String(10))

        @hybrid.hybrid_property
        def length(self) -> Any:
            return self.end - self.start

        @length.inplace.setter
        def _set_length(self, value: Any) -> None:
            self.end = self.start + value

        @length.inplace.update_expression
        @classmethod
        def _update_length(cls, value: Any) -> Any:
            return [(cls.end, cls.start + value)]

        @hybrid.hybrid_property
        def half(self) -> Any:
            return abs(self.length) // 2

        @half.inplace.expression
        @classmethod
        def _half(cls) -> Any:
            return sql.func.abs(cls.length) / 2

        @hybrid.hybrid_property
        def name(self) -> Any:
            return self.label.lower()

        @name.inplace.comparator
        @classmethod
        def _name(cls) -> Any:
            return Lower(cls.label)

        @hybrid.hybrid_property
        def first(self) -> Any:
            return self.start

        @hybrid.hybrid_method
        def holds(self, point: Any) -> Any:
            return (self.start <= point) & (point < self.end)

    return SimpleNamespace(Base=Base, Span=Span)


PLACES: dict[str, Callable[[Any, Any], Any]] = {
    "select": lambda lib, S: lib.select(S.length),
    "select_two": lambda lib, S: lib.select(S.id, S.length, S.first),
    "select_expression": lambda lib, S: lib.select(S.length + 1, S.length.label("n")),
    "where": lambda lib, S: lib.select(S.id).where(S.length > 4),
    "where_in": lambda lib, S: lib.select(S.id).where(S.length.in_([5, 6])),
    "where_between": lambda lib, S: lib.select(S.id).where(S.length.between(1, 5)),
    "filter_by": lambda lib, S: lib.select(S.id).filter_by(length=5),
    "order": lambda lib, S: lib.select(S.id).order_by(S.length.desc(), S.id),
    "group": lambda lib, S: lib.select(S.length, lib.func.count()).group_by(S.length).order_by(S.length),
    "function": lambda lib, S: lib.select(lib.func.max(S.length)),
    "expression": lambda lib, S: lib.select(S.half).order_by(S.id),
    "expression_where": lambda lib, S: lib.select(S.id).where(S.half == 2),
    "comparator": lambda lib, S: lib.select(S.id).where(S.name == "FIRST"),
    "comparator_filter_by": lambda lib, S: lib.select(S.id).filter_by(name="SECOND"),
    "method": lambda lib, S: lib.select(S.id).where(S.holds(4)),
    "method_not": lambda lib, S: lib.select(S.id).where(~S.holds(4)),
    "plain_attribute": lambda lib, S: lib.select(S.first).where(S.first > 1),
    "alias": lambda lib, S: (a := lib.orm.aliased(S)) and lib.select(a.id, a.length).where(a.length > 4),
    "alias_of_both": lambda lib, S: (
        (a := lib.orm.aliased(S)) and lib.select(S.id, a.id).where(S.length < a.length).order_by(S.id, a.id)
    ),
    "subquery": lambda lib, S: (q := lib.select(S.id, S.length).subquery()) is not None and lib.select(q.c.length),
    "case": lambda lib, S: lib.select(lib.case((S.length > 5, "long"), else_="short")).order_by(S.id),
    "distinct": lambda lib, S: lib.select(S.length).distinct().order_by(S.length),
    "scalar_subquery": lambda lib, S: lib.select(S.id).where(
        S.length == lib.select(lib.func.max(S.length)).scalar_subquery()
    ),
    "exists": lambda lib, S: lib.select(lib.exists().where(S.length > 5)),
    "entity": lambda lib, S: lib.select(S).where(S.length == 5),
}
WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "by_key": lambda lib, S: lib.update(S).values({S.length: 3}),
    "by_name": lambda lib, S: lib.update(S).values(length=7),
    "where": lambda lib, S: lib.update(S).where(S.length > 5).values({S.length: 1, S.label: "x"}),
    "plain": lambda lib, S: lib.update(S).values({S.first: 0}),
    "delete": lambda lib, S: lib.delete(S).where(S.length > 5),
    "delete_by_method": lambda lib, S: lib.delete(S).where(S.holds(4)),
}


def _hybrids(name: str, make: Callable[[Any, Any], Any], writes: bool) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = _spans(lib)
        with log.quiet():
            s.Base.metadata.create_all(engine)
        with session_on(lib, engine) as session:
            with log.quiet():
                spans = [s.Span(id=1, start=1, end=6, label="First"), s.Span(id=2, start=3, end=9, label="second"),
                         s.Span(id=3, start=9, end=9, label=None)]  # fmt: skip
                session.add_all(spans)
                session.commit()
            result = session.execute(make(lib, s.Span))
            if writes:
                log("rows", result.rowcount)
            else:
                rows = result.all()
                # The names of nameless columns are the business of other programs.
                log("rows", [tuple(row) for row in rows])
            session.commit()

    run.__name__ = f"hybrid_{'write' if writes else 'in'}_{name}"
    run.__module__ = __name__
    program(run)


for _name, _place in PLACES.items():
    _hybrids(_name, _place, False)
for _name, _write in WRITES.items():
    _hybrids(_name, _write, True)
