"""What programs ask of a dialect: its names, what it can do, how it writes names and types."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

NAMES = ("sqlite", "postgresql", "mysql")

FACTS = (
    "name paramstyle positional max_identifier_length max_index_name_length max_constraint_name_length "
    "supports_native_boolean supports_sequences supports_multivalues_insert insert_returning update_returning "
    "delete_returning supports_alter supports_default_values supports_comments inline_comments supports_schemas "
    "supports_sane_rowcount supports_sane_multi_rowcount supports_empty_insert supports_identity_columns tuple_in_values "
    "supports_native_uuid postfetch_lastrowid cte_follows_insert supports_views supports_default_metavalue "
    "supports_is_distinct_from requires_name_normalize div_is_floordiv use_insertmanyvalues insertmanyvalues_page_size "
    "supports_statement_cache server_version_info default_sequence_base is_async"
).split()

WORDS = ("abc", "Abc", "select", "a b", 'a"b', "a`b", "1a", "a%b", "_x", "user", "a$b", "é", "a.b")


def _dialect(lib: Any, name: str) -> Any:
    return import_module(f"{lib.__name__}.dialects.{name}").dialect()


@program
def facts_of_dialects(lib: Any, engine: Any, log: Log) -> None:
    for name in NAMES:
        dialect = _dialect(lib, name)
        for fact in FACTS:
            log(f"{name}.{fact}", (getattr(dialect, fact),))


@program
def facts_of_a_dialect_in_use(lib: Any, engine: Any, log: Log) -> None:
    dialect = engine.dialect
    with engine.connect() as connection:
        log(
            "driver",
            (dialect.driver, engine.driver, engine.name, dialect.dbapi.paramstyle, dialect.loaded_dbapi.paramstyle),
        )
        log("version", (dialect.server_version_info, dialect.default_schema_name))
        log("has_table", (dialect.has_table(connection, "t"), dialect.has_table(connection, "t", schema="main")))
        lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer)).create(connection, checkfirst=False)
        log("has_table", (dialect.has_table(connection, "t"), dialect.has_table(connection, "t", schema="main")))
    for address in ("sqlite://", "postgresql://", "sqlite+aiosqlite://", "postgresql+psycopg2://"):
        url = lib.make_url(address)
        log(address, (url.get_backend_name(), url.get_driver_name(), url.get_dialect().name))


def _asked(
    lib: Any, dialect: Any, table: Any, plain: Any, index: Any, sequence: Any, check: Any
) -> dict[str, Callable[[], Any]]:
    preparer = dialect.identifier_preparer
    return {
        "bare": lambda: [preparer.quote(word) for word in WORDS],
        "quoted": lambda: [preparer.quote_identifier(word) for word in WORDS],
        "told to be quoted": lambda: preparer.quote(lib.quoted_name("abc", True)),
        "told not to be": lambda: preparer.quote(lib.quoted_name("Abc", False)),
        "schemas": lambda: [preparer.quote_schema(word) for word in WORDS],
        "schema": lambda: preparer.format_schema("Abc"),
        "tables": lambda: [preparer.format_table(one) for one in (table, plain)],
        "table without schema": lambda: preparer.format_table(table, use_schema=False),
        "another table": lambda: preparer.format_table(table, name="other"),
        "parts": lambda: [preparer.format_table_seq(one) for one in (table, plain)],
        "columns": lambda: [preparer.format_column(one) for one in table.c],
        "with table": lambda: preparer.format_column(table.c[0], use_table=True),
        "with another": lambda: preparer.format_column(table.c[0], use_table=True, table_name="foo"),
        "with schema": lambda: preparer.format_column(table.c[0], use_table=True, use_schema=True),
        "another column": lambda: preparer.format_column(table.c[1], name="zz"),
        "sequence": lambda: preparer.format_sequence(sequence),
        "index": lambda: preparer.format_index(index),
        "constraint": lambda: preparer.format_constraint(check),
        "label": lambda: preparer.format_label(plain.c.id.label("Foo")),
        "alias": lambda: (preparer.format_alias(plain.alias("Bar")), preparer.format_alias(None, "x y")),
        "collation": lambda: [preparer.format_collation(one) for one in ("C", "utf8_bin")],
        "parts of a name": lambda: list(preparer.unformat_identifiers(f"{preparer.quote_identifier('x y')}.b")),
        "marks": lambda: (
            preparer.initial_quote,
            preparer.final_quote,
            preparer.escape_quote,
            preparer.omit_schema,
        ),
        "types": lambda: [
            dialect.type_compiler_instance.process(one)
            for one in (lib.String(5), lib.Integer(), lib.DateTime(), lib.Numeric(5, 2), lib.Boolean())
        ],
    }


@program
def names_as_dialects_write_them(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    table = lib.Table("My T", metadata, lib.Column("select", lib.Integer), lib.Column("b%", lib.Integer), schema="Sch")
    plain = lib.Table("plain", metadata, lib.Column("id", lib.Integer), lib.CheckConstraint("id > 1", name="A check"))
    index = lib.Index("ix_plain", plain.c.id)
    sequence = lib.Sequence("my_seq", schema="Sch", metadata=metadata)
    check = next(one for one in plain.constraints if one.name)
    items = (table, plain, index, sequence, check)
    for name in NAMES:
        for label, ask in _asked(lib, _dialect(lib, name), *items).items():
            log.error(f"{name}: {label}", ask)


@program
def types_of_one_database_as_text(lib: Any, engine: Any, log: Log) -> None:
    """What a program reads that compares schemas by `str(column["type"])`."""
    mysql = import_module(f"{lib.__name__}.dialects.mysql")
    postgresql = import_module(f"{lib.__name__}.dialects.postgresql")
    for type_ in (
        mysql.ENUM("a", "b"),
        mysql.ENUM("a", collation="utf8mb4_bin"),
        mysql.SET("a", "bcd"),
        mysql.TINYINT(1),
        mysql.INTEGER(unsigned=True),
        mysql.MEDIUMTEXT(),
        mysql.DOUBLE(asdecimal=False),
        mysql.YEAR(),
        postgresql.ENUM("a", "bc", name="e"),
        postgresql.JSONB(),
        postgresql.ARRAY(lib.Integer),
        postgresql.UUID(),
        postgresql.INTERVAL(precision=3),
        postgresql.TSTZRANGE(),
    ):
        log(type(type_).__name__, str(type_))
