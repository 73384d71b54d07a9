"""The 16 classes of input that gave object-relational mappers and drivers their published weaknesses, and where each is tried.

The table in `docs/explanation/reliability.md` is this one; `test_classes.py` holds them together. A class without an
identifier is one of which no published case is known to us for certain.
"""

from __future__ import annotations

from typing import NamedTuple


class InputClass(NamedTuple):
    """One class.

    Attributes:
        name: what the document calls it.
        attack: what somebody gives, and what they hope for.
        seen: a published case: its identifier and whose it was.
        module: the file of this folder that tries it.
        tests: its tests there.
    """

    name: str
    attack: str
    seen: str
    module: str
    tests: tuple[str, ...]


CLASSES = (
    InputClass(
        "LIMIT and OFFSET as text",
        "a page number that goes on as SQL",
        "CVE-2012-0805 (SQLAlchemy)",
        "test_clauses",
        ("test_limit_and_offset_as_text", "test_a_limit_given_as_a_parameter"),
    ),
    InputClass(
        "ORDER BY as text",
        "the name of a column to sort by that goes on as SQL",
        "CVE-2019-7164 (SQLAlchemy)",
        "test_clauses",
        ("test_order_by_as_text",),
    ),
    InputClass(
        "labels from keywords",
        "the name of a result's column that closes its quotes",
        "CVE-2022-28346 (Django)",
        "test_clauses",
        ("test_labels_from_keywords",),
    ),
    InputClass(
        "internal keywords through dictionaries",
        "a key of a request's document that is a word of the mapper's own",
        "CVE-2025-64459 (Django)",
        "test_keywords",
        ("test_internal_keywords_through_dictionaries",),
    ),
    InputClass(
        "function templates",
        "the name of a function, or the unit of a date, that goes on as SQL",
        "CVE-2022-34265 (Django)",
        "test_clauses",
        ("test_function_templates",),
    ),
    InputClass(
        "JSON paths",
        "a key of a document that closes the path",
        "CVE-2019-14234 (Django)",
        "test_patterns",
        ("test_json_paths", "test_json_positions"),
    ),
    InputClass(
        "LIKE escapes",
        "wildcards and the escape character in the text that is looked for",
        "",
        "test_patterns",
        ("test_like_escapes", "test_a_wildcard_is_no_escape"),
    ),
    InputClass(
        "savepoint names",
        "the name of a savepoint or of a prepared transaction that goes on as SQL",
        "",
        "test_clauses",
        ("test_savepoint_names",),
    ),
    InputClass(
        "SQL comments",
        "a comment's end inside of a comment",
        "CVE-2020-25638 (Hibernate)",
        "test_clauses",
        ("test_sql_comments",),
    ),
    InputClass(
        "inlined ids of bulk statements",
        "a key that was stored as a value and is written into the text of a later statement",
        "CVE-2026-0603 (Hibernate)",
        "test_stored_keys",
        ("test_inlined_ids_of_bulk_statements",),
    ),
    InputClass(
        "type confusion",
        "a number, a list or a document where a text is expected",
        "CVE-2013-3221 (Active Record)",
        "test_values",
        ("test_type_confusion", "test_a_number_for_a_text"),
    ),
    InputClass(
        "message length overflow",
        "more parameters, or longer ones, than the length field of a message can say",
        "CVE-2024-27304 (pgx)",
        "test_values",
        ("test_more_parameters_than_a_message_holds", "test_a_number_beyond_every_column"),
    ),
    InputClass(
        "negative literals",
        "a negative number behind a minus sign, which begins a comment",
        "CVE-2024-27289 (pgx)",
        "test_values",
        ("test_negative_literals",),
    ),
    InputClass(
        "unsafe deserialisation",
        "a pickle in a column",
        "CVE-2022-32224 (Active Record)",
        "test_pickles",
        ("test_unsafe_deserialisation",),
    ),
    InputClass(
        "denial of service by value",
        "a value that takes time or memory out of proportion to its length",
        "CVE-2022-44566 (Active Record)",
        "test_denial",
        ("test_steps_grow_with_the_length", "test_nested_statements", "test_too_deep", "test_extreme_values"),
    ),
    InputClass(
        "log escapes",
        "control characters that act on the terminal which shows a log or a message",
        "CVE-2025-55193 (Active Record)",
        "test_logs",
        ("test_log_escapes", "test_messages_keep_to_themselves"),
    ),
)
