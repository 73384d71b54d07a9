"""The tables in Markdown, for `docs/performance.md` and for a terminal that wants them."""

from __future__ import annotations

from collections.abc import Sequence

from bench.contenders.registry import RAW
from bench.counted import Counts
from bench.growth import Growth
from bench.harness import Figures
from bench.settings import Setting
from bench.table import cell, figure, reasons, standing, verdict


def rows(found: Sequence[Figures | Counts], contenders: Sequence[str], setting: Setting) -> str:
    """Write the table of rows, with the reasons of its dashes below."""
    names = [name for name in contenders if name != RAW]
    on_sqlite = setting.database == "sqlite"
    last = ["target", "Holdfast"] if on_sqlite else ["Holdfast"]
    lines = [
        _cells(["operation", "raw", *names, *last]),
        _cells(["---", *["---:"] * (len(names) + 1), *["---"] * len(last)]),
    ]
    for figures in found:
        said = [f"{figures.row.target:g}", verdict(figures)] if on_sqlite else [standing(figures)]
        lines.append(_cells([figures.row.name, _raw(figures), *(cell(figures, name) for name in names), *said]))
    why = reasons(found)
    if why:
        lines += ["", "Dashes:", "", *(f"- {reason}" for reason in why)]
    return "\n".join(lines)


def growth(points: Sequence[Growth]) -> str:
    """Write a table of growth: microseconds and bytes at the peak for each object."""
    names = list(dict.fromkeys(point.contender for point in points))
    found = {(point.operation, point.objects, point.contender): point for point in points}
    lines = [_cells(["operation", "objects", *names]), _cells(["---", *["---:"] * (len(names) + 1)])]
    for operation, objects in dict.fromkeys((point.operation, point.objects) for point in points):
        cells = [_point(found.get((operation, objects, name))) for name in names]
        lines.append(_cells([operation, f"{objects:,}", *cells]))
    return "\n".join(lines)


def _point(point: Growth | None) -> str:
    if point is None or point.absent is not None:
        return "-"
    return f"{figure(point.seconds / point.objects * 1e6)} us, {max(point.peak, 0) / point.objects:,.0f} B"


def _raw(figures: Figures | Counts) -> str:
    if isinstance(figures, Counts):
        return f"{figure(figures.values[RAW])} {figures.row.unit}" if RAW in figures.values else figures.row.unit
    return f"{figure(figures.seconds[RAW] * 1e6)} us" if RAW in figures.seconds else "-"


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
