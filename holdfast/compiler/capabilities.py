"""What a database can do, as a table: the compiler and the unit of work ask it, never for a dialect's name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from holdfast.compiler.numbered import TO_NUMBER

PARAMETERS = {
    "qmark": "?",
    "format": "%s",
    "named": ":{}",
    "pyformat": "%({})s",
    "numeric": f":{TO_NUMBER}",
    "numeric_dollar": f"${TO_NUMBER}",
}
"""Parameter style of the Python database API -> a parameter in the text. Source: PEP 249; ``$1`` is PostgreSQL's own."""


class Capabilities(NamedTuple):
    """The answers of one database with one driver.

    Attributes:
        paramstyle: how parameters stand in the text: one of `PARAMETERS`.
        insert_returning, update_returning, delete_returning: RETURNING is understood.
        returning_with_table: RETURNING names columns with their table.
        lastrowid: the driver tells the key that was generated last.
        native_boolean: ``true`` and ``false`` are known; otherwise 1 and 0 stand for them.
        ilike: ILIKE is known; otherwise both sides are lowered.
        for_update_options: OF, NOWAIT and SKIP LOCKED are known.
        for_update: FOR UPDATE is known; otherwise it is left out (the transaction locks the whole database).
        limit_without_count: what stands in LIMIT where only an offset was given; None: LIMIT is left out.
        tuple_values: a list of tuples in IN needs VALUES.
        true_division: ``/`` between whole numbers keeps the fraction.
        distinct_on: DISTINCT ON is known.
        lacks_distinct_on: it is known not to be: who writes it is warned. The standard says neither.
        casts_parameters: parameters are sent with the name of their type.
        doubles_percent: a percent sign in text must be doubled.
        max_identifier_length: characters of the longest name.
        max_binds: parameters of one statement.
        bitwise_xor: the operator ^ is known.
        try_cast: TRY_CAST is known.
        operator_texts: operators that this database writes in another way: name -> text with its spaces.
        constant_functions: functions that this database writes as a constant: name -> its text.
        function_names: functions that have another name in this database.
        alter_constraints: foreign keys can be added to a table, and taken away, later.
        sequences: it has them.
        identity_columns: GENERATED AS IDENTITY is known.
        comments: tables and columns have comments, set by statements of their own.
        materialized_views: it has them.
        quote_mark: stands around names that need quotes.
        boolean_literals: ``true`` and ``false`` are known words, whether truth values are a type or not.
        concat_function: strings are joined by ``concat()``; `||` means something else.
        inner_join: the word between two FROM elements that are joined.
        empty_row: what stands in an INSERT that names no column.
        default_value: what stands in a row for the default of a column.
        counts_in_order: keys that it counts go up in the order in which VALUES has the rows.
        counts_in_select_order: they do so in the order of an INSERT ... SELECT ... ORDER BY.
        from_nothing: stands in the place of FROM before criteria on nothing.
        cte_after_insert: WITH stands between INSERT INTO and its SELECT.
        updates_several: UPDATE lists all of its tables before SET, whose columns then stand with their tables.
        deletes_from_several: DELETE names the table that loses rows apart, and that table again among those it reads.
        delete_alias: a DELETE from one table may give it another name.
        max_item_name_length: characters of the longest name of an index or constraint; None: as of other names.
        names_in_basic_plane: names have no characters beyond U+FFFF: MySQL writes a question mark in place of one.
        inline_comments: comments stand in CREATE TABLE.
        native_enum: columns can be enumerations.
        named_types: these are types with a name, made by a statement of their own.
        native_interval: spans of time are a type of their own.
        native_uuid: so are UUIDs.
        loose_types: columns keep what they are given: decimals as binary numbers, dates and times as text, strings of
            any length without padding; otherwise a value that does not fit its column is rounded, cut or padded.
        binary_text: strings without a collation of their own are ordered by code points.
        binary_collations: collations that compare and order by code points.
        exact_kinds: kinds of values (see `orm.set_based.exact_types`) that are kept and compared as Python does; None: all.
        on_conflict: INSERT ... ON CONFLICT is known.
        duplicate_key: INSERT ... ON DUPLICATE KEY UPDATE is known, which acts on the violation of any unique key.
        inserted_alias: the name by which ON DUPLICATE KEY UPDATE reads the row of VALUES; None: VALUES(column) does.
        array_literals: ``ARRAY[...]`` is known.
        ordered_arguments: the last argument of an aggregate may have ORDER BY.
        match_against: MATCH ... AGAINST is known.
        copies: COPY is known.
        checked_change: texts before and behind an UPDATE of one row, with which it fails where no row was found, with words in
            the driver's error that stand in no other; None: there are none.
        sets_in_order: expressions in SET see what the clauses before them have set; otherwise the row as it was.
        inserted_flag: SQL that tells in the RETURNING of an upsert whether the row was inserted; None: there is none.
    """

    paramstyle: str = "named"
    insert_returning: bool = True
    update_returning: bool = True
    delete_returning: bool = True
    returning_with_table: bool = True
    lastrowid: bool = False
    native_boolean: bool = True
    ilike: bool = False
    for_update: bool = True
    for_update_options: bool = False
    limit_without_count: str | None = "-1"
    tuple_values: bool = False
    true_division: bool = False
    distinct_on: bool = False
    lacks_distinct_on: bool = False
    casts_parameters: bool = False
    doubles_percent: bool = False
    max_identifier_length: int = 9999
    max_binds: int = 32766
    bitwise_xor: bool = True
    try_cast: bool = True
    operator_texts: Mapping[str, str] = MappingProxyType({})
    constant_functions: Mapping[str, str] = MappingProxyType({})
    function_names: Mapping[str, str] = MappingProxyType({})
    alter_constraints: bool = True
    sequences: bool = True
    identity_columns: bool = True
    comments: bool = True
    native_enum: bool = False
    named_types: bool = False
    native_interval: bool = False
    native_uuid: bool = False
    materialized_views: bool = False
    loose_types: bool = False
    binary_text: bool = False
    binary_collations: frozenset[str] = frozenset()
    quote_mark: str = '"'
    boolean_literals: bool = True
    concat_function: bool = False
    inner_join: str = " JOIN "
    empty_row: str = "DEFAULT VALUES"
    default_value: str = "DEFAULT"
    counts_in_order: bool = False
    counts_in_select_order: bool = False
    from_nothing: str = ""
    cte_after_insert: bool = False
    updates_several: bool = False
    deletes_from_several: bool = False
    delete_alias: bool = True
    max_item_name_length: int | None = None
    names_in_basic_plane: bool = False
    inline_comments: bool = False
    exact_kinds: frozenset[str] | None = None
    on_conflict: bool = True
    duplicate_key: bool = False
    inserted_alias: str | None = None
    sets_in_order: bool = False
    array_literals: bool = True
    ordered_arguments: bool = True
    match_against: bool = False
    copies: bool = False
    checked_change: tuple[str, str, str] | None = None
    inserted_flag: str | None = None

    @property
    def positional(self) -> bool:
        """Parameters are a sequence, not a mapping."""
        return self.paramstyle in ("qmark", "format") or self.numbered

    @property
    def numbered(self) -> bool:
        """Parameters stand in the text by their number in the sequence; several places may name one."""
        return self.paramstyle in ("numeric", "numeric_dollar")

    def draws_from(self, sequence: Any) -> bool:
        """Return True if a sequence is made here and columns take their numbers from it."""
        return self.sequences and not (sequence.optional and self.identity_columns)

    def replace(self, **answers: Any) -> Capabilities:
        """Return the table with other answers."""
        return self._replace(**answers)


STANDARD = Capabilities()
