"""What differs in MySQL and MariaDB: a table of answers, a few texts, what their servers tell of themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from holdfast import exc
from holdfast._util.collections import WeakMembers
from holdfast.compiler.capabilities import STANDARD
from holdfast.compiler.default import DefaultDialect
from holdfast.compiler.identifiers import quote
from holdfast.dialects.facts import ErrorFacts
from holdfast.dialects.mysql import errors
from holdfast.dialects.mysql.codecs import make_codec
from holdfast.dialects.mysql.ddl import MySQLDDLCompiler
from holdfast.dialects.mysql.functions import WRITERS as FUNCTIONS
from holdfast.dialects.mysql.implicit_commit import CHANGES_NOTHING, COMMITS, COMMITS_PREPARED, MAY_COMMIT
from holdfast.dialects.mysql.keywords import MARIADB as MARIADB_WORDS
from holdfast.dialects.mysql.keywords import MYSQL as MYSQL_WORDS
from holdfast.dialects.mysql.matching import against_text
from holdfast.dialects.mysql.no_parameters import NO_PARAMETERS
from holdfast.dialects.mysql.reflection import MySQLReflector
from holdfast.dialects.mysql.reflection_types import TYPES
from holdfast.dialects.mysql.type_texts import WRITERS, cast_name, choices
from holdfast.sql.types import Codec, TypeEngine

MYSQL = STANDARD.replace(
    paramstyle="format",
    doubles_percent=True,
    insert_returning=False,
    update_returning=False,
    delete_returning=False,
    lastrowid=True,
    lacks_distinct_on=True,
    counts_in_order=True,
    native_boolean=False,
    limit_without_count="18446744073709551615",
    true_division=True,
    max_identifier_length=255,
    max_item_name_length=64,
    names_in_basic_plane=True,
    max_binds=65535,
    try_cast=False,
    operator_texts={"regexp_match_op": " REGEXP ", "not_regexp_match_op": " NOT REGEXP "},
    function_names={"random": "rand"},
    sequences=False,
    identity_columns=False,
    native_enum=True,
    quote_mark="`",
    concat_function=True,
    inner_join=" INNER JOIN ",
    empty_row="() VALUES ()",
    from_nothing=" FROM DUAL",
    cte_after_insert=True,
    updates_several=True,
    deletes_from_several=True,
    inline_comments=True,
    exact_kinds=frozenset(("int", "bool", "date")),
    on_conflict=False,
    duplicate_key=True,
    array_literals=False,
    ordered_arguments=False,
    match_against=True,
    sets_in_order=True,
)
MARIADB = MYSQL.replace(
    insert_returning=True, delete_returning=True, sequences=True, native_uuid=True, delete_alias=False
)

# MariaDB puts a version of MySQL before its own, for programs of old.
_VERSION = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)")


_XA_STEPS = {
    "begin": ("START {}",),
    "prepare": ("END {}", "PREPARE {}"),
    "commit": ("END {}", "COMMIT {} ONE PHASE"),
    "rollback": ("END {}", "ROLLBACK {}"),
    "commit prepared": ("COMMIT {}",),
    "rollback prepared": ("ROLLBACK {}",),
}


class MySQLDialect(DefaultDialect):
    """MySQL 8 and newer; a MariaDB that is addressed by ``mysql://`` too, whose own abilities are used once it is met.

    Attributes:
        is_mariadb: the server is a MariaDB.
        casts_to_float: CAST knows FLOAT and DOUBLE.
        locks_tables_by_name: FOR SHARE is known, and OF behind it and FOR UPDATE.
    """

    name = "mysql"
    supports_server_side_cursors = True
    capabilities = MYSQL
    ddl_compiler = MySQLDDLCompiler
    reserved_words = MYSQL_WORDS
    is_distinct_text = "NOT ({} <=> {})"
    is_not_distinct_text = "{} <=> {}"
    function_writers = FUNCTIONS
    reflector = MySQLReflector
    ischema_names = TYPES
    two_phase = True
    commits = COMMITS
    commits_prepared = COMMITS_PREPARED
    changes_nothing = CHANGES_NOTHING
    commits_by_itself = MAY_COMMIT
    recover_query = "XA RECOVER"
    is_mariadb: bool = False
    casts_to_float = False
    locks_tables_by_name = False
    text_parameters = NO_PARAMETERS
    usual_driver = "pymysql"

    def __init__(self, driver: Any = None, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.link = driver
        # This one and its copies with other names for schemas: what one of them learns of the server, all know.
        self._family: WeakMembers[MySQLDialect] = WeakMembers()
        self._family.add(self)
        if driver is not None:
            driver.meet = self.meet

    def with_schemas(self, schemas: Mapping[str | None, str | None]) -> Any:
        other = super().with_schemas(schemas)
        self._family.add(other)
        return other

    def meet(self, version: str) -> None:
        """Learn from the first connection what the server can do.

        Args:
            version: as the server gives it: ``8.0.36``, ``5.5.5-10.11.6-MariaDB``.

        Raises: InvalidRequestError: the address says MariaDB, and the server is none.
        """
        if self.server_version_info is None:
            for dialect in self._family:
                dialect._learn(version)

    def _learn(self, version: str) -> None:
        match = _VERSION.match(version)
        numbers = tuple(int(part) for part in match.groups()) if match else (8, 0, 0)
        self.is_mariadb = "mariadb" in version.lower()
        if self.is_mariadb:
            self.capabilities = self.capabilities.replace(
                insert_returning=numbers >= (10, 5),
                delete_returning=True,
                sequences=numbers >= (10, 3),
                native_uuid=numbers >= (10, 7),
                delete_alias=numbers >= (11, 6),
            )
            self.reserved_words = MYSQL_WORDS | MARIADB_WORDS
        else:
            self.locks_tables_by_name = numbers >= (8, 0, 1)
            alias = "new" if numbers >= (8, 0, 19) else None
            self.capabilities = self.capabilities.replace(inserted_alias=alias)
        self.casts_to_float = numbers >= ((10, 4, 5) if self.is_mariadb else (8, 0, 17))
        self.server_version_info = numbers

    # -- isolation -----------------------------------------------------------------------------------------------------

    @property
    def isolation_query(self) -> tuple[str, Callable[[Any], str]]:
        """The query for the level of the session, and what makes a level of its answer."""
        name = "tx_isolation" if self.is_mariadb else "transaction_isolation"
        return f"SELECT @@SESSION.{name}", _level_of

    @property
    def first_query(self) -> tuple[str, Callable[[Any], str]]:
        """What the first connection is asked: the database, the level of new sessions and what makes a level of that."""
        return self.isolation_query[0].replace("SELECT @@SESSION", "SELECT DATABASE(), @@GLOBAL"), _level_of

    def isolation_statement(self, level: str | None) -> str | None:
        """SET SESSION: the level of all transactions to come, until it is set back."""
        if level is None:
            name = "tx_isolation" if self.is_mariadb else "transaction_isolation"
            return f"SET SESSION {name} = DEFAULT"
        return f"SET SESSION TRANSACTION ISOLATION LEVEL {level.replace('_', ' ')}"

    # -- two-phase transactions ----------------------------------------------------------------------------------------

    def two_phase_texts(self, step: str, xid: Any) -> tuple[str, ...]:
        name = self.literal_text(str(xid))
        return tuple(f"XA {words.format(name)}" for words in _XA_STEPS[step])

    def recovered_xid(self, row: Any) -> Any:
        # The format, the lengths of the identifier's two parts, both in one.
        length, data = row[1], row[3]
        return data.decode()[:length] if isinstance(data, bytes) else data[:length]

    # -- values --------------------------------------------------------------------------------------------------------

    def make_codec(self, type_: TypeEngine[Any]) -> Codec:
        return make_codec(type_, self) or super().make_codec(type_)

    def literal_text(self, value: str) -> str:
        # The backslash escapes what follows it, unless a server is told otherwise: doubled it is safe in both cases.
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"

    # -- texts ---------------------------------------------------------------------------------------------------------

    def type_text(self, type_: TypeEngine[Any]) -> str:
        found = type_.dialect_impl(self)
        write = WRITERS.get(found.visit_name)
        return super().type_text(type_) if write is None else write(found, self)

    def casts_to(self, type_: Any) -> bool:
        if cast_name(type_, self) is not None:
            return True
        exc.warn(f"Datatype {self.type_text(type_)} does not support CAST on MySQL/MariaDb; the CAST will be skipped.")
        return False

    def cast_text(self, text: str, type_: Any) -> str:
        return f"CAST({text} AS {cast_name(type_, self)})"

    def enum_text(self, type_: Any) -> str:
        if not type_.native_enum:
            return super().enum_text(type_)
        return choices("ENUM", type_.enums, type_, self)

    def array_text(self, type_: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(type_))

    def array_item_text(self, left: str, right: str, binary: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(binary.left.type))

    def limit_text(self, compiler: Any, limit: Any, offset: Any) -> str:
        if offset is None:
            return f" \n LIMIT {compiler.process(limit)}"
        start = compiler.process(offset)
        count = self.capabilities.limit_without_count if limit is None else compiler.process(limit)
        return f" \n LIMIT {start}, {count}"

    def lock_text(self, lock: Any, tables: str) -> str:
        shared = " FOR SHARE" if self.locks_tables_by_name else " LOCK IN SHARE MODE"
        text = shared if lock.read else " FOR UPDATE"
        if tables and self.locks_tables_by_name:
            text += f" OF {tables}"
        if lock.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if lock.skip_locked else text

    def hinted_text(self, text: str, hint: str) -> str:
        return f"{text} {hint}"

    def match_text(self, left: str, right: str, options: Mapping[str, Any]) -> str:
        return against_text(left, right, options)

    def regexp_text(self, left: str, word: str, right: str, flags: str | None) -> str:
        if flags is None:
            return f"{left}{word}{right}"
        if self.is_mariadb:
            return f"{left}{word}{self._flagged(flags, right)}"
        no = "NOT " if "NOT" in word else ""
        return f"{no}REGEXP_LIKE({left}, {right}, {self._literal(flags)})"

    def regexp_replace_text(self, left: str, arguments: str, flags: str | None) -> str:
        if flags is None:
            return f"REGEXP_REPLACE({left}, {arguments})"
        if self.is_mariadb:
            return f"REGEXP_REPLACE({left}, {self._flagged(flags, arguments)})"
        return f"REGEXP_REPLACE({left}, {arguments}, {self._literal(flags)})"

    def _flagged(self, flags: str, pattern: str) -> str:
        """Return a pattern, and what stands behind it, with its flags at its beginning."""
        first, comma, rest = pattern.partition(", ")
        return f"CONCAT('(?', {self._literal(flags)}, ')', {first}){comma}{rest}"

    def _literal(self, text: str) -> str:
        written = self.literal_text(str(text))
        return written.replace("%", "%%") if self.capabilities.doubles_percent else written

    def extract_text(self, field: str, text: str) -> str:
        return super().extract_text("millisecond" if field == "milliseconds" else field, text)

    def next_value_text(self, sequence: Any) -> str:
        name = quote(sequence.name, self, sequence.quote)
        schema = self.schema_of(sequence)
        return f"nextval({quote(schema, self, sequence.quote_schema)}.{name})" if schema else f"nextval({name})"

    def json_item_text(self, operands: Callable[[], tuple[str, str]], binary: Any, is_operand: bool) -> str:
        def item() -> str:
            return "JSON_EXTRACT({}, {})".format(*operands())

        type_ = binary.type
        if type_._family == "json":
            return item()
        case = f"CASE {item()} WHEN 'null' THEN NULL"
        if type_._family == "boolean":
            return f"{case} WHEN true THEN true ELSE false END"
        return f"{case} ELSE {self._json_value(type_, item())} END"

    def _json_value(self, type_: TypeEngine[Any], item: str) -> str:
        """Return a member of a document as a value of a type."""
        if type_._family == "integer":
            return f"CAST({item} AS SIGNED INTEGER)"
        if type_._family == "float":
            # A sum with a number of many digits is a binary number everywhere, also where CAST knows none.
            return f"{item}+0.0000000000000000000000"
        if type_._family == "number":
            return f"CAST({item} AS {cast_name(type_, self)})"
        return f"JSON_UNQUOTE({item})"

    def has_table_query(self, table: Any) -> tuple[str, tuple[Any, ...]]:
        schema = self.schema_of(table)
        place = "DATABASE()" if schema is None else "%s"
        sql = f"SELECT 1 FROM information_schema.tables WHERE table_schema = {place} AND table_name = %s"
        return sql, (table.name,) if schema is None else (schema, table.name)

    # -- errors --------------------------------------------------------------------------------------------------------

    def message_without_values(self, error: Exception) -> str:
        return errors.without_values(error)

    def timeout_fault(self) -> str | Exception:
        message = "Query execution was interrupted (max_statement_time exceeded)"
        return f"SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1969, MESSAGE_TEXT = '{message}'"

    def classify(self, error: Exception) -> ErrorFacts | None:
        """Return the facts of an error, from its number and from what the server says of it."""
        return errors.classify(error)


class MariaDBDialect(MySQLDialect):
    """MariaDB 10.6 and newer, addressed by ``mariadb://``."""

    name = "mariadb"
    capabilities = MARIADB
    reserved_words = MARIADB_WORDS
    is_mariadb = True

    def _learn(self, version: str) -> None:
        if "mariadb" not in version.lower():
            raise exc.InvalidRequestError(
                f"MySQL version {version} is not a MariaDB variant. The address says mariadb://: write mysql:// there."
            )
        super()._learn(version)


def _level_of(value: Any) -> str:
    return str(value).replace("-", " ")
