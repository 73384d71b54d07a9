"""Reads arrays that arrive as text: those of types that the driver does not know, such as enumerations."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r'\{|\}|,|"((?:[^"\\]|\\.)*)"|([^{},"]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_array(value: Any) -> Any:
    """Return an array's text as lists of strings and None; lists stay as they are.

    Source: PostgreSQL's manual, 8.15.6 Array Input and Output Syntax.
    """
    if not isinstance(value, str):
        return value
    stack: list[list[Any]] = [[]]
    for match in _TOKEN.finditer(value):
        token = match[0]
        if token == "{":
            stack.append([])
        elif token == "}":
            done = stack.pop()
            stack[-1].append(done)
        elif match[1] is not None:
            stack[-1].append(_ESCAPED.sub(r"\1", match[1]))
        elif token != ",":
            stack[-1].append(None if token == "NULL" else token)
    return stack[0][0]
