"""Functions and rows in FROM on a real PostgreSQL: what SQLite does not know is run here."""

from typing import Any

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    aggregate_order_by,
    column,
    delete,
    func,
    insert,
    lateral,
    literal,
    literal_column,
    select,
    text,
    true,
    tuple_,
    update,
    values,
)
from holdfast.dialects import postgresql
from tests.dialects.postgresql.models import Book, Shelf


def _series(count: int) -> Any:
    return func.generate_series(1, count).table_valued(column("n", Integer)).render_derived()


SHELVES = values(column("id", Integer), column("name", String), name="v").data([(1, "one"), (2, "two")])
SERIES = _series(4)
RECORDS = (
    func.json_to_recordset(literal_column("""'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]'::json"""))
    .table_valued(column("a", Integer), column("b", String))
    .render_derived(with_types=True)
)
FIRST = select(Book.title).where(Book.shelf_id == Shelf.id).order_by(Book.title).limit(1).lateral("first")

QUESTIONS: dict[str, tuple[Any, Any]] = {
    "VALUES": (select(SHELVES).order_by(SHELVES.c.id), [(1, "one"), (2, "two")]),
    "VALUES joined": (
        select(Shelf.name, SHELVES.c.name).join(SHELVES, SHELVES.c.id == Shelf.id).order_by(Shelf.id),
        [("s1", "one"), ("s2", "two")],
    ),
    "VALUES in IN": (
        select(Shelf.name).where(
            tuple_(Shelf.id, Shelf.name).in_(values(column("i", Integer), column("n", String)).data([(2, "s2")]))
        ),
        [("s2",)],
    ),
    "VALUES in a cte": (select(func.sum(SHELVES.cte("c").c.id)), [(3,)]),
    "function": (select(SERIES.c.n).where(SERIES.c.n > 2), [(3,), (4,)]),
    "function's value": (select(func.generate_series(1, 2, type_=Integer).column_valued("g")), [(1,), (2,)]),
    "derived with types": (select(RECORDS.c.b + "!").where(RECORDS.c.a > 1), [("y!",)]),
    "ordinality": (
        select(func.generate_series(4, 1, -2).table_valued("g", with_ordinality="place").render_derived()),
        [(4, 1), (2, 2)],
    ),
    "lateral function": (
        select(Shelf.id, func.generate_series(1, Shelf.id).column_valued("g")).order_by(Shelf.id),
        [(1, 1), (2, 1), (2, 2)],
    ),
    "lateral subquery": (
        select(Shelf.name, FIRST.c.title).outerjoin(FIRST, true()).order_by(Shelf.id),
        [("s1", "1.0"), ("s2", "2.0")],
    ),
    "lateral VALUES": (
        (lambda both: select(Shelf.id, both.c.a).join(both, true()).where(Shelf.id == 2).order_by(both.c.a))(
            lateral(values(column("a", Integer), name="b").data([(Shelf.id,), (Shelf.id + 5,)]))
        ),
        [(2, 2), (2, 7)],
    ),
    "sample": (select(func.count()).select_from(Shelf.__table__.tablesample(func.bernoulli(100), seed=3)), [(2,)]),
    "in order": (
        select(
            func.aggregate_strings(Shelf.name, "-").aggregate_order_by(Shelf.id.desc()),
            aggregate_order_by(func.string_agg(Shelf.name, literal("+")), Shelf.id),
            func.string_agg(Shelf.name, postgresql.aggregate_order_by(literal(","), Shelf.id.desc())),
        ),
        [("s2-s1", "s1+s2", "s2,s1")],
    ),
    "member of an array": (
        select(func.array_agg(Shelf.id).aggregate_order_by(Shelf.id.desc())[1], func.array_agg(Shelf.id)[3]),
        [(2, None)],
    ),
    "ordered sets": (
        select(
            func.percentile_disc(0.5).within_group(Shelf.id.desc()),
            func.mode().within_group(Shelf.name),
            func.rank(2).within_group(Shelf.id),
        ),
        [(2, "s1", 2)],
    ),
    "grouping": (
        select(Shelf.name, func.count()).group_by(func.rollup(Shelf.name)).order_by(Shelf.name.nulls_last()),
        [("s1", 1), ("s2", 1), (None, 2)],
    ),
    "power": (select(func.pow(3, 2)), [(9,)]),
    "exclude": (
        select(func.sum(Shelf.id).over(order_by=Shelf.id, rows=(None, None), exclude="CURRENT ROW")).order_by(Shelf.id),
        [(2,), (1,)],
    ),
    "row as a value": (
        select(func.count(Shelf.__table__.table_valued())),
        [(2,)],
    ),
    "collation": (select(Shelf.name).where(Shelf.name.collate("C").in_(["s1"])), [("s1",)]),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_the_server_understands(case: str, engine: Any) -> None:
    """The text runs, with its parameters in their places, and gives the rows."""
    question, expected = QUESTIONS[case]
    with engine.connect() as connection:
        _fill(connection)
        assert connection.execute(question).all() == expected


def test_values_change_rows(engine: Any) -> None:
    """UPDATE ... FROM (VALUES ...)."""
    with engine.connect() as connection:
        _fill(connection)
        connection.execute(update(Shelf.__table__).values(name=SHELVES.c.name).where(Shelf.id == SHELVES.c.id))
        assert connection.scalars(select(Shelf.name).order_by(Shelf.id)).all() == ["one", "two"]


def _fill(connection: Any) -> None:
    connection.execute(insert(Shelf.__table__), [{"id": n, "name": f"s{n}"} for n in (1, 2)])
    connection.execute(
        insert(Book.__table__), [{"the %(title)s": f"{n}.{m}", "shelf_id": n} for n in (1, 2) for m in (0, 1)]
    )


def test_only_the_table_itself(engine: Any) -> None:
    """Rows of tables that inherit are left out, in SELECT, UPDATE and DELETE."""
    metadata = MetaData()
    city = Table("city", metadata, Column("name", String))
    Table("capital", metadata, postgresql_inherits="city")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(city), [{"name": "Bergen"}])
        connection.execute(text("INSERT INTO capital VALUES ('Oslo')"))
        names = select(city.c.name).order_by(city.c.name)
        assert connection.scalars(names).all() == ["Bergen", "Oslo"]
        assert connection.scalars(names.with_hint(city, "ONLY", "postgresql")).all() == ["Bergen"]
        changed = update(city).values(name=city.c.name + "!").with_hint("ONLY", dialect_name="postgresql")
        assert connection.execute(changed).rowcount == 1
        assert connection.execute(delete(city).with_hint("ONLY", dialect_name="postgresql")).rowcount == 1
        assert connection.scalars(names).all() == ["Oslo"]
    metadata.drop_all(engine)
