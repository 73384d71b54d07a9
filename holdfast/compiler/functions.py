"""Writes function calls and what is said in and around them: ORDER BY, OVER, FILTER, WITHIN GROUP."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.expressions import ExpressionCompiler
from holdfast.compiler.identifiers import quote
from holdfast.sql.quoted_name import quote_of


class FunctionCompiler(ExpressionCompiler):
    """Writes function calls and what is said around them."""

    def visit_function(
        self, function: Any, as_from: bool = False, alone: bool = False, ordered_by: Any = None, **context: Any
    ) -> str:
        known = "" if function.packagenames else str(function.name).lower()
        context["in_call"] = True
        writer = self.dialect.function_writers.get(known)
        if writer is not None:
            return writer(self, function, ordered_by, context)
        constant = self.capabilities.constant_functions.get(known)
        if constant is not None:
            return constant
        arguments = self.process(function.clause_expr, **context)
        if ordered_by is not None:
            arguments += f" ORDER BY {self.process(ordered_by, **context)}"
        if function._words is not None:
            return function._words if function._is_word and not arguments else f"{function._words}({arguments})"
        names = [*function.packagenames, self.capabilities.function_names.get(known, function.name)]
        name = ".".join(_function_name(part, self.dialect) for part in names)
        return f"{name}({arguments})"

    def visit_function_as_binary(self, node: Any, **context: Any) -> str:
        return self.process(node.sql_function, **context)

    def visit_scalar_function_column(self, column: Any, **context: Any) -> str:
        return f"({self.process(column.fn)}).{self.quote(column.name)}"

    def visit_aggregate_order_by(self, node: Any, **context: Any) -> str:
        return self.process(node.element, ordered_by=node.order_by, **context)

    def visit_ordered_argument(self, node: Any, **context: Any) -> str:
        self.refuse_unless(self.capabilities.ordered_arguments, node)
        return f"{self.process(node.target, **context)} ORDER BY {self.process(node.order_by, **context)}"

    def visit_collection_aggregate(self, node: Any, **context: Any) -> str:
        text = self.process(node.element, **context)
        return f"{node.word} {text}" if text.startswith("(") else f"{node.word} ({text})"

    def visit_over(self, over: Any, **context: Any) -> str:
        # The call is written first: parameters without names stand in the order of the text.
        call = self.process(over.element, **context)
        frame, bounds = self.written_apart(lambda: self._frame(over, context))
        parts = []
        if over.partition_by is not None:
            parts.append("PARTITION BY " + self.process(over.partition_by, **context))
        if over.order_by is not None:
            parts.append("ORDER BY " + self.process(over.order_by, **context))
        if frame:
            parts.append(frame)
            self.slots += bounds
        if over.exclude is not None:
            parts.append(f"EXCLUDE {over.exclude}")
        return f"{call} OVER ({' '.join(parts)})"

    def _frame(self, over: Any, context: dict[str, Any]) -> str:
        if over.frame is None:
            return ""
        kind, frame = over.frame
        return f"{kind} BETWEEN {self._bound(frame.start, context)} AND {self._bound(frame.end, context)}"

    def _bound(self, bound: Any, context: dict[str, Any]) -> str:
        return bound.word if bound.value is None else f"{self.process(bound.value, **context)} {bound.word}"

    def visit_function_filter(self, node: Any, **context: Any) -> str:
        text = self.process(node.element, **context)
        if node.criterion is None:
            return text
        return f"{text} FILTER (WHERE {self.process(node.criterion, **context)})"

    def visit_within_group(self, node: Any, **context: Any) -> str:
        return (
            f"{self.process(node.element, **context)} WITHIN GROUP (ORDER BY {self.process(node.order_by, **context)})"
        )


def _function_name(name: str, dialect: Any) -> str:
    """Return a function's name as text: as it was written, in quotes only if it says so or is no plain word."""
    plain = quote_of(name) is None and name.replace("_", "a").isalnum() and name.isascii()
    return name if plain else quote(name, dialect)
