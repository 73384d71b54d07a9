"""The page of errors knows every exception that Holdfast defines, and no other."""

import ast
import re
from pathlib import Path

from tests.docs.pages import REPOSITORY

SOURCES = (*(REPOSITORY / "holdfast" / "exc").glob("*.py"), REPOSITORY / "holdfast" / "orm" / "exc.py")
PAGE = REPOSITORY / "docs" / "errors.md"


def defined(source: Path) -> set[str]:
    """Public classes of a file of exceptions."""
    classes = [node.name for node in ast.parse(source.read_text()).body if isinstance(node, ast.ClassDef)]
    return {name for name in classes if not name.startswith("_")}


def named_in_tables(page: str) -> set[str]:
    """The names in the first cells of the page's tables."""
    first_cells = re.findall(r"^\| (`[^|]*) \|", page, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", " ".join(first_cells)))


def test_the_page_names_every_exception() -> None:
    """Who meets an error finds it; the base classes that are only caught are told in the text."""
    page = PAGE.read_text()
    classes = set().union(*map(defined, SOURCES))
    assert {name for name in classes if f"`{name}`" not in page} == set()
    assert named_in_tables(page) - classes == set()
