"""WITH inside a statement: where `nest_here` and `nesting` write it, and where it can not stand."""

from holdfast import Column, Integer, MetaData, Table, create_engine, insert, select

T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))


def flat(statement) -> str:
    """Return a statement's text on one line."""
    return " ".join(str(statement).split())


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
