"""Advice on objects that show what a statement has changed behind their back (H012).

While it is on, a class whose rows were written with ``synchronize_session=False`` looks at each read of its attributes;
other classes do not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from holdfast import event
from holdfast.orm.advice.notes import advise, notes, once, place_of_call
from holdfast.orm.session.places import Place, is_outside
from holdfast.orm.set_based.evaluation import values_for
from holdfast.orm.set_based.exact_types import Unsure
from holdfast.orm.set_based.synchronize import plan_synchronize, strategy_of
from holdfast.orm.set_based.write import Write
from holdfast.orm.state import InstanceState


class Stale(NamedTuple):
    """A value that an object shows, and that its row may have no longer.

    Attributes:
        value: what the object shows.
        verb: of the statement.
        place: where the statement was executed.
    """

    value: Any
    verb: str
    place: Place | None


_original = Write.core_run

_classes: dict[type[Any], set[str]] = {}
"""The classes that look, and at which attributes."""


def watch(is_on: bool) -> None:
    """Look at statements that leave objects alone, or no longer."""
    Write.core_run = _core_run_watched if is_on else _original  # type: ignore[method-assign]
    if not is_on:
        for class_ in list(_classes):
            _look_no_longer(class_)


async def _core_run_watched(write: Any) -> Any:
    result = await _original(write)
    if strategy_of(write.options) is None:
        _note(write)
    return result


def _note(write: Any) -> None:
    """Take note of the values that a statement has left behind in the objects present."""
    statement, mapper = write.statement, write.mapper
    plan = plan_synchronize(write.connection.engine, statement, mapper)
    names: Iterable[str] = mapper.column_attrs.keys()
    if plan.teller is not None:
        names = (*plan.teller.names, *(name for name, _ in plan.made), *plan.doubtful)
    stale = notes(write.session.holder._session()).setdefault("stale", {})
    verb, place = statement.visit_name.upper(), place_of_call()
    for state, instance in _found(write, plan):
        values, old = instance.__dict__, state.old or ()
        left = {name: Stale(values[name], verb, place) for name in names if name in values and name not in old}
        if left:
            stale.setdefault(state, {}).update(left)
    _look(mapper.class_, names)


def _found(write: Any, plan: Any) -> Iterator[tuple[InstanceState, Any]]:
    """Yield the objects whose rows the statement has changed; where Python can not tell, all that are present."""
    states = [
        state
        for state in (write.session.holder.states.get(write.mapper.base_mapper) or {}).values()
        if state.mapper.isa(write.mapper)
    ]
    if plan.matcher is not None:
        try:
            found, _ = plan.matcher.match(states, values_for(plan.matcher, write.statement._values, write.given))
        except Unsure:
            pass
        else:
            yield from found
            return
    for state in states:
        instance = state()
        if instance is not None:
            yield state, instance


def _look(class_: type[Any], names: Iterable[str]) -> None:
    """Let a class look at reads of these attributes."""
    present = _classes.get(class_)
    if present is not None:
        present.update(names)
        return
    watched = _classes[class_] = set(names)
    inherited: Callable[[Any, str], Any] = class_.__getattribute__

    def __getattribute__(self: Any, name: str) -> Any:
        if name in watched and is_outside(sys._getframe(1).f_code):
            _tell(self, name)
        return inherited(self, name)

    type.__setattr__(class_, "__getattribute__", __getattribute__)
    for name in ("refresh", "expire"):
        event.listen(class_, name, _LISTENERS[name], propagate=True)


def _look_no_longer(class_: type[Any]) -> None:
    del _classes[class_]
    type.__delattr__(class_, "__getattribute__")
    for name in ("refresh", "expire"):
        event.remove(class_, name, _LISTENERS[name])


def _tell(instance: Any, name: str) -> None:
    """Warn if the attribute shows what its row may have no longer."""
    values = object.__getattribute__(instance, "__dict__")
    state = values.get("_sa_instance_state")
    if state is None or state.holder is None or name not in values:
        return
    session = state.holder._session()
    found = notes(session).get("stale", {}).get(state, {}).pop(name, None)
    if found is None or found.value is not values[name] or name in (state.old or ()):
        return
    shown = f"{type(instance).__name__}.{name}"
    if once(session, ("H012", state.mapper, name, found.place)):
        advise(
            "H012",
            f"{shown} was read, but {_DID[found.verb]} at {found.place} with synchronize_session=False: the object shows what "
            "was there before. Call session.expire_all() after such a statement, or leave synchronize_session at 'auto'.",
        )


_DID = {"UPDATE": "its row may have been changed by an UPDATE", "DELETE": "its row may have been deleted by a DELETE"}


def _expired(instance: Any, names: Iterable[str] | None) -> None:
    """The values will be read again."""
    _forget(instance, names)


def _refreshed(instance: Any, context: Any, names: Iterable[str] | None) -> None:
    """The values were read again."""
    _forget(instance, names)


def _forget(instance: Any, names: Iterable[str] | None) -> None:
    state = instance._sa_instance_state
    if state.holder is None:
        return
    stale = notes(state.holder._session()).get("stale", {})
    if names is None:
        stale.pop(state, None)
    elif state in stale:
        for name in names:
            stale[state].pop(name, None)


_LISTENERS: dict[str, Callable[..., None]] = {"refresh": _refreshed, "expire": _expired}
