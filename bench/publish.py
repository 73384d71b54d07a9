"""Puts measured tables into a page: what stands between the marks of a section is replaced, the rest stays.

A section is `<!-- bench: NAME -->` ... `<!-- end of NAME -->`; its tables come with the command, the versions, the date and the machine.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path


class SectionMissing(Exception):
    """The page has no marks for a section; the message names them."""


def publish(page: Path, section: str, parts: Sequence[str]) -> None:
    """Replace a section of a page.

    Args:
        parts: its paragraphs and tables.
    Raises:
        SectionMissing: the marks are not there.
    """
    text = page.read_text()
    start, end = f"<!-- bench: {section} -->", f"<!-- end of {section} -->"
    marked = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not marked.search(text):
        raise SectionMissing(f"{page} has no section for these figures: write {start} and {end} where they belong")
    body = "\n\n".join([start, *parts, end])
    page.write_text(marked.sub(lambda _: body, text, count=1))


def circumstances(command: str) -> str:
    """Say by which command, when and on what machine figures were made."""
    load = f", load of the machine {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    today = datetime.datetime.now(datetime.UTC).date()
    return f"`{command}`, {today}, {_processor()}, {os.cpu_count()} processors{load}."


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        named = re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.MULTILINE)
        if named:
            return named[1]
    return platform.processor() or platform.machine()
