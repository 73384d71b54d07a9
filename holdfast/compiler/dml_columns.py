"""Writes `from_dml_column`: the value that the statement at hand gives to another column, once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.compiler.on_conflict import OnConflictCompiler


class Setting(NamedTuple):
    """The values that are written now.

    Attributes:
        statement: INSERT or UPDATE.
        pairs: columns and values.
        write: (column, value) -> text.
        sought: keys of columns whose values are being written for the sake of others.
    """

    statement: Any
    pairs: list[tuple[Any, Any]]
    write: Callable[[Any, Any], str]
    sought: tuple[str, ...] = ()


class DmlColumnCompiler(OnConflictCompiler):
    """Knows which values are being written."""

    _setting: Setting | None = None

    @contextmanager
    def setting(self, setting: Setting | None) -> Iterator[None]:
        """Write the values of a statement meanwhile."""
        outer, self._setting = self._setting, setting
        try:
            yield
        finally:
            self._setting = outer

    def visit_dml_column(self, node: Any, **context: Any) -> str:
        setting, key = self._setting, node.column.key
        if setting is None:
            raise exc.CompileError(
                "DML target objects may only be used with compiled INSERT or UPDATE statements: from_dml_column() of "
                f"{key!r} stands in the values of one, or in a column's default or onupdate."
            )
        if key in setting.sought:
            raise exc.CompileError(
                f"The value of {key!r} depends on itself, through from_dml_column() of {', '.join(setting.sought)}."
            )
        for column, value in setting.pairs:
            if getattr(column, "key", None) == key:
                with self.setting(setting._replace(sought=(*setting.sought, key))):
                    return setting.write(column, value)
        table = setting.statement.table
        if setting.statement.is_insert or key not in table.c or not _is_of(table, node.column):
            raise exc.CompileError(
                f"Can't resolve referenced column name in {setting.statement.visit_name.upper()} statement: {key!r}. The "
                "statement gives it no value."
            )
        return self.process(table.c[key])


def _is_of(table: Any, column: Any) -> bool:
    """Return True if a column is of a table, of another one with its name (of which it is a copy), or of none."""
    return getattr(column.table, "name", None) in (None, table.name)
