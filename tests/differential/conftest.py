"""Lets the programs be held against another library than Holdfast, to try the programs themselves."""

import os

import pytest

CANDIDATE = "DIFFERENTIAL_CANDIDATE"
"""Environment variable: `sqlalchemy` runs the oracle against itself and so shows that the programs are steady."""


@pytest.fixture(scope="session")
def candidate() -> str:
    """The module name of the library under test."""
    return os.environ.get(CANDIDATE, "holdfast")
