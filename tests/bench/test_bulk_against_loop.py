"""The table of bulk against loop is printed, with "-" for who does not offer a row."""

import re

import pytest

from bench import bulk_against_loop


def test_it_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Its figures are for people: the test asks for none."""
    bulk_against_loop.main(["--sizes", "5", "--contenders", "raw,holdfast,pony", "--rounds", "1"])
    heading, rule, line = capsys.readouterr().out.splitlines()
    assert (heading, rule) == ("| rows | raw | holdfast | pony |", "|---|---|---|---|")
    figures = r"\d+\.\d / \d+\.\d\d \(\d+ x\)"
    assert re.fullmatch(rf"\| 5 \| {figures} \| {figures} \| - \|", line)
