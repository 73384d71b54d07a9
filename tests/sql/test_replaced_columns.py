"""Other columns for a SELECT that joins: the joins start where they started."""

import pytest

from holdfast import Column, ForeignKey, Integer, MetaData, Table, exc, func, select

METADATA = MetaData()
A = Table("a", METADATA, Column("id", Integer, primary_key=True))
B = Table("b", METADATA, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
C = Table("c", METADATA, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id")))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            select(A).join(B).with_only_columns(func.count()),
            "SELECT count(*) AS count_1 FROM a JOIN b ON a.id = b.a_id",
        ),
        (select(A).join(B).with_only_columns(B.c.id), "SELECT b.id FROM a JOIN b ON a.id = b.a_id"),
        (
            select(A).join(B).with_only_columns(C.c.id).join(C),
            "SELECT c.id FROM a JOIN b ON a.id = b.a_id JOIN c ON b.id = c.b_id",
        ),
        (
            select(A).join(B).join(C).with_only_columns(C.c.id),
            "SELECT c.id FROM a JOIN b ON a.id = b.a_id JOIN c ON b.id = c.b_id",
        ),
        (
            select(A.c.id, C.c.id).join(B, A.c.id == B.c.a_id).with_only_columns(B.c.id),
            "SELECT b.id FROM a JOIN b ON a.id = b.a_id",
        ),
    ],
)
def test_the_joins_stay(statement, expected: str) -> None:
    """They were refused, or began with a table joined to itself."""
    assert " ".join(str(statement).split()) == expected


def test_what_can_not_be_joined_is_refused_when_it_is_written() -> None:
    """As without other columns."""
    statement = select(A.c.id).join(C).with_only_columns(func.count())
    with pytest.raises(exc.InvalidRequestError, match="Don't know how to join"):
        str(statement)
