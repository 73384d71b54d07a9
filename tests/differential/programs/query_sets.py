"""UNION and its kin of Query, of a class with expressions: what is read from the subquery, and what is added after it."""

from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any, Any], Any]
"""(library, its orm module, classes, Query of users) -> what gives the rows."""


@cache
def classes(lib: ModuleType) -> Any:
    """Map users, with two expressions, one that statements give and a deferred column, and their notes."""
    o: Any = lib.orm
    sql: Any = lib

    class Base(o.DeclarativeBase):  # type: ignore[misc]
        pass

    class Note(Base):
        __tablename__ = "note"
        id = o.mapped_column(sql.Integer, primary_key=True)
        user_id = o.mapped_column(sql.ForeignKey("user.id"))

    class User(Base):
        __tablename__ = "user"
        id = o.mapped_column(sql.Integer, primary_key=True)
        name = o.mapped_column(sql.String)
        upper = o.column_property(sql.func.upper(name))
        secret = o.deferred(o.mapped_column(sql.String))
        notes = o.relationship("Note")
        plus = o.query_expression()

    counted = sql.select(sql.func.count(Note.id)).where(Note.user_id == User.id)
    User.count = o.column_property(counted.correlate_except(Note).scalar_subquery())
    return SimpleNamespace(metadata=Base.metadata, User=User, Note=Note)


def _runs(name: str, make: Make) -> None:
    """Enter a program that runs one query and tells its rows, with the expressions that came."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        w = classes(lib)
        with log.quiet():
            w.metadata.create_all(engine)
            with engine.begin() as connection:
                users = [{"id": id_, "name": f"n{id_}", "secret": "s"} for id_ in (1, 2, 3)]
                connection.execute(lib.insert(w.User), users)
                connection.execute(lib.insert(w.Note), [{"id": id_, "user_id": 1 + id_ % 2} for id_ in (1, 2, 3)])
        with session_on(lib, engine) as session:
            for one in make(lib, lib.orm, w, session.query(w.User)).all():
                if not hasattr(one, "_sa_instance_state"):
                    log("row", one)
                    continue
                log.loaded(one)
                log("values", {key: value for key, value in sorted(vars(one).items()) if isinstance(value, int | str)})

    run.__name__ = name
    run.__module__ = __name__
    program(run)


def _parts(w: Any, q: Any) -> tuple[Any, Any]:
    return q.filter(w.User.id < 2), q.filter(w.User.id > 2)


CASES: dict[str, Make] = {
    "union": lambda lib, o, w, q: _parts(w, q)[0].union(_parts(w, q)[1]),
    "union_all_ordered": lambda lib, o, w, q: (
        _parts(w, q)[0].union_all(_parts(w, q)[1]).order_by(w.User.count.desc(), w.User.id)
    ),
    "intersect": lambda lib, o, w, q: q.intersect(q.filter(w.User.count > 0)),
    "except_": lambda lib, o, w, q: q.except_(q.filter(w.User.count > 0)),
    "filtered": lambda lib, o, w, q: q.union(q).filter(w.User.upper == "N1"),
    "ordered": lambda lib, o, w, q: q.union(q).order_by(w.User.upper),
    "grouped": lambda lib, o, w, q: q.union(q).group_by(w.User.count).order_by(w.User.count),
    "joined": lambda lib, o, w, q: q.union(q).options(o.joinedload(w.User.notes)).order_by(w.User.count),
    "joined_limit": lambda lib, o, w, q: q.union(q).options(o.joinedload(w.User.notes)).order_by(w.User.count).limit(2),
    "joined_distinct": lambda lib, o, w, q: q.union(q).distinct().options(o.joinedload(w.User.notes)),
    "with_a_join": lambda lib, o, w, q: q.union(q).join(w.User.notes).filter(w.Note.id > 1).order_by(w.Note.id),
    "columns": lambda lib, o, w, q: q.with_entities(w.User.id, w.User.count, w.User.upper).union(
        q.with_entities(w.User.id, w.User.count, w.User.upper)
    ),
    "other_entities": lambda lib, o, w, q: q.union(q).with_entities(w.User.count, w.User.upper),
    "added_columns": lambda lib, o, w, q: q.union(q).add_columns(w.User.count),
    "of_a_union": lambda lib, o, w, q: q.filter(w.User.id == 1).union(q.filter(w.User.id == 2)).union(_parts(w, q)[1]),
    "undeferred": lambda lib, o, w, q: q.union(q).options(o.undefer(w.User.secret)),
    "deferred": lambda lib, o, w, q: q.union(q).options(o.defer(w.User.count)),
    "expression": lambda lib, o, w, q: q.union(q).options(o.with_expression(w.User.plus, w.User.id + 1)),
    "expression_before": lambda lib, o, w, q: q.options(o.with_expression(w.User.plus, w.User.id + 1)).union(
        q.options(o.with_expression(w.User.plus, w.User.id + 2))
    ),
    "from_statement": lambda lib, o, w, q: q.from_statement(lib.union(lib.select(w.User), lib.select(w.User))),
}

for _name, _make in CASES.items():
    _runs(_name, _make)


@program
def of_an_alias(lib: Any, engine: Any, log: Log) -> None:
    w = classes(lib)
    with session_on(lib, engine) as session:
        w.metadata.create_all(engine)
        alias = lib.orm.aliased(w.User)
        query = session.query(alias)
        log("rows", query.filter(alias.id < 2).union(query.filter(alias.upper == "N2")).order_by(alias.count).all())
