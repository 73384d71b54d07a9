"""An engine that sends nothing: what would be sent is handed to a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class MockConnection:
    """Stands for an engine and its connection. Made by `create_mock_engine`.

    Args:
        dialect: the dialect whose SQL is wanted.
        executor: gets each statement, and its parameters.
    """

    is_connection = True

    def __init__(self, dialect: Any, executor: Callable[..., Any]) -> None:
        self.dialect = dialect
        self._executor = executor

    @property
    def engine(self) -> MockConnection:
        """This object."""
        return self

    @property
    def name(self) -> str:
        """The name of the database."""
        return str(self.dialect.name)

    def schema_for_object(self, obj: Any) -> str | None:
        """Return the schema of a table or another item."""
        return obj.schema  # type: ignore[no-any-return]

    def connect(self, **keywords: Any) -> MockConnection:
        """Return this object."""
        return self

    def execution_options(self, **options: Any) -> MockConnection:
        """Return this object."""
        return self

    def execute(self, obj: Any, parameters: Any = None, execution_options: Mapping[str, Any] | None = None) -> Any:
        """Hand a statement to the function and return what it returns."""
        return self._executor(obj, parameters)

    def run_schema(self, what: str, subject: Any, tables: list[Any] | None, checkfirst: Any) -> None:
        """Create or drop; nothing is there, so nothing is looked for (called by parts of a schema)."""
        from holdfast.engine.schema import run_schema  # not every program creates tables

        run_schema(self, what, subject, tables, False)
