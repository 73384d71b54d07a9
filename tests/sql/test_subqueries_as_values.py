"""A subquery where an expression is wanted: its SELECT is meant, which is done with a warning."""

import pytest

from holdfast import Column, Integer, MetaData, Table, any_, case, exc, func, insert, select, tuple_, update

T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
OTHER = Table("other", MetaData(), Column("id", Integer), Column("n", Integer))
SUBQUERY = select(OTHER.c.id).subquery()
INNER = "(SELECT other.id FROM other)"


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda: T.c.x == SUBQUERY, f"t.x = {INNER}"),
        (lambda: T.c.x + SUBQUERY, f"t.x + {INNER}"),
        (lambda: T.c.x.between(SUBQUERY, 5), f"t.x BETWEEN {INNER} AND :x_1"),
        (lambda: func.f(SUBQUERY), f"f({INNER})"),
        (lambda: case((T.c.x == 1, SUBQUERY)), f"CASE WHEN (t.x = :x_1) THEN {INNER} END"),
        (lambda: T.c.x == any_(SUBQUERY), f"t.x = ANY {INNER}"),
        (lambda: select(T.c.id).where(SUBQUERY), f"SELECT t.id FROM t WHERE {INNER}"),
        (lambda: update(T).values(x=SUBQUERY), f"UPDATE t SET x={INNER}"),
        (lambda: insert(T).values(x=SUBQUERY), f"INSERT INTO t (x) VALUES ({INNER})"),
        (
            lambda: update(T).values({tuple_(T.c.x, T.c.id): select(OTHER.c.id, OTHER.c.n).subquery()}),
            "UPDATE t SET (x, id)=(SELECT other.id, other.n FROM other)",
        ),
    ],
)
def test_its_select_is_meant(build, expected: str) -> None:
    """The text is that of `scalar_subquery()`."""
    with pytest.warns(exc.SAWarning, match="implicitly coercing SELECT object to scalar subquery"):
        made = build()
    assert " ".join(str(made).split()) == expected


def test_a_table_and_a_cte_are_none() -> None:
    """Nobody knows which of their columns is meant."""
    for other in (OTHER, select(OTHER.c.id).cte("c")):
        with pytest.raises(exc.ArgumentError, match="SQL expression element or literal value expected"):
            T.c.x == other  # noqa: B015
