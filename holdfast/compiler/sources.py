"""Writes what stands in FROM, and takes from a subquery's FROM what the statement around it provides."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.operators import OperatorCompiler
from holdfast.exc import InvalidRequestError
from holdfast.sql import operators
from holdfast.sql.selectable import Join


class SourceCompiler(OperatorCompiler):
    """Writes tables, aliases, subqueries and joins."""

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        # The FROM elements of the statements around the one that is being written, the nearest one last.
        self._around: list[list[Any]] = []

    def visit_table(self, table: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(table.name)
        return f"{self.quote(table.schema)}.{name}" if table.schema else name

    def visit_alias(self, alias: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(alias))
        if not as_from:
            return name
        return f"{self._aliased(alias.element)} AS {name}"

    def _aliased(self, element: Any) -> str:
        """Return what an alias names; of several names the outermost one counts."""
        while element.visit_name == "alias":
            element = element.element
        if element.visit_name == "subquery":
            return f"({self.process(element.element, within_from=True)})"
        return self.process(element, as_from=True)

    def visit_subquery(self, subquery: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(subquery))
        if not as_from:
            return name
        return f"{self._aliased(subquery)} AS {name}"

    def visit_join(self, join: Any, as_from: bool = False, **context: Any) -> str:
        word = " FULL OUTER JOIN " if join.full else " LEFT OUTER JOIN " if join.isouter else " JOIN "
        left, right = self.process(join.left, as_from=True), self.process(join.right, as_from=True)
        if isinstance(join.right, Join):
            right = f"({right})"
        return f"{left}{word}{right} ON {self.criterion(join.onclause.self_group(operators.comma_op))}"

    def visit_scalar_select(self, scalar: Any, **context: Any) -> str:
        return f"({self.process(scalar.element)})"

    def visit_exists(self, exists: Any, **context: Any) -> str:
        return f"EXISTS ({self.process(exists.element)})"

    def correlated(self, select: Any, froms: list[Any], implicit: bool) -> list[Any]:
        """Return the FROM elements of a SELECT without those that the statements around it provide.

        Args:
            select: the SELECT.
            froms: what it needs.
            implicit: it stands where a value stands, so it may use what the statement around it reads from.

        Raises: InvalidRequestError: nothing is left.
        """
        if not self._around:
            return froms
        if select._correlate is not None:
            named = select._correlate
            provided = [part for part in self._provided(self._around) if any(part is one for one in named)]
        elif select._correlate_except is not None:
            named = select._correlate_except
            provided = [part for part in self._provided(self._around) if not any(part is one for one in named)]
        elif implicit and len(froms) > 1:
            provided = self._provided(self._around[-1:])
        else:
            return froms
        kept = [source for source in froms if not any(source is part for part in provided)]
        if froms and not kept:
            raise InvalidRequestError(
                f"Select statement '{select!r}' returned no FROM clauses due to auto-correlation; specify "
                "correlate(<tables>) to control correlation manually."
            )
        return kept

    def _provided(self, around: list[list[Any]]) -> list[Any]:
        return [part for froms in around for source in froms for part in (source, *source._hidden)]
