"""Every program comes to the same account on SQLAlchemy and on Holdfast."""

import pytest

from tests.differential.comparison import comes_out_otherwise, difference
from tests.differential.harness import ORACLE, run
from tests.differential.programs import PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_account(name: str, candidate: str) -> None:
    """Values, states, exceptions, rows and SQL text in the order sent must be the same."""
    oracle = run(ORACLE, PROGRAMS[name])
    assert oracle.trace is None, f"the program is wrong, it breaks on the oracle:\n{oracle.trace}"
    ours = run(candidate, PROGRAMS[name])
    differing = difference(oracle, ours)
    if differing and not comes_out_otherwise(
        lambda: run(ORACLE, PROGRAMS[name]), lambda other: not difference(other, ours)
    ):
        pytest.fail(f"{name} differs:\n{differing}", pytrace=False)
