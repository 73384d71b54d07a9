"""CREATE and DROP as statements."""

from __future__ import annotations

from typing import Any


class _Hooks:
    """What the elements need of the compiler, which lies above."""

    text: Any


ddl_hooks = _Hooks()


class DDLText(str):
    """The SQL of a DDL statement."""

    __slots__ = ()

    @property
    def params(self) -> dict[str, Any]:
        """DDL has no parameters."""
        return {}

    @property
    def string(self) -> str:
        """The SQL."""
        return str(self)


class DDLElement:
    """A statement that changes the schema.

    Args:
        element: the table or index.
        if_exists, if_not_exists: do nothing where it is gone, or there, already.
    """

    is_executable = True
    is_ddl = True

    def __init__(self, element: Any, if_exists: bool = False, if_not_exists: bool = False) -> None:
        self.element = element
        self.if_exists = if_exists
        self.if_not_exists = if_not_exists

    def text(self, dialect: Any = None) -> str:
        """Return the SQL for a dialect."""
        return str(ddl_hooks.text(self, dialect))

    def compile(self, bind: Any = None, dialect: Any = None, **keywords: Any) -> DDLText:
        """Return the SQL for a dialect."""
        return DDLText(self.text(dialect if bind is None else bind.dialect))

    def __str__(self) -> str:
        return self.text()


class CreateTable(DDLElement):
    """``CREATE TABLE``."""


class DropTable(DDLElement):
    """``DROP TABLE``."""


class CreateIndex(DDLElement):
    """``CREATE INDEX``."""


class DropIndex(DDLElement):
    """``DROP INDEX``."""
