"""Full-text search: ``MATCH (columns) AGAINST (text)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.exc import CompileError

FLAGS = ("mysql_boolean_mode", "mysql_natural_language", "mysql_query_expansion")


def against_text(left: str, right: str, options: Mapping[str, Any]) -> str:
    """Return MATCH.

    Args:
        left: columns.
        right: what is looked for.
        options: `FLAGS`, as `match` keeps them, or none: in boolean mode.

    Raises: CompileError: flags that exclude each other.
    """
    boolean, natural, expansion = (
        bool(options.get(name, default)) for name, default in zip(FLAGS, (True, 0, 0), strict=True)
    )
    if boolean and (natural or expansion):
        said = ", ".join(
            f"in_{name.removeprefix('mysql_')}={value}"
            if name != "mysql_query_expansion"
            else f"with_query_expansion={value}"
            for name, value in zip(
                ("mysql_boolean_mode", "mysql_natural_language_mode", "mysql_query_expansion"),
                (boolean, natural, expansion),
                strict=True,
            )
        )
        raise CompileError(f"Invalid MySQL match flags: {said}")
    words = [right]
    words += ["IN BOOLEAN MODE"] if boolean else []
    words += ["IN NATURAL LANGUAGE MODE"] if natural else []
    words += ["WITH QUERY EXPANSION"] if expansion else []
    return f"MATCH ({left}) AGAINST ({' '.join(words)})"
