"""Statements built by the same function on both libraries: window functions, common table expressions, words around."""

from collections.abc import Callable
from typing import Any

Build = Callable[[Any, Any], Any]


def table(lib: Any) -> Any:
    """Return the table that the statements use."""
    return lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer, primary_key=True), lib.Column("y", lib.String))


def _recursive(lib: Any, t: Any) -> Any:
    base = lib.select(t.c.x).where(t.c.x == 1).cte("r", recursive=True)
    whole = base.union_all(lib.select(base.c.x + 1).where(base.c.x < 10))
    return lib.select(whole)


def _two(lib: Any, t: Any) -> Any:
    first = lib.select(t.c.x).where(t.c.y == "a").cte("first")
    second = lib.select(first.c.x).where(first.c.x > 2).cte("second")
    return lib.select(first.c.x, second.c.x).join_from(first, second, first.c.x == second.c.x).where(first.c.x < 9)


def _nested(use: Callable[..., Any], *names: str) -> Build:
    """Return a builder that gives `use` nesting expressions, one for each name."""

    def build(lib: Any, t: Any) -> Any:
        statements = [lib.select(t.c.x).where(t.c.x < number + 3) for number, _ in enumerate(names)]
        made = [one.cte(name, nesting=True) for one, name in zip(statements, names, strict=True)]
        return use(lib, t, *made)

    return build


def _nested_recursive(lib: Any, t: Any) -> Any:
    base = lib.select(lib.literal(101).label("n")).cte("r", recursive=True, nesting=True)
    whole = base.union_all(lib.select(base.c.n + 1).where(base.c.n < 110))
    return lib.insert(t).from_select(["x"], lib.select(whole.c.n))


def _into(lib: Any, t: Any, *selects: Any) -> Any:
    """Return an INSERT from a SELECT, or from a union of several."""
    shifted = [lib.select(one.c.x + 100 * number) for number, one in enumerate(selects, 1)]
    return lib.insert(t).from_select(["x"], shifted[0] if len(shifted) == 1 else lib.union_all(*shifted))


def _with(use: Callable[[Any, Any, Any], Any], **how: Any) -> Build:
    """Return a builder that gives `use` a common table expression."""

    def build(lib: Any, t: Any) -> Any:
        return use(lib, t, lib.select(t.c.x).where(t.c.x == 5).cte(**{"name": "c", **how}))

    return build


ON_EVERY_DATABASE: dict[str, Build] = {
    "row number": lambda lib, t: lib.select(lib.func.row_number().over(order_by=t.c.x)),
    "running sum": lambda lib, t: lib.select(
        lib.func.sum(t.c.x).over(partition_by=t.c.y, order_by=[t.c.x.desc(), t.c.y], rows=(None, 0)).label("s")
    ),
    "range": lambda lib, t: lib.select(lib.func.sum(t.c.x).over(order_by=t.c.x, range_=(-5, 10))),
    "rows ahead": lambda lib, t: lib.select(lib.func.sum(t.c.x).over(order_by=t.c.x, rows=(1, None))),
    "groups": lambda lib, t: lib.select(lib.func.sum(t.c.x).over(order_by=t.c.x, groups=(-1, 1))),
    "all rows": lambda lib, t: lib.select(lib.func.sum(t.c.x).over()),
    "over as a function": lambda lib, t: lib.select(lib.over(lib.func.rank(), order_by=t.c.y)),
    "arithmetic with a window": lambda lib, t: lib.select(lib.func.row_number().over(order_by=t.c.x) + 1),
    "ordered by a window": lambda lib, t: lib.select(t.c.x).order_by(lib.func.row_number().over(order_by=t.c.y)),
    "filter": lambda lib, t: lib.select(lib.func.count(t.c.x).filter(t.c.x > 3)),
    "filter of two": lambda lib, t: lib.select(lib.func.count(t.c.x).filter(t.c.x > 1, t.c.y == "a")),
    "filter over": lambda lib, t: lib.select(lib.func.count(t.c.x).filter(t.c.x > 1).over(partition_by=t.c.y)),
    "funcfilter": lambda lib, t: lib.select(lib.funcfilter(lib.func.count(1), t.c.x == 1)),
    "cte": _with(lambda lib, t, c: lib.select(c.c.x).where(c.c.x > 1)),
    "nameless cte": _with(lambda lib, t, c: lib.select(c.c.x), name=None),
    "recursive cte": _recursive,
    "nameless recursive cte": lambda lib, t: (
        lambda base: lib.select(base.union_all(lib.select(base.c.x + 1).where(base.c.x < 10)))
    )(lib.select(t.c.x).where(t.c.x == 1).cte(recursive=True)),
    "regular expression": lambda lib, t: lib.select(t.c.x).where(t.c.y.regexp_match("^[ab]")),
    "nulls last": lambda lib, t: lib.select(t.c.x).order_by((t.c.x + 1).desc().nulls_last(), (t.c.x * 2).nulls_first()),
    "comparison of comparisons": lambda lib, t: lib.select((t.c.x + 1 == 5) == (t.c.x == 4), t.c.x + 1 < (t.c.x == 5)),
    "a column twice beside another of its name": lambda lib, t: (
        lambda a: lib.select(a, t, t).join_from(a, t, a.c.x == t.c.x)
    )(t.alias("a")),
    "forms of forms": lambda lib, t: lib.select(
        t.c.x,
        lib.cast(t.c.x, lib.String),
        lib.cast(lib.cast(t.c.x, lib.String), lib.Integer),
        lib.cast(-t.c.x, lib.String),
    ),
    "cte of a cte": _two,
    "cte in a subquery": _with(lambda lib, t, c: lib.select(lib.select(c.c.x).subquery().c.x)),
    "cte in EXISTS": _with(lambda lib, t, c: lib.select(t.c.y).where(lib.exists().where(c.c.x == t.c.x))),
    "cte twice": _with(lambda lib, t, c: lib.union(lib.select(c.c.x), lib.select(c.c.x + 1))),
    "cte under another name": _with(lambda lib, t, c: lib.select(c.c.x).join(d := c.alias("d"), d.c.x == c.c.x)),
    "nested cte": _with(lambda lib, t, c: lib.select(lib.select(c.c.x).scalar_subquery()), nesting=True),
    "nested cte in two subqueries": _nested(
        lambda lib, t, n: (lambda a, b: lib.select(a.c.x, b.c.x).where(a.c.x == b.c.x, a.c.x < 2))(
            lib.select(n.c.x).subquery("a"), lib.select(n.c.x).subquery("b")
        ),
        "n",
    ),
    "nested cte around itself": _nested(
        lambda lib, t, n: lib.select(n.c.x, lib.select(lib.func.max(n.c.x)).correlate(None).scalar_subquery()), "n"
    ),
    "nested ctes of a union in a subquery": _nested(
        lambda lib, t, a, b: lib.select(lib.union_all(lib.select(a.c.x), lib.select(b.c.x)).subquery("u").c.x), "a", "b"
    ),
    "nested ctes of a union in a cte": _nested(
        lambda lib, t, a, b: lib.select(lib.union_all(lib.select(a.c.x), lib.select(b.c.x)).cte("u").c.x), "a", "b"
    ),
    "cte beside a union in a subquery": _with(
        lambda lib, t, c: lib.select(lib.union_all(lib.select(t.c.x), lib.select(t.c.x)).add_cte(c).subquery("u").c.x)
    ),
    "cte nested beside a union in a subquery": _with(
        lambda lib, t, c: lib.select(
            lib.union_all(lib.select(t.c.x), lib.select(t.c.x)).add_cte(c, nest_here=True).subquery("u").c.x
        )
    ),
    "nested cte for INSERT": _nested(_into, "n"),
    "nested cte in a nested cte for INSERT": _nested(
        lambda lib, t, n: _into(lib, t, lib.select(n.c.x).where(n.c.x > 1).cte("o", nesting=True)), "n"
    ),
    "nested recursive cte for INSERT": _nested_recursive,
    "nested ctes of a union for INSERT": _nested(_into, "a", "b"),
    "nested cte beside another for INSERT": _with(
        lambda lib, t, c: lib.insert(t).from_select(
            ["x"],
            lib.select(t.c.x + 100)
            .where(t.c.x.in_(lib.select(c.c.x)))
            .add_cte(lib.select(t.c.x).cte("d"), nest_here=True),
        )
    ),
    "cte for INSERT": _with(lambda lib, t, c: lib.insert(t).from_select(["x"], lib.select(c.c.x + 100))),
    "cte for UPDATE": _with(lambda lib, t, c: lib.update(t).values(y="z").where(t.c.x.in_(lib.select(c.c.x)))),
    "cte for DELETE": _with(lambda lib, t, c: lib.delete(t).where(t.c.x.in_(lib.select(c.c.x)))),
    "prefix on INSERT": lambda lib, t: lib.insert(t).prefix_with("OR IGNORE", dialect="sqlite").values(x=1),
    "values in a call before those of its window": lambda lib, t: lib.select(
        lib.func.coalesce(lib.func.lag(t.c.x + 5).over(order_by=t.c.x * 2), 7)
    ),
    "a literal alone in SET": lambda lib, t: lib.update(t).values(x=lib.literal(50), y="q").where(t.c.x == 1),
    "literals in rows": lambda lib, t: lib.insert(t).values(
        [{"x": lib.literal(60), "y": "p"}, {"x": lib.literal(61), "y": "q"}]
    ),
    "a truth value alone": lambda lib, t: lib.select(
        lib.and_(lib.type_coerce(t.c.x, lib.Boolean)), lib.or_(lib.true(), t.c.x == 1)
    ),
    "named like what nobody reserves": lambda lib, t: lib.select(t.c.x.label("new"), t.c.y.label("user")),
}
"""Statements that SQLite runs too."""

TEXT_ALONE: dict[str, Build] = {
    "within group": lambda lib, t: lib.select(lib.func.percentile_cont(0.5).within_group(t.c.x.desc())),
    "within group over": lambda lib, t: lib.select(
        lib.within_group(lib.func.mode(), t.c.x, t.c.y).over(partition_by=t.c.y)
    ),
    "any": lambda lib, t: lib.select(t.c.x).where(t.c.x == lib.any_(lib.select(t.c.x).scalar_subquery())),
    "all": lambda lib, t: lib.select(t.c.x).where(lib.all_(lib.select(t.c.x).scalar_subquery()) < 5),
    "try_cast": lambda lib, t: lib.select(lib.try_cast(t.c.x, lib.String)),
    "INSERT from a SELECT with values, and RETURNING": lambda lib, t: (
        lib.insert(t)
        .from_select(["x"], lib.select(t.c.x + 100).where(t.c.x > 5))
        .returning(t.c.x * 2, lib.literal("a"))
    ),
    "nested cte of an INSERT in a cte": _nested(
        lambda lib, t, n: lib.select(_into(lib, t, n).returning(t.c.x).cte("i").c.x), "n"
    ),
    "nested cte of an UPDATE in a cte": _nested(
        lambda lib, t, n: lib.select(lib.update(t).values(y="z").where(t.c.x == n.c.x).returning(t.c.x).cte("u").c.x),
        "n",
    ),
    "cte beside a DELETE in a cte": _with(
        lambda lib, t, c: lib.select(lib.delete(t).add_cte(c, nest_here=True).returning(t.c.x).cte("d").c.x)
    ),
    "match": lambda lib, t: lib.select(t.c.y.match("a"), ~t.c.y.match("b", postgresql_regconfig="english")),
    "regular expressions": lambda lib, t: lib.select(
        t.c.y.regexp_match("a", flags="i"), ~t.c.y.regexp_match("b", flags="im"), ~t.c.y.regexp_match("c")
    ),
    "replacing by regular expressions": lambda lib, t: lib.select(t.c.y.regexp_replace("a", "%", flags="g") + "x"),
    "fetch": lambda lib, t: lib.select(t.c.x).fetch(lib.literal(2) + 1).offset(3),
    "reading lock": lambda lib, t: lib.select(t.c.x).with_for_update(read=True),
    "quotient by an exact number": lambda lib, t: lib.select(
        t.c.x / lib.cast(t.c.x, lib.Numeric(10, 2)), t.c.x / lib.cast(t.c.x, lib.Float)
    ),
    "a literal of another type": lambda lib, t: lib.select(lib.type_coerce(lib.literal(5), lib.BigInteger)),
    "packages": lambda lib, t: lib.select(lib.func.pkg.fn(t.c.x)),
    "prefixes and suffixes": lambda lib, t: (
        lib.select(t.c.x).prefix_with("A", lib.text("B")).suffix_with("C").distinct()
    ),
    "elements as prefixes": lambda lib, t: (
        lib.select(t.c.x)
        .prefix_with(lib.func.f(3), lib.text("B :b %").bindparams(b=7), "C % :c", t.c.x)
        .suffix_with(lib.func.g(4), t.c.y + "5")
        .where(t.c.x == 6)
        .distinct()
    ),
    "elements as prefixes of a cte": lambda lib, t: lib.select(
        lib.select(t.c.x)
        .where(t.c.x == 2)
        .cte("c")
        .prefix_with(lib.func.f(1))
        .suffix_with("A %", lib.text(":b").bindparams(b=3))
    ),
    "element as prefix of UPDATE": lambda lib, t: (
        lib.update(t).prefix_with(lib.func.f(3)).values(x=1).where(t.c.x == 2)
    ),
    "element as prefix of DELETE": lambda lib, t: lib.delete(t).prefix_with(lib.func.f(3)).where(t.c.x == 2),
    "prefix for one database": lambda lib, t: lib.select(t.c.x).prefix_with("A", dialect="postgresql"),
    "statement hint": lambda lib, t: lib.select(t.c.x).with_statement_hint("OPTION X").limit(1),
    "prefix on UPDATE": lambda lib, t: lib.update(t).prefix_with("P").values(x=1),
    "prefix on DELETE": lambda lib, t: lib.delete(t).prefix_with("P"),
    "materialized": _with(lambda lib, t, c: lib.select(c.prefix_with("MATERIALIZED", dialect="postgresql").c.x)),
    "INSERT in a cte": lambda lib, t: lib.select(lib.insert(t).values(x=1).returning(t.c.x).cte("i").c.x),
    "UPDATE in a cte": lambda lib, t: lib.select(lib.update(t).values(x=1).returning(t.c.x).cte("u").c.x),
    "cte that nobody reads": lambda lib, t: lib.select(lib.literal(1)).add_cte(lib.insert(t).values(x=1).cte("i")),
}
"""Statements for other databases: compared by their text."""
