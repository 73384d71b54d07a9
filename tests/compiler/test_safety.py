"""No value of a user's reaches the text: canaries wherever values go, fuzzed identifiers, literals that read back equal."""

import math
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    cast,
    create_engine,
    delete,
    exc,
    extract,
    func,
    insert,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from holdfast.dialects import mysql, postgresql, sqlite

CANARY = "CANARY' \" ` \\ ; -- /* %s :x"
TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("w", String))
x, w = TABLE.c
DIALECTS = [None, sqlite.dialect(), postgresql.dialect(), mysql.dialect()]

VALUES = {
    "comparison": select(TABLE).where(w == CANARY),
    "IN": select(TABLE).where(w.in_([CANARY])),
    "IN with tuples": select(TABLE).where(tuple_(x, w).in_([(1, CANARY)])),
    "LIKE": select(TABLE).where(w.like(CANARY), w.contains(CANARY, autoescape=True), w.ilike(CANARY)),
    "BETWEEN": delete(TABLE).where(w.between(CANARY, CANARY)),
    "argument of a function": select(func.coalesce(w, CANARY)),
    "literal": select(literal(CANARY)),
    "concatenation": select(w + CANARY, CANARY + w),
    "CASE": select(case((w == CANARY, CANARY), else_=CANARY)),
    "CAST": select(cast(CANARY, String)),
    "filter_by": select(TABLE).filter_by(w=CANARY),
    "INSERT": insert(TABLE).values(w=CANARY),
    "INSERT of rows": insert(TABLE).values([{"w": CANARY}, {"w": CANARY}]),
    "UPDATE": update(TABLE).values(w=CANARY).where(w != CANARY),
}


@pytest.mark.parametrize("place", VALUES)
@pytest.mark.parametrize("dialect", DIALECTS, ids=["standard", "sqlite", "postgresql", "mysql"])
def test_values_travel_beside_the_text(place, dialect):
    """Also where lists are expanded for the execution."""
    compiled = VALUES[place].compile(dialect=dialect)
    assert "CANARY" not in str(compiled)
    sql, _ = compiled.bind(VALUES[place]._values)
    assert "CANARY" not in sql


NAMES = {
    "label": select(x.label(CANARY)),
    "alias": select(TABLE.alias(CANARY)),
    "CTE or subquery": select(select(x).subquery(CANARY)),
    "function": select(getattr(func, CANARY)(x).label("f")),
    "collation": select(w.collate(CANARY)),
    "schema": select(Table("t", MetaData(), Column("x", Integer), schema=CANARY)),
}


@pytest.mark.parametrize("place", NAMES)
@pytest.mark.parametrize("dialect", DIALECTS, ids=["standard", "sqlite", "postgresql", "mysql"])
def test_names_are_quoted(place, dialect):
    """A name is in quotes with its own quotes doubled, and nowhere else."""
    text = str(NAMES[place].compile(dialect=dialect))
    mark = '"' if dialect is None else dialect.capabilities.quote_mark
    quoted = mark + CANARY.replace(mark, mark * 2) + mark
    doubled = quoted.replace("%", "%%")
    assert "CANARY" in text
    assert "CANARY" not in text.replace(quoted, "").replace(doubled, "")


REFUSED = {
    "LIMIT": lambda: select(TABLE).limit(CANARY),
    "OFFSET": lambda: select(TABLE).offset(CANARY),
    "ORDER BY": lambda: str(select(TABLE).order_by(CANARY)),
    "GROUP BY": lambda: str(select(TABLE).group_by(CANARY)),
    "column": lambda: select(CANARY),
    "criterion": lambda: select(TABLE).where(CANARY),
    "field of a date": lambda: str(extract(CANARY, w)),
    "key of filter_by": lambda: select(TABLE).filter_by(**{CANARY: 1}),
    "key of values": lambda: str(insert(TABLE).values(**{CANARY: 1})),
}


@pytest.mark.parametrize("place", REFUSED)
def test_text_where_none_belongs_is_refused(place):
    """It never becomes SQL."""
    with pytest.raises((exc.SQLAlchemyError, ValueError)):
        REFUSED[place]()


IDENTIFIERS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@given(IDENTIFIERS, IDENTIFIERS, IDENTIFIERS)
def test_any_name_works_or_is_refused(table_name, column_name, label):
    """Created, filled, read under a label: the exact names come back; or an IdentifierError says why not."""
    engine = create_engine("sqlite://")
    table = Table(table_name, MetaData(), Column(column_name, Integer))
    try:
        with engine.connect() as connection:
            table.create(connection)
            connection.execute(insert(table), {column_name: 7})
            result = connection.execute(select(table.c[0], table.c[0].label(label)).where(table.c[0] == 7))
            keys = tuple(result.keys())
            assert keys in ((column_name, label), (column_name, f"{label}_1"))
            assert tuple(result.one()) == (7, 7)
            raw = connection.connection.dbapi_connection
            names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master").fetchall()]
            assert names == [table_name]
    except exc.IdentifierError:
        assert "\0" in table_name + column_name + label
    except exc.OperationalError:
        # SQLite keeps names that begin so for itself.
        assert table_name.lower().startswith("sqlite_")
    finally:
        engine.dispose()


def read_back(expression):
    """Return what SQLite makes of an expression whose values are written into the text."""
    text = str(select(expression).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    bare = sqlite3.connect(":memory:")
    try:
        return text, bare.execute(text).fetchone()[0]
    finally:
        bare.close()


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_a_literal_text_reads_back_equal(value):
    """Quotes, backslashes, percent signs, comments: what goes in comes out."""
    assert read_back(literal(value))[1] == value


@given(st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_literal_number_reads_back_equal(value):
    """Negative ones never make a comment."""
    text, found = read_back(literal(value))
    # SQLite reads the last digit of very large and small numbers not always rightly.
    assert found == value or math.isclose(found, value, rel_tol=1e-15)
    assert "--" not in text
    text, found = read_back(literal(5, Integer) - literal(-3, Integer))
    assert (found, "--" in text) == (8, False)


@given(st.binary())
def test_literal_bytes_read_back_equal(value):
    """Bytes are written in hexadecimal."""
    assert read_back(literal(value, LargeBinary))[1] == value


class Tree:
    """A random expression as SQL and as the value that Python gives it."""

    def __init__(self, sql, value):
        self.sql, self.value = sql, value


def _combined(children):
    def combine(op, left, right):
        return Tree(op(left.sql, right.sql), op(left.value, right.value))

    operators = st.sampled_from([lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b])
    return st.builds(combine, operators, children, children) | st.builds(lambda t: Tree(-t.sql, -t.value), children)


NUMBERS = st.recursive(
    st.integers(-9, 9).map(lambda n: Tree(literal(n, Integer), n)), _combined, max_leaves=8
)  # fmt: skip


def _criteria(children):
    both = st.tuples(children, children)
    return (
        both.map(lambda pair: Tree(pair[0].sql & pair[1].sql, pair[0].value and pair[1].value))
        | both.map(lambda pair: Tree(pair[0].sql | pair[1].sql, pair[0].value or pair[1].value))
        | children.map(lambda tree: Tree(~tree.sql, not tree.value))
    )


COMPARISONS = st.tuples(
    NUMBERS, NUMBERS, st.sampled_from(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"])
).map(
    lambda parts: Tree(getattr(parts[0].sql, parts[2])(parts[1].sql), getattr(parts[0].value, parts[2])(parts[1].value))
)
CRITERIA = st.recursive(COMPARISONS, _criteria, max_leaves=6)


@pytest.fixture(scope="module")
def connection():
    """A connection to an empty database."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_precedence_of_numbers(connection):
    """Parentheses stand wherever the database would otherwise read another expression."""

    @given(NUMBERS)
    def check(tree):
        assert connection.scalar(select(tree.sql)) == tree.value

    check()


def test_precedence_of_criteria(connection):
    """The same for comparisons, AND, OR and NOT."""

    @given(CRITERIA)
    def check(tree):
        assert len(connection.execute(select(literal(1)).where(tree.sql)).all()) == bool(tree.value)

    check()


def test_values_written_into_the_text_do_not_meet() -> None:
    """A value that looks like the place of another one stays a value: nothing of a second value leaves its quotes."""
    mark = "__[POSTCOMPILE_d]"
    statement = select(literal(mark, literal_execute=True).label("p")).where(
        bindparam("c", mark, literal_execute=True) != bindparam("d", " OR 1=1 --", literal_execute=True),
        literal_column("1").in_(bindparam("e", [1], expanding=True)),
    )
    with create_engine("sqlite://").connect() as connection:
        assert connection.execute(statement).all() == [(mark,)]
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    assert str(compiled) == f"SELECT '{mark}' AS p \nWHERE '{mark}' != ' OR 1=1 --' AND 1 IN (?)"
    assert compiled.params == {"e_1": 1}
