"""Finds FROM elements that nothing joins: each row of the one then meets each row of the other, mostly by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast import exc
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.from_clause import Join
from holdfast.sql.traversal import iterate


def lint(kind: str, froms: list[Any], criteria: Iterable[Any], name_of: Any) -> None:
    """Warn of FROM elements of one statement that no join and no comparison connects.

    Args:
        kind: "SELECT", "UPDATE" or "DELETE".
        froms: what stands in FROM, after correlation.
        criteria: of the statement.
        name_of: FROM element -> its name in the text.
    """
    elements = [part for source in froms for part in _parts(source)]
    if len(elements) < 2:
        return
    groups = {id(element): number for number, element in enumerate(elements)}
    for left, right in (*_joined(froms), *_compared(criteria), *_called(elements)):
        _connect(groups, left, right)
    first = elements[0]
    if getattr(first, "joins_implicitly", False):
        return
    apart = [
        element
        for element in elements[1:]
        if groups[id(element)] != groups[id(first)] and not getattr(element, "joins_implicitly", False)
    ]
    if apart:
        names = ", ".join(f'"{name_of(element)}"' for element in apart)
        exc.warn(
            f'{kind} statement has a cartesian product between FROM element(s) {names} and FROM element "{name_of(first)}".  '
            "Apply join condition(s) between each element to resolve.",
            stacklevel=6,
        )


def _parts(source: Any) -> Iterator[Any]:
    """Yield the elements of a join, or the element itself."""
    if isinstance(source, Join):
        yield from _parts(source.left)
        yield from _parts(source.right)
    elif getattr(source, "visit_name", "") not in ("text", "lateral"):
        yield source


def _joined(sources: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs that joins connect, whatever their conditions are."""
    for source in sources:
        if isinstance(source, Join):
            first = next(_parts(source.left), None)
            for element in _parts(source.right):
                if first is not None:
                    yield first, element
            yield from _joined((source.left, source.right))


def _compared(criteria: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs that comparisons connect."""
    for criterion in criteria:
        for part in iterate(criterion):
            if isinstance(part, BinaryExpression) and part.operator.is_comparison:
                right = list(part.right._froms)
                for left in part.left._froms:
                    for other in right:
                        yield left, other


def _called(elements: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield functions in FROM with the elements that their arguments come from."""
    for element in elements:
        arguments = getattr(getattr(element, "element", None), "clause_expr", None)
        if arguments is not None:
            for source in arguments._froms:
                yield element, source


def _connect(groups: dict[int, int], left: Any, right: Any) -> None:
    one, other = groups.get(id(left)), groups.get(id(right))
    if one is None or other is None or one == other:
        return
    for key, group in groups.items():
        if group == other:
            groups[key] = one
