"""The result of a statement, under the path by which some programs import it."""

from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.cursor_result import CursorResult as ResultProxy

__all__ = ["CursorResult", "ResultProxy"]
