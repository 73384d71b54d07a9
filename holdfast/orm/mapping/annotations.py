"""Reads the annotations of mapped classes: which attributes are `Mapped`, of what type, and whether None is allowed.

Annotations may be objects or strings, whole or in part. A name in a string that nobody knows yet is not an error here:
it may be the name of a class that is mapped later, and is looked up when relationships are configured.
"""

from __future__ import annotations

import collections.abc
import sys
import types
import typing
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, ForwardRef, NamedTuple

from holdfast.exc import MappedAnnotationError
from holdfast.orm.mapping.base import LAZY_OF, Mapped

IMPORTS = {"__import__": __import__}
"""All that texts need of Python itself: `typing` may import something while it is used (on 3.13)."""

CONTAINERS: tuple[type[Any], ...] = (list, set, dict, frozenset, collections.abc.Collection)


class Annotation(NamedTuple):
    """What the annotation of one attribute says.

    Attributes:
        raw: the annotation as it was written.
        is_mapped: it is ``Mapped[...]``; otherwise `type` is the plain annotation.
        type: what stands in the brackets, without ``None`` and without ``Annotated``.
        spelled: the same with ``Annotated``: key of a type map.
        is_optional: None is among the alternatives.
        extras: what `Annotated` adds.
        is_class_variable: it is ``ClassVar[...]``: not for us.
        lazy: the way of loading that `DynamicMapped` and `WriteOnlyMapped` say.
        whole: what stands in the brackets, as it is.
    """

    raw: Any
    is_mapped: bool
    type: Any
    spelled: Any
    is_optional: bool
    extras: tuple[Any, ...]
    is_class_variable: bool = False
    lazy: str | None = None
    whole: Any = None

    def relation(self) -> tuple[Any, Any]:
        """Return (collection type or None, target class or its name) for a relationship."""
        origin = typing.get_origin(self.type)
        arguments = typing.get_args(self.type)
        if isinstance(origin, type) and issubclass(origin, CONTAINERS) and arguments:
            return _concrete(origin), _target(arguments[-1])
        return None, _target(self.type)


class UnknownName:
    """Stands for a name in a string annotation that has no meaning yet; combines like a class."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> UnknownName:
        if name.startswith("__"):
            raise AttributeError(name)
        return UnknownName(f"{self.name}.{name}")

    def __or__(self, other: Any) -> Any:
        return typing.Union[self, other]  # noqa: UP007

    def __ror__(self, other: Any) -> Any:
        return typing.Union[other, self]  # noqa: UP007

    def __call__(self) -> None:
        """Make `typing` believe that this is a class."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnknownName) and other.name == self.name

    def __repr__(self) -> str:
        return self.name


class Names(Mapping[str, Any]):
    """The names that a string annotation may use: its module's, Python's, classes inside the class, unknown ones.

    The module comes before the class, because an attribute often has the name of its type: ``date: Mapped[date]``.
    """

    def __init__(self, class_: type[Any]) -> None:
        self._module = vars(sys.modules.get(class_.__module__, typing))
        self._class = class_

    def __getitem__(self, name: str) -> Any:
        if name.startswith("__"):
            raise KeyError(name)  # debuggers and test runners look for names of their own in a frame
        if name in self._module and not self._means_the_class(name):
            return self._module[name]
        builtin = getattr(_BUILTINS, name, None)
        if builtin is not None:
            return builtin
        inside = vars(self._class).get(name)
        return inside if isinstance(inside, type) else UnknownName(name)

    def _means_the_class(self, name: str) -> bool:
        """Whether a name is that of the class itself, which the module gets later: what it has there now is another one.

        So it is in a notebook whose cell is run again, and where the module uses the name for a type variable.
        """
        return name == self._class.__name__ and isinstance(self._module[name], (type, typing.TypeVar))

    def __iter__(self) -> typing.Iterator[str]:
        return iter(self._module)

    def __len__(self) -> int:
        return len(self._module)

    def evaluate(self, text: str) -> Any:
        """Return what the text of an annotation means."""
        return eval(text, {"__builtins__": IMPORTS}, self)  # the program's own source, as typing.get_type_hints does it


_BUILTINS = sys.modules["builtins"]


def own_annotations(class_: type[Any]) -> dict[str, Any]:
    """Return the annotations that stand in the body of a class itself."""
    if sys.version_info >= (3, 14):  # annotations are functions there; unknown names come as ForwardRef
        annotationlib = import_module("annotationlib")
        return dict(annotationlib.get_annotations(class_, format=annotationlib.Format.FORWARDREF))
    return dict(vars(class_).get("__annotations__", {}))


def read_annotation(class_: type[Any], name: str, raw: Any) -> Annotation:
    """Return what an annotation says.

    Args:
        class_: the class in whose body it stands.
        name: the attribute.
        raw: an object or a string.

    Raises: MappedAnnotationError: a string that is no annotation.
    """
    names = Names(class_)
    whole = _evaluated(class_, name, raw, names)
    origin = typing.get_origin(whole)
    if whole is ClassVar or origin is ClassVar:
        return Annotation(raw, False, None, None, False, (), is_class_variable=True)
    is_mapped = isinstance(origin, type) and issubclass(origin, Mapped)
    bracket = inner = _evaluated(class_, name, typing.get_args(whole)[0], names) if is_mapped else whole
    lazy = LAZY_OF.get(origin) if is_mapped else None  # type: ignore[call-overload]
    spelled, is_optional, extras = inner, False, ()
    while True:
        inner = _evaluated(class_, name, inner, names)
        if typing.get_origin(inner) is typing.Annotated:
            spelled, extras = inner, extras + inner.__metadata__
            inner = inner.__origin__
            continue
        if type(None) not in _alternatives(inner):
            break
        is_optional = True
        spelled = inner = without_none(inner)
    if is_alias(inner):
        is_optional = is_optional or type(None) in _alternatives(inner.__value__)
    spelled = inner if not extras else spelled
    return Annotation(raw, is_mapped, inner, spelled, is_optional, extras, lazy=lazy, whole=bracket)


def is_alias(annotation: Any) -> bool:
    """Whether an annotation is a name that ``type Name = ...`` gives."""
    return hasattr(annotation, "__value__") and hasattr(annotation, "__type_params__")


def without_none(annotation: Any) -> Any:
    """Return an annotation without None among its alternatives."""
    alternatives = _alternatives(annotation)
    if type(None) not in alternatives:
        return annotation
    rest = tuple(one for one in alternatives if one is not type(None))
    return rest[0] if len(rest) == 1 else typing.Union[rest]  # noqa: UP007


def _evaluated(class_: type[Any], name: str, annotation: Any, names: Names) -> Any:
    while isinstance(annotation, (str, ForwardRef)):
        text = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        try:
            annotation = names.evaluate(text)
        except Exception as error:
            raise MappedAnnotationError(
                f"Could not interpret annotation {text}.  Check that it uses names that are correctly imported at the "
                f"module level. See chained stack trace for more hints. It stands at {class_.__name__}.{name} and "
                f"failed with {type(error).__name__}: {error}"
            ) from error
        if annotation == text:
            # The module has a string of that name: it says no more, in however many turns.
            return UnknownName(text)
    return annotation


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union; of anything else, nothing."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else ()


def _target(annotation: Any) -> Any:
    """Return a class, or the name of one."""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    if isinstance(annotation, UnknownName):
        return annotation.name
    alternatives = [one for one in _alternatives(annotation) if one is not type(None)]
    return _target(alternatives[0]) if len(alternatives) == 1 else annotation


def _concrete(container: type[Any]) -> type[Any]:
    """Return the type that a collection annotated so is made of."""
    for abstract, concrete in ((collections.abc.Mapping, dict), (collections.abc.Set, set)):
        if issubclass(container, abstract) and not issubclass(container, (dict, set)):
            return concrete
    return container if issubclass(container, (list, set, dict)) else list


def unknown_names(annotation: Any) -> list[str]:
    """Return the names in an annotation that have no meaning."""
    if isinstance(annotation, UnknownName):
        return [annotation.name]
    return [name for part in typing.get_args(annotation) for name in unknown_names(part)]
