"""Collection classes of the program's own: which of their methods add, remove and iterate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.orm.collections.linked import Linked


class LinkedOther(Linked):
    """The changing methods of a class that is no list, set or dict: those that it has marked, or that have known names.

    `own_methods` makes them: ``link_add``, ``link_remove`` and ``link_iterate`` are the class's own ones.
    """

    __slots__ = ()
    link_kind = "other"

    def link_members(self) -> Any:
        return list(self.link_iterate())  # type: ignore[attr-defined]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Put all in without telling anybody."""
        for member in members:
            self.link_add(member)  # type: ignore[attr-defined]

    def link_discard(self, member: Any) -> None:
        """Take out without telling anybody."""
        if any(one is member for one in self.link_members()):
            self.link_remove(member)  # type: ignore[attr-defined]

    def clear(self) -> None:
        """Take all out."""
        side = self._starting()
        for member in self.link_members():
            self._leaving(member)
            self.link_remove(member)  # type: ignore[attr-defined]
            self._removed(side, member)

    def __len__(self) -> int:
        return len(self.link_members())

    def __bool__(self) -> bool:
        return True


_ROLE = "_holdfast_collection_role"


def _mark(role: str) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        setattr(function, _ROLE, role)
        return function

    return decorate


class collection:
    """Decorators for the methods of a collection class of the program's own.

    `appender` (self, member), `remover` (self, member) and `iterator` (self) are needed, unless the class has methods
    called append or add, remove, and ``__iter__``. `adds`, `removes` and `replaces` mark further methods by the position
    of their argument that is the member.
    """

    appender = staticmethod(_mark("appender"))
    remover = staticmethod(_mark("remover"))
    iterator = staticmethod(_mark("iterator"))
    internally_instrumented = staticmethod(_mark("internally_instrumented"))
    converter = staticmethod(_mark("converter"))

    @staticmethod
    def adds(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that adds its argument number `arg`."""
        return _mark("adds")

    @staticmethod
    def replaces(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that adds its argument number `arg` and returns what it replaces."""
        return _mark("replaces")

    @staticmethod
    def removes(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that removes its argument number `arg`."""
        return _mark("removes")

    @staticmethod
    def removes_return() -> Callable[[Any], Any]:
        """Mark a method that removes what it returns."""
        return _mark("removes_return")


_KNOWN_NAMES = {"appender": ("append", "add"), "remover": ("remove", "discard"), "iterator": ("__iter__",)}


def own_methods(plain: type[Any], only_marked: bool = False) -> dict[str, Any]:
    """Return the methods that stand before those of a collection class of the program's own.

    Args:
        plain: the class.
        only_marked: names say nothing: the class is a list, set or dict.
    """
    found: dict[str, Any] = {}
    roles: dict[str, str] = {}
    for name in dir(plain):
        role = getattr(getattr(plain, name, None), _ROLE, None)
        if isinstance(role, str):
            roles.setdefault(role, name)
            found.update(_wrapped(plain, name, role))
    if "converter" in roles:
        found["link_convert"] = getattr(plain, roles["converter"])
    if only_marked and "appender" not in roles:
        return found
    for role, names in _KNOWN_NAMES.items():
        known = next((name for name in names if hasattr(plain, name)), None)
        if role not in roles and known is not None:
            roles[role] = known
            found.update(_wrapped(plain, known, role))
    for role, name in (("appender", "link_add"), ("remover", "link_remove"), ("iterator", "link_iterate")):
        if role in roles:
            found[name] = getattr(plain, roles[role])
    return found


def _wrapped(plain: type[Any], name: str, role: str) -> dict[str, Any]:
    """Return a method that also tells the relationship what came or went."""
    own = getattr(plain, name)

    def adding(self: Any, *arguments: Any) -> Any:
        member = self._accepted(arguments[-1])
        side = self._starting(member)
        result = own(self, *arguments[:-1], member)
        if role == "replaces" and result is not None:
            self._removed(side, result)
        self._added(side, member)
        return result

    def removing(self: Any, *arguments: Any) -> Any:
        side = self._starting()
        if role != "removes_return":
            self._leaving(arguments[0])
        result = own(self, *arguments)
        if role == "removes_return":
            self._leaving(result)
        self._removed(side, result if role == "removes_return" else arguments[0])
        return result

    if role in ("appender", "adds", "replaces"):
        return {name: adding}
    return {name: removing} if role in ("remover", "removes", "removes_return") else {}
