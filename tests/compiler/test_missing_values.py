"""Parameters that nobody gave a value: lists, literal texts, lists of rows."""

import warnings

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    delete,
    exc,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)

ITEMS = Table("items", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
LITERAL = {"literal_binds": True}


@pytest.fixture
def connection():
    """Three rows."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        ITEMS.create(connection)
        connection.execute(insert(ITEMS), [{"id": number, "name": "abc"[number - 1]} for number in (1, 2, 3)])
        yield connection
    engine.dispose()


def test_a_list_without_a_value_is_no_empty_list(connection) -> None:
    """Forgotten, it is an error; it was an IN without members, which finds nothing, and NOT IN all."""
    for criterion in (
        ITEMS.c.id.in_(bindparam("ids", expanding=True)),
        ITEMS.c.id.not_in(bindparam("ids")),
        tuple_(ITEMS.c.id, ITEMS.c.name).in_(bindparam("ids", expanding=True)),
    ):
        with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'ids'"):
            connection.execute(delete(ITEMS).where(criterion))
        with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'ids'"):
            connection.execute(select(ITEMS).where(criterion), {"id": 1})
        with pytest.raises(exc.InvalidRequestError, match="A value is required for bind parameter 'ids'"):
            criterion.compile(compile_kwargs={"render_postcompile": True})
    found = select(func.count()).where(ITEMS.c.id.in_(bindparam("ids", expanding=True)))
    assert connection.scalar(found, {"ids": [1, 3]}) == 2
    assert connection.scalar(found, {"ids": []}) == 0


def test_construct_params_wants_every_value() -> None:
    """`params` shows None for what is missing; `construct_params` refuses, unless it is told not to look."""
    compiled = select(ITEMS).where(ITEMS.c.id == bindparam("wanted"), ITEMS.c.name == "a").compile()
    assert compiled.params == {"wanted": None, "name_1": "a"}
    with pytest.raises(exc.InvalidRequestError, match="A value is required for bind parameter 'wanted'"):
        compiled.construct_params()
    assert compiled.construct_params({"wanted": 3}) == {"wanted": 3, "name_1": "a"}
    assert compiled.construct_params(_check=False) == {"wanted": None, "name_1": "a"}
    assert insert(ITEMS).compile().construct_params() == {"id": None, "name": None}


@pytest.mark.parametrize(
    ("criterion", "rows"),
    [
        (ITEMS.c.id.in_(bindparam("v", expanding=True)), [{"v": [1]}, {"v": [2, 3]}]),
        (ITEMS.c.id == bindparam("v", literal_execute=True), [{"v": 1}, {"v": 2}]),
    ],
)
def test_several_rows_of_values_in_the_text(connection, criterion, rows) -> None:
    """The text of the first row served for all: rows were deleted that nobody named, or the driver counted wrong."""
    with pytest.raises(exc.StatementError, match=r"can't be used with executemany\(\).*once for each row"):
        connection.execute(delete(ITEMS).where(criterion), rows)
    assert connection.scalar(select(func.count()).select_from(ITEMS)) == 3
    assert sum(connection.execute(delete(ITEMS).where(criterion), row).rowcount for row in rows[:2]) >= 2


def test_several_rows_beside_a_list_of_the_statement(connection) -> None:
    """A list that came with the statement is the same for all rows."""
    statement = update(ITEMS).where(ITEMS.c.id.in_([1, 2]), ITEMS.c.name == bindparam("was")).values(name="z")
    connection.execute(statement, [{"was": "a"}, {"was": "b"}, {"was": "c"}])
    assert connection.scalars(select(ITEMS.c.name).order_by(ITEMS.c.id)).all() == ["z", "z", "c"]


def test_a_value_that_is_no_list(connection) -> None:
    """The error is one of the statement's and names the parameter."""
    with pytest.raises(exc.StatementError, match=r"'int' object is not iterable\nparameter 'v' was given a int"):
        connection.execute(select(ITEMS).where(ITEMS.c.id.in_(bindparam("v", expanding=True))), {"v": 5})


MISSING = bindparam("x", type_=Integer)
NONE = bindparam("x", None, type_=Integer)


@pytest.mark.parametrize("bind", [MISSING, NONE], ids=["missing", "None"])
@pytest.mark.parametrize(
    ("build", "expected", "warned"),
    [
        (lambda x: ITEMS.c.id == x, "items.id = NULL", 1),
        (lambda x: ITEMS.c.id + x, "items.id + NULL", 1),
        (lambda x: ITEMS.c.id.between(x, 5), "items.id BETWEEN NULL AND 5", 1),
        (lambda x: ITEMS.c.id.in_([1, x]), "items.id IN (1, NULL)", 1),
        (lambda x: tuple_(ITEMS.c.id, ITEMS.c.name) == tuple_(x, "a"), "(items.id, items.name) = (NULL, 'a')", 1),
        (lambda x: x + x, "NULL + NULL", 2),
        (lambda x: ITEMS.c.id.is_(x), "items.id IS NULL", 0),
        (lambda x: ITEMS.c.name.like(x), "items.name LIKE NULL", 0),
        (lambda x: func.f(x), "f(NULL)", 0),
        (lambda x: case((ITEMS.c.id == 5, x)), "CASE WHEN (items.id = 5) THEN NULL END", 0),
        (lambda x: update(ITEMS).values(id=x), "UPDATE items SET id=NULL", 0),
        (lambda x: text("a = :x").bindparams(x), "a = NULL", 0),
    ],
)
def test_literal_null(build, expected: str, warned: int, bind) -> None:
    """What has no value is NULL in a text with literal values; as an operand it is warned of, since nothing else comes of it."""
    with warnings.catch_warnings(record=True) as told:
        # Nothing but these: what the collector says of other tests' connections is not about this.
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", exc.SAWarning)
        assert str(build(bind).compile(compile_kwargs=LITERAL)) == expected
    assert [str(one.message).partition(" in a SQL")[0] for one in told] == [
        "Bound parameter 'x' rendering literal NULL"
    ] * warned


def test_a_list_without_a_value_is_null_in_a_literal_text() -> None:
    """As the other parameters are."""
    with pytest.warns(exc.SAWarning, match="Bound parameter 'ids' rendering literal NULL"):
        shown = str(ITEMS.c.id.in_(bindparam("ids", expanding=True)).compile(compile_kwargs=LITERAL))
    assert shown == "items.id IN (NULL)"
    assert str(ITEMS.c.id.in_([None, 1]).compile(compile_kwargs=LITERAL)) == "items.id IN (NULL, 1)"
    assert str(select(literal(None, Integer)).compile(compile_kwargs=LITERAL)) == "SELECT NULL AS anon_1"
