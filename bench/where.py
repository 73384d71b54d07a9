"""Where an operation's work is done: `python -m bench.where [ROW ...]` counts it by the rooms of the house, without a clock.

For each row on SQLite: the calls and the interpreter's instructions for one unit (an object, a row, a query), beside what the
bare driver's program needs, and which rooms Holdfast's are spent in. What the driver and the built-in functions do inside
is not seen by this; it is the same for both.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from bench.contenders.base import Contender
from bench.contenders.mapped import Mapped
from bench.contenders.raw import Raw
from bench.guard.counting import GENERATED, PACKAGE, WARMING, calls_of, instructions_by_code
from bench.publish import circumstances, publish
from bench.rows import ROWS, Row
from bench.sizes import Sizes
from bench.stores import SqliteStore
from bench.work import Work

SIZES = Sizes().divided(5)

UNITS: dict[str, int] = {
    "insert_objects": SIZES.objects,
    "insert_graph": SIZES.parents * (SIZES.children + 1),
    "insert_dictionaries": SIZES.dictionaries,
    "load_narrow": SIZES.narrow,
    "load_wide": SIZES.wide,
    "load_columns": SIZES.narrow,
    "filter_indexed": SIZES.lookups,
    "select_built": SIZES.lookups * SIZES.selects,
    "get_fresh": SIZES.fresh,
    "get_present": SIZES.present,
    "read_attributes": SIZES.attributes,
    "write_attributes": SIZES.attributes,
    "update_loop": SIZES.objects,
    "update_bulk": 1,
    "update_evaluate": SIZES.objects,
    "update_fetch": SIZES.objects,
    "delete_loop": SIZES.deleted,
    "eager_selectin": SIZES.eager_parents * (SIZES.children + 1),
    "eager_joined": SIZES.eager_parents * (SIZES.children + 1),
    "lazy_children": SIZES.lazy_parents * (SIZES.lazy_children + 1),
    "small_transactions": SIZES.transactions,
}
"""How many units one run of a row is."""

PROGRAM = "the program"
SHOWN = 4


class Account(NamedTuple):
    """What one run of a row needs.

    Args:
        calls: of functions, Python's and built-in.
        rooms: instructions, by the room whose code they are of.
    """

    calls: int
    rooms: Counter[str]


def account(contender: type[Contender], name: str, row: Row) -> Account:
    """Count a row by rooms."""
    store = SqliteStore()
    opened = contender(name, store, SIZES)
    work = opened.work(row.key)
    for _ in range(WARMING):
        work.prepare()
        work.run()
    found = Account(calls_of(work), _by_room(work))
    work.finish()
    opened.close()
    store.close()
    return found


def room(code: CodeType) -> str:
    """Name the room of a piece of code: a folder of the library, what it generates, the program, or the standard library."""
    if code.co_filename.startswith(GENERATED):
        return "generated code"
    if code.co_filename.startswith(PACKAGE):
        parts = Path(code.co_filename).relative_to(PACKAGE).parts
        return "/".join(parts[: 2 if parts[0] == "orm" and len(parts) > 2 else 1]).removesuffix(".py")
    return PROGRAM if "bench" in Path(code.co_filename).parts else "Python's library"


def _by_room(work: Work) -> Counter[str]:
    rooms: Counter[str] = Counter()
    for code, count in instructions_by_code(work).items():
        rooms[room(code)] += count
    return rooms


def lines(keys: list[str]) -> Iterator[str]:
    """Write the table in Markdown, line by line."""
    yield "| operation | unit | calls: raw | Holdfast | instructions: raw | Holdfast | where |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for row in ROWS:
        if row.key in UNITS and (not keys or row.key in keys):
            raw, own = account(Raw, "raw", row), account(Mapped, "holdfast", row)
            yield _line(row, raw, own, UNITS[row.key])


def _line(row: Row, raw: Account, own: Account, units: int) -> str:
    total = own.rooms.total()
    shares = [f"{name} {count / total:.0%}" for name, count in own.rooms.most_common(SHOWN)]
    return (
        f"| {row.name} | {units:,} | {raw.calls / units:.1f} | {own.calls / units:.1f} "
        f"| {raw.rooms.total() / units:,.0f} | {total / units:,.0f} | {', '.join(shares)} |"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.where", description="Work by the rooms of the house.")
    parser.add_argument("rows", nargs="*", help="keys of rows (python -m bench --list); all without any")
    parser.add_argument("--publish", metavar="PAGE", help="put the table into its section of a page")
    options = parser.parse_args(arguments)
    table = []
    for line in lines(options.rows):
        table.append(line)
        print(line, flush=True)
    if options.publish:
        publish(Path(options.publish), "where", [circumstances("python -m bench.where"), "\n".join(table)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
