"""How the store prints: headings, tables, SQL and a progress bar, for a terminal as well as for a file."""

import os
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from shutil import get_terminal_size
from time import perf_counter
from typing import TextIO

WIDTH = max(60, min(get_terminal_size((92, 24)).columns, 100))
INDENT = "  "


def prepare() -> None:
    """Let names in every language be printed, also where the output's encoding lacks their letters."""
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="replace", line_buffering=True)


def heading(text: str) -> None:
    """Open a chapter."""
    line = f" {text} ".center(WIDTH, "=")
    print(f"\n{bold(line)}\n")


def say(text: str) -> None:
    """Print a paragraph."""
    print(textwrap.fill(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT))


def quote(text: str, mark: str = "|") -> None:
    """Print what somebody else said, SQL or an error, line by line behind a mark."""
    prefix = f"{INDENT}{INDENT}{mark} "
    for line in text.splitlines():
        print(textwrap.fill(line, WIDTH, initial_indent=prefix, subsequent_indent=prefix) or prefix.rstrip())


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print one row or more under headers; numbers stand to the right, everything else to the left."""
    rows = [tuple(row) for row in rows]
    numeric = [all(isinstance(cell, int | float | Decimal) for cell in column) for column in zip(*rows, strict=True)]
    texts = [tuple(text_of(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *texts, strict=True)]
    for row in (tuple(headers), tuple("-" * width for width in widths), *texts):
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        print(f"{INDENT}{INDENT}{'   '.join(cells).rstrip()}")


def text_of(cell: object) -> str:
    """Return a value as people write it: 3,503 and 49.62."""
    return f"{cell:,}" if isinstance(cell, int | float | Decimal) else str(cell)


def playing_time(milliseconds: int) -> str:
    """Return a length as hours, minutes and seconds: 243:48:03."""
    minutes, seconds = divmod(timedelta(milliseconds=milliseconds) // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def bold(text: str) -> str:
    """Return the text in bold letters, where a terminal shows them and nobody asked for plain text (NO_COLOR)."""
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


class ProgressBar:
    """A bar that fills on a terminal; elsewhere nothing is printed, so that a log stays readable."""

    CELLS = 40
    SECONDS_BETWEEN_DRAWINGS = 0.05

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        """Args: total: how many steps make the bar full. stream: where it is drawn, standard output if not given."""
        self.total = total
        self.done = 0
        self._stream = stream or sys.stdout
        self._visible = self._stream.isatty()
        self._last_drawn = 0.0

    def advance(self, label: str, steps: int) -> None:
        """Count steps as done, and say what they were."""
        self.done += steps
        if self._visible and perf_counter() - self._last_drawn >= self.SECONDS_BETWEEN_DRAWINGS:
            self._draw(label)

    def clear(self) -> None:
        """Wipe the bar away, so that the next line starts where it stood."""
        if self._visible:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _draw(self, label: str) -> None:
        filled = self.CELLS * self.done // self.total
        bar = "#" * filled + "." * (self.CELLS - filled)
        self._stream.write(f"\r{INDENT}[{bar}] {self.done:>6,} of {self.total:,} rows  {label}\033[K")
        self._stream.flush()
        self._last_drawn = perf_counter()
