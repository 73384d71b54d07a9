"""Writes operators: most are their text between the operands; the others have a method named after them."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.matching import MatchCompiler
from holdfast.sql.expressions import Comparison
from holdfast.sql.operators import distinct_op
from holdfast.sql.types import Integer


def _parameters(operand: Any) -> list[Any]:
    """Return the parameters of an operand: itself, or the members of a row or a list."""
    if operand.visit_name == "bindparam":
        return [operand]
    if operand.visit_name in ("grouping", "label"):
        return _parameters(operand.element)
    return [bind for member in getattr(operand, "clauses", ()) for bind in _parameters(member)]


class OperatorCompiler(MatchCompiler):
    """Writes binary and unary operators."""

    def visit_binary(self, binary: Any, **context: Any) -> str:
        if self.literal_binds:
            self._warn_of_nulls(binary)
        if isinstance(binary, Comparison):
            left = self.process(binary.left, **context)
            return f"{left}{binary.operator.text}{self.visit_bindparam(binary.right, holder=binary)}"
        special = getattr(self, f"_write_{binary.operator.name}", None)
        if special is not None:
            return special(binary, **context)  # type: ignore[no-any-return]
        left, right = self._operands(binary, **context)
        text = self.capabilities.operator_texts.get(binary.operator.name, binary.operator.text)
        whole = f"{left}{self.percent(text)}{right}{self._escape(binary)}"
        return f"({whole})" if binary.operator.eager and context.get("is_operand") else whole

    def _operands(self, binary: Any, **context: Any) -> tuple[str, str]:
        context["is_operand"] = binary.operator.kind != "like"
        return self.process(binary.left, **context), self.process(binary.right, **context)

    @staticmethod
    def _warn_of_nulls(binary: Any) -> None:
        """Warn of a parameter that becomes NULL as the operand of an operator, of which nothing but NULL can come."""
        operator = getattr(binary.operator, "name", "")
        if operator in ("is_", "is_not") or getattr(binary.operator, "kind", "") == "like":
            return
        for operand in (binary.left, binary.right):
            for bind in _parameters(operand):
                if bind.value is None and bind.callable is None:
                    exc.warn(
                        f"Bound parameter '{bind.key}' rendering literal NULL in a SQL expression; comparisons to NULL should "
                        "not use operators outside of 'is' or 'is not' (this warning may be suppressed after 10 occurrences)"
                    )

    def _escape(self, binary: Any) -> str:
        escape = dict(binary.modifiers).get("escape")
        return "" if escape is None else " ESCAPE " + self.percent(self.dialect.literal_text(escape))

    def visit_unary(self, unary: Any, **context: Any) -> str:
        if unary.operator is not None:
            if unary.operator is distinct_op and "in_call" not in context:
                exc.warn(
                    "Column-expression-level unary distinct() should not be used outside of an aggregate function. For "
                    "general 'SELECT DISTINCT' support use select().distinct()."
                )
            return f"{unary.operator.text}{self.process(unary.element, **context)}"
        return f"{self.process(unary.element, **context)}{unary.modifier.text}"

    # -- members of documents and arrays -------------------------------------------------------------------------------

    def _write_json_getitem_op(self, binary: Any, is_operand: bool = False, **context: Any) -> str:
        return str(self.dialect.json_item_text(lambda: self._operands(binary, **context), binary, is_operand))

    _write_json_path_getitem_op = _write_json_getitem_op

    def _write_getitem(self, binary: Any, is_operand: bool = False, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        return str(self.dialect.array_item_text(left, right, binary))

    def _write_pairs_getitem_op(self, binary: Any, is_operand: bool = False, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        return str(self.dialect.pair_item_text(left, right, binary, is_operand))

    def visit_slice(self, part: Any, **context: Any) -> str:
        ends = ("" if end.visit_name == "null" else self.process(end, **context) for end in (part.start, part.stop))
        return ":".join(ends)

    # -- IN and BETWEEN ------------------------------------------------------------------------------------------------

    def _write_in_op(self, binary: Any, **context: Any) -> str:
        context["is_operand"] = True
        return f"{self.process(binary.left, **context)} IN {self._in_members(binary.right, **context)}"

    def _write_not_in_op(self, binary: Any, **context: Any) -> str:
        context["is_operand"] = True
        return (
            f"({self.process(binary.left, **context)} NOT IN {self._in_members(binary.right, negated=True, **context)})"
        )

    def _in_members(self, right: Any, negated: bool = False, **context: Any) -> str:
        if right.visit_name == "bindparam":
            return f"({self.process(right, negated=negated, **context)})"
        return self.process(right, **context)

    def _write_between_op(self, binary: Any, **context: Any) -> str:
        return self._between(binary, " BETWEEN ", **context)

    def _write_not_between_op(self, binary: Any, **context: Any) -> str:
        return self._between(binary, " NOT BETWEEN ", **context)

    def _between(self, binary: Any, text: str, **context: Any) -> str:
        symmetric = "SYMMETRIC " if dict(binary.modifiers).get("symmetric") else ""
        left, bounds = self._operands(binary, **context)
        return f"{left}{text}{symmetric}{bounds}"

    # -- strings -------------------------------------------------------------------------------------------------------

    def _joined(self, parts: list[str]) -> str:
        """Return strings as one."""
        return f"concat({', '.join(parts)})" if self.capabilities.concat_function else " || ".join(parts)

    def _write_concat_op(self, binary: Any, **context: Any) -> str:
        if not self.capabilities.concat_function:
            left, right = self._operands(binary, **context)
            return f"{left}{binary.operator.text}{right}"
        context["is_operand"] = True
        return self._joined([self.process(part, **context) for part in _concatenated(binary)])

    # -- LIKE ----------------------------------------------------------------------------------------------------------

    def _matching(self, binary: Any, before: bool, after: bool, any_case: bool = False, **context: Any) -> str:
        """Return LIKE with a pattern that begins or ends with anything."""
        flattens = self.capabilities.concat_function and not any_case
        left = self.process(binary.left, **{**context, "is_operand": False})
        context["is_operand"] = before or after
        middle = [self.process(part, **context) for part in (_concatenated if flattens else _alone)(binary.right)]
        word = binary.operator.text
        if any_case:
            if self.capabilities.ilike:
                word = word.replace("LIKE", "ILIKE")
            else:
                left, middle = f"lower({left})", [f"lower({middle[0]})"]
        anything = self.percent("'%'")
        pattern = self._joined([anything] * before + middle + [anything] * after)
        return f"{left}{word}{pattern}{self._escape(binary)}"

    def _write_startswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, False, True, **context)

    def _write_endswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, False, **context)

    def _write_contains_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, True, **context)

    def _write_istartswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, False, True, True, **context)

    def _write_iendswith_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, False, True, **context)

    def _write_icontains_op(self, binary: Any, **context: Any) -> str:
        return self._matching(binary, True, True, True, **context)

    _write_not_startswith_op = _write_startswith_op
    _write_not_endswith_op = _write_endswith_op
    _write_not_contains_op = _write_contains_op
    _write_not_istartswith_op = _write_istartswith_op
    _write_not_iendswith_op = _write_iendswith_op
    _write_not_icontains_op = _write_icontains_op

    def _write_ilike_op(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        word = binary.operator.text
        if not self.capabilities.ilike:
            left, right, word = f"lower({left})", f"lower({right})", word.replace("ILIKE", "LIKE")
        return f"{left}{word}{right}{self._escape(binary)}"

    _write_not_ilike_op = _write_ilike_op

    # -- numbers -------------------------------------------------------------------------------------------------------

    def _write_truediv(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        if not self.capabilities.true_division:
            right = self.dialect.true_divisor(right, binary.right.type)
        return f"{left} / {right}"

    def _write_floordiv(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        text = f"{left} / {right}"
        # Whole numbers divide without a rest by themselves.
        whole = isinstance(binary.left.type, Integer) and isinstance(binary.right.type, Integer)
        return text if whole and not self.capabilities.true_division else f"FLOOR({text})"

    def _write_bitwise_xor_op(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        if self.capabilities.bitwise_xor:
            return f"{left}{self.capabilities.operator_texts.get(binary.operator.name, ' ^ ')}{right}"
        again = self._operands(binary, **context)
        return f"(({left} | {right}) - ({again[0]} & {again[1]}))"

    # -- identity ------------------------------------------------------------------------------------------------------

    def _write_is_distinct_from(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        return self.dialect.is_distinct_text.format(left, right)

    def _write_is_not_distinct_from(self, binary: Any, **context: Any) -> str:
        left, right = self._operands(binary, **context)
        return self.dialect.is_not_distinct_text.format(left, right)


def _concatenated(node: Any) -> list[Any]:
    """Return the strings that are joined, those of joined strings among them."""
    inner = node.element if node.visit_name == "grouping" else node
    if inner.visit_name != "binary" or inner.operator.name != "concat_op":
        return [node]
    return [*_concatenated(inner.left), *_concatenated(inner.right)]


def _alone(node: Any) -> list[Any]:
    return [node]
