"""What the pages point at is there: paths in the text, links, and the site's map."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, documentation_pages

FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
TOP_FOLDERS = ("holdfast/", "tests/", "docs/", "bench/", "examples/", "tools/", ".ci/")
TOP_FILES = frozenset({"Makefile", "pyproject.toml", "zensical.toml", "README.md", "LICENSE"})
MADE_BY_COMMANDS = ("docs/changelog.md", "changelog.md")
PAGES = {str(page.relative_to(REPOSITORY)): page for page in documentation_pages()}


def named_paths(text: str) -> Iterator[str]:
    """Paths of the repository in a page's code spans; ones with a part to fill in (`<issue>`, `NNNN`) are forms."""
    for span in CODE_SPAN.findall(FENCED.sub("", text)):
        is_path = span.startswith(TOP_FOLDERS) or span in TOP_FILES
        if is_path and not re.search(r"[<>\s{}]|NNNN", span):
            yield span


def exists(path: str) -> bool:
    """True if the path, or anything for one with a star, is in the repository."""
    return path in MADE_BY_COMMANDS or any(REPOSITORY.glob(path.rstrip("/")))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_paths_in_the_text_exist(page: Path) -> None:
    """A reader who follows a path finds the file."""
    assert [path for path in named_paths(page.read_text()) if not exists(path)] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    """Links between pages work in the repository too, not only on the site."""
    targets = [target for target in LINK.findall(FENCED.sub("", page.read_text())) if "://" not in target]
    dead = [target for target in targets if target not in MADE_BY_COMMANDS and not (page.parent / target).exists()]
    assert dead == []


def test_every_page_is_on_the_map() -> None:
    """A page that the navigation does not name is never found: add it to `nav` in zensical.toml."""
    project = tomllib.loads((REPOSITORY / "zensical.toml").read_text())["project"]
    docs = REPOSITORY / "docs"
    written = {str(page.relative_to(docs)) for page in docs.rglob("*.md") if "changelog.d" not in page.parts}
    assert written | {"changelog.md"} == set(pages_in(project["nav"]))


def pages_in(entry: object) -> Iterator[str]:
    """The pages that a navigation entry names, at any depth."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for value in entry.values():
            yield from pages_in(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from pages_in(value)


def test_the_reader_of_paths() -> None:
    """It sees paths in code spans, and neither forms, nor commands, nor blocks."""
    text = "`holdfast/orm/` `docs/<x>.md` `docs/decisions/NNNN-title.md` `make test` `Makefile`\n```\n`tests/no`\n```\n"
    assert list(named_paths(text)) == ["holdfast/orm/", "Makefile"]
    assert not exists("holdfast/nothing_such.py")
    assert exists("tests/*/test_paths.py")
