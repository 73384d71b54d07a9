"""WITH inside a statement: where `nest_here` and `nesting` write it, and where it can not stand."""

from holdfast import Column, Integer, MetaData, Table, create_engine, insert, select, union_all
from holdfast.dialects import mysql, sqlite

T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))


def flat(statement, dialect=None) -> str:
    """Return a statement's text on one line."""
    return " ".join(str(statement.compile(dialect=dialect)).split())


def test_nest_here_writes_it_in_the_statement() -> None:
    """It was written at the top of the whole."""
    beside = select(T.c.x).cte("beside")
    inner = select(T.c.id).add_cte(beside, nest_here=True)
    nested = "WITH beside AS (SELECT t.x AS x FROM t)"
    assert flat(inner) == f"{nested} SELECT t.id FROM t"
    assert flat(select(inner.subquery().c.id)) == (
        f"SELECT anon_1.id FROM ({nested} SELECT t.id AS id FROM t) AS anon_1"
    )
    assert flat(select(T.c.x).where(T.c.id.in_(inner))) == (
        f"SELECT t.x FROM t WHERE t.id IN ({nested} SELECT t.id FROM t)"
    )
    assert flat(select(select(T.c.id).add_cte(beside).subquery().c.id)) == (
        f"{nested} SELECT anon_1.id FROM (SELECT t.id AS id FROM t) AS anon_1"
    )


def test_what_the_statement_reads_itself_is_the_same_expression() -> None:
    """One name, written once."""
    read = select(T.c.x).cte("read")
    assert flat(select(select(read.c.x).add_cte(read, nest_here=True).subquery().c.x)) == (
        "SELECT anon_1.x FROM (WITH read AS (SELECT t.x AS x FROM t) SELECT read.x AS x FROM read) AS anon_1"
    )


def test_members_of_a_union_have_no_with_of_their_own() -> None:
    """SQLite takes none there, so it goes before the whole; nesting ones too."""
    member = select(T.c.x).add_cte(select(T.c.id).cte("beside"), nest_here=True)
    union = select(T.c.id).union(member)
    assert flat(union) == "WITH beside AS (SELECT t.id AS id FROM t) SELECT t.id FROM t UNION SELECT t.x FROM t"
    nesting = select(T.c.x).cte("inner_one", nesting=True)
    other = select(T.c.id).union_all(select(nesting.c.x))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        T.create(connection)
        connection.execute(insert(T), [{"id": 1, "x": 5}, {"id": 2, "x": 1}])
        assert sorted(connection.scalars(union)) == [1, 2, 5]
        assert sorted(connection.scalars(other)) == [1, 1, 2, 5]
        assert sorted(connection.scalars(select(union.subquery().c.id))) == [1, 2, 5]


def test_each_level_that_reads_it_has_its_own() -> None:
    """It was written in the first of two subqueries, and the second could not see it."""
    nesting = select(T.c.x).where(T.c.id < 2).cte("n", nesting=True)
    first, second = select(nesting.c.x).subquery("a"), select(nesting.c.x).subquery("b")
    written = "(WITH n AS (SELECT t.x AS x FROM t WHERE t.id < ?) SELECT n.x AS x FROM n)"
    both = select(first.c.x, second.c.x).where(first.c.x == second.c.x)
    assert flat(both, sqlite.dialect()) == (
        f"SELECT a.x, b.x AS x_1 FROM {written} AS a, {written} AS b WHERE a.x = b.x"
    )
    with create_engine("sqlite://").connect() as connection:
        T.create(connection)
        connection.execute(insert(T), [{"id": 1, "x": 5}, {"id": 2, "x": 1}])
        assert connection.execute(both).all() == [(5, 5)]


def test_what_an_insert_reads_stands_in_one_place() -> None:
    """Before it, or on MariaDB behind the names of its columns, which takes it nowhere else, and once."""
    plain, nesting = select(T.c.id, T.c.x).cte("p"), select(T.c.id, T.c.x).cte("n", nesting=True)
    columns = ["id", "x"]
    statement = insert(T).from_select(columns, select(plain.c.id, nesting.c.x).where(plain.c.id == nesting.c.id))
    both = "WITH p AS (SELECT t.id AS id, t.x AS x FROM t), n AS (SELECT t.id AS id, t.x AS x FROM t)"
    rest = "SELECT p.id, n.x FROM p, n WHERE p.id = n.id"
    assert flat(statement) == f"{both} INSERT INTO t (id, x) {rest}"
    assert flat(statement, mysql.dialect()) == f"INSERT INTO t (id, x) {both} {rest}"
    union = insert(T).from_select(columns, union_all(select(plain), select(nesting)))
    of_all = "SELECT p.id, p.x FROM p UNION ALL SELECT n.id, n.x FROM n"
    assert flat(union, mysql.dialect()) == f"INSERT INTO t (id, x) {both} {of_all}"
    beside = insert(T).from_select(columns, select(nesting)).add_cte(plain)
    assert flat(beside, mysql.dialect()) == f"INSERT INTO t (id, x) {both} SELECT n.id, n.x FROM n"


def test_subqueries_in_set_nest_their_own() -> None:
    """What the SELECT of an upsert reads stays before the INSERT; on MariaDB an expression of SET stands with it."""
    nesting, other = select(T.c.id, T.c.x).cte("n", nesting=True), select(T.c.x).cte("o", nesting=True)
    rows = sqlite.insert(T).from_select(["id", "x"], select(nesting))
    upsert = rows.on_conflict_do_update(index_elements=["id"], set_={"x": select(other.c.x).scalar_subquery()})
    assert flat(upsert) == (
        "WITH n AS (SELECT t.id AS id, t.x AS x FROM t) INSERT INTO t (id, x) SELECT n.id, n.x FROM n "
        "ON CONFLICT (id) DO UPDATE SET x = (WITH o AS (SELECT t.x AS x FROM t) SELECT o.x FROM o)"
    )
    plain = select(T.c.x).cte("o")
    twice = mysql.insert(T).from_select(["id", "x"], select(nesting))
    assert flat(twice.on_duplicate_key_update(x=select(plain.c.x).scalar_subquery()), mysql.dialect()) == (
        "INSERT INTO t (id, x) WITH n AS (SELECT t.id AS id, t.x AS x FROM t), o AS (SELECT t.x AS x FROM t) "
        "SELECT n.id, n.x FROM n ON DUPLICATE KEY UPDATE x = (SELECT o.x FROM o)"
    )
