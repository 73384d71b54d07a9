"""Places in the program's own source, for messages: where a session was opened, where a flush failed first."""

from __future__ import annotations

import contextlib
import os
import os.path
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

_PYTHON = os.path.dirname(os.__file__)
_LIBRARY = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


class Place(NamedTuple):
    """A place in the program: code and position in it. The line is worked out when it is shown."""

    code: CodeType
    offset: int

    def __str__(self) -> str:
        for start, end, line in self.code.co_lines():
            if start <= self.offset < end and line is not None:
                return f"{os.path.basename(self.code.co_filename)}:{line} ({self.code.co_name})"
        return f"{os.path.basename(self.code.co_filename)} ({self.code.co_name})"


own_codes: set[int] = set()
"""Identities of the code of the library's functions that make sessions; the hash of a code object is slow."""


def is_outside(code: CodeType) -> bool:
    """Return True for code of the program, not of this library or of Python's own."""
    return not code.co_filename.startswith((_LIBRARY, _PYTHON, "<holdfast", "<frozen"))


def here(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Return code and position of the first caller outside of the functions that make sessions.

    Args:
        frame: where to begin.
    """
    while frame is not None and id(frame.f_code) in own_codes:
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


def own(*functions: object) -> None:
    """Enter functions of the library that make sessions: the place is that of their caller."""
    own_codes.update(id(function.__code__) for function in functions)  # type: ignore[attr-defined]


def first_outside(trace: TracebackType | None) -> Place | None:
    """Return the place in the program from which a call into the library failed, by the error's traceback."""
    found = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_LIBRARY):
            break
        found = Place(code, trace.tb_lasti)
        trace = trace.tb_next
    return found


own(contextlib._GeneratorContextManager.__enter__, contextlib._AsyncGeneratorContextManager.__aenter__)
