"""Expressions alone: their text, their bound values, their parentheses."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import shop
from tests.differential.registry import program


def _columns(lib: Any) -> Any:
    table = lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("a", lib.Integer),
        lib.Column("b", lib.Integer),
        lib.Column("name", lib.String(20)),
        lib.Column("flag", lib.Boolean),
        lib.Column("price", lib.Numeric(10, 2)),
        lib.Column("at", lib.DateTime),
        lib.Column("day", lib.Date),
        lib.Column("data", lib.LargeBinary),
    )
    return table.c


@program
def comparisons(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    for label, expression in {
        "eq": c.a == 1,
        "ne": c.a != 1,
        "lt": c.a < 1,
        "le": c.a <= 1,
        "gt": c.a > 1,
        "ge": c.a >= 1,
        "column": c.a == c.b,
        "reflected": 5 < c.a,  # noqa: SIM300
    }.items():
        log.text(label, expression, engine)


@program
def comparisons_with_none(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("== None", c.a == None, engine)  # noqa: E711
    log.text("!= None", c.a != None, engine)  # noqa: E711
    log.text("is_", c.a.is_(None), engine)
    log.text("is_not", c.a.is_not(None), engine)
    log.text("isnot, the old name", c.a.isnot(None), engine)
    log.text("null()", c.a == lib.null(), engine)


@program
def values_of_each_type(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("string", c.name == "x", engine)
    log.text("boolean", c.flag == True, engine)  # noqa: E712
    log.text("decimal", c.price == Decimal("1.50"), engine)
    log.text("datetime", c.at == datetime(2024, 1, 2, 3, 4, 5), engine)
    log.text("date", c.day == date(2024, 1, 2), engine)
    log.text("bytes", c.data == b"\x00", engine)


@program
def conjunction_and_disjunction(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    first, second, third = c.a == 1, c.b == 2, c.name == "x"
    log.text("and_", lib.and_(first, second, third), engine)
    log.text("or_", lib.or_(first, second, third), engine)
    log.text("&", first & second & third, engine)
    log.text("|", first | second | third, engine)
    log.text("and in or", lib.or_(lib.and_(first, second), third), engine)
    log.text("or in and", lib.and_(lib.or_(first, second), third), engine)
    log.text("& and |", (first | second) & third, engine)
    log.text("one", lib.and_(first), engine)


@program
def negation(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("not eq", lib.not_(c.a == 1), engine)
    log.text("~ lt", ~(c.a < 1), engine)
    log.text("~ and", ~lib.and_(c.a == 1, c.b == 2), engine)
    log.text("~ or", ~((c.a == 1) | (c.b == 2)), engine)
    log.text("~ in", ~c.a.in_([1, 2]), engine)
    log.text("~ like", ~c.name.like("x%"), engine)
    log.text("~ between", ~c.a.between(1, 2), engine)
    log.text("~ is null", ~c.a.is_(None), engine)
    log.text("~~", ~~(c.a == 1), engine)


@program
def boolean_columns(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("alone in and", lib.and_(c.flag, c.a == 1), engine)
    log.text("negated", ~c.flag, engine)
    log.text("is true", c.flag.is_(True), engine)
    log.text("is false", c.flag.is_(False), engine)
    log.text("where", lib.select(c.id).where(c.flag), engine)
    log.text("where not", lib.select(c.id).where(~c.flag), engine)


@program
def true_and_false(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("true in and", lib.and_(lib.true(), c.a == 1), engine)
    log.text("false in and", lib.and_(lib.false(), c.a == 1), engine)
    log.text("true in or", lib.or_(lib.true(), c.a == 1), engine)
    log.text("false in or", lib.or_(lib.false(), c.a == 1), engine)
    log.text("where true", lib.select(c.id).where(lib.true()), engine)
    log.text("where false", lib.select(c.id).where(lib.false()), engine)


@program
def membership(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("list", c.a.in_([1, 2, 3]), engine)
    log.text("tuple", c.a.in_((1,)), engine)
    log.text("not in", c.a.not_in([1, 2]), engine)
    log.text("notin_, the old name", c.a.notin_([1, 2]), engine)
    log.text("empty", c.a.in_([]), engine)
    log.text("not in empty", c.a.not_in([]), engine)
    log.text("strings", c.name.in_(["x", "y"]), engine)
    log.text("select", c.a.in_(lib.select(c.b).where(c.b > 5)), engine)
    log.text("not in select", c.a.not_in(lib.select(c.b)), engine)


@program
def likeness(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("like", c.name.like("x%"), engine)
    log.text("like escape", c.name.like("x/%", escape="/"), engine)
    log.text("not like", c.name.not_like("x%"), engine)
    log.text("ilike", c.name.ilike("x%"), engine)
    log.text("not ilike", c.name.not_ilike("x%"), engine)
    log.text("startswith", c.name.startswith("x"), engine)
    log.text("endswith", c.name.endswith("x"), engine)
    log.text("contains", c.name.contains("x"), engine)
    log.text("contains, escaped", c.name.contains("x%y", autoescape=True), engine)


@program
def between(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("values", c.a.between(1, 5), engine)
    log.text("columns", c.a.between(c.b, c.id), engine)
    log.text("in and", lib.and_(c.a.between(1, 5), c.b == 2), engine)
    log.text("dates", c.day.between(date(2024, 1, 1), date(2024, 2, 1)), engine)


@program
def arithmetic(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("+", c.a + 1, engine)
    log.text("-", c.a - c.b, engine)
    log.text("*", c.a * 2, engine)
    log.text("%", c.a % 2, engine)
    log.text("reflected", 10 - c.a, engine)
    log.text("negative", -c.a, engine)
    log.text("grouped left", (c.a + 1) * 2, engine)
    log.text("grouped right", 2 * (c.a - c.b), engine)
    log.text("no group needed", c.a + c.b * 2, engine)
    log.text("minus of minus", c.a - (c.b - 1), engine)
    log.text("plus of plus", c.a + (c.b + 1), engine)
    log.text("compared", c.a + 1 > c.b, engine)


@program
def division(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("true", c.a / c.b, engine)
    log.text("true, decimal", c.price / 2, engine)
    log.text("floor", c.a // 2, engine)


@program
def concatenation(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("+ value", c.name + "x", engine)
    log.text("value +", "x" + c.name, engine)
    log.text("+ column", c.name + c.name, engine)
    log.text("chain", c.name + " " + c.name, engine)


@program
def own_operators(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("op", c.a.op("&")(7), engine)
    log.text("op compared", c.a.op("&")(7) == 1, engine)
    log.text("glob", c.name.op("GLOB")("x*"), engine)


@program
def functions(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("count", lib.func.count(c.id), engine)
    log.text("count of nothing", lib.func.count(), engine)
    log.text("sum", lib.func.sum(c.a), engine)
    log.text("two arguments", lib.func.coalesce(c.a, 0), engine)
    log.text("nested", lib.func.lower(lib.func.trim(c.name)), engine)
    log.text("compared", lib.func.length(c.name) > 3, engine)
    log.text("arithmetic", lib.func.max(c.a) - lib.func.min(c.a), engine)
    log.text("any name", lib.func.my_function(1, "x", c.a), engine)
    log.text("capitals", lib.func.MyFunction(c.a), engine)
    log.text("now", lib.func.now(), engine)
    log.text("labelled", lib.select(lib.func.count(c.id).label("n")), engine)
    log.text("without label", lib.select(lib.func.count(c.id)), engine)
    log.text("no columns", lib.select(lib.func.count()).select_from(c.id.table), engine)


@program
def function_result_types(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    for label, made in {
        "count": lib.func.count(c.id),
        "sum": lib.func.sum(c.price),
        "max": lib.func.max(c.at),
        "min": lib.func.min(c.name),
        "coalesce": lib.func.coalesce(c.price, 0),
        "unknown": lib.func.whatever(c.price),
        "typed": lib.func.whatever(c.price, type_=lib.Integer),
    }.items():
        log(label, type(made.type))


@program
def distinct_in_function(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("method", lib.func.count(c.a.distinct()), engine)
    log.text("function", lib.func.count(lib.distinct(c.a)), engine)


@program
def names_of_bound_values(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("same column twice", lib.and_(c.a > 1, c.a < 9), engine)
    log.text("column and in", lib.and_(c.a == 1, c.a.in_([2, 3])), engine)
    log.text("no column", lib.func.abs(-1) == 2, engine)
    log.text("literal", lib.literal(5) + c.a, engine)
    log.text("bindparam", c.a == lib.bindparam("wanted"), engine)
    log.text("bindparam with value", c.a == lib.bindparam("wanted", 3), engine)


@program
def quoted_names(lib: Any, engine: Any, log: Log) -> None:
    table = lib.Table(
        "Order",
        lib.MetaData(),
        lib.Column("group", lib.Integer),
        lib.Column("Mixed", lib.Integer),
        lib.Column("two words", lib.Integer),
        lib.Column('quo"te', lib.Integer),
        lib.Column("1st", lib.Integer),
        lib.Column("plain", lib.Integer),
    )
    log.text("select", lib.select(table), engine)
    log.text("where", lib.select(table.c.plain).where(table.c["two words"] == 1, table.c.group == 2), engine)
    log.text("label", lib.select(table.c.plain.label("Select")), engine)


@program
def mapped_attributes(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("eq", s.Customer.name == "ann", engine)
    log.text("in", s.Customer.id.in_([1, 2]), engine)
    log.text("and", (s.Customer.active == True) & s.Customer.email.is_(None), engine)  # noqa: E712
    log.text("arithmetic", s.Order.total * 2 + 1, engine)
    log.text("label", s.Order.total.label("sum"), engine)
    log.text("across classes", s.Customer.id == s.Order.customer_id, engine)


@program
def truth_of_an_expression(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.error("bool of <", lambda: bool(c.a < 1), message=True)
    log.error("bool of and_", lambda: bool(lib.and_(c.a == 1, c.b == 2)))
    log("bool of column == itself", bool(c.a == c.a))
    log("bool of column == another", bool(c.a == c.b))
    log("column in list", c.a in [c.b, c.a])


@program
def plain_text(lib: Any, engine: Any, log: Log) -> None:
    log.text("text", lib.text("SELECT 1"), engine)
    log.text("with names", lib.text("SELECT * FROM t WHERE a = :a AND b = :b"), engine)
    log.text("bound", lib.text("SELECT * FROM t WHERE a = :a").bindparams(a=5), engine)
    log.text("colons", lib.text(r"SELECT '\:not_a_name', a::int FROM t"), engine)


@program
def orderings(lib: Any, engine: Any, log: Log) -> None:
    c = _columns(lib)
    log.text("desc method", c.a.desc(), engine)
    log.text("asc function", lib.asc(c.a), engine)
    log.text("desc of expression", (c.a + c.b).desc(), engine)
    log.text("nulls last", c.a.desc().nulls_last(), engine)
    log.text("nulls first", lib.nulls_first(c.a.asc()), engine)
