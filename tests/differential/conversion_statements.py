"""Statements with CAST, EXTRACT, COLLATE, CASE and type coercion, built alike on both libraries."""

from typing import Any

from tests.differential.statements import Build

FIELDS = "year month day hour minute second doy dow week epoch".split()


def _columns(make: Any) -> Build:
    """Return a builder of a SELECT of what `make` gives for (library, columns of the table)."""
    return lambda lib, t: lib.select(*make(lib, t.c))


def _extract(field: str) -> Build:
    return lambda lib, t: lib.select(t.c.x, lib.extract(field, t.c.d))


CONVERSIONS_THAT_RUN: dict[str, Build] = {
    **{f"extract {field}": _extract(field) for field in FIELDS},
    "extract in criteria": lambda lib, t: (
        lib.select(lib.func.count())
        .where(lib.extract("year", t.c.d) == 2020)
        .group_by(lib.extract("month", t.c.d))
        .order_by(lib.extract("month", t.c.d).desc())
    ),
    "extract and more": _columns(lambda lib, c: (lib.extract("year", c.d).label("q"), lib.extract("day", c.d) + 1)),
    "cast": _columns(
        lambda lib, c: (
            lib.cast(c.x, lib.String), lib.cast(c.x, lib.Integer), lib.cast("5", lib.Integer), lib.cast(None, lib.Integer),
            c.x.cast(lib.Float), lib.cast(c.x + 1, lib.String) + "a", c.x,
        )
    ),
    "cast of operators": _columns(lambda lib, c: (lib.cast(-c.x, lib.Integer), -lib.cast(c.x, lib.Integer), lib.cast(c.x > 1, lib.Integer))),
    "cast of everything": _columns(
        lambda lib, c: (
            lib.cast(lib.select(lib.func.max(c.x)).scalar_subquery(), lib.String),
            lib.cast(lib.case((c.x == 1, 1)), lib.String),
            lib.cast(lib.func.max(c.x), lib.String),
            lib.cast(lib.and_(c.x > 1, c.y == "a"), lib.Integer),
        )
    ),
    "cast in criteria": lambda lib, t: (
        lib.select(t.c.x)
        .where(lib.cast(t.c.x, lib.String).in_(["1", "2"]), lib.cast(t.c.y, lib.Integer) == 0)
        .order_by(lib.cast(t.c.x, lib.String).desc())
    ),
    "cast of parameters": _columns(
        lambda lib, c: (lib.cast(lib.bindparam("q", 5), lib.String), lib.cast(lib.literal(1), lib.String))
    ),
    "type_coerce": _columns(
        lambda lib, c: (
            lib.type_coerce(c.x, lib.String), lib.type_coerce("5", lib.String), lib.type_coerce(c.x + 1, lib.Integer) * 2,
            lib.type_coerce(c.x, lib.Integer) * 2, lib.type_coerce(None, lib.Integer), lib.type_coerce(lib.literal(1), lib.Integer),
        )
    ),
    "type_coerce in criteria": lambda lib, t: lib.select(t.c.x).where(
        lib.type_coerce(t.c.y, lib.String) == "a", lib.type_coerce(t.c.x, lib.Integer).in_([1, 2])
    ),
    "collate": _columns(lambda lib, c: (lib.collate(c.y, "NOCASE"), c.y.collate("BINARY"), lib.collate("x", "RTRIM"))),
    "collate in order": lambda lib, t: lib.select(t.c.x).order_by(
        t.c.y.collate("NOCASE").desc(), lib.collate(t.c.y, "BINARY").asc().nulls_last(), t.c.x
    ),
    "collate in criteria": lambda lib, t: lib.select(t.c.x).where(
        t.c.y.collate("NOCASE") == "A",
        (t.c.y + "b").collate("NOCASE") == "AB",
        lib.func.lower(t.c.y).collate("NOCASE").like("a%"),
        lib.collate(t.c.y, "NOCASE").in_(["A"]),
        t.c.y.collate("NOCASE").between("A", "B"),
        t.c.y == lib.collate("a", "NOCASE"),
    ),
    "collate and label": _columns(lambda lib, c: (c.y.collate("NOCASE").label("q"), c.y.collate("NOCASE") + "z")),
    "case": _columns(
        lambda lib, c: (
            lib.case((c.x == 1, "a"), (c.x == 2, c.y), else_="z"), lib.case((c.x > 1, 1)),
            lib.case((lib.or_(c.x == 1, c.x == 2), "a"), (c.y.is_(None), None), (~(c.x > 1), lib.null())),
        )
    ),
    "case of a dict": _columns(
        lambda lib, c: (lib.case({1: "a", 2: "b"}, value=c.x, else_="c"), lib.case({"a": 1}, value=c.y) + 1)
    ),
    "case of values": _columns(lambda lib, c: (lib.case((1, "a"), (2, "b"), value=c.x), lib.case({3: "a"}, value=c.x + 1))),
    "case in case": _columns(
        lambda lib, c: (lib.case((c.x == 1, lib.case((c.y == "a", 1), else_=2)), else_=None),)
    ),
    "case and operators": _columns(
        lambda lib, c: (
            lib.case((c.x == 1, 1), else_=0) + 1, lib.case((c.y == "a", "x"), else_="y") == "x",
            lib.func.sum(lib.case((c.x > 1, 1), else_=0)).over(),
        )
    ),
    "case of constants": _columns(
        lambda lib, c: (
            lib.case((c.x > 1, lib.true()), else_=lib.false()),
            lib.case((c.x > 100, lib.literal_column("'more'")), else_=lib.literal_column("'less'")),
        )
    ),
    "case of subqueries": lambda lib, t: lib.select(
        lib.case(
            (lib.exists().where(t.c.x == 1), lib.select(lib.func.max(t.c.x)).scalar_subquery()), else_=lib.func.abs(1)
        )
    ),
    "case in criteria": lambda lib, t: lib.select(t.c.x).where(lib.case((t.c.x > 3, True), else_=False)),
    "case in order": lambda lib, t: lib.select(t.c.x).order_by(lib.case((t.c.y == "b", 0), else_=1), t.c.x.desc()),
}  # fmt: skip

CONVERSIONS_AS_TEXT: dict[str, Build] = {
    "extract of values": _columns(lambda lib, c: (lib.extract("year", "2020-01-01"), lib.extract("year", lib.func.now()))),
    "extract of a difference": _columns(lambda lib, c: (lib.extract("epoch", lib.func.now() - c.d) + 1,)),
    "cast to many types": _columns(
        lambda lib, c: [
            lib.cast(c.x, type_)
            for type_ in (
                lib.BigInteger, lib.SmallInteger, lib.Text, lib.Unicode(5), lib.Date, lib.Double, lib.REAL, lib.CHAR(3),
                lib.DECIMAL(5, 1), lib.TIMESTAMP, lib.Boolean, lib.Time, lib.LargeBinary, lib.DateTime(timezone=True),
            )
        ]
    ),
    "cast with a collation": _columns(
        lambda lib, c: (lib.cast(c.x, lib.String(5, collation="fr_FR")), lib.cast(c.x, lib.Text(collation="x")))
    ),
    "cast of a window": _columns(lambda lib, c: (lib.cast(lib.func.sum(c.x).over(), lib.String),)),
    "cast of an open parameter": _columns(lambda lib, c: (lib.cast(lib.bindparam("p"), lib.Integer),)),
    "cast of a truth value": _columns(lambda lib, c: (~lib.cast(c.x, lib.Boolean), lib.cast(c.x, lib.Boolean))),
    "try_cast": _columns(lambda lib, c: (lib.try_cast(c.x, lib.String), lib.try_cast("5", lib.Integer))),
    "type_coerce of parameters": _columns(
        lambda lib, c: (lib.type_coerce(lib.bindparam("p"), lib.Integer), lib.type_coerce(lib.literal("1"), lib.Integer))
    ),
    "type_coerce makes a string": _columns(lambda lib, c: (lib.type_coerce(c.x, lib.String) + "a",)),
    "collate with a schema": _columns(
        lambda lib, c: (lib.collate(c.y, "de_DE", "pg_catalog"), lib.collate(c.y, "x", collation_schema="my sc"))
    ),
    "collate twice": _columns(lambda lib, c: ((c.y.collate("a") + "x").collate("b"), c.y.collate("a") == c.y.collate("b"))),
    "collate quotes": _columns(lambda lib, c: (c.y.collate("de_DE"), c.y.collate("a b"), c.y.collate("utf8_bin"))),
    "collate of a number": _columns(lambda lib, c: (c.x.collate("C") == "a",)),
    "literal with a collation": _columns(lambda lib, c: (lib.literal("a", lib.String(collation="fr")),)),
    "case without conditions": _columns(lambda lib, c: (lib.case(),)),
    "case of strings": _columns(lambda lib, c: (lib.case(("x", "a")), lib.case({"x": "a"}))),
    "case of expressions in a dict": _columns(
        lambda lib, c: (lib.case({c.x == 1: "a", lib.literal(3): "z"}, value=c.x), lib.case({c.x: c.y}, value=c.x))
    ),
    "case of truth values": _columns(
        lambda lib, c: (lib.case((lib.column("f", lib.Boolean), 1), else_=0), lib.case({True: "a"}, value=c.x > 1))
    ),
    "case of a list": _columns(lambda lib, c: (lib.case([(c.x == 1, "a")]),)),
}  # fmt: skip
