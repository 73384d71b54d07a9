"""The dialect of `str(statement)`: standard SQL with named parameters; and what all dialects inherit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

from holdfast import exc
from holdfast._util.collections import BoundedMemory
from holdfast.compiler.capabilities import PARAMETERS, STANDARD, Capabilities
from holdfast.compiler.commit_words import CHANGES_NOTHING, COMMITS, COMMITS_PREPARED
from holdfast.compiler.dialect_texts import DialectTexts
from holdfast.compiler.identifiers import RESERVED
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.public_dialect import Dialect
from holdfast.compiler.shown import dialect_to_show
from holdfast.compiler.statements import compile_statement
from holdfast.compiler.types import type_text
from holdfast.sql.types import Codec, TypeDecorator, TypeEngine

OPTIONS = ("paramstyle", "json_serializer", "json_deserializer")
"""Keywords of `create_engine` that are the dialect's."""


TYPES_KEPT = 1000
"""Types of which a dialect remembers how their values travel: programs may make ever new ones."""


class DefaultDialect(Dialect, DialectTexts):
    """What every dialect is asked; subclasses say what differs.

    Attributes:
        name: of the database.
        capabilities: what it can do.
        reserved_words: words that need quotes as names.
        text_parameters: what the driver gets with a program's own text that came without parameters.
        ddl_compiler: the class that writes CREATE and DROP; None: standard SQL.
        reflector: the class that reads the catalogue (`engine.reflection.Reflector`); None: only `has_table_query`.
        schemas: schema as it is declared -> as it is called here (``schema_translate_map``).
        label_length: characters of the longest name that is made up.
        json_serializer: Python value -> JSON text; None: `holdfast.sql.types.json.to_text`.
        json_deserializer: JSON text -> Python value; None: `json.loads`.
        isolation_levels: those that it knows.
        default_isolation_level: what connections have without a wish; None: not asked yet.
        first_query: asks a first connection for the schema of names without one and for the default isolation level; and what
            makes a level of that; None: a dialect that knows both.
        two_phase: it prepares transactions.
        commits, commits_prepared: patterns of the statements that commit, and of those that do in two phases.
        changes_nothing: a pattern of those that are of no consequence in autocommit.
        commits_by_itself: a pattern of the statements that end the transaction with a COMMIT of the database's own; None:
            there are none.
        programs_begin: programs send a BEGIN of their own, to say of what kind it is.
        shows_all: it is nobody's: what only one database has is shown as that one's dialect writes it.
    """

    name: ClassVar[str] = "default"
    capabilities: Capabilities = STANDARD  # an instance has its own where a program chose the style of parameters
    reserved_words: ClassVar[frozenset[str]] = RESERVED
    text_parameters: ClassVar[Any] = ()
    ddl_compiler: Any = None
    reflector: Any = None
    isolation_levels: ClassVar[tuple[str, ...]] = (
        "SERIALIZABLE",
        "READ UNCOMMITTED",
        "READ COMMITTED",
        "REPEATABLE READ",
        "AUTOCOMMIT",
    )
    default_isolation_level: str | None = None
    first_query: Any = None
    two_phase: ClassVar[bool] = False
    commits: ClassVar[re.Pattern[str]] = COMMITS
    commits_prepared: ClassVar[re.Pattern[str]] = COMMITS_PREPARED
    changes_nothing: ClassVar[re.Pattern[str]] = CHANGES_NOTHING
    commits_by_itself: ClassVar[re.Pattern[str] | None] = None
    programs_begin: ClassVar[bool] = False
    shows_all: ClassVar[bool] = False
    schemas: Mapping[str | None, str | None] = {}

    def __init__(
        self,
        paramstyle: str | None = None,
        json_serializer: Any = None,
        json_deserializer: Any = None,
        label_length: int | None = None,
        max_identifier_length: int | None = None,
        **keywords: Any,
    ) -> None:
        self.configure(max_identifier_length, label_length)
        self.json_serializer = json_serializer
        self.json_deserializer = json_deserializer
        self._codecs: BoundedMemory[Any, Codec] = BoundedMemory(TYPES_KEPT)
        self._write_parameters(paramstyle or self.capabilities.paramstyle)

    def _write_parameters(self, paramstyle: str) -> None:
        """Take how parameters are written.

        Raises: ArgumentError: there is no such way.
        """
        if paramstyle not in PARAMETERS:
            raise exc.ArgumentError(f"The paramstyle {paramstyle!r} is not known; there are {', '.join(PARAMETERS)}.")
        if paramstyle != self.capabilities.paramstyle:
            doubled = PARAMETERS[paramstyle].startswith("%")
            self.capabilities = self.capabilities.replace(paramstyle=paramstyle, doubles_percent=doubled)
        self._parameter = PARAMETERS[paramstyle]

    def to_show(self) -> Any:
        """Return the dialect of texts that are shown: another one where the driver writes parameters in its own way."""
        return self

    def configure(
        self,
        max_identifier_length: int | None = None,
        label_length: int | None = None,
        use_insertmanyvalues: bool = True,
        insertmanyvalues_page_size: int = 1000,
    ) -> None:
        """Take the wishes of an engine.

        Args:
            max_identifier_length: characters of the longest name.
            label_length: characters of the longest label; not longer than a name.
            use_insertmanyvalues: an INSERT of many rows that brings rows back has many rows in a statement.
            insertmanyvalues_page_size: how many, at most.

        Raises: ArgumentError: labels longer than names.
        """
        if max_identifier_length is not None:
            self.capabilities = self.capabilities.replace(max_identifier_length=max_identifier_length)
        longest = self.capabilities.max_identifier_length
        if label_length is not None and label_length > longest:
            raise exc.ArgumentError(
                f"Label length of {label_length} is greater than this dialect's maximum identifier length of {longest}"
            )
        self.use_insertmanyvalues = use_insertmanyvalues
        self.insertmanyvalues_page_size = insertmanyvalues_page_size
        self.label_length = longest if label_length is None else label_length

    @property
    def no_parameters(self) -> Any:
        """What the driver gets with compiled text that has no parameters."""
        return () if self.capabilities.positional else {}

    def is_one_of(self, names: Any) -> bool:
        """Return True if a program that names a dialect, or several, means this one; None means any."""
        return names is None or self.name in ((names,) if isinstance(names, str) else names)

    def with_schemas(self, schemas: Mapping[str | None, str | None]) -> Any:
        """Return this dialect with other names for schemas, as ``schema_translate_map`` gives them."""
        other = copy(self)
        other.schemas = dict(schemas)
        return other

    def schema_of(self, item: Any) -> str | None:
        """Return the schema of a table, sequence or type, as it is called here."""
        schema: str | None = item.schema
        return self.schemas.get(schema, schema) if self.schemas else schema

    # -- values --------------------------------------------------------------------------------------------------------

    def codec(self, type_: TypeEngine[Any]) -> Codec:
        """Return how values of a type travel; made once per type."""
        key = type_._type_key
        found = self._codecs.get(key)
        if found is None:
            impl = type_.dialect_impl(self)
            # What a program has put in the place of a type says itself how its values travel.
            is_own = self.colspecs and type(impl) in self.colspecs.values()
            found = self._codecs[key] = DefaultDialect.make_codec(self, impl) if is_own else self.make_codec(impl)
        return found

    def make_codec(self, type_: TypeEngine[Any]) -> Codec:
        """Return how values of a type travel; dialects add their own."""
        if isinstance(type_, TypeDecorator):
            return type_._codec(self)
        bind, result = type_.bind_processor(self), type_.result_processor(self, None)
        return Codec(bind, result, binds_none=type_._binds_none, reads_none=type_._reads_none)

    def parameter_key(self, name: str) -> str:
        """Return the key of a parameter in the mapping that the driver gets."""
        return name

    def placeholder(self, name: str, type_: Any) -> str:
        """Return what stands in the text for a parameter."""
        return self._parameter.format(self.parameter_key(name))

    # -- transactions and errors ---------------------------------------------------------------------------------------

    def begin_options(self, options: Mapping[str, Any]) -> str:
        """Return what stands behind BEGIN for execution options of the connection."""
        return ""

    def check_autocommit(self, options: Mapping[str, Any]) -> None:
        """Refuse execution options that would have to stand behind BEGIN, where there is none.

        Raises: InvalidRequestError.
        """

    def begin_text(self, writes: bool, level: str | None = None) -> str:
        """Return the statement that begins a transaction.

        Args:
            writes: its first statement writes.
            level: the isolation level, one of those that `is_autocommit` lets through; None: the database's own.
        """
        return "BEGIN"

    def two_phase_texts(self, step: str, xid: Any) -> tuple[str, ...]:
        """Return the statements of a step of a transaction that can be prepared.

        Args:
            step: "begin" (nothing: `begin_text`), "prepare", "commit prepared", "rollback prepared"; "commit" and "rollback"
                of one that was not prepared, the latter before ROLLBACK.
            xid: its identifier; written as a literal, since none of these statements takes parameters.
        """
        if step in ("begin", "rollback"):
            return ()
        words = "PREPARE TRANSACTION" if step == "prepare" else step.upper()
        return (words,) if step == "commit" else (f"{words} {self.literal_text(str(xid))}",)

    def recovered_xid(self, row: Any) -> Any:
        """Return the identifier in a row of `recover_query`."""
        return row[0]

    def is_autocommit(self, level: str) -> bool:
        """Return True if an isolation level means no transactions.

        Raises: ArgumentError: the database has no such level.
        """
        wanted = level.upper().replace("_", " ")
        known = self.get_isolation_level_values(None)
        if wanted not in known:
            raise exc.ArgumentError(
                f"Invalid value '{level}' for isolation_level. Valid isolation levels for '{self.name}' are {', '.join(known)}"
            )
        return wanted == "AUTOCOMMIT"

    def get_isolation_level_values(self, dbapi_conn: Any = None) -> list[str]:
        """Return the isolation levels that the database knows."""
        return list(self.isolation_levels)

    def isolation_statement(self, level: str | None) -> str | None:
        """Return what sets an isolation level before BEGIN; None where BEGIN does it.

        Args:
            level: one of `isolation_levels`; None: back to the usual one.
        """
        return None

    def classify(self, error: Exception) -> Any:
        """Return the facts of a driver's exception, or None."""
        return None

    def timeout_fault(self) -> str | Exception:
        """Return what stands for running out of time, for injected faults.

        Returns: SQL by which the database itself raises what it raises then; or the driver's exception, where no SQL does.
        """
        raise NotImplementedError(f"nobody has said how {self.name} runs out of time")

    def message_without_values(self, error: Exception) -> str:
        """Return a driver's message as far as it holds no values of rows."""
        return str(error)

    def has_table_query(self, table: Any) -> tuple[str, tuple[Any, ...]]:
        """Return SQL and parameters that give a row if a table is there."""
        raise NotImplementedError(f"{self.name} has no catalogue")


class StandardDialect(DefaultDialect):
    """What shows SQL that no database was named for."""

    shows_all = True


_STANDARD = StandardDialect()


def render(node: Any, dialect: Any, compile_kwargs: Mapping[str, Any] | None = None, **keywords: Any) -> Any:
    """Compile a statement or expression for display.

    Args:
        dialect: whose SQL; None: the standard's, or that of the only database which has such an element.
        compile_kwargs: `literal_binds`, `render_postcompile`.
        keywords: `column_keys`, which an INSERT or UPDATE is to name; `schema_translate_map`, by which schemas are called.
    """
    options = dict(compile_kwargs or {})
    dialect = dialect.to_show() if dialect else dialect_to_show(node)
    if keywords.get("schema_translate_map"):
        dialect = (dialect or _STANDARD).with_schemas(keywords["schema_translate_map"])
    compiled = compile_statement(
        node,
        dialect or _STANDARD,
        keywords.get("column_keys"),
        literal_binds=bool(options.get("literal_binds")),
        fetches=Fetches.NOTHING if dialect is None else Fetches.KEY,
        missing_as_null=True,
    )
    if options.get("render_postcompile"):
        compiled.expand()
    return compiled


def standard_type_text(type_: TypeEngine) -> str:
    """Return the name of a type in standard SQL."""
    return type_text(type_, _STANDARD)
