"""The question which SQL type an annotation stands for, as listeners of ``resolve_type_annotation`` are asked it."""

from __future__ import annotations

import typing
from typing import Any, NamedTuple

from holdfast.orm.mapping.annotations import Annotation, is_alias, without_none
from holdfast.orm.mapping.type_map import known_type
from holdfast.sql.types import TypeEngine, to_instance


class TypeResolve(NamedTuple):
    """One annotation of a column, taken apart.

    Attributes:
        registry: the class's.
        cls: the class that is mapped.
        key: the attribute's name.
        raw_type: what stands in ``Mapped[...]``.
        resolved_type: the same without None, without ``Annotated`` and with the value of ``type Name = ...`` for the name.
        raw_pep_593_type: the ``Annotated[...]`` in it, or None.
        pep_593_resolved_argument: the type that stands first there, without None.
        raw_pep_695_type: the name from ``type Name = ...`` in it, or None.
        pep_695_resolved_value: what that name stands for, without None.
    """

    registry: Any
    cls: type[Any]
    key: str
    raw_type: Any
    resolved_type: Any
    raw_pep_593_type: Any = None
    pep_593_resolved_argument: Any = None
    raw_pep_695_type: Any = None
    pep_695_resolved_value: Any = None

    def resolve(self, python_type: Any) -> TypeEngine[Any] | None:
        """Return the SQL type that the registry knows for a Python type, or None.

        Args:
            python_type: looked up as it is: parts of it and classes before it are not.

        Raises: ArgumentError: a ``Literal`` of other things than strings.
        """
        return known_type(python_type, self.registry.type_annotation_map)


def _taken_apart(registry: Any, class_: type[Any], key: str, annotation: Annotation) -> TypeResolve:
    parts: dict[str, Any] = {}
    inner = without_none(annotation.whole)
    if is_alias(inner):
        parts["raw_pep_695_type"] = inner
        parts["pep_695_resolved_value"] = inner = without_none(inner.__value__)
    if typing.get_origin(inner) is typing.Annotated:
        parts["raw_pep_593_type"] = inner
        parts["pep_593_resolved_argument"] = inner = without_none(inner.__origin__)
    # A name in a string within the brackets was looked up when the annotation was read.
    resolved = annotation.type if isinstance(inner, (str, typing.ForwardRef)) else inner
    return TypeResolve(registry, class_, key, annotation.whole, resolved, **parts)


def heard_type(registry: Any, class_: type[Any], key: str, annotation: Annotation) -> TypeEngine[Any] | None:
    """Return the first SQL type that a listener of ``resolve_type_annotation`` gives for a column's annotation, or None."""
    listeners = registry.dispatch.resolve_type_annotation
    if not listeners:
        return None
    question = _taken_apart(registry, class_, key, annotation)
    for listener in listeners:
        found = listener(question)
        if found is not None:
            return to_instance(found)
    return None
