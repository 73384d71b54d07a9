"""SQL as a template string of Python 3.14: `tstring(t"SELECT ... WHERE id = {number}")`.

Every value in the template is a parameter, so it never reaches the SQL text; what is SQL already stands as such.
"""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, CompileError
from holdfast.exc.shown import on_one_line
from holdfast.sql.binds import BindParameter
from holdfast.sql.coercions import resolve
from holdfast.sql.constants import null
from holdfast.sql.element import ClauseElement
from holdfast.sql.node import Key, Values, identified
from holdfast.sql.text import TextClause


class TString(TextClause):
    """A text of SQL with values and elements in it.

    Args:
        parts: strings and elements in turn.
    """

    parts: tuple[Any, ...]

    def __init__(self, parts: tuple[Any, ...]) -> None:
        super().__init__("")
        self.parts = parts
        self.text = "".join(part if isinstance(part, str) else "..." for part in parts)

    def _make_structure(self) -> tuple[Key, Values]:
        key: list[Any] = ["tstring"]
        values: list[Any] = []
        for part in self.parts:
            key.append(part if isinstance(part, str) else part._key)
            values.extend(() if isinstance(part, str) else part._values)
        return identified(key, values)

    @property
    def _children(self) -> tuple[Any, ...]:
        return tuple(part for part in self.parts if not isinstance(part, str))

    def _with_parts(self, parts: tuple[Any, ...]) -> TString:
        rest = iter(parts)
        return TString(tuple(part if isinstance(part, str) else next(rest) for part in self.parts))


def tstring(template: Any) -> TString:
    """Return a template string as a statement or a part of one.

    Args:
        template: a template string, ``t"..."``; what stands in its braces is a value, or an element of SQL.

    Raises:
        ArgumentError: not a template string, or one with a format or a conversion in its braces.
        CompileError: a label in its braces.
    """
    return TString(tuple(_parts(template)))


def _parts(template: Any) -> list[Any]:
    # By its name: Pythons before 3.14 do not have the class.
    if (type(template).__module__, type(template).__name__) != ("string.templatelib", "Template"):
        raise ArgumentError(
            f"pep-750 Tstring (e.g. t'...') expected, got {type(template).__name__}. A plain string goes into text(), with its "
            "values as :name parameters."
        )
    found: list[Any] = []
    for part in template:
        if isinstance(part, str):
            found.append(part)
        elif (part.conversion is not None and not _is_shown(part, found)) or part.format_spec:
            raise ArgumentError(
                f"{{{part.expression}}} has a format or a conversion; a value of SQL is sent as it is: write it without."
            )
        elif type(part.value) is type(template):
            found.extend(_parts(part.value))
        else:
            found.append(_element(part.value))
    return found


def _is_shown(part: Any, before: list[Any]) -> bool:
    """Whether a part is written ``{name=}``, which has ``name=`` in the text before it, and not ``{name!r}``."""
    return (
        part.conversion == "r"
        and bool(before)
        and isinstance(before[-1], str)
        and before[-1].endswith(part.expression + "=")
    )


def _element(value: Any) -> Any:
    """Return the element that stands for what is in the braces."""
    if value is None:
        return null()
    node = resolve(value)
    if not isinstance(node, ClauseElement):
        selectable = getattr(node, "selectable", None)
        node = BindParameter(None, value, unique=True) if selectable is None else selectable
    if node.visit_name == "label":
        raise CompileError(
            f"The label '{on_one_line(node.name)}' in a template string could be the expression or its name. Give the expression "
            "alone, and write AS and the name in the text."
        )
    if node.is_statement and not isinstance(node, TextClause):
        return node.scalar_subquery()  # type: ignore[attr-defined]
    return node
