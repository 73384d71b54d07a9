"""A room that is entered at first use: its modules are imported when a program first needs them.

What only declares classes, or only asks one question, pays for no flush and no compiler that it does not use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any


def entered_at_first_use(
    room: str, homes: Mapping[str, str] = MappingProxyType({})
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a room's face (PEP 562): a module of the room is imported when it is first named.

    What is found becomes an attribute of the room, so it is asked for here once. `dir()`, which completes names in notebooks,
    tells what is there and the names of `homes`.

    Args:
        room: the dotted name of the face.
        homes: names that the face gives away besides its modules, and the module that each lives in. None is called like
            a module of the room: whoever imports that module makes it the attribute.
    """

    def enter(name: str) -> Any:
        if name in homes:
            found = getattr(import_module(homes[name]), name)
            setattr(sys.modules[room], name, found)
            return found
        module = f"{room}.{name}"
        if not name.startswith("_"):
            try:
                return import_module(module)
            except ModuleNotFoundError as missing:
                if missing.name != module:
                    raise
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted({*vars(sys.modules[room]), *homes})

    return enter, names
