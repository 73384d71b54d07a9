"""DDL that functions of programs write: columns, constraints, whole statements, with the documented helpers of the compiler."""

from functools import partial
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _table(lib: Any) -> Any:
    metadata = lib.MetaData()
    lib.Table("owners", metadata, lib.Column("id", lib.Integer, primary_key=True))
    return lib.Table(
        "boats",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String(20), server_default="it's", nullable=False, info={"marked": True}),
        lib.Column("owner_id", lib.Integer, lib.ForeignKey("owners.id", name="fk_owner")),
        lib.Column(
            "length", lib.Numeric(5, 2), lib.CheckConstraint("length > 1", name="ck_length"), info={"marked": True}
        ),
        lib.UniqueConstraint("name", name="uq_name"),
    )


def _dialects(lib: Any) -> Any:
    for name in ("sqlite", "postgresql", "mysql"):
        yield name, import_module(f"{lib.__name__}.dialects.{name}").dialect()


@program
def columns_of_programs(lib: Any, engine: Any, log: Log) -> None:
    """A function for CreateColumn asks for type, default, constraints and the whole specification."""
    compiler_of = import_module(f"{lib.__name__}.ext.compiler")
    element = lib.schema.CreateColumn

    @compiler_of.compiles(element)
    def write(create: Any, compiler: Any, **keywords: Any) -> str:
        column = create.element
        if "marked" not in column.info:
            return str(compiler.visit_create_column(create, **keywords))
        parts = [column.name, "MARKED", compiler.type_compiler.process(column.type)]
        default = compiler.get_column_default_string(column)
        parts += [] if default is None else ["DEFAULT", default]
        parts += [compiler.process(constraint) for constraint in column.constraints]
        return " ".join([*parts, f"/* {compiler.get_column_specification(column)} */"])

    try:
        for name, dialect in _dialects(lib):
            log(name, str(lib.schema.CreateTable(_table(lib)).compile(dialect=dialect)))
    finally:
        compiler_of.deregister(element)


@program
def constraints_of_programs(lib: Any, engine: Any, log: Log) -> None:
    """A function for a class of constraints adds to what the dialect writes."""
    compiler_of = import_module(f"{lib.__name__}.ext.compiler")
    classes = {
        lib.PrimaryKeyConstraint: "visit_primary_key_constraint",
        lib.UniqueConstraint: "visit_unique_constraint",
        lib.ForeignKeyConstraint: "visit_foreign_key_constraint",
        lib.CheckConstraint: "visit_check_constraint",
    }
    for class_, method in classes.items():

        @compiler_of.compiles(class_)
        def write(constraint: Any, compiler: Any, method: str = method, **keywords: Any) -> str:
            return f"{getattr(compiler, method)(constraint, **keywords)} /* {method} */"

    try:
        for name, dialect in _dialects(lib):
            log(name, str(lib.schema.CreateTable(_table(lib)).compile(dialect=dialect)))
    finally:
        for class_ in classes:
            compiler_of.deregister(class_)


@program
def functions_without_a_text(lib: Any, engine: Any, log: Log) -> None:
    """A FunctionElement has no SQL but that of programs: where there is none for a dialect, it is an error."""
    compiler_of = import_module(f"{lib.__name__}.ext.compiler")
    functions = import_module(f"{lib.__name__}.sql.functions")

    class Bare(functions.FunctionElement):  # type: ignore[misc, name-defined]
        name = "bare"
        inherit_cache = True

    class Partly(functions.FunctionElement):  # type: ignore[misc, name-defined]
        name = "partly"
        inherit_cache = True

    class Named(functions.GenericFunction):  # type: ignore[misc, name-defined]
        name = "named"
        inherit_cache = True

    @compiler_of.compiles(Partly, "postgresql")
    def write(element: Any, compiler: Any, **keywords: Any) -> str:
        return f"partly of {compiler.visit_function(element, **keywords)}"

    @compiler_of.compiles(Named, "postgresql")
    def write_named(element: Any, compiler: Any, **keywords: Any) -> str:
        return "as the program says"

    def text(class_: Any, dialect: Any) -> str:
        return str(lib.select(class_(1)).compile(dialect=dialect))

    for class_ in (Bare, Partly, Named):
        for name, dialect in _dialects(lib):
            log.error(f"{class_.__name__} on {name}", partial(text, class_, dialect))


@program
def names_of_functions_of_programs(lib: Any, engine: Any, log: Log) -> None:
    """What a FunctionElement without a name is called in rows, and the parameters beside it."""
    compiler_of = import_module(f"{lib.__name__}.ext.compiler")
    element = import_module(f"{lib.__name__}.sql.functions").FunctionElement
    for given in ({}, {"name": "size"}, {"name": None}):
        class_ = type("Size", (element,), {"inherit_cache": True, **given})
        compiler_of.compiles(class_)(lambda call, compiler, **kw: f"abs({compiler.process(call.clauses, **kw)})")
        log.text(f"{given}", lib.select(class_(1), class_(2)), engine)
        log.text("compared", lib.select(lib.literal(3)).where(class_(-4) == 4), engine)
        log("keys", lib.select(class_(1)).subquery().c.keys())
        with engine.connect() as connection:
            found = connection.execute(lib.select(class_(-1), class_(2)))
            log("rows", (list(found.keys()), found.all()))
