"""The dialect of `str(statement)`: standard SQL with named parameters; and what all dialects inherit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, ClassVar

from holdfast import exc
from holdfast._util.collections import BoundedMemory
from holdfast.compiler.capabilities import PARAMETERS, STANDARD, Capabilities
from holdfast.compiler.identifiers import RESERVED, quote
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.literals import Literals
from holdfast.compiler.public_dialect import Dialect
from holdfast.compiler.statements import compile_statement
from holdfast.compiler.types import own_type_text, type_text
from holdfast.sql.types import Codec, DateTime, Numeric, TypeDecorator, TypeEngine, to_instance

OPTIONS = ("paramstyle", "json_serializer", "json_deserializer")
"""Keywords of `create_engine` that are the dialect's."""


TYPES_KEPT = 1000
"""Types of which a dialect remembers how their values travel: programs may make ever new ones."""


class DefaultDialect(Dialect, Literals):
    """What every dialect is asked; subclasses say what differs.

    Attributes:
        name: of the database.
        capabilities: what it can do.
        reserved_words: words that need quotes as names.
        type_names: visit name of a type -> its text, where it differs from the standard; or a function of the type.
        is_distinct_text, is_not_distinct_text: the comparison that takes NULL for a value, ``{}`` for the operands.
        function_writers: functions whose calls are written in another way: name -> (compiler, function, ordered_by,
            context) -> text.
        text_parameters: what the driver gets with a program's own text that came without parameters.
        ddl_compiler: the class that writes CREATE and DROP; None: standard SQL.
        reflector: the class that reads the catalogue (`engine.reflection.Reflector`); None: only `has_table_query`.
        schemas: schema as it is declared -> as it is called here (``schema_translate_map``).
        label_length: characters of the longest name that is made up.
        json_serializer: Python value -> JSON text; None: `holdfast.sql.types.json.to_text`.
        json_deserializer: JSON text -> Python value; None: `json.loads`.
        isolation_levels: those that it knows.
        default_isolation_level: what connections have without a wish; None: not asked yet.
        two_phase: it prepares transactions.
    """

    name: ClassVar[str] = "default"
    capabilities: Capabilities = STANDARD  # an instance has its own where a program chose the style of parameters
    reserved_words: ClassVar[frozenset[str]] = RESERVED
    type_names: ClassVar[Mapping[str, str | Callable[[Any], str]]] = {}
    is_distinct_text: ClassVar[str] = "{} IS DISTINCT FROM {}"
    is_not_distinct_text: ClassVar[str] = "{} IS NOT DISTINCT FROM {}"
    function_writers: ClassVar[Mapping[str, Callable[..., str]]] = {}
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
    two_phase: ClassVar[bool] = False
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
        if paramstyle is not None:
            if paramstyle not in PARAMETERS:
                raise exc.ArgumentError(
                    f"The paramstyle {paramstyle!r} is not known; there are {', '.join(PARAMETERS)}."
                )
            doubled = PARAMETERS[paramstyle].startswith("%")
            self.capabilities = self.capabilities.replace(paramstyle=paramstyle, doubles_percent=doubled)
        self._parameter = PARAMETERS[self.capabilities.paramstyle]

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
        key = type_._key
        found = self._codecs.get(key)
        if found is None:
            found = self._codecs[key] = self.make_codec(type_.dialect_impl(self))
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

    # -- texts ---------------------------------------------------------------------------------------------------------

    def type_text(self, type_: TypeEngine[Any]) -> str:
        """Return a type as SQL text."""
        return type_text(type_, self)

    def own_type_text(self, type_: TypeEngine[Any]) -> str:
        """Return a type as SQL text, whatever functions programs have entered for it."""
        return own_type_text(type_, self)

    def type_descriptor(self, type_: Any) -> TypeEngine[Any]:
        """Return a type for `TypeDecorator.load_dialect_impl`."""
        return to_instance(type_)  # type: ignore[no-any-return]

    def casts_to(self, type_: Any) -> bool:
        """Return True for a type that CAST knows; otherwise the expression stands as it is."""
        return True

    def cast_text(self, text: str, type_: Any) -> str:
        """Return the conversion of an expression to a type."""
        collation = getattr(type_, "collation", None)
        if collation is None:
            return f"CAST({text} AS {self.type_text(type_)})"
        # The standard has no collation inside CAST.
        type_ = type_.copy()
        type_.collation = None
        return f"CAST({text} AS {self.type_text(type_)}) COLLATE {quote(collation, self)}"

    def enum_text(self, type_: Any) -> str:
        """Return an enumeration as a type: by its name where it has one of its own in the database, else VARCHAR.

        Raises: CompileError: it needs a name and has none.
        """
        if not (self.capabilities.native_enum and type_.native_enum):
            collation = "" if type_.collation is None else f" COLLATE {quote(type_.collation, self)}"
            return f"VARCHAR({type_.length}){collation}" if type_.length else f"VARCHAR{collation}"
        if type_.name is None:
            raise exc.CompileError("PostgreSQL ENUM type requires a name.")
        name = quote(type_.name, self, type_.quote)
        schema = self.schema_of(type_)
        return name if schema is None else f"{quote(schema, self)}.{name}"

    def interval_text(self, type_: Any) -> str:
        """Return a span of time as a type."""
        return self.type_text(DateTime())

    def array_text(self, type_: Any) -> str:
        """Return an array as a type. Raises: UnsupportedCompilationError: the database has none."""
        return "ARRAY"

    def json_item_text(self, operands: Callable[[], tuple[str, str]], binary: Any, is_operand: bool) -> str:
        """Return the expression of a member of a document.

        Args:
            operands: () -> document and index as text; called once for each place in the text where they stand.
            binary: the expression: its operator says index or path, its type as what the member is read.
            is_operand: it stands beside an operator.
        """
        left, right = operands()
        return f"{left}[{right}]"

    def array_item_text(self, left: str, right: str, binary: Any) -> str:
        """Return the expression of a member or part of an array.

        Raises: UnsupportedCompilationError: the database has no arrays.
        """
        return f"{left}[{right}]"

    def next_value_text(self, sequence: Any) -> str:
        """Return the expression of a sequence's next number.

        Raises: NotImplementedError: the database has no sequences.
        """
        if not self.capabilities.sequences:
            raise NotImplementedError(f"Dialect '{self.name}' does not support sequence increments.")
        name = quote(sequence.name, self, sequence.quote)
        if sequence.schema:
            name = f"{quote(sequence.schema, self, sequence.quote_schema)}.{name}"
        return f"<next sequence value: {name}>"

    def default_text(self, expression: Any, text: str) -> str:
        """Return an expression after DEFAULT."""
        return text

    def row_value_text(self, text: str, type_: TypeEngine[Any]) -> str:
        """Return a column of VALUES with its type, which VALUES alone does not know."""
        return self.cast_text(text, type_)

    def true_divisor(self, text: str, type_: TypeEngine[Any]) -> str:
        """Return a divisor with which ``/`` keeps the fraction."""
        return f"CAST({text} AS {self.type_text(type_ if isinstance(type_, Numeric) else Numeric())})"

    def empty_in(self, columns: int, negated: bool) -> str:
        """Return what stands between the parentheses of IN for an empty list.

        Args:
            columns: the number of columns of a member.
            negated: it is NOT IN.
        """
        nothing = "NULL" if columns == 1 else f"({', '.join(['NULL'] * columns)})"
        return f"{nothing}) OR (1 = 1" if negated else f"{nothing}) AND (1 != 1"

    def delete_using_text(self, sources: str) -> str:
        """Return the FROM elements of a DELETE beside its table."""
        return f" , {sources}"

    def lock_text(self, lock: Any, tables: str) -> str:
        """Return FOR UPDATE and its kin.

        Args:
            lock: what `with_for_update` was given.
            tables: the names after OF; "": none.
        """
        if not self.capabilities.for_update_options:
            return " FOR UPDATE"
        if lock.read:
            text = " FOR KEY SHARE" if lock.key_share else " FOR SHARE"
        else:
            text = " FOR NO KEY UPDATE" if lock.key_share else " FOR UPDATE"
        if tables:
            text += f" OF {tables}"
        if lock.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if lock.skip_locked else text

    def hint_text(self, hint: str) -> str:
        """Return a hint on a FROM element, after it."""
        return f"[{hint}]"

    def fetch_text(self, compiler: Any, select: Any) -> str:
        """Return OFFSET and FETCH FIRST."""
        fetch = select._fetch
        text = "" if select._offset is None else f"\n OFFSET {compiler.process(select._offset)} ROWS"
        percent = " PERCENT" if fetch.percent else ""
        ties = "WITH TIES" if fetch.with_ties else "ONLY"
        return f"{text}\n FETCH FIRST {compiler.process(fetch.count)}{percent} ROWS {ties}"

    def extract_text(self, field: str, text: str) -> str:
        """Return EXTRACT."""
        if not field.isidentifier():
            raise exc.CompileError(f"{field!r} is not a part of a date")
        return f"EXTRACT({field} FROM {text})"

    def match_text(self, left: str, right: str, options: Mapping[str, Any]) -> str:
        """Return MATCH; `options` are the keywords of `ColumnOperators.match`."""
        return f"{left} MATCH {right}"

    def regexp_text(self, left: str, word: str, right: str, flags: str | None) -> str:
        """Return the comparison with a regular expression; `word` is the operator, with its blanks."""
        return f"{left}{word}{right}"

    def regexp_replace_text(self, left: str, arguments: str, flags: str | None) -> str:
        """Return the replacement of what a regular expression finds; `arguments` are pattern and replacement."""
        return f"<regexp replace>({left}, {arguments})"

    def limit_text(self, compiler: Any, limit: Any, offset: Any) -> str:
        """Return LIMIT and OFFSET."""
        text = ""
        if limit is not None:
            text += f"\n LIMIT {compiler.process(limit)}"
        if offset is not None:
            if limit is None and self.capabilities.limit_without_count:
                text += f"\n LIMIT {self.capabilities.limit_without_count}"
            text += f" OFFSET {compiler.process(offset)}"
        return text

    def begin_options(self, options: Mapping[str, Any]) -> str:
        """Return what stands behind BEGIN for execution options of the connection."""
        return ""

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
        if wanted not in self.isolation_levels:
            raise exc.ArgumentError(
                f"Invalid value '{level}' for isolation_level. Valid isolation levels for '{self.name}' are "
                f"{', '.join(self.isolation_levels)}"
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

    def message_without_values(self, error: Exception) -> str:
        """Return a driver's message as far as it holds no values of rows."""
        return str(error)

    def has_table_query(self, table: Any) -> tuple[str, tuple[Any, ...]]:
        """Return SQL and parameters that give a row if a table is there."""
        raise NotImplementedError(f"{self.name} has no catalogue")


_STANDARD = DefaultDialect()


def render(node: Any, dialect: Any, compile_kwargs: Mapping[str, Any] | None = None, **keywords: Any) -> Any:
    """Compile a statement or expression for display.

    Args:
        dialect: whose SQL; None: the standard's.
        compile_kwargs: `literal_binds`, `render_postcompile`.
        keywords: `column_keys`, which an INSERT or UPDATE is to name.
    """
    options = dict(compile_kwargs or {})
    compiled = compile_statement(
        node,
        dialect or _STANDARD,
        keywords.get("column_keys"),
        literal_binds=bool(options.get("literal_binds")),
        fetches=Fetches.NOTHING if dialect is None else Fetches.KEY,
    )
    if options.get("render_postcompile"):
        compiled.expand()
    return compiled


def standard_type_text(type_: TypeEngine) -> str:
    """Return the name of a type in standard SQL."""
    return type_text(type_, _STANDARD)
