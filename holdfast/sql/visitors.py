"""Visitors: functions by the kind of element (`visit_name`), called for each element of an expression or statement.

Elements are immutable, so nothing is changed in place: `cloned_traverse` and `replacement_traverse` return new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from holdfast._util.visit_names import DOCUMENTED_NAMES
from holdfast.sql.binds import BindParameter
from holdfast.sql.node import Node
from holdfast.sql.traversal import iterate as _iterate
from holdfast.sql.traversal import replace

Visit = Callable[[Any], Any]


def iterate(obj: Any, opts: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Yield an element and all elements inside it, outer ones first.

    Args:
        obj: an expression or statement; None: nothing.
        opts: accepted for the sake of older programs.
    """
    if obj is None:
        return
    seen: set[int] = set()
    waiting = [obj]
    while waiting:
        selects = []
        for element in _iterate(waiting.pop(0)):
            seen.add(id(element))
            if hasattr(element, "get_final_froms"):
                selects.append(element)
            yield element
        # What no clause names stands in FROM because of its columns.
        found = [source for one in selects for source in one.get_final_froms() if id(source) not in seen]
        seen.update(map(id, found))
        waiting += {id(source): source for source in found}.values()


def traverse_using(iterator: Iterable[Any], obj: Any, visitors: Mapping[str, Visit]) -> Any:
    """Call the visitors for the elements that an iterator gives, and return `obj`.

    Args:
        visitors: visit name -> function of the element.
    """
    for element in iterator:
        visit = _visit_of(element, visitors)
        if visit is not None:
            visit(element)
    return obj


def traverse(obj: Any, opts: Mapping[str, Any] | None, visitors: Mapping[str, Visit]) -> Any:
    """Call the visitors for an element and all elements inside it, and return it.

    Args:
        obj: an expression or statement.
        opts: accepted for the sake of older programs.
        visitors: visit name -> function of the element: ``{"bindparam": note}``.
    """
    return traverse_using(list(iterate(obj)), obj, visitors)


def _visit_of(element: Any, visitors: Mapping[str, Visit]) -> Visit | None:
    name = getattr(element, "visit_name", "")
    return visitors.get(name) or visitors.get(DOCUMENTED_NAMES.get(name, name))


def replacement_traverse(obj: Any, opts: Mapping[str, Any] | None, replace_: Visit) -> Any:
    """Return an element in which parts are replaced; what holds none of them stays the same object.

    Args:
        obj: an expression or statement.
        opts: accepted for the sake of older programs.
        replace_: element -> what stands in its place, or None to look inside it.
    """
    return replace(obj, replace_)


def cloned_traverse(obj: Any, opts: Mapping[str, Any] | None, visitors: Mapping[str, Visit]) -> Any:
    """Return an element in which what visitors change is changed.

    Args:
        obj: an expression or statement.
        opts: accepted for the sake of older programs.
        visitors: visit name -> function of the element. It may return another element; of parameters it gets a copy, whose
            ``value``, ``key`` and ``type`` it may set.
    """

    def visited(element: Any) -> Any:
        visit = _visit_of(element, visitors)
        if visit is None:
            return None
        is_parameter = isinstance(element, BindParameter)
        given = element.copy() if is_parameter else element
        found = visit(given)
        if found is not None:
            return found
        return given.copy() if is_parameter else None

    return replace(obj, visited)


class ClauseVisitor:
    """A visitor as a class: its methods ``visit_<visit name>`` are called.

    Attributes:
        __traverse_options__: accepted for the sake of older programs.
    """

    __traverse_options__: ClassVar[Mapping[str, Any]] = {}

    def iterate(self, obj: Any) -> Iterator[Any]:
        """Yield an element and all elements inside it."""
        return iterate(obj)

    def traverse(self, obj: Any) -> Any:
        """Call the methods for an element and all elements inside it, and return it."""
        return traverse(obj, self.__traverse_options__, self._visitors)

    @property
    def _visitors(self) -> dict[str, Visit]:
        names = [name for name in dir(self) if name.startswith("visit_")]
        return {name.removeprefix("visit_"): getattr(self, name) for name in names}


class CloningVisitor(ClauseVisitor):
    """A visitor whose `traverse` returns a changed copy; see `cloned_traverse`."""

    def traverse(self, obj: Any) -> Any:
        """Return an element with the changes of the methods."""
        return cloned_traverse(obj, self.__traverse_options__, self._visitors)


class ReplacingCloningVisitor(CloningVisitor):
    """A visitor that replaces: its method `replace` says what stands in the place of an element."""

    def replace(self, elem: Any) -> Any:
        """Return what stands in the place of `elem`, or None to look inside it."""
        return None

    def traverse(self, obj: Any) -> Any:
        """Return an element with the replacements."""
        return replace(obj, self.replace)


Visitable = Node
ExternalTraversal = ClauseVisitor
CloningExternalTraversal = CloningVisitor
ReplacingExternalTraversal = ReplacingCloningVisitor
