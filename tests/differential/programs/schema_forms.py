"""Tables in other schemas, types with names, statements that make tables: what is documented, as text."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _sent(lib: Any, act: Any) -> list[str]:
    """Return the SQL for PostgreSQL that would be sent."""
    sent: list[str] = []

    def note(statement: Any, *_: Any, **__: Any) -> None:
        sent.append(" ".join(str(statement.compile(dialect=engine.dialect)).split()))

    engine = lib.create_mock_engine("postgresql+psycopg://", note)
    act(engine)
    return sent


@program
def tables_copied_into_schemas(lib: Any, engine: Any, log: Log) -> None:
    """A foreign key to a neighbour follows the table; a MetaData's schema holds for what names none."""
    metadata = lib.MetaData()
    here = lib.Table("a", metadata, lib.Column("id", lib.Integer, primary_key=True))
    there = lib.Table("o", metadata, lib.Column("id", lib.Integer, primary_key=True), schema="other")
    targets = {"name": "a.id", "name in a schema": "other.o.id", "column": here.c.id, "column in a schema": there.c.id}
    for label, target in targets.items():
        for own in (None, "other"):
            table = lib.Table("x", metadata, lib.Column("a", lib.ForeignKey(target)), schema=own)
            for keywords in (
                {},
                {"schema": "q"},
                {"schema": None},
                {"schema": "q", "referred_schema_fn": lambda *_: "z"},
            ):
                copy = table.to_metadata(lib.MetaData(schema="given"), **keywords)
                keys = [(key.target_fullname, key.target_table_key) for key in copy.foreign_keys]
                log(f"{label}, of {own}, {sorted(keywords)}", (copy.fullname, keys))
            metadata.remove(table)


@program
def types_with_names_in_schemas(lib: Any, engine: Any, log: Log) -> None:
    """The type stands in the schema of its MetaData, unless it has one of its own or takes that of the table."""
    postgresql = import_module(f"{lib.__name__}.dialects.postgresql")
    makers = {
        "enum": lambda metadata: lib.Enum("a", name="en"),
        "enum of a MetaData": lambda metadata: lib.Enum("a", name="en", metadata=metadata),
        "enum of the table's schema": lambda metadata: lib.Enum("a", name="en", inherit_schema=True),
        "enum of both": lambda metadata: lib.Enum("a", name="en", inherit_schema=True, metadata=metadata),
        "enum with a schema": lambda metadata: lib.Enum("a", name="en", schema="own", metadata=metadata),
        "native enum": lambda metadata: postgresql.ENUM("a", name="en", metadata=metadata),
        "native enum, made elsewhere": lambda metadata: postgresql.ENUM("a", name="en", create_type=False),
        "array": lambda metadata: lib.ARRAY(lib.Enum("a", name="en")),
        "domain": lambda metadata: postgresql.DOMAIN("d", lib.Integer),
        "domain of a MetaData": lambda metadata: postgresql.DOMAIN("d", lib.Integer, metadata=metadata),
        "domain with a schema": lambda metadata: postgresql.DOMAIN("d", lib.Integer, schema="own", check="VALUE > 1"),
        "domain, made elsewhere": lambda metadata: postgresql.DOMAIN("d", lib.Integer, create_type=False),
    }
    for label, make in makers.items():
        for of_all, own in ((None, None), ("q", None), ("q", "r"), (None, "r")):
            metadata = lib.MetaData(schema=of_all)
            table = lib.Table("t", metadata, lib.Column("e", make(metadata)), schema=own)
            for name, act in (
                ("create_all", metadata.create_all),
                ("drop_all", metadata.drop_all),
                ("create", lambda bind, table=table: table.create(bind, checkfirst=False)),
                ("drop", lambda bind, table=table: table.drop(bind, checkfirst=False)),
            ):
                log(f"{label}, {of_all}, {own}, {name}", _sent(lib, act))


@program
def a_type_by_itself(lib: Any, engine: Any, log: Log) -> None:
    type_ = lib.Enum("a", "b", name="en", metadata=lib.MetaData(schema="q"))
    log("created", _sent(lib, lambda bind: type_.create(bind, checkfirst=False)))
    log("dropped", _sent(lib, lambda bind: type_.drop(bind, checkfirst=False)))
    log("lengths", [lib.Enum("a", "b", length=50).length, lib.Enum("a", "bcd").length])
    log.error("too short", lambda: lib.Enum("abc", length=1), message=True)


@program
def statements_that_make_tables(lib: Any, engine: Any, log: Log) -> None:
    """In the place of CREATE TABLE and DROP TABLE, for one table and among all."""
    metadata = lib.MetaData()
    table = lib.Table("x", metadata, lib.Column("id", lib.Integer))
    lib.Table("y", metadata, lib.Column("id", lib.Integer))
    table.set_creator_ddl(lib.DDL("CREATE SOMETHING x"))
    table.set_dropper_ddl(lib.DDL("DROP SOMETHING x"))
    log("all created", _sent(lib, metadata.create_all))
    log("all dropped", _sent(lib, metadata.drop_all))
    log("created", _sent(lib, lambda bind: table.create(bind, checkfirst=False)))
    log("dropped", _sent(lib, lambda bind: table.drop(bind, checkfirst=False)))


@program
def parts_of_constraints(lib: Any, engine: Any, log: Log) -> None:
    columns = [lib.Column(name, lib.Integer) for name in ("p", "q", "r")]
    keys = lib.ForeignKeyConstraint(["p", "q"], ["a.x", "a.y"])
    unique = lib.UniqueConstraint("q", "r")
    table = lib.Table("t", lib.MetaData(), *columns, keys, unique)
    for name in "pqr":
        column = table.c[name]
        log(name, [keys.contains_column(column), unique.contains_column(column), name in unique])
    other = lib.Table("o", lib.MetaData(), lib.Column("z", lib.Integer))
    log.error("index of two tables", lambda: lib.Index("i", table.c.p, other.c.z), message=True)
    log("target", [key.target_table_key for key in keys.elements])


@program
def types_of_programs_as_text(lib: Any, engine: Any, log: Log) -> None:
    """What tools write that make migrations."""

    class Money(lib.types.UserDefinedType):  # type: ignore[name-defined,misc]
        cache_ok = True

        def __init__(self, digits: int = 2, currency: str | None = None) -> None:
            self.digits = digits
            self.currency = currency

    log("plain", repr(Money()))
    log("with arguments", repr(Money(3, currency="EUR")))
    log("of the driver", [type_().get_dbapi_type(None) for type_ in (lib.Boolean, lib.JSON, lib.Uuid)])
