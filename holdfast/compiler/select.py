"""Writes SELECT and set operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.compiler.compiled import ResultColumn
from holdfast.compiler.ctes import CTECompiler
from holdfast.compiler.linting import lint
from holdfast.compiler.scope import Scope
from holdfast.sql import operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import join_criteria
from holdfast.sql.froms import final_froms
from holdfast.sql.hierarchies import watch, with_kinds
from holdfast.sql.labels import LabelReference
from holdfast.sql.naming import LABEL_STYLE_LEGACY_ORM, LABEL_STYLE_TABLENAME_PLUS_COL, ColumnName, name_columns


class SelectCompiler(CTECompiler):
    """Writes statements that return rows.

    Attributes:
        columns: what the rows of the whole statement consist of; None where that is not known.
    """

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        self.columns: tuple[ResultColumn, ...] | None = None
        self._scopes: list[Scope] = []
        # Set by whoever compiles for an execution: what is only shown is nobody's mistake yet.
        self.lints = False

    def visit_select(
        self,
        select: Any,
        top: bool = False,
        within_from: bool = False,
        correlated: bool = True,
        in_top: bool = False,
        lateral: bool = False,
        in_set: bool = False,
        in_insert: bool = False,
        **context: Any,
    ) -> str:
        implicit = correlated and not top and (lateral or not within_from)
        columns = select.subquery_columns if within_from or in_set or self._around else select.raw_columns
        if (in_set or in_insert) and not top:
            # WITH can not stand before a member of a UNION: it goes before the whole, as that of an INSERT's SELECT does.
            self.add_ctes(select)
            return self._select(select, columns, top, within_from, implicit, in_top)
        if not top:
            return self.with_ctes(select, lambda: self._select(select, columns, top, within_from, implicit, in_top))
        return self._select(select, columns, top, within_from, implicit, True)

    def _select(
        self, select: Any, wanted: tuple[Any, ...], top: bool, within_from: bool, implicit: bool, in_top: bool
    ) -> str:
        if watch.kinds:
            select = self._with_kinds(select)
        froms = self.correlated(select, final_froms(select), implicit)
        scope = Scope(self.process)
        self._around.append(froms)
        self._scopes.append(scope)
        try:
            hints = "".join(f"{word} " for word in self.words(select._prefixes))
            # By the names of columns they are written after these.
            by_name = any(isinstance(one, LabelReference) for one in select._distinct_on)
            distinct = "" if by_name else self._distinct(select)
            # A window among the columns may name columns of what the SELECT reads from.
            scope.add_sources(froms)
            first, before = self.extensions(select, "post_select"), self.extensions(select, "pre_columns")
            columns = self._column_list(select, wanted, top, within_from, in_top)
            distinct = self._distinct(select) if by_name else distinct
            text = f"SELECT {first}{hints}{distinct}{before}{columns}".rstrip(" ") + self._clauses(select, froms)
            text += "".join(f" {hint}" for hint, dialect in select._statement_hints if self.is_for_us(dialect))
            if self.lints and len(froms) > 1:
                lint("SELECT", froms, select._where, self._name_of)
            text += self.extensions(select, "post_body", " ", "")
            suffixes = self.words(select._suffixes)
            return f"{text} {' '.join(suffixes)} " if suffixes else text
        finally:
            self._around.pop()
            self._scopes.pop()

    def _with_kinds(self, select: Any) -> Any:
        """Return a SELECT with the conditions of classes without a table; their values stay with the compiled form."""
        settled, criteria = with_kinds(select)
        self.keep_values(criteria)
        return settled

    def keep_values(self, criteria: Iterable[Any]) -> None:
        """Let the values of conditions that the compiler adds stay with the compiled form."""
        for criterion in criteria:
            self._renamed.append(criterion)  # kept: the identities of its parts are looked up
            self._constants.update({id(one): one for one in criterion._values if isinstance(one, BindParameter)})

    def extensions(self, statement: Any, point: str, before: str = "", after: str = " ") -> str:
        """Return what a program has put into one place of a statement, see `sql.extensions`; mostly nothing."""
        if not statement._extensions:
            return ""
        written = [self.process(clause.element) for clause in statement._extensions if clause.point == point]
        return f"{before}{' '.join(written)}{after}" if written else ""

    def _name_of(self, source: Any) -> str:
        """Return the name of a FROM element for a message."""
        return self.names.of_from(source) if source.is_named_from else str(source.name)

    def _distinct(self, select: Any) -> str:
        if not select._distinct:
            return ""
        if select._distinct_on and (self.capabilities.distinct_on or select._is_distinct_on):
            if self.capabilities.lacks_distinct_on:
                raise exc.CompileError(
                    f"The {self.dialect.name} dialect has no DISTINCT ON: distinct_on() is PostgreSQL's. Number the rows of "
                    "each group by func.row_number().over(partition_by=..., order_by=...) and select the first ones."
                )
            return f"DISTINCT ON ({self.listed(select._distinct_on)}) "
        if select._distinct_on and self.capabilities.lacks_distinct_on:
            exc.warn_deprecated(
                "DISTINCT ON is currently supported only by the PostgreSQL dialect.  Use of DISTINCT ON for other backends "
                "is currently silently ignored, however this usage is deprecated, and will raise CompileError in a future "
                "release for all backends that do not support this syntax."
            )
        return "DISTINCT "

    def _clauses(self, select: Any, froms: list[Any]) -> str:
        parts = []
        if froms:
            parts.append(" \nFROM " + self.sources(select, froms))
        elif select._where:
            parts.append(self.capabilities.from_nothing)
        if select._where:
            parts.append(self.where(" \nWHERE ", select._where))
        if select._group_by:
            parts.append(" GROUP BY " + self.listed(select._group_by))
        if select._having:
            parts.append(self.where(" \nHAVING ", select._having))
        if select._extensions:
            parts.append(self.extensions(select, "post_criteria", " \n", ""))
        parts.append(self._order_and_limit(select))
        if select._for_update is not None and self.capabilities.for_update:
            parts.append(self._for_update(select._for_update))
        return "".join(parts)

    def where(self, word: str, criteria: tuple[Any, ...]) -> str:
        """Return ``word criteria``, or nothing if the criteria say nothing."""
        joined = join_criteria(operators.and_, tuple(c for c in criteria if not _says_nothing(c)))
        if _says_nothing(joined):
            return ""
        return word + self.criterion(joined.self_group(operators.comma_op))

    def _order_and_limit(self, select: Any) -> str:
        text = ""
        if select._order_by:
            text = " ORDER BY " + ", ".join(self._ordered(part) for part in select._order_by)
        return text + self._row_range(select)

    def _row_range(self, select: Any) -> str:
        """Return FETCH FIRST, or LIMIT and OFFSET."""
        if select._fetch is not None:
            return str(self.dialect.fetch_text(self, select))
        if select._limit is None and select._offset is None:
            return ""
        return str(self.dialect.limit_text(self, select._limit, select._offset))

    def _ordered(self, node: Any, **context: Any) -> str:
        """Return an ORDER BY expression: a label that is selected stands by its name."""
        suffix = ""
        inner = node
        while inner.visit_name == "unary" and inner.modifier is not None:
            suffix = inner.modifier.text + suffix
            inner = inner.element
        name = self._scopes[-1].name_of(inner) if inner.visit_name == "label" else None
        return self.process(node, **context) if name is None else name + suffix

    def visit_label_reference(self, reference: Any, **context: Any) -> str:
        return (self._scopes[-1] if self._scopes else Scope(self.process)).find(reference.name)

    def _for_update(self, lock: Any) -> str:
        tables = ", ".join(dict.fromkeys(self.process(_table_of(item)) for item in lock.of or ()))
        return str(self.dialect.lock_text(lock, tables))

    # -- columns -------------------------------------------------------------------------------------------------------

    def _column_list(self, select: Any, columns: tuple[Any, ...], top: bool, within_from: bool, in_top: bool) -> str:
        style = LABEL_STYLE_TABLENAME_PLUS_COL if select._label_style == LABEL_STYLE_LEGACY_ORM else select._label_style
        names = name_columns(columns, style, within_from, self.capabilities.native_boolean)
        written = [self._labelled(name, in_top) for name in names]
        for name in names:
            if name.column._naming == "label":
                self._scopes[-1].add_label(name.column, self.quote(name.label))
            elif name.column._naming == "column":
                self._scopes[-1].add_column(name.column, name.key)
        if top:
            self.columns = tuple(self._result(name, text, style) for name, text in zip(names, written, strict=True))
        return ", ".join(written)

    def _labelled(self, name: ColumnName, is_read: bool, **context: Any) -> str:
        """Return a column with its label.

        Args: is_read: the program reads its values, so that its type may put something around it.
        """
        # The label's name is made up before those inside the expression are.
        label = None if name.label is None else self.quote(name.label)
        as_column = {"as_column": True} if name.column.visit_name == "tuple" else {}
        around = self.around(name.column, "column_expression") if is_read else None
        if around is not None and label is None and name.own is not None:
            label = self.quote(name.own)
        text = self.process(name.column if around is None else around, **as_column, **context)
        return text if label is None else f"{text} AS {label}"

    def _result(self, name: ColumnName, text: str, style: str) -> ResultColumn:
        """Return the facts of one column of the result."""
        column = name.column
        own = None if name.own is None else self.names.resolve(name.own)
        # Rows of the ORM have the names of attributes, whatever their columns are called in the text.
        plain = column.visit_name == "attribute" and not column._is_text
        if name.label is None or (plain and style == LABEL_STYLE_TABLENAME_PLUS_COL):
            # What an operator alone stands before is known by the name of its column.
            bare = column._derived_name if column._naming in ("bare", "bare derived") else None
            key = own or bare or text
        else:
            key = own if own and column._naming == "label" else self.names.resolve(name.label)
        if column.visit_name == "attribute" and key == own:
            key = column.key
        return ResultColumn(key, own or key, column.type, column, self.dialect.codec(column.type))

    def visit_textual_select(self, select: Any, **context: Any) -> str:
        return self.process(select.element, **context)

    # -- set operations ------------------------------------------------------------------------------------------------

    def visit_compound_select(
        self,
        compound: Any,
        top: bool = False,
        within_from: bool = False,
        correlated: bool = True,
        in_top: bool = False,
        lateral: bool = False,
        in_set: bool = False,
        in_insert: bool = False,
        **context: Any,
    ) -> str:
        self._check_columns(compound)

        def write() -> str:
            return self._compound(compound, top, within_from, correlated, in_top, lateral)

        if in_insert and self.capabilities.cte_after_insert:
            # The WITH of the whole statement stands at the same place.
            self.add_ctes(compound)
            return write()
        return write() if top and not in_set else self.with_ctes(compound, write)

    def _compound(
        self, compound: Any, top: bool, within_from: bool, correlated: bool, in_top: bool, lateral: bool
    ) -> str:
        parts = []
        for number, select in enumerate(compound.selects):
            first = number == 0
            text = self.process(
                select,
                top=top and first,
                within_from=within_from,
                correlated=correlated and not top,
                in_top=top or in_top,
                lateral=lateral,
                in_set=True,
            )
            parts.append(f"({text})" if _needs_parentheses(select) else text)
        scope = Scope(self.process)
        for name in name_columns(compound.subquery_columns, compound._column_style, within_from):
            if name.column._naming == "label":
                scope.add_label(name.column, self.quote(name.label))
            elif name.column._naming == "column":
                scope.add_column(name.column, name.key)
                if name.label is not None:
                    scope.add_name(name.key, self.quote(name.label))
        scope._write = lambda column: self.process(column, within_table=False)
        self._scopes.append(scope)
        try:
            text = f" {compound.keyword} ".join(parts)
            if compound._group_by:
                text += " GROUP BY " + ", ".join(self._ordered(one, within_table=False) for one in compound._group_by)
            if compound._order_by:
                text += " ORDER BY " + ", ".join(self._ordered(one, within_table=False) for one in compound._order_by)
            return text + self._row_range(compound)
        finally:
            self._scopes.pop()

    def _check_columns(self, compound: Any) -> None:
        first, *others = [len(select.subquery_columns) for select in compound.selects]
        for number, count in enumerate(others, 2):
            if count != first:
                raise exc.CompileError(
                    "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has "
                    f"{first} columns, select #{number} has {count}"
                )


def _says_nothing(criterion: Any) -> bool:
    return criterion.visit_name == "expression_list" and not criterion.clauses


def _needs_parentheses(select: Any) -> bool:
    """Whether a SELECT needs parentheses as a member of a set operation."""
    if select.visit_name == "compound_select":
        return True
    has_range = any(part is not None for part in (select._limit, select._offset, select._fetch))
    return bool(select._order_by) or has_range


def _table_of(item: Any) -> Any:
    if getattr(item, "is_entity", False):
        return item.selectable
    return item if item.is_selectable else item._froms[0]
