"""How a dialect writes types, conversions and clauses: standard SQL, of which dialects override what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from holdfast import exc
from holdfast.compiler.identifiers import quote
from holdfast.compiler.literals import Literals
from holdfast.compiler.types import own_type_text, type_text
from holdfast.sql.types import DateTime, Numeric, TypeEngine, to_instance


class DialectTexts(Literals):
    """The texts that differ between databases.

    Attributes:
        name: of the database.
        type_names: visit name of a type -> its text, where it differs from the standard; or a function of the type.
        is_distinct_text, is_not_distinct_text: the comparison that takes NULL for a value, ``{}`` for the operands.
        function_writers: functions whose calls are written in another way: name -> (compiler, function, ordered_by,
            context) -> text.
    """

    name: ClassVar[str]
    type_names: ClassVar[Mapping[str, str | Callable[[Any], str]]] = {}
    is_distinct_text: ClassVar[str] = "{} IS DISTINCT FROM {}"
    is_not_distinct_text: ClassVar[str] = "{} IS NOT DISTINCT FROM {}"
    function_writers: ClassVar[Mapping[str, Callable[..., str]]] = {}

    def schema_of(self, item: Any) -> str | None:
        """Return the schema of a table, sequence or type, as it is called here."""
        return item.schema  # type: ignore[no-any-return]

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

    def pair_item_text(self, left: str, right: str, binary: Any, is_operand: bool) -> str:
        """Return the expression of the value of a key in a column of pairs; in parentheses beside an operator."""
        text = f"{left} -> {right}"
        return f"({text})" if is_operand else text

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

    def hinted_text(self, text: str, hint: str) -> str:
        """Return a FROM element with a hint on it."""
        return f"{text} [{hint}]"

    def fetch_text(self, compiler: Any, select: Any) -> str:
        """Return OFFSET and FETCH FIRST."""
        fetch, operand = select._fetch, self.fetch_operand
        text = "" if select._offset is None else f"\n OFFSET {operand(compiler.process(select._offset))} ROWS"
        percent = " PERCENT" if fetch.percent else ""
        ties = "WITH TIES" if fetch.with_ties else "ONLY"
        return f"{text}\n FETCH FIRST {operand(compiler.process(fetch.count))}{percent} ROWS {ties}"

    def fetch_operand(self, text: str) -> str:
        """Return a number of rows as OFFSET and FETCH FIRST take it."""
        return text

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
