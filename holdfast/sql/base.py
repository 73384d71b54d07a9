"""What statements and collections share, under the path by which some programs import it."""

from holdfast.sql import ColumnCollection, Executable, ExecutableStatement, HasSyntaxExtensions, SyntaxExtension
from holdfast.sql import ColumnCollection as ReadOnlyColumnCollection

__all__ = [
    "ColumnCollection",
    "Executable",
    "ExecutableStatement",
    "HasSyntaxExtensions",
    "ReadOnlyColumnCollection",
    "SyntaxExtension",
]
