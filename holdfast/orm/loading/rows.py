"""Generates the functions that turn rows into objects and values: one per result shape, read like written code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from holdfast._util.codegen import compile_function
from holdfast.orm.loading.object_lines import Besides, ObjectPart, Writer, write_object, write_start

RowLoader: TypeAlias = Callable[[list[tuple[Any, ...]], Any, bool], list[Any]]
"""``load(rows, identity map, overwrite) -> one element per row``; `overwrite` also replaces loaded values."""


class EntitySlot(NamedTuple):
    """A part of the row that makes an object.

    Attributes:
        mapper: whose object.
        names: attribute names, one per column, in row order; holds all of the primary key.
        codecs: the columns' codecs, in the same order.
    """

    mapper: Any
    names: tuple[str, ...]
    codecs: tuple[Any, ...]


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
        writer.names[f"heard{part.number}"] = part.mapper.dispatch
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
            write_object(writer, 2, objects[number], _telling(number) if with_events else Besides())
            outputs.append(f"o{number}")
            position += len(slot.names)
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
            positions = range(position, position + len(slot.names))
            objects[number] = ObjectPart(number, slot.mapper, slot.names, positions, slot.codecs)
            position += len(slot.names)
        else:
            position += len(slot.codecs) if isinstance(slot, PartSlot) else 1
    return objects, position


def _telling(number: int) -> Besides:
    """Return the lines that tell the listeners of an entity."""
    return Besides(
        loaded=f"tell(heard{number}.load, o{number}, EventContext(holder.session))",
        refreshed=f"tell_refreshed(heard{number}.refresh, o{number}, holder, lacked)",
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
