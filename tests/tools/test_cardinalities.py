"""The pictures of relationships are what the script draws, and can be read in light and dark."""

import xml.etree.ElementTree as ElementTree

import pytest

from tools.cardinalities import IMAGES, files, pictures


@pytest.mark.parametrize("name", pictures())
def test_a_picture_is_as_drawn(name: str) -> None:
    """Whoever changes the script draws anew: python -m tools.cardinalities."""
    path = IMAGES / f"relationship-{name}.svg"
    assert files()[path] == path.read_text()


@pytest.mark.parametrize("path", [*sorted(IMAGES.glob("relationship-*.svg")), IMAGES / "loading-choice.svg"])
def test_a_picture_can_be_read(path: object) -> None:
    """It is well-formed, says what it shows to who can not see it, and has colours for dark pages."""
    text = path.read_text()  # type: ignore[attr-defined]
    root = ElementTree.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert "prefers-color-scheme: dark" in text


def test_every_picture_stands_on_a_page() -> None:
    """No picture is left over, and none is missing."""
    page = (IMAGES.parent / "how-to" / "relationships.md").read_text()
    shown = {name for name in pictures() if f"(../images/relationship-{name}.svg)" in page}
    assert set(pictures()) == shown
    assert page.count("(../images/relationship-") == len(shown)
