"""A FROM element that nothing joins is told of, once per statement and engine; not where the program said it knows."""

import warnings

import pytest

from holdfast import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    exc,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    union,
    update,
)  # fmt: skip

METADATA = MetaData()
T = Table("t", METADATA, Column("id", Integer, primary_key=True), Column("x", Integer))
U = Table("u", METADATA, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
V = Table("v", METADATA, Column("id", Integer, primary_key=True), Column("u_id", ForeignKey("u.id")))

JOINED = {
    "by a foreign key": select(T, U).join(U),
    "by a condition that is always true": select(T, U).join(U, true()),
    "by a comparison": select(T, U).where(T.c.id == U.c.t_id),
    "by a comparison among others": select(T, U).where(or_(T.c.id == U.c.t_id, T.c.x == 5)),
    "by BETWEEN": select(T, U).where(T.c.id.between(U.c.id, 5)),
    "by IN": select(T, U).where(T.c.id.in_([U.c.id])),
    "by row values": select(T, U).where(tuple_(T.c.id, T.c.x) == tuple_(U.c.id, U.c.t_id)),
    "by correlation": select(T).where(exists().where(U.c.t_id == T.c.id)),
    "as a value": select(T.c.id, select(U.c.id).limit(1).scalar_subquery()),
    "by an argument": select(T, func.json_each(T.c.x).table_valued("value")),
    "UPDATE": update(T).values(x=1).where(U.c.t_id == T.c.id),
}

APART = {
    "two tables": (select(T, U), "SELECT", '"u"', "t"),
    "one of three": (select(T, U, V).where(T.c.id == U.c.t_id), "SELECT", '"v"', "t"),
    "both others": (select(T, U, V), "SELECT", '"u", "v"', "t"),
    "an alias": (select(T, T.alias("a")), "SELECT", '"a"', "t"),
    "a sum of both": (select(T, U).where(T.c.id + U.c.id == 5), "SELECT", '"u"', "t"),
    "in a subquery": (select(select(T.c.id, U.c.id).subquery()), "SELECT", '"u"', "t"),
    "in a union": (union(select(T.c.id, U.c.id), select(T.c.id, T.c.x)), "SELECT", '"u"', "t"),
    "INSERT from SELECT": (insert(T).from_select(["x"], select(U.c.id + V.c.id)), "SELECT", '"v"', "u"),
    "UPDATE": (update(T).values(x=1).where(U.c.id == 5), "UPDATE", '"u"', "t"),
}


@pytest.fixture
def connection():
    """A connection to a database with the tables."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection


@pytest.mark.parametrize("case", JOINED)
def test_joined(case: str, connection) -> None:
    """No word where rows belong to each other."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", exc.SAWarning)
        connection.execute(JOINED[case])


@pytest.mark.parametrize("case", APART)
def test_apart(case: str, connection) -> None:
    """The warning names both sides; a statement that was seen before is not looked at again."""
    statement, kind, names, first = APART[case]
    with pytest.warns(exc.SAWarning) as caught:
        connection.execute(statement)
    assert [str(warning.message) for warning in caught if warning.category is exc.SAWarning] == [
        f'{kind} statement has a cartesian product between FROM element(s) {names} and FROM element "{first}".  Apply join '
        "condition(s) between each element to resolve."
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error", exc.SAWarning)
        connection.execute(statement)


def test_switched_off_or_only_shown() -> None:
    """`enable_from_linting=False` says that the program knows; a statement that is only printed is nobody's mistake."""
    engine = create_engine("sqlite://", enable_from_linting=False)
    METADATA.create_all(engine)
    with warnings.catch_warnings(), engine.connect() as connection:
        warnings.simplefilter("error", exc.SAWarning)
        connection.execute(select(T, U))
        str(select(T, U))
        str(delete(T).where(U.c.id == 5))
