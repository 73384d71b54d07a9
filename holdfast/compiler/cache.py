"""Keeps compiled statements: structure -> text, one look-up."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from holdfast._util.collections import BoundedMemory
from holdfast.compiler.compiled import Compiled
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.statements import compile_statement


class CompiledCache:
    """The compiled statements of one engine.

    Args:
        size: statements kept at most.
        lints: warn of FROM elements that nothing joins, when a statement is compiled.
    """

    def __init__(self, size: int = 500, lints: bool = False) -> None:
        self._lints = lints
        self._memory: BoundedMemory[Any, Compiled] = BoundedMemory(max(size, 1))

    def compiled(
        self,
        statement: Any,
        dialect: Any,
        column_keys: tuple[str, ...] | None = None,
        fetches: Fetches = Fetches.NOTHING,
    ) -> Compiled:
        """Return the compiled form of a statement.

        Args:
            column_keys: columns whose values come with the execution, for INSERT and UPDATE.
            fetches: what an INSERT tells without having been asked.
        """
        key = (statement._key, column_keys, fetches)
        found = self._memory.get(key)
        if found is None:
            start = perf_counter()
            found = compile_statement(statement, dialect, column_keys, fetches=fetches, lints=self._lints)
            end = perf_counter()
            found.made = (end, end - start)
            self._memory[key] = found
        return found

    def __len__(self) -> int:
        return len(self._memory)
