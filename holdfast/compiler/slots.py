"""One placeholder of a compiled statement: where its value comes from, and how it is converted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class BindSlot(NamedTuple):
    """One placeholder.

    Attributes:
        place: position among the statement's values; -1 where the execution's parameters give the value.
        name: the parameter's name.
        type: its type.
        bind: converts the value for the driver, or None.
        expanding: the value is a list.
        required: the execution must give the value.
        named: the execution may give it.
        marker: what stands in the text for an expanding one.
        literal: the value is written into the text.
        constant: a value that belongs to the compiled form itself.
        empty: what stands for an empty list.
        binds_none: `bind` is called for None too.
        around: what stands before and after each member of a list.
        key: the name by which an execution gives the value, where the text has another one for it: ``a b`` is ``a_b``.
    """

    place: int
    name: str
    type: Any
    bind: Callable[[Any], Any] | None
    expanding: bool
    required: bool
    named: bool
    marker: str = ""
    literal: bool = False
    constant: Any = None
    empty: str = ""
    binds_none: bool = False
    around: tuple[str, str] = ("", "")
    key: str = ""

    @property
    def given_name(self) -> str:
        """The name by which an execution gives the value."""
        return self.key or self.name
