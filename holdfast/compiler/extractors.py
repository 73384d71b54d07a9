"""Generates the functions that make the driver's parameters: of a statement's own values, of one row, of many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdfast._util.codegen import compile_function
from holdfast.compiler.slots import BindSlot

Key = Callable[[str], str] | None
"""Makes a parameter's key from its name; None where parameters go by their place."""


def extractor(slots: tuple[BindSlot, ...], key: Key) -> Callable[[Sequence[Any]], Any]:
    """Return the function that takes the driver's parameters out of the statement's values."""
    body, names = _body(slots, key, reads_row=False)
    return _compiled("v", body, names, slots)


def extractor_of_row(slots: tuple[BindSlot, ...], key: Key) -> Callable[[Sequence[Any], Any], Any]:
    """Return the function that makes the driver's parameters of the statement's values and those given by name."""
    body, names = _body(slots, key, reads_row=True)
    return _compiled("v, row", body, names, slots)


def extractor_of_rows(slots: tuple[BindSlot, ...], key: Key) -> Callable[[Sequence[Any], Any], list[Any]]:
    """Return the function that makes the driver's parameters of many rows: one comprehension."""
    body, names = _body(slots, key, reads_row=True)
    return _compiled("v, rows", f"[{body} for row in rows]", names, slots)


def _compiled(arguments: str, result: str, names: dict[str, Any], slots: tuple[BindSlot, ...]) -> Callable[..., Any]:
    source = f"def extract({arguments}):\n    return {result}\n"
    return compile_function("extract", source, names, f"<holdfast {len(slots)} parameters of {arguments}>")


def _body(slots: tuple[BindSlot, ...], key: Key, reads_row: bool) -> tuple[str, dict[str, Any]]:
    """Return the source of the parameters, and the names in it.

    Args:
        reads_row: values given by name, in ``row``, go before those of the statement, in ``v``.
    """
    names: dict[str, Any] = {}
    cells = []
    for number, slot in enumerate(slots):
        value = f"v[{slot.place}].effective_value"
        if slot.constant is not None:
            names[value := f"constant_{number}"] = slot.constant.effective_value
        elif reads_row and (slot.place < 0 or slot.required):
            value = f"row[{slot.given_name!r}]"
        elif reads_row and slot.named:
            value = f"row.get({slot.given_name!r}, {value})"
        if slot.bind is not None:
            names[f"bind_{number}"] = slot.bind
            value = _conversion(f"bind_{number}", value, f"x{number}", slot.binds_none)
        cells.append(value if key is None else f"{key(slot.name)!r}: {value}")
    if key is None:
        return f"({''.join(cell + ', ' for cell in cells)})", names
    return "{" + ", ".join(cells) + "}", names


def _conversion(function: str, value: str, variable: str, binds_none: bool) -> str:
    """Return the source that converts a value for the driver."""
    if binds_none:
        return f"{function}({value})"
    return f"(None if ({variable} := {value}) is None else {function}({variable}))"
