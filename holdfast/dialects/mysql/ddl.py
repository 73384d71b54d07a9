"""What differs in MySQL's CREATE: AUTO_INCREMENT, comments in it, options of tables and indexes, words of ALTER."""

from __future__ import annotations

import re
from typing import Any

from holdfast.compiler.ddl import DDLCompiler
from holdfast.compiler.identifiers import quote, quote_new
from holdfast.exc import CompileError
from holdfast.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from holdfast.schema.foreign_keys import ForeignKeyConstraint

_AS_IT_IS = re.compile(r"\s*['\"(]|\w+$|\w+\(\d+\)$|.*\bON UPDATE\b", re.IGNORECASE | re.DOTALL)
"""Defaults that need no parentheses: literals, single words, fractions of now(), what is set at each UPDATE too."""

_QUOTED = frozenset(("COMMENT", "CONNECTION", "PASSWORD", "ENCRYPTION"))
_OF_TWO_WORDS = {
    name.replace(" ", "_"): name
    for name in (
        "DATA DIRECTORY", "INDEX DIRECTORY", "DEFAULT CHARSET", "CHARACTER SET", "DEFAULT CHARACTER SET", "DEFAULT COLLATE",
        "PARTITION BY", "SUBPARTITION BY",
    )
}  # fmt: skip
_PARTITIONING = ("PARTITION BY", "PARTITIONS", "SUBPARTITION BY", "SUBPARTITIONS")
_WITHOUT_SIGN = frozenset(("TABLESPACE", "DEFAULT CHARACTER SET", "CHARACTER SET", "COLLATE", *_PARTITIONING))
_CHARSETS = ("default_charset", "default_character_set", "charset", "character_set")


class MySQLDDLCompiler(DDLCompiler):
    """Writes MySQL's CREATE and DROP."""

    no_cycle = "NOCYCLE"

    # -- columns -------------------------------------------------------------------------------------------------------

    def column_specification(self, column: Any) -> str:
        parts = [quote_new(column.name, self.dialect, column.quote), self.column_type(column)]
        if column.computed is not None:
            parts.append(self.computed(column))
        parts += [self.nullability(column, False), self._comment(column.comment)]
        if self._counts_itself(column):
            parts.append("AUTO_INCREMENT")
        else:
            parts.append(self.default_of(column))
        return " ".join(part for part in parts if part)

    def nullability(self, column: Any, counts_itself: bool) -> str:
        if column.computed is not None and self.dialect.is_mariadb:
            return ""  # which takes no NOT NULL there
        if not column.nullable:
            return "NOT NULL"
        # A TIMESTAMP of which nothing is said is NOT NULL on some servers.
        return "NULL" if column.type.dialect_impl(self.dialect).visit_name == "TIMESTAMP" else ""

    def _comment(self, comment: str | None) -> str:
        return "" if comment is None else f"COMMENT {self.literal(comment)}"

    def _counts_itself(self, column: Any) -> bool:
        if column.table is None or column is not column.table.autoincrement_column:
            return False
        if column.server_default is not None and column.identity is None:
            return False
        default = column.default
        is_sequence = getattr(default, "is_sequence", False)
        return not (is_sequence and not default.optional and self.dialect.capabilities.sequences)

    def default_of(self, column: Any) -> str:
        default = column.server_default
        if default is None or not default.has_argument or isinstance(default.arg, str):
            return super().default_of(column)
        text = self.inline(default.arg)
        return f"DEFAULT {text if _AS_IT_IS.match(text) else f'({text})'}"

    # -- tables --------------------------------------------------------------------------------------------------------

    def table_options(self, table: Any) -> str:
        name = self.dialect.name
        given = {
            _OF_TWO_WORDS.get(option.upper(), option.upper()): value
            for option, value in table.dialect_options[name].items()
            if value is not None
        }
        if table.comment is not None:
            given["COMMENT"] = table.comment
        last = [key for key in _PARTITIONING if key in given]
        options = table.dialect_options[name]
        if "COLLATE" in given and any(options.get(option) is not None for option in _CHARSETS):
            last.insert(0, "COLLATE")
        return " ".join(self._option(key, given[key]) for key in (*(key for key in given if key not in last), *last))

    def _option(self, name: str, value: Any) -> str:
        if not name.replace(" ", "a").replace("_", "a").isalnum():
            raise CompileError(f"{name!r} is no option of a table")
        text = self.literal(str(value)) if name in _QUOTED else self.percent(str(value))
        return f"{name} {text}" if name in _WITHOUT_SIGN else f"{name}={text}"

    def primary_key(self, key: Any, name: str) -> str | None:
        text = super().primary_key(key, name)
        using = self._option_of(key, "using")
        return text if text is None or not using else f"{text} USING {quote(using, self.dialect)}"

    def foreign_key(self, constraint: Any, name: str) -> str | None:
        if constraint.match is not None:
            raise CompileError(
                "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored."
            )
        return super().foreign_key(constraint, name)

    # -- indexes -------------------------------------------------------------------------------------------------------

    def visit_create_index(self, ddl: Any, **keywords: Any) -> str:
        index = self.checked_index(ddl.element)
        options = index.dialect_options[self.dialect.name]
        words = ["CREATE"]
        words += ["UNIQUE"] if index.unique else []
        words += [_word(options["prefix"])] if options["prefix"] else []
        words += ["INDEX"] + (["IF NOT EXISTS"] if ddl.if_not_exists else [])
        text = f"{' '.join(words)} {self.index_name(index)} ON {self.table_name(index.table)} ({self._parts(index)})"
        if parser := self._option_of(index, "with_parser"):
            text += f" WITH PARSER {_word(parser)}"
        if using := self._option_of(index, "using"):
            text += f" USING {quote(using, self.dialect)}"
        return text

    def _option_of(self, item: Any, name: str) -> Any:
        """Return an option, on MariaDB also one that was given for MySQL."""
        return item.dialect_options[self.dialect.name].get(name) or item.dialect_options["mysql"].get(name)

    def _parts(self, index: Any) -> str:
        length = index.dialect_options[self.dialect.name]["length"]
        return ", ".join(self._part(expression, length) for expression in index.expressions)

    def _part(self, expression: Any, length: Any) -> str:
        inner = expression
        while getattr(inner, "modifier", None) is not None:
            inner = inner.element
        text = self.inline(expression)
        is_plain = inner.visit_name in ("column", "text")
        if isinstance(length, dict):
            own = length.get(inner.name, length.get(expression)) if hasattr(inner, "name") else None
        else:
            own = length if inner.visit_name == "column" else None
        if own is not None:
            column = self.inline(inner)
            return f"{column}({int(own)}){text[len(column) :]}"
        return text if is_plain else f"({text})"

    def visit_drop_index(self, ddl: Any, **keywords: Any) -> str:
        guard = "IF EXISTS " if ddl.if_exists else ""
        return f"\nDROP INDEX {guard}{self.index_name(ddl.element)} ON {self.table_name(ddl.element.table)}"

    # -- ALTER ---------------------------------------------------------------------------------------------------------

    def visit_drop_constraint(self, ddl: Any, **keywords: Any) -> str:
        constraint = ddl.element
        table = f"ALTER TABLE {self.table_name(constraint.table)} DROP"
        if isinstance(constraint, PrimaryKeyConstraint):
            return f"{table} PRIMARY KEY "
        if constraint.name is None:
            return super().visit_drop_constraint(ddl)
        return f"{table} {self._kind(constraint)} {self.item_name(constraint.name)}"

    def _kind(self, constraint: Any) -> str:
        if isinstance(constraint, ForeignKeyConstraint):
            return "FOREIGN KEY"
        if isinstance(constraint, UniqueConstraint):
            return "INDEX"
        if isinstance(constraint, CheckConstraint) and not self.dialect.is_mariadb:
            return "CHECK"
        return "CONSTRAINT"

    def visit_set_table_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"ALTER TABLE {self.table_name(ddl.element)} COMMENT {self.literal(ddl.element.comment or '')}"

    def visit_drop_table_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"ALTER TABLE {self.table_name(ddl.element)} COMMENT ''"

    def visit_set_column_comment(self, ddl: Any, **keywords: Any) -> str:
        column = ddl.element
        name = quote(column.name, self.dialect, column.quote)
        return f"ALTER TABLE {self.table_name(column.table)} CHANGE {name} {self.column_specification(column)}"

    def visit_drop_schema(self, ddl: Any, **keywords: Any) -> str:
        # A database goes with all that is in it.
        return f"DROP SCHEMA {'IF EXISTS ' if ddl.if_exists else ''}{quote(ddl.element, self.dialect)}"


def _word(text: str) -> str:
    """Return a word that stands in the SQL without quotes. Raises: CompileError: it is none."""
    if not str(text).replace("_", "a").isalnum():
        raise CompileError(f"Unexpected SQL phrase: {text!r}")
    return str(text)
