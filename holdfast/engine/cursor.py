"""The result of a statement, under the path by which some programs import it."""

from holdfast.engine.cursor_result import CursorResult

__all__ = ["CursorResult"]
