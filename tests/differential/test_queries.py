"""Short Query programs come to the same on both libraries: text, rows, statements sent, errors, warnings."""

import pytest

from tests.differential.comparison import comes_out_otherwise, difference
from tests.differential.harness import ORACLE
from tests.differential.queries import CASES
from tests.differential.queries.world import account


@pytest.mark.parametrize("case", CASES)
def test_same_account(case: str, candidate: str) -> None:
    """Values, text, statements, the words of errors and warnings must be the same."""
    ours = account(candidate, CASES[case])
    differing = difference(account(ORACLE, CASES[case]), ours)
    if differing and not comes_out_otherwise(
        lambda: account(ORACLE, CASES[case]), lambda other: not difference(other, ours)
    ):
        pytest.fail(f"{case} differs:\n{differing}", pytrace=False)
