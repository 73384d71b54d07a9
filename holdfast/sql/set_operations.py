"""UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

from typing import Any, Self

from holdfast.sql.coercions import as_order, not_expected, resolve
from holdfast.sql.from_clause import select_hook
from holdfast.sql.naming import LABEL_STYLE_DEFAULT
from holdfast.sql.scalar_subqueries import ScalarSelect
from holdfast.sql.select_base import SelectBase
from holdfast.sql.select_clauses import ForUpdate


class CompoundSelect(SelectBase):
    """SELECTs joined by UNION, UNION ALL, INTERSECT or EXCEPT.

    Attributes:
        keyword: the words between them.
        selects: the members, in order; the first one names the columns.
    """

    visit_name = "compound_select"

    _group_by: tuple[Any, ...] = ()
    _for_update: ForUpdate | None = None
    _clauses = frozenset((
        "keyword", "selects", "_group_by", "_order_by", "_limit", "_offset", "_fetch", "_for_update", "_label_style",
        "_independent_ctes",
    ))  # fmt: skip

    def __init__(self, keyword: str, *selects: Any) -> None:
        self.keyword = keyword
        self.selects = tuple(as_select(select) for select in selects)

    def group_by(self, *clauses: Any) -> Self:
        """Add GROUP BY after the last SELECT; None alone takes all away."""
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._copy(_group_by=())
        return self._copy(_group_by=(*self._group_by, *[as_order(clause, "GROUP BY") for clause in clauses]))

    def with_for_update(self, **options: Any) -> Self:
        """Accept a lock for the whole; no supported database has one on set operations, so nothing is written."""
        return self._copy(_for_update=ForUpdate(False, False, False, False, ()))

    def get_final_froms(self) -> list[Any]:
        return [source for select in self.selects for source in select.get_final_froms()]

    @property
    def _column_style(self) -> str:
        # The first SELECT names the columns of the whole.
        first = self.selects[0] if self.selects else None
        return getattr(first, "_column_style", LABEL_STYLE_DEFAULT)

    def set_label_style(self, style: str) -> Self:
        """Set how columns are named: that is for the first SELECT to say. The default leaves that one as it is."""
        if style == LABEL_STYLE_DEFAULT or not self.selects:
            return self
        first, *others = self.selects
        return self._copy(selects=(first.set_label_style(style), *others))

    @property
    def _columns(self) -> tuple[Any, ...]:
        return tuple(column for _, _, column in self._exported())

    @property
    def raw_columns(self) -> tuple[Any, ...]:
        """The column expressions of the first SELECT: entities have all their columns here, as in a subquery."""
        return self.subquery_columns

    @property
    def subquery_columns(self) -> tuple[Any, ...]:
        """The same: all SELECTs have to have as many."""
        return self.selects[0].subquery_columns if self.selects else ()


def as_select(value: Any) -> Any:
    """Return the SELECT that an argument stands for.

    Raises: ArgumentError: it stands for none.
    """
    node = resolve(value)
    if getattr(node, "is_select", False):
        return node
    if isinstance(node, ScalarSelect):
        return node.element
    raise not_expected("SELECT construct for inclusion in a UNION or other set construct expected", value)


def union(*selects: Any) -> CompoundSelect:
    """Return ``a UNION b``."""
    return CompoundSelect("UNION", *selects)


def union_all(*selects: Any) -> CompoundSelect:
    """Return ``a UNION ALL b``."""
    return CompoundSelect("UNION ALL", *selects)


def intersect(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT b``."""
    return CompoundSelect("INTERSECT", *selects)


def intersect_all(*selects: Any) -> CompoundSelect:
    """Return ``a INTERSECT ALL b``."""
    return CompoundSelect("INTERSECT ALL", *selects)


def except_(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT b``."""
    return CompoundSelect("EXCEPT", *selects)


def except_all(*selects: Any) -> CompoundSelect:
    """Return ``a EXCEPT ALL b``."""
    return CompoundSelect("EXCEPT ALL", *selects)


select_hook.compound = CompoundSelect
