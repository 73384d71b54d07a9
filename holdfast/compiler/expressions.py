"""Writes expressions: columns, parameters, functions, conversions, constants. Operators stand in `operators.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from holdfast import exc
from holdfast.compiler import custom
from holdfast.compiler.compiled import marker
from holdfast.compiler.identifiers import quote
from holdfast.compiler.names import Names
from holdfast.compiler.numbered import MARK
from holdfast.compiler.preparer import IdentifierPreparer
from holdfast.compiler.shown import dialect_to_show
from holdfast.compiler.slots import BindSlot
from holdfast.sql.binds import RowCount
from holdfast.sql.boolean import is_flag
from holdfast.sql.dml_clauses import ColumnValue
from holdfast.sql.expressions import BooleanClauseList
from holdfast.sql.text import BIND
from holdfast.sql.types import TypeDecorator, TypeEngine


def _other_dialect(class_: type, name: str) -> str | None:
    """Return what to say of a class that belongs to another database's dialect; None: it belongs to none."""
    _, found, rest = class_.__module__.partition(".dialects.")
    if not found:
        return None
    return f"it is {rest.partition('.')[0]}'s own, from holdfast.dialects, and this is {name}; look there for {name}'s"


class _ForPrograms:
    """The compiler as functions of programs know it: with the keywords that they pass to `process`."""

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    def process(self, node: Any, **keywords: Any) -> str:
        """Return the text of a part; ``literal_binds=True`` writes its values into the text."""
        compiler = self._compiler
        if "asfrom" in keywords:
            keywords["as_from"] = keywords.pop("asfrom")
        literal = keywords.pop("literal_binds", compiler.literal_binds)
        before, compiler.literal_binds = compiler.literal_binds, literal
        try:
            return str(compiler.process(node, **keywords))
        finally:
            compiler.literal_binds = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler, name)


class ExpressionCompiler:
    """Writes expressions for one dialect and notes their parameters.

    Args:
        dialect: whose text.
        statement: the statement; its values give the parameters their positions.
        literal_binds: write values into the text.
    """

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        self.dialect = dialect
        self.capabilities = dialect.capabilities
        self.literal_binds = literal_binds
        self.missing_as_null = False
        self.names = Names(dialect.label_length)
        self.slots: list[BindSlot] = []
        self._slot_names: dict[str, BindSlot] = {}
        self._positions: dict[int, int] = {}
        for position, holder in enumerate(getattr(statement, "_values", ())):
            self._positions.setdefault(id(holder), position)
        self._constants: dict[int, Any] = {}
        self._renamed: list[Any] = []

    def process(self, node: Any, **context: Any) -> str:
        """Return the text of a node.

        Raises: UnsupportedCompilationError: the dialect has no way to write it.
        """
        method = getattr(self, f"visit_{node.visit_name}", None)
        if custom.REGISTRY:
            own = custom.find(type(node), self, method is not None)
            if own is not None:
                return self._written_by_program(own, node, method is not None, context)
        if method is None:
            raise exc.UnsupportedCompilationError(self, type(node), _other_dialect(type(node), self.dialect.name))
        return method(node, **context)  # type: ignore[no-any-return]

    def _written_by_program(self, write: Any, node: Any, is_known: bool, context: dict[str, Any]) -> str:
        if not is_known:
            # What it is made of is no statement of its own.
            context.pop("top", None)
        return str(write(node, _ForPrograms(self), **context))

    @property
    def preparer(self) -> IdentifierPreparer:
        """Writes names, for functions of programs."""
        return IdentifierPreparer(self.dialect, self.names.resolve)

    def listed(self, nodes: Any, **context: Any) -> str:
        """Return the texts of nodes with commas between."""
        return ", ".join(self.process(node, **context) for node in nodes)

    def written_apart(self, write: Callable[[], str]) -> tuple[str, list[BindSlot]]:
        """Return a text whose names are made up now, and its placeholders, though it stands further behind."""
        before, self.slots = self.slots, []
        text = write()
        apart, self.slots = self.slots, before
        return text, apart

    def quote(self, name: Any) -> str:
        """Return a name, made up or not, as an identifier."""
        return quote(self.names.resolve(name), self.dialect)

    def percent(self, text: str) -> str:
        """Return text in which a percent sign is only that for the driver."""
        return text.replace("%", "%%") if self.capabilities.doubles_percent else text

    # -- columns -------------------------------------------------------------------------------------------------------

    def visit_column(self, column: Any, within_table: bool = True, **context: Any) -> str:
        if column.is_literal:
            return self.percent(column.name)
        name = self.quote(column.name)
        table = column.table
        if table is not None and table is context.get("inserted"):
            # The row that ON DUPLICATE KEY UPDATE could not insert.
            alias = context.get("inserted_as")
            return f"VALUES({name})" if alias is None else f"{alias}.{name}"
        if table is None or not within_table or not getattr(table, "_names_columns", True):
            return name
        if table.visit_name == "table":
            schema = self.dialect.schema_of(table)
            prefix = f"{self.quote(schema)}." if schema else ""
            return f"{prefix}{self.quote(table.name)}.{name}"
        return f"{self.quote(self.names.of_from(table))}.{name}"

    def visit_attribute(self, attribute: Any, **context: Any) -> str:
        return self.process(attribute.column, **context)

    def visit_label(self, label: Any, **context: Any) -> str:
        return self.process(label.element, **context)

    # -- parameters ----------------------------------------------------------------------------------------------------

    def visit_bindparam(self, bind: Any, holder: Any = None, negated: bool = False, **context: Any) -> str:
        within = context.get("within_bind")
        if within is None:
            around = self.around(bind, "bind_expression")
            if around is not None:
                text = self.process(around, **context, within_bind=(bind, holder))
                return self._per_member(bind, text) if bind.expanding else text
        elif bind is within[0]:
            holder = within[1]
        name = self.names.of_bind(bind)
        index = self._positions.get(id(bind if holder is None else holder), -1)
        written_out = bind.literal_execute
        if self.literal_binds and bind.required and self.missing_as_null:
            return "NULL"
        if self.literal_binds and not bind.required:
            if not bind.expanding:
                return str(self.dialect.literal(bind.effective_value, bind.type))
            if bind.effective_value:
                return self._literals(bind)
            written_out = True
        mark = marker(name) if bind.expanding or written_out else ""
        codec = self.dialect.codec(bind.type)
        slot = BindSlot(
            place=index,
            name=name,
            type=bind.type,
            bind=None if written_out else codec.bind,
            expanding=bind.expanding,
            required=bind.required,
            named=not bind.unique,
            marker=mark,
            literal=written_out,
            constant=self._constant_of(bind, holder, index),
            empty=self.dialect.empty_in(len(getattr(bind.type, "types", (1,))), negated) if bind.expanding else "",
            binds_none=codec.binds_none,
            key="" if bind.unique else bind.key,
        )
        self._add_slot(slot)
        return mark or self.placeholder(name, bind.type)

    def _per_member(self, bind: Any, text: str) -> str:
        """Put what a type puts around its parameters around each member of a list; returns the list's marker.

        Raises: CompileError: it holds parameters of its own, which would be needed once per member.
        """
        slot = self.slots[-1]
        before, mark, after = text.partition(slot.marker)
        if not mark or slot.name != self.names.of_bind(bind):
            raise exc.CompileError(
                f"{type(bind.type).__name__}.bind_expression() has parameters of its own, which IN with a list of values can "
                "not repeat; write them as literal_column() or compare with = and or_()"
            )
        self.slots[-1] = self._slot_names[slot.name] = slot._replace(around=(before, after))
        return mark

    def _constant_of(self, bind: Any, holder: Any, index: int) -> Any:
        """Return the holder of a value that stays with the text, or None."""
        found = self._constants.get(id(bind if holder is None else holder))
        if found is None and index < 0 and custom.REGISTRY and bind.unique and not bind.required:
            # The statement does not hold it: it is a part of an element that the program writes itself.
            return bind
        return found

    def _add_slot(self, slot: BindSlot) -> None:
        """Note a placeholder: in text with named parameters, one of each name serves all."""
        present = self._slot_names.setdefault(slot.name, slot)
        if present is slot or (self.capabilities.positional and not self.capabilities.numbered):
            self.slots.append(slot)

    def _literals(self, bind: Any) -> str:
        """Return the members of a list, written into the text."""
        types = getattr(bind.type, "types", None)
        if types is None:
            return ", ".join(str(self.dialect.literal(member, bind.type)) for member in bind.effective_value)
        rows = [
            ", ".join(str(self.dialect.literal(part, type_)) for part, type_ in zip(row, types, strict=False))
            for row in bind.effective_value
        ]
        return ("VALUES " if self.capabilities.tuple_values else "") + ", ".join(f"({row})" for row in rows)

    def visit_row_count(self, count: Any, **context: Any) -> str:
        return self.visit_bindparam(count)

    def added_row_count(self, number: int) -> RowCount:
        """Return a number that the dialect adds to the statement: it belongs to the compiled form, not to the values."""
        count = RowCount(number)
        self._constants[id(count)] = count
        return count

    def parameter(self, column: Any, name: str | None = None) -> str:
        """Return the placeholder of a value that comes with the execution, for a column."""
        name = column.key if name is None else name
        self.names.reserve(name)
        if self.has_around(column.type, "bind_expression"):
            bind = ColumnValue(name, type_=column.type)
            self._renamed.append(bind)  # kept: its identity is its name
            return self.visit_bindparam(bind)
        codec = self.dialect.codec(column.type)
        self._add_slot(BindSlot(-1, name, column.type, codec.bind, False, True, True, binds_none=codec.binds_none))
        return self.placeholder(name, column.type)

    def placeholder(self, name: str, type_: Any) -> str:
        """Return what stands in the text for a parameter."""
        return str(self.dialect.placeholder(name, type_))

    # -- what a type puts around its values ---------------------------------------------------------------------------

    def has_around(self, type_: Any, method: str) -> bool:
        """Whether a type puts SQL around its parameters ("bind_expression") or columns ("column_expression")."""
        while isinstance(type_, TypeDecorator) and getattr(type(type_), method) is getattr(TypeDecorator, method):
            type_ = type_.type_engine(self.dialect)
        return getattr(type(type_), method) is not getattr(TypeEngine, method)

    def around(self, node: Any, method: str) -> Any:
        """Return the expression that a type puts around a parameter or column, or None."""
        if not self.has_around(node.type, method):
            return None
        expression = getattr(node.type, method)(node)
        if expression is None:
            return None
        # Its other values are no part of the statement: they stay with the compiled form.
        self._constants.update({id(holder): holder for holder in expression._values if holder is not node})
        self._renamed.append(expression)
        return expression

    # -- lists and constants -------------------------------------------------------------------------------------------

    def visit_expression_list(self, clauses: Any, **context: Any) -> str:
        write = self.criterion if isinstance(clauses, BooleanClauseList) else self.process
        context["is_operand"] = True
        return str(clauses.operator.text).join(write(clause, **context) for clause in clauses.clauses)

    def visit_clauselist(self, clauses: Any, **context: Any) -> str:
        return self.listed(clauses.clauses, **context)

    def visit_grouping(self, grouping: Any, **context: Any) -> str:
        return f"({self.process(grouping.element, **context)})"

    def visit_tuple(self, row: Any, **context: Any) -> str:
        if context.get("as_column"):
            raise exc.CompileError(
                "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider using "
                "the Bundle object."
            )
        return f"({self.listed(row.clauses, **context)})"

    def refuse_unless(self, is_known: bool, node: Any) -> None:
        """Refuse an element that only other databases have: its text would be an error of this one's, or mean something else.

        Raises: UnsupportedCompilationError: this database does not know it.
        """
        if not is_known:
            raise exc.UnsupportedCompilationError(self, type(node), _other_dialect(type(node), self.dialect.name))

    def visit_array(self, array: Any, **context: Any) -> str:
        self.refuse_unless(self.capabilities.array_literals, array)
        dialect = self.dialect
        if dialect.shows_all:
            # With the parameters of the database that has arrays.
            self.dialect = dialect_to_show(array) or dialect
        try:
            text = f"ARRAY[{self.listed(array.clauses, **context)}]"
            return f"{text}::{self.dialect.type_text(array.type)}" if array.is_typed and not array.clauses else text
        finally:
            self.dialect = dialect

    def visit_null(self, node: Any, **context: Any) -> str:
        return "NULL"

    def visit_true(self, node: Any, **context: Any) -> str:
        return "true" if self.capabilities.boolean_literals else "1"

    def visit_false(self, node: Any, **context: Any) -> str:
        return "false" if self.capabilities.boolean_literals else "0"

    # -- truth values --------------------------------------------------------------------------------------------------

    def criterion(self, node: Any, **context: Any) -> str:
        """Return a criterion as text: a comparison with 1 where the database has no truth values."""
        text = self.process(node, **context)
        if not self.capabilities.native_boolean and is_flag(node):
            return f"{text} = 1"
        return text

    def visit_as_boolean(self, node: Any, **context: Any) -> str:
        text = self.process(node.element, **context)
        if not self.capabilities.native_boolean:
            return f"{text} = {0 if node.negated else 1}"
        return f"NOT {text}" if node.negated else text

    # -- functions and conversions -------------------------------------------------------------------------------------

    def visit_next_value(self, node: Any, **context: Any) -> str:
        return str(self.dialect.next_value_text(node.sequence))

    def visit_cast(self, cast: Any, **context: Any) -> str:
        if not self.dialect.casts_to(cast.type):
            return self.process(cast.clause.self_group(), **context)
        return str(self.dialect.cast_text(self.process(cast.clause, **context), cast.type))

    def visit_try_cast(self, cast: Any, **context: Any) -> str:
        if not self.capabilities.try_cast:
            raise exc.UnsupportedCompilationError(self, type(cast))
        return f"TRY_{self.visit_cast(cast, **context)}"

    def visit_type_coerce(self, coerce: Any, **context: Any) -> str:
        return self.process(coerce.clause, **context)

    def visit_collation(self, collation: Any, **context: Any) -> str:
        name = quote(collation.collation, self.dialect)
        return name if collation.schema is None else f"{quote(collation.schema, self.dialect)}.{name}"

    def visit_case(self, case: Any, **context: Any) -> str:
        parts = ["CASE"]
        if case.value is not None:
            parts.append(self.process(case.value, **context))
        for condition, result in case.whens:
            when, then = self.process(condition, **context), self.process(result, **context)
            parts.append(f"WHEN {when} THEN {then}")
        if case.else_ is not None:
            parts.append(f"ELSE {self.process(case.else_, **context)}")
        return " ".join([*parts, "END"])

    def visit_extract(self, extract: Any, **context: Any) -> str:
        return str(self.dialect.extract_text(extract.field, self.process(extract.expr, **context)))

    def visit_text(self, text: Any, **context: Any) -> str:
        if text.parts is not None:
            return self._parts_of_text(text.parts)

        def placeholder(match: Any) -> str:
            bind = text._binds[match.group(1)]
            written = self.visit_bindparam(bind)
            in_parentheses = match.string[: match.start()].endswith("(") and match.string[match.end() :].startswith(")")
            return f"({written})" if bind.expanding and not in_parentheses else written

        if MARK in text.text:
            raise exc.CompileError("SQL text can not hold a NUL character.")
        return re.sub(BIND, placeholder, self.percent(text.text)).replace("\\:", ":")

    def _parts_of_text(self, parts: tuple[Any, ...]) -> str:
        """Return the text of a template string."""
        if any(isinstance(part, str) and MARK in part for part in parts):
            raise exc.CompileError("SQL text can not hold a NUL character.")
        written: list[str] = []
        for part in parts:
            if isinstance(part, str):
                written.append(self.percent(part))
            elif getattr(part, "expanding", False) and not "".join(written).endswith("("):
                written.append(f"({self.process(part)})")
            else:
                written.append(self.process(part, as_from=part.is_selectable))
        return "".join(written)
