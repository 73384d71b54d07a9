"""The generated functions of one statement: which objects it matches, and which values it gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from holdfast._util.codegen import compile_function
from holdfast.orm.history import NO_VALUE
from holdfast.orm.set_based.code_writer import Parameter, UnevaluatableError, Writer, parameter_values
from holdfast.orm.set_based.evaluator import join, writer_for
from holdfast.orm.set_based.exact_types import Kind, Unsure
from holdfast.orm.state import EXPIRED, InstanceState

Found: TypeAlias = list[tuple[InstanceState, Any]]
"""States and their objects."""

UNKNOWN: Any = object()
"""Stands for a value that only the database knows: the attribute is read again."""

_serial = count(1)


def values_of_row(state: InstanceState, instance: Any) -> Mapping[str, Any] | None:
    """Return an object's values as its row has them: without unflushed changes; None if it is expired."""
    if state.flags & EXPIRED:
        return None
    values: dict[str, Any] = instance.__dict__
    if not state.old:
        return values
    before = {**values, **state.old}
    return {name: value for name, value in before.items() if value is not NO_VALUE}


class Matcher:
    """Finds the objects for which criteria hold.

    Args:
        criteria: joined by AND; may be none.

    Raises: UnevaluatableError: Python can not decide them exactly as the database.
    """

    def __init__(self, criteria: Sequence[Any], mapper: Any, dialect: Any, holders: tuple[Any, ...]) -> None:
        writer = writer_for(mapper, dialect, holders)
        writer.names["before"] = values_of_row
        inner = writer_for(mapper, dialect, holders)
        inner.names, inner.parameters = writer.names, writer.parameters
        truth = join(inner, criteria, 3).code
        line = writer.line
        line(0, "def match(states, p, found, unsure):")
        if writer.parameters:
            line(1, f"{', '.join(f'p{number}' for number in range(len(writer.parameters)))}, = p")
        line(1, "for state in states:")
        line(2, "instance = state()")
        line(2, "if instance is None: continue")
        if _has_relatives(mapper):
            writer.names["Mapped"] = mapper.class_
            line(2, "if not isinstance(instance, Mapped): continue")
        line(2, "values = instance.__dict__")
        line(2, "if state.flags or state.old is not None:")
        line(3, "values = before(state, instance)")
        line(3, "if values is None:")
        line(4, "unsure.append((state, instance))")
        line(4, "continue")
        line(2, "try:")
        writer.lines += inner.lines
        line(2, "except KeyError:")
        line(3, "unsure.append((state, instance))")
        line(3, "continue")
        line(2, f"if {truth}: found.append((state, instance))")
        self.parameters: list[Parameter] = writer.parameters
        label = f"<holdfast match {mapper.class_name} {next(_serial)}>"
        self._match = compile_function("match", "\n".join(writer.lines) + "\n", writer.names, label)
        self.source = self._match.__source__  # type: ignore[attr-defined]

    def match(self, states: Sequence[InstanceState], parameters: list[Any]) -> tuple[Found, Found]:
        """Return the objects that match, and those of which it can not be told."""
        found: Found = []
        unsure: Found = []
        self._match(states, parameters, found, unsure)
        return found, unsure


def _has_relatives(mapper: Any) -> bool:
    return mapper.base_mapper is not mapper or len(mapper.self_and_descendants) > 1


class Teller:
    """Gives objects the values that an UPDATE has set, worked out from those before; unknown ones are dropped.

    Args:
        values: attribute -> the value or expression set; None: only the database knows.
    """

    def __init__(self, values: Mapping[str, Any], mapper: Any, dialect: Any, holders: tuple[Any, ...]) -> None:
        self.names = tuple(values)
        writer = writer_for(mapper, dialect, holders)
        writer.names |= {"UNKNOWN": UNKNOWN, "before": values_of_row, "settle": settle}
        results: dict[str, str] = {}
        inner = writer_for(mapper, dialect, holders)
        inner.names, inner.parameters = writer.names, writer.parameters
        for name, value in values.items():
            kind = writer.kind(mapper.column_of(name).type)
            results[name] = "UNKNOWN" if value is None or kind is None else _written(inner, value, kind)
        line = writer.line
        line(0, "def tell(found, p):")
        if writer.parameters:
            line(1, f"{', '.join(f'p{number}' for number in range(len(writer.parameters)))}, = p")
        line(1, "for state, instance in found:")
        line(2, "target = values = instance.__dict__")
        line(2, "is_changed = state.flags or state.old is not None")
        line(2, "if is_changed: values = before(state, instance) or {}")
        writer.lines += inner.lines
        for name, result in results.items():
            line(2, f"if {name!r} in target:")
            if result == "UNKNOWN":
                line(3, f"del target[{name!r}]")
                continue
            line(3, f"if {result} is UNKNOWN: del target[{name!r}]")
            line(3, f"else: target[{name!r}] = {result}")
        line(2, f"if is_changed: settle(state, {self.names!r})")
        self.parameters: list[Parameter] = writer.parameters
        label = f"<holdfast values of {mapper.class_name} {next(_serial)}>"
        self._tell: Callable[..., None] = compile_function("tell", "\n".join(writer.lines) + "\n", writer.names, label)
        self.source = self._tell.__source__  # type: ignore[attr-defined]

    def tell(self, found: Found, parameters: list[Any]) -> None:
        """Give objects their values."""
        self._tell(found, parameters)


def _written(writer: Writer, value: Any, kind: Kind) -> str:
    """Write the code of one value; returns where it stands. A plain value is the same for all objects."""
    if value.visit_name == "bindparam":

        def read_back(given: Any) -> Any:
            try:
                return kind.read_back(given)
            except Unsure:
                return UNKNOWN

        return writer.parameter(value, read_back)
    mark = len(writer.lines)
    count_before = len(writer.parameters)
    try:
        writer.line(2, "try:")
        operand = writer.known(value, 3)
        if (
            operand.kind is not None
            and operand.kind.name != kind.name
            and (operand.kind.name, kind.name) != ("int", "float")
        ):
            raise UnevaluatableError("the value is of another type than its column")
    except UnevaluatableError:
        del writer.lines[mark:]
        del writer.parameters[count_before:]
        return "UNKNOWN"
    found = writer.variable()
    needs_look = kind.loaded is not None or operand.kind is None or operand.kind.name != kind.name
    read = f"{writer.name(kind.read_back, 'read')}({operand.code})" if needs_look else operand.code
    writer.line(3, f"{found} = {read}")
    writer.line(2, f"except KeyError: {found} = UNKNOWN")
    return found


def settle(state: InstanceState, names: Sequence[str]) -> None:
    """Forget unflushed changes of attributes that a statement has set: what it said stands in the row."""
    old = state.old
    if old is None:
        return
    for name in names:
        old.pop(name, None)
    if not old:
        state.old = None
        if state.holder is not None:
            state.holder.dirty.pop(state, None)


def values_for(evaluation: Matcher | Teller, holders: tuple[Any, ...], given: Mapping[str, Any] | None) -> list[Any]:
    """Return the parameters of a generated function for one execution; see `parameter_values`."""
    return parameter_values(evaluation.parameters, holders, given)
