"""Writes what stands in FROM, and takes from a subquery's FROM what the statement around it provides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.compiler.operators import OperatorCompiler
from holdfast.exc import InvalidRequestError
from holdfast.sql import operators
from holdfast.sql.from_clause import Join


class SourceCompiler(OperatorCompiler):
    """Writes tables, aliases, subqueries and joins."""

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        # The FROM elements of the statements around the one that is being written, the nearest one last.
        self._around: list[list[Any]] = []
        # The hints of the statement whose FROM is being written: element, text, dialect.
        self._hints: tuple[tuple[Any, str, str], ...] = ()

    def visit_table(self, table: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(table.name)
        schema = self.dialect.schema_of(table)
        return f"{self.quote(schema)}.{name}" if schema else name

    def visit_alias(self, alias: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(alias))
        if not as_from:
            return name
        return f"{self._element(alias.element)} AS {name}"

    def _element(self, element: Any) -> str:
        """Return the text of what has a name; of several names the outermost one counts."""
        while element.visit_name == "alias":
            element = element.element
        if element.visit_name == "subquery":
            return f"({self.process(element.element, within_from=True)})"
        if element.visit_name == "lateral":
            return f"LATERAL {self._lateral_element(element)}"
        return self.process(element, as_from=True)

    def _lateral_element(self, lateral: Any) -> str:
        if lateral.element.is_statement:
            return f"({self.process(lateral.element, within_from=True, lateral=True)})"
        return self._element(lateral.element)

    def visit_subquery(self, subquery: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(subquery))
        if not as_from:
            return name
        return f"{self._element(subquery)} AS {name}"

    # -- functions, rows, samples --------------------------------------------------------------------------------------

    def visit_table_valued_alias(self, alias: Any, as_from: bool = False, alone: bool = False, **context: Any) -> str:
        if alone:
            return self.process(alias.element)
        name = self.quote(self.names.of_from(alias))
        if not as_from:
            return name
        text = ("LATERAL " if alias.is_lateral else "") + self.process(alias.element)
        if alias.with_ordinality is not None:
            text += " WITH ORDINALITY"
        return f"{text} AS {name}{self._derived_columns(alias)}"

    def _derived_columns(self, alias: Any) -> str:
        if alias.derived is None:
            return ""
        columns = [(self.quote(name), base.type) for _, name, base in alias._bases()]
        if alias.derived:
            return f"({', '.join(f'{name} {self.dialect.type_text(type_)}' for name, type_ in columns)})"
        return f"({', '.join(name for name, _ in columns)})"

    def visit_table_valued_column(self, column: Any, **context: Any) -> str:
        source = column.scalar_alias
        return self.quote(source.name if source.visit_name == "table" else column.name)

    def visit_lateral(self, lateral: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(lateral))
        if not as_from:
            return name
        return f"{self._element(lateral)} AS {name}"

    def visit_tablesample(self, sample: Any, as_from: bool = False, alone: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(sample))
        if not as_from and not alone:
            return name
        element = sample.element
        if element.visit_name == "table_valued_alias":
            element = element.element
        text = f"{self._element(element)} AS {name} TABLESAMPLE {self.process(sample.sampling)}"
        return text if sample.seed is None else f"{text} REPEATABLE ({self.process(sample.seed)})"

    def visit_values(self, values: Any, as_from: bool = False, alone: bool = False, **context: Any) -> str:
        if not as_from and not alone:
            return self.quote(self.names.of_from(values))
        rows = self._values_text(values)
        if alone:
            return rows
        text = f"{'LATERAL ' if values.is_lateral else ''}({rows})"
        if not values.named:
            return text
        columns = ", ".join(self.quote(name) for _, name, _ in values._exported())
        return f"{text} AS {self.quote(self.names.of_from(values))} ({columns})"

    def visit_scalar_values(self, scalar: Any, **context: Any) -> str:
        return f"({self._values_text(scalar.element)})"

    def _values_text(self, values: Any) -> str:
        outer, self.literal_binds = self.literal_binds, self.literal_binds or values.literal_binds
        try:
            return "VALUES " + ", ".join(f"({self.listed(row)})" for row in values.rows)
        finally:
            self.literal_binds = outer

    # -- joins and subqueries ------------------------------------------------------------------------------------------

    def visit_join(self, join: Any, as_from: bool = False, **context: Any) -> str:
        word = (
            " FULL OUTER JOIN " if join.full else " LEFT OUTER JOIN " if join.isouter else self.capabilities.inner_join
        )
        left, right = self.source(join.left), self.source(join.right)
        if isinstance(join.right, Join):
            right = f"({right})"
        return f"{left}{word}{right} ON {self.criterion(join.onclause.self_group(operators.comma_op))}"

    def sources(self, statement: Any, elements: Sequence[Any]) -> str:
        """Return the FROM elements of a statement, each with its hints."""
        outer, self._hints = self._hints, statement._hints
        try:
            return ", ".join([self.source(element) for element in elements])
        finally:
            self._hints = outer

    def source(self, element: Any) -> str:
        """Return one FROM element, which may stand in a join, with the hints that the statement has for it."""
        text = self.process(element, as_from=True)
        if self._hints:
            for one, hint, dialect in self._hints:
                if one is element and self.is_for_us(dialect):
                    text = self.dialect.hinted_text(text, hint)
        return text

    def words(self, given: tuple[Any, ...]) -> list[str]:
        """Return those of some `Words` that are for this dialect, as text."""
        return [str(self.process(one.element)) for one in given if self.is_for_us(one.dialect_name)]

    def is_for_us(self, dialect_name: str) -> bool:
        """Return whether what is given for one dialect, or for all, is for this one."""
        return dialect_name in ("*", self.dialect.name)

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
        explicit = select._correlate is not None or select._correlate_except is not None
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
        if froms and not kept and not explicit:
            raise InvalidRequestError(
                f"Select statement '{select!r}' returned no FROM clauses due to auto-correlation; specify "
                "correlate(<tables>) to control correlation manually."
            )
        return kept

    def _provided(self, around: list[list[Any]]) -> list[Any]:
        return [part for froms in around for source in froms for part in (source, *source._hidden)]
