"""Who holds a mutable value: the states of the objects, with the attribute's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PARENTS = "_parents"


class Parents(dict[Any, str]):
    """State of an object -> the attribute that holds the value; objects that are gone are left out when asked."""

    def living(self) -> Iterator[tuple[Any, Any, str]]:
        """Yield state, object and attribute of every holder that is still there."""
        for state, key in list(self.items()):
            instance = state()
            if instance is None:
                del self[state]
            else:
                yield state, instance, key


class HasParents:
    """Class attribute ``_parents``: made for each value when it is first asked for, whatever ``__init__`` does."""

    def __get__(self, value: Any, owner: type[Any]) -> Any:
        if value is None:
            return self
        # Past a __setattr__ of the program's, which tells of changes.
        made = value.__dict__[PARENTS] = Parents()
        return made


def link(value: Any, state: Any, key: str) -> None:
    """Let a value know an object that holds it."""
    parents = value._parents
    if state not in parents:
        parents[state] = key


def unlink(value: Any, state: Any) -> None:
    """Let a value forget an object."""
    parents = getattr(value, PARENTS, None)
    if parents is not None:
        parents.pop(state, None)
