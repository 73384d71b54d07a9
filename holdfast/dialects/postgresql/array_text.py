"""Arrays as text: read where the driver does not know their type, such as enumerations; written for paths of documents."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r'\{|\}|,|"((?:[^"\\]|\\.)*)"|([^{},"]+)', re.DOTALL)
_WORD = re.compile(r"(?!null\Z)[\w$-]+", re.IGNORECASE)
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


def write_path(keys: list[str]) -> str:
    """Return strings as an array's text."""
    return "{" + ", ".join(key if _WORD.fullmatch(key) else _quoted(key) for key in keys) + "}"


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
