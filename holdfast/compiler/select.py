"""Writes SELECT: columns and their names, FROM with its joins, what a subquery takes from around it."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.compiled import ResultColumn
from holdfast.compiler.expressions import ExpressionCompiler
from holdfast.sql import operators
from holdfast.sql.boolean import and_
from holdfast.sql.select import LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL
from holdfast.sql.selectable import Join, can_join, from_of


class SelectCompiler(ExpressionCompiler):
    """Writes SELECT, set operations, and what stands in FROM."""

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        self.columns: tuple[ResultColumn, ...] | None = None
        # FROM elements of the SELECTs around the one that is being written.
        self._around: list[list[Any]] = []

    # -- SELECT --------------------------------------------------------------------------------------------------------

    def visit_select(
        self, select: Any, top: bool = False, in_from: bool = False, correlated: bool = True, **context: Any
    ) -> str:
        froms = self._correlate(select, final_froms(select), correlated and not top and not in_from)
        self._around.append(froms)
        self._labels.append({})
        self._label_names.append({})
        try:
            columns = self._column_list(select, select.raw_columns, top, in_from)
            clauses = self._clauses(select, froms)
        finally:
            self._around.pop()
            self._labels.pop()
            self._label_names.pop()
        distinct = self._distinct(select)
        return f"SELECT {distinct}{columns}{clauses}"

    def _distinct(self, select: Any) -> str:
        if not select._distinct:
            return ""
        if select._distinct_on and self.capabilities.distinct_on:
            return f"DISTINCT ON ({', '.join(self.process(part) for part in select._distinct_on)}) "
        return "DISTINCT "

    def _clauses(self, select: Any, froms: list[Any]) -> str:
        parts = []
        if froms:
            parts.append(" \nFROM " + ", ".join(self.process(source, as_from=True) for source in froms))
        if select._where:
            parts.append(" \nWHERE " + self._criteria(select._where))
        if select._group_by:
            parts.append(" GROUP BY " + ", ".join(self.process(part) for part in select._group_by))
        if select._having:
            parts.append(" \nHAVING " + self._criteria(select._having))
        if select._order_by:
            parts.append(" ORDER BY " + ", ".join(self._ordered(part) for part in select._order_by))
        if select._limit is not None or select._offset is not None:
            parts.append(self.limit(select))
        if select._for_update is not None and self.capabilities.for_update:
            parts.append(self._for_update(select._for_update))
        return "".join(parts)

    def _criteria(self, criteria: tuple[Any, ...]) -> str:
        one = criteria[0] if len(criteria) == 1 else and_(*criteria)
        operator = getattr(one, "operator", None)
        if operator is not None and operator.kind == "like":
            # LIKE with a pattern that is put together keeps its parentheses also where it stands alone.
            one = one.self_group(operators.or_)
        return self.criterion(one)

    def _ordered(self, node: Any) -> str:
        """Return an ORDER BY expression: a label that is selected stands by its name."""
        inner = node
        suffix = ""
        while inner.visit_name == "unary" and inner.modifier is not None:
            suffix = inner.modifier.text + suffix
            inner = inner.element
        name = self._labels[-1].get(id(inner))
        if name is None and inner.visit_name == "label" and inner.name is not None:
            name = self._labels[-1].get(inner._key)
        return (name + suffix) if name is not None else self.process(node)

    def _for_update(self, lock: Any) -> str:
        if lock.read:
            text = " FOR KEY SHARE" if lock.key_share else " FOR SHARE"
        else:
            text = " FOR NO KEY UPDATE" if lock.key_share else " FOR UPDATE"
        if lock.of:
            names = dict.fromkeys(self.quote(_table_of(item).name) for item in lock.of)
            text += " OF " + ", ".join(names)
        if lock.nowait:
            text += " NOWAIT"
        return text + " SKIP LOCKED" if lock.skip_locked else text

    def limit(self, select: Any) -> str:
        """Return LIMIT and OFFSET."""
        return str(self.dialect.limit_text(self, select._limit, select._offset))

    # -- columns -------------------------------------------------------------------------------------------------------

    def _column_list(self, select: Any, columns: tuple[Any, ...], top: bool, in_from: bool) -> str:
        written, results = [], []
        used: dict[str, Any] = {}
        repeats: dict[str, int] = {}
        for column in columns:
            text = self.process(column)
            name, label = self._named(select, column, used, repeats, in_from)
            written.append(text if label is None else f"{text} AS {self.quote(label)}")
            shown = label or name or text
            used.setdefault(shown, column)
            if column.visit_name == "label":
                self._labels[-1][id(column)] = self._labels[-1][column._key] = self.quote(shown)
            self._label_names[-1].setdefault(shown, self.quote(shown) if label is not None else text)
            key = (
                name
                if select._label_style == LABEL_STYLE_TABLENAME_PLUS_COL and name is not None
                else label or name or text
            )
            results.append(self.result_column(column, key, name))
        if top:
            self.columns = tuple(results)
        return ", ".join(written)

    def result_column(self, column: Any, name: str, own_name: str | None) -> ResultColumn:
        """Return the facts of one column of the result."""
        key = name
        if (column.visit_name == "attribute" and name == own_name) or (
            column.visit_name == "column" and name == own_name
        ):
            key = column.key
        return ResultColumn(key, name, column.type, column, self.dialect.codec(column.type))

    def _named(
        self, select: Any, column: Any, used: dict[str, Any], repeats: dict[str, int], in_from: bool
    ) -> tuple[str | None, str | None]:
        """Return a column's own name and the label it gets, or None for either."""
        name = column._result_name
        style = select._label_style
        if column.visit_name == "label":
            label = name if name is not None else self.anonymous(_base(column.element), column)
            return label, label
        if name is None:
            if column._label_style == "never" and not in_from:
                return None, None
            return None, self.anonymous(column._anon_base or "anon", column)
        main = column._main_column
        is_plain = column.visit_name in ("column", "attribute")
        if style == LABEL_STYLE_TABLENAME_PLUS_COL and is_plain and getattr(main, "table", None) is not None:
            table = main.table
            wanted = f"{table.name if table.name else self.from_name(table)}_{name}"
            return name, self._distinct_label(wanted, main, used, repeats, repeat_base=wanted)
        if style != LABEL_STYLE_NONE and name in used:
            return name, self._distinct_label(name, main, used, repeats, repeat_base=name)
        if in_from or not is_plain:
            return name, name
        return name, None

    def _distinct_label(
        self, wanted: str, main: Any, used: dict[str, Any], repeats: dict[str, int], repeat_base: str
    ) -> str:
        """Return a label that no column before has: ``name_1`` for another column, ``name__1`` for the same again."""
        if wanted not in used:
            return wanted
        before = getattr(used[wanted], "_main_column", None)
        joiner = "__" if before is main else "_"
        while True:
            repeats[repeat_base] = repeats.get(repeat_base, 0) + 1
            label = f"{repeat_base}{joiner}{repeats[repeat_base]}"
            if label not in used:
                return label

    # -- sources -------------------------------------------------------------------------------------------------------

    def _correlate(self, select: Any, froms: list[Any], implicit: bool) -> list[Any]:
        """Return the FROM elements without those that the statement around provides."""
        around = [source for level in self._around for source in level]
        provided = [part for source in around for part in (source, *getattr(source, "_hidden", ()))]
        if select._correlate is not None:
            wanted = [source for source in provided if any(source is named for named in select._correlate)]
        elif implicit:
            wanted = provided
        else:
            return froms
        kept = [source for source in froms if not any(source is other for other in wanted)]
        if not kept and froms:
            # Without a FROM of its own it would ask about one row only: it is a statement of its own then.
            return kept if select._correlate is not None else froms
        return kept

    def visit_table(self, table: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(table.name)
        return f"{self.quote(table.schema)}.{name}" if table.schema else name

    def visit_alias(self, alias: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.from_name(alias))
        return f"{self.process(alias.element, as_from=True)} AS {name}" if as_from else name

    def visit_subquery(self, subquery: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.from_name(subquery))
        if not as_from:
            return name
        return f"({self.process(subquery.element, in_from=True)}) AS {name}"

    def visit_join(self, join: Any, as_from: bool = False, **context: Any) -> str:
        word = " FULL OUTER JOIN " if join.full else " LEFT OUTER JOIN " if join.isouter else " JOIN "
        right = self.process(join.right, as_from=True)
        if isinstance(join.right, Join):
            right = f"({right})"
        return f"{self.process(join.left, as_from=True)}{word}{right} ON {self.criterion(join.onclause)}"

    def visit_scalar_select(self, scalar: Any, **context: Any) -> str:
        return f"({self.process(scalar.element)})"

    def visit_exists(self, exists: Any, **context: Any) -> str:
        return f"EXISTS {self.process(exists.element)}"

    # -- set operations ------------------------------------------------------------------------------------------------

    def visit_compound_select(self, compound: Any, top: bool = False, in_from: bool = False, **context: Any) -> str:
        parts = []
        for number, select in enumerate(compound.selects):
            text = self.process(select, top=top and number == 0, in_from=in_from, correlated=False)
            parts.append(text)
        text = f" {compound.keyword} ".join(parts)
        if compound._order_by:
            names = {name: self.quote(name) for _, name, _ in compound._exported()}
            self._label_names.append(names)
            columns = {id(column): self.quote(name) for _, name, column in compound._exported()}
            self._labels.append(columns)
            text += " ORDER BY " + ", ".join(self._ordered(part) for part in compound._order_by)
            self._label_names.pop()
            self._labels.pop()
        if compound._limit is not None or compound._offset is not None:
            text += self.limit(compound)
        return text


def _base(element: Any) -> str:
    name = element._result_name
    return name if name is not None else element._anon_base or "anon"


def _table_of(item: Any) -> Any:
    if getattr(item, "is_entity", False):
        return item.selectable
    return item if item.is_selectable else item._froms[0]


def final_froms(select: Any) -> list[Any]:
    """Return what stands in FROM: what was named, what the columns and criteria need, joined as was said.

    Raises: InvalidRequestError: a join has no side to start from, or more than one.
    """
    froms: list[Any] = []

    def add(source: Any) -> None:
        if not any(source is present for present in froms):
            froms.append(source)

    for source in select._from:
        add(from_of(source))
    for column in select._columns:
        if getattr(column, "is_entity", False):
            add(column.selectable)
        else:
            for source in column._froms:
                add(source)
    explicit = bool(select._from)
    starts = len(select._from) if explicit else len(froms)
    for step in select._joins:
        _join(froms, step, starts)
    for criterion in (*select._where, *select._having):
        for source in criterion._froms:
            add(source)
    hidden = [part for source in froms for part in getattr(source, "_hidden", ())]
    return [source for source in froms if not any(source is part for part in hidden)]


def _join(froms: list[Any], step: Any, starts: int) -> None:
    """Put one JOIN into the list: the element that it starts from becomes the join."""
    target = from_of(step.target)
    position = _start_of(froms, step, target, starts)
    left = froms[position] if position is not None else from_of(step.left)
    joined = Join(left, target, step.onclause, step.isouter, step.full)
    if position is None:
        froms.append(joined)
    else:
        froms[position] = joined


def _start_of(froms: list[Any], step: Any, target: Any, starts: int) -> int | None:
    candidates = [number for number, source in enumerate(froms) if source is not target]
    if step.left is not None:
        left = from_of(step.left)
        for number in candidates:
            if froms[number] is left or any(part is left for part in froms[number]._hidden):
                return number
        return None
    if step.onclause is not None:
        needed = [source for source in step.onclause._froms if source is not target]
        for number in candidates:
            parts = (froms[number], *froms[number]._hidden)
            if any(source is part for source in needed for part in parts):
                return number
        if candidates:
            return candidates[0]
    fitting = [number for number in candidates if can_join(froms[number], target)]
    if len(fitting) == 1 or (fitting and starts == 1):
        return fitting[0]
    if len(fitting) > 1:
        raise exc.InvalidRequestError(
            "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please "
            "use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if "
            "not present already to help resolve the ambiguity."
        )
    raise exc.InvalidRequestError(
        f"Don't know how to join to {getattr(step.target, 'entity_name', step.target)!r}. Please use the .select_from() "
        "method to establish an explicit left side, as well as providing an explicit ON clause if not present already to "
        "help resolve the ambiguity."
    )
