"""CREATE, DROP, ALTER and COMMENT as statements; and `DDL`, any text that goes out when a table is created or dropped."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from holdfast._util.visit_names import DocumentedName
from holdfast.exc import ArgumentError
from holdfast.schema.items import EventTarget


class CheckFirst(enum.Flag):
    """What is looked for before CREATE or DROP."""

    NONE = 0
    TABLES = enum.auto()
    VIEWS = enum.auto()
    INDEXES = enum.auto()
    SEQUENCES = enum.auto()
    TYPES = enum.auto()
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def of(cls, given: Any) -> CheckFirst:
        """Return flags for True, False or flags."""
        if isinstance(given, cls):
            return given
        return cls.ALL if given else cls.NONE


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


class DDLElement(EventTarget):
    """A statement that changes the schema.

    Attributes:
        element: the table, index, constraint ... that it is about; or its name.
        if_exists, if_not_exists: do nothing where it is gone, or there, already.
    """

    is_executable = True
    is_ddl = True
    visit_name = "ddl"
    __visit_name__ = DocumentedName()
    if_exists = False
    if_not_exists = False
    is_select = is_dml = is_insert = is_update = is_delete = is_text = False
    _condition: tuple[Any, Any, Any] = (None, None, None)
    _execution_options: Mapping[str, Any] = MappingProxyType({})
    target: Any = None

    def __init__(self, element: Any) -> None:
        self.element = element

    def text(self, dialect: Any = None) -> str:
        """Return the SQL for a dialect."""
        return str(ddl_hooks.text(self, dialect))

    def compile(self, bind: Any = None, dialect: Any = None, **keywords: Any) -> DDLText:
        """Return the SQL for a dialect.

        Args:
            keywords: `schema_translate_map`: schema as it is declared, or None -> as it is called.
        """
        dialect = dialect if bind is None else bind.dialect
        dialect = None if dialect is None else dialect.to_show()
        schemas = keywords.get("schema_translate_map")
        return DDLText(ddl_hooks.text(self, dialect, schemas) if schemas else self.text(dialect))

    def against(self, target: Any) -> Any:
        """Return a copy that is about `target`."""
        new = self._copy()
        new.target = target
        return new

    def execution_options(self, **options: Any) -> Any:
        """Return a copy with options for its execution; see `Connection.execution_options`."""
        new = self._copy()
        new._execution_options = {**self._execution_options, **options}
        return new

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options for its execution."""
        return self._execution_options

    def execute_if(self, dialect: Any = None, callable_: Callable[..., Any] | None = None, state: Any = None) -> Any:
        """Return a copy that goes out only under a condition, when used as a listener.

        Args:
            dialect: name of a dialect, or several names.
            callable_: ``(ddl, target, bind, tables=..., state=..., checkfirst=..., ...)`` that tells.
            state: what `callable_` gets under this name.
        """
        new = self._copy()
        new._condition = (dialect, callable_, state)
        return new

    def _copy(self) -> Any:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.pop("_dispatch", None)
        return new

    def __call__(self, target: Any, bind: Any, **keywords: Any) -> Any:
        """Send it, as a listener of a table's or MetaData's events, if its condition holds."""
        if not condition_holds(self._condition, self, target, bind, **keywords):
            return None
        return bind.execute(self.against(target))

    def __str__(self) -> str:
        return self.text()


ExecutableDDLElement = BaseDDLElement = DDLElement


def condition_holds(rule: tuple[Any, Any, Any], ddl: Any, target: Any, bind: Any, **keywords: Any) -> bool:
    """Return True if the condition of `execute_if` or `ddl_if` holds."""
    names, callable_, state = rule
    if not bind.dialect.is_one_of(names):
        return False
    facts = {"dialect": bind.dialect, "compiler": None, "tables": None, **keywords}
    return callable_ is None or bool(callable_(ddl, target, bind, state=state, **facts))


class DDL(DDLElement):
    """Any text, sent when a table or MetaData is created or dropped (`event.listen`), or by itself.

    Args:
        statement: SQL (never from a user), with ``%(table)s``, ``%(schema)s``, ``%(fullname)s`` for the target and
            ``%(name)s`` for members of `context`; a percent sign is doubled.
        context: further values.

    Raises: ArgumentError: the statement is no string.
    """

    visit_name = "text"

    def __init__(self, statement: Any, context: Mapping[str, Any] | None = None) -> None:
        if not isinstance(statement, str):
            raise ArgumentError(f"Expected a string or unicode SQL statement, got '{statement}'")
        super().__init__(None)
        self.statement = statement
        self.context = dict(context or {})

    def listen_on(self, table: Any) -> None:
        """Go out after a table's CREATE, as an argument of it."""
        table.dispatch.append("after_create", self)

    def __repr__(self) -> str:
        return f"<DDL@{id(self)}; {self.statement!r}>"


class _Create(DDLElement):
    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _Drop(DDLElement):
    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class CreateTable(DDLElement):
    """``CREATE TABLE``.

    Args:
        include_foreign_key_constraints: only these foreign keys; None: all that are not added by ALTER.
    """

    visit_name = "create_table"

    def __init__(self, element: Any, include_foreign_key_constraints: Any = None, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists
        self.include_foreign_key_constraints = include_foreign_key_constraints


class CreateColumn(DDLElement):
    """A column as CREATE TABLE writes it."""

    visit_name = "create_column"


class DropTable(_Drop):
    """``DROP TABLE``."""

    visit_name = "drop_table"


class CreateIndex(_Create):
    """``CREATE INDEX``."""

    visit_name = "create_index"


class DropIndex(_Drop):
    """``DROP INDEX``."""

    visit_name = "drop_index"


class CreateSchema(_Create):
    """``CREATE SCHEMA``; takes the name."""

    visit_name = "create_schema"


class DropSchema(DDLElement):
    """``DROP SCHEMA``; takes the name.

    Args:
        cascade: drop what stands in it too.
    """

    visit_name = "drop_schema"

    def __init__(self, name: str, cascade: bool = False, if_exists: bool = False) -> None:
        super().__init__(name)
        self.cascade = cascade
        self.if_exists = if_exists


class CreateSequence(_Create):
    """``CREATE SEQUENCE``."""

    visit_name = "create_sequence"


class DropSequence(_Drop):
    """``DROP SEQUENCE``."""

    visit_name = "drop_sequence"


class CreateEnumType(_Create):
    """``CREATE TYPE ... AS ENUM``, on databases that have it."""

    visit_name = "create_enum_type"


class DropEnumType(_Drop):
    """``DROP TYPE``, on databases that have it."""

    visit_name = "drop_enum_type"


class AddConstraint(DDLElement):
    """``ALTER TABLE ... ADD``.

    Args:
        isolate_from_table: CREATE TABLE leaves the constraint out from now on.
    """

    visit_name = "add_constraint"

    def __init__(self, element: Any, *, isolate_from_table: bool = True) -> None:
        super().__init__(element)
        if isolate_from_table:
            element.is_separate = True


class DropConstraint(DDLElement):
    """``ALTER TABLE ... DROP CONSTRAINT``.

    Args:
        cascade: drop what depends on it too.
        isolate_from_table: CREATE TABLE leaves the constraint out from now on.
    """

    visit_name = "drop_constraint"

    def __init__(
        self, element: Any, *, cascade: bool = False, if_exists: bool = False, isolate_from_table: bool = False
    ) -> None:
        super().__init__(element)
        self.cascade = cascade
        self.if_exists = if_exists
        if isolate_from_table:
            element.is_separate = True


class SetTableComment(DDLElement):
    """``COMMENT ON TABLE``."""

    visit_name = "set_table_comment"


class DropTableComment(DDLElement):
    """``COMMENT ON TABLE ... IS NULL``."""

    visit_name = "drop_table_comment"


class SetColumnComment(DDLElement):
    """``COMMENT ON COLUMN``."""

    visit_name = "set_column_comment"


class DropColumnComment(DDLElement):
    """``COMMENT ON COLUMN ... IS NULL``."""

    visit_name = "drop_column_comment"


class SetConstraintComment(DDLElement):
    """``COMMENT ON CONSTRAINT``."""

    visit_name = "set_constraint_comment"


class DropConstraintComment(DDLElement):
    """``COMMENT ON CONSTRAINT ... IS NULL``."""

    visit_name = "drop_constraint_comment"
