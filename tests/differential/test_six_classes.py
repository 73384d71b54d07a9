"""Random graphs of six classes: the same values, states, errors, rows, and the same statements.

Statements of tables that do not depend on each other may stand in another order: SQLAlchemy's depends on how its sort
came to the table, and no row does.
"""

import random

import pytest

from tests.differential.comparison import comes_out_otherwise, difference
from tests.differential.harness import ORACLE, run
from tests.differential.log import Log
from tests.differential.six_classes import EDITS, FIRM, NAMES, Step, world_program


def steps_of(seed: int) -> list[Step]:
    """One object of each class at least, then edits."""
    dice = random.Random(seed)
    making = [Step("make", kind, dice.randrange(9), 0) for kind in range(len(NAMES))]
    making += [Step("make", dice.randrange(len(NAMES)), dice.randrange(9), 0) for _ in range(dice.randrange(2, 8))]
    editing = [
        Step(dice.choice(EDITS), dice.randrange(12), dice.randrange(5), dice.randrange(5))
        for _ in range(dice.randrange(3, 20))
    ]
    return making + editing


def statements(log: Log) -> list[tuple[str, ...]]:
    """Return what was sent, sorted."""
    return sorted(entry for entry in log.entries if entry[0].startswith("SQL"))


@pytest.mark.parametrize("seed", range(60))
def test_same_account(seed: int, candidate: str) -> None:
    program = world_program(FIRM, steps_of(seed))
    oracle, ours = run(ORACLE, program), run(candidate, program)

    def agrees(other: Log) -> bool:
        return not difference(other, ours, with_sql=False) and statements(ours) == statements(other)

    if not agrees(oracle) and not comes_out_otherwise(lambda: run(ORACLE, program), agrees):
        pytest.fail(f"the accounts differ:\n{difference(oracle, ours)}", pytrace=False)
