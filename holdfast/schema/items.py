"""What all parts of a schema share: events, the program's own facts, options of one dialect; and what tells listeners.

A part gets its `Dispatch` when somebody listens to it; until then telling its events costs one look into a dictionary.
"""

from __future__ import annotations

from typing import Any

from holdfast.event import Dispatch, register, setup_lock
from holdfast.inspection import register_inspector
from holdfast.sql.columns import ColumnClause
from holdfast.sql.dialect_options import DialectOptions
from holdfast.sql.element import ColumnElement
from holdfast.sql.traversal import replace

_DDL = ("target", "connection")
_ATTACH = ("target", "parent")
EVENTS = {
    "before_create": _DDL,
    "after_create": _DDL,
    "before_drop": _DDL,
    "after_drop": _DDL,
    "before_parent_attach": _ATTACH,
    "after_parent_attach": _ATTACH,
    "column_reflect": ("inspector", "table", "column_info"),
}

_of_classes: dict[type, Dispatch] = {}


class EventTarget:
    """Something whose events can be listened to, each object for itself or all of its class."""

    @property
    def dispatch(self) -> Dispatch:
        """The listeners of this object."""
        found = self.__dict__.get("_dispatch")
        if found is None:
            with setup_lock:
                found = self.__dict__.setdefault("_dispatch", Dispatch(EVENTS, [_dispatch_of_class(type(self))]))
        return found  # type: ignore[no-any-return]


class SchemaItem(EventTarget):
    """Something that makes up a table or a column."""

    _option_values: DialectOptions | None = None

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts."""
        found: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return found

    @info.setter
    def info(self, value: dict[Any, Any] | None) -> None:
        self.__dict__["_info"] = {} if value is None else value

    @property
    def dialect_options(self) -> DialectOptions:
        """Options of single dialects: name of the dialect -> name of the option -> value."""
        if self._option_values is None:
            self._option_values = DialectOptions(type(self))
        return self._option_values

    @property
    def dialect_kwargs(self) -> dict[str, Any]:
        """The options that were given, as the keywords that they came by: ``sqlite_where`` ..."""
        return {} if self._option_values is None else self._option_values.given

    kwargs = dialect_kwargs

    def get_dialect_option(self, dialect: Any, name: str, *, else_: Any = None) -> Any:
        """Return an option's value for a dialect, or `else_`."""
        return self.dialect_options[dialect.name].get(name, else_)

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any) -> None:
        """Let parts of this class take one more option of a dialect."""
        DialectOptions.accept(dialect_name, cls, argument_name, default)

    def _take_options(self, given: dict[str, Any]) -> None:
        """Take keywords of the form ``dialect_option``.

        Raises:
            TypeError: a keyword has another form.
            ArgumentError: the dialect knows no such option for this kind of part.
        """
        if given:
            self.dialect_options.take(given)


def tell(target: Any, name: str, *arguments: Any, **keywords: Any) -> None:
    """Call the listeners of an event of one object and of its class."""
    dispatch = target.__dict__.get("_dispatch")
    if dispatch is None:
        if not _of_classes:
            return
        dispatch = _dispatch_of_class(type(target))
    for listener in getattr(dispatch, name):
        listener(*arguments, **keywords)


def _dispatch_of_class(class_: type) -> Dispatch:
    found = _of_classes.get(class_)
    if found is None:
        with setup_lock:
            parents = [_dispatch_of_class(base) for base in class_.__bases__ if issubclass(base, EventTarget)]
            found = _of_classes.setdefault(class_, Dispatch(EVENTS, parents))
    return found


def plain_element(given: Any) -> Any:
    """Return what is given with the columns for what stands for them: a `mapped_column` in the body of its class, attributes."""
    if hasattr(given, "__clause_element__"):
        return given.__clause_element__()
    return replace(given, _column_behind) if isinstance(given, ColumnElement) else given


def _column_behind(node: Any) -> Any:
    """Return the column of an attribute, and a column as it is, whatever it is a column of; see `traversal.replace`."""
    if isinstance(node, ColumnClause):
        return node
    return node.column if node.visit_name == "attribute" else None


register(lambda target: isinstance(target, EventTarget), lambda target, name: target.dispatch)
register(
    lambda target: isinstance(target, type) and issubclass(target, EventTarget),
    lambda target, name: _dispatch_of_class(target),
)


register_inspector(SchemaItem, lambda item: item)
