"""Writes expressions."""

from __future__ import annotations

import re
from typing import Any

from holdfast import exc
from holdfast.compiler.compiled import BindSlot
from holdfast.compiler.identifiers import quote
from holdfast.sql import operators
from holdfast.sql.binds import RowCount
from holdfast.sql.expressions import Comparison
from holdfast.sql.functions import needs_no_parentheses
from holdfast.sql.text import BIND
from holdfast.sql.types import Boolean

_NO_WORD = re.compile(r"\W")


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
        self.slots: list[BindSlot] = []
        self._positions: dict[int, int] = {}
        for position, holder in enumerate(getattr(statement, "_values", ())):
            self._positions.setdefault(id(holder), position)
        self._constants: dict[int, Any] = {}
        self._bind_names: dict[int, str] = {}
        self._bind_counts: dict[str, int] = {}
        self._anonymous: dict[tuple[str, int], str] = {}
        self._anonymous_counts: dict[str, int] = {}
        # Labels of the SELECT that is being written: in ORDER BY their names stand for them.
        self._labels: list[dict[Any, str]] = [{}]
        self._label_names: list[dict[str, Any]] = [{}]

    def process(self, node: Any, **context: Any) -> str:
        """Return the text of a node.

        Raises: UnsupportedCompilationError: the dialect has no way to write it.
        """
        method = getattr(self, f"visit_{node.visit_name}", None)
        if method is None:
            raise exc.UnsupportedCompilationError(self, type(node))
        return method(node, **context)  # type: ignore[no-any-return]

    def quote(self, name: str) -> str:
        """Return an identifier as text."""
        return quote(name, self.dialect)

    # -- names ---------------------------------------------------------------------------------------------------------

    def anonymous(self, base: str, identity: Any) -> str:
        """Return the made-up name of something nameless: ``base_1``, ``base_2`` ..., the same for the same thing."""
        key = (base, id(identity))
        found = self._anonymous.get(key)
        if found is None:
            count = self._anonymous_counts.get(base, 0) + 1
            self._anonymous_counts[base] = count
            found = self._anonymous[key] = f"{base}_{count}"
        return found

    def from_name(self, element: Any) -> str:
        """Return the name by which columns of a FROM element name it."""
        if element.name is not None:
            return str(element.name)
        return self.anonymous(getattr(element.element, "name", None) or "anon", element)

    # -- columns -------------------------------------------------------------------------------------------------------

    def visit_column(self, column: Any, within_table: bool = True, **context: Any) -> str:
        if column.is_literal:
            return str(column.name)
        name = self.quote(column.name)
        table = column.table
        if table is None or not within_table:
            return name
        if table.visit_name == "table":
            prefix = f"{self.quote(table.schema)}." if table.schema else ""
            return f"{prefix}{self.quote(table.name)}.{name}"
        return f"{self.quote(self.from_name(table))}.{name}"

    def visit_attribute(self, attribute: Any, **context: Any) -> str:
        return self.process(attribute.column, **context)

    def visit_label(self, label: Any, **context: Any) -> str:
        return self.process(label.element, **context)

    def visit_label_reference(self, reference: Any, **context: Any) -> str:
        found = self._label_names[-1].get(reference.name)
        if found is None:
            raise exc.CompileError(
                f"Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression "
                f"{reference.name!r} should be explicitly declared as text({reference.name!r})"
            )
        return str(found)

    # -- parameters ----------------------------------------------------------------------------------------------------

    def visit_bindparam(self, bind: Any, holder: Any = None, **context: Any) -> str:
        constant = self._constants.get(id(bind))
        index = self._positions.get(id(bind if holder is None else holder), -1)
        name = self._bind_name(bind)
        if bind.literal_execute or (self.literal_binds and not bind.required and not bind.expanding):
            return self._literal(bind, name, index)
        codec = self.dialect.codec(bind.type)
        marker = f"__[POSTCOMPILE_{name}]" if bind.expanding else ""
        if self.literal_binds and bind.expanding:
            return ", ".join(self.dialect.literal(member, bind.type) for member in bind.effective_value)
        slot = BindSlot(
            index,
            name,
            bind.type,
            codec.bind,
            bind.expanding,
            bind.required,
            not bind.unique,
            marker,
            constant=constant,
        )
        if self.capabilities.positional or all(present.name != name for present in self.slots):
            self.slots.append(slot)
        return marker or self.dialect.placeholder(name, bind.type)  # type: ignore[no-any-return]

    def _literal(self, bind: Any, name: str, index: int) -> str:
        if self.literal_binds:
            return self.dialect.literal(bind.effective_value, bind.type)  # type: ignore[no-any-return]
        marker = f"__[POSTCOMPILE_{name}]"
        self.slots.append(BindSlot(index, name, bind.type, None, False, bind.required, not bind.unique, marker, True))
        return marker

    def _bind_name(self, bind: Any) -> str:
        if not bind.unique:
            return str(bind.key)
        found = self._bind_names.get(id(bind))
        if found is None:
            base = _NO_WORD.sub("_", bind.key)
            count = self._bind_counts.get(base, 0) + 1
            self._bind_counts[base] = count
            found = self._bind_names[id(bind)] = f"{base}_{count}"
        return found

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
        codec = self.dialect.codec(column.type)
        self.slots.append(BindSlot(-1, name, column.type, codec.bind, False, True, True))
        return self.dialect.placeholder(name, column.type)  # type: ignore[no-any-return]

    # -- operators -----------------------------------------------------------------------------------------------------

    def visit_binary(self, binary: Any, **context: Any) -> str:
        if isinstance(binary, Comparison):
            left = self.process(binary.left, **context)
            return f"{left}{binary.operator.text}{self.visit_bindparam(binary.right, holder=binary)}"
        name = binary.operator.name
        special = getattr(self, f"_write_{name}", None)
        if special is not None:
            return special(binary, **context)  # type: ignore[no-any-return]
        text = f"{self.process(binary.left, **context)}{binary.operator.text}{self.process(binary.right, **context)}"
        return text + self._escape(binary)

    def _escape(self, binary: Any) -> str:
        escape = dict(binary.modifiers).get("escape")
        return "" if escape is None else " ESCAPE " + self.dialect.literal_text(escape)

    def _write_in_op(self, binary: Any, **context: Any) -> str:
        return f"{self.process(binary.left, **context)} IN {self._in_members(binary.right, **context)}"

    def _write_not_in_op(self, binary: Any, **context: Any) -> str:
        return f"({self.process(binary.left, **context)} NOT IN {self._in_members(binary.right, **context)})"

    def _in_members(self, right: Any, **context: Any) -> str:
        text = self.process(right, **context)
        return f"({text})" if right.visit_name == "bindparam" else text

    def _write_between_op(self, binary: Any, **context: Any) -> str:
        return self._between(binary, " BETWEEN ", **context)

    def _write_not_between_op(self, binary: Any, **context: Any) -> str:
        return self._between(binary, " NOT BETWEEN ", **context)

    def _between(self, binary: Any, text: str, **context: Any) -> str:
        symmetric = "SYMMETRIC " if dict(binary.modifiers).get("symmetric") else ""
        low, high = (self.process(bound, **context) for bound in binary.right.clauses)
        return f"{self.process(binary.left, **context)}{text}{symmetric}{low} AND {high}"

    def _matching(self, binary: Any, negated: bool, before: bool, after: bool, **context: Any) -> str:
        percent = "'%%'" if self.capabilities.doubles_percent else "'%'"
        right = self.process(binary.right, **context)
        if before:
            right = f"{percent} || {right}"
        if after:
            right = f"{right} || {percent}"
        word = " NOT LIKE " if negated else " LIKE "
        return f"{self.process(binary.left, **context)}{word}{right}{self._escape(binary)}"

    def _write_startswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, False, False, True, **context)

    def _write_not_startswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, False, True, **context)

    def _write_endswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, False, True, False, **context)

    def _write_not_endswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, True, False, **context)

    def _write_contains_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, False, True, True, **context)

    def _write_not_contains_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, True, True, **context)

    def _write_ilike_op(self, binary: Any, **context: Any) -> str:
        return self._ilike(binary, " LIKE ", " ILIKE ", **context)

    def _write_not_ilike_op(self, binary: Any, **context: Any) -> str:
        return self._ilike(binary, " NOT LIKE ", " NOT ILIKE ", **context)

    def _ilike(self, binary: Any, like: str, ilike: str, **context: Any) -> str:
        left, right = self.process(binary.left, **context), self.process(binary.right, **context)
        if self.capabilities.ilike:
            return f"{left}{ilike}{right}{self._escape(binary)}"
        return f"lower({left}){like}lower({right}){self._escape(binary)}"

    def _write_truediv(self, binary: Any, **context: Any) -> str:
        left, right = self.process(binary.left, **context), self.process(binary.right, **context)
        if self.capabilities.true_division or not _is_whole(binary.right):
            return f"{left} / {right}"
        return f"{left} / {self.dialect.true_divisor(right)}"

    def _write_mod(self, binary: Any, **context: Any) -> str:
        percent = " %% " if self.capabilities.doubles_percent else " % "
        return f"{self.process(binary.left, **context)}{percent}{self.process(binary.right, **context)}"

    def _write_is_distinct_from(self, binary: Any, **context: Any) -> str:
        text = self.dialect.is_distinct_text
        return f"{self.process(binary.left, **context)}{text}{self.process(binary.right, **context)}"

    def _write_is_not_distinct_from(self, binary: Any, **context: Any) -> str:
        text = self.dialect.is_not_distinct_text
        return f"{self.process(binary.left, **context)}{text}{self.process(binary.right, **context)}"

    def visit_unary(self, unary: Any, **context: Any) -> str:
        if unary.operator is not None:
            return f"{unary.operator.text}{self.process(unary.element, **context)}"
        return f"{self.process(unary.element, **context)}{unary.modifier.text}"

    def visit_expression_list(self, clauses: Any, **context: Any) -> str:
        write = self.criterion if clauses.operator.kind == "boolean" else self.process
        return str(clauses.operator.text).join(write(clause, **context) for clause in clauses.clauses)

    visit_boolean_list = visit_expression_list

    def visit_clauselist(self, clauses: Any, **context: Any) -> str:
        return ", ".join(self.process(clause, **context) for clause in clauses.clauses)

    def visit_grouping(self, grouping: Any, **context: Any) -> str:
        return f"({self.process(grouping.element, **context)})"

    def visit_tuple(self, row: Any, **context: Any) -> str:
        return f"({', '.join(self.process(clause, **context) for clause in row.clauses)})"

    def visit_null(self, node: Any, **context: Any) -> str:
        return "NULL"

    def visit_true(self, node: Any, **context: Any) -> str:
        return "true" if self.capabilities.native_boolean else "1"

    def visit_false(self, node: Any, **context: Any) -> str:
        return "false" if self.capabilities.native_boolean else "0"

    def criterion(self, node: Any, **context: Any) -> str:
        """Return a criterion as text: a comparison with 1 or 0 where the database has no truth values."""
        if self.capabilities.native_boolean:
            return self.process(node, **context)
        if node.visit_name in ("true", "false") or _is_flag(node):
            return f"{self.process(node, **context)} = 1"
        if node.visit_name == "unary" and node.operator is operators.inv and _is_flag(node.element):
            return f"{self.process(node.element, **context)} = 0"
        return self.process(node, **context)

    # -- functions and conversions -------------------------------------------------------------------------------------

    def visit_function(self, function: Any, **context: Any) -> str:
        if function.name.lower() == "now" and not function.packages and not function.clause_expr.clauses:
            return self.capabilities.now
        names = [*function.packages, function.name]
        name = ".".join(_function_name(part, self.dialect) for part in names)
        if needs_no_parentheses(function):
            return name.upper()
        return f"{name}({self.process(function.clause_expr, **context)})"

    def visit_cast(self, cast: Any, **context: Any) -> str:
        return f"CAST({self.process(cast.clause, **context)} AS {self.dialect.type_text(cast.type)})"

    def visit_type_coerce(self, coerce: Any, **context: Any) -> str:
        return self.process(coerce.clause, **context)

    def visit_collation(self, collation: Any, **context: Any) -> str:
        return quote(collation.collation, self.dialect)

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
        def placeholder(match: Any) -> str:
            return self.visit_bindparam(text._binds[match.group(1)])

        written = text.text.replace("%", "%%") if self.capabilities.doubles_percent else text.text
        return str(BIND.sub(placeholder, written)).replace("\\:", ":")


def _function_name(name: str, dialect: Any) -> str:
    """Return a function's name as text: as it was written, in quotes only if it is no plain word."""
    return name if name.replace("_", "a").isalnum() and name.isascii() else quote(name, dialect)


def _is_flag(node: Any) -> bool:
    """Return True for a column of truth values."""
    return node.visit_name in ("column", "attribute") and isinstance(node.type, Boolean)


def _is_whole(node: Any) -> bool:
    """Return True for numbers that are not binary fractions: SQL divides whole numbers without the rest."""
    return getattr(node.type, "_rank", 0) in (1, 2)
