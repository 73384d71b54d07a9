"""FROM elements with a word before or after them: LATERAL and TABLESAMPLE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.sql.coercions import FROM_EXPECTED, as_argument, as_from, not_expected, resolve
from holdfast.sql.from_clause import AliasedFrom, from_of, select_hook
from holdfast.sql.functions.element import FunctionElement
from holdfast.sql.functions.generator import func
from holdfast.sql.naming import told_apart
from holdfast.sql.node import Key, Values


class Lateral(AliasedFrom):
    """``LATERAL (SELECT ...)``: a subquery that may use the FROM elements of the statement that it stands in."""

    visit_name = "lateral"

    def _bases(self) -> Iterable[tuple[str, Any, Any]]:
        if self.element.is_statement:
            yield from told_apart(self.element._exported())
        else:
            yield from super()._bases()


class TableSample(AliasedFrom):
    """``table AS name TABLESAMPLE method(argument)``: some of the rows, chosen by chance.

    Attributes:
        sampling: the call of the method.
        seed: what makes the choice repeatable, or None.
    """

    visit_name = "tablesample"

    def __init__(self, element: Any, name: str | None = None, sampling: Any = None, seed: Any = None) -> None:
        super().__init__(element, name)
        self.sampling = sampling if isinstance(sampling, FunctionElement) else func.system(sampling)
        self.seed = None if seed is None else as_argument(seed)

    def _with_element(self, element: Any) -> TableSample:
        return TableSample(element, self.name, self.sampling, self.seed)

    @property
    def _from_key(self) -> Key:
        seed = None if self.seed is None else self.seed._key
        return (TableSample, self.name, self.element._key, self.sampling._key, seed)

    @property
    def _from_values(self) -> Values:
        seed: Values = () if self.seed is None else self.seed._values
        return (*self.element._values, *self.sampling._values, *seed)


def lateral(selectable: Any, name: str | None = None) -> Any:
    """Return a FROM element that may use columns of those before it: ``LATERAL (SELECT ...)``.

    Args:
        selectable: a SELECT, a function call, `values`, or another FROM element.
        name: its name; None: made up.

    Raises: ArgumentError: `selectable` is none of these.
    """
    node = resolve(selectable)
    if hasattr(node, "lateral"):
        return node.lateral(name)
    if getattr(node, "is_statement", False):
        raise not_expected(FROM_EXPECTED, selectable)
    return Lateral(from_of(as_from(selectable)), name)


def tablesample(selectable: Any, sampling: Any, name: str | None = None, seed: Any = None) -> TableSample:
    """Return a sample of a table's rows: ``TABLESAMPLE system(10)``.

    Args:
        selectable: the table.
        sampling: the percentage, or a call such as ``func.bernoulli(10)``.
        name: its name; None: made up.
        seed: an expression or number that makes the choice repeatable.
    """
    return TableSample(from_of(as_from(selectable)), name, sampling, seed)


select_hook.lateral = Lateral
select_hook.tablesample = tablesample
