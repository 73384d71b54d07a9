"""Writes function calls and what is said around them: OVER, FILTER, WITHIN GROUP."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.expressions import ExpressionCompiler
from holdfast.sql import operators


class FunctionCompiler(ExpressionCompiler):
    """Writes what is said around function calls."""

    def visit_collection_aggregate(self, node: Any, **context: Any) -> str:
        text = self.process(node.element, **context)
        return f"{node.word} {text}" if text.startswith("(") else f"{node.word} ({text})"

    def visit_over(self, over: Any, **context: Any) -> str:
        # The call is written first: parameters without names stand in the order of the text.
        call = self.process(over.element, **context)
        parts = []
        if over.partition_by is not None:
            parts.append("PARTITION BY " + self.process(over.partition_by, **context))
        if over.order_by is not None:
            parts.append("ORDER BY " + self.process(over.order_by, **context))
        if over.frame is not None:
            kind, lower, upper = over.frame
            parts.append(f"{kind} BETWEEN {self._bound(lower, context)} AND {self._bound(upper, context)}")
        return f"{call} OVER ({' '.join(parts)})"

    def _bound(self, bound: Any, context: dict[str, Any]) -> str:
        return bound.word if bound.value is None else f"{self.process(bound.value, **context)} {bound.word}"

    def visit_function_filter(self, node: Any, **context: Any) -> str:
        text = self.process(node.element, **context)
        if node.criterion is None:
            return text
        return f"{text} FILTER (WHERE {self.criterion(node.criterion.self_group(operators.comma_op), **context)})"

    def visit_within_group(self, node: Any, **context: Any) -> str:
        return (
            f"{self.process(node.element, **context)} WITHIN GROUP (ORDER BY {self.process(node.order_by, **context)})"
        )
