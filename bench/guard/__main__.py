"""The command `python -m bench.guard`: count all operations and hold them against the kept figures.

python -m bench.guard                              which operations have become worse; exit status 1 if some have
python -m bench.guard --accept                     keep the figures of now, after a change that is worth its price
python -m bench.guard --postgresql URL [--accept]  the same for round trips
python -m bench.guard --flows                      files, functions and calls of two flows, beside SQLAlchemy's
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from pathlib import Path

from bench.guard.figures import FILE, PYTHON, Counts, accept, better, kept, worse
from bench.guard.flows import count_flows
from bench.guard.scenarios import COUNTING, count_all, count_trips
from bench.publish import circumstances, publish


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit status."""
    options = _parser().parse_args(arguments)
    if options.flows:
        _show_flows(options.publish)
        return 0
    place, counts = _counted(options)
    if options.json:
        print(json.dumps({place: counts}))
        return 0
    if options.accept:
        accept(place, counts)
        print(f"{len(counts)} operations are kept in {FILE} for {place}")
        return 0
    before = kept().get(place)
    if before is None:
        print(f"{FILE.name} has no figures for {place}; --accept keeps these")
        return 0
    return _judge(before, counts)


def _counted(options: argparse.Namespace) -> tuple[str, Counts]:
    if options.postgresql:
        trips = count_trips(options.postgresql, options.operations, options.latency)
        return "postgresql", {name: {"round trips": count} for name, count in trips.items()}
    flows = {name: flow._asdict() for name, flow in count_flows("holdfast").items()} if not options.operations else {}
    return PYTHON, {**dict(count_all(options.operations)), **flows}


def _judge(before: Counts, counts: Counts) -> int:
    wrong, gained = worse(before, counts), better(before, counts)
    for title, lines in (("worse", wrong), ("better; --accept keeps it", gained)):
        if lines:
            print(f"{title}:", *(f"  {line}" for line in lines), sep="\n")
    if not wrong and not gained:
        print(f"{len(counts)} operations cost what they did")
    return 1 if wrong else 0


def _show_flows(page: str | None) -> None:
    lines = ["| flow | library | files | functions | calls |", "|---|---|---:|---:|---:|"]
    for library in ("holdfast", "sqlalchemy"):
        if importlib.util.find_spec(library) is not None:
            for name, flow in count_flows(library).items():
                lines.append(f"| {name} | {library} | {flow.files} | {flow.functions} | {flow.calls} |")
    print(*lines, sep="\n")
    if page is not None:
        publish(Path(page), "flows", [circumstances("python -m bench.guard --flows"), "\n".join(lines)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.guard", description="What operations cost, by counting.")
    parser.add_argument("operations", nargs="*", help="keys of rows (python -m bench --list); all without any")
    parser.add_argument("--accept", action="store_true", help=f"keep the figures of now in {FILE.name}")
    parser.add_argument("--postgresql", metavar="URL", help="count round trips in this database instead")
    parser.add_argument(
        "--latency",
        type=float,
        default=COUNTING,
        help="seconds each way while trips are counted (default: %(default)s)",
    )
    parser.add_argument("--flows", action="store_true", help="show the flows beside SQLAlchemy's and stop")
    parser.add_argument("--publish", metavar="PAGE", help="put the flows into their section of a page")
    parser.add_argument("--json", action="store_true", help="print the counts and stop")
    return parser


ENVIRONMENT = {
    "PYTHONHASHSEED": "0",  # the order of a set may decide how long a search is
    "PGSSLMODE": "disable",  # TLS sends more than what is counted
    "PGGSSENCMODE": "disable",
    "PGOPTIONS": "-c synchronous_commit=off",  # nobody waits for a disk here
}

if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.execve(sys.executable, [sys.executable, "-m", "bench.guard", *sys.argv[1:]], {**os.environ, **ENVIRONMENT})
    sys.exit(main())
