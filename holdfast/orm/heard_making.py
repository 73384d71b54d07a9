"""Makes objects of classes that somebody listens to: "first_init", "init", "init_failure"."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any


def init_heard(
    mapper: Any, own: Callable[..., None], instance: Any, arguments: tuple[Any, ...], values: dict[str, Any]
) -> None:
    """Call an ``__init__``, and who listens before it or when it fails; a listener may change `values`."""
    if type(instance).__mapper__ is not mapper:
        # A class that derives from the mapper's calls the one above; its own has told already.
        own(instance, *arguments, **values)
        return
    instance._sa_instance_state  # noqa: B018 - listeners find one
    arguments, values = _by_name(own, instance, arguments, values)
    dispatch = mapper.dispatch
    if dispatch.first_init and "first_init" not in mapper.memo:
        mapper.memo["first_init"] = True
        for listener in dispatch.first_init:
            listener(mapper, mapper.class_)
    for listener in dispatch.init:
        listener(instance, arguments, values)
    try:
        own(instance, *arguments, **values)
    except BaseException:
        for listener in dispatch.init_failure:
            listener(instance, arguments, values)
        raise


def _by_name(
    own: Callable[..., None], instance: Any, arguments: tuple[Any, ...], values: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with those that have a default passed by name, given or not: listeners may change them there.

    Arguments that are wrong stay as they are: the ``__init__`` says so in its own words.
    """
    try:
        bound = signature(own).bind(instance, *arguments, **values)
    except TypeError:
        return arguments, values
    parameters = bound.signature.parameters.values()
    if any(each.kind is each.VAR_POSITIONAL and bound.arguments.get(each.name) for each in parameters):
        # Those before them can not be passed by name.
        return arguments, values
    bound.apply_defaults()
    in_place: list[Any] = []
    by_name: dict[str, Any] = {}
    for each in parameters:
        value = bound.arguments[each.name]
        if each.kind is each.VAR_KEYWORD:
            by_name |= value
        elif each.kind is each.POSITIONAL_ONLY or (
            each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty
        ):
            in_place.append(value)
        elif each.kind is not each.VAR_POSITIONAL:
            by_name[each.name] = value
    return tuple(in_place[1:]), by_name
