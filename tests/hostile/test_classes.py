"""Each of the 16 classes has its tests, and the document tells of each."""

import importlib
from pathlib import Path

import pytest

from tests.hostile.classes import CLASSES, InputClass

PAGE = Path(__file__).parents[2] / "docs/explanation/reliability.md"


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.name)
def test_a_class_is_tried_and_told_of(each: InputClass) -> None:
    """Its tests are there under their names; the document has its row, with the published case."""
    module = importlib.import_module(f"tests.hostile.{each.module}")
    assert each.tests and all(callable(getattr(module, name)) for name in each.tests)
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| {each.name} | ")]
    assert len(rows) == 1
    assert not each.seen or each.seen in rows[0]


def test_there_are_sixteen() -> None:
    """Each once."""
    assert len({each.name for each in CLASSES}) == len(CLASSES) == 16
