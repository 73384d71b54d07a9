"""Results and rows: every way of reading them, once, in order; what they refuse."""

import pickle

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    insert,
    literal_column,
    select,
    text,
    update,
)

TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("word", String))
ROWS = [(1, "a"), (2, "b"), (3, "b"), (4, None)]


@pytest.fixture
def connection():
    """A connection to a database with four rows."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE), [{"x": x, "word": word} for x, word in ROWS])
        yield connection
    engine.dispose()


def ask(connection, *columns):
    """Return the result of a SELECT of all rows in order."""
    return connection.execute(select(*columns or (TABLE.c.x, TABLE.c.word)).order_by(TABLE.c.x))


READS = {
    "all": (lambda r: r.all(), ROWS),
    "fetchall": (lambda r: r.fetchall(), ROWS),
    "iteration": (lambda r: list(r), ROWS),
    "first": (lambda r: r.first(), ROWS[0]),
    "fetchone, then the rest": (lambda r: (r.fetchone(), r.all()), (ROWS[0], ROWS[1:])),
    "fetchmany": (lambda r: (r.fetchmany(3), r.fetchmany(3), r.fetchmany(3)), (ROWS[:3], ROWS[3:], [])),
    "partitions": (lambda r: list(r.partitions(3)), [ROWS[:3], ROWS[3:]]),
    "yield_per": (lambda r: list(r.yield_per(3).partitions()), [ROWS[:3], ROWS[3:]]),
    "scalars": (lambda r: r.scalars().all(), [1, 2, 3, 4]),
    "scalars of another column": (lambda r: r.scalars("word").all(), ["a", "b", "b", None]),
    "scalar": (lambda r: r.scalar(), 1),
    "columns": (lambda r: r.columns("word", "x").all(), [(word, x) for x, word in ROWS]),
    "mappings": (lambda r: r.mappings().all(), [{"x": x, "word": word} for x, word in ROWS]),
    "mapping": (lambda r: r.mappings().first(), {"x": 1, "word": "a"}),
    "tuples": (lambda r: r.tuples().all(), ROWS),
    "keys": (lambda r: list(r.keys()), ["x", "word"]),
    "unique": (lambda r: r.columns("word").unique().all(), [("a",), ("b",), (None,)]),
    "unique by a function": (lambda r: r.unique(lambda row: row.x % 2).all(), ROWS[:2]),
    "unique scalars": (lambda r: r.scalars(1).unique().all(), ["a", "b", None]),
}


@pytest.mark.parametrize("case", READS)
def test_reading(connection, case):
    """Each way of reading gives what the documents say."""
    read, expected = READS[case]
    assert read(ask(connection)) == expected


ONES = {
    "one": (lambda r: r.one(), {1: (1, "a")}),
    "one_or_none": (lambda r: r.one_or_none(), {0: None, 1: (1, "a")}),
    "scalar_one": (lambda r: r.scalar_one(), {1: 1}),
    "scalar_one_or_none": (lambda r: r.scalar_one_or_none(), {0: None, 1: 1}),
    "scalars one": (lambda r: r.scalars().one(), {1: 1}),
    "mappings one": (lambda r: r.mappings().one(), {1: {"x": 1, "word": "a"}}),
}


@pytest.mark.parametrize("case", ONES)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_exactly_one(connection, case, count):
    """None too many, none too few: else an error that says which."""
    read, expected = ONES[case]
    result = connection.execute(select(TABLE).where(TABLE.c.x <= count).order_by(TABLE.c.x))
    if count in expected:
        assert read(result) == expected[count]
    else:
        error = exc.NoResultFound if count == 0 else exc.MultipleResultsFound
        with pytest.raises(error, match="No row was found|Multiple rows were found"):
            read(result)


def test_a_row_is_a_named_tuple(connection):
    """By position, name, attribute, column; equal, ordered and hashed as a tuple; pickled."""
    row = ask(connection).first()
    assert (row[0], row[1], row[-1], row[0:1]) == (1, "a", "a", (1,))
    assert (row.x, row.word) == (1, "a")
    assert row._mapping["x"] == row._mapping[TABLE.c.x] == 1
    assert row._fields == ("x", "word")
    assert row._asdict() == dict(row._mapping) == {"x": 1, "word": "a"}
    assert row == (1, "a")
    assert row < (2, "a")
    assert hash(row) == hash((1, "a"))
    assert {row: "found"}[(1, "a")] == "found"
    x, word = row
    assert (x, word, len(row), list(row), 1 in row) == (1, "a", 2, [1, "a"], True)
    assert (row.count("a"), row.index("a")) == (1, 1)
    copied = pickle.loads(pickle.dumps(row))
    assert (copied, copied.word, copied._mapping["x"]) == (row, "a", 1)
    assert repr(row) == "(1, 'a')"


def test_what_a_row_does_not_have(connection):
    """Names that were not selected, with words; nothing can be set."""
    row = ask(connection).first()
    with pytest.raises(AttributeError, match="Could not locate column in row for column 'nope'"):
        row.nope
    with pytest.raises(exc.NoSuchColumnError, match="Could not locate column in row for column 'nope'"):
        row._mapping["nope"]
    with pytest.raises(AttributeError, match="can't set attribute"):
        row.x = 5
    with pytest.raises(TypeError):
        row["x"]


def test_two_columns_of_one_name(connection):
    """Both are in the row; the name alone is ambiguous."""
    row = connection.execute(select(literal_column("1").label("n"), literal_column("2").label("n"))).one()
    assert tuple(row) == (1, 2)
    with pytest.raises(exc.InvalidRequestError, match="Ambiguous column name 'n'"):
        row._mapping["n"]


def test_a_result_is_read_once(connection):
    """What was read does not come again; closing ends it."""
    result = ask(connection)
    assert len(result.fetchmany(2)) == 2
    assert len(result.all()) == 2
    assert result.all() == []
    result.close()
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed"):
        result.all()
    first = ask(connection)
    first.first()
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed"):
        first.fetchone()


def test_a_statement_without_rows(connection):
    """Counts and keys, no rows."""
    changed = connection.execute(update(TABLE).where(TABLE.c.x > 2).values(word="c"))
    assert changed.rowcount == 2
    assert not changed.returns_rows
    with pytest.raises(exc.ResourceClosedError, match="does not return rows"):
        changed.all()
    added = connection.execute(insert(TABLE).values(word="d"))
    assert tuple(added.inserted_primary_key) == (5,)
    assert added.lastrowid == 5
    assert added.is_insert


def test_a_frozen_result_thaws_many_times(connection):
    """freeze() keeps the rows; each call of it is a new result."""
    frozen = ask(connection).freeze()
    assert frozen().all() == frozen().all() == ROWS
    assert frozen().scalars().all() == [1, 2, 3, 4]


def test_merged_results(connection):
    """One after the other, as one."""
    merged = ask(connection).merge(ask(connection))
    assert merged.all() == ROWS + ROWS


def test_text_gives_its_columns_types(connection):
    """text().columns() says what comes back."""
    result = connection.execute(text("SELECT x, word FROM t ORDER BY x").columns(TABLE.c.x, TABLE.c.word))
    row = result.first()
    assert (row.x, row._mapping[TABLE.c.word]) == (1, "a")


def test_a_block_closes(connection):
    """A result is a context manager."""
    with ask(connection) as result:
        assert result.first() == (1, "a")
    assert result.closed


def test_text_among_columns_has_the_name_that_it_says(connection):
    """What stands behind AS in a text is the row's key, as of the whole statement; columns keep theirs."""
    statement = select(TABLE.c.x, text("upper(word) AS loud"), text("word")).select_from(TABLE).where(TABLE.c.x == 1)
    row = connection.execute(statement).one()
    assert row._asdict() == {"x": 1, "loud": "A", "word": "a"}
    assert (row.loud, row._mapping[TABLE.c.x]) == ("A", 1)
