"""Mistakes that people make when they write SQL: the error comes at the earliest moment and says what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast import (
    Column,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    any_,
    bindparam,
    cast,
    column,
    create_engine,
    desc,
    exc,
    func,
    insert,
    literal,
    select,
    table,
    text,
    tuple_,
    union,
    union_all,
    update,
)  # fmt: skip

METADATA = MetaData()
T = Table("t", METADATA, Column("id", Integer, primary_key=True), Column("x", String(5)), Column("n", Integer))
U = Table(
    "u", METADATA, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("t.id")),
    Column("b_id", ForeignKey("t.id")),
)  # fmt: skip
V = Table("v", METADATA, Column("id", Integer))

Case = tuple[Callable[[Any], Any], type[BaseException], str]

BUILDING: dict[str, Case] = {
    "and for &": (lambda c: (T.c.n > 5) and (T.c.n < 7), TypeError, "Join criteria by & | ~"),
    "if on a clause": (lambda c: bool(T.c.id > 5), TypeError, "it is SQL, which the database evaluates"),
    "IN a string": (lambda c: T.c.x.in_("abc"), exc.ArgumentError, "several are given as a list"),
    "IN a number": (lambda c: T.c.n.in_(5), exc.ArgumentError, "One value is compared by =="),
    "LIMIT of words": (lambda c: select(T).limit("a"), ValueError, "LIMIT and OFFSET take a whole number"),
    "a string as column": (lambda c: select("id"), exc.ArgumentError, "use column('id') for more specificity"),
    "a string as criterion": (lambda c: select(T).where("id=5"), exc.ArgumentError, "declared as text('id=5')"),
    "a string in FROM": (lambda c: select(T.c.id).select_from("t"), exc.ArgumentError, "declared as text('t')"),
    "a string as join": (lambda c: select(T).join("u"), exc.ArgumentError, "Join target, typically a FROM expression"),
    "a column that is not there": (lambda c: T.c.nme, AttributeError, "nme: the columns are id, x, n"),
    "a column of an alias": (lambda c: T.alias().c.nope, AttributeError, "nope: the columns are id, x, n"),
    "a subquery without subquery()": (lambda c: select(T.c.id).c, AttributeError, "no attribute 'c'"),
    "INSERT into an alias": (lambda c: insert(T.alias("a")), exc.ArgumentError, "takes no rows: write insert(t)"),
    "a table as value": (lambda c: T.c.id == T, exc.ArgumentError, "use the .table_valued() method"),
    "LIKE None": (lambda c: T.c.x.like(None), exc.ArgumentError, "operators can be used with None/True/False"),
    "less than None": (lambda c: T.c.id < None, exc.ArgumentError, "operators can be used with None/True/False"),
    "a class that is not mapped": (lambda c: select(int), exc.ArgumentError, "got <class 'int'>"),
    "a type by its name": (
        lambda c: cast(T.c.x, "integer"),
        exc.ArgumentError,
        "Use a type of holdfast such as Integer",
    ),
    "a Python type of a column": (lambda c: Column("a", int), exc.ArgumentError, "the name comes first, then the type"),
    "a table twice": (
        lambda c: Table("t", METADATA, Column("z", Integer)),
        exc.InvalidRequestError,
        "extend_existing=True",
    ),
    "several rows in UPDATE": (
        lambda c: update(T).values([{"x": 1}]),
        exc.InvalidRequestError,
        "multiple parameter sets",
    ),
    "arithmetic with ANY": (lambda c: any_(T.c.id) + 5, exc.ArgumentError, "Only comparison operators"),
    "text of a number": (lambda c: text(5), exc.ArgumentError, "text() takes a string of SQL, not int"),
    "loop over a SELECT": (lambda c: list(select(T)), TypeError, "'Select' object is not iterable"),
}

RUNNING: dict[str, Case] = {
    "a string as statement": (lambda c: c.execute("select 1"), exc.ObjectNotExecutableError, "Pass select(), insert()"),
    "order by what is not there": (
        lambda c: c.execute(select(T).order_by("nope")), exc.CompileError, "declared as text('nope')",
    ),
    "descending by what is not there": (
        lambda c: c.execute(select(T).order_by(desc("nope"))), exc.CompileError, "declared as text('nope')",
    ),
    "SQL as order": (
        lambda c: c.execute(select(T).order_by("id; drop table t")), exc.CompileError, "Can't resolve label reference",
    ),
    "no foreign key": (lambda c: c.execute(select(T).join(V)), exc.InvalidRequestError, "providing an explicit ON clause"),
    "two foreign keys": (
        lambda c: c.execute(select(T).join(U)), exc.AmbiguousForeignKeysError, "specify the 'onclause' of this join",
    ),
    "a parameter without a value": (lambda c: c.execute(text("select :a")), exc.StatementError, "bind parameter 'a'"),
    "a parameter of another name": (
        lambda c: c.execute(text("select :a"), {"b": 1}), exc.StatementError, "A value is required for bind parameter 'a'",
    ),
    "parameters in a tuple": (lambda c: c.execute(text("select :a"), (1,)), exc.ArgumentError, "consist only of dict"),
    "a column that is not there in VALUES": (
        lambda c: c.execute(insert(T).values(nme=1)), exc.CompileError, "The table 't' has the columns id, x, n",
    ),
    "rows with other keys": (
        lambda c: c.execute(insert(T), [{"x": "a"}, {"n": 1}]), exc.StatementError, "parameter 'x', in parameter group 1",
    ),
    "UPDATE of nothing": (lambda c: c.execute(update(T)), exc.CompileError, "sets nothing; give it values()"),
    "unions of other widths": (
        lambda c: c.execute(union(select(T.c.id), select(T.c.id, T.c.x))), exc.CompileError, "select #2 has 2",
    ),
    "a name taken twice": (
        lambda c: c.execute(select(T.c.id).where(T.c.id == bindparam("x_1"), T.c.x == "a"), {"x_1": 1}),
        exc.CompileError, "conflicts with unique bind parameter",
    ),
    "a member that is none": (
        lambda c: c.execute(select(literal("zz", Enum("a", name="q", validate_strings=True)))),
        exc.StatementError, "Possible values: a",
    ),
    "a row value selected": (lambda c: c.execute(select(tuple_(T.c.id, T.c.x))), exc.CompileError, "SELECTing from a tuple"),
    "a key of a row": (
        lambda c: c.execute(select(literal(1).label("a"))).one().b, AttributeError, "column 'b'; the row has 'a'",
    ),
    "no row": (lambda c: c.execute(select(T)).scalar_one(), exc.NoResultFound, "No row was found when one was required"),
    "several rows": (
        lambda c: c.execute(union_all(select(literal(1)), select(literal(2)))).one(),
        exc.MultipleResultsFound, "exactly one was required",
    ),
    "rows of an INSERT": (
        lambda c: c.execute(insert(T).values(x="a")).all(), exc.ResourceClosedError, "does not return rows",
    ),
    "a table that is not there": (
        lambda c: c.execute(select(table("nope", column("x")))), exc.OperationalError, "no such table: nope",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def connection():
    """A connection to a database with the tables."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection


@pytest.mark.parametrize("case", {**BUILDING, **RUNNING})
def test_told(case: str, connection) -> None:
    """The class that programs catch, and the words that say what to do."""
    act, kind, words = {**BUILDING, **RUNNING}[case]
    with pytest.raises(kind) as caught:
        act(connection)
    assert words in str(caught.value)
    connection.rollback()


def test_a_key_error_has_a_note() -> None:
    """The key stays what programs look at; what there is stands beside it."""
    with pytest.raises(KeyError) as caught:
        T.c["nme"]
    assert (caught.value.args, caught.value.__notes__) == (("nme",), ["The columns are id, x, n."])


def test_functions_of_any_name() -> None:
    """A function that Holdfast does not know is not a mistake."""
    assert str(func.nobody_knows(1)) == "nobody_knows(:nobody_knows_1)"
