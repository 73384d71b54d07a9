"""Writes the constraints of CREATE TABLE, and the names and expressions that all DDL is made of."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler import custom
from holdfast.compiler.identifiers import quote, quote_new
from holdfast.compiler.statements import StatementCompiler
from holdfast.schema.constraints import CheckConstraint, Constraint, PrimaryKeyConstraint, UniqueConstraint
from holdfast.schema.foreign_keys import ForeignKeyConstraint
from holdfast.schema.naming import conv
from holdfast.sql.element import ColumnElement
from holdfast.sql.operators import comma_op

_ACTIONS = frozenset(("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"))
_MATCHES = frozenset(("FULL", "PARTIAL", "SIMPLE"))
_TIMES = frozenset(("DEFERRED", "IMMEDIATE"))
_ENDING = 8
"""Characters that a name is shortened by below the longest one that the database takes."""


class _InlineCompiler(StatementCompiler):
    """Writes an expression with its values in it: DDL takes no parameters, and its columns need no table."""

    def visit_column(self, column: Any, within_table: bool = True, **context: Any) -> str:
        return super().visit_column(column, within_table=False, **context)


class ConstraintWriter:
    """Writes constraints.

    Args:
        dialect: whose text.
    """

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    # -- pieces --------------------------------------------------------------------------------------------------------

    def table_name(self, table: Any) -> str:
        """Return a table's name with its schema."""
        name = quote_new(table.name, self.dialect, getattr(table, "quote", None))
        schema = self.dialect.schema_of(table)
        if not schema:
            return name
        return f"{quote_new(schema, self.dialect, getattr(table, 'quote_schema', None))}.{name}"

    def item_name(self, name: str, force: bool | None = None) -> str:
        """Return the name of a constraint or index; one that a convention made is cut where it is too long.

        Raises: IdentifierError: it is too long, and a program gave it.
        """
        capabilities = self.dialect.capabilities
        longest = capabilities.max_item_name_length or capabilities.max_identifier_length
        if len(name) > longest:
            if not isinstance(name, conv):
                raise exc.IdentifierError(f"Identifier '{name}' exceeds maximum length of {longest} characters")
            # Here and not above: long names are rare.
            import hashlib

            digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]
            name = f"{name[: longest - _ENDING]}_{digest}"
        return quote_new(str(name), self.dialect, force)

    def inline(self, expression: Any) -> str:
        """Return an expression with its values written into it."""
        compiler = _InlineCompiler(self.dialect, expression, True, None)
        return str(compiler.process(expression))

    def grouped(self, expression: Any) -> Any:
        """Return an expression as a member of a list: in parentheses where it is more than a column or a call."""
        if isinstance(expression, ColumnElement):
            return expression.self_group(comma_op)
        return expression

    def literal(self, text: str) -> str:
        """Return a string as SQL."""
        return self.percent(self.dialect.literal_text(text))

    def percent(self, text: str) -> str:
        """Return text for a driver that may read a percent sign as the beginning of a parameter."""
        return text.replace("%", "%%") if self.dialect.capabilities.doubles_percent else text

    def column_names(self, columns: Any) -> str:
        """Return the names of columns."""
        return ", ".join(quote(column.name, self.dialect, column.quote) for column in columns)

    # -- constraints ---------------------------------------------------------------------------------------------------

    def constraints(self, table: Any, foreign_keys: Any = None) -> list[str]:
        """Return the constraints of a table: the primary key first, the others in the order in which they were made.

        Args:
            foreign_keys: only these; None: all that are not added later by ALTER.
        """
        others = sorted(
            (item for item in table.constraints if item is not table.primary_key and item.parent_column is None),
            key=lambda item: item._creation_order,
        )
        chosen = [
            item
            for item in (table.primary_key, *others)
            if item.applies_to(self.dialect) and not item.is_separate and self._is_wanted(item, foreign_keys)
        ]
        return [text for item in chosen if (text := self.constraint(item))]

    def _is_wanted(self, item: Constraint, foreign_keys: Any) -> bool:
        rule = item.ddl_if_rule
        if rule is not None and not _holds(rule, item, self.dialect):
            return False
        if not isinstance(item, ForeignKeyConstraint):
            return True
        if foreign_keys is not None:
            return any(item is wanted for wanted in foreign_keys)
        return not (item.use_alter and self.dialect.capabilities.alter_constraints)

    def constraint(self, constraint: Any) -> str | None:
        """Return a constraint's text, by a program's function where there is one; None where there is nothing to say.

        Raises: UnsupportedCompilationError: the dialect has no text for it.
        """
        if custom.REGISTRY:
            own = custom.find(type(constraint), self, True)
            if own is not None:
                return str(own(constraint, self))
        return self.own_constraint(constraint)

    def own_constraint(self, constraint: Any) -> str | None:
        """Return a constraint's text as the dialect writes it; see `constraint`."""
        name = self.constraint_name(constraint)
        if isinstance(constraint, PrimaryKeyConstraint):
            return self.primary_key(constraint, name)
        if isinstance(constraint, UniqueConstraint):
            return self.unique(constraint, name)
        if isinstance(constraint, CheckConstraint):
            return f"{name}CHECK ({self.inline(constraint.sqltext)})" + self.deferring(constraint)
        if isinstance(constraint, ForeignKeyConstraint):
            return self.foreign_key(constraint, name)
        write = getattr(self, f"visit_{getattr(constraint, 'visit_name', '')}", None)
        if write is None:
            raise exc.UnsupportedCompilationError(self, type(constraint))
        return str(write(constraint))

    def constraint_name(self, constraint: Any) -> str:
        """Return ``CONSTRAINT name``, or nothing.

        Raises: InvalidRequestError: a type makes it, the naming convention wants a name, and the type has none.
        """
        name = constraint.name
        if name is None and getattr(constraint, "is_type_bound", False):
            template = constraint.table.metadata.naming_convention.get("ck", "")
            if "%(constraint_name)s" in template:
                raise exc.InvalidRequestError(
                    "Naming convention including %(constraint_name)s token requires that constraint is explicitly named. "
                    f"Give the type of a column of table '{constraint.table.name}' a name."
                )
        return "" if name is None else f"CONSTRAINT {self.item_name(name)} "

    def primary_key(self, key: Any, name: str) -> str | None:
        """Return PRIMARY KEY."""
        columns = self.column_names(self.key_columns(key))
        return f"{name}PRIMARY KEY ({columns})" + self.deferring(key) if columns else None

    def key_columns(self, key: Any) -> list[Any]:
        """Return the columns of a primary key: the one that counts itself first, where there is none with a default."""
        return list(key.columns_autoinc_first if key.is_implicit else key.columns)

    def unique(self, constraint: Any, name: str) -> str | None:
        """Return UNIQUE."""
        if not len(constraint.columns):
            return None
        return f"{name}UNIQUE ({self.column_names(constraint.columns)})" + self.deferring(constraint)

    def foreign_key(self, constraint: Any, name: str) -> str | None:
        """Return FOREIGN KEY."""
        referred = constraint.referred_table
        columns = self.column_names([key.column for key in constraint.elements])
        text = f"{name}FOREIGN KEY({self.column_names([key.parent for key in constraint.elements])})"
        text += f" REFERENCES {self.referred_name(constraint, referred)} ({columns})"
        if constraint.match is not None:
            text += f" MATCH {_known(constraint.match, _MATCHES)}"
        if constraint.ondelete is not None:
            text += f" ON DELETE {self.action(constraint.ondelete)}"
        if constraint.onupdate is not None:
            text += f" ON UPDATE {self.action(constraint.onupdate)}"
        return text + self.deferring(constraint)

    def referred_name(self, constraint: Any, table: Any) -> str:
        """Return the name of the table that a foreign key refers to."""
        return self.table_name(table)

    def action(self, text: str) -> str:
        """Return a referential action; anything else must not reach the SQL."""
        return _known(text, _ACTIONS)

    def deferring(self, constraint: Any) -> str:
        """Return DEFERRABLE and INITIALLY."""
        text = ""
        if constraint.deferrable is not None:
            text += " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
        if constraint.initially is not None:
            text += f" INITIALLY {_known(constraint.initially, _TIMES)}"
        return text


def _known(text: str, phrases: frozenset[str]) -> str:
    if text.upper() not in phrases:
        raise exc.CompileError(f"Unexpected SQL phrase: {text!r}; here stands {', '.join(sorted(phrases))}")
    return text


def _holds(rule: tuple[Any, Any, Any], item: Any, dialect: Any) -> bool:
    """Return True if the condition of `ddl_if` holds, as far as it can be told without a connection."""
    names, callable_, state = rule
    if not dialect.is_one_of(names):
        return False
    return callable_ is None or bool(callable_(None, item, None, state=state, dialect=dialect, compiler=None))
