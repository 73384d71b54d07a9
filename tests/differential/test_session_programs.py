"""Random programs of a session: the same errors, states, values in memory, events and statements, step by step, and rows.

`HOLDFAST_TEST_PROGRAMS` says how many, `HOLDFAST_TEST_FIRST_PROGRAM` from which seed on; one that differs is shown without the
steps that it can do without.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.differential.comparison import comes_out_otherwise
from tests.differential.harness import ORACLE
from tests.differential.session_compare import account, difference_of
from tests.differential.session_found import FOUND
from tests.differential.session_play import EDITS, Step
from tests.differential.session_programs import play
from tests.differential.session_world import KINDS, SIDES

PROGRAMS = int(os.environ.get("HOLDFAST_TEST_PROGRAMS", "100000" if os.environ.get("HOLDFAST_TEST_SOAK") else "2000"))
FIRST = int(os.environ.get("HOLDFAST_TEST_FIRST_PROGRAM", "0"))
PER_TEST = 100


def steps_of(seed: int) -> list[Step]:
    """Return a program: some objects are made first, so that the edits have something to pick from."""
    dice = random.Random(seed)
    making = [Step("make", dice.randrange(len(KINDS)), dice.randrange(5), 0) for _ in range(dice.randrange(2, 8))]
    editing = [
        Step(dice.choice(EDITS), dice.randrange(len(SIDES)), dice.randrange(8), dice.randrange(8))
        for _ in range(dice.randrange(3, 20))
    ]
    return making + editing


@pytest.mark.parametrize("first", range(FIRST, FIRST + PROGRAMS, PER_TEST))
def test_same_account(first: int, candidate: str) -> None:
    """A hundred programs at a time."""
    for seed in range(first, min(first + PER_TEST, FIRST + PROGRAMS)):
        steps = steps_of(seed)
        if differs(steps, candidate):
            shortest = shortened(steps, candidate)
            shown = "\n".join(map(str, shortest))
            pytest.fail(f"program {seed} differs:\n{shown}\n{differs(shortest, candidate)}", pytrace=False)


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str, candidate: str) -> None:
    """Programs that differed once, as short as they go; each still comes to what it is about."""
    found = FOUND[name]
    assert not differs(found.steps, candidate)
    told = "\n".join(play(candidate, found.steps).lines)
    assert found.shown in told
    assert "RecursionError" not in told


def differs(steps: list[Step], candidate: str) -> str:
    """Return in what the accounts differ; nothing where the oracle does not say the same each time, as it walks through sets."""
    oracle = play(ORACLE, steps)
    differing = difference_of(oracle, play(candidate, steps))
    if differing and comes_out_otherwise(lambda: play(ORACLE, steps), lambda other: account(other) != account(oracle)):
        return ""
    return differing


def shortened(steps: list[Step], candidate: str) -> list[Step]:
    """Return a part of a program that still differs, and no longer does without any one of its steps."""
    whole: list[Step] = []
    while steps != whole:
        whole = steps
        for place in reversed(range(len(whole))):
            part = steps[:place] + steps[place + 1 :]
            if differs(part, candidate):
                steps = part
    return steps
