"""Mapped classes that are dataclasses: fields come from the `Mapped` annotations and what stands behind them."""

from __future__ import annotations

import dataclasses
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.generated_methods import NOT_GIVEN
from holdfast.orm.mapping.annotations import own_annotations, read_annotation
from holdfast.orm.mapping.columns import MappedColumn
from holdfast.orm.mapping.properties import MapperProperty

OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only")


def make_dataclass(class_: type[Any], options: dict[str, Any], registry: Any = None) -> None:
    """Make a class a dataclass before it is mapped.

    While `dataclasses.dataclass` looks at the class, its annotations are the plain types and its values are fields;
    then everything is as it was, for the mapping to read.

    Args:
        class_: the class; its ``Mapped`` attributes become fields, with the options given to `mapped_column` and
            `relationship`.
        options: as for `dataclasses.dataclass`; also ``dataclass_callable``, which is called in its place.

    Raises: InvalidRequestError: the fields make no dataclass, or an option that objects of the unit of work cannot
        have.
    """
    options = dict(options)
    decorate = options.pop("dataclass_callable", None) or dataclasses.dataclass
    unknown = set(options) - set(OPTIONS)
    if unknown:
        raise InvalidRequestError(
            f"Mapped dataclass {class_.__name__} cannot have the option(s) {', '.join(sorted(unknown))}; it takes "
            f"{', '.join(OPTIONS)}. Objects whose changes are tracked can be neither frozen nor without __dict__."
        )
    annotations = own_annotations(class_)
    body = {name: value for name, value in class_.__dict__.items() if not name.startswith("__")}
    plain = dict(annotations)
    for name, raw in annotations.items():
        annotation = read_annotation(class_, name, raw)
        if not annotation.is_mapped:
            continue
        plain[name] = annotation.type
        _prepare_field(class_, name, body.get(name))
    class_.__annotations__ = plain
    try:
        decorate(class_, **options)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(
            f"Python dataclasses error encountered when creating dataclass for {class_.__name__!r}: {error!r}. Please "
            "refer to Python dataclasses documentation for additional information. A field without default may not "
            "follow one with default: give it one, or mapped_column(init=False), or kw_only=True.",
            code="dcte",
        ) from error
    finally:
        class_.__annotations__ = annotations
        _restore(class_, body)


def _restore(class_: type[Any], body: dict[str, Any]) -> None:
    """Give a class what stood in its body, in that order: it is the order of the table's columns."""
    for name, value in body.items():
        if name in class_.__dict__:
            type.__delattr__(class_, name)
        type.__setattr__(class_, name, value)


def _prepare_field(class_: type[Any], name: str, declared: Any) -> None:
    """Put a dataclass field in the place of a declaration."""
    if not isinstance(declared, (MappedColumn, MapperProperty)):
        return
    options = dict(getattr(declared, "dataclass_options", {}))
    if "default" in options and "default_factory" in options:
        raise ArgumentError(f"{class_.__name__}.{name}: cannot specify both default and default_factory")
    if isinstance(declared, MapperProperty) and declared.is_relationship and options.get("default", NOT_GIVEN) is None:
        options["default"] = NOT_GIVEN
    type.__setattr__(class_, name, dataclasses.field(**options))
