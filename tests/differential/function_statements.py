"""Statements with functions, built alike on both libraries: known ones, own ones, ordered and windowed aggregates."""

from importlib import import_module
from typing import Any

from tests.differential.statements import Build


def functions(lib: Any) -> Any:
    """Return the module that has the classes of functions."""
    return import_module(f"{lib.__name__}.sql.functions")


def postgresql(lib: Any) -> Any:
    """Return the module of PostgreSQL."""
    return import_module(f"{lib.__name__}.dialects.postgresql")


def _columns(make: Any) -> Build:
    """Return a builder of a SELECT of what `make` gives for (func, library, columns of the table)."""
    return lambda lib, t: lib.select(*make(lib.func, lib, t.c))


def _own_class(lib: Any, t: Any) -> Any:
    generic = functions(lib).GenericFunction
    body = {"type": lib.String(), "name": "upper", "inherit_cache": True, "_register": False}
    return lib.select(type("shout", (generic,), body)(t.c.y) + "!")


def _quoted_class(lib: Any, t: Any) -> Any:
    generic = functions(lib).GenericFunction
    name = lib.quoted_name("ST_Buffer", True)
    return lib.select(type("buffer", (generic,), {"name": name, "inherit_cache": True, "_register": False})(t.c.x, 2))


FUNCTIONS_THAT_RUN: dict[str, Build] = {
    "count": _columns(lambda f, lib, c: (f.count(), f.count(c.x), f.count(c.y.distinct()), f.count(lib.distinct(c.y)))),
    "max, min, sum": _columns(lambda f, lib, c: (f.max(c.x) + 1, f.min(c.y) + "!", f.sum(c.x) * 2)),
    "coalesce": _columns(lambda f, lib, c: (f.coalesce(None, c.y) + "a", f.coalesce(c.x, 5) + 1)),
    "nested": _columns(lambda f, lib, c: (f.coalesce(f.nullif(f.max(c.x), 0), f.abs(-1), None),)),
    "comparisons": _columns(lambda f, lib, c: (f.lower(c.y) == "a", f.lower("A") == f.lower(c.y), -f.abs(c.x))),
    "names in any case": _columns(lambda f, lib, c: (f.LOWER(c.y), f.Lower(c.y), f.MAX(c.x))),
    "a word of Python": _columns(lambda f, lib, c: (f.min_(c.x), f.abs_(-3))),
    "a type for one call": _columns(lambda f, lib, c: (f.lower(c.y, type_=lib.String) + "x",)),
    "an own class": _own_class,
    "a class called": lambda lib, t: lib.select(functions(lib).max(t.c.x), functions(lib).count(t.c.y)),
    "Function": lambda lib, t: lib.select(functions(lib).Function("abs", t.c.x, type_=lib.Integer) + 1),
    "today": lambda lib, t: lib.select(t.c.x).where(t.c.d < lib.func.current_date()),
    "strings in one": _columns(lambda f, lib, c: (f.aggregate_strings(c.y, ", "),)),
    "char_length": _columns(lambda f, lib, c: (f.char_length(c.y) + 1, f.length(c.y))),
    "filter": _columns(lambda f, lib, c: (f.count().filter(c.x > 1, c.y == "a"), f.count().filter(lib.or_(c.x > 5)))),
    "filter without criteria": _columns(lambda f, lib, c: (f.count().filter(),)),
    "filter over": _columns(lambda f, lib, c: (c.x, f.sum(c.x).filter(c.y == "a").over(order_by=c.x))),
    "ranks": _columns(lambda f, lib, c: (c.x, f.rank().over(order_by=c.y), f.dense_rank().over(order_by=c.y))),
    "distributions": _columns(lambda f, lib, c: (c.x, f.ntile(2).over(order_by=c.x), f.lag(c.x, 1).over(order_by=c.x))),
    "rows": _columns(lambda f, lib, c: (c.x, f.sum(c.x).over(order_by=c.x, rows=(-1, 1)))),
    "groups": _columns(lambda f, lib, c: (c.x, f.sum(c.x).over(order_by=c.y, groups=(None, 0)))),
    "exclude": _columns(lambda f, lib, c: (c.x, f.sum(c.x).over(order_by=c.x, rows=(-1, 1), exclude="CURRENT ROW"))),
    "frame": _columns(
        lambda f, lib, c: (
            c.x,
            f.sum(c.x).over(
                order_by=c.x,
                rows=lib.FrameClause(2, None, lib.FrameClauseType.PRECEDING, lib.FrameClauseType.UNBOUNDED),
            ),
        )
    ),
    "frame of fractions": _columns(
        lambda f, lib, c: (
            c.x,
            f.sum(c.x).over(
                order_by=c.x,
                range_=lib.FrameClause(1.5, None, lib.FrameClauseType.PRECEDING, lib.FrameClauseType.CURRENT),
            ),
        )
    ),
    "window by names": _columns(
        lambda f, lib, c: (c.x, f.row_number().over(partition_by="y", order_by=[lib.desc("x"), "d"]))
    ),
    "in ORDER BY and GROUP BY": lambda lib, t: (
        lib.select(lib.func.lower(t.c.y).label("low"), lib.func.count())
        .group_by("low")
        .having(lib.func.count() > 1)
        .order_by(lib.func.lower(t.c.y).desc())
    ),
    "in INSERT": lambda lib, t: lib.insert(t).values(x=lib.func.abs(-100), y=lib.func.coalesce(None, "b")),
    "in UPDATE": lambda lib, t: lib.update(t).values(y=lib.func.upper(t.c.y)).where(lib.func.length(t.c.y) > 0),
    "truth values": lambda lib, t: lib.select(t.c.x).where(lib.func.abs(t.c.x - 1)).where(~lib.func.abs(t.c.x - 2)),
    "truth values with a type": lambda lib, t: (
        lib.select(t.c.x)
        .where(lib.func.abs(t.c.x - 1, type_=lib.Boolean))
        .where(~lib.func.abs(t.c.x - 3, type_=lib.Boolean))
    ),
    "a function's select": lambda lib, t: lib.func.max(t.c.x).select().where(t.c.x < 5),
    "IN a function": lambda lib, t: lib.select(t.c.x).where(t.c.x.in_(lib.func.abs(-3))),
    "arguments of all kinds": _columns(
        lambda f, lib, c: (
            f.abs(lib.case((c.x == 1, 2), else_=3)),
            f.abs(c.x == 1),
            f.abs(c.x.in_([1, 2])),
            f.abs(c.x + 1),
            f.abs(c.x.label("z")),
            f.abs(lib.text("-4")),
            f.coalesce(lib.null(), lib.literal_column("5")),
            f.abs(lib.select(lib.func.max(c.x)).scalar_subquery()),
        )
    ),
    "in a subquery": lambda lib, t: lib.select(
        lib.select(lib.func.max(t.c.x), lib.func.max(t.c.x), lib.func.abs(-1)).subquery()
    ),
}

FUNCTIONS_AS_TEXT: dict[str, Build] = {
    "packages": _columns(lambda f, lib, c: (f.pkg.sub.name(c.x), f.Pkg.Fn(), f.pkg.max(c.x), f.pkg.count())),
    "names in quotes": _columns(
        lambda f, lib, c: (getattr(f, lib.quoted_name("low", True))(1), getattr(f, "Foo-Bar").x(2), getattr(f, "my f")(3))
    ),
    "a class with a quoted name": _quoted_class,
    "Function with packages": lambda lib, t: lib.select(
        functions(lib).Function("Foo", t.c.x, 3, type_=lib.Integer, packagenames=("a", "B c"))
    ),
    "standard words": _columns(
        lambda f, lib, c: (
            f.current_date(), f.current_time(), f.current_timestamp(), f.current_user(), f.localtime(), f.localtimestamp(),
            f.session_user(), f.sysdate(), f.user(), f.now(),
        )
    ),
    "standard words with arguments": _columns(lambda f, lib, c: (f.current_timestamp(3), f.localtime(c.x), f.user(1))),
    "words that no class made": lambda lib, t: lib.select(
        functions(lib).Function("current_date"), functions(lib).Function("cube", t.c.x)
    ),
    "random": _columns(lambda f, lib, c: (f.random(), f.concat(c.y, "x") + "y")),
    "pow": _columns(lambda f, lib, c: (f.pow(c.x, 2) + 1, f.pow(2, c.x))),
    "array_agg": _columns(lambda f, lib, c: (f.array_agg(c.x), f.array_agg(5), f.array_agg(c.y).filter(c.x > 1))),
    "aggregate in order": _columns(lambda f, lib, c: (f.group_concat(c.y, "-").aggregate_order_by(c.x.desc()),)),
    "strings in order": _columns(lambda f, lib, c: (f.aggregate_strings(c.y, "-").aggregate_order_by(c.y, c.x),)),
    "aggregate_order_by": _columns(lambda f, lib, c: (lib.aggregate_order_by(f.group_concat(c.y), c.x.desc()),)),
    "array_agg in order": _columns(lambda f, lib, c: (f.array_agg(c.y).aggregate_order_by(c.x.desc(), c.y),)),
    "array_agg in order, over and filter": _columns(
        lambda f, lib, c: (
            f.array_agg(c.y).aggregate_order_by(c.x).over(partition_by=c.y),
            f.array_agg(c.y).aggregate_order_by(c.x).filter(c.x > 1),
        )
    ),
    "cube": lambda lib, t: lib.select(t.c.x).group_by(lib.func.cube(t.c.x, t.c.y)),
    "rollup": lambda lib, t: lib.select(t.c.x).group_by(lib.func.rollup(t.c.x, t.c.y)),
    "grouping sets": lambda lib, t: lib.select(t.c.x).group_by(
        lib.func.grouping_sets(lib.tuple_(t.c.x, t.c.y), t.c.x, lib.tuple_())
    ),
    "any, all, some": _columns(
        lambda f, lib, c: (f.any(c.x), f.all_(c.x), f.some(lib.select(c.x).scalar_subquery()), c.x == f.any(c.y))
    ),
    "hypothetical": _columns(
        lambda f, lib, c: (
            f.rank(3).within_group(c.x.desc(), c.y), f.cume_dist().within_group(c.x), f.percent_rank().within_group(c.x),
            f.dense_rank(1).within_group(c.x),
        )
    ),
    "ordered sets": _columns(
        lambda f, lib, c: (
            f.percentile_cont(0.5).within_group(c.x.desc()) + 1, f.mode().within_group(c.y) + "x",
            f.percentile_disc(0.5).within_group(c.x).filter(c.x > 1),
            f.percentile_disc(0.5).within_group(c.x).over(partition_by=c.y),
        )
    ),
    "within_group": _columns(lambda f, lib, c: (lib.within_group(f.percentile_cont(0.5), c.x),)),
    "next_value": lambda lib, t: lib.select(
        lib.Sequence("s").next_value(), lib.func.next_value(lib.Sequence("S q", schema="z")) + 1
    ),
    "strings in one, values in the text": _columns(lambda f, lib, c: (f.aggregate_strings(c.y, lib.literal_column("','")),)),
    "percent signs": _columns(lambda f, lib, c: (f.f("%"), f.to_char(c.d, "YYYY%"))),
    "lists and None": _columns(lambda f, lib, c: (f.f(None), f.f(True), f.f([1, 2]), f.f(lib.tuple_(1, 2)))),
    "as comparison": lambda lib, t: lib.select(t.c.x).where(lib.func.is_equal(t.c.x, 5).as_comparison(1, 2)),
    "as comparison, not": lambda lib, t: lib.select(t.c.x).where(
        lib.and_(lib.func.is_equal(t.c.x, 5).as_comparison(1, 2), t.c.y == "a")
    ),
}  # fmt: skip

FUNCTIONS_OF_POSTGRESQL: dict[str, Build] = {
    "aggregate_order_by": lambda lib, t: lib.select(
        lib.func.array_agg(postgresql(lib).aggregate_order_by(t.c.y, t.c.x.desc())),
        lib.func.string_agg(t.c.y, postgresql(lib).aggregate_order_by(lib.literal(","), t.c.x, t.c.y.desc())),
    ),
    "aggregate_order_by over": lambda lib, t: lib.select(
        lib.func.array_agg(postgresql(lib).aggregate_order_by(t.c.y, t.c.x)).over(partition_by=t.c.x),
        lib.func.array_agg(postgresql(lib).aggregate_order_by(t.c.y, t.c.x)).filter(t.c.x > 1),
    ),
    "member of an array": lambda lib, t: lib.select(
        lib.func.array_agg(t.c.x)[2],
        lib.func.f(1, type_=lib.ARRAY(lib.Integer))[1] + 1,
        lib.func.array_agg(t.c.x).filter(t.c.x > 1)[2],
    ),
    "any member of an array": lambda lib, t: lib.select(t.c.x).where(t.c.x == lib.any_(lib.func.array_agg(t.c.x))),
    "aggregate_order_by alone": lambda lib, t: postgresql(lib).aggregate_order_by(t.c.y, t.c.x),
}
"""Compared for PostgreSQL alone: the other dialects do not know them."""
