"""Writes WITH: each common table expression once, before what uses it, at the top of the statement or where it nests."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.compiler.slots import BindSlot
from holdfast.compiler.sources import SourceCompiler


class WrittenCTE(NamedTuple):
    """One common table expression as text, with the placeholders in it."""

    text: str
    slots: list[BindSlot]
    recursive: bool


class CTECompiler(SourceCompiler):
    """Writes statements with their common table expressions."""

    def __init__(self, dialect: Any, statement: Any, literal_binds: bool = False) -> None:
        super().__init__(dialect, statement, literal_binds)
        # One list per level at which WITH may stand: the whole statement, and each SELECT inside.
        self._levels: list[list[WrittenCTE]] = []
        self._written: set[int] = set()
        self._in_cte = 0

    def with_ctes(self, statement: Any, write: Any) -> str:
        """Return a statement's text with the WITH that belongs to its level.

        Args:
            write: () -> the text without it.
        """
        outer, self.slots = self.slots, []
        self._levels.append([])
        try:
            for cte in getattr(statement, "_independent_ctes", ()):
                self.visit_cte(cte, as_from=True)
            text = write()
        finally:
            written = self._levels.pop()
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

    def visit_cte(self, cte: Any, as_from: bool = False, **context: Any) -> str:
        name = self.quote(self.names.of_from(cte.origin))
        if as_from and id(cte.origin) not in self._written:
            # Noted before it is written: what it reads from itself is its name.
            self._written.add(id(cte.origin))
            level = self._levels[-1 if cte.nesting else 0]
            level.append(self._write_cte(cte, name))
        return name

    def _write_cte(self, cte: Any, name: str) -> WrittenCTE:
        outer, self.slots = self.slots, []
        around, self._around = self._around, []
        self._in_cte += 1
        try:
            before = "".join(f" {word}" for word in self.words(cte.prefixes))
            body = self.process(cte.element, within_from=True, alone=True)
            after = "".join(f" {word}" for word in self.words(cte.suffixes)) + " " * bool(cte.suffixes)
        finally:
            own, self.slots, self._around = self.slots, outer, around
            self._in_cte -= 1
        columns = ""
        if cte.recursive or cte.element.visit_name == "values":
            columns = "(" + ", ".join(self.quote(shown) for _, shown, _ in cte.element._exported()) + ")"
        return WrittenCTE(f"{name}{columns} AS{before} \n({body}){after}", own, cte.recursive)
