"""The lines of generated source for a class with subclasses: the discriminator of each row chooses the object's class.

What is to be known of each class of a hierarchy is looked up by the discriminator's value in a dict that fills itself,
so that classes that are mapped later need no new loader.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.loading.object_lines import (
    Besides,
    ObjectPart,
    Writer,
    polymorphic,
    refill,
    write_key,
    write_missing,
    write_values,
)
from holdfast.orm.state import PARTIAL


class Kind(NamedTuple):
    """One class of a hierarchy, as a loader needs it.

    Attributes:
        make: makes a bare object: of the twin, or of the class where it has none.
        state_class: of its states.
        class_: what a twin becomes; None: it is that already.
        flags: of a new state: some attributes may not be in the row.
        owned: which groups of further columns its objects have: a bit for each group.
    """

    make: Any
    state_class: Any
    class_: Any
    flags: int
    owned: int


class Kinds(dict[Any, Kind]):
    """Discriminator -> class, for one loader.

    Args:
        mapper: whose rows are loaded; only its subclasses may come.
        names: attributes that every row has.
        groups: (subclass, attributes that the rows have for its objects).
    """

    def __init__(self, mapper: Any, names: Sequence[str], groups: Sequence[tuple[Any, Sequence[str]]]) -> None:
        super().__init__()
        self._mapper = mapper
        self._names = frozenset(names)
        self._groups = groups

    def __missing__(self, value: Any) -> Kind:
        mapper = self.mapper_of(value)
        if not mapper.configured:
            mapper.configure()
        owned, names = 0, set(self._names)
        for number, (owner, group) in enumerate(self._groups):
            if mapper.isa(owner):
                owned |= 1 << number
                names.update(group)
        flags = 0 if names.issuperset(mapper.column_names) else PARTIAL
        twin = mapper.twin
        if twin is None:
            kind = Kind(mapper.new_instance, mapper.state_class, None, flags, owned)
        else:
            kind = Kind(partial(object.__new__, twin), mapper.state_class, mapper.class_, flags, owned)
        self[value] = kind
        return kind

    def mapper_of(self, value: Any) -> Any:
        """Return the mapper of a discriminator's value.

        Raises: InvalidRequestError, AssertionError: there is none, or none of the class that is loaded.
        """
        wanted = self._mapper
        if value is None:
            raise exc.InvalidRequestError(
                f"Row of {wanted.class_name} can't be loaded into an object; the polymorphic discriminator column "
                f"'{wanted.polymorphic_on}' is NULL"
            )
        found = wanted.polymorphic_map.get(value)
        if found is None:
            raise AssertionError(f"No such polymorphic_identity {value!r} is defined")
        if not found.isa(wanted):
            raise exc.InvalidRequestError(
                f"Row of {wanted.class_name} can't be loaded into an object; the polymorphic discriminator column "
                f"'{wanted.polymorphic_on}' refers to {found}, which is not a sub-mapper of the requested {wanted}"
            )
        return found


def heard_of(mapper: Any) -> Any:
    """Return what tells whether somebody listens to objects of a class being loaded: of its subclasses too."""
    return _Heard(mapper) if mapper.is_polymorphic else mapper.dispatch


class _Heard(SimpleNamespace):
    """The listeners of a hierarchy: truthy where there are any."""

    def __init__(self, mapper: Any) -> None:
        super().__init__(mapper=mapper)

    @property
    def load(self) -> bool:
        """Whether anybody hears of loaded objects."""
        return any(one.dispatch.load for one in self.mapper.self_and_descendants)

    @property
    def refresh(self) -> bool:
        """Whether anybody hears of refreshed objects."""
        return any(one.dispatch.refresh for one in self.mapper.self_and_descendants)


def write_polymorphic(writer: Writer, depth: int, part: ObjectPart, besides: Besides) -> None:
    """Write the lines that find or make the object of a row, of the class that its discriminator names."""
    line, number = writer.line, part.number
    made = f"o{number}"
    common, groups = _groups(part)
    missing = write_missing(part)
    line(depth, f"if {missing}: {made} = None")
    line(depth, "else:")
    key = write_key(writer, depth + 1, part)
    line(depth + 1, f"state = get{number}({key})")
    line(depth + 1, f"if state is None or ({made} := state()) is None:")
    values = write_values(writer, depth + 2, part)
    _write_new(writer, depth + 2, part, key, values, (common, groups), besides.extra)
    if besides.loaded:
        line(depth + 2, besides.loaded)
    always = part.mapper.always_refresh
    condition = f"elif overwrite or state.flags{_lacking(writer, part, common, groups)}:"
    line(depth + 1, "else:" if always else condition)
    overwrite = "True" if always else "overwrite"
    pairs = write_values(writer, depth + 2, part)
    shown = f"({''.join(f'{_pair(pairs[place])}, ' for place in common)})"
    for at, (_, places) in enumerate(groups):
        more = "".join(f"{_pair(pairs[place])}, " for place in places)
        shown += f" + (({more}) if isinstance({made}, owner{number}_{at}) else ())"
    writer.names["refill_kind"] = refill_kind
    if besides.refreshed:
        names = tuple(part.names[place] for place in common)
        lacked = f"{{name for name in {names!r} if name not in {made}.__dict__}}"
        line(depth + 2, f"lacked = None if {overwrite}{besides.lacks and f' or not {besides.lacks}'} else {lacked}")
    line(depth + 2, f"refill_kind(state, {made}, {shown}, {overwrite})")
    if besides.refreshed:
        line(depth + 2, besides.refreshed)
    if besides.present:
        line(depth + 2, besides.present)
        if not always:
            line(depth + 1, f"else: {besides.present}")


polymorphic.write = write_polymorphic
polymorphic.check = lambda mapper: Kinds(mapper, (), ()).mapper_of


def refill_kind(state: Any, instance: Any, pairs: Sequence[tuple[str, Any]], overwrite: bool) -> None:
    """Do what `refill` does; what a replaced object has beyond the row, of its subclass, is dropped and read again."""
    if overwrite:
        given = {name for name, _ in pairs}
        for name in state.mapper.column_names:
            if name not in given and instance.__dict__.pop(name, None) is not None:
                state.flags |= PARTIAL
    refill(state, instance, pairs, overwrite)


def _pair(pair: tuple[str, str]) -> str:
    return f"({pair[0]!r}, {pair[1]})"


def _groups(part: ObjectPart) -> tuple[list[int], list[tuple[Any, list[int]]]]:
    """Return which of a part's columns all objects have, and those of each subclass."""
    common: list[int] = []
    groups: dict[Any, list[int]] = {}
    owners = part.owners or (None,) * len(part.names)
    for place, owner in enumerate(owners):
        if owner is None:
            common.append(place)
        else:
            groups.setdefault(owner, []).append(place)
    return common, list(groups.items())


def _lacking(writer: Writer, part: ObjectPart, common: list[int], groups: list[tuple[Any, list[int]]]) -> str:
    """Return the condition that a present object lacks something that the row has beyond what is always loaded."""
    made = f"o{part.number}"
    text = "".join(
        f" or {part.names[place]!r} not in {made}.__dict__"
        for place in common
        if part.names[place] not in part.mapper.column_names
    )
    for at, (owner, places) in enumerate(groups):
        writer.names[f"owner{part.number}_{at}"] = owner.class_
        lacks = " or ".join(f"{part.names[place]!r} not in {made}.__dict__" for place in places)
        text += f" or (isinstance({made}, owner{part.number}_{at}) and ({lacks}))"
    return text


def _write_new(
    writer: Writer,
    depth: int,
    part: ObjectPart,
    key: str,
    values: list[tuple[str, str]],
    shared: tuple[list[int], list[tuple[Any, list[int]]]],
    extra: str,
) -> None:
    """Write the lines that make a new object; registered last."""
    common, groups = shared
    number, line = part.number, writer.line
    made = f"o{number}"
    named = [(owner, [part.names[place] for place in places]) for owner, places in groups]
    writer.names[f"kinds{number}"] = Kinds(part.mapper, [part.names[place] for place in common], named)
    discriminator = values[list(part.names).index(part.mapper.polymorphic_name)][1]
    line(depth, f"make, State, Mapped, flags, owned = kinds{number}[{discriminator}]")
    line(depth, f"{made} = make()")
    line(depth, f"state = State({made}, dropped)")
    line(depth, f"state.row_key = {key}; state.holder = holder; state.old = None; state.flags = flags")
    line(depth, f"state.extra = {extra}; state.peers = peers{number}")
    line(depth, "if Mapped is not None:")
    line(depth + 1, f"{made}._sa_instance_state = state")
    for place in common:
        line(depth + 1, f"{made}.{values[place][0]} = {values[place][1]}")
    for at, (_, places) in enumerate(groups):
        stores = "; ".join(f"{made}.{values[place][0]} = {values[place][1]}" for place in places)
        line(depth + 1, f"if owned & {1 << at}: {stores}")
    line(depth + 1, f"{made}.__class__ = Mapped")
    line(depth, "else:")
    line(depth + 1, f"values = {made}.__dict__; values['_sa_instance_state'] = state")
    for place in common:
        line(depth + 1, f"values[{values[place][0]!r}] = {values[place][1]}")
    for at, (_, places) in enumerate(groups):
        stores = "; ".join(f"values[{values[place][0]!r}] = {values[place][1]}" for place in places)
        line(depth + 1, f"if owned & {1 << at}: {stores}")
    line(depth, f"states{number}[{key}] = state")
