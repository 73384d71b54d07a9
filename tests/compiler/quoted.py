"""How each database reads quotes from the left: what remains of a text without names, literals and parameters."""

from __future__ import annotations

import re

# The escape of a backslash is MySQL's own.
QUOTED = {
    "sqlite": re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`"""),
    "postgresql": re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|%\([^)]*\)s"""),
    "mysql": re.compile(r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`""", re.DOTALL),
}
QUOTED["mariadb"] = QUOTED["mysql"]
"""Names, literals and parameters, as each database reads them from the left."""
