"""`index_property`: an element of a JSON, ARRAY or HSTORE column as an attribute of its own.

``name = index_property("data", "name")``: ``person.name`` is ``person.data["name"]``, in Python and in SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from holdfast.ext.hybrid import hybrid_property
from holdfast.orm.attributes import flag_modified

_NOTHING: Any = object()


class index_property(hybrid_property[Any]):
    """An attribute that stands for an element of another attribute.

    Args:
        attr_name: the attribute that holds the elements; another `index_property`, for elements inside of elements.
        index: key or place of the element.
        default: value where there is no such element; without it reading raises AttributeError.
        datatype: makes what holds the elements where there is nothing yet; by default a list for a number as index, else a
            dict.
        mutable: the element may be set and deleted.
        onebased: the database counts from 1 where Python counts from 0, as PostgreSQL's arrays do.
    """

    is_named: ClassVar[bool] = False

    def __init__(
        self,
        attr_name: str,
        index: Any,
        default: Any = _NOTHING,
        datatype: Callable[[], Any] | None = None,
        mutable: bool = True,
        onebased: bool = True,
    ) -> None:
        self.attr_name = attr_name
        self.index = index
        self.default = default
        self.datatype = datatype
        self.onebased = onebased and isinstance(index, int)
        super().__init__(self.fget, self.fset if mutable else None, self.fdel if mutable else None, self.expr)

    def _empty(self) -> Any:
        """Return what is to hold the element: a list is as long as its place asks for."""
        if self.datatype is not None:
            made = self.datatype()
        else:
            made = [] if isinstance(self.index, int) else {}
        if isinstance(made, list) and isinstance(self.index, int):
            made.extend([None] * (self.index + 1 - len(made)))
        return made

    # A subclass may override these four, as the documentation's recipe does.

    def fget(self, instance: Any) -> Any:  # type: ignore[override]
        """Return the element of an object's value."""
        holder = getattr(instance, self.attr_name)
        if holder is not None:
            try:
                found = holder[self.index]
            except (KeyError, IndexError):
                found = _NOTHING
            if found is not _NOTHING:
                return found
        if self.default is _NOTHING:
            raise AttributeError(self.attr_name)
        return self.default

    def fset(self, instance: Any, value: Any) -> None:  # type: ignore[override]
        """Set the element, and mark the attribute as changed."""
        holder = getattr(instance, self.attr_name, None)
        if holder is None:
            holder = self._empty()
            setattr(instance, self.attr_name, holder)
        holder[self.index] = value
        self._changed(instance, holder)

    def fdel(self, instance: Any) -> None:  # type: ignore[override]
        """Take the element out, and mark the attribute as changed."""
        holder = getattr(instance, self.attr_name)
        if holder is None:
            raise AttributeError(self.attr_name)
        try:
            del holder[self.index]
        except (KeyError, IndexError):
            raise AttributeError(self.attr_name) from None
        self._changed(instance, holder)

    def _changed(self, instance: Any, holder: Any) -> None:
        setattr(instance, self.attr_name, holder)
        if self.attr_name in type(instance).__mapper__.by_name:
            flag_modified(instance, self.attr_name)

    def expr(self, owner: Any) -> Any:  # type: ignore[override]
        """Return the element in SQL: of a class or an alias."""
        column = getattr(owner, self.attr_name)
        index = self.index
        if self.onebased:
            index += 1
        return column[index]


__all__ = ["index_property"]
