"""The tables as pictures, by Matplotlib: SVG for the documentation, PNG for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.contenders.registry import RAW
from bench.counted import Counts
from bench.growth import Growth
from bench.harness import Figures

COLOURS = {
    "holdfast": "#c1121f", "sqlalchemy": "#1d3557", "django": "#2a9d8f", "peewee": "#e9a820", "pony": "#7b5ea7",
    "tortoise": "#588157", "piccolo": "#8d6e63", "asyncpg": "#555555", "raw": "#999999",
}  # fmt: skip


def rows(found: Sequence[Figures | Counts], contenders: Sequence[str], title: str, path: Path) -> list[Path]:
    """Draw a line per row with a point per contender, as multiples of the bare driver, on a logarithmic scale.

    Args:
        path: of the files, without their endings.
    Returns:
        the files.
    """
    figure, axes = _canvas(width=9.5, height=1.6 + 0.3 * len(found))
    timed = [row for row in found if isinstance(row, Figures)]
    for place, row in enumerate(timed):
        axes.plot([row.row.target] * 2, [place - 0.36, place + 0.36], color="#c1121f", linewidth=1, alpha=0.5)
    for name in (each for each in contenders if each != RAW):
        points = [(row.ratios[name], place) for place, row in enumerate(timed) if name in row.ratios]
        size = 46 if name == "holdfast" else 24
        axes.scatter(*zip(*points, strict=True) if points else ([], []), s=size, label=name, **_colour(name), zorder=3)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.axvline(1, color="#999999", linewidth=1)
    axes.set_yticks(range(len(timed)), [row.row.name for row in timed])
    axes.invert_yaxis()
    axes.set_xlabel("times the bare driver (left is faster); the red strokes are Holdfast's targets on SQLite")
    axes.set_title(title, loc="left")
    axes.legend(loc="lower right", fontsize=8)
    return _save(figure, path)


def growth(points: Sequence[Growth], title: str, path: Path) -> list[Path]:
    """Draw time and peak memory for each object over the number of objects, one picture per operation and measure."""
    figure, all_axes = _canvas(width=9.5, height=7, rows=2, columns=2)
    for row, operation in enumerate(dict.fromkeys(point.operation for point in points)):
        for column, (what, unit) in enumerate((("seconds", "microseconds an object"), ("peak", "bytes an object"))):
            axes = all_axes[row][column]
            for name in dict.fromkeys(point.contender for point in points):
                curve = [p for p in points if (p.operation, p.contender, p.absent) == (operation, name, None)]
                scale = 1e6 if what == "seconds" else 1
                heights = [max(getattr(point, what), 0) / point.objects * scale for point in curve]
                axes.plot(
                    [point.objects for point in curve], heights, marker="o", markersize=3, label=name, **_colour(name)
                )
            axes.set_xscale("log")
            axes.set_ylim(bottom=0)
            axes.set_title(f"{operation}: {unit}", loc="left", fontsize=10)
    all_axes[0][0].legend(fontsize=8)
    figure.suptitle(title, x=0.01, ha="left")
    return _save(figure, path)


def _colour(name: str) -> dict[str, str]:
    return {"color": COLOURS.get(name.partition(":")[0], "#000000")}


def _canvas(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    # Text stays text, and the same figures give the same file.
    pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "holdfast", "font.size": 9})
    figure, axes = pyplot.subplots(rows, columns, figsize=(width, height), layout="constrained")
    for each in [axes] if rows == 1 else axes.flat:
        each.grid(True, axis="x" if rows == 1 else "both", color="#e6e6e6", linewidth=0.6)
        each.set_axisbelow(True)
        each.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> list[Path]:
    from matplotlib import pyplot

    path.parent.mkdir(parents=True, exist_ok=True)
    files = [path.with_suffix(".svg"), path.with_suffix(".png")]
    figure.savefig(files[0], metadata={"Date": None})
    figure.savefig(files[1], dpi=130, metadata={"Software": None})
    pyplot.close(figure)
    return files
