"""What functions of programs (`ext.compiler`) ask of the compiler of DDL, under the names that are documented."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.custom import TypeCompiler
from holdfast.compiler.ddl_constraints import ConstraintWriter
from holdfast.compiler.preparer import IdentifierPreparer


class WriterForPrograms(ConstraintWriter):
    """Columns and constraints as the compiler writes them without a function of a program."""

    @property
    def preparer(self) -> IdentifierPreparer:
        """Writes names."""
        return IdentifierPreparer(self.dialect)

    @property
    def type_compiler(self) -> TypeCompiler:
        """Writes types."""
        return TypeCompiler(self.dialect)

    def get_column_specification(self, column: Any, **keywords: Any) -> str:
        """Return name, type, default and NOT NULL of a column, without constraints."""
        return self.column_specification(column)

    def get_column_default_string(self, column: Any) -> str | None:
        """Return what stands behind DEFAULT; None for a column without one."""
        return self.default_of(column).removeprefix("DEFAULT ") or None

    def visit_primary_key_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Return PRIMARY KEY with its columns, and its name."""
        return self.own_constraint(constraint) or ""

    def visit_unique_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Return UNIQUE with its columns, and its name."""
        return self.own_constraint(constraint) or ""

    def visit_check_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Return CHECK with its condition, and its name."""
        return self.own_constraint(constraint) or ""

    def visit_foreign_key_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Return FOREIGN KEY with its columns and what they refer to, and its name."""
        return self.own_constraint(constraint) or ""

    def column_specification(self, column: Any) -> str:
        """Return name, type, default and NOT NULL."""
        raise NotImplementedError

    def default_of(self, column: Any) -> str:
        """Return DEFAULT."""
        raise NotImplementedError
