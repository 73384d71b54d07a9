"""Writes MATCH and regular expressions: each database has its own words for them, so the dialect is asked."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.functions import FunctionCompiler


class MatchCompiler(FunctionCompiler):
    """Writes what compares a string with a pattern that is none of LIKE."""

    def _write_match_op(self, binary: Any, **context: Any) -> str:
        columns = binary.left
        if columns.visit_name == "grouping" and columns.element.visit_name == "clauselist":
            columns = columns.element  # the dialect puts parentheses where its words need them
        left, right = self.process(columns, **context), self.process(binary.right, **context)
        return str(self.dialect.match_text(left, right, dict(binary.modifiers)))

    def visit_match_against(self, match: Any, **context: Any) -> str:
        self.refuse_unless(self.capabilities.match_against, match)
        return self._write_match_op(match, **context)

    def _write_not_match_op(self, binary: Any, **context: Any) -> str:
        return "NOT " + self._write_match_op(binary, **context)

    def _write_regexp_match_op(self, binary: Any, **context: Any) -> str:
        left, right = self.process(binary.left, **context), self.process(binary.right, **context)
        word = self.capabilities.operator_texts.get(binary.operator.name, binary.operator.text)
        return str(self.dialect.regexp_text(left, word, right, dict(binary.modifiers).get("flags")))

    _write_not_regexp_match_op = _write_regexp_match_op

    def _write_regexp_replace_op(self, binary: Any, **context: Any) -> str:
        left, right = self.process(binary.left, **context), self.process(binary.right, **context)
        return str(self.dialect.regexp_replace_text(left, right, dict(binary.modifiers).get("flags")))
