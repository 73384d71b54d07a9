"""What elements tell of themselves: whose SQL `str()` shows, their operators, their names in a description, quoted names."""

from __future__ import annotations

import operator
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _things(lib: Any) -> Any:
    return lib.table("things", lib.column("id", lib.Integer), lib.column("name", lib.String))


@program
def text_of_what_one_database_has(lib: Any, engine: Any, log: Log) -> None:
    """Without a dialect, `str()` shows an element as its own database has it, and what is around it in standard SQL."""
    things = _things(lib)
    keyed = lib.Table(
        "keyed", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
    )
    array = import_module(f"{lib.__name__}.dialects.postgresql").array
    shown = {
        "array": array([1, 2]),
        "empty array": array([], type_=lib.Integer),
        "array of arrays": array([array(["a"]), array(["b"])]),
        "array inside": lib.select(array([1]), things.c.id == 5).where(things.c.id == lib.any_(array([2]))),
        "array in a function": lib.func.f(array([1]), 5),
    }
    for name in ("postgresql", "sqlite", "mysql"):
        insert = import_module(f"{lib.__name__}.dialects.{name}").insert
        shown[f"{name} all"] = insert(keyed)
        shown[f"{name} key is made"] = insert(keyed).values(name="a")
        shown[f"{name} in a cte"] = lib.select(insert(things).values(id=1).returning(things.c.id).cte("x"))
    for label, element in shown.items():
        log(label, str(element))
    literal = shown["postgresql key is made"].compile(compile_kwargs={"literal_binds": True})
    log("values in the text", str(literal))


@program
def text_of_an_own_type(lib: Any, engine: Any, log: Log) -> None:
    class Point(lib.types.UserDefinedType):  # type: ignore[name-defined,misc]
        cache_ok = True

    log("shown", str(lib.cast(_things(lib).c.id, Point())))


@program
def operators_are_functions_of_python(lib: Any, engine: Any, log: Log) -> None:
    things = _things(lib)
    number, name = things.c.id, things.c.name
    operators = lib.sql.operators
    made = {
        "eq": number == 5, "ne": number != 5, "lt": number < 5, "add": number + 5, "sub": number - 5, "mul": number * 5,
        "truediv": number / 5, "mod": number % 5, "neg": -number, "and_": (number == 5) & (name == "a"), "or_": (number == 5) | (name == "a"),
        "floordiv": number // 5, "concat": name + "a", "in": number.in_([1]), "is": number.is_(None),
    }  # fmt: skip
    for label, element in made.items():
        equal = [
            one
            for one in vars(operator)
            if callable(getattr(operator, one)) and element.operator == getattr(operator, one)
        ]
        log(label, sorted({one.strip("_") for one in equal}))
    words = {operators.eq: "equal", operators.in_op: "in"}
    log("found in a dict", [words.get(made[one].operator) for one in ("eq", "in", "ne")])
    log("in a tuple", made["eq"].operator in (operator.ne, operator.eq))


@program
def own_operators(lib: Any, engine: Any, log: Log) -> None:
    custom_op = lib.sql.operators.custom_op
    x, y = lib.column("x"), lib.column("y")
    made = x.op("@", precedence=3, is_comparison=True, python_impl=operator.add)(5).operator
    log("class", (isinstance(made, custom_op), isinstance((x == 5).operator, custom_op)))
    log("facts", (made.opstring, made.precedence, made.is_comparison, made.natural_self_precedent, made.eager_grouping))
    log("in Python", (made.python_impl(1, 2), made(1, 2)))
    log("equal", (x.op("@")(1).operator == y.op("@")(2).operator, x.op("@")(1).operator == x.op("#")(1).operator))
    log("one of them", len({x.op("@")(1).operator, y.op("@")(2).operator}))
    eager, same = custom_op("@", eager_grouping=True), custom_op("@", natural_self_precedent=True)
    typed = custom_op("@@", is_comparison=True, precedence=5, return_type=lib.Boolean())
    for label, element in {
        "called": custom_op("@")(x, 5),
        "eager": lib.and_(x.operate(eager, 5), y == 1),
        "again": x.operate(same, 5).operate(same, 6),
        "typed": x.operate(typed, y),
    }.items():
        log(label, (str(element), str(element.type)))


def _described(statement: Any) -> list[Any]:
    return [
        (one["name"], sorted(one), one.get("aliased"), getattr(one.get("entity"), "__name__", str(one.get("entity"))))
        for one in statement.column_descriptions
    ]


@program
def descriptions_of_what_has_no_label(lib: Any, engine: Any, log: Log) -> None:
    """A SELECT names each column as it is found in a subquery; a Query only columns and labels. The class is the first inside."""

    class Base(lib.orm.DeclarativeBase):  # type: ignore[name-defined,misc]
        pass

    class User(Base):
        __tablename__ = "users"
        id = lib.orm.mapped_column(lib.Integer, primary_key=True)
        name = lib.orm.mapped_column(lib.String)
        loud = lib.orm.column_property(name + "!")

    class Pet(Base):
        __tablename__ = "pets"
        id = lib.orm.mapped_column(lib.Integer, primary_key=True)

    other = lib.orm.aliased(User, name="other")
    parts = [
        User, User.id, Pet.id, User.id + 1, User.name.label("q"), lib.func.count(), lib.func.count(Pet.id), -User.id, User.id == 5,
        lib.cast(User.id, lib.String), other, other.id, other.id + 1, User.loud, lib.null(), lib.case((User.id == 1, 2)),
        lib.func.lower(User.name), lib.func.lower(User.name + other.name), lib.func.count(User.id).filter(User.id > 1),
        lib.func.row_number().over(order_by=User.id), lib.select(User.id).scalar_subquery(), User.id.in_([1]),
        lib.exists().where(User.id == 1), lib.distinct(User.id), lib.type_coerce(User.id, lib.String), User.__table__.c.id,
        lib.orm.Bundle("b", User.id, User.name), lib.literal_column("y"), lib.text("z"),
    ]  # fmt: skip
    log("select", _described(lib.select(*parts)))
    log("query", _described(lib.orm.Session().query(*parts)))
    things = _things(lib)
    plain = lib.select(things.c.id, things.c.id, things.c.id + 1, lib.func.f(), lib.func.f(), things.c.name.label("id"))
    log("core", _described(plain))
    log("core without labels", _described(plain.set_label_style(lib.LABEL_STYLE_NONE)))
    returning = lib.insert(things).returning(things.c.id, things.c.id + 1, lib.func.f())
    log("returning", [one["name"] for one in returning.returning_column_descriptions])


@program
def quoted_names_of_tables(lib: Any, engine: Any, log: Log) -> None:
    """What `quote=` says holds in every statement."""
    table = lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("a", lib.Integer, primary_key=True, quote=True),
        lib.Column("select", lib.Integer, quote=False),
        quote=True,
        schema="s",
        quote_schema=True,
    )
    copy = table.to_metadata(lib.MetaData())
    log("told", [one.quote for each in (table, copy) for one in (each.name, each.c.a.name, each.schema)])
    log("of others", (lib.Sequence("q", quote=True).name.quote, lib.Index("i", quote=True).name.quote))
    log("of all tables", lib.MetaData(schema="s", quote_schema=True).schema.quote)
    statements = (lib.select(table), lib.insert(table), lib.update(table).where(table.c.a == 1), lib.delete(table))
    for statement in (*statements, lib.schema.CreateTable(copy), lib.schema.DropTable(table)):
        log("text", str(statement))
    plain = lib.Table("t", lib.MetaData(), lib.Column("a", lib.Integer, primary_key=True, quote=True), quote=True)
    plain.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(plain.insert(), [{"a": 1}, {"a": 2}])
        log("row", connection.execute(lib.select(plain).where(plain.c.a == 2)).one())


@program
def smaller_facts_of_columns_and_types(lib: Any, engine: Any, log: Log) -> None:
    nullable = [
        lib.Column("a", lib.Integer, nullable=None),
        lib.Column("a", lib.Integer, nullable=None, primary_key=True),
    ]
    log("nullable", [one.nullable for one in nullable])
    log("shown", repr(nullable[0]))
    table = lib.Table("t", lib.MetaData(), nullable[0])
    log("created", str(lib.schema.CreateTable(table)))
    log("copied", table.to_metadata(lib.MetaData()).c.a.nullable)
    kind = lib.types.SchemaType
    log("have names", [isinstance(one, kind) for one in (lib.Boolean(), lib.Enum("a"), lib.Integer())])


@program
def columns_without_a_table(lib: Any, engine: Any, log: Log) -> None:
    """Such a column is a name alone, in subqueries too."""
    a, b = lib.column("a"), lib.column("b")
    things = lib.table("things", lib.column("z"))
    made = {
        "subquery": lib.select(a).subquery("x").select(),
        "twice": lib.select(a, a).subquery("x").select(),
        "cte": lib.select(lib.literal_column("a"), b).cte("x").select(),
        "union": lib.union(lib.select(a), lib.select(b)).subquery("x").select(),
        "with FROM": lib.select(a, things.c.z).select_from(things).subquery("x").select(),
        "styles": lib.select(a).set_label_style(lib.LABEL_STYLE_TABLENAME_PLUS_COL).subquery("x").select(),
        "labels": lib.select(a, a.label("q"), a + 1).subquery("x").select(),
        "recursive": lib.select(a).cte("x", recursive=True).union_all(lib.select(a)).select(),
        "lateral": lib.select(a).lateral("x").select(),
    }
    for label, statement in made.items():
        log(label, str(statement))
