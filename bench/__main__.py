"""The command `python -m bench`: choose rows, contenders and rounds; print the table as it grows.

Exit status: 0; 1 when a row could not be measured, or with `--strict` when one is more than 1.5 times its target;
2 for a wrong option.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from fnmatch import fnmatch

from bench import table
from bench.harness import RAW, Figures, measure
from bench.operation import Operation
from bench.operations import OPERATIONS

JUDGED = "holdfast"
CONTENDERS = (RAW, JUDGED, "sqlalchemy")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit status."""
    options = _parser().parse_args(arguments)
    wanted = [each for each in OPERATIONS if _matches(each.name, options.rows)]
    if options.list:
        print("\n".join(each.name for each in wanted))
        return 0
    if not wanted:
        print(f"no row matches {' '.join(options.rows)!r}; --list shows the names", file=sys.stderr)
        return 2
    present = [name for name in options.contenders if name == RAW or _importable(name)]
    absent = [name for name in options.contenders if name not in present]
    print(table.heading(present, absent, options.rounds))
    print("\n" + table.columns(present))
    rows = []
    for operation in wanted:
        rows.append(_measure_or_tell(operation, present, options.rounds))
        print(table.line(rows[-1], present, JUDGED), flush=True)
    print("\n" + table.summary(rows, JUDGED))
    failed = any(row.failed for row in rows)
    over = any(table.verdict(row, JUDGED) == "OVER" for row in rows)
    return 1 if failed or (options.strict and over) else 0


def _measure_or_tell(operation: Operation, contenders: list[str], rounds: int) -> Figures:
    """Measure a row; if that breaks, show where and let the other rows go on."""
    try:
        return measure(operation, contenders, rounds)
    except Exception as error:
        traceback.print_exc()
        return Figures(operation, failed=f"{type(error).__name__}: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What a library costs over the bare driver.")
    parser.add_argument("rows", nargs="*", help="words or shell patterns; a row is taken if one of them matches")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each contender (default: %(default)s)")
    parser.add_argument(
        "--contenders",
        type=lambda text: tuple(text.split(",")),
        default=CONTENDERS,
        help=f"names separated by commas (default: {','.join(CONTENDERS)})",
    )
    parser.add_argument("--strict", action="store_true", help="fail when a row is more than 1.5 times its target")
    parser.add_argument("--list", action="store_true", help="print the names of the rows and stop")
    return parser


def _matches(name: str, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch(name, pattern) or pattern in name for pattern in patterns)


def _importable(name: str) -> bool:
    """Say whether a contender is there; a contender that breaks on import shows its own error."""
    try:
        importlib.import_module(f"{name}.orm")
    except ModuleNotFoundError as missing:
        if missing.name is not None and missing.name.split(".")[0] == name:
            return False
        raise
    return True


if __name__ == "__main__":
    sys.exit(main())
