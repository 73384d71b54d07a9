"""The printed table: a heading that says what was compared, a line per row, and what became of the targets."""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
import sqlite3
from collections.abc import Sequence

from bench.harness import RAW, Figures
from bench.operation import Timed
from bench.stores import database_folder

ALLOWANCE = 1.5
"""How far above its target a row may stand until the work on speed brings it down."""

NAME_WIDTH = 50


def heading(contenders: Sequence[str], absent: Sequence[str], rounds: int) -> str:
    """Say what is compared, on what, and how."""
    versions = [_version(name) for name in contenders if name != RAW]
    lines = [
        f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(versions)}",
        f"figures: processor time as a multiple of the bare driver's, median of {rounds} rounds, contenders in turn; "
        f"database file in {database_folder() or 'the temporary folder'}",
    ]
    lines += [f"{name} cannot be imported and is left out" for name in absent]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        text = f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        text = f"{name} {getattr(importlib.import_module(name), '__version__', '(from the source tree)')}"
    if name == "sqlalchemy":
        compiled = importlib.import_module("sqlalchemy.util").has_compiled_ext()
        text += " with its compiled extensions" if compiled else " WITHOUT its compiled extensions"
    return text


def columns(contenders: Sequence[str]) -> str:
    """Give the line above the rows."""
    names = "".join(f"{name:>12}" for name in contenders if name != RAW)
    return f"{'':{NAME_WIDTH}}{'raw, us':>12}{names}{'target':>9}{'x 1.5':>8}{'SA then':>9}  verdict"


def line(figures: Figures, contenders: Sequence[str], judged: str) -> str:
    """Write one row.

    Args:
        judged: the contender whose figure the target is for.
    """
    operation = figures.operation
    if figures.skipped:
        return f"{operation.name:{NAME_WIDTH}}  skipped: {figures.skipped}"
    if figures.failed:
        return f"{operation.name:{NAME_WIDTH}}  FAILED: {figures.failed.splitlines()[0]}"
    raw = f"{figures.microseconds[RAW]:12.1f}" if RAW in figures.microseconds else f"{'':12}"
    own = "".join(f"{_figure(figures.ratios.get(name)):>12}" for name in contenders if name != RAW)
    limits = f"{operation.target:>9g}{operation.target * ALLOWANCE:>8g}{operation.peer:>9g}"
    unit = "" if isinstance(operation, Timed) else f" ({operation.unit})"
    return f"{operation.name:{NAME_WIDTH}}{raw}{own}{limits}  {verdict(figures, judged)}{unit}"


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def verdict(figures: Figures, judged: str) -> str:
    """Say in a word where the judged contender stands: `reached`, `within 1.5`, `OVER`, or `-` without a figure."""
    value = figures.ratios.get(judged)
    if value is None:
        return "-"
    if value <= figures.operation.target:
        return "reached"
    return "within 1.5" if value <= figures.operation.target * ALLOWANCE else "OVER"


def summary(rows: Sequence[Figures], judged: str) -> str:
    """Count the verdicts."""
    verdicts = [verdict(row, judged) for row in rows]
    return (
        f"{judged}: {verdicts.count('reached')} rows reached, {verdicts.count('within 1.5')} within 1.5 times, "
        f"{verdicts.count('OVER')} over, {verdicts.count('-')} not measured"
    )
