"""INSERT of many rows that brings rows back: how many statements are sent, what they say, in what order rows come."""

import asyncio

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    create_engine,
    event,
    exc,
    func,
    insert,
    insert_sentinel,
    select,
    text,
)
from holdfast.dialects import sqlite
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.support.capability import needs


def counted(name="t"):
    """Return a table whose key the database counts."""
    return Table(name, MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))


def by_program(name="t"):
    """Return a table whose key the program gives."""
    return Table(name, MetaData(), Column("id", String(9), primary_key=True), Column("x", Integer))


def watched(url, *tables, **keywords):
    """Return an engine with the tables, and the list of what is sent to it."""
    engine = create_engine(url, **keywords)
    for table in tables:
        table.create(engine)
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2:4]))
    return engine, sent


ROWS = [{"x": 5}, {"x": 4}, {"x": 3}]


def test_one_statement_for_many_rows():
    """All rows stand in one VALUES."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        result = connection.execute(table.insert().returning(table.c.id, table.c.x), ROWS)
        assert result.all() == [(1, 5), (2, 4), (3, 3)]
        assert result.rowcount == 3
    assert sent == [("INSERT INTO t (x) VALUES (?), (?), (?) RETURNING id, x", (5, 4, 3))]


def test_values_around_the_rows_stand_once():
    """Those of RETURNING and ON CONFLICT are given once, those of a row each time."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    statement = (
        sqlite.insert(table)
        .values(x=bindparam("q") + 1)
        .on_conflict_do_update(index_elements=["id"], set_={"x": 9})
        .returning(table.c.x + 100)
    )
    with engine.begin() as connection:
        assert connection.execute(statement, [{"q": 1}, {"q": 2}]).scalars().all() == [102, 103]
    assert sent == [
        (
            "INSERT INTO t (x) VALUES ((? + ?)), ((? + ?)) ON CONFLICT (id) DO UPDATE SET x = ? RETURNING x + ? AS anon_1",
            (1, 1, 2, 1, 9, 100),
        )
    ]


@pytest.mark.parametrize("engine_says", [True, False], ids=["engine", "execution"])
def test_pages(engine_says):
    """The page size is said to the engine or to the execution."""
    table = counted()
    engine, sent = watched("sqlite://", table, **({"insertmanyvalues_page_size": 2} if engine_says else {}))
    options = {} if engine_says else {"insertmanyvalues_page_size": 2}
    with engine.begin() as connection:
        found = connection.execute(table.insert().returning(table.c.id), ROWS, execution_options=options).all()
    assert found == [(1,), (2,), (3,)]
    assert [len(parameters) for _, parameters in sent] == [2, 1]


def test_a_statement_has_no_more_parameters_than_the_database_takes():
    """32,766 on SQLite, whatever the page size."""
    table = counted()
    engine, sent = watched("sqlite://", table, insertmanyvalues_page_size=100_000)
    rows = [{"id": number, "x": number} for number in range(20_000)]
    with engine.begin() as connection:
        assert len(connection.execute(table.insert().returning(table.c.id), rows).all()) == 20_000
    assert [len(parameters) for _, parameters in sent] == [32_766, 7_234]


def test_a_statement_for_each_row_if_the_program_wants_it():
    """`use_insertmanyvalues=False`."""
    table = counted()
    engine, sent = watched("sqlite://", table, use_insertmanyvalues=False)
    with engine.begin() as connection:
        assert connection.execute(table.insert().returning(table.c.id), ROWS).all() == [(1,), (2,), (3,)]
    assert [parameters for _, parameters in sent] == [(5,), (4,), (3,)]


def test_defaults_that_are_asked_for():
    """`return_defaults` goes the same way."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        result = connection.execute(table.insert().return_defaults(), ROWS)
        assert result.inserted_primary_key_rows == [(1,), (2,), (3,)]
        assert result.returned_defaults_rows == [(1,), (2,), (3,)]
    assert len(sent) == 1


def test_rows_without_values():
    """A column stands for the rest, by its default."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        assert connection.execute(table.insert().returning(table.c.id), [{}, {}]).all() == [(1,), (2,)]
    assert sent == [("INSERT INTO t (id) VALUES (NULL), (NULL) RETURNING id", ())]


def test_the_order_of_the_parameters_by_the_key():
    """The program gives the keys: they say which row is which, and come back behind what was asked for."""
    table = by_program()
    engine, sent = watched("sqlite://", table)
    rows = [{"id": "c", "x": 1}, {"id": "a", "x": 2}, {"id": "b", "x": 3}]
    statement = table.insert().returning(table.c.x, table.c.id, sort_by_parameter_order=True)
    with engine.begin() as connection:
        result = connection.execute(statement, rows)
        assert list(result.keys()) == ["x", "id"]
        assert result.all() == [(1, "c"), (2, "a"), (3, "b")]
    assert sent == [
        (
            "INSERT INTO t (id, x) VALUES (?, ?), (?, ?), (?, ?) RETURNING x, id, id AS id__1",
            ("c", 1, "a", 2, "b", 3),
        )
    ]


def test_sqlite_does_not_say_in_what_order_it_counts():
    """So rows whose keys it counts are inserted one by one where their order matters."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        statement = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        assert connection.execute(statement, ROWS).all() == [(1,), (2,), (3,)]
    assert [sql for sql, _ in sent] == ["INSERT INTO t (x) VALUES (?) RETURNING id"] * 3


def test_a_sentinel():
    """A column for this alone: written where the order matters, left out of everything else."""
    metadata = MetaData()
    table = Table(
        "t",
        metadata,
        Column("id", String(40), primary_key=True, server_default=text("(hex(randomblob(8)))")),
        Column("x", Integer),
        insert_sentinel("sentinel"),
    )
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        ordered = table.insert().returning(table.c.x, sort_by_parameter_order=True)
        assert connection.execute(ordered, ROWS).scalars().all() == [5, 4, 3]
        connection.execute(table.insert().returning(table), ROWS)
        connection.execute(table.insert(), ROWS)
    assert str(select(table)) == "SELECT t.id, t.x \nFROM t"
    assert str(table.insert()) == "INSERT INTO t (id, x) VALUES (:id, :x)"
    assert sent[0] == (
        "INSERT INTO t (x, sentinel) VALUES (?, ?), (?, ?), (?, ?) RETURNING x, sentinel",
        (5, 0, 4, 1, 3, 2),
    )
    assert [sql for sql, _ in sent[1:]] == [
        "INSERT INTO t (x) VALUES (?), (?), (?) RETURNING id, x",
        "INSERT INTO t (x) VALUES (?)",
    ]


def test_a_table_has_one_sentinel():
    """Two could not both be it."""
    with pytest.raises(exc.ArgumentError, match="a Table may have only one explicit sentinel column"):
        Table("t", MetaData(), insert_sentinel("a"), insert_sentinel("b"))


def test_values_that_come_back_changed():
    """A key that the database changes says no longer which row is which: no row is given for another."""
    table = by_program()
    engine, _ = watched("sqlite://", table)
    with engine.begin() as connection:
        statement = table.insert().returning(table.c.x, sort_by_parameter_order=True)
        with pytest.raises(
            exc.InvalidRequestError, match="Can't match sentinel values in result set to parameter sets"
        ):
            connection.execute(statement, [{"id": 1, "x": 1}, {"id": 2, "x": 2}])


def test_text_with_our_marks_is_sent_as_it_is():
    """A program's own text may hold the characters by which the row is taken apart: then it is sent row by row."""
    table = counted()
    engine, sent = watched("sqlite://", table)
    with engine.begin() as connection:
        statement = table.insert().values(x=text("length('\x01\x02')")).returning(table.c.x)
        assert connection.execute(statement, [{"id": 1}, {"id": 2}]).scalars().all() == [2, 2]
    assert [sql for sql, _ in sent] == ["INSERT INTO t (id, x) VALUES (?, length('\x01\x02')) RETURNING x"] * 2


def test_under_asyncio():
    """The same over the asynchronous face."""
    table = counted()

    async def work():
        engine = create_async_engine("sqlite+aiosqlite://")
        sent = []
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
        async with engine.begin() as connection:
            await connection.run_sync(table.metadata.create_all)
            sent.clear()
            result = await connection.execute(table.insert().returning(table.c.id), ROWS)
            assert result.all() == [(1,), (2,), (3,)]
        await engine.dispose()
        return sent

    assert asyncio.run(work()) == ["INSERT INTO t (x) VALUES (?), (?), (?) RETURNING id"]


def test_objects_of_many_rows():
    """`session.execute(insert(Class).returning(Class), rows)` takes few statements too."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int]

    engine, sent = watched("sqlite://", Thing.__table__)
    with Session(engine) as session:
        things = session.scalars(Thing.__table__.insert().returning(Thing.__table__.c.id), ROWS).all()
        assert things == [1, 2, 3]
        found = session.scalars(insert(Thing).returning(Thing), ROWS).all()
        assert [(thing.id, thing.x) for thing in found] == [(4, 5), (5, 4), (6, 3)]
    assert [sql for sql, _ in sent] == [
        "INSERT INTO t (x) VALUES (?), (?), (?) RETURNING id",
        "INSERT INTO t (x) VALUES (?), (?), (?) RETURNING id, x",
    ]


def test_postgresql(clean_postgresql_url):
    """Keys are counted in the order of a SELECT; parameters have numbers behind their names."""
    table = counted("batch")
    engine, sent = watched(clean_postgresql_url, table)
    with engine.begin() as connection:
        assert connection.execute(table.insert().returning(table.c.id), ROWS).scalars().all() == [1, 2, 3]
        ordered = table.insert().returning(table.c.x, table.c.id, sort_by_parameter_order=True)
        assert connection.execute(ordered, ROWS).all() == [(5, 4), (4, 5), (3, 6)]
    engine.dispose()
    assert sent == [
        (
            "INSERT INTO batch (x) VALUES (%(x__0)s::INTEGER), (%(x__1)s::INTEGER), (%(x__2)s::INTEGER) "
            "RETURNING batch.id",
            {"x__0": 5, "x__1": 4, "x__2": 3},
        ),
        (
            "INSERT INTO batch (x) SELECT p0::INTEGER FROM (VALUES (%(x__0)s::INTEGER, 0), (%(x__1)s::INTEGER, 1), "
            "(%(x__2)s::INTEGER, 2)) AS imp_sen(p0, sen_counter) ORDER BY sen_counter "
            "RETURNING batch.x, batch.id, batch.id AS id__1",
            {"x__0": 5, "x__1": 4, "x__2": 3},
        ),
    ]


GROWING = (
    "CREATE FUNCTION grown() RETURNS uuid AS $$ SELECT lpad(to_hex(nextval('seq')), 32, '0')::uuid $$ LANGUAGE sql"
)


@pytest.mark.parametrize("by_server", [True, False], ids=["server_default", "default"])
@pytest.mark.parametrize("monotonic", [True, False], ids=["monotonic", "any"])
def test_keys_of_a_function_that_grows(clean_postgresql_url, by_server, monotonic):
    """The order of such keys is that of the rows: one statement, where any other function needs one for each row."""
    made = func.grown(monotonic=monotonic)
    kind = {"server_default": made} if by_server else {"default": made}
    table = Table("grown", MetaData(), Column("id", Uuid, primary_key=True, **kind), Column("x", Integer))
    engine, sent = watched(clean_postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE seq")
        connection.exec_driver_sql(GROWING)
        table.create(connection)
        sent.clear()
        ordered = table.insert().returning(table.c.x, table.c.id, sort_by_parameter_order=True)
        found = connection.execute(ordered, ROWS).all()
    engine.dispose()
    assert [(x, key.int) for x, key in found] == [(5, 1), (4, 2), (3, 3)]
    names, before = ("x", "p0") if by_server else ("id, x", "grown(), p1")
    given = before.split()[-1]
    assert [sql for sql, _ in sent] == (
        [
            f"INSERT INTO grown ({names}) SELECT {before}::INTEGER FROM (VALUES (%(x__0)s::INTEGER, 0), "
            f"(%(x__1)s::INTEGER, 1), (%(x__2)s::INTEGER, 2)) AS imp_sen({given}, sen_counter) ORDER BY sen_counter "
            "RETURNING grown.x, grown.id, grown.id AS id__1"
        ]
        if monotonic
        else [
            f"INSERT INTO grown ({names}) VALUES ({'' if by_server else 'grown(), '}%(x)s::INTEGER) RETURNING grown.x, grown.id"
        ]
        * 3
    )


def test_a_value_in_the_place_of_a_growing_key(clean_postgresql_url):
    """Keys that the statement makes in another way say nothing of the order."""
    table = Table(
        "grown",
        MetaData(),
        Column("id", Uuid, primary_key=True, default=func.grown(monotonic=True)),
        Column("x", Integer),
    )
    engine, sent = watched(clean_postgresql_url, table)
    with engine.begin() as connection:
        sent.clear()
        ordered = table.insert().values(id=func.gen_random_uuid()).returning(table.c.x, sort_by_parameter_order=True)
        assert connection.scalars(ordered, ROWS).all() == [5, 4, 3]
    engine.dispose()
    assert len(sent) == 3


def test_no_value_is_cut_on_its_way_through_the_select(clean_postgresql_url):
    """A string longer than its column is refused there as in VALUES."""
    table = Table("batch", MetaData(), Column("id", Integer, primary_key=True), Column("s", String(3)))
    engine, _ = watched(clean_postgresql_url, table)
    statement = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    with engine.connect() as connection, pytest.raises(exc.DataError, match="too long"):
        connection.execute(statement, [{"s": "abcd"}, {"s": "a"}])
    engine.dispose()


def test_many_thousand_rows_in_order(clean_postgresql_url):
    """Ten thousand rows take eleven statements, and each comes back in its place."""
    table = counted("batch")
    engine, sent = watched(clean_postgresql_url, table)
    rows = [{"x": (number * 7919) % 10_007} for number in range(10_007)]
    with engine.begin() as connection:
        statement = table.insert().returning(table.c.x, sort_by_parameter_order=True)
        assert connection.execute(statement, rows).scalars().all() == [row["x"] for row in rows]
    engine.dispose()
    assert len(sent) == 11


def test_mariadb(clean_mariadb_url):
    """Keys are counted in the order of VALUES."""
    table = counted("batch")
    engine, sent = watched(clean_mariadb_url, table)
    with engine.begin() as connection:
        needs(connection, "insert_returning")
        ordered = table.insert().returning(table.c.x, table.c.id, sort_by_parameter_order=True)
        assert connection.execute(ordered, ROWS).all() == [(5, 1), (4, 2), (3, 3)]
        assert connection.execute(table.insert().returning(table.c.id), [{}, {}]).scalars().all() == [4, 5]
    engine.dispose()
    assert sent == [
        (
            "INSERT INTO batch (x) VALUES (%s), (%s), (%s) RETURNING batch.x, batch.id, batch.id AS id__1",
            (5, 4, 3),
        ),
        ("INSERT INTO batch (id) VALUES (DEFAULT), (DEFAULT) RETURNING batch.id", ()),
    ]
