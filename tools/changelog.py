"""Collects the fragments of docs/changelog.d into one page: what changed, version by version, in users' words.

A fragment is `<issue>.<kind>.md`, where kind is one of `KINDS`. Those of the next version lie in the folder itself;
when a version is released, they move into a folder that has its number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KINDS = {"feature": "New", "change": "Changed", "fix": "Mended", "removal": "Removed"}
NAME = re.compile(r"(?P<issue>\d+)\.(?P<kind>[a-z]+)\.md")
INTRODUCTION = "# Changelog\n\nWhat changed for those who use Holdfast. Numbers are those of the project's issues.\n"


class BadFragment(Exception):
    """A file in docs/changelog.d that is no fragment; the message says what its name or text should be."""


@dataclass(frozen=True, order=True)
class Fragment:
    """One change: the issue that asked for it, its kind, and the words for users."""

    issue: int
    kind: str
    words: str


def read_fragments(folder: Path) -> list[Fragment]:
    """Read the fragments that lie in `folder` itself.

    Returns: fragments by issue number.
    Raises: BadFragment: a file has another name or is empty.
    """
    fragments = []
    for path in sorted(folder.glob("*")):
        if path.is_dir():
            continue
        name = NAME.fullmatch(path.name)
        if name is None or name["kind"] not in KINDS:
            raise BadFragment(f"{path}: the name must be <issue>.<kind>.md, kind one of {', '.join(KINDS)}")
        words = path.read_text().strip()
        if not words:
            raise BadFragment(f"{path}: empty; write one or two sentences for users")
        fragments.append(Fragment(int(name["issue"]), name["kind"], words))
    return sorted(fragments)


def changelog_page(folder: Path) -> str:
    """The whole page as Markdown: the next version first, then released ones, newest first."""
    sections = [INTRODUCTION]
    coming = read_fragments(folder)
    if coming:
        sections.append(_section("Not yet released", coming))
    for version in sorted((path for path in folder.glob("*") if path.is_dir()), key=_version, reverse=True):
        sections.append(_section(version.name, read_fragments(version)))
    return "\n".join(sections)


def _version(folder: Path) -> list[int]:
    """`0.10.2` -> [0, 10, 2], so that 0.10 follows 0.9."""
    return [int(part) for part in re.findall(r"\d+", folder.name)]


def _section(title: str, fragments: Iterable[Fragment]) -> str:
    """One version: its changes under the headings of their kinds, in the order of `KINDS`."""
    lines = [f"## {title}", ""]
    for kind, heading in KINDS.items():
        of_kind = [fragment for fragment in fragments if fragment.kind == kind]
        if of_kind:
            lines += [f"### {heading}", "", *(_item(fragment) for fragment in of_kind), ""]
    return "\n".join(lines)


def _item(fragment: Fragment) -> str:
    """A list item; further paragraphs and lists of the fragment are indented below it."""
    first, *others = fragment.words.split("\n")
    return "\n".join([f"- {first}", *(f"    {line}" if line else "" for line in others), f"    (#{fragment.issue})"])
