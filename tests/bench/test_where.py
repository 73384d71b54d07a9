"""Work is attributed to the rooms of the house; the figures are for people, and in the documentation."""

from pathlib import Path

from bench.contenders.mapped import Mapped
from bench.rows import BY_KEY, ROWS
from bench.where import PROGRAM, UNITS, account, main


def test_a_row_is_counted_by_rooms(tmp_path: Path) -> None:
    """A write to a loaded object is generated code and the program that writes; the page has the table."""
    found = account(Mapped, "holdfast", BY_KEY["write_attributes"])
    assert set(found.rooms) == {"generated code", PROGRAM}
    page = tmp_path / "page.md"
    page.write_text("<!-- bench: where -->\n<!-- end of where -->\n")
    assert main(["get_present", "--publish", str(page)]) == 0
    assert "| get of an object present | 200 |" in page.read_text()


def test_every_called_row_has_its_units() -> None:
    """Rows under asyncio have another program under them, whose threads are not followed."""
    assert set(UNITS) == {row.key for row in ROWS if not row.is_async}
