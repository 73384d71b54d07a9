"""The questions to PostgreSQL's catalogue, one for each kind of fact: each is about as many tables as are wanted.

Every query begins with the relation `tables`: those that are meant. Facts are joined to it from the outside, so a table
without any has one row of NULLs, and a table that is not there has none.
Source: PostgreSQL's manual, "System Catalogs".
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from holdfast.engine.reflection import ObjectKind, ObjectScope
from holdfast.sql.text import TextClause, text

RELKINDS = {
    ObjectKind.TABLE: ("r", "p", "f"),
    ObjectKind.VIEW: ("v",),
    ObjectKind.MATERIALIZED_VIEW: ("m",),
}
_PERSISTENCE = {
    ObjectScope.DEFAULT: " AND c.relpersistence <> 't'",
    ObjectScope.TEMPORARY: " AND c.relpersistence = 't'",
}


def relations(
    kinds: Collection[str],
    schema: str | None,
    names: Collection[str] | None = None,
    scope: ObjectScope = ObjectScope.ANY,
) -> tuple[str, dict[str, Any]]:
    """Return the SELECT of `oid` and `name` of relations, and its parameters.

    Args:
        kinds: letters of ``pg_class.relkind``.
        schema: their schema; None: what can be named without one, save the catalogue itself.
        names: only these.
        scope: lasting ones, temporary ones, or both.
    """
    listed = ", ".join(f"'{kind}'" for kind in kinds) or "NULL"
    sql = (
        'SELECT c.oid, CAST(c.relname AS text) COLLATE "C" AS name, c.reloptions FROM pg_catalog.pg_class AS c '
        f"JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ({listed})"
    )
    sql += _place("pg_catalog.pg_table_is_visible(c.oid)", schema) + _PERSISTENCE.get(scope, "")
    parameters: dict[str, Any] = {} if schema is None else {"schema": schema}
    if names is not None:
        sql += " AND c.relname = ANY (CAST(:names AS text[]))"
        parameters["names"] = list(names)
    return sql, parameters


def _place(is_visible: str, schema: str | None) -> str:
    return f" AND {is_visible} AND n.nspname <> 'pg_catalog'" if schema is None else " AND n.nspname = :schema"


def about_tables(
    query: str, schema: str | None, names: Collection[str] | None, kind: ObjectKind, scope: ObjectScope
) -> tuple[TextClause, dict[str, Any]]:
    """Return one of the queries below for certain tables, and its parameters."""
    kinds = [letter for one, letters in RELKINDS.items() if one in kind for letter in letters]
    tables, parameters = relations(kinds, schema, names, scope)
    return text(f"WITH tables AS ({tables})\n{query}"), parameters


def _names(attnums: str, relation: str, rest: str = "") -> str:
    """Return the subquery of an array of the names of columns, by an array of their numbers."""
    return (
        "(SELECT array_agg(CAST(a.attname AS text) ORDER BY k.place) "
        f"FROM unnest({attnums}) WITH ORDINALITY AS k (attnum, place) "
        f"JOIN pg_catalog.pg_attribute AS a ON a.attrelid = {relation} AND a.attnum = k.attnum{rest})"
    )


# Columns of the catalogue that older servers do not have are read by way of JSON, where what is not there is NULL.
_NULLS_NOT_DISTINCT = "CAST(to_jsonb(i) ->> 'indnullsnotdistinct' AS boolean) AS nulls_not_distinct"
_INCLUDED = _names("i.indkey", "i.indrelid", " WHERE k.place > i.indnkeyatts")

COLUMNS = """
SELECT t.name AS table_name, CAST(a.attname AS text) AS name, a.atttypid AS type_oid,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_text,
  ty.typnamespace = CAST('pg_catalog' AS regnamespace) AS is_builtin,
  NOT a.attnotnull AS nullable, pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default_text,
  CAST(a.attgenerated AS text) AS generated, CAST(a.attidentity AS text) AS identity,
  CASE WHEN a.attcollation <> ty.typcollation THEN CAST(co.collname AS text) END AS collation,
  pg_catalog.col_description(t.oid, a.attnum) AS comment,
  s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minvalue, s.seqmax AS maxvalue, s.seqcache AS cache,
  s.seqcycle AS cycle
FROM tables AS t
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type AS ty ON ty.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_depend AS dep ON a.attidentity <> '' AND dep.deptype = 'i'
  AND dep.classid = CAST('pg_class' AS regclass) AND dep.refclassid = CAST('pg_class' AS regclass)
  AND dep.refobjid = a.attrelid AND dep.refobjsubid = a.attnum
LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = dep.objid
ORDER BY t.name, a.attnum"""


def _keys(contype: str) -> str:
    return f"""
SELECT t.name AS table_name, CAST(con.conname AS text) AS name, {_names("con.conkey", "con.conrelid")} AS columns,
  {_INCLUDED} AS included, {_NULLS_NOT_DISTINCT}, con.condeferrable AS deferrable, con.condeferred AS deferred,
  pg_catalog.obj_description(con.oid, 'pg_constraint') AS comment
FROM tables AS t
LEFT JOIN pg_catalog.pg_constraint AS con ON con.conrelid = t.oid AND con.contype = '{contype}'
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = con.conindid
ORDER BY t.name, con.conname"""


PRIMARY_KEYS, UNIQUE_CONSTRAINTS = _keys("p"), _keys("u")

# A key to a partitioned table has a row more for each partition; only the key itself was declared.
_DECLARED = """
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint AS up WHERE up.oid = con.conparentid AND up.conrelid = con.conrelid)"""
_SET_COLUMNS = """(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
    FROM jsonb_array_elements_text(NULLIF(to_jsonb(con) -> 'confdelsetcols', 'null')) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = CAST(k.attnum AS smallint))"""

FOREIGN_KEYS = f"""
SELECT t.name AS table_name, CAST(con.conname AS text) AS name, {_names("con.conkey", "con.conrelid")} AS columns,
  CAST(rn.nspname AS text) AS referred_schema, CAST(r.relname AS text) AS referred_table,
  {_names("con.confkey", "con.confrelid")} AS referred_columns,
  pg_catalog.pg_table_is_visible(con.confrelid) AS is_visible,
  CAST(con.confupdtype AS text) AS onupdate, CAST(con.confdeltype AS text) AS ondelete, {_SET_COLUMNS} AS set_columns,
  CAST(con.confmatchtype AS text) AS match, con.condeferrable AS deferrable, con.condeferred AS deferred,
  pg_catalog.obj_description(con.oid, 'pg_constraint') AS comment
FROM tables AS t
LEFT JOIN pg_catalog.pg_constraint AS con ON con.conrelid = t.oid AND con.contype = 'f'{_DECLARED}
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = con.confrelid
LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
ORDER BY t.name, con.conname"""

CHECKS = """
SELECT t.name AS table_name, CAST(con.conname AS text) AS name,
  pg_catalog.pg_get_expr(con.conbin, con.conrelid, true) AS sqltext, NOT con.convalidated AS not_valid,
  con.connoinherit AS no_inherit, pg_catalog.obj_description(con.oid, 'pg_constraint') AS comment
FROM tables AS t LEFT JOIN pg_catalog.pg_constraint AS con ON con.conrelid = t.oid AND con.contype = 'c'
ORDER BY t.name, con.conname"""

INDEXES = f"""
SELECT t.name AS table_name, CAST(ic.relname AS text) AS name, i.indisunique AS is_unique,
  CAST(am.amname AS text) AS method, ic.reloptions AS storage,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS condition, {_INCLUDED} AS included, {_NULLS_NOT_DISTINCT},
  CAST(con.conname AS text) AS constraint_name, parts.columns, parts.texts, parts.classes, parts.options
FROM tables AS t
LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid AND NOT i.indisprimary
LEFT JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_am AS am ON am.oid = ic.relam
LEFT JOIN pg_catalog.pg_constraint AS con
  ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('u', 'x')
LEFT JOIN LATERAL (
  SELECT array_agg(CAST(a.attname AS text) ORDER BY k.place) AS columns,
    array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, CAST(k.place AS integer), true) ORDER BY k.place) AS texts,
    array_agg(CASE WHEN NOT oc.opcdefault THEN CAST(oc.opcname AS text) END ORDER BY k.place) AS classes,
    array_agg(i.indoption[k.place - 1] ORDER BY k.place) AS options
  FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
  LEFT JOIN pg_catalog.pg_opclass AS oc ON oc.oid = i.indclass[k.place - 1]
  WHERE k.place <= i.indnkeyatts
) AS parts ON true
ORDER BY t.name, ic.relname"""

COMMENTS = """
SELECT t.name AS table_name, pg_catalog.obj_description(t.oid, 'pg_class') AS comment FROM tables AS t ORDER BY t.name"""

OPTIONS = """
SELECT t.name AS table_name, t.reloptions AS storage, pg_catalog.pg_get_partkeydef(t.oid) AS partition_key,
  parents.names AS parents, parents.shown AS shown_parents
FROM tables AS t
CROSS JOIN LATERAL (SELECT array_agg(CAST(p.relname AS text) ORDER BY h.inhseqno) AS names,
    array_agg(CASE WHEN NOT pg_catalog.pg_table_is_visible(p.oid) THEN CAST(CAST(p.oid AS regclass) AS text) END
      ORDER BY h.inhseqno) AS shown
  FROM pg_catalog.pg_inherits AS h
  JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent AND p.relkind <> 'p'
  WHERE h.inhrelid = t.oid) AS parents
ORDER BY t.name"""
# Of a parent that is not on the search path the server shows the schema too, in quotes where they are needed.
# A partition stands there with its partitioned table, from which nothing may be said to inherit.

VIEW_DEFINITION = "SELECT pg_catalog.pg_get_viewdef(t.oid) FROM tables AS t"

TYPES = text("""
WITH RECURSIVE needed (oid) AS (
  SELECT unnest(CAST(:oids AS oid[]))
  UNION
  SELECT CASE WHEN ty.typtype = 'd' THEN ty.typbasetype ELSE ty.typelem END
  FROM needed JOIN pg_catalog.pg_type AS ty ON ty.oid = needed.oid AND ty.typnamespace <> CAST('pg_catalog' AS regnamespace)
  WHERE ty.typtype = 'd' OR ty.typcategory = 'A'
)
SELECT ty.oid, CAST(ty.typname AS text) AS name, CAST(n.nspname AS text) AS schema,
  pg_catalog.pg_type_is_visible(ty.oid) AS is_visible, CAST(ty.typtype AS text) AS kind,
  CASE WHEN ty.typtype = 'b' AND ty.typcategory = 'A' THEN ty.typelem END AS element,
  ty.typbasetype AS base, pg_catalog.format_type(ty.typbasetype, ty.typtypmod) AS base_text,
  ty.typnotnull AS not_null, ty.typdefault AS default_text, CAST(co.collname AS text) AS collation,
  (SELECT array_agg(CAST(e.enumlabel AS text) ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum AS e
    WHERE e.enumtypid = ty.oid) AS labels,
  (SELECT array_agg(CAST(con.conname AS text) ORDER BY con.conname) FROM pg_catalog.pg_constraint AS con
    WHERE con.contypid = ty.oid AND con.contype = 'c') AS check_names,
  (SELECT array_agg(pg_catalog.pg_get_expr(con.conbin, 0, true) ORDER BY con.conname) FROM pg_catalog.pg_constraint AS con
    WHERE con.contypid = ty.oid AND con.contype = 'c') AS checks
FROM needed JOIN pg_catalog.pg_type AS ty ON ty.oid = needed.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = ty.typnamespace
LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = ty.typcollation
WHERE ty.typnamespace <> CAST('pg_catalog' AS regnamespace)
ORDER BY n.nspname, ty.typname""")
"""Types that programs made, with those that they are made of."""

SCHEMAS = text(
    "SELECT CAST(nspname AS text) FROM pg_catalog.pg_namespace WHERE NOT starts_with(CAST(nspname AS text), 'pg_') "
    "ORDER BY nspname"
)
DEFAULT_SCHEMA = text("SELECT CAST(pg_catalog.current_schema() AS text)")


def types_of_kind(kind: str, schema: str | None) -> tuple[TextClause, dict[str, Any]]:
    """Return the query for the oids of types, and its parameters.

    Args:
        kind: a letter of ``pg_type.typtype``.
        schema: their schema; None: those that can be named without one; ``*``: any.
    """
    return _types(" AND CAST(ty.typtype AS text) = :kind", {"kind": kind}, schema)


def types_named(name: str, schema: str | None) -> tuple[TextClause, dict[str, Any]]:
    """Return the query for the oids of types of a name, and its parameters; `schema` as above."""
    return _types(" AND ty.typname = :name", {"name": name}, schema)


def _types(which: str, parameters: dict[str, Any], schema: str | None) -> tuple[TextClause, dict[str, Any]]:
    sql = (
        "SELECT ty.oid FROM pg_catalog.pg_type AS ty JOIN pg_catalog.pg_namespace AS n ON n.oid = ty.typnamespace "
        f"WHERE true{which}"
    )
    if schema != "*":
        sql += _place("pg_catalog.pg_type_is_visible(ty.oid)", schema)
        parameters |= {} if schema is None else {"schema": schema}
    return text(sql), parameters
