"""What differs in PostgreSQL: a table of answers, a few texts, how its errors are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from holdfast import exc
from holdfast._util.collections import BoundedMemory
from holdfast.compiler.capabilities import STANDARD
from holdfast.compiler.commit_words import changing_nothing
from holdfast.compiler.default import TYPES_KEPT, DefaultDialect
from holdfast.compiler.identifiers import RESERVED, quote
from holdfast.dialects.facts import ErrorFacts
from holdfast.dialects.postgresql import copying, errors
from holdfast.dialects.postgresql.array_text import write_path
from holdfast.dialects.postgresql.ddl import PostgreSQLDDLCompiler
from holdfast.dialects.postgresql.inspector import PGInspector
from holdfast.dialects.postgresql.json import JSONB
from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.dialects.postgresql.reflection import PostgreSQLReflector
from holdfast.dialects.postgresql.reflection_types import TYPES
from holdfast.dialects.postgresql.simple_types import write_span
from holdfast.dialects.postgresql.values import TYPE_NAMES, cast_of, make_codec
from holdfast.sql.conversions import TypeCoerce
from holdfast.sql.expressions import Grouping
from holdfast.sql.operators import json_getitem_op
from holdfast.sql.types import BigInteger, Codec, DateTime, SmallInteger, TypeEngine

POSTGRESQL = STANDARD.replace(
    counts_in_select_order=True,
    try_cast=False,
    paramstyle="pyformat",
    ilike=True,
    for_update_options=True,
    limit_without_count="ALL",
    distinct_on=True,
    casts_parameters=True,
    doubles_percent=True,
    max_identifier_length=63,
    native_enum=True,
    named_types=True,
    native_interval=True,
    native_uuid=True,
    materialized_views=True,
    max_binds=65535,
    inserted_flag="(xmax = 0)",
    binary_collations=frozenset(("C", "POSIX", "ucs_basic", "C.UTF-8")),
    function_names={"aggregate_strings": "string_agg", "pow": "power"},
    copies=True,
    checked_change=(
        "WITH changed AS (",
        " RETURNING 1) SELECT CASE count(*) WHEN 1 THEN 1 ELSE CAST('holdfast: rows found: ' || count(*) AS INTEGER) END FROM changed",
        "holdfast: rows found",
    ),
    operator_texts={
        "bitwise_xor_op": " # ",
        "regexp_match_op": " ~ ",
        "not_regexp_match_op": " !~ ",
    },
)

_MORE_RESERVED = """collation concurrently current_catalog current_schema fetch lateral of over returning tablesample variadic
    window with""".split()

_NOT_IN_PARAMETER_NAMES = frozenset("%()")


class PostgreSQLDialect(DefaultDialect):
    """PostgreSQL 14 and newer: members of JSONB are read by brackets.

    Attributes:
        shown_cast, shown_paramstyle: how parameters stand in texts that are shown, where that is not how they are handed to
            the driver (`shown_casts`): in those of a dialect without an engine; by number in those of an engine, too.
    """

    name = "postgresql"
    usual_driver = "psycopg"
    supports_server_side_cursors = True
    capabilities = POSTGRESQL
    ddl_compiler = PostgreSQLDDLCompiler
    reserved_words = RESERVED - {"set"} | frozenset(_MORE_RESERVED)
    type_names = TYPE_NAMES
    reflector = PostgreSQLReflector
    inspector_class = PGInspector
    ischema_names = TYPES
    isolation_query = ("SHOW TRANSACTION ISOLATION LEVEL", str.upper)
    first_query = ("SELECT current_schema(), current_setting('default_transaction_isolation')", str.upper)
    two_phase = True
    changes_nothing = changing_nothing("RESET", "LISTEN", "UNLISTEN", r"COPY\b.*\bTO\s+STDOUT")
    recover_query = "SELECT gid FROM pg_prepared_xacts"
    shown_cast: Callable[[Any, Any], str] = staticmethod(cast_of)
    shown_paramstyle: str | None = None

    def __init__(self, driver: Any = None, **keywords: Any) -> None:
        if driver is None and keywords.get("paramstyle") is None:
            keywords["paramstyle"] = self.shown_paramstyle
        super().__init__(**keywords)
        self.link = driver
        self._casts: BoundedMemory[Any, str] = BoundedMemory(TYPES_KEPT)

    def to_show(self) -> Any:
        # What the program has asked for itself is shown as it is.
        is_usual = self.paramstyle == type(self).capabilities.paramstyle
        if self.link is None or self.shown_paramstyle is None or not is_usual:
            return self
        other = copy(self)
        other.link = None
        other._casts, other._codecs = BoundedMemory(TYPES_KEPT), BoundedMemory(TYPES_KEPT)
        other._write_parameters(self.shown_paramstyle)
        return other

    # -- values --------------------------------------------------------------------------------------------------------

    def make_codec(self, type_: TypeEngine[Any]) -> Codec:
        by_driver = getattr(self.link, "codec_of", None)
        found = None if by_driver is None else by_driver(type_)
        return found or make_codec(type_, self) or super().make_codec(type_)

    def binary_literal(self, digits: str) -> str:
        # X'..' are bits there.
        return f"'\\x{digits}'::BYTEA"

    def non_finite_literal(self, value: Any, type_: TypeEngine[Any]) -> str:
        return f"CAST('{float(value)}' AS {self.type_text(type_)})"

    def parameter_key(self, name: str) -> str:
        # The driver reads %(name)s up to the parenthesis; another form may not meet a name that needs none.
        return name if _NOT_IN_PARAMETER_NAMES.isdisjoint(name) else f"p_{name.encode().hex()}"

    def placeholder(self, name: str, type_: Any) -> str:
        return super().placeholder(name, type_) + self._cast_mark(type_)

    def _cast_mark(self, type_: Any) -> str:
        """Return what stands behind a parameter: its type, without a length that would cut the value."""
        key = type_._type_key
        cast: str | None = self._casts.get(key)
        if cast is None:
            cast = (self.shown_cast if self.link is None else cast_of)(type_.dialect_impl(self), self)
            collation = getattr(type_, "collation", None)
            if cast and collation is not None:
                cast += f" COLLATE {quote(collation, self)}"
            self._casts[key] = cast
        return cast

    def column_type_text(self, column: Any) -> str:
        """Return the type of a column in CREATE TABLE: SERIAL where the database makes the key."""
        if self.is_serial(column):
            impl = column.type.dialect_impl(self)
            if isinstance(impl, BigInteger):
                return "BIGSERIAL"
            return "SMALLSERIAL" if isinstance(impl, SmallInteger) else "SERIAL"
        return self.type_text(column.type)

    @staticmethod
    def is_serial(column: Any) -> bool:
        """Return True for a key that a sequence of its own counts; a default that was read says no more than that."""
        if column is not column.table.autoincrement_column or column.identity is not None:
            return False
        default = column.default
        return default is None or bool(getattr(default, "is_sequence", False) and default.optional)

    def next_value_text(self, sequence: Any) -> str:
        name = quote(sequence.name, self, sequence.quote)
        schema = self.schema_of(sequence)
        if schema:
            name = f"{quote(schema, self, sequence.quote_schema)}.{name}"
        return f"nextval({self.literal_text(name)})"

    def row_value_text(self, text: str, type_: Any) -> str:
        return text + self._cast_mark(type_)

    def interval_text(self, type_: Any) -> str:
        if not type_.native:
            return self.type_text(DateTime())
        digits = "" if type_.second_precision is None else f" ({int(type_.second_precision)})"
        return f"INTERVAL{digits}"

    def json_item_text(self, operands: Callable[[], tuple[str, str]], binary: Any, is_operand: bool) -> str:
        left, right = operands()
        as_json = binary.type._family == "json"
        if as_json and binary.operator is json_getitem_op and isinstance(binary.left.type, JSONB):
            return f"{_subscripted(left, binary.left)}[{right}]"
        arrow = ("->" if as_json else "->>") if binary.operator is json_getitem_op else ("#>" if as_json else "#>>")
        text = f"{left} {arrow} {right}"
        if is_operand:
            text = f"({text})"
        return text if as_json else f"CAST({text} AS {self.type_text(binary.type)})"

    def array_item_text(self, left: str, right: str, binary: Any) -> str:
        return f"{_subscripted(left, binary.left)}[{right}]"

    def pair_item_text(self, left: str, right: str, binary: Any, is_operand: bool) -> str:
        return self.array_item_text(left, right, binary)

    def array_text(self, type_: Any) -> str:
        item, brackets = self.type_text(type_.item_type), "[]" * (type_.dimensions or 1)
        # The order of strings stands behind the brackets.
        before, word, collation = item.partition(" COLLATE ")
        return f"{before}{brackets}{word}{collation}"

    def type_text(self, type_: TypeEngine[Any]) -> str:
        impl = type_.dialect_impl(self)
        return impl.sql(self) if isinstance(impl, OwnType) else super().type_text(impl)

    def named_text(self, type_: Any) -> str:
        """Return the name of a type with its schema."""
        name = quote(type_.name, self, type_.quote)
        schema = self.schema_of(type_)
        return name if schema is None else f"{quote(schema, self)}.{name}"

    # -- literals ------------------------------------------------------------------------------------------------------

    def span_literal(self, value: Any) -> str:
        return write_span(value)

    def path_literal(self, keys: list[str]) -> str:
        return self.literal_text(write_path(keys))

    def array_literal(self, value: Any, type_: Any) -> str:
        text = super().array_literal(value, type_)
        # The server finds the type of these by itself.
        plain = type_.item_type.visit_name in _FOUND_BY_MEMBERS and value and not _holds_none(value)
        return text if plain else f"{text}::{self.array_text(type_)}"

    # -- texts ---------------------------------------------------------------------------------------------------------

    def limit_text(self, compiler: Any, limit: Any, offset: Any) -> str:
        text = ""
        if limit is not None:
            text += f" \n LIMIT {compiler.process(limit)}"
        if offset is not None:
            if limit is None:
                text += "\n LIMIT ALL"
            text += f" OFFSET {compiler.process(offset)}"
        return text

    def fetch_operand(self, text: str) -> str:
        # FETCH takes an expression in parentheses alone.
        return f"({text})"

    def match_text(self, left: str, right: str, options: Mapping[str, Any]) -> str:
        configuration = options.get("postgresql_regconfig")
        if configuration is not None:
            right = f"{self._literal_string(configuration)}, {right}"
        return f"{left} @@ plainto_tsquery({right})"

    def regexp_text(self, left: str, word: str, right: str, flags: str | None) -> str:
        if flags is None:
            return f"{left}{word}{right}"
        if flags == "i":
            return f"{left}{word.rstrip()}* {right}"
        return f"{left}{word}CONCAT('(?', {self._literal_string(flags)}, ')', {right})"

    def regexp_replace_text(self, left: str, arguments: str, flags: str | None) -> str:
        how = "" if flags is None else f", {self._literal_string(flags)}"
        return f"REGEXP_REPLACE({left}, {arguments}{how})"

    def _literal_string(self, value: str) -> str:
        text = self.literal_text(str(value))
        return text.replace("%", "%%") if self.capabilities.doubles_percent else text

    def hinted_text(self, text: str, hint: str) -> str:
        """Return ``ONLY table``: the one hint that there is here leaves out the rows of tables that inherit from it."""
        if hint.upper() != "ONLY":
            raise exc.CompileError(f"Unrecognized hint: {hint!r}. PostgreSQL has only 'ONLY'.")
        return f"ONLY {text}"

    def delete_using_text(self, sources: str) -> str:
        return f" USING {sources}"

    def begin_options(self, options: Mapping[str, Any]) -> str:
        text = ""
        for name, words in (
            ("postgresql_readonly", ("READ WRITE", "READ ONLY")),
            ("postgresql_deferrable", _DEFERRABLE),
        ):
            if name in options:
                text += f" {words[bool(options[name])]}"
        return text

    def check_autocommit(self, options: Mapping[str, Any]) -> None:
        if options.get("postgresql_readonly"):
            raise exc.InvalidRequestError(
                "postgresql_readonly goes with BEGIN, which AUTOCOMMIT has none of: what writes would be stored. Leave out one of "
                "both, or let the server refuse writing on the whole connection, by its setting default_transaction_read_only."
            )

    def begin_text(self, writes: bool, level: str | None = None) -> str:
        return "BEGIN" if level is None else f"BEGIN ISOLATION LEVEL {level.upper()}"

    def has_table_query(self, table: Any) -> tuple[str, Any]:
        # A name without schema means what any statement would find by it, temporary tables too.
        place = "nspname = %(schema)s"
        schema = self.schema_of(table)
        if schema is None:
            place = "nspname <> 'pg_catalog' AND pg_catalog.pg_table_is_visible(pg_class.oid)"
        sql = (
            "SELECT 1 FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_class.relnamespace "
            f"WHERE pg_class.relname = %(name)s AND pg_namespace.{place} AND pg_class.relkind IN ('r', 'p', 'f', 'v', 'm')"
        )
        return sql, {"name": table.name, "schema": schema}

    def has_type_query(self, name: str, schema: str | None) -> tuple[str, Any]:
        """Return SQL and parameters that give a row if a type is there."""
        where = "pg_catalog.pg_type_is_visible(pg_type.oid)" if schema is None else "pg_namespace.nspname = %(schema)s"
        sql = (
            "SELECT 1 FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_type.typnamespace "
            f"WHERE pg_type.typname = %(name)s AND {where}"
        )
        return sql, {"name": name, "schema": schema}

    def copy_in_text(self, table: Any, columns: Sequence[str]) -> str:
        """Return the COPY that takes rows from the driver."""
        return copying.copy_in_text(self, table, columns)

    def copy_out_text(self, statement: Any, format_: str, header: bool) -> str:
        """Return the COPY that gives the rows of a query."""
        return copying.copy_out_text(self, statement, format_, header)

    # -- errors --------------------------------------------------------------------------------------------------------

    def message_without_values(self, error: Exception) -> str:
        return errors.without_values(error)

    def timeout_fault(self) -> str | Exception:
        message = "canceling statement due to statement timeout"
        return f"DO $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '57014'; END $$"

    def classify(self, error: Exception) -> ErrorFacts | None:
        """Return the facts of an error, from its SQLSTATE and from what the server tells of it."""
        return errors.classify(error, self.link)


_DEFERRABLE = ("NOT DEFERRABLE", "DEFERRABLE")
_FOUND_BY_MEMBERS = frozenset(("integer", "INTEGER", "boolean", "BOOLEAN", "text", "TEXT"))
_BEFORE_BRACKETS = frozenset(("column", "attribute", "label", "binary", "grouping", "scalar_select"))
"""Expressions whose text may stand before brackets; others need parentheses."""


def _subscripted(text: str, expression: Any) -> str:
    """Return the text of an expression as it stands before brackets."""
    while isinstance(expression, TypeCoerce):
        expression = expression.clause
    if text.startswith("((") and text.endswith("))") and isinstance(expression, Grouping):
        return text[1:-1]  # an operator that stands in parentheses by itself
    return text if expression.visit_name in _BEFORE_BRACKETS else f"({text})"


def _holds_none(value: Any) -> bool:
    return any(_holds_none(one) if isinstance(one, (list, tuple)) else one is None for one in value)
