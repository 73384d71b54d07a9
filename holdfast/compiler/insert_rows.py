"""Writes the INSERT of many rows that brings rows back: in pieces, so that its row can be written many times."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.assignments import AssignmentCompiler
from holdfast.compiler.insert_batch import NUMBER, PLACE, InsertBatch, Sentinel, find_sentinel


class BatchCompiler(AssignmentCompiler):
    """Writes one row for many."""

    _batch: InsertBatch | None = None
    _in_row = False
    _row_names: frozenset[str] = frozenset()
    _marks = 0
    _shares = False

    def _behind_values(self, insert: Any) -> str:
        return self.on_conflict(insert) + self.extensions(insert, "post_values", " ", "")

    def many_rows(self, insert: Any, into: str, pairs: list[tuple[Any, Any]], key: tuple[Any, ...]) -> str:
        """Return the INSERT for one row, and note how it is written for many.

        Args:
            into: its beginning.
            pairs: columns and values; None: a parameter.
            key: columns that RETURNING brings unasked.
        """
        sentinel = None
        if insert._sorts_rows:
            sentinel = find_sentinel(insert.table, pairs, self.capabilities)
        if not pairs:
            pairs = [(column, _DEFAULT) for column in (insert.table.autoincrement_column,) if column is not None]
        if sentinel is not None and sentinel.added is not None:
            pairs = [*pairs, (sentinel.added, None)]
        if not pairs or (insert._sorts_rows and sentinel is None):
            return self._as_one(insert, into, pairs, key)
        start = len(self.slots)
        self._in_row = True
        cells = self.value_texts(insert, pairs)
        self._in_row = False
        stop = len(self.slots)
        names = frozenset(slot.name for slot in self.slots[start:stop])
        self._row_names = names
        before, row, after = self._pieces(into, pairs, cells, sentinel)
        after += self._behind_values(insert)
        after += self.returning(insert, True, key, () if sentinel is None else sentinel.columns)
        keys = frozenset() if self.capabilities.positional else frozenset(map(self.dialect.parameter_key, names))
        self._batch = InsertBatch(before, row, after, start, stop, keys, insert._sorts_rows, sentinel)
        return before + row.replace(NUMBER, "0") + after

    def _as_one(self, insert: Any, into: str, pairs: list[tuple[Any, Any]], key: tuple[Any, ...]) -> str:
        """Return the INSERT of one row, which is sent for each."""
        pairs = [(column, value) for column, value in pairs if value is not _DEFAULT]
        names = ", ".join(self._target_of(column) for column, _ in pairs)
        values = ", ".join(self.value_texts(insert, pairs))
        row = f"({names}) VALUES ({values})" if pairs else self.capabilities.empty_row
        return f"{into} {row}{self._behind_values(insert)}{self.returning(insert, True, key)}"

    def value_text(self, column: Any, value: Any) -> str:
        return self.capabilities.default_value if value is _DEFAULT else super().value_text(column, value)

    def _pieces(
        self, into: str, pairs: list[tuple[Any, Any]], cells: list[str], sentinel: Sentinel | None
    ) -> tuple[str, str, str]:
        """Return what stands before the rows, a row, what stands behind the rows."""
        into += f" ({', '.join(self._target_of(column) for column, _ in pairs)})"
        defaults = any(value is _DEFAULT for _, value in pairs)
        if sentinel is None or not sentinel.through_select or defaults:
            return f"{into} VALUES ", f"({', '.join(cells)})", ""
        # What the key is counted by stands in the SELECT: it is asked for in the order of the rows.
        moved = [column is sentinel.columns[0] for column, _ in pairs]
        selected = [
            cell if is_moved else self.dialect.row_value_text(f"p{place}", column.type)
            for place, ((column, _), cell, is_moved) in enumerate(zip(pairs, cells, moved, strict=True))
        ]
        names = [f"p{place}" for place, is_moved in enumerate(moved) if not is_moved]
        kept = [cell for cell, is_moved in zip(cells, moved, strict=True) if not is_moved]
        row = f"({', '.join([*kept, NUMBER])})"
        source = f" SELECT {', '.join(selected)} FROM (VALUES "
        return into + source, row, f") AS imp_sen({', '.join([*names, 'sen_counter'])}) ORDER BY sen_counter"

    def batch_of(self, text: str) -> InsertBatch | None:
        """Return how the statement is written for many rows; None: it is not, each row is a statement.

        Args: text: the whole statement.
        """
        batch = self._batch
        if (
            batch is None
            or self._shares
            or self.capabilities.numbered
            or any(slot.expanding or slot.literal for slot in self.slots)
        ):
            return None
        whole = batch.before + batch.row.replace(NUMBER, "0") + batch.after
        numbers = int(batch.sentinel is not None and batch.sentinel.through_select and " AS imp_sen(" in batch.after)
        # A program's own text may hold such characters too: then they can not stand for something else.
        is_clear = text.count(PLACE) == self._marks and batch.row.count(NUMBER) == numbers
        return batch if text == whole and is_clear else None

    def placeholder(self, name: str, type_: Any) -> str:
        text = super().placeholder(name, type_)
        if not self._in_row:
            self._shares = self._shares or (name in self._row_names and not self.capabilities.positional)
            return text
        if self.capabilities.positional:
            return text
        key = self.dialect.parameter_key(name)
        end = text.index(key) + len(key)
        self._marks += 1
        return text[:end] + PLACE + text[end:]


_DEFAULT: Any = object()
"""In the place of a value: the column's default, in rows that give nothing."""
