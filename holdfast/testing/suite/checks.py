"""The suite's checks: each takes a session on empty tables. What a database can not do is asked of its capabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from holdfast import exc
from holdfast.inspection import inspect
from holdfast.orm import Session, joinedload, selectinload
from holdfast.sql.binds import bindparam, literal
from holdfast.sql.dml_statements import delete, update
from holdfast.sql.functions import func
from holdfast.sql.insert import insert
from holdfast.sql.select import select
from holdfast.sql.set_operations import union_all
from holdfast.sql.text import text
from holdfast.testing.suite.models import VALUES, Base, Box, Thing


class Caught:
    """An error that was expected.

    Attributes:
        error: it.
    """

    error: Any = None


@contextmanager
def refused(class_: type[BaseException]) -> Iterator[Caught]:
    """Expect an error in a block; pytest is not needed for that."""
    caught = Caught()
    try:
        yield caught
    except class_ as error:
        caught.error = error
    assert caught.error is not None, f"{class_.__name__} was expected"


def values_come_back(session: Session) -> None:
    """By a flush, by a query and as criteria; NULL too."""
    for place in range(3):
        session.add(Box(**{name: values[place] for name, values in VALUES.items()}))
        session.flush()
    session.add(Box(name="nothing"))
    session.commit()
    session.expunge_all()
    boxes = session.scalars(select(Box).order_by(Box.id)).all()
    for name, values in VALUES.items():
        found = [getattr(box, name) for box in boxes[:3]]
        assert values == found, name
        assert [type(value) for value in values] == [type(value) for value in found], name
    assert [getattr(boxes[3], name) for name in VALUES] == ["nothing", *[None] * (len(VALUES) - 1)]
    for name in ("name", "whole", "exact", "flag", "day", "moment", "hour", "raw", "key", "colour"):
        column, value = getattr(Box, name), VALUES[name][1]
        assert session.scalars(select(Box.id).where(column == value)).all() == [boxes[1].id], name
        assert boxes[1] in session.scalars(select(Box).where(column.in_([value]))).all(), name


def units_of_work(session: Session) -> None:
    """A graph gets its keys, changes are counted, deletes find their rows, savepoints go back."""
    session.add_all([Box(name=str(n), things=[Thing(size=size) for size in range(3)]) for n in range(20)])
    session.commit()
    assert session.scalar(select(func.count(Thing.id)).where(Thing.box_id.is_not(None))) == 60
    things = session.scalars(select(Thing).order_by(Thing.id)).all()
    for thing in things:
        thing.size += 10
    session.commit()
    assert session.scalar(select(func.sum(Thing.size))) == 20 * 3 + 600
    nested = session.begin_nested()
    session.execute(update(Thing).values(size=0))
    nested.rollback()
    session.refresh(things[0])
    assert things[0].size >= 10
    session.execute(delete(Thing).where(Thing.id == things[0].id), execution_options={"synchronize_session": False})
    things[0].size = 99
    with refused(exc.StaleDataError):
        session.flush()
    session.rollback()
    for thing in session.scalars(select(Thing)).all():
        session.delete(thing)
    session.commit()
    assert session.scalar(select(func.count(Thing.id))) == 0


def lists(session: Session) -> None:
    """Many rows by one statement, with and without RETURNING; counts of rows that were matched."""
    session.execute(insert(Box), [{"name": f"%{number}", "whole": number} for number in range(100)])
    assert session.scalar(select(func.count(Box.id))) == 100
    table = Base.metadata.tables["suite_box"]
    statement = table.update().where(table.c.whole == bindparam("w")).values(whole=table.c.whole)
    result: Any = session.execute(statement, [{"w": 1}, {"w": 2}, {"w": 999}])
    assert result.rowcount == 2
    if session.get_bind().dialect.capabilities.insert_returning:
        made = session.scalars(insert(Box).returning(Box), [{"name": "x"}, {"name": "y"}])
        assert [box.name for box in made] == ["x", "y"]


def violations(session: Session) -> None:
    """The portable class, the object, the table; no value."""
    session.add(Box(name="secret"))
    session.commit()
    cases: tuple[tuple[type[exc.IntegrityError], dict[str, Any]], ...] = (
        (exc.UniqueViolation, {"name": "secret"}),
        (exc.NotNullViolation, {"name": None}),
        (exc.CheckViolation, {"name": "secret too", "whole": -1}),
    )
    for class_, values in cases:
        culprit = Box(**values)
        session.add(culprit)
        with refused(class_) as caught:
            session.commit()
        assert caught.error.obj is culprit
        assert "secret" not in str(caught.error)
        session.rollback()
    session.add(Thing(size=1, box_id=99))
    with refused(exc.ForeignKeyViolation):
        session.commit()
    session.rollback()
    with refused(exc.DBAPIError):
        session.execute(text("SELECT 1 FROM nothing_there"))
    session.rollback()
    assert session.scalar(select(func.count(Box.id))) == 1


def streams(session: Session) -> None:
    """Rows come chunk by chunk; another statement in between does no harm."""
    session.execute(insert(Thing), [{"size": size} for size in range(10)])
    session.commit()
    query = select(Thing.size).order_by(Thing.size)
    result: Any = session.execute(query, execution_options={"yield_per": 3})
    assert result.fetchmany(2) == [(0,), (1,)]
    assert session.scalar(select(func.count(Thing.id))) == 10
    assert [row.size for row in result] == list(range(2, 10))
    assert session.execute(query.where(Thing.size > 100), execution_options={"yield_per": 3}).all() == []


def texts(session: Session) -> None:
    """Percent signs, colons, question marks arrive as they are."""
    assert session.scalar(text("SELECT '50%'")) == "50%"
    assert session.scalar(select(literal("x%s") + literal(":y?"))) == "x%s:y?"
    assert session.execute(text("SELECT 1 AS one, 2 AS two")).mappings().one() == {"one": 1, "two": 2}
    result: Any = session.execute(text("DELETE FROM suite_box WHERE id = :id"), {"id": 1})
    assert (result.rowcount, result.returns_rows) == (0, False)


def _filled(session: Session) -> None:
    for number in range(1, 6):
        session.add(Box(name=f"box {number}", whole=number, things=[Thing(size=size) for size in range(number)]))
        session.flush()
    session.commit()


def queries(session: Session) -> None:
    """What SQL can say, with one answer everywhere."""
    _filled(session)
    counted = select(Box.name, func.count(Thing.id).label("n")).join(Box.things).group_by(Box.name).order_by(Box.name)
    assert [tuple(row) for row in session.execute(counted)] == [(f"box {number}", number) for number in range(1, 6)]
    assert session.scalars(select(Box.whole).order_by(Box.whole.desc()).limit(2).offset(1)).all() == [4, 3]
    many = select(Thing.box_id).group_by(Thing.box_id).having(func.count() > 3)
    assert session.scalars(select(Box.whole).where(Box.id.in_(many)).order_by(Box.whole)).all() == [4, 5]
    least = select(func.min(Thing.size)).where(Thing.box_id == Box.id).scalar_subquery()
    assert session.scalars(select(least + Box.whole).order_by(Box.whole)).all() == [1, 2, 3, 4, 5]
    both = union_all(select(Box.whole).where(Box.whole < 2), select(Box.whole).where(Box.whole > 4)).subquery()
    assert session.scalar(select(func.sum(both.c.whole))) == 6
    assert session.scalars(select(Box.whole).where(Box.name.like("%3"), Box.things.any(size=2))).all() == [3]
    recent = select(Box.whole).where(Box.whole > 3).cte("recent")
    assert sorted(session.scalars(select(recent.c.whole))) == [4, 5]


def loading(session: Session) -> None:
    """Each way brings the same graph."""
    _filled(session)
    for options in ((), (selectinload(Box.things),), (joinedload(Box.things),)):
        session.expunge_all()
        boxes = session.scalars(select(Box).options(*options).order_by(Box.whole)).unique().all()
        assert [[thing.size for thing in box.things] for box in boxes] == [list(range(n)) for n in range(1, 6)]
        assert all(thing.box is box for box in boxes for thing in box.things)
    found = session.get(Box, boxes[0].id)
    assert found is boxes[0]


def set_based(session: Session) -> None:
    """Every strategy; afterwards each object equals its row."""
    _filled(session)
    for strategy in ("auto", "evaluate", "fetch"):
        boxes = session.scalars(select(Box).order_by(Box.id)).all()
        options = {"synchronize_session": strategy}
        session.execute(update(Box).where(Box.whole > 2).values(whole=Box.whole + 1), execution_options=options)
        session.execute(delete(Thing).where(Thing.size == 4), execution_options=options)
        rows = session.execute(select(Box.id, Box.whole).order_by(Box.id)).all()
        assert [(box.id, box.whole) for box in boxes] == [tuple(row) for row in rows]
        session.rollback()


def reflection(session: Session) -> None:
    """Tables, columns, keys and constraints."""
    inspector: Any = inspect(session.connection())
    assert {"suite_box", "suite_thing"} <= set(inspector.get_table_names())
    columns = {column["name"]: column for column in inspector.get_columns("suite_thing")}
    assert [(name, columns[name]["nullable"]) for name in columns] == [("id", False), ("size", False), ("box_id", True)]
    assert inspector.get_pk_constraint("suite_thing")["constrained_columns"] == ["id"]
    [key] = inspector.get_foreign_keys("suite_thing")
    assert (key["constrained_columns"], key["referred_table"], key["referred_columns"]) == (
        ["box_id"],
        "suite_box",
        ["id"],
    )
    unique = [one["column_names"] for one in inspector.get_unique_constraints("suite_box")]
    assert unique == [["the %(name)s"]]


CHECKS: tuple[Callable[[Session], None], ...] = (
    values_come_back, units_of_work, lists, violations, streams, texts, queries, loading, set_based, reflection,
)  # fmt: skip
"""All checks, for runners other than pytest."""
