"""The operators of PostgreSQL's types on the real server: what they give, beside what Python says."""

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    all_,
    any_,
    exc,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from holdfast.dialects import postgresql as pg
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.schema import CreateTable


@pytest.fixture
def connection(driver_engine: Engine) -> Any:
    """A connection to a database with the extensions, by each driver."""
    with driver_engine.connect() as connection:
        for name in ("hstore", "btree_gist"):
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
        yield connection
        connection.rollback()


metadata = MetaData()
things = Table(
    "things", metadata, Column("id", Integer, primary_key=True), Column("a", pg.ARRAY(Integer)), Column("b", pg.JSONB),
    Column("h", pg.HSTORE), Column("r", pg.INT4RANGE), Column("m", pg.INT4MULTIRANGE), Column("v", pg.TSVECTOR),
    Column("bits", pg.BIT(4)), Column("name", String),
)  # fmt: skip
c = things.c
DOCUMENT = {"a": [1, 2, {"b": "x"}], "n": 5, "s": "text", "t": True, "nothing": None}
QUESTIONS: dict[str, tuple[Any, Any]] = {
    "member": (c.a[1], 1),
    "part": (c.a[2:3], [2, 3]),
    "part to the end": (c.a[2:], [2, 3]),
    "part from the beginning": (c.a[:2], [1, 2]),
    "member of a call": (func.array_append(c.a, 7, type_=pg.ARRAY(Integer))[4], 7),
    "member of a literal": (literal([5, 6], pg.ARRAY(Integer))[2], 6),
    "array contains": (c.a.contains([1, 3]), True),
    "array contained by": (c.a.contained_by([1, 2, 3, 4]), True),
    "array overlap": (c.a.overlap([9, 3]), True),
    "array does not overlap": (~c.a.overlap([9, 3]), False),
    "array joined": (c.a + [4], [1, 2, 3, 4]),  # noqa: RUF005
    "array literal": (pg.array([1, 2]) + pg.array([3]), [1, 2, 3]),
    "array literal empty": (pg.array([], type_=Integer), []),
    "array literal of arrays": (pg.array([pg.array([1, 2]), pg.array([3, 4])]), [[1, 2], [3, 4]]),
    "array literal of documents": (pg.array([{"a": 1}], type_=pg.JSONB), [{"a": 1}]),
    "array any": (any_(c.a) == 5, False),
    "array not any": (~(literal(1) == any_(c.a)), False),
    "array all": (literal(5) > all_(c.a), True),
    "array_agg": (select(pg.array_agg(pg.aggregate_order_by(things.c.id, things.c.id.desc()))).scalar_subquery(), [1]),
    "key": (c.b["n"], 5),
    "key of a key": (c.b["a"][2]["b"], "x"),
    "path": (c.b[("a", 2, "b")], "x"),
    "as text": (c.b["n"].astext, "5"),
    "path as text": (c.b[("a", 2, "b")].astext, "x"),
    "text cast": (c.b["n"].astext.cast(Integer) + 1, 6),
    "as integer": (c.b["n"].as_integer() + 1, 6),
    "as boolean": (c.b["t"].as_boolean(), True),
    "member of a document literal": (literal(DOCUMENT, pg.JSONB)["n"], 5),
    "has key": (c.b.has_key("n"), True),
    "has all": (c.b.has_all(["n", "zzz"]), False),
    "has all of a literal": (c.b.has_all(pg.array(["n", "s"])), True),
    "has any": (c.b.has_any(["n", "zzz"]), True),
    "document contains": (c.b.contains({"n": 5}), True),
    "document contained by": (c.b["a"].contained_by([1, 2, 3, {"b": "x"}]), True),
    "document joined": ((c.b + {"z": 1})["z"], 1),
    "document without key": (c.b.op("-")("a"), {key: value for key, value in DOCUMENT.items() if key != "a"}),
    "document without path": (c.b.delete_path(["a", "2"])["a"], [1, 2]),
    "path exists": (c.b.path_exists("$.a[*] ? (@ == 2)"), True),
    "path match": (c.b.path_match("$.n == 5"), True),
    "jsonpath": (
        func.jsonb_path_query_first(c.b, literal("$.s", pg.JSONPATH).cast(pg.JSONPATH), type_=pg.JSONB),
        "text",
    ),
    "pair": (c.h["k"], "v"),
    "pair has key": (c.h.has_key("k"), True),
    "pairs have all": (c.h.has_all(["k", "zzz"]), False),
    "pairs have any": (c.h.has_any(pg.array(["k", "zzz"])), True),
    "pairs contain": (c.h.contains({"k": "v"}), True),
    "pairs contained by": (c.h.contained_by({"k": "v", "n": None, "x": "y"}), True),
    "pair defined": (c.h.defined("n"), False),
    "pairs without key": (c.h.delete("n"), {"k": "v"}),
    "pairs without keys": (c.h.delete(pg.array(["n", "k"])), {}),
    "pairs without pairs": (c.h.op("-")(literal({"k": "v"}, pg.HSTORE)), {"n": None}),
    "pairs of keys": (c.h.slice(pg.array(["k"])), {"k": "v"}),
    "keys": (c.h.keys(), ["k", "n"]),
    "values": (c.h.vals(), ["v", None]),
    "pairs as array": (c.h.array(), ["k", "v", "n", None]),
    "pairs as matrix": (c.h.matrix(), [["k", "v"], ["n", None]]),
    "pairs joined": (c.h + {"x": "y"}, {"k": "v", "n": None, "x": "y"}),
    "pairs made": (pg.hstore(pg.array(["a", "b"]), pg.array(["1", "2"])), {"a": "1", "b": "2"}),
    "member of pairs made": (pg.hstore("a", "b")["a"], "b"),
    "range contains": (c.r.contains(3), True),
    "range contains range": (c.r.contains(pg.Range(2, 4)), True),
    "range contains text": (c.r.contains("[2,4)"), True),
    "range joined": (c.r + pg.Range(5, 9), pg.Range(1, 9)),
    "range cut": (c.r * pg.Range(3, 9), pg.Range(3, 5)),
    "multirange contains": (c.m.contains(pg.Range(1, 2)), True),
    "multirange joined": (c.m + [pg.Range(3, 7)], [pg.Range(1, 9)]),  # noqa: RUF005
    "search": (c.v.match("cat"), True),
    "search with a query": (c.v.bool_op("@@")(func.to_tsquery("english", "cats & fat")), True),
    "headline": (func.ts_headline("english", "a fat cat", func.to_tsquery("english", "cat")), "a fat <b>cat</b>"),
    "bits and": (c.bits.bitwise_and(pg.BitString("0110")), pg.BitString("0100")),
    "bits not": (c.bits.bitwise_not(), pg.BitString("1010")),
}


@pytest.fixture
def filled(connection: Any) -> Any:
    """The connection, with one row."""
    metadata.create_all(connection)
    connection.execute(
        insert(things),
        {
            "a": [1, 2, 3], "b": DOCUMENT, "h": {"k": "v", "n": None}, "r": pg.Range(1, 5),
            "m": [pg.Range(1, 3), pg.Range(7, 9)], "v": "fat cat", "bits": pg.BitString("0101"), "name": "n",
        },
    )  # fmt: skip
    return connection


def test_questions(filled: Any) -> None:
    """Every operator is found by the server, with parameters as with literals."""
    for name, (expression, expected) in QUESTIONS.items():
        query = select(expression).select_from(things)
        assert filled.execute(query).scalar() == expected, name


def test_members_as_targets(filled: Any) -> None:
    """UPDATE of a member of a document, of an array and of pairs; ON CONFLICT too."""
    filled.execute(update(things).values({c.b["n"]: 6, c.b["a"][0]: [7], c.a[2]: 9, c.h["k"]: "w", "name": "z"}))
    filled.execute(update(things).values({c.a[5:6]: [5, 6]}))
    conflict = pg.insert(things).values(id=1).on_conflict_do_update(index_elements=["id"], set_={c.b["s"]: None})
    filled.execute(conflict)
    row = filled.execute(select(c.b, c.a, c.h, c.name)).one()
    assert row.b == {**DOCUMENT, "n": 6, "a": [[7], 2, {"b": "x"}], "s": None}
    assert (row.a, row.h, row.name) == ([1, 9, 3, None, 5, 6], {"k": "w", "n": None}, "z")


def test_members_by_the_orm(connection: Any) -> None:
    """Objects of the session have the new whole afterwards; the loaded types are those of the class."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "orm_things"

        id: Mapped[int] = mapped_column(primary_key=True)
        facts: Mapped[dict[str, Any]] = mapped_column(pg.JSONB)
        span: Mapped[pg.Range[int]] = mapped_column(pg.INT4RANGE)

    Base.metadata.create_all(connection)
    with Session(connection) as session:
        thing = Thing(facts={"a": 1}, span=pg.Range(1, 5))
        session.add(thing)
        session.flush()
        session.execute(update(Thing).values({Thing.facts["a"]: 2}).where(Thing.span.contains(3)))
        assert thing.facts == {"a": 2}
        assert session.scalars(select(Thing).where(Thing.facts["a"].astext == "2")).one() is thing
        session.rollback()


def test_exclusion(connection: Any) -> None:
    """Two bookings of a room may not overlap; the constraint is read back."""
    bookings = Table(
        "bookings", MetaData(), Column("id", Integer, primary_key=True), Column("room", Integer), Column("during", pg.DATERANGE),
        pg.ExcludeConstraint(("room", "="), ("during", "&&"), name="no_overlap", where=text("room > 0")),
    )  # fmt: skip
    connection.execute(CreateTable(bookings))
    first, second = datetime.date(2020, 1, 1), datetime.date(2020, 1, 5)
    connection.execute(bookings.insert(), [{"room": n, "during": pg.Range(first, second)} for n in (1, 2, 0, 0)])
    with pytest.raises(exc.ExclusionViolation) as refused:
        connection.execute(bookings.insert(), {"room": 1, "during": pg.Range(second, None, bounds="[]")})
        connection.execute(bookings.insert(), {"room": 1, "during": pg.Range(first, first, bounds="[]")})
    assert refused.value.constraint == "no_overlap"


def test_distinct_on(filled: Any) -> None:
    """The first row of each group."""
    filled.execute(insert(things), [{"name": name, "a": [n]} for n, name in enumerate("xyxy")])
    query = select(c.name, c.a).ext(pg.distinct_on("name")).where(c.name != "n").order_by(c.name, c.a.desc())
    assert [tuple(row) for row in filled.execute(query)] == [("x", [2]), ("y", [3])]


ENDS = st.none() | st.integers(0, 6)
RANGES = st.builds(
    lambda lower, upper, bounds, empty: (
        pg.Range(empty=True)
        if empty
        else pg.Range(lower, upper, bounds=bounds)
        if lower is None or upper is None or lower < upper - 1
        else pg.Range(min(lower, upper), max(lower, upper), bounds="[]")
    ),
    ENDS, ENDS, st.sampled_from(["()", "[)", "(]", "[]"]), st.integers(0, 9).map(lambda n: n == 0),
)  # fmt: skip
COMPARISONS = ("contains", "contained_by", "overlaps", "strictly_left_of", "strictly_right_of", "not_extend_left_of",
               "not_extend_right_of", "adjacent_to")  # fmt: skip


def test_ranges_as_python_compares_them(connection: Any) -> None:
    """`Range` says of two ranges what the server says."""

    @settings(max_examples=80)
    @given(RANGES, RANGES, st.integers(0, 6))
    def check(first: Any, second: Any, value: int) -> None:
        left = literal(first, pg.INT4RANGE)
        asked = [getattr(left, name)(second) for name in COMPARISONS]
        row = connection.execute(select(*asked, left == second, left.contains(value))).one()
        said = [getattr(first, name)(second) for name in COMPARISONS]
        assert list(row) == [*said, first == second, value in first]
        assert connection.scalar(select(left * second)) == first * second
        for operator in ("__add__", "__sub__"):
            try:
                expected = getattr(first, operator)(second)
            except ValueError:
                continue
            assert connection.scalar(select(getattr(left, operator)(second))) == expected

    check()
