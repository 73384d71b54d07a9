"""The changelog page: fragments by kind and issue, versions newest first, bad names told at once."""

from pathlib import Path

import pytest

from tools.changelog import BadFragment, changelog_page


def write(folder: Path, files: dict[str, str]) -> None:
    """Put fragments into `folder`."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def test_the_page(tmp_path: Path) -> None:
    """Kinds in their order, issues in theirs, versions by number and not by letter."""
    fragments = {
        "12.fix.md": "Second fix.\n\nMore about it.\n",
        "3.fix.md": "First fix.\n",
        "7.feature.md": "A feature.",
        "0.9.0/1.change.md": "Older.",
        "0.10.0/2.removal.md": "Old.",
    }
    write(tmp_path, fragments)
    expected = """\
## Not yet released

### New

- A feature.
    (#7)

### Mended

- First fix.
    (#3)
- Second fix.

    More about it.
    (#12)

## 0.10.0

### Removed

- Old.
    (#2)

## 0.9.0

### Changed

- Older.
    (#1)
"""
    assert changelog_page(tmp_path).split("\n\n", 2)[2] == expected


@pytest.mark.parametrize("name", ["feature.md", "2.feature.txt", "2.wonder.md", "two.fix.md"])
def test_a_bad_name_is_told(name: str, tmp_path: Path) -> None:
    """A fragment that nobody would see is an error."""
    write(tmp_path, {name: "Words."})
    with pytest.raises(
        BadFragment, match=r"the name must be <issue>\.<kind>\.md, kind one of feature, change, fix, removal"
    ):
        changelog_page(tmp_path)


def test_an_empty_fragment_is_told(tmp_path: Path) -> None:
    """A fragment has words."""
    write(tmp_path, {"2.fix.md": "\n"})
    with pytest.raises(BadFragment, match="empty"):
        changelog_page(tmp_path)
