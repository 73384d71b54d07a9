"""`python -m bench` measures, prints, draws and publishes; the figures themselves are for people."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import growth, markdown, plots
from bench.__main__ import main
from bench.harness import Figures
from bench.rows import ROWS
from bench.settings import Setting
from bench.table import cell, reasons, standing, summary, verdict

SMALL = ["--smaller", "500", "--rounds", "1", "--contenders", "raw,holdfast,pony"]
PAGE = "before\n\n<!-- bench: sqlite -->\nfigures of yesterday\n<!-- end of sqlite -->\n\nafter\n"


def test_rows_are_printed_and_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line per row with the verdict; the page has the table in the place of the old one, with its conditions."""
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert main(["update_bulk", *SMALL, "--publish", str(page)]) == 0
    printed = capsys.readouterr().out
    assert "bulk UPDATE, no synchronisation" in printed
    assert "pony: has no UPDATE by criteria" in printed or find_spec("pony") is None
    text = page.read_text()
    assert text.startswith("before\n\n<!-- bench: sqlite -->\n\n`python -m bench update_bulk")
    assert text.endswith("<!-- end of sqlite -->\n\nafter\n")
    assert "| bulk UPDATE, no synchronisation |" in text and "yesterday" not in text


def test_growth_is_drawn(tmp_path: Path) -> None:
    """A point is measured by a fresh process; curves are drawn as SVG and PNG, and written as a table."""
    if find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: pip install -e '.[bench]'")
    [measured, *_] = growth.measure(["holdfast"], [20], Setting())
    assert (measured.operation, measured.contender, measured.objects, measured.absent) == (
        "insert",
        "holdfast",
        20,
        None,
    )
    points = [measured, replace(measured, objects=40), replace(measured, contender="pony", absent="not here")]
    plots.growth(points, "Growth", tmp_path / "growth")
    assert {path.name for path in tmp_path.iterdir()} == {"growth.svg", "growth.png"}
    assert markdown.growth(points).splitlines()[0] == "| operation | objects | holdfast | pony |"
    assert "| - |" in markdown.growth(points).splitlines()[2]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--list", "async_*"], 0, "async_load           async load 10,000 objects of 4 columns\n"),
        (["no such row"], 2, "no row matches 'no such row'"),
    ],
)
def test_choosing(arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows are chosen by words and patterns."""
    assert main(arguments) == status
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


def test_a_wrong_contender_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message lists the right ones."""
    with pytest.raises(SystemExit):
        main(["--contenders", "raw,nobody"])
    assert "no contender nobody; there are raw, holdfast," in capsys.readouterr().err


def test_what_the_table_says() -> None:
    """Verdicts against the target on SQLite, and beside the best other contender on servers."""
    load = next(row for row in ROWS if row.key == "load_narrow")
    reached = Figures(load, {"holdfast": 1.6, "sqlalchemy": 10.0, "peewee": 4.6})
    over = Figures(load, {"holdfast": 5.0, "peewee": 4.6}, absent={"pony": "not here"}, failed={"django": "broke"})
    assert [verdict(reached), verdict(over), verdict(Figures(load))] == ["reached", "OVER", "-"]
    assert [standing(reached), standing(over)] == ["ahead", "within 10 % behind peewee"]
    assert [cell(over, name) for name in ("holdfast", "pony", "django")] == ["5.00", "-", "FAILED"]
    assert reasons([over]) == [f"pony: not here ({load.name})", f"django: broke ({load.name})"]
    assert summary([reached, over], Setting()) == (
        "holdfast: 1 rows reached, 0 within 1.5 times, 1 over, 0 not measured; "
        "geometric mean as a multiple of holdfast's: peewee 1.63 over 2, sqlalchemy 6.25 over 1"
    )
