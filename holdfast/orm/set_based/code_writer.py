"""Writes generated Python over one object's attributes: its lines, its variables, and the values that it takes.

How each kind of expression is written stands in evaluator.py; what it may decide, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from holdfast.orm.set_based.exact_types import BOOL, SAFE, Kind, Unsure, kind_of

MAX_DEPTH = 40
"""Levels of parentheses; Python itself takes 100 levels of indentation."""


class UnevaluatableError(Exception):
    """The expression can not be decided in Python exactly as the database would."""


class Parameter(NamedTuple):
    """Where the value of one parameter of the generated code comes from.

    Attributes:
        place: in the statement's values.
        key: its name, where the execution may give it another value; else None.
        convert: the value -> what the code works with. Raises Unsure.
        required: the execution must give it.
    """

    place: int
    key: str | None
    convert: Callable[[Any], Any]
    required: bool


class Operand(NamedTuple):
    """The value of a part: a variable or constant of the generated code, and its kind; None: it is NULL."""

    code: str
    kind: Kind | None


Form: TypeAlias = "Callable[[Writer, Any, int], Operand]"
"""Writes the code of one kind of expression, at a depth."""


class Writer:
    """Writes the code of expressions over ``values``, the attributes of one object.

    Args:
        mapper: of the objects.
        dialect: of the database.
        holders: the value holders of the statement.
        forms: what writes an expression, by its ``visit_name``.

    Attributes:
        lines: the code so far.
        names: what it uses besides Python.
        parameters: the values it takes, ``p0``, ``p1`` ...
    """

    def __init__(self, mapper: Any, dialect: Any, holders: tuple[Any, ...], forms: Mapping[str, Form]) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"Unsure": Unsure}
        self.parameters: list[Parameter] = []
        self._mapper = mapper
        self._dialect = dialect
        self._forms = forms
        self._places = {id(holder): place for place, holder in reversed(list(enumerate(holders)))}
        self._count = 0

    def line(self, depth: int, text: str) -> None:
        """Add one line of code."""
        if depth > MAX_DEPTH:
            raise UnevaluatableError("Cannot evaluate expressions this deep")
        self.lines.append("    " * depth + text)

    def variable(self) -> str:
        """Return a new variable."""
        self._count += 1
        return f"v{self._count}"

    def name(self, value: Any, word: str) -> str:
        """Return the name under which the code finds something."""
        self._count += 1
        name = f"{word}{self._count}"
        self.names[name] = value
        return name

    def kind(self, type_: Any) -> Kind | None:
        """Return the kind of a type on the database."""
        return kind_of(type_, self._dialect)

    def parameter(self, holder: Any, convert: Callable[[Any], Any]) -> str:
        """Return the variable of a value of the statement."""
        place = self._places.get(id(holder))
        if place is None:
            raise UnevaluatableError("Cannot evaluate a parameter of another statement")
        named = not getattr(holder, "unique", True)
        self.parameters.append(Parameter(place, holder.key if named else None, convert, bool(holder.required)))
        return f"p{len(self.parameters) - 1}"

    # -- operands ------------------------------------------------------------------------------------------------------

    def write(self, node: Any, depth: int) -> Operand:
        """Write the code of an expression; returns where its value stands.

        Raises: UnevaluatableError: names what stands in the way.
        """
        write = self._forms.get(node.visit_name)
        if write is None:
            raise UnevaluatableError(f"Cannot evaluate {type(node).__name__}")
        return write(self, node, depth)

    def known(self, node: Any, depth: int) -> Operand:
        """Write an expression whose kind must be known.

        Raises: UnevaluatableError: only the database knows how values of its type compare.
        """
        operand = self.write(node, depth)
        if operand.kind is None and operand.code != "None":
            raise UnevaluatableError(f"Cannot evaluate values of type {type(node.type).__name__}")
        return operand

    def column(self, node: Any, depth: int) -> Operand:
        """Write the reading of an attribute."""
        name = self._attribute_of(node)
        kind = self.kind(node.type)
        if kind is None:
            raise UnevaluatableError(
                f"Cannot evaluate {node}: how the database compares values of its type {type(node.type).__name__} is not "
                "known exactly"
            )
        found = self.variable()
        self.line(depth, f"{found} = values[{name!r}]")
        conditions = [f"{found} is not None"]
        if kind.value_class is not None:
            class_ = self.name(kind.value_class, "class_")
            self.line(depth, f"if {found}.__class__ is not {class_} and {found} is not None: raise Unsure")
        if kind.kept is not None:
            self.line(depth, f"if {conditions[0]}: {found} = {self.name(kind.kept, 'kept')}({found})")
        return Operand(found, kind)

    def _attribute_of(self, node: Any) -> str:
        column = getattr(node, "column", node)
        name = self._mapper._name_of.get(column)
        if name is None or not self._mapper.find_property(name).is_stored:
            raise UnevaluatableError(f"Cannot evaluate expression: {node} is not a column of {self._mapper.class_name}")
        return str(name)

    def bind(self, holder: Any, depth: int, type_: Any = None) -> Operand:
        """Write the use of a value of the statement."""
        kind = self.kind(holder.type if type_ is None else type_)
        if kind is None:
            if holder.value is None and holder.callable is None and getattr(holder, "unique", True):
                return Operand("None", None)
            raise UnevaluatableError("Cannot evaluate a value whose type has no exact counterpart in Python")
        return Operand(self.parameter(holder, kind.convert_sent), kind)

    # -- comparisons ---------------------------------------------------------------------------------------------------

    def compare(self, symbol: str, left: Operand, right: Operand, depth: int, nulls_differ: bool = False) -> Operand:
        """Write a comparison.

        Args:
            symbol: Python's operator.
            nulls_differ: NULL is a value like others (IS [NOT] DISTINCT FROM).
        """
        near = self._check_kinds(symbol, left, right)
        found = self.variable()
        if nulls_differ:
            same = f"({left.code} is None and {right.code} is None)"
            value = f"not {same}" if symbol == "!=" else same
        else:
            value = "None"
        self.line(depth, f"if {left.code} is None or {right.code} is None: {found} = {value}")
        self.line(depth, "else:")
        self._write_near(near, left, right, depth + 1)
        self.line(depth + 1, f"{found} = {left.code} {symbol} {right.code}")
        return Operand(found, BOOL)

    def _write_near(self, near: Any, left: Operand, right: Operand, depth: int) -> None:
        if near is not None:
            self.line(depth, f"if {self.name(near, 'near')}({left.code}, {right.code}): raise Unsure")
        kinds = {left.kind.name if left.kind else "", right.kind.name if right.kind else ""}
        if kinds == {"int", "float"}:
            whole = left if left.kind is not None and left.kind.name == "int" else right
            self.line(depth, f"if not -{SAFE} < {whole.code} < {SAFE}: raise Unsure")

    def _check_kinds(self, symbol: str, left: Operand, right: Operand) -> Any:
        """Return what says that two values are too close to tell.

        Raises: UnevaluatableError: values of these kinds are not compared as in Python.
        """
        one, other = left.kind, right.kind
        if one is None or other is None:
            return None
        if one.name != other.name and frozenset((one.name, other.name)) not in _MIXED:
            raise UnevaluatableError(f"Cannot evaluate a comparison of mixed types, {one.name} and {other.name}")
        if symbol not in ("==", "!=") and not (one.ordered and other.ordered):
            raise UnevaluatableError(
                f"Cannot evaluate the order of {one.name} values: the database's collation decides"
            )
        return one.near or other.near

    def members(self, kind: Kind, holder: Any) -> str:
        """Return the variable of the members of an IN list: whether NULL is among them, and the others."""

        def convert(values: Any) -> tuple[bool, bool, Any]:
            found = [kind.convert_sent(value) for value in values or ()]
            others = [value for value in found if value is not None]
            return bool(found), len(others) < len(found), tuple(others) if kind.near else frozenset(others)

        return self.parameter(holder, convert)


_MIXED = frozenset({
    frozenset({"int", "float"}), frozenset({"int", "decimal"}), frozenset({"int", "binary decimal"}),
})  # fmt: skip


def parameter_values(
    parameters: list[Parameter], holders: tuple[Any, ...], given: Mapping[str, Any] | None
) -> list[Any]:
    """Return the values of the generated code's parameters for one execution.

    Args:
        holders: the value holders of the statement.
        given: values by name, of the execution.

    Raises: Unsure: a value is of another class than what it is compared with.
    """
    found = []
    for place, key, convert, required in parameters:
        if key is not None and given and key in given:
            value = given[key]
        elif required:
            raise Unsure(key)
        else:
            value = holders[place].effective_value
        found.append(convert(value))
    return found
