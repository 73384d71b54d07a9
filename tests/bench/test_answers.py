"""The contenders of `bench/` do the same work: their answers are equal. Nothing is timed here."""

import os
from importlib.util import find_spec

import pytest

from bench.harness import compare
from bench.operation import Timed
from bench.operations import OPERATIONS

TIMED = [operation for operation in OPERATIONS if isinstance(operation, Timed)]


@pytest.mark.parametrize("library", [os.environ.get("DIFFERENTIAL_CANDIDATE", "holdfast")])
@pytest.mark.parametrize("operation", TIMED, ids=lambda operation: operation.name)
def test_same_answer_as_the_bare_driver(operation: Timed, library: str) -> None:
    """A library may only be measured against raw when both come to the same result."""
    missing = [module for module in operation.needs if find_spec(module) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    compare(operation, [library])
