"""What is asked of ``information_schema``: one query for each kind of fact, of one table or of all of a schema."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from holdfast.sql.binds import bindparam
from holdfast.sql.text import text

TABLES = """SELECT table_name AS name, table_type AS type, engine AS engine, table_collation AS collation,
 table_comment AS comment, create_options AS options
 FROM information_schema.tables WHERE table_schema = {schema}{names} ORDER BY table_name"""

COLUMNS = """SELECT c.table_name AS table_name, c.column_name AS name, c.column_type AS type, c.is_nullable AS nullable,
 c.column_default AS default_text, c.extra AS extra, c.generation_expression AS formula, c.column_comment AS comment,
 c.character_set_name AS charset, c.collation_name AS collation, t.table_collation AS table_collation,
 t.table_type AS table_type
 FROM information_schema.columns AS c JOIN information_schema.tables AS t
 ON t.table_schema = c.table_schema AND t.table_name = c.table_name
 WHERE c.table_schema = {schema}{names} ORDER BY c.table_name, c.ordinal_position"""

INDEXES = """SELECT s.table_name AS table_name, s.index_name AS name, s.non_unique AS non_unique,
 s.column_name AS column_name, s.sub_part AS length, s.collation AS direction, s.index_type AS type{expression}
 FROM information_schema.statistics AS s
 WHERE s.table_schema = {schema}{names} ORDER BY s.table_name, s.index_name, s.seq_in_index"""

FOREIGN_KEYS = """SELECT k.table_name AS table_name, k.constraint_name AS name, k.column_name AS column_name,
 k.referenced_table_schema AS referred_schema, k.referenced_table_name AS referred_table,
 k.referenced_column_name AS referred_column, k.table_schema AS own_schema,
 r.update_rule AS onupdate, r.delete_rule AS ondelete
 FROM information_schema.key_column_usage AS k JOIN information_schema.referential_constraints AS r
 ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
 WHERE k.table_schema = {schema}{names} AND k.referenced_table_name IS NOT NULL
 ORDER BY k.table_name, k.constraint_name, k.ordinal_position"""

CHECKS_ON_MARIADB = """SELECT s.table_name AS table_name, s.constraint_name AS name, s.check_clause AS sqltext,
 s.level AS level
 FROM information_schema.check_constraints AS s
 WHERE s.constraint_schema = {schema}{names} ORDER BY s.table_name, s.constraint_name"""

CHECKS_ON_MYSQL = """SELECT t.table_name AS table_name, t.constraint_name AS name, s.check_clause AS sqltext,
 'Table' AS level
 FROM information_schema.table_constraints AS t JOIN information_schema.check_constraints AS s
 ON s.constraint_schema = t.constraint_schema AND s.constraint_name = t.constraint_name
 WHERE t.table_schema = {schema}{names} AND t.constraint_type = 'CHECK' ORDER BY t.table_name, t.constraint_name"""

_ALIAS = {COLUMNS: "c", INDEXES: "s", FOREIGN_KEYS: "k", CHECKS_ON_MARIADB: "s", CHECKS_ON_MYSQL: "t", TABLES: ""}


def about(
    query: str, schema: str | None, names: Collection[str] | None, has_expressions: bool = False
) -> tuple[Any, dict[str, Any]]:
    """Return a query and its parameters.

    Args:
        query: one of those above.
        schema: None: the connection's.
        names: only these tables; None: all.
        has_expressions: indexes of expressions are known (MySQL).
    """
    parameters: dict[str, Any] = {}
    place, restricted = "DATABASE()", ""
    if schema is not None:
        place, parameters["schema"] = ":schema", schema
    if names is not None:
        column = f"{_ALIAS[query]}.table_name" if _ALIAS[query] else "table_name"
        restricted = f" AND {column} IN :names"
        parameters["names"] = list(names)
    expression = ", s.expression AS expression" if has_expressions else ", NULL AS expression"
    written = query.replace("{schema}", place).replace("{names}", restricted).replace("{expression}", expression)
    statement = text(written)
    return statement.bindparams(bindparam("names", expanding=True)) if names is not None else statement, parameters
