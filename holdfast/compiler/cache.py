"""Keeps compiled statements: structure -> text, one look-up."""

from __future__ import annotations

from time import perf_counter
from typing import Any, TypeAlias

from holdfast._util.collections import BoundedMemory
from holdfast.compiler.compiled import Compiled
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.statements import compile_statement
from holdfast.sql.node import Key

CacheKey: TypeAlias = tuple[Key, tuple[str, ...] | None, Fetches]
"""A statement's structure; the columns whose values come with the execution, for INSERT and UPDATE; what an INSERT tells
without having been asked."""


class CompiledCache:
    """The compiled statements of one engine.

    Args:
        size: statements kept at most.
        lints: warn of FROM elements that nothing joins, when a statement is compiled.

    Attributes:
        kept: the compiled forms.
    """

    def __init__(self, size: int = 500, lints: bool = False) -> None:
        self._lints = lints
        self.kept: BoundedMemory[CacheKey, Compiled] = BoundedMemory(max(size, 1))

    def compile(self, key: CacheKey, statement: Any, dialect: Any) -> Compiled:
        """Return the compiled form of a statement that is not in `kept`, and keep it."""
        _, column_keys, fetches = key
        start = perf_counter()
        made = compile_statement(statement, dialect, column_keys, fetches=fetches, lints=self._lints)
        end = perf_counter()
        made.made = (end, end - start)
        self.kept[key] = made
        return made

    def __len__(self) -> int:
        return len(self.kept)
