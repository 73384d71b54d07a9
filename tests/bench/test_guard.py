"""No operation costs more than it did, counted without a clock; and the guard that says so works.

A change that is worth its price is accepted by `python -m bench.guard --accept` (with each Python that has figures), round
trips by `python -m bench.guard --postgresql URL --accept`.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from bench.guard import figures
from bench.guard.__main__ import ENVIRONMENT, main
from bench.guard.counting import counted
from bench.guard.figures import PYTHON, better, kept, worse
from bench.guard.flows import count_flows
from bench.guard.scenarios import count_all
from bench.work import Work
from holdfast.orm import Session
from tests.servers.postgresql import driver_url


def counts_elsewhere(*arguments: str) -> dict[str, Any]:
    """The counts of a fresh process, which nothing but its program has a part in."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.guard", "--json", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    [found] = json.loads(done.stdout).values()
    return dict(found)


def test_no_operation_costs_more_than_it_did() -> None:
    """Calls, instructions, blocks, bytes and statements of every row; calls of the two flows of the architecture."""
    if PYTHON not in kept():
        pytest.skip(f"{figures.FILE.name} has no figures for {PYTHON}; their instructions are another interpreter's")
    assert worse(kept()[PYTHON], counts_elsewhere()) == []


def test_no_operation_takes_more_round_trips(clean_postgresql_url: str) -> None:
    """On PostgreSQL, behind a proxy that counts."""
    url, before = driver_url(clean_postgresql_url), kept()["postgresql"]
    trips = counts_elsewhere("--postgresql", url)
    for latency in ("0.2", "1"):
        # A busy machine may send a burst slower than the proxy answers: what seems to be worse is looked at more slowly.
        too_many = [key for key in trips if worse({key: before.get(key, {})}, {key: trips[key]})]
        if too_many:
            trips |= counts_elsewhere("--postgresql", url, "--latency", latency, *too_many)
    assert worse(before, trips) == []


def test_the_guard_names_a_slower_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `get` that asks twice is found in each kind of count that it makes worse; what it does not touch is not named."""
    before = dict(count_all(["get_present", "update_bulk"]))
    get = Session.get

    def twice(self: Session, *arguments: Any, **options: Any) -> Any:
        get(self, *arguments, **options)
        return get(self, *arguments, **options)

    monkeypatch.setattr(Session, "get", twice)
    named = worse(before, dict(count_all(["get_present", "update_bulk"])))
    assert [line.split(" ")[:2] for line in named] == [["get_present:", "calls"], ["get_present:", "instructions"]]
    assert " -> " in named[0] and "(+" in named[0]


def test_the_guard_names_a_loop_that_calls_nothing() -> None:
    """Instructions see it, and held memory is seen by its blocks."""
    numbers = list(range(1_000, 2_000))
    before = counted(Work(lambda: None))
    loop = counted(Work(lambda: [number for number in numbers if number < 0]))
    held = counted(Work(lambda: [str(number) for number in numbers]))
    assert loop["instructions"] > before["instructions"] + 2_000
    assert held["blocks"] >= 1_000 and held["peak"] > 50_000
    assert worse({"x": before}, {"x": loop})[0].startswith("x: ")


def test_the_same_program_gives_the_same_counts() -> None:
    """Otherwise five percent would say nothing."""
    keys = ["get_fresh", "insert_graph"]
    once, again = dict(count_all(keys)), dict(count_all(keys))
    for key in keys:
        assert (once[key]["calls"], once[key]["instructions"]) == (again[key]["calls"], again[key]["instructions"])


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ({"calls": 100}, {"calls": 105}, []),
        ({"calls": 100}, {"calls": 106}, ["get: calls 100 -> 106 (+6.0%)"]),
        ({"statements": 2}, {"statements": 3}, ["get: statements 2 -> 3 (+50.0%)"]),
        ({"blocks": 10}, {"blocks": 30}, []),
        ({"statements": 0}, {"statements": 1}, ["get: statements 0 -> 1 (from nothing)"]),
        ({}, {"calls": 1}, ["get: calls 1 are not in figures.json yet"]),
    ],
)
def test_what_is_worse(old: dict[str, int], new: dict[str, int], named: list[str]) -> None:
    """More than five percent; allocations have a little room; what was not counted before is told."""
    assert worse({"get": old}, {"get": new}) == named


def test_what_is_better() -> None:
    """The same share downwards."""
    assert better({"get": {"calls": 100}}, {"get": {"calls": 96}}) == []
    assert better({"get": {"calls": 100}}, {"get": {"calls": 50}}) == ["get: calls 100 -> 50 (-50.0%)"]


def test_accepting_keeps_the_figures(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command judges against what was accepted, and says what to do with what has become better."""
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    assert main(["get_present", "--accept"]) == 0
    assert main(["get_present"]) == 0
    assert "1 operations cost what they did" in capsys.readouterr().out
    figures.accept(PYTHON, {"get_present": {**kept()[PYTHON]["get_present"], "calls": 1}})
    assert main(["get_present"]) == 1
    assert "worse:\n  get_present: calls 1 -> " in capsys.readouterr().out
    figures.accept(PYTHON, {"get_present": {**kept()[PYTHON]["get_present"], "calls": 100_000}})
    assert main(["get_present"]) == 0
    assert "better; --accept keeps it:\n  get_present: calls " in capsys.readouterr().out


def test_the_flows_take_fewer_calls_than_sqlalchemys() -> None:
    """One flush of a changed attribute and one query of an object, on both."""
    pytest.importorskip("sqlalchemy")
    own, other = count_flows("holdfast"), count_flows("sqlalchemy")
    for name, flow in own.items():
        assert flow.functions < other[name].functions and flow.calls < other[name].calls
