"""The command `python -m bench`: choose the database, rows, contenders and rounds; print the table as it grows.

Exit status: 0; 1 when a row could not be measured, or with `--strict` when one is more than 1.5 times its target;
2 for a wrong option.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from bench import growth, markdown, plots, table
from bench.contenders.registry import DEFAULT, NAMES, ONLY_POSTGRESQL, is_installed
from bench.counted import COUNTED, CountedRow, Counts, count
from bench.harness import Figures, measure
from bench.publish import circumstances, publish
from bench.rows import ROWS, Row
from bench.settings import Setting, opened
from bench.sizes import Sizes

JUDGED = table.JUDGED


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    options = parser.parse_args(given)
    counted = COUNTED if options.database == "sqlite" else ()
    wanted = [each for each in (*ROWS, *counted) if _matches(each, options.rows)]
    if options.list:
        print("\n".join(f"{each.key:20} {each.name}" for each in wanted))
        return 0
    unknown = [name for name in options.contenders if name not in NAMES]
    if unknown:
        parser.error(f"no contender {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if not wanted:
        print(f"no row matches {' '.join(options.rows)!r}; --list shows the names", file=sys.stderr)
        return 2
    present = [name for name in options.contenders if is_installed(name)]
    for name in options.contenders:
        if name not in present:
            print(f"{name} is not installed and is left out")
    sizes = Sizes().divided(options.smaller)
    with opened(options.database, present, options.clock, sizes, _seconds(options.latency)) as setting:
        command = f"python -m bench {shlex.join(given)}".strip()
        if options.growth:
            return _grow(options, present, setting, command)
        return _compare(options, wanted, present, setting, command)


def _compare(
    options: argparse.Namespace, wanted: Sequence[Row | CountedRow], present: list[str], setting: Setting, command: str
) -> int:
    """Measure the rows, print, draw and publish them."""
    conditions = table.conditions(setting, present, options.rounds)
    print("\n".join(conditions))
    print("\n" + table.columns(present))
    found: list[Figures | Counts] = []
    for figures in _measured(wanted, present, options.rounds, setting):
        found.append(figures)
        print(table.line(figures, present, setting), flush=True)
    print("\n" + table.summary(found, setting))
    for reason in table.reasons(found):
        print(f"  - {reason}")
    name = options.section or _section(setting)
    title = f"{'SQLite' if setting.database == 'sqlite' else 'PostgreSQL'}, median of {options.rounds} rounds"
    if options.plots:
        print(*plots.rows(found, present, title, Path(options.plots) / f"performance-{name}"), sep="\n")
    if options.markdown:
        print("\n" + markdown.rows(found, present, setting))
    if options.publish:
        said = [
            circumstances(command),
            *conditions,
            markdown.rows(found, present, setting),
            table.summary(found, setting),
        ]
        publish(Path(options.publish), name, said)
    over = any(table.verdict(row) == "OVER" for row in found)
    return 1 if any(isinstance(row, Figures) and row.failed for row in found) or (options.strict and over) else 0


def _measured(
    wanted: Sequence[Row | CountedRow], present: list[str], rounds: int, setting: Setting
) -> Iterator[Figures | Counts]:
    for row in wanted:
        yield measure(row, present, rounds, setting) if isinstance(row, Row) else count(row, present, rounds)


def _grow(options: argparse.Namespace, present: list[str], setting: Setting, command: str) -> int:
    """Measure curves of growth, print, draw and publish them."""
    points = []
    for point in growth.measure(present, [int(size) for size in options.sizes.split(",")], setting):
        points.append(point)
        print(growth.text(point), flush=True)
    if options.plots:
        print(*plots.growth(points, "Growth", Path(options.plots) / "performance-growth"), sep="\n")
    if options.markdown:
        print("\n" + markdown.growth(points))
    if options.publish:
        publish(Path(options.publish), "growth", [circumstances(command), markdown.growth(points)])
    return 0


def _section(setting: Setting) -> str:
    return setting.database if setting.latency is None else f"{setting.database}-latency"


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What a library costs over the bare driver.")
    parser.add_argument(
        "rows", nargs="*", help="words or shell patterns; a row is taken if one matches its name or key"
    )
    parser.add_argument(
        "--database",
        default="sqlite",
        help="sqlite; postgresql: the server of HOLDFAST_TEST_POSTGRESQL_URL or a private one; or postgresql://... "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--contenders",
        type=lambda text: tuple(text.split(",")),
        default=DEFAULT,
        help=f"names separated by commas (default: {','.join(DEFAULT)}; on PostgreSQL also {','.join(ONLY_POSTGRESQL)})",
    )
    parser.add_argument("--rounds", type=int, default=15, help="turns of each contender (default: %(default)s)")
    parser.add_argument("--clock", choices=("processor", "elapsed"), help="default: processor; elapsed on servers")
    parser.add_argument(
        "--latency",
        type=float,
        metavar="MS",
        help="milliseconds each way, by a proxy that counts round trips; 0 counts only",
    )
    parser.add_argument(
        "--smaller", type=int, default=1, metavar="N", help="do every row N times smaller, to try it out"
    )
    parser.add_argument("--growth", action="store_true", help="measure time and peak memory over the number of objects")
    parser.add_argument(
        "--sizes",
        default=",".join(map(str, growth.SIZES)),
        help="numbers of objects for --growth (default: %(default)s)",
    )
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown too")
    parser.add_argument("--plots", metavar="FOLDER", help="draw the table as SVG and PNG")
    parser.add_argument("--publish", metavar="PAGE", help="put the table into its section of a page")
    parser.add_argument(
        "--section", metavar="NAME", help="the section to publish to (default: by database and latency)"
    )
    parser.add_argument("--strict", action="store_true", help="fail when a row is more than 1.5 times its target")
    parser.add_argument("--list", action="store_true", help="print the keys and names of the rows and stop")
    return parser


def _matches(row: Row | CountedRow, patterns: list[str]) -> bool:
    return not patterns or any(
        fnmatch(text, pattern) or pattern in text for pattern in patterns for text in (row.key, row.name)
    )


if __name__ == "__main__":
    sys.exit(main())
