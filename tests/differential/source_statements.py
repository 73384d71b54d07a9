"""Statements that read from functions, from VALUES, from LATERAL subqueries and samples, built alike on both libraries."""

from collections.abc import Callable
from typing import Any

from tests.differential.statements import Build


def _values(use: Callable[[Any, Any, Any], Any], **how: Any) -> Build:
    """Return a builder that gives `use` two rows of VALUES."""

    def build(lib: Any, t: Any) -> Any:
        rows = lib.values(lib.column("a", lib.Integer), lib.column("b", lib.String), **how)
        return use(lib, t, rows.data([(1, "x"), (2, "y")]))

    return build


def _function(use: Callable[[Any, Any, Any], Any], *columns: Any, **how: Any) -> Build:
    """Return a builder that gives `use` the table-valued ``json_each('[4, 5]')``."""

    def build(lib: Any, t: Any) -> Any:
        named = columns or ("key", lib.column("value", lib.Integer))
        return use(lib, t, lib.func.json_each("[4, 5]").table_valued(*named, **how))

    return build


def other(lib: Any) -> Any:
    """Return another table."""
    return lib.Table("u", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("x", lib.Integer))


def _lateral(use: Callable[[Any, Any, Any], Any], name: str | None = "l", **how: Any) -> Build:
    """Return a builder that gives `use` a subquery that looks at the table beside it."""

    def build(lib: Any, t: Any) -> Any:
        u = other(lib)
        inner = lib.select(u.c.id).where(u.c.x == t.c.x)
        if "correlate" in how:
            inner = inner.correlate(t if how["correlate"] else None)
        if how.get("but"):
            inner = inner.correlate_except(u)
        if how.get("limit"):
            inner = inner.order_by(u.c.id.desc()).limit(1)
        if how.get("union"):
            inner = lib.union(inner, lib.select(u.c.x).where(u.c.id == t.c.x))
        return use(lib, t, inner.lateral(name))

    return build


def _joined(lib: Any, t: Any, source: Any) -> Any:
    return lib.select(t.c.x, source.c.id).select_from(t).join(source, lib.true())


def _two_laterals(lib: Any, t: Any, first: Any) -> Any:
    second = lib.select((first.c.id + 1).label("q")).lateral("m")
    return lib.select(t.c.x, first.c.id, second.c.q).select_from(t).join(first, lib.true()).join(second, lib.true())


def _one_alias(lib: Any, t: Any, f: Any) -> Any:
    g = f.alias()
    return lib.select(f.c.value, g.c.value).where(f.c.value == g.c.value)


def _series(lib: Any) -> Any:
    return lib.func.generate_series(4, 1, -1)


def _records(lib: Any) -> Any:
    columns = (lib.column("a", lib.Integer), lib.column("B c", lib.Numeric(10, 2)))
    return lib.func.json_to_recordset("[{}]").table_valued(*columns)


SOURCES_THAT_RUN: dict[str, Build] = {
    "function": _function(lambda lib, t, f: lib.select(f)),
    "function's columns": _function(lambda lib, t, f: lib.select(f.c.key, f.c["value"] + 1).where(f.c.value > 4)),
    "function with a name": _function(lambda lib, t, f: lib.select(f.c.value), name="j"),
    "function's alias": _function(lambda lib, t, f: lib.select(f.alias("zz")).where(lib.column("value").in_([4]))),
    "function twice": _function(_one_alias),
    "function beside a table": _function(lambda lib, t, f: lib.select(t.c.x, f.c.value).where(f.c.value == t.c.x)),
    "function joined": _function(lambda lib, t, f: lib.select(t.c.x, f.c.value).join(f, f.c.value == t.c.x)),
    "function joined outside": _function(
        lambda lib, t, f: lib.select(t.c.x, f.c.value).select_from(t).outerjoin(f, f.c.value == t.c.x)
    ),
    "function of a column": lambda lib, t: (lambda f: lib.select(t.c.x, f.c.value).select_from(t).join(f, lib.true()))(
        lib.func.json_each(lib.func.json_array(t.c.x)).table_valued("value", name="je")
    ),
    "function in EXISTS": lambda lib, t: lib.select(t.c.x).where(
        lib.exists(
            lib.select(1)
            .select_from(lib.func.json_each(lib.func.json_array(t.c.x)).table_valued("value"))
            .where(lib.column("value") == 3)
        )
    ),
    "function in a scalar subquery": lambda lib, t: lib.select(
        t.c.x,
        (lambda f: lib.select(lib.func.sum(f.c.value)).scalar_subquery())(
            lib.func.json_each(lib.func.json_array(t.c.x, 1)).table_valued("value")
        ),
    ),
    "function in a subquery": _function(lambda lib, t, f: lib.select(lib.select(f).subquery())),
    "function in a cte": _function(lambda lib, t, f: lib.select(lib.select(f.c.value).cte("c").c.value)),
    "function in IN": _function(lambda lib, t, f: lib.select(t.c.x).where(t.c.x.in_(lib.select(f.c.value)))),
    "function in INSERT": _function(lambda lib, t, f: lib.insert(t).from_select(["x"], lib.select(f.c.value + 100))),
    "VALUES without a name": _values(lambda lib, t, v: lib.select(lib.func.count()).select_from(v)),
    "VALUES for a cte": _values(lambda lib, t, v: lib.select(v.cte("z"))),
    "VALUES for a cte, joined": _values(
        lambda lib, t, v: (lambda z: lib.select(t.c.x, z.c.b).join(z, t.c.x == z.c.a))(v.cte("z"))
    ),
    "VALUES for a nameless cte": _values(lambda lib, t, v: lib.select(v.cte()).where(lib.column("a") > 1)),
    "VALUES for a cte after their name": _values(lambda lib, t, v: lib.select(v.cte()), name="v"),
    "VALUES in a nesting cte": _values(lambda lib, t, v: lib.select(v.cte("z", nesting=True))),
    "IN VALUES": _values(lambda lib, t, v: lib.select(t.c.x).where(lib.tuple_(t.c.x, t.c.y).in_(v))),
    "IN scalar VALUES": _values(
        lambda lib, t, v: lib.select(t.c.x).where(lib.tuple_(t.c.x, t.c.y).in_(v.scalar_values()))
    ),
    "NOT IN VALUES": _values(lambda lib, t, v: lib.select(t.c.x).where(lib.tuple_(t.c.x, t.c.y).not_in(v))),
    "scalar VALUES": lambda lib, t: lib.select(
        lib.values(lib.column("a", lib.Integer)).data([(7,)]).scalar_values().label("q")
    ),
    "VALUES for INSERT": _values(
        lambda lib, t, v: lib.insert(t).from_select(["x", "y"], lib.select(v.cte("z").c.a + 50, lib.null()))
    ),
    "rows of a function": lambda lib, t: lib.select(lib.func.abs(1)).select_from(lib.func.json_each("[1, 2]")),
    "rows of a function's alias": lambda lib, t: lib.select(lib.literal_column("h.value")).select_from(
        lib.func.json_each("[1, 2]").alias("h")
    ),
}

SOURCES_AS_TEXT: dict[str, Build] = {
    "function's one value": lambda lib, t: lib.select(lib.func.unnest(t.c.x).column_valued("x")),
    "function's nameless value": lambda lib, t: (lambda v: lib.select(v, v + 1, v == 2))(
        lib.func.f(t.c.x).column_valued()
    ),
    "function's typed value": lambda lib, t: lib.select(lib.func.f(1, type_=lib.Integer).column_valued("k") + 2),
    "function's value beside": lambda lib, t: (lambda v: lib.select(t.c.x, v).where(v == 5))(
        lib.func.unnest(t.c.y).column_valued("v")
    ),
    "function's value with a label": lambda lib, t: lib.select(lib.func.f(1).alias("a").column.label("q")),
    "function's value in order": lambda lib, t: (lambda k: lib.select(k).order_by(k.desc()).group_by(k))(
        lib.func.f(1).column_valued("k")
    ),
    "function's value in a subquery": lambda lib, t: lib.select(
        lib.select(lib.func.f(1).column_valued("k"), lib.func.f(2).column_valued()).subquery()
    ),
    "function's value IN": lambda lib, t: lib.select(t.c.x).where(
        t.c.x.in_(lib.select(lib.func.unnest(t.c.y).column_valued("z")))
    ),
    "function's alias": lambda lib, t: lib.select(lib.func.f(t.c.x).alias("zz")),
    "function's nameless alias": lambda lib, t: lib.select(lib.func.f(t.c.x).alias()),
    "whole row": _function(lambda lib, t, f: lib.select(f.column, f.c.value)),
    "whole row as an argument": lambda lib, t: lib.select(
        lib.func.row_to_json(t.table_valued()), lib.func.f(t.alias("q").table_valued())
    ),
    "whole row of a subquery": lambda lib, t: lib.select(
        lib.func.row_to_json(lib.select(t.c.x).subquery("s").table_valued()), lib.select(t.c.x).cte("w").table_valued()
    ),
    "whole row of a function": lambda lib, t: lib.select(
        lib.func.row_to_json(lib.func.f().table_valued("a").table_valued())
    ),
    "ordinality": lambda lib, t: lib.select(
        _series(lib).table_valued("gen", with_ordinality="ordinality").render_derived()
    ),
    "ordinality with a name": lambda lib, t: lib.select(
        _series(lib).table_valued("gen", with_ordinality="ord", name="gs").render_derived()
    ),
    "ordinality of an alias": lambda lib, t: lib.select(
        _series(lib).table_valued("gen", with_ordinality="ord").alias("x").render_derived(name="y")
    ),
    "ordinality alone": lambda lib, t: lib.select(_series(lib).table_valued("gen", with_ordinality="ord")),
    "derived with types": lambda lib, t: lib.select(_records(lib).render_derived(name="x", with_types=True)),
    "derived with types, nameless": lambda lib, t: (lambda r: lib.select(r).where(r.c.a > 1))(
        _records(lib).render_derived(with_types=True)
    ),
    "derived, then lateral": _function(lambda lib, t, f: lib.select(f.render_derived(name="r").lateral()), name="q"),
    "lateral, then derived": _function(lambda lib, t, f: lib.select(f.lateral().render_derived()), name="q"),
    "derived, another name": _function(lambda lib, t, f: lib.select(f.render_derived(name="r").alias("l"))),
    "joins implicitly": _function(lambda lib, t, f: lib.select(t, f), joins_implicitly=True),
    "lateral function": lambda lib, t: (lambda f: lib.select(t.c.x, f.c.k).join(f, f.c.k > 1))(
        lib.func.json_each(t.c.y).table_valued("k", name="q").lateral("z")
    ),
    "lateral of a function": lambda lib, t: lib.select(lib.lateral(lib.func.f(1), "q"), lib.func.f(2).lateral()),
    "lateral()": lambda lib, t: lib.select(lib.lateral(lib.func.f(t.c.x).table_valued("a")), t),
    "lateral ordinality": lambda lib, t: lib.select(lib.func.f(1).table_valued("a", with_ordinality="o").lateral("l")),
    "one column of a row": lambda lib, t: lib.select(
        lib.func.f(t.c.y).scalar_table_valued("k"), lib.func.g(1).scalar_table_valued("a b", lib.Integer) + 1
    ),
    "one column of a row, compared": lambda lib, t: lib.select(t.c.x).where(
        lib.func.f(t.c.y).scalar_table_valued("k", lib.String) + "a" == "b"
    ),
    "one column of a row, in a subquery": lambda lib, t: lib.select(
        lib.select(lib.func.f(t.c.y).scalar_table_valued("k")).subquery()
    ),
    "lateral subquery": _lateral(_joined),
    "lateral, nameless": _lateral(_joined, None),
    "lateral with a comma": _lateral(lambda lib, t, s: lib.select(t.c.x, s.c.id)),
    "lateral first": _lateral(lambda lib, t, s: lib.select(s.c.id, t.c.x)),
    "lateral alone": _lateral(lambda lib, t, s: lib.select(s.c.id)),
    "lateral, outer join": _lateral(lambda lib, t, s: lib.select(t.c.x).select_from(t).outerjoin(s, s.c.id == t.c.x)),
    "lateral, correlated": _lateral(_joined, correlate=True),
    "lateral, not correlated": _lateral(_joined, correlate=False),
    "lateral, correlated but": _lateral(_joined, but=True),
    "lateral with a limit": _lateral(_joined, limit=True),
    "lateral union": _lateral(_joined, union=True),
    "lateral after lateral": _lateral(_two_laterals),
    "lateral in a subquery": _lateral(lambda lib, t, s: lib.select(_joined(lib, t, s).subquery())),
    "lateral of the table alone": lambda lib, t: (lambda s: lib.select(t.c.x, s.c.q).join(s, lib.true()))(
        lib.select((t.c.x + 1).label("q")).correlate(t).lateral("l")
    ),
    "lateral table": lambda lib, t: lib.select(lib.lateral(t, "q"), lib.lateral(t.alias("z"), "r")),
    "lateral of a subquery": lambda lib, t: lib.select(lib.lateral(lib.select(t.c.x).subquery("z"), "q")),
    "alias of lateral": lambda lib, t: lib.select(lib.select(t.c.x).lateral("z").alias("y")),
    "VALUES": _values(lambda lib, t, v: lib.select(v), name="v"),
    "VALUES, nameless": _values(lambda lib, t, v: lib.select(v)),
    "VALUES, written out": _values(lambda lib, t, v: lib.select(v), name="v", literal_binds=True),
    "VALUES, another name": _values(
        lambda lib, t, v: (lambda z: lib.select(z.c.a, z.c.b).where(z.c.a > 1))(v.alias("z"))
    ),
    "VALUES, a name made up": _values(lambda lib, t, v: lib.select(v.alias())),
    "VALUES joined": _values(lambda lib, t, v: lib.select(t.c.x, v.c.b).join(v, v.c.a == t.c.x), name="v"),
    "VALUES lateral": _values(lambda lib, t, v: lib.select(t.c.x, v.lateral("z")), name="v"),
    "VALUES of columns, lateral": lambda lib, t: (lambda v: lib.select(t.c.x, v.c.a).join(v, lib.true()))(
        lib.values(lib.column("a", lib.Integer), name="v").data([(t.c.x,), (t.c.x + 1,)]).lateral()
    ),
    "VALUES of expressions": lambda lib, t: lib.select(
        lib.values(lib.column("a", lib.Integer), lib.column("b c", lib.String), name="V x").data(
            [(lib.literal(1) + 2, lib.func.now()), (None, lib.null())]
        )
    ),
    "VALUES in two parts": _values(lambda lib, t, v: lib.select(v.data([(3, "z")])), name="v"),
    "VALUES without rows": lambda lib, t: lib.select(lib.values(lib.column("a", lib.Integer), name="v")),
    "VALUES for UPDATE": _values(lambda lib, t, v: lib.update(t).values(y=v.c.b).where(t.c.x == v.c.a), name="v"),
    "VALUES in a subquery": _values(lambda lib, t, v: lib.select(lib.select(v).subquery("s").c.a), name="v"),
    "VALUES of a table's columns": lambda lib, t: lib.select(lib.values(t.c.x, t.c.y, name="v").data([(1, "a")])),
    "VALUES twice": _values(
        lambda lib, t, v: (lambda w: lib.select(v.c.a, w.c.b).where(v.c.a == w.c.a))(
            lib.values(lib.column("a", lib.Integer), lib.column("b", lib.String), name="w").data([(3, None)])
        ),
        name="v",
    ),
    "VALUES alone": _values(lambda lib, t, v: v, name="v"),
    "sample": lambda lib, t: lib.select(lib.tablesample(t, 10)),
    "sample by a method": lambda lib, t: lib.select(
        lib.tablesample(t, lib.func.bernoulli(1), name="s", seed=lib.func.random())
    ),
    "sample of a table": lambda lib, t: lib.select(t.tablesample(5.5, "q").c.x),
    "sample of an alias": lambda lib, t: lib.select(t.alias("z").tablesample(lib.func.system(3), name="q").c.x),
    "sample by text and parameter": lambda lib, t: lib.select(
        lib.tablesample(t, lib.text("10"), name="q"), lib.tablesample(t, lib.bindparam("pct", 10), name="r")
    ),
    "sample joined": lambda lib, t: (lambda s, u: lib.select(s.c.x, u.c.id).join_from(s, u, s.c.x == u.c.x))(
        t.tablesample(lib.func.bernoulli(2), name="q"), other(lib)
    ),
    "sample of a subquery": lambda lib, t: lib.select(lib.select(t.c.x).subquery("s").tablesample(2)),
    "sample of a function": _function(lambda lib, t, f: lib.select(f.tablesample(3))),
    "sample alone": lambda lib, t: t.tablesample(3),
    "rows of a function": lambda lib, t: lib.select(lib.func.f(1)).select_from(lib.func.g(2)),
}
