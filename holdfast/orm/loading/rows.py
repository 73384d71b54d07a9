"""Generates the functions that turn rows into objects and values: one per result shape, read like written code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from holdfast._util.codegen import compile_function
from holdfast.orm.loading import union_lines as _union_lines  # noqa: F401  (fills its place in object_lines)
from holdfast.orm.loading.object_lines import Besides, ObjectPart, Writer, write_object, write_start
from holdfast.orm.loading.polymorphic_lines import heard_of

RowLoader: TypeAlias = Callable[[list[tuple[Any, ...]], Any, bool], list[Any]]
"""``load(rows, identity map, overwrite) -> one element per row``; `overwrite` also replaces loaded values."""


class EntitySlot(NamedTuple):
    """A part of the row that makes an object.

    Attributes:
        mapper: whose object.
        names: attribute names, one per column, in row order; holds all of the primary key.
        codecs: the columns' codecs, in the same order.
        places, owners: of a class with several tables, see `RowLayout`; None: one column per attribute.
        further: columns that fill no attribute of their own, less those that fill several.
    """

    mapper: Any
    names: tuple[str, ...]
    codecs: tuple[Any, ...]
    places: tuple[int, ...] | None = None
    owners: tuple[Any, ...] = ()
    further: int = 0

    @property
    def width(self) -> int:
        """How many columns of the row it has."""
        return len(self.names) + self.further


class ColumnSlot(NamedTuple):
    """A part of the row that stays a value."""

    codec: Any


class PartSlot(NamedTuple):
    """Several columns that make one element of the row: a composite, a bundle.

    Attributes:
        codecs: the columns' codecs.
        make: a tuple of values -> the element.
    """

    codecs: tuple[Any, ...]
    make: Callable[[tuple[Any, ...]], Any]


Slot: TypeAlias = EntitySlot | ColumnSlot | PartSlot


def build_row_loader(slots: Sequence[Slot], row_class: Any, label: str, with_events: bool = False) -> RowLoader:
    """Return the generated function that loads rows of this shape.

    Args:
        slots: the parts of the row, from left to right.
        row_class: makes the result's element from a tuple; None: the row has one part, which is the element.
        label: what a traceback shows as the file name.
        with_events: tell those who listen to "load" and "refresh"; the other loader asks once per call whether
            anybody does.

    Returns: the loader; ``loader.__source__`` is its text.
    """
    writer = Writer(names={"row_class": row_class})
    writer.line(0, "def load(rows, holder, overwrite):")
    objects, width = _placed(slots)
    for part in objects.values():
        writer.names[f"heard{part.number}"] = heard_of(part.mapper)
    if objects and not with_events:
        heard = " or ".join(f"heard{number}.load or heard{number}.refresh" for number in objects)
        writer.names["with_events"] = partial(_load_with_events, slots, row_class, label)
        writer.line(1, f"if {heard}: return with_events(rows, holder, overwrite)")
    writer.line(1, "found = []; append = found.append")
    for part in objects.values():
        write_start(writer, part)
    writer.line(1, f"for {', '.join(f'v{index}' for index in range(width))}{',' if width == 1 else ''} in rows:")
    outputs, position = [], 0
    for number, slot in enumerate(slots):
        if isinstance(slot, EntitySlot):
            write_object(writer, 2, objects[number], _telling(objects[number]) if with_events else Besides())
            outputs.append(f"o{number}")
            position += slot.width
        elif isinstance(slot, PartSlot):
            values = [writer.value(position + at, codec) for at, codec in enumerate(slot.codecs)]
            writer.names[f"make{number}"] = slot.make
            outputs.append(f"make{number}(({', '.join(values)},))")
            position += len(slot.codecs)
        else:
            outputs.append(writer.value(position, slot.codec))
            position += 1
    writer.line(2, f"append({outputs[0]})" if row_class is None else f"append(row_class(({', '.join(outputs)},)))")
    writer.line(1, "return found")
    return compile_function("load", "\n".join(writer.lines) + "\n", writer.names, label)


def _placed(slots: Sequence[Slot]) -> tuple[dict[int, ObjectPart], int]:
    """Return the objects of a row by the number of their slot, and how many columns it has."""
    objects, position = {}, 0
    for number, slot in enumerate(slots):
        if isinstance(slot, EntitySlot):
            positions: Sequence[int] = range(position, position + len(slot.names))
            if slot.places is not None:
                positions = [position + place for place in slot.places]
            objects[number] = ObjectPart(number, slot.mapper, slot.names, positions, slot.codecs, slot.owners)
            position += slot.width
        else:
            position += len(slot.codecs) if isinstance(slot, PartSlot) else 1
    return objects, position


def _telling(part: ObjectPart) -> Besides:
    """Return the lines that tell the listeners of an entity."""
    number = part.number
    heard = f"o{number}.__class__.__mapper__.dispatch" if part.mapper.is_polymorphic else f"heard{number}"
    return Besides(
        loaded=f"tell({heard}.load, o{number}, QueryContext(holder.session))",
        refreshed=f"tell_refreshed({heard}.refresh, o{number}, holder, lacked)",
    )


def _load_with_events(
    slots: Sequence[Slot], row_class: Any, label: str, rows: list[tuple[Any, ...]], holder: Any, overwrite: bool
) -> list[Any]:
    """Load rows and tell the listeners; the loader that does so is made at the first need."""
    mapper = next(slot.mapper for slot in slots if isinstance(slot, EntitySlot))
    loaders = mapper.memo.setdefault("event_loaders", {})
    loader = loaders.get(label)
    if loader is None:
        loader = loaders[label] = build_row_loader(slots, row_class, f"{label} with events", with_events=True)
    return loader(rows, holder, overwrite)  # type: ignore[no-any-return]
