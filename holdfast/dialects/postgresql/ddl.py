"""What differs in PostgreSQL's CREATE: options of indexes and tables, comments on constraints, types of sequences."""

from __future__ import annotations

import re
from typing import Any

from holdfast.compiler.ddl import DDLCompiler
from holdfast.compiler.identifiers import quote
from holdfast.compiler.statements import StatementCompiler
from holdfast.exc import CompileError
from holdfast.sql.element import ColumnElement
from holdfast.sql.functions import FunctionElement
from holdfast.sql.text import verbatim

_OPERATOR = re.compile(r'[-+*/<>=~!@#%^&|`?]+|OPERATOR\((?:[\w$]+\.|"(?:[^"]|"")+"\.)?[-+*/<>=~!@#%^&|`?]+\)')
_NAME = r'(?:[\w$]+|"(?:[^"]|"")+")'
_SET_COLUMNS = re.compile(rf"SET (?:NULL|DEFAULT)\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)", re.IGNORECASE)


class PostgreSQLDDLCompiler(DDLCompiler):
    """Writes PostgreSQL's CREATE and DROP."""

    # -- types ---------------------------------------------------------------------------------------------------------

    def visit_create_enum_type(self, ddl: Any, **keywords: Any) -> str:
        strings = ", ".join(self.percent(self.dialect.literal_text(name)) for name in ddl.element.enums)
        return f"CREATE TYPE {self.dialect.enum_text(ddl.element)} AS ENUM ({strings})"

    def visit_drop_enum_type(self, ddl: Any, **keywords: Any) -> str:
        return f"DROP TYPE {'IF EXISTS ' if ddl.if_exists else ''}{self.dialect.enum_text(ddl.element)}"

    def visit_create_domain_type(self, ddl: Any, **keywords: Any) -> str:
        domain = ddl.element
        parts = []
        if domain.collation is not None:
            schema = "" if domain.collation_schema is None else f"{quote(domain.collation_schema, self.dialect)}."
            parts.append(f"COLLATE {schema}{quote(domain.collation, self.dialect)}")
        if domain.default is not None:
            parts.append(self._domain_default(domain.default))
        if domain.constraint_name is not None:
            parts.append(f"CONSTRAINT {self.item_name(domain.constraint_name)}")
        if domain.not_null:
            parts.append("NOT NULL")
        if domain.check is not None:
            parts.append(f"CHECK ({self.inline(domain.check)})")
        return f"CREATE DOMAIN {self.dialect.named_text(domain)} AS {self.dialect.type_text(domain.data_type)} {' '.join(parts)}"

    def visit_drop_domain_type(self, ddl: Any, **keywords: Any) -> str:
        return f"DROP DOMAIN {'IF EXISTS ' if ddl.if_exists else ''}{self.dialect.named_text(ddl.element)}"

    def _domain_default(self, default: Any) -> str:
        return f"DEFAULT {self.literal(default) if isinstance(default, str) else self.inline(default)}"

    def visit_add_enum_value(self, ddl: Any, **keywords: Any) -> str:
        words = ["ALTER TYPE", self.dialect.enum_text(ddl.element), "ADD VALUE"]
        words += ["IF NOT EXISTS"] if ddl.if_not_exists else []
        words += [self.literal(ddl.value)]
        words += [] if ddl.before is None else ["BEFORE", self.literal(ddl.before)]
        words += [] if ddl.after is None else ["AFTER", self.literal(ddl.after)]
        return " ".join(words)

    def visit_rename_enum_value(self, ddl: Any, **keywords: Any) -> str:
        name = self.dialect.enum_text(ddl.element)
        return f"ALTER TYPE {name} RENAME VALUE {self.literal(ddl.value)} TO {self.literal(ddl.new_value)}"

    def _alter_domain(self, ddl: Any, what: str) -> str:
        return f"ALTER DOMAIN {self.dialect.named_text(ddl.element)} {what}"

    def visit_set_domain_default(self, ddl: Any, **keywords: Any) -> str:
        is_gone = ddl.default is None
        return self._alter_domain(ddl, "DROP DEFAULT" if is_gone else f"SET {self._domain_default(ddl.default)}")

    def visit_set_domain_not_null(self, ddl: Any, **keywords: Any) -> str:
        return self._alter_domain(ddl, f"{'SET' if ddl.not_null else 'DROP'} NOT NULL")

    def visit_add_domain_check(self, ddl: Any, **keywords: Any) -> str:
        name = "" if ddl.name is None else f"CONSTRAINT {self.item_name(ddl.name)} "
        unseen = " NOT VALID" if ddl.not_valid else ""
        return self._alter_domain(ddl, f"ADD {name}CHECK ({self.inline(ddl.check)}){unseen}")

    def visit_validate_domain_check(self, ddl: Any, **keywords: Any) -> str:
        return self._alter_domain(ddl, f"VALIDATE CONSTRAINT {self.item_name(ddl.name)}")

    def visit_drop_domain_check(self, ddl: Any, **keywords: Any) -> str:
        return self._alter_domain(
            ddl, f"DROP CONSTRAINT {'IF EXISTS ' if ddl.if_exists else ''}{self.item_name(ddl.name)}"
        )

    # -- columns and tables --------------------------------------------------------------------------------------------

    def nullability(self, column: Any, counts_itself: bool) -> str:
        if counts_itself and column.nullable:
            return "NULL"  # an identity column is NOT NULL unless this is said
        return super().nullability(column, counts_itself)

    def default_of(self, column: Any) -> str:
        return "" if self.dialect.is_serial(column) else super().default_of(column)

    def table_options(self, table: Any) -> str:
        options = table.dialect_options["postgresql"]
        parts = []
        if options["inherits"] is not None:
            inherited = options["inherits"]
            names = inherited if isinstance(inherited, (list, tuple)) else [inherited]
            parts.append(f"INHERITS ({', '.join(quote(name, self.dialect) for name in names)})")
        if options["partition_by"] is not None:
            parts.append(f"PARTITION BY {options['partition_by']}")
        if options["using"] is not None:
            parts.append(f"USING {quote(options['using'], self.dialect)}")
        if options["with"]:
            parts.append(f"WITH ({self._storage(options['with'])})")
        if options["on_commit"] is not None:
            parts.append(f"ON COMMIT {_checked(options['on_commit'])}")
        if options["tablespace"] is not None:
            parts.append(f"TABLESPACE {quote(options['tablespace'], self.dialect)}")
        return "".join(f"\n {part}" for part in parts)

    def sequence_type(self, sequence: Any) -> str:
        return "" if sequence.data_type is None else f"AS {self.dialect.type_text(sequence.data_type)}"

    # -- constraints ---------------------------------------------------------------------------------------------------

    def primary_key(self, key: Any, name: str) -> str | None:
        text = super().primary_key(key, name)
        return None if text is None else text + self._including(key)

    def unique(self, constraint: Any, name: str) -> str | None:
        text = super().unique(constraint, name)
        if text is None:
            return None
        distinct = _distinct(constraint.dialect_options["postgresql"]["nulls_not_distinct"])
        return f"{name}UNIQUE{distinct}{text[len(name) + len('UNIQUE') :]}{self._including(constraint)}"

    def _including(self, item: Any) -> str:
        names = item.dialect_options["postgresql"]["include"]
        if not names:
            return ""
        columns = [item.table.c[name] if isinstance(name, str) else name for name in names]
        return f" INCLUDE ({self.column_names(columns)})"

    def constraint(self, constraint: Any) -> str | None:
        text = super().constraint(constraint)
        if text is not None and constraint.dialect_options["postgresql"].get("not_valid"):
            text += " NOT VALID"
        return text

    def visit_exclude_constraint(self, constraint: Any) -> str:
        elements = ", ".join(self._excluded(constraint, *pair) for pair in constraint.operators)
        text = f"{self.constraint_name(constraint)}EXCLUDE USING {_checked(constraint.using)} ({elements})"
        if constraint.where is not None:
            compiler = StatementCompiler(self.dialect, constraint.where, True, None)
            text += f" WHERE ({compiler.process(constraint.where)})"
        return text + self.deferring(constraint)

    def _excluded(self, constraint: Any, given: Any, operator: str) -> str:
        if not _OPERATOR.fullmatch(operator):
            raise CompileError(f"Unexpected SQL phrase: {operator!r}; an operator such as && or = stands here")
        column = quote(given, self.dialect) if isinstance(given, str) else self.inline(self._in_brackets(given))
        name = given if isinstance(given, str) else getattr(given, "key", None)
        class_ = f" {_checked(constraint.ops[name])}" if name in constraint.ops else ""
        return f"{column}{class_} WITH {self.percent(operator)}"

    def action(self, text: str) -> str:
        # Which columns of the key are set: SET NULL (a, "b").
        if _SET_COLUMNS.fullmatch(text):
            return text.replace("%", "%%")
        return super().action(text)

    def visit_set_constraint_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"{self._constraint_comment(ddl)} IS {self.literal(ddl.element.comment)}"

    def visit_drop_constraint_comment(self, ddl: Any, **keywords: Any) -> str:
        return f"{self._constraint_comment(ddl)} IS NULL"

    def _constraint_comment(self, ddl: Any) -> str:
        name = self.item_name(ddl.element.name)
        return f"COMMENT ON CONSTRAINT {name} ON {self.table_name(ddl.element.table)}"

    # -- indexes -------------------------------------------------------------------------------------------------------

    def visit_create_index(self, ddl: Any, **keywords: Any) -> str:
        index = self.checked_index(ddl.element)
        options = index.dialect_options["postgresql"]
        words = ["CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"]
        words += ["CONCURRENTLY"] if options["concurrently"] else []
        words += ["IF NOT EXISTS"] if ddl.if_not_exists else []
        words += [self.index_name(index), "ON", self.table_name(index.table)]
        words += ["USING", quote(options["using"], self.dialect).lower()] if options["using"] else []
        text = f"{' '.join(words)} ({self.index_parts(index)}){self._including(index)}"
        text += _distinct(options["nulls_not_distinct"])
        if options["with"]:
            text += f" WITH ({self._storage(options['with'])})"
        if options["tablespace"]:
            text += f" TABLESPACE {quote(options['tablespace'], self.dialect)}"
        if options["where"] is not None:
            where = options["where"]
            text += f" WHERE {self.inline(verbatim(where) if isinstance(where, str) else where)}"
        return text

    def visit_drop_index(self, ddl: Any, **keywords: Any) -> str:
        text = super().visit_drop_index(ddl)
        if ddl.element.dialect_options["postgresql"]["concurrently"]:
            text = text.replace("DROP INDEX", "DROP INDEX CONCURRENTLY", 1)
        return text

    def index_parts(self, index: Any) -> str:
        classes = index.dialect_options["postgresql"]["ops"]
        return ", ".join(self._index_part(expression, classes) for expression in index.expressions)

    def _index_part(self, expression: Any, classes: dict[str, str]) -> str:
        order = ""
        while getattr(expression, "modifier", None) is not None:
            # The class of operators stands before the order.
            order = expression.modifier.text + order
            expression = expression.element
        text = self.inline(self._in_brackets(expression))
        name = getattr(expression, "key", None) or getattr(expression, "text", None)
        return f"{text} {_checked(classes[name])}{order}" if name in classes else text + order

    def _in_brackets(self, expression: Any) -> Any:
        """Return an expression; all but columns and calls of functions need brackets."""
        if isinstance(expression, ColumnElement) and not isinstance(expression, FunctionElement):
            return expression.self_group()
        return expression

    def _storage(self, parameters: dict[str, Any]) -> str:
        return ", ".join(f"{_checked(name)} = {_checked(str(value))}" for name, value in parameters.items())


def _distinct(nulls_not_distinct: bool | None) -> str:
    if nulls_not_distinct is None:
        return ""
    return " NULLS NOT DISTINCT" if nulls_not_distinct else " NULLS DISTINCT"


def _checked(text: str) -> str:
    """Return a word or number of an option, which stands in the SQL without quotes.

    Raises: CompileError: it is anything else.
    """
    if not all(part.replace("_", "a").replace(".", "a").replace("-", "a").isalnum() for part in text.split()):
        raise CompileError(f"Unexpected SQL phrase: {text!r}")
    return text
