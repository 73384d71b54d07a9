"""Random mappings under random edits: the same values, states, errors, rows, and the same statements in the same order.

Statements of tables that do not depend on each other may stand in another order: SQLAlchemy's depends on how its sort
came to the table. Those of one table, and those of two tables of which one refers to the other, may not.
"""

import random
import re

import pytest

from tests.differential.comparison import comes_out_otherwise, difference
from tests.differential.harness import ORACLE, run
from tests.differential.log import Log
from tests.differential.random_worlds import ties_of, world_of
from tests.differential.registry import Program
from tests.differential.six_classes import EDITS, Step, world_program

MEANT = {
    162: "an object that is deleted gets no new key before",
    266: "an object that is deleted gets no new key before, so that the rows of all go in one batch",
    281: "a new object that comes from one parent to another one stays in the session",
    284: "an object that is deleted gets no new key before, so that the rows of all go in one batch",
    290: "an object that is deleted gets no new key before",
    299: "an expired object whose key is known is not loaded for a row of a secondary table, so that it is read later",
}
"""Sequences whose accounts differ, and why."""

_TABLE = re.compile(r"SQL  (?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


def steps_of(seed: int, classes: int) -> list[Step]:
    """Some objects, then edits."""
    dice = random.Random(1000 + seed)
    making = [Step("make", dice.randrange(classes), dice.randrange(9), 0) for _ in range(classes + dice.randrange(5))]
    editing = [
        Step(dice.choice(EDITS), dice.randrange(12), dice.randrange(5), dice.randrange(5))
        for _ in range(dice.randrange(5, 25))
    ]
    return making + editing


def sent(log: Log, tables: set[str]) -> list[tuple[str, ...]]:
    """Return what was sent to some tables, and the ends of transactions, in their order."""
    found = []
    for entry in log.entries:
        table = _TABLE.match(entry[0])
        if entry[0].startswith("SQL") and (table is None or table.group(1) in tables):
            found.append(entry)
    return found


def is_settled(seed: int) -> bool:
    """Whether the oracle says the same each time: where two parents ask for one child, it walks through sets."""
    program = program_of(seed)
    first = run(ORACLE, program).lines
    return not comes_out_otherwise(lambda: run(ORACLE, program), lambda other: other.lines != first)


def program_of(seed: int) -> Program:
    return world_program(world_of(seed), steps_of(seed, len(ties_of(seed)[0])))


@pytest.mark.parametrize("seed", [seed for seed in range(300) if seed not in MEANT])
def test_same_account(seed: int, candidate: str) -> None:
    differing = differs(seed, candidate)
    if differing and is_settled(seed):
        pytest.fail(f"the accounts differ:\n{ties_of(seed)}\n{differing}", pytrace=False)


def differs(seed: int, candidate: str) -> str:
    """Return in what the accounts differ."""
    names, ties = ties_of(seed)
    program = program_of(seed)
    oracle, ours = run(ORACLE, program), run(candidate, program)
    assert oracle.trace is None
    differing = difference(oracle, ours, with_sql=False)
    if differing:
        return differing
    together = [{name.lower()} for name in names]
    for number, tie in enumerate(ties):
        near, far = {tie.near.lower()}, {tie.far.lower()}
        between = {f"links{number}"} if tie.kind.startswith("many to many") else set()
        together += [near | between, far | between] if between else [near | far]
    for tables in together:
        if sent(ours, tables) != sent(oracle, tables):
            return difference(oracle, ours)
    return ""
