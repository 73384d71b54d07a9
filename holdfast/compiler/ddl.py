"""Writes CREATE, DROP, ALTER and COMMENT; a dialect says what differs by a subclass, its `ddl_compiler`."""

from __future__ import annotations

import re
from typing import Any

from holdfast import exc
from holdfast.compiler import custom
from holdfast.compiler.ddl_for_programs import WriterForPrograms
from holdfast.compiler.default import DefaultDialect
from holdfast.compiler.identifiers import quote, quote_new
from holdfast.compiler.statements import compile_statement
from holdfast.schema.constraints import Constraint
from holdfast.schema.ddl import CreateColumn, DDLElement
from holdfast.sql.types import NullType

_STANDARD = DefaultDialect()
_TOKEN = re.compile(r"%\((\w+)\)s|%%")
_COUNTING = (
    ("increment", "INCREMENT BY {}"),
    ("start", "START WITH {}"),
    ("minvalue", "MINVALUE {}"),
    ("maxvalue", "MAXVALUE {}"),
    ("nominvalue", "NO MINVALUE"),
    ("nomaxvalue", "NO MAXVALUE"),
    ("cache", "CACHE {}"),
)


def ddl_text(ddl: DDLElement, dialect: Any, schemas: Any = None) -> str:
    """Return the SQL of a DDL statement; without a dialect, standard SQL.

    Args:
        schemas: schema as it is declared, or None -> as it is called.
    """
    dialect = dialect or _STANDARD
    if schemas:
        dialect = dialect.with_schemas(schemas)
    return (getattr(dialect, "ddl_compiler", None) or DDLCompiler)(dialect).process(ddl)


class DDLCompiler(WriterForPrograms):
    """Writes the statements that change a schema, in standard SQL.

    Args:
        dialect: whose text.
    Attributes:
        no_cycle: says of a sequence that it ends at its bound.
    """

    no_cycle = "NO CYCLE"

    def process(self, ddl: Any, **keywords: Any) -> str:
        """Return the SQL of a statement, or of a constraint in CREATE TABLE.

        Raises: UnsupportedCompilationError: the dialect has none.
        """
        if isinstance(ddl, Constraint):
            return self.constraint(ddl) or ""
        write = getattr(self, f"visit_{getattr(ddl, 'visit_name', '')}", None)
        if custom.REGISTRY:
            own = custom.find(type(ddl), self, write is not None)
            if own is not None:
                return str(own(ddl, self))
        if write is None:
            raise exc.UnsupportedCompilationError(self, type(ddl))
        return str(write(ddl))

    @property
    def sql_compiler(self) -> Any:
        """Writes expressions and statements, for functions of programs."""
        return _SqlWriter(self.dialect)

    # -- text ----------------------------------------------------------------------------------------------------------

    def visit_text(self, ddl: Any, **keywords: Any) -> str:
        facts = dict(ddl.context)
        target = ddl.target
        if target is not None and hasattr(target, "columns"):
            facts.setdefault("table", quote(target.name, self.dialect, getattr(target, "quote", None)))
            schema = self.dialect.schema_of(target)
            facts.setdefault("schema", quote(schema, self.dialect) if schema else "")
            facts.setdefault("fullname", self.table_name(target))
        text = _TOKEN.sub(lambda match: "%" if match.group(1) is None else str(facts[match.group(1)]), ddl.statement)
        return self.percent(text)

    # -- schemas and sequences -----------------------------------------------------------------------------------------

    def visit_create_schema(self, ddl: Any, **keywords: Any) -> str:
        return f"CREATE SCHEMA {_unless(ddl)}{quote_new(ddl.element, self.dialect)}"

    def visit_drop_schema(self, ddl: Any, **keywords: Any) -> str:
        return f"DROP SCHEMA {_if(ddl)}{quote(ddl.element, self.dialect)}{' CASCADE' if ddl.cascade else ''}"

    def visit_create_sequence(self, ddl: Any, **keywords: Any) -> str:
        sequence = ddl.element
        parts = [f"CREATE SEQUENCE {_unless(ddl)}{self.schema_name(sequence)}", self.sequence_type(sequence)]
        return " ".join(part for part in (*parts, self.counting(sequence)) if part)

    def visit_drop_sequence(self, ddl: Any, **keywords: Any) -> str:
        return f"DROP SEQUENCE {_if(ddl)}{self.schema_name(ddl.element)}"

    def sequence_type(self, sequence: Any) -> str:
        """Return the type of a sequence's numbers, where the database lets one choose."""
        return ""

    def counting(self, options: Any) -> str:
        """Return how a sequence or an identity column counts."""
        parts = []
        for name, text in _COUNTING:
            value = getattr(options, name)
            if value is not None and (value or "{}" in text):
                parts.append(text.format(int(value)))
        if options.cycle is not None:
            parts.append("CYCLE" if options.cycle else self.no_cycle)
        return " ".join(parts)

    def schema_name(self, item: Any) -> str:
        """Return the name of a sequence or another thing of a schema, with that before it."""
        name = quote_new(item.name, self.dialect, item.quote)
        schema = self.dialect.schema_of(item)
        return f"{quote(schema, self.dialect, item.quote_schema)}.{name}" if schema else name

    # -- tables --------------------------------------------------------------------------------------------------------

    def visit_create_table(self, ddl: Any, **keywords: Any) -> str:
        table = ddl.element
        prefixes = "".join(f"{prefix} " for prefix in table._prefixes)
        parts = [self._column(column) for column in table.columns if not column.system]
        parts += self.constraints(table, ddl.include_foreign_key_constraints)
        body = "".join([", \n".join(f"\t{part}" for part in parts), "\n" if parts else ""])
        name = self.table_name(table)
        return f"\nCREATE {prefixes}TABLE {_unless(ddl)}{name} (\n{body}){self.table_options(table)}\n\n"

    def table_options(self, table: Any) -> str:
        """Return what stands after the parentheses of CREATE TABLE."""
        return ""

    def _column(self, column: Any) -> str:
        return self.process(CreateColumn(column)) if custom.REGISTRY else self.column(column)

    def visit_create_column(self, ddl: Any, **keywords: Any) -> str:
        return self.column(ddl.element)

    def visit_drop_table(self, ddl: Any, **keywords: Any) -> str:
        return f"\nDROP TABLE {_if(ddl)}{self.table_name(ddl.element)}"

    def column(self, column: Any) -> str:
        """Return a column of CREATE TABLE, with the CHECKs that it was given itself.

        Raises: CompileError: its type has no SQL.
        """
        column.resolve_type()
        try:
            text = self.column_specification(column)
        except exc.CompileError as error:
            raise exc.CompileError(
                f"(in table '{column.table.description}', column '{column.name}'): {error}"
            ) from error
        own = [self.constraint(item) for item in column.constraints if item.applies_to(self.dialect)]
        return " ".join([text, *[part for part in own if part]])

    def column_type(self, column: Any) -> str:
        """Return the type of a column."""
        if self.dialect is _STANDARD and isinstance(column.type, NullType):
            return "NULL"  # a text to look at, for a table that is not finished
        write = getattr(self.dialect, "column_type_text", None)
        return str(write(column) if write is not None else self.dialect.type_text(column.type))

    def column_specification(self, column: Any) -> str:
        """Return name, type, default and NOT NULL."""
        parts = [quote_new(column.name, self.dialect, column.quote), self.column_type(column), self.default_of(column)]
        parts.append(self.computed(column) if column.computed is not None else "")
        identity = self.identity(column)
        parts += [identity, self.nullability(column, bool(identity))]
        return " ".join(part for part in parts if part)

    def nullability(self, column: Any, counts_itself: bool) -> str:
        """Return NOT NULL where it must be said."""
        return "" if column.nullable or counts_itself else "NOT NULL"

    def identity(self, column: Any) -> str:
        """Return GENERATED ... AS IDENTITY where the database knows it."""
        if column.identity is None or not self.dialect.capabilities.identity_columns:
            return ""
        kind = "ALWAYS" if column.identity.always else "BY DEFAULT"
        counting = self.counting(column.identity)
        return f"GENERATED {kind} AS IDENTITY" + (f" ({counting})" if counting else "")

    def computed(self, column: Any) -> str:
        """Return GENERATED ALWAYS AS."""
        persisted = column.computed.persisted
        kind = "" if persisted is None else " STORED" if persisted else " VIRTUAL"
        return f"GENERATED ALWAYS AS ({self.inline(column.computed.sqltext)}){kind}"

    def default_of(self, column: Any) -> str:
        """Return DEFAULT."""
        default = column.server_default
        if default is None or not default.has_argument:
            return ""
        if isinstance(default.arg, str):
            return f"DEFAULT {self.literal(default.arg)}"
        return f"DEFAULT {self.dialect.default_text(default.arg, self.inline(default.arg))}"

    # -- filled by a SELECT --------------------------------------------------------------------------------------------

    def visit_create_table_as(self, ddl: Any, **keywords: Any) -> str:
        temporary = "TEMPORARY " if ddl.temporary else ""
        return f"CREATE {temporary}TABLE {_unless(ddl)}{self.table_name(ddl.table)} AS {self._select(ddl)}"

    def visit_create_view(self, ddl: Any, **keywords: Any) -> str:
        words = [("OR REPLACE ", ddl.or_replace), ("TEMPORARY ", ddl.temporary), ("MATERIALIZED ", ddl.materialized)]
        said = "".join(word for word, is_said in words if is_said)
        return f"CREATE {said}VIEW {self.table_name(ddl.table)} AS {self._select(ddl)}"

    def visit_drop_view(self, ddl: Any, **keywords: Any) -> str:
        materialized = "MATERIALIZED " if ddl.materialized else ""
        return f"\nDROP {materialized}VIEW {_if(ddl)}{self.table_name(ddl.element)}"

    def _select(self, ddl: Any) -> str:
        compiled = compile_statement(ddl.selectable, self.dialect, literal_binds=True)
        return compiled.bind(ddl.selectable._values)[0]

    # -- indexes -------------------------------------------------------------------------------------------------------

    def visit_create_index(self, ddl: Any, **keywords: Any) -> str:
        index = self.checked_index(ddl.element)
        unique = "UNIQUE " if index.unique else ""
        name = self.index_name(index)
        return (
            f"CREATE {unique}INDEX {_unless(ddl)}{name} ON {self.table_name(index.table)} ({self.index_parts(index)})"
        )

    def visit_drop_index(self, ddl: Any, **keywords: Any) -> str:
        index = ddl.element
        schema = None if index.table is None else self.dialect.schema_of(index.table)
        prefix = f"{quote(schema, self.dialect)}." if schema else ""
        return f"\nDROP INDEX {_if(ddl)}{prefix}{self.index_name(index)}"

    def checked_index(self, index: Any) -> Any:
        """Return an index that can be written.

        Raises: CompileError: it has no table or no name.
        """
        if index.table is None:
            raise exc.CompileError(f"Index '{index.name}' is not associated with any table.")
        if index.name is None:
            raise exc.CompileError("CREATE INDEX requires that the index have a name")
        return index

    def index_name(self, index: Any) -> str:
        """Return the name of an index, without a schema."""
        return self.item_name(index.name, index.quote)

    def index_parts(self, index: Any) -> str:
        """Return columns and expressions of an index."""
        return ", ".join(self.inline(self.grouped(part)) for part in index.expressions)

    # -- constraints that stand by themselves, and comments ------------------------------------------------------------

    def visit_add_constraint(self, ddl: Any, **keywords: Any) -> str:
        return f"ALTER TABLE {self.table_name(ddl.element.table)} ADD {self.constraint(ddl.element)}"

    def visit_drop_constraint(self, ddl: Any, **keywords: Any) -> str:
        constraint = ddl.element
        if constraint.name is None:
            raise exc.CompileError(f"Can't emit DROP CONSTRAINT for constraint {constraint!r}; it has no name")
        name = self.item_name(constraint.name)
        cascade = " CASCADE" if ddl.cascade else ""
        return f"ALTER TABLE {self.table_name(constraint.table)} DROP CONSTRAINT {_if(ddl)}{name}{cascade}"

    def visit_set_table_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"COMMENT ON TABLE {self.table_name(ddl.element)} IS {self.literal(ddl.element.comment)}"

    def visit_drop_table_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"COMMENT ON TABLE {self.table_name(ddl.element)} IS NULL"

    def visit_set_column_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"COMMENT ON COLUMN {self._table_column(ddl.element)} IS {self.literal(ddl.element.comment)}"

    def visit_drop_column_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"COMMENT ON COLUMN {self._table_column(ddl.element)} IS NULL"

    def _table_column(self, column: Any) -> str:
        return f"{self.table_name(column.table)}.{quote(column.name, self.dialect, column.quote)}"


class _SqlWriter:
    """Writes expressions inside DDL, whose values can not travel beside the text."""

    def __init__(self, dialect: Any) -> None:
        self._dialect = dialect

    def process(self, node: Any, literal_binds: bool = True, **keywords: Any) -> str:
        """Return the text of an expression or statement, with its values."""
        return str(compile_statement(node, self._dialect, literal_binds=True))


def _if(ddl: Any) -> str:
    return "IF EXISTS " if ddl.if_exists else ""


def _unless(ddl: Any) -> str:
    return "IF NOT EXISTS " if ddl.if_not_exists else ""
