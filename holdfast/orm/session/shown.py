"""What a session shows of itself: `repr(session)`, and `session.debug` short, long and for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import GONE, InstanceState

STATES = ("new", "dirty", "deleted", "gone", "clean")
LONGEST_VALUE = 60


class ShownObject(NamedTuple):
    """One object of a session.

    Attributes:
        name: class and primary key: ``User 7``, ``User new``.
        where: one of `STATES`; "gone": its row was deleted by the running transaction.
        changes: (attribute, value before, value now) of what is not flushed, as text; None before: it was not known.
    """

    name: str
    where: str
    changes: tuple[tuple[str, str | None, str], ...]

    def __str__(self) -> str:
        changes = ", ".join(
            f"{name}: {now}" if before is None else f"{name}: {before} -> {now}" for name, before, now in self.changes
        )
        return f"{self.name} ({changes})" if changes else self.name


class SessionDebug:
    """A look into a session: its objects by state, what has changed in them, its transaction. Nothing is loaded for it.

    ``print(session.debug)`` shows counts, ``print(session.debug.long())`` every object with its changes; in a notebook
    it shows itself as a table.

    Args:
        session: the session.
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    @property
    def objects(self) -> list[ShownObject]:
        """The objects, those with work to do first."""
        return list(self._objects())

    def _objects(self) -> Iterator[ShownObject]:
        session = self._session
        holder = session.holder
        for state, instance in holder.new.items():
            yield _shown(state, instance, "new")
        for state, instance in holder.dirty.items():
            if state not in holder.deleted and not state.flags & GONE:
                yield _shown(state, instance, "dirty")
        for state, instance in holder.deleted.items():
            yield _shown(state, instance, "deleted")
        for state in () if session.transaction is None else session.transaction.all_removed():
            yield _shown(state, state(), "gone")
        for state in holder.all_states():
            if state not in holder.dirty and state not in holder.deleted and (instance := state()) is not None:
                yield _shown(state, instance, "clean")

    @property
    def transaction(self) -> str:
        """The transaction in words."""
        level, parts = self._session.transaction, []
        if level is None:
            return "no transaction"
        if level.status == "failed":
            return "a flush failed: call rollback()"
        while level is not None:
            parts.append("savepoint" if level.nested else f"transaction ({level.status})")
            connections = len(level.links)
            if not level.nested:
                parts[-1] += f", {connections} connection{'' if connections == 1 else 's'}"
            level = level.parent
        return " in ".join(parts)

    def __str__(self) -> str:
        lines = [f"{describe_session(self._session)}; {self.transaction}"]
        counts: dict[str, dict[str, int]] = {}
        for shown in self._objects():
            classes = counts.setdefault(shown.where, {})
            name = shown.name.split(" ", 1)[0]
            classes[name] = classes.get(name, 0) + 1
        for where in STATES:
            if where in counts:
                of_classes = ", ".join(f"{count} {name}" for name, count in sorted(counts[where].items()))
                lines.append(f"  {where}: {of_classes}")
        return "\n".join(lines)

    def long(self) -> str:
        """Return every object in a line of its own, with what has changed in it and is not flushed."""
        lines = [f"{describe_session(self._session)}; {self.transaction}", f"  opened at {self._session.opened_at}"]
        objects = self.objects
        for where in STATES:
            found = [shown for shown in objects if shown.where == where]
            if found:
                lines.append(f"  {where}:")
                lines += [f"    {shown}" for shown in found]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return a table, as notebooks show it."""
        # Here and not above: a program that is no notebook does not import it.
        from holdfast.orm.session.shown_html import table

        return table(f"{describe_session(self._session)}; {self.transaction}", self._objects())


def describe_session(session: Any) -> str:
    """Return ``<Session 3: 1 new, 2 dirty, 0 deleted, 7 persistent>``."""
    holder = session.holder
    return (
        f"<{type(session).__name__} {session.hash_key}: {len(holder.new)} new, {len(session.dirty)} dirty, "
        f"{len(holder.deleted)} deleted, {len(holder)} persistent>"
    )


def _shown(state: InstanceState, instance: Any, where: str) -> ShownObject:
    key = "new" if state.row_key is None else state.row_key
    name = f"{state.mapper.class_name} {key}"
    return ShownObject(name, where, tuple(_changes(state, instance)) if where in ("new", "dirty") else ())


def _changes(state: InstanceState, instance: Any) -> Iterator[tuple[str, str | None, str]]:
    """Yield what a flush would look at."""
    values = instance.__dict__
    names: Iterable[str] = state.mapper.attribute_names if state.row_key is None else state.old or ()
    for name in names:
        if name not in values and state.row_key is None:
            continue
        before = NO_VALUE if state.row_key is None else (state.old or {}).get(name, NO_VALUE)
        now = values.get(name, NO_VALUE)
        if now is not before:
            yield name, None if before is NO_VALUE else _text(state, name, before), _text(state, name, now)


def _text(state: InstanceState, name: str, value: Any) -> str:
    """Return a value as text, short; related objects by class and key; nothing of a column that is sensitive."""
    prop = state.mapper.by_name[name]
    if getattr(getattr(prop, "column", None), "sensitive", False):
        return "***"
    if value is NO_VALUE:
        return "(not loaded)"
    if getattr(prop, "is_relationship", False):
        if prop.uselist:
            return f"[{', '.join(_name(member) for member in prop.members(value))}]"
        return "None" if value is None else _name(value)
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _name(instance: Any) -> str:
    key = instance._sa_instance_state.row_key
    return f"{type(instance).__name__} {'new' if key is None else key}"
