"""What differs in SQLite: a table of answers, a few texts, how its errors are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from holdfast.compiler.capabilities import STANDARD
from holdfast.compiler.default import DefaultDialect
from holdfast.compiler.identifiers import quote
from holdfast.dialects.facts import LOST, ErrorFacts
from holdfast.dialects.sqlite.affinity import TYPES
from holdfast.dialects.sqlite.ddl import SQLiteDDLCompiler
from holdfast.dialects.sqlite.drivers.pysqlite import SQLiteDriver
from holdfast.dialects.sqlite.reflection import SQLiteReflector
from holdfast.dialects.sqlite.stored_types import StoredAsText
from holdfast.dialects.sqlite.types import make_codec
from holdfast.exc import CompileError, UnsupportedCompilationError
from holdfast.exc.shown import on_one_line
from holdfast.sql.types import Codec, Date, DateTime, TypeEngine
from holdfast.sql.types.base import PLAIN

SQLITE = STANDARD.replace(
    try_cast=False,
    array_literals=False,
    ordered_arguments=False,
    paramstyle="qmark",
    returning_with_table=False,
    lastrowid=True,
    lacks_distinct_on=True,
    default_value="NULL",
    native_boolean=False,
    boolean_literals=False,
    for_update=False,
    limit_without_count="-1",
    tuple_values=True,
    bitwise_xor=False,
    operator_texts={"regexp_match_op": " REGEXP ", "not_regexp_match_op": " NOT REGEXP "},
    constant_functions={"now": "CURRENT_TIMESTAMP", "localtimestamp": "DATETIME(CURRENT_TIMESTAMP, 'localtime')"},
    function_names={"char_length": "length", "aggregate_strings": "group_concat"},
    max_binds=32766,
    alter_constraints=False,
    sequences=False,
    identity_columns=False,
    comments=False,
    loose_types=True,
    binary_text=True,
    binary_collations=frozenset(("BINARY",)),
)

_RESERVED = frozenset(
    """add after all alter analyze and as asc attach autoincrement before begin between by cascade case cast check collate
    column commit conflict constraint create cross current_date current_time current_timestamp database default deferrable
    deferred delete desc detach distinct drop each else end escape except exclusive exists explain fail false for foreign
    from full glob group having if ignore immediate in index indexed initially inner insert instead intersect into is
    isnull join key left like limit match natural not nothing notnull null of offset on or order outer plan pragma primary
    query raise recursive references reindex rename replace restrict returning right rollback row select set table temp
    temporary then to transaction trigger true union unique update using vacuum values view virtual when where""".split()
)
"""Words in quotes on SQLite. Source: its list of keywords, without those that it takes for names anywhere."""

_CONSTRAINT = re.compile(r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.*))?")
_CLASSES = {
    "UNIQUE": "UniqueViolation",
    "NOT NULL": "NotNullViolation",
    "CHECK": "CheckViolation",
    "FOREIGN KEY": "ForeignKeyViolation",
}
_CONDITIONS = {
    # The transaction read before another one wrote: waiting does not help, beginning again does.
    "SQLITE_BUSY_SNAPSHOT": ErrorFacts("SerializationFailure"),
    **dict.fromkeys(
        ("SQLITE_BUSY", "SQLITE_BUSY_TIMEOUT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED", "SQLITE_LOCKED_SHAREDCACHE"),
        ErrorFacts("LockTimeout"),
    ),
    **dict.fromkeys(
        ("SQLITE_READONLY", "SQLITE_READONLY_DBMOVED", "SQLITE_READONLY_DIRECTORY", "SQLITE_READONLY_CANTLOCK"),
        ErrorFacts("ReadOnlyViolation"),
    ),
}
"""Facts by the name of SQLite's result code."""
CLOSED = "Cannot operate on a closed database."
"""What the driver says of a connection that somebody else has closed: it has no code."""
_PARAMETER = re.compile(r"\w+")
_EXTRACT = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S", "doy": "%j", "dow": "%w",
    "week": "%W", "epoch": "%s",
}  # fmt: skip


def _declared(type_: Any) -> str:
    """Return a date or time as a type: a text of digits alone would become a number in a column of its plain name."""
    return str(type_.declared() if isinstance(type_, StoredAsText) else type_.visit_name)


_TYPE_NAMES = dict.fromkeys(("DATE", "TIME", "DATETIME"), _declared)


class SQLiteDialect(DefaultDialect):
    """SQLite 3.35 and newer.

    Args:
        driver: sends the SQL; None: that of the standard library.
        begin: "immediate": every transaction begins as one that writes.
        native_datetime: the driver reads and writes dates, as its adapters and ``detect_types`` say.
    """

    name = "sqlite"
    usual_driver = "pysqlite"
    default_schema_name = "main"
    capabilities = SQLITE
    reserved_words = _RESERVED
    is_distinct_text = "{} IS NOT {}"
    is_not_distinct_text = "{} IS {}"
    ddl_compiler = SQLiteDDLCompiler
    reflector = SQLiteReflector
    type_names = _TYPE_NAMES
    ischema_names = TYPES
    programs_begin = True
    isolation_levels = ("READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT")
    default_isolation_level = "SERIALIZABLE"
    isolation_query = ("PRAGMA read_uncommitted", lambda value: "READ UNCOMMITTED" if value else "SERIALIZABLE")

    def __init__(self, driver: Any = None, begin: str = "auto", native_datetime: bool = False, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.native_datetime = native_datetime
        self.link = SQLiteDriver() if driver is None else driver
        self._begin = begin

    def make_codec(self, type_: TypeEngine[Any]) -> Codec:
        if self.native_datetime and isinstance(type_, (Date, DateTime)):
            return PLAIN
        return make_codec(type_, self) or super().make_codec(type_)

    def non_finite_literal(self, value: Any, type_: TypeEngine[Any]) -> str:
        if value != value:
            return super().non_finite_literal(value, type_)
        # A number too large for SQLite is its infinity.
        return "9e999" if value > 0 else "(-9e999)"

    def parameter_key(self, name: str) -> str:
        # SQLite reads :name up to the first character that is none of a word.
        return name if self.capabilities.positional or _PARAMETER.fullmatch(name) else f"p_{name.encode().hex()}"

    def hinted_text(self, text: str, hint: str) -> str:
        """Return the element alone: this database has no hints on FROM elements."""
        return text

    def limit_text(self, compiler: Any, limit: Any, offset: Any) -> str:
        # LIMIT alone is written with OFFSET 0, as programs' logs know it.
        first = compiler.process(limit) if limit is not None else compiler.process(compiler.added_row_count(-1))
        second = compiler.process(offset) if offset is not None else compiler.process(compiler.added_row_count(0))
        return f"\n LIMIT {first} OFFSET {second}"

    def default_text(self, expression: Any, text: str) -> str:
        # SQLite takes a name or a literal as it is; everything else needs parentheses.
        return f"({text})" if re.search(r"\W", text) and not re.match(r"\s*['\"(]", text) else text

    def empty_in(self, columns: int, negated: bool) -> str:
        ones = ", ".join(["1"] * columns)
        return f"SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1"

    def regexp_replace_text(self, left: str, arguments: str, flags: str | None) -> str:
        raise CompileError("sqlite dialect does not support regular expression replacements")

    def delete_using_text(self, sources: str) -> str:
        raise CompileError(
            "SQLite's DELETE reads from one table alone. Put the criteria on other tables into a subquery: "
            "where(table.c.id.in_(select(...)))."
        )

    def json_item_text(self, operands: Callable[[], tuple[str, str]], binary: Any, is_operand: bool) -> str:
        left, right = operands()
        item = f"JSON_EXTRACT({left}, {right})"
        if binary.type._family == "json":
            return f"JSON_QUOTE({item})"
        return f"CAST({item} AS {self.type_text(binary.type)})"

    def array_text(self, type_: Any) -> str:
        raise UnsupportedCompilationError(self, type(type_))

    def array_item_text(self, left: str, right: str, binary: Any) -> str:
        raise UnsupportedCompilationError(self, type(binary.left.type))

    def true_divisor(self, text: str, type_: TypeEngine[Any]) -> str:
        return f"({text} + 0.0)"

    def extract_text(self, field: str, text: str) -> str:
        if field not in _EXTRACT:
            raise CompileError(
                f"{on_one_line(field)} is not a valid extract argument. SQLite knows {', '.join(sorted(_EXTRACT))}."
            )
        return f"CAST(STRFTIME('{_EXTRACT[field]}', {text}) AS INTEGER)"

    def isolation_statement(self, level: str | None) -> str | None:
        """PRAGMA read_uncommitted: a level of the connection, not of the transaction."""
        return f"PRAGMA read_uncommitted = {int(level == 'READ UNCOMMITTED')}"

    def begin_text(self, writes: bool, level: str | None = None) -> str:
        """BEGIN IMMEDIATE where the first statement writes: a transaction that reads first and then writes can fail."""
        return "BEGIN IMMEDIATE" if writes or self._begin == "immediate" else "BEGIN"

    def classify(self, error: Exception) -> ErrorFacts | None:
        """Return the facts of an error: SQLite tells the kind and the columns of a constraint in its message."""
        message = str(error)
        match = _CONSTRAINT.search(message)
        if match is None:
            if message == CLOSED:
                return ErrorFacts(LOST)
            return _CONDITIONS.get(getattr(error, "sqlite_errorname", None))
        kind, place = match.groups()
        names = [name.strip() for name in (place or "").split(",") if "." in name]
        table = names[0].rpartition(".")[0] if names else None
        columns = tuple(name.rpartition(".")[2] for name in names)
        constraint = place if kind == "CHECK" else None
        return ErrorFacts(_CLASSES[kind], constraint, table, columns)

    def timeout_fault(self) -> str | Exception:
        error = self.link.module.OperationalError("database is locked")
        error.sqlite_errorname = "SQLITE_BUSY"
        return error  # type: ignore[no-any-return]

    def has_table_query(self, table: Any) -> tuple[str, tuple[Any, ...]]:
        schema = quote(self.schema_of(table) or "main", self)
        return f"PRAGMA {schema}.table_info({quote(table.name, self, True)})", ()
