"""What every mapped attribute is to its mapper: `MapperProperty`, and the one for columns, `ColumnProperty`."""

from __future__ import annotations

from typing import Any, ClassVar

from holdfast.orm.attributes import ColumnAttribute, InstrumentedAttribute


class Unset:
    """The type of `UNSET`: an argument that was not given, where None says something."""

    def __repr__(self) -> str:
        return "<not given>"

    def __bool__(self) -> bool:
        return False


UNSET: Any = Unset()


class MapperProperty:
    """The mapping of one attribute.

    Attributes:
        key: the attribute's name.
        parent: the mapper.
        uselist: whether values are collections.
        info: what the program wants to remember here.
        doc: a text for people.
    """

    key: str
    parent: Any
    uselist: bool | None = False
    info: dict[str, Any]
    doc: str | None = None

    is_relationship: ClassVar[bool] = False

    @property
    def class_attribute(self) -> InstrumentedAttribute[Any]:
        """The attribute of the mapped class."""
        return getattr(self.parent.class_, self.key)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return f"{self.parent.class_.__name__}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>" if hasattr(self, "parent") else f"<{type(self).__name__}>"


class ColumnProperty(MapperProperty):
    """The mapping of one attribute to a column.

    Attributes:
        columns: the column, in a tuple.
        deferred: the column is loaded only when it is read.
        group: deferred columns of one group are loaded together.
        raiseload: reading the deferred column raises an error.
        active_history: the value before a change is loaded, if it is not there.
    """

    def __init__(
        self,
        column: Any,
        *,
        deferred: bool = False,
        group: str | None = None,
        raiseload: bool = False,
        active_history: bool = False,
        info: dict[str, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        self.columns: tuple[Any, ...] = (column,)
        self.deferred = deferred
        self.group = group
        self.raiseload = raiseload
        self.active_history = active_history
        self.info = {} if info is None else info
        self.doc = doc

    @property
    def column(self) -> Any:
        """The column."""
        return self.columns[0]

    @property
    def expression(self) -> Any:
        """The column."""
        return self.columns[0]

    def attach(self, mapper: Any, key: str) -> None:
        """Make this the attribute `key` of the mapper's class."""
        self.key = key
        self.parent = mapper
        type.__setattr__(mapper.class_, key, ColumnAttribute(mapper, self))

    def same_value(self, before: Any, now: Any) -> bool:
        """Whether two values are the same to the database; SQL expressions never are."""
        if hasattr(now, "__clause_element__") or (hasattr(now, "_key") and hasattr(now, "visit_name")):
            return False
        compare = getattr(self.columns[0].type, "compare_values", None)
        return bool(before == now if compare is None else compare(before, now))
