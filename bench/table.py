"""The table in the terminal: a heading that says what was compared, a line per row, and what became of the targets."""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
import sqlite3
from collections.abc import Sequence

from bench.contenders.registry import RAW
from bench.counted import Counts
from bench.harness import Figures
from bench.settings import Setting
from bench.sizes import Sizes
from bench.stores import database_folder

ALLOWANCE = 1.5
"""How far above its target a row may stand until the work on speed brings it down."""

JUDGED = "holdfast"
NAME_WIDTH = 52
DISTRIBUTIONS = {
    "tortoise": "tortoise-orm",
    "django": "Django",
    "holdfast:asyncpg": "holdfast",
    "sqlalchemy:asyncpg": "sqlalchemy",
}
DRIVERS = {"sqlite": ("aiosqlite",), "postgresql": ("psycopg", "psycopg2-binary", "asyncpg")}


def conditions(setting: Setting, contenders: Sequence[str], rounds: int) -> list[str]:
    """Say what is compared, on what, and how."""
    on_sqlite = setting.database == "sqlite"
    database = f"SQLite {sqlite3.sqlite_version}" if on_sqlite else f"PostgreSQL {setting.version}"
    versions = [_version(name) for name in contenders if name != RAW and not name.endswith(":asyncpg")]
    drivers = [_version(name) for name in DRIVERS[setting.database]]
    clock = "processor time" if setting.clock == "processor" else "elapsed time"
    place = f"; database file in {database_folder() or 'the temporary folder'}" if on_sqlite else ""
    delay = "" if setting.latency is None else f"; {setting.latency * 1000:g} ms of latency each way"
    smaller = "" if setting.sizes == Sizes() else "; every row smaller than its name says"
    return [
        f"CPython {platform.python_version()}, {database}, {', '.join(versions)}; drivers: {', '.join(drivers)}",
        f"figures: {clock} as a multiple of the bare driver's, median of {rounds} rounds, contenders in turn{place}{delay}{smaller}",
    ]


def _version(name: str) -> str:
    try:
        text = f"{name} {importlib.metadata.version(DISTRIBUTIONS.get(name, name))}"
    except importlib.metadata.PackageNotFoundError:
        return f"{name} (not installed)"
    if name == "sqlalchemy":
        compiled = importlib.import_module("sqlalchemy.util").has_compiled_ext()
        text += " with its compiled extensions" if compiled else " WITHOUT its compiled extensions"
    return text


def columns(contenders: Sequence[str]) -> str:
    """Give the line above the rows."""
    names = "".join(f"{name:>{_width(name)}}" for name in contenders if name != RAW)
    return f"{'':{NAME_WIDTH}}{'raw, us':>12}{names}{'target':>9}{'x 1.5':>8}  verdict"


def line(figures: Figures | Counts, contenders: Sequence[str], setting: Setting) -> str:
    """Write one row."""
    row = figures.row
    raw = ""
    if isinstance(figures, Figures):
        raw = f"{figures.seconds[RAW] * 1e6:.1f}" if RAW in figures.seconds else "-"
    elif RAW in figures.values:
        raw = figure(figures.values[RAW])
    own = "".join(f"{cell(figures, name):>{_width(name)}}" for name in contenders if name != RAW)
    limits = f"{row.target:>9g}{row.target * ALLOWANCE:>8g}" if setting.database == "sqlite" else f"{'':17}"
    unit = f" ({figures.row.unit})" if isinstance(figures, Counts) else ""
    said = verdict(figures) if setting.database == "sqlite" else standing(figures)
    return f"{row.name:{NAME_WIDTH}}{raw:>12}{own}{limits}  {said}{unit}"


def _width(name: str) -> int:
    return max(11, len(name) + 2)


def cell(figures: Figures | Counts, name: str) -> str:
    """Give a contender's figure, with its round trips if they were counted; `-` without one, `FAILED` after an error."""
    if isinstance(figures, Counts):
        return figure(figures.values.get(name))
    if name in figures.failed:
        return "FAILED"
    trips = f" ({figures.trips[name]})" if name in figures.trips else ""
    return figure(figures.ratios.get(name)) + trips


def figure(value: float | None) -> str:
    """Write a figure with the digits that mean something."""
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def verdict(figures: Figures | Counts) -> str:
    """Say in a word where Holdfast stands: `reached`, `within 1.5`, `OVER`, or `-` without a figure."""
    values = figures.values if isinstance(figures, Counts) else figures.ratios
    value, target = values.get(JUDGED), figures.row.target
    if value is None:
        return "-"
    if value <= target:
        return "reached"
    return "within 1.5" if value <= target * ALLOWANCE else "OVER"


def standing(figures: Figures | Counts) -> str:
    """Say how Holdfast stands beside the best of the others: `ahead`, `within 10 %`, or by how much it is behind."""
    values = dict(figures.values if isinstance(figures, Counts) else figures.ratios)
    own = values.pop(JUDGED, None)
    others = {name: value for name, value in values.items() if ":" not in name and name not in (RAW, "asyncpg")}
    if own is None or not others:
        return "-"
    best = min(others, key=others.__getitem__)
    if own <= others[best]:
        return "ahead"
    return f"{'within 10 %' if own <= others[best] * 1.1 else f'{own / others[best] - 1:.0%}'} behind {best}"


def reasons(rows: Sequence[Figures | Counts]) -> list[str]:
    """Say why there are dashes: one line per contender and reason."""
    why: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for name, reason in {**row.absent, **(row.failed if isinstance(row, Figures) else {})}.items():
            why.setdefault((name, reason), []).append(row.row.name)
    return [f"{name}: {reason} ({'; '.join(names)})" for (name, reason), names in why.items()]


def summary(rows: Sequence[Figures | Counts], setting: Setting) -> str:
    """Count the verdicts."""
    if setting.database != "sqlite":
        said = [standing(row) for row in rows]
        ahead, near = said.count("ahead"), sum(text.startswith("within") for text in said)
        return f"{JUDGED}: ahead of every other in {ahead} rows, within 10 % of the best in {near}, {means(rows)}"
    verdicts = [verdict(row) for row in rows]
    return (
        f"{JUDGED}: {verdicts.count('reached')} rows reached, {verdicts.count('within 1.5')} within 1.5 times, "
        f"{verdicts.count('OVER')} over, {verdicts.count('-')} not measured; {means(rows)}"
    )


def means(rows: Sequence[Figures | Counts]) -> str:
    """Give the geometric mean of Holdfast's ratios, and each other's over the rows that both have."""
    timed = [row for row in rows if isinstance(row, Figures) and JUDGED in row.ratios]
    others = sorted({name for row in timed for name in row.ratios} - {JUDGED})
    parts = []
    for name in others:
        both = [row.ratios[name] / row.ratios[JUDGED] for row in timed if name in row.ratios]
        parts.append(f"{name} {figure(_geometric(both))} over {len(both)}")
    return f"geometric mean as a multiple of {JUDGED}'s: {', '.join(parts) or '-'}"


def _geometric(values: Sequence[float]) -> float:
    product = 1.0
    for value in values:
        product *= max(value, 1e-9) ** (1 / len(values))
    return product
