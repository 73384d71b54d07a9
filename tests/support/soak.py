"""How much the machines of the suite run: a little in CI, much with HOLDFAST_TEST_SOAK=1, as `make soak` sets it."""

import os
from pathlib import Path

IS_SOAK = os.environ.get("HOLDFAST_TEST_SOAK", "") not in ("", "0")
"""It is a long run."""


def sized(in_ci: int, in_soak: int) -> int:
    """Return how many of something are run."""
    return in_soak if IS_SOAK else in_ci


def note_figures(words: str) -> None:
    """Write what was run and seen into the file that HOLDFAST_TEST_FIGURES names, if it does."""
    name = os.environ.get("HOLDFAST_TEST_FIGURES")
    if name:
        with Path(name).open("a") as file:
            file.write(words + "\n")
