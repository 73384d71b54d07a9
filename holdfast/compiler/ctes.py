"""Writes WITH: each common table expression before what uses it, once at the top of the statement or where it nests.

One that nests is written at each level that reads it: what stands beside a subquery can not see into it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.compiler.slots import BindSlot
from holdfast.compiler.sources import SourceCompiler


class WrittenCTE(NamedTuple):
    """One common table expression as text, with the placeholders in it."""

    text: str
    slots: list[BindSlot]
    recursive: bool


class Level:
    """A place where WITH may stand.

    Attributes:
        written: what WITH is followed by.
        known: the identities of these expressions.
    """

    def __init__(self) -> None:
        self.written: list[WrittenCTE] = []
        self.known: set[int] = set()


class CTECompiler(SourceCompiler):
    """Writes statements with their common table expressions."""

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        # The whole statement, and each one inside.
        self._levels: list[Level] = []
        # Expressions that are being written: what they read from themselves is their name.
        self._begun: list[int] = []
        self._in_cte = 0

    def with_ctes(self, statement: Any, write: Any) -> str:
        """Return a statement's text with the WITH that belongs to its level.

        Args:
            statement: its own expressions are written too, whether it reads them or not.
            write: () -> the text without it.
        """
        outer, self.slots = self.slots, []
        self._levels.append(Level())
        try:
            self.add_ctes(statement)
            text = write()
        finally:
            written = self._levels.pop().written
            own, self.slots = self.slots, outer
        if not written:
            self.slots.extend(own)
            return str(text)
        for cte in written:
            self.slots.extend(cte.slots)
        self.slots.extend(own)
        recursive = "RECURSIVE " if any(cte.recursive for cte in written) else ""
        listed = ", \n".join(cte.text for cte in written)
        return f"WITH {recursive}{listed}\n {text}"

    def add_ctes(self, statement: Any) -> None:
        """Write what `add_cte` has put beside a statement, at the level at hand."""
        for cte in getattr(statement, "_independent_ctes", ()):
            self.visit_cte(cte, as_from=True)

    def visit_cte(self, cte: Any, as_from: bool = False, **context: Any) -> str:
        name, identity = self.quote(self.names.of_from(cte.origin)), id(cte.origin)
        if as_from and identity not in self._begun:
            level = self._levels[-1 if cte.nesting else 0]
            if not any(identity in place.known for place in ([level] if cte.nesting else self._levels)):
                level.known.add(identity)
                self._begun.append(identity)
                level.written.append(self._write_cte(cte, name))
                self._begun.pop()
        return name

    def _write_cte(self, cte: Any, name: str) -> WrittenCTE:
        outer, self.slots = self.slots, []
        around, self._around = self._around, []
        self._in_cte += 1
        try:
            before = "".join(f" {word}" for word in self.words(cte.prefixes))
            body = self._body(cte.element)
            after = "".join(f" {word}" for word in self.words(cte.suffixes)) + " " * bool(cte.suffixes)
        finally:
            own, self.slots, self._around = self.slots, outer, around
            self._in_cte -= 1
        columns = ""
        if cte.recursive or cte.element.visit_name == "values":
            columns = "(" + ", ".join(self.quote(shown) for _, shown, _ in cte.element._exported()) + ")"
        return WrittenCTE(f"{name}{columns} AS{before} \n({body}){after}", own, cte.recursive)

    def _body(self, element: Any) -> str:
        def write() -> str:
            return self.process(element, within_from=True, alone=True)

        # A SELECT sees to its WITH itself, wherever it stands; what changes rows stands nowhere else inside.
        return self.with_ctes(element, write) if getattr(element, "is_dml", False) else write()
