"""A dialect as programs know it: documented names for what its capabilities, its driver and its compiler say."""

from __future__ import annotations

import enum
from typing import Any

from holdfast.compiler.capabilities import Capabilities
from holdfast.compiler.custom import TypeCompiler
from holdfast.compiler.dialect_reading import DialectReading
from holdfast.compiler.preparer import IdentifierPreparer


class BindTyping(enum.Enum):
    """How a driver learns the types of parameters."""

    NONE = 1
    SETINPUTSIZES = 2
    RENDER_CASTS = 3


class _DriverName:
    """The name of the driver: of an engine's dialect its own, of a class the one that an address names or the usual one."""

    def __get__(self, dialect: Any, owner: Any) -> str:
        link = None if dialect is None else dialect.link
        return str(owner.usual_driver) if link is None else str(link.name)


class _NeedsLoop:
    """Whether the driver needs an event loop: of an engine's dialect its own, of a class the one that it is for."""

    def __get__(self, dialect: Any, owner: Any) -> bool:
        link = None if dialect is None else dialect.link
        return bool(owner.needs_loop if link is None else link.is_async)


class Dialect(DialectReading):
    """What a database and its driver are like, under the names that are documented for programs.

    Attributes:
        name: of the database.
        driver: the name of the driver; is_async: it needs an event loop. A class tells both too.
        link: the driver behind it, which sends the SQL; None for a dialect that only writes text.
        server_version_info: the version of the server or library, as numbers; None before the first connection.
        default_schema_name: the schema of names without one; None where that is not known yet.
        dispatch: who listens to the engine that it is the dialect of; None: it is no engine's.
    """

    name = "default"
    capabilities: Capabilities
    usual_driver = "default"
    link: Any = None
    server_version_info: tuple[int, ...] | None = None
    default_schema_name: str | None = None
    dispatch: Any = None

    preparer = IdentifierPreparer
    type_compiler_cls = TypeCompiler
    supports_statement_cache = True
    supports_schemas = True
    supports_views = True
    supports_sane_rowcount = True
    supports_sane_multi_rowcount = True
    supports_server_side_cursors = False
    server_side_cursors = False
    supports_multivalues_insert = True
    supports_default_metavalue = True
    supports_is_distinct_from = True
    requires_name_normalize = False
    default_sequence_base = 1

    needs_loop = False
    driver = _DriverName()
    is_async = _NeedsLoop()

    @property
    def dbapi(self) -> Any:
        """The driver's module; None for a dialect that only writes text."""
        return None if self.link is None else self.link.module

    @property
    def loaded_dbapi(self) -> Any:
        """The driver's module; see `dbapi`."""
        return self.dbapi

    def note_version(self, connection: Any) -> None:
        """Learn the server's version from a driver's connection, where nobody has said it before."""
        if self.server_version_info is None and hasattr(self.link, "version_of"):
            self.server_version_info = self.link.version_of(connection)

    @property
    def bind_typing(self) -> BindTyping:
        """How the driver learns the types of parameters: from casts in the text, or not at all."""
        return BindTyping.RENDER_CASTS if self.capabilities.casts_parameters else BindTyping.NONE

    # -- names and types -----------------------------------------------------------------------------------------------

    @property
    def identifier_preparer(self) -> IdentifierPreparer:
        """Writes names as SQL text."""
        return self.preparer(self)

    @property
    def type_compiler_instance(self) -> TypeCompiler:
        """Writes types as SQL text."""
        return TypeCompiler(self)

    @property
    def type_compiler(self) -> TypeCompiler:
        """The older name of `type_compiler_instance`."""
        return TypeCompiler(self)

    def normalize_name(self, name: str) -> str:
        """Return a name of the database as it is written in Python."""
        return name

    def denormalize_name(self, name: str) -> str:
        """Return a name as the database has it."""
        return name

    # -- what the database can do --------------------------------------------------------------------------------------

    @property
    def paramstyle(self) -> str:
        """How parameters stand in the text."""
        return self.capabilities.paramstyle

    @property
    def positional(self) -> bool:
        """Parameters are a sequence, not a mapping."""
        return self.capabilities.positional

    @property
    def max_identifier_length(self) -> int:
        """Characters of the longest name."""
        return self.capabilities.max_identifier_length

    @property
    def max_index_name_length(self) -> int | None:
        """Characters of the longest name of an index; None: as of other names."""
        return self.capabilities.max_item_name_length

    @property
    def max_constraint_name_length(self) -> int | None:
        """Characters of the longest name of a constraint; None: as of other names."""
        return self.capabilities.max_item_name_length

    @property
    def insertmanyvalues_max_parameters(self) -> int:
        """Parameters of one statement."""
        return self.capabilities.max_binds

    @property
    def insert_returning(self) -> bool:
        """INSERT takes RETURNING."""
        return self.capabilities.insert_returning

    @property
    def update_returning(self) -> bool:
        """UPDATE takes RETURNING."""
        return self.capabilities.update_returning

    @property
    def delete_returning(self) -> bool:
        """DELETE takes RETURNING."""
        return self.capabilities.delete_returning

    @property
    def postfetch_lastrowid(self) -> bool:
        """The driver tells the key that was generated last."""
        return self.capabilities.lastrowid

    @property
    def supports_native_boolean(self) -> bool:
        """The database has truth values."""
        return self.capabilities.native_boolean

    @property
    def supports_native_enum(self) -> bool:
        """The database has enumerations."""
        return self.capabilities.native_enum

    @property
    def supports_native_uuid(self) -> bool:
        """The database has UUIDs."""
        return self.capabilities.native_uuid

    @property
    def supports_sequences(self) -> bool:
        """The database has sequences."""
        return self.capabilities.sequences

    @property
    def supports_identity_columns(self) -> bool:
        """GENERATED AS IDENTITY is known."""
        return self.capabilities.identity_columns

    @property
    def supports_alter(self) -> bool:
        """Foreign keys can be added to a table later."""
        return self.capabilities.alter_constraints

    @property
    def supports_comments(self) -> bool:
        """Tables and columns have comments."""
        return self.capabilities.comments or self.capabilities.inline_comments

    @property
    def inline_comments(self) -> bool:
        """Comments stand in CREATE TABLE."""
        return self.capabilities.inline_comments

    @property
    def supports_default_values(self) -> bool:
        """INSERT without columns is written DEFAULT VALUES."""
        return self.capabilities.empty_row == "DEFAULT VALUES"

    @property
    def supports_empty_insert(self) -> bool:
        """INSERT without columns is written ``() VALUES ()``."""
        return not self.supports_default_values

    @property
    def tuple_in_values(self) -> bool:
        """A list of tuples in IN needs VALUES."""
        return self.capabilities.tuple_values

    @property
    def cte_follows_insert(self) -> bool:
        """WITH stands between INSERT INTO and its SELECT."""
        return self.capabilities.cte_after_insert

    @property
    def div_is_floordiv(self) -> bool:
        """``/`` between whole numbers drops the fraction."""
        return not self.capabilities.true_division
