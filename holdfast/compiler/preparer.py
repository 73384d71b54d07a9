"""Names as SQL text, for programs that put texts together: `engine.dialect.identifier_preparer`, `compiler.preparer`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.compiler.identifiers import quote


def _same(name: Any) -> Any:
    return name


class IdentifierPreparer:
    """Writes names for one dialect, in quotes where they need them.

    Args:
        dialect: whose quotes and reserved words.
        resolve: name -> the name that is written, where names are made up.

    Attributes:
        reserved_words: words that need quotes.
        initial_quote, final_quote, escape_quote: the quotes around a name, and what doubles one inside it.
    """

    omit_schema = False

    def __init__(self, dialect: Any, resolve: Callable[[Any], Any] = _same) -> None:
        self.dialect = dialect
        self.reserved_words: frozenset[str] = dialect.reserved_words
        self.initial_quote = self.final_quote = self.escape_quote = dialect.capabilities.quote_mark
        self._resolve = resolve

    def quote(self, ident: Any) -> str:
        """Return a name, in quotes if it needs them.

        Raises: IdentifierError: it can not be one.
        """
        return quote(self._resolve(ident), self.dialect)

    def quote_identifier(self, value: str) -> str:
        """Return a name in quotes, whether it needs them or not."""
        return quote(value, self.dialect, True)

    def quote_schema(self, schema: Any) -> str:
        """Return the name of a schema."""
        return self.quote(schema)

    def format_schema(self, name: Any) -> str:
        """Return the name of a schema."""
        return self.quote(name)

    def format_table(self, table: Any, use_schema: bool = True, name: str | None = None) -> str:
        """Return a table's name, with that of its schema.

        Args: name: another name in the place of the table's own.
        """
        return ".".join(self.format_table_seq(table, use_schema, name))

    def format_table_seq(self, table: Any, use_schema: bool = True, name: str | None = None) -> Sequence[str]:
        """Return the names of a table's schema and of the table, apart."""
        own = quote(table.name, self.dialect, getattr(table, "quote", None)) if name is None else self.quote(name)
        schema = self.dialect.schema_of(table) if use_schema and hasattr(table, "schema") else None
        return (own,) if not schema else (quote(schema, self.dialect, getattr(table, "quote_schema", None)), own)

    def format_column(
        self,
        column: Any,
        use_table: bool = False,
        name: str | None = None,
        table_name: str | None = None,
        use_schema: bool = False,
    ) -> str:
        """Return a column's name.

        Args:
            use_table: with the name of its table before it; `use_schema`: and that of the schema.
            name, table_name: other names in the place of the column's and the table's own.
        """
        own = quote(column.name, self.dialect, getattr(column, "quote", None)) if name is None else self.quote(name)
        return f"{self.format_table(column.table, use_schema, table_name)}.{own}" if use_table else own

    def format_sequence(self, sequence: Any, use_schema: bool = True) -> str:
        """Return a sequence's name, with that of its schema."""
        return self.format_table(sequence, use_schema)

    def format_label(self, label: Any, name: str | None = None) -> str:
        """Return the name of a label."""
        return self.quote(name or label.name)

    def format_alias(self, alias: Any, name: str | None = None) -> str:
        """Return the name of an alias."""
        return self.quote(name or alias.name)

    def format_savepoint(self, savepoint: Any, name: str | None = None) -> str:
        """Return the name of a savepoint."""
        return self.quote(name or savepoint.name)

    def format_collation(self, collation_name: str) -> str:
        """Return the name of a collation."""
        return self.quote(collation_name)

    def format_index(self, index: Any) -> str:
        """Return the name of an index."""
        return self.quote(index.name)

    def format_constraint(self, constraint: Any) -> str | None:
        """Return the name of a constraint, or None for one without."""
        return None if constraint.name is None else self.quote(constraint.name)

    def unformat_identifiers(self, identifiers: str) -> Sequence[str]:
        """Return the names of a text such as ``"a b".c``, without their quotes."""
        mark = re.escape(self.final_quote)
        parts = re.findall(rf"(?:{mark}((?:[^{mark}]|{mark}{mark})*){mark}|([^.]+))(?=\.|$)", identifiers)
        return [quoted.replace(self.final_quote * 2, self.final_quote) or plain for quoted, plain in parts]
