"""Reads Markdown pages as programs: their Python blocks in order, with the output that the page claims.

A block marked `python` is run. Below it may stand a block marked `output`: what the program has printed since the last
one, where `...` stands for anything. A Python block that must not run has `<!-- no-run: reason -->` on the line above.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GENERATED = frozenset({"docs/changelog.md"})
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>.*)$")
NO_RUN = re.compile(r"<!-- no-run: \S.*-->")


class BadPage(Exception):
    """A page that cannot be read as a program; the message names the line and the right form."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line of its first line of text (from 1), the line above its fence."""

    language: str
    text: str
    line: int
    line_above: str


def documentation_pages() -> list[Path]:
    """Every page that people wrote, README first."""
    pages = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    return [page for page in pages if str(page.relative_to(REPOSITORY)) not in GENERATED]


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page.

    Raises: BadPage: a fence is not closed.
    """
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        opening = FENCE.match(lines[number])
        number += 1
        if opening is None:
            continue
        start, indent = number, opening["indent"]
        while number < len(lines) and lines[number].rstrip() != f"{indent}```":
            number += 1
        if number == len(lines):
            raise BadPage(f"line {start}: this block is not closed")
        body = "".join(line.removeprefix(indent) + "\n" for line in lines[start:number])
        yield Block(opening["language"].strip(), body, start + 1, lines[start - 2].strip() if start > 1 else "")
        number += 1


def program(text: str) -> list[Block]:
    """The blocks of a page that take part in its program: Python to run, and output to compare.

    Raises: BadPage: a block is marked in a form that neither the site nor this reader understands.
    """
    found = []
    for block in blocks(text):
        if block.language.startswith(("python ", "py ", "python3", "{")) or block.language == "py":
            raise BadPage(
                f"line {block.line - 1}: write ```python alone; for a block that must not run, put "
                "<!-- no-run: reason --> on the line above it"
            )
        if block.language == "output" or (block.language == "python" and not NO_RUN.fullmatch(block.line_above)):
            found.append(block)
    return found
