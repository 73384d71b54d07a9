"""Adding 1 to a column of every row, by a loop over loaded objects and by one UPDATE: the table of docs/how-to/many_rows.md.

`python -m bench.bulk_against_loop [--database postgresql] [--sizes 100,1000] [--contenders raw,holdfast]` prints it in
Markdown: milliseconds of loop / bulk, and how many times as long the loop takes. The loop is the rows `load_narrow` and
`update_loop` of the benchmark together, the bulk is `update_bulk`; a transaction's BEGIN and COMMIT are included.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.contenders.registry import RAW
from bench.harness import measure
from bench.rows import ROWS
from bench.settings import Setting, opened
from bench.sizes import Sizes

SIZES = (100, 1_000, 5_000, 20_000, 50_000)
CONTENDERS = (RAW, "holdfast", "sqlalchemy", "django", "peewee")
PARTS = ("load_narrow", "update_loop", "update_bulk")


def lines(sizes: Sequence[int], contenders: Sequence[str], rounds: int, setting: Setting) -> Iterator[str]:
    """Yield the table line by line, as it is measured."""
    yield "| rows | " + " | ".join(contenders) + " |"
    yield "|---" * (len(contenders) + 1) + "|"
    for size in sizes:
        seconds = _seconds(contenders, rounds, replace(setting, sizes=_of(size)))
        yield f"| {size:,} | " + " | ".join(_cell(name, seconds) for name in contenders) + " |"


def _of(size: int) -> Sizes:
    return replace(Sizes(), objects=size, narrow=size, bulk=size)


def _seconds(contenders: Sequence[str], rounds: int, setting: Setting) -> dict[str, dict[str, float]]:
    """Measure the three rows; returns seconds by row and contender. Who breaks is told of, and has none."""
    rows = {row.key: row for row in ROWS}
    found = {part: measure(rows[part], contenders, rounds, setting) for part in PARTS}
    for part, figures in found.items():
        for name, reason in figures.failed.items():
            print(f"{name}, {part}: {reason}", file=sys.stderr)
    return {part: figures.seconds for part, figures in found.items()}


def _cell(name: str, seconds: dict[str, dict[str, float]]) -> str:
    """Write a contender's figures; "-" for who does not offer all three."""
    if any(name not in found for found in seconds.values()):
        return "-"
    load, loop, bulk = [found[name] * 1000 for found in seconds.values()]
    return f"{load + loop:.1f} / {bulk:.2f} ({(load + loop) / bulk:.0f} x)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk_against_loop", description=__doc__.splitlines()[0])
    parser.add_argument("--database", default="sqlite", help='"sqlite", "postgresql" or a URL (default: %(default)s)')
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of rows (default: %(default)s)")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help="names (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contender (default: %(default)s)")
    parser.add_argument(
        "--clock", choices=("processor", "elapsed"), help="default: processor on SQLite, elapsed on servers"
    )
    options = parser.parse_args(arguments)
    sizes, contenders = [int(size) for size in options.sizes.split(",")], options.contenders.split(",")
    with opened(options.database, contenders, options.clock, Sizes(), None) as setting:
        for line in lines(sizes, contenders, options.rounds, setting):
            print(line, flush=True)


if __name__ == "__main__":
    main()
