"""The Inspector on PostgreSQL says of a rich schema what the oracle's says."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dialects.postgresql.reflected import ODD, OTHER, TEMPORARY, rich_schema

LIBRARIES = ("sqlalchemy", "holdfast")
QUESTIONS = ("columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints",
             "table_comment", "table_options")  # fmt: skip
TABLES = (
    "parent",
    "child",
    "types",
    "indexed",
    "v",
    "mv",
    "tmp_t",
    "nothing",
    "far",
    "base2",
    "pg_class",
    "nosuch",
    "ix_plain",
)
OF_TYPES = ("length", "precision", "scale", "timezone", "collation", "fields", "varying", "name", "schema", "enums",
            "dimensions", "not_null", "default", "constraint_name")  # fmt: skip


class Session:
    """One library's connection to the schema.

    Args:
        name: of the library.
        url: of the database.
    """

    def __init__(self, name: str, url: str) -> None:
        self.library = importlib.import_module(name)
        self.types = importlib.import_module(f"{name}.types")
        self.reflection = importlib.import_module(f"{name}.engine.reflection")
        self.engine = self.library.create_engine(url)
        self.connection = self.engine.connect()
        for sql in TEMPORARY:
            self.connection.exec_driver_sql(sql)
        self.inspector = self.library.inspect(self.connection)

    def close(self) -> None:
        """Give everything back."""
        self.connection.close()
        self.engine.dispose()

    def ask(self, question: str, *arguments: Any, **keywords: Any) -> Any:
        """Return the answer in a form that can be compared, or what was raised."""
        if "kind" in keywords:
            keywords["kind"] = self.reflection.ObjectKind[keywords["kind"]]
            keywords["scope"] = self.reflection.ObjectScope[keywords["scope"]]
        self.inspector.clear_cache()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                answer = self.plain(getattr(self.inspector, question)(*arguments, **keywords))
            except self.library.exc.NoSuchTableError as error:
                return f"NoSuchTableError: {error}"
        return {"answer": answer, "warnings": sorted({str(each.message) for each in caught})}

    def plain(self, value: Any) -> Any:
        """Return a fact without objects of the library."""
        if isinstance(value, self.types.TypeEngine):
            return self.type(value)
        if isinstance(value, dict):
            return {key: self.plain(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(one) for one in value]
        return value

    def type(self, value: Any) -> Any:
        """Return the name of a type and what it was made with."""
        item = getattr(value, "item_type", getattr(value, "data_type", None))
        found = {name: got for name in OF_TYPES if (got := getattr(value, name, None)) is not None}
        if "default" in found:
            # A domain's is SQL; the oracle keeps it as a string, which it would quote when it makes the domain anew.
            found["default"] = str(found["default"])
        return [type(value).__name__, self.plain(found), None if item is None else self.type(item)]


@pytest.fixture
def sessions(clean_postgresql_url: str, candidate: str) -> Iterator[tuple[Session, Session]]:
    """The oracle and the candidate on the same schema."""
    with rich_schema(clean_postgresql_url):
        both = Session("sqlalchemy", clean_postgresql_url), Session(candidate, clean_postgresql_url)
        try:
            yield both
        finally:
            for each in both:
                each.close()


def read_further(answer: dict[Any, Any]) -> None:
    """Bring an answer of the oracle to where tables can be made again by it.

    A partition does not inherit, its table says by what it is parted, and a parent that a temporary table hides has its schema.
    """
    for (_, name), options in answer.items():
        if name == "parted_1":
            del options["postgresql_inherits"]
        elif name == "parted":
            options["postgresql_partition_by"] = "RANGE (d)"
        elif name == "derived":
            options["postgresql_inherits"] = ["base", "public.base2"]


def read_timing(answer: Any) -> None:
    """Bring an answer of the oracle to where the deferred UNIQUE constraint of `parent` can be made again by it."""
    for constraints in answer.values() if isinstance(answer, dict) else [answer]:
        for fact in constraints:
            if fact["name"] == "uq_code":
                fact["options"] = {"initially": "DEFERRED", "deferrable": True}


def same(sessions: tuple[Session, Session], question: str, *arguments: Any, **keywords: Any) -> None:
    expected, got = (session.ask(question, *arguments, **keywords) for session in sessions)
    if question == "get_multi_table_options":
        read_further(expected["answer"])
    if question in ("get_unique_constraints", "get_multi_unique_constraints") and isinstance(expected, dict):
        read_timing(expected["answer"])
    if question.endswith("_names"):
        # The oracle leaves their order to the catalogue.
        expected["answer"].sort()
    assert expected == got, (question, arguments, keywords)


def test_names(sessions: tuple[Session, Session]) -> None:
    """Of all kinds of things, with and without schema, temporary ones apart."""
    same(sessions, "get_schema_names")
    for schema in (None, "public", OTHER, ODD, "nosuch", "pg_catalog"):
        for kind in ("table", "view", "materialized_view", "sequence", "foreign_table"):
            same(sessions, f"get_{kind}_names", schema)
    same(sessions, "get_temp_table_names")
    same(sessions, "get_temp_view_names")


def test_presence(sessions: tuple[Session, Session]) -> None:
    """Names of other things, of other schemas and of the catalogue are not found."""
    for name in (*TABLES, "remote", "free_seq"):
        same(sessions, "has_table", name)
        same(sessions, "has_table", name, OTHER)
    same(sessions, "has_multi_table", ["parent", "nosuch", "tmp_v"])
    for name in ("free_seq", "other_seq", "parent", "parent_id_seq"):
        same(sessions, "has_sequence", name)
        same(sessions, "has_sequence", name, schema=OTHER)
    for table, index in (("indexed", "ix_plain"), ("indexed", "nosuch"), ("nosuch", "ix_plain"), ("mv", "ix_mv")):
        same(sessions, "has_index", table, index)
    for schema in (OTHER, ODD, "nosuch"):
        same(sessions, "has_schema", schema)


@pytest.mark.parametrize("question", QUESTIONS)
def test_facts_of_one_table(sessions: tuple[Session, Session], question: str) -> None:
    """Or the same error for what is no table."""
    for table in TABLES:
        same(sessions, f"get_{question}", table)
    for schema, table in ((OTHER, "remote"), (ODD, 'Odd "table%'), ("public", "child"), ("public", "parent")):
        same(sessions, f"get_{question}", table, schema)
    same(sessions, f"get_{question}", "nosuch", OTHER)


@pytest.mark.parametrize("question", QUESTIONS)
def test_facts_of_many_tables(sessions: tuple[Session, Session], question: str) -> None:
    """Of every kind and scope."""
    for schema in (None, OTHER, ODD, "nosuch"):
        same(sessions, f"get_multi_{question}", schema)
        for kind in ("TABLE", "VIEW", "MATERIALIZED_VIEW", "ANY_VIEW", "ANY"):
            for scope in ("DEFAULT", "TEMPORARY", "ANY"):
                same(sessions, f"get_multi_{question}", schema, kind=kind, scope=scope)
    same(sessions, f"get_multi_{question}", filter_names=["parent", "v", "nosuch"])


def test_foreign_keys_and_the_search_path(sessions: tuple[Session, Session]) -> None:
    """A table on the search path is told without schema, unless that of the referring one was given, or all are wanted."""
    for path in ("public", "public, other", "other, public"):
        for session in sessions:
            session.connection.exec_driver_sql(f"SET search_path TO {path}")
        for schema, table in ((None, "refs_remote"), ("public", "refs_remote"), (OTHER, "remote"), (OTHER, "second")):
            same(sessions, "get_foreign_keys", table, schema)
            same(sessions, "get_columns", table, schema)
            if path.startswith("public") and schema != OTHER:
                # In another schema the oracle takes a table of the default one for one of that schema.
                same(sessions, "get_foreign_keys", table, schema, postgresql_ignore_search_path=True)


def test_views_and_types(sessions: tuple[Session, Session]) -> None:
    """Definitions of views, enumerations, types by name."""
    for view in ("v", "mv", "tmp_v", "parent", "nosuch"):
        same(sessions, "get_view_definition", view)
    same(sessions, "get_view_definition", "ov", OTHER)
    for schema in (None, OTHER, "*"):
        same(sessions, "get_enums", schema)
        for name in ("mood", "colour", "parent", "posint", "nosuch"):
            same(sessions, "has_type", name, schema)
    same(sessions, "has_type", "int4")
    same(sessions, "get_domains")
    same(sessions, "get_table_oid", "parent")
    same(sessions, "get_table_oid", "nosuch")
