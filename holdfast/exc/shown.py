"""How messages and logs show what came from outside: text that can not act on a terminal, objects without their own repr."""

from __future__ import annotations

import re

# Control characters but for tab and new line, what turns the direction of writing, other ends of lines, half characters.
_ACTING = "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
_BREAKING = f"[\t\n]|{_ACTING}"


def shown(text: str) -> str:
    """Return a text of one or more lines with characters that act on a terminal written as escapes: ``\\x1b``."""
    return text if text.isprintable() else re.sub(_ACTING, _escaped, text)


def on_one_line(name: object) -> str:
    """Return a name, or the text of anything, with ends of lines written as escapes too."""
    text = str(name)
    return text if text.isprintable() else re.sub(_BREAKING, _escaped, text)


def shown_object(instance: object) -> str:
    """Return ``<User at 0x7f...>``: its own repr may need values that are not there, which is what the message is about."""
    return f"<{type(instance).__name__} at {id(instance):#x}>"


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
