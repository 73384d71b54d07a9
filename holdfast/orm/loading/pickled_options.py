"""Pickles what an object remembers of loader options, so that it loads the same way after it was brought to a session again.

The objects of a cache are unpickled one by one: what says the same becomes one `Directions` again, since plans are kept by it.
"""

from __future__ import annotations

import io
import pickle
from copyreg import __newobj__  # type: ignore[attr-defined]
from typing import Any
from weakref import WeakValueDictionary

from holdfast.exc import warn
from holdfast.orm.pickling import StatementPickler, StatementUnpickler

_restored: WeakValueDictionary[bytes, Any] = WeakValueDictionary()


class _DirectionsPickler(StatementPickler):
    """Writes directions as what they say, without what was worked out of it."""

    def reducer_override(self, obj: Any) -> Any:
        if hasattr(type(obj), "said"):
            return __newobj__, (type(obj),), (None, obj.said())
        return super().reducer_override(obj)


def pickled_directions(directions: Any) -> Any:
    """Return how `Directions` are pickled.

    Options with a function in them cannot be written: objects come back without those, with a warning.
    """
    try:
        written = _written(directions)
    except _UNWRITABLE:
        everywhere = directions.everywhere.copied()
        everywhere.criteria = _writable(everywhere.criteria)
        everywhere.own = _writable(everywhere.own)
        written = _written(directions.copied(everywhere))
    return restored_directions, (written,)


def restored_directions(written: bytes) -> Any:
    """Return directions that were pickled."""
    found = _restored.get(written)
    if found is None:
        found = _restored[written] = StatementUnpickler(io.BytesIO(written)).load()
    return found


_UNWRITABLE = (pickle.PicklingError, AttributeError, TypeError)


def _written(value: Any) -> bytes:
    file = io.BytesIO()
    _DirectionsPickler(file).dump(value)
    return file.getvalue()


def _writable(options: tuple[Any, ...]) -> tuple[Any, ...]:
    found = []
    for option in options:
        try:
            _written(option)
        except _UNWRITABLE:
            warn(
                f"{option!r} cannot be pickled with the objects that were loaded with it, so what they load after they are "
                "unpickled is loaded without it. Give the option an expression, or a function of a module, to have it "
                "pickled; or give it again with the statement that brings the objects back."
            )
        else:
            found.append(option)
    return tuple(found)
