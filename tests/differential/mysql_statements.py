"""What only MySQL and MariaDB say: statements, types and parts of a schema, built by the same function on both libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Build = Callable[[Any, Any, Any], Any]
"""(library, its dialects.mysql, the tables' columns by table) -> a statement, a type or a DDL element."""


def tables(lib: Any) -> dict[str, Any]:
    """Return two tables."""
    metadata = lib.MetaData()
    return {
        "t": lib.Table(
            "t", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("s", lib.String(20)),
            lib.Column("x", lib.Integer), lib.Column("j", lib.JSON), lib.Column("d", lib.DateTime),
            lib.Column("flag", lib.Boolean), lib.Column("c", lib.Text),
        ),
        "u": lib.Table(
            "u", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("t_id", lib.ForeignKey("t.id")),
            lib.Column("s", lib.String(5), nullable=False, comment="it's 5 %", server_default="x"),
            comment="table's",
        ),
    }  # fmt: skip


def _upsert(lib: Any, m: Any, tables: Any, *arguments: Any, **values: Any) -> Any:
    return m.insert(tables["t"]).values(s="a").on_duplicate_key_update(*arguments, **values)


def _upsert_by(lib: Any, m: Any, tables: Any, make: Callable[[Any], Any]) -> Any:
    insert = m.insert(tables["t"]).values(s="a")
    return insert.on_duplicate_key_update(make(insert.inserted))


STATEMENTS: dict[str, Build] = {
    "upsert": lambda lib, m, t: _upsert(lib, m, t, s="b", x=5),
    "upsert null": lambda lib, m, t: _upsert(lib, m, t, x=None),
    "upsert by mapping": lambda lib, m, t: _upsert(lib, m, t, {"x": 5, "s": "b"}),
    "upsert in order": lambda lib, m, t: _upsert(lib, m, t, [("x", 5), ("s", lib.func.lower("Q"))]),
    "upsert by subquery": lambda lib, m, t: _upsert(lib, m, t, x=lib.select(t["u"].c.id).scalar_subquery()),
    "upsert with inserted": lambda lib, m, t: _upsert_by(
        lib, m, t, lambda i: {"x": i.x + 1, "s": lib.func.concat(i.s, "q")}
    ),
    "upsert with both rows": lambda lib, m, t: _upsert_by(lib, m, t, lambda i: {"x": t["t"].c.x + i.x}),
    "upsert all": lambda lib, m, t: _upsert_by(lib, m, t, lambda i: i),
    "upsert nothing": lambda lib, m, t: _upsert(lib, m, t, {}),
    "upsert both ways": lambda lib, m, t: _upsert(lib, m, t, {"x": 1}, s=2),
    "upsert twice": lambda lib, m, t: _upsert(lib, m, t, x=1).on_duplicate_key_update(x=2),
    "upsert many rows": lambda lib, m, t: (
        m.insert(t["t"]).values([{"s": "a"}, {"s": "b"}]).on_duplicate_key_update(x=1)
    ),
    "upsert from select": lambda lib, m, t: (
        m.insert(t["t"]).from_select(["s"], lib.select(t["u"].c.s)).on_duplicate_key_update(x=1)
    ),
    "insert ignore": lambda lib, m, t: m.insert(t["t"]).prefix_with("IGNORE").values(s="a"),
    "insert nothing": lambda lib, m, t: lib.insert(t["t"]).values({}),
    "insert with cte": lambda lib, m, t: lib.insert(t["t"]).from_select(
        ["id"], lib.select(lib.select(t["u"].c.id).where(t["u"].c.s == "q").cte("q").c.id)
    ),
    "match": lambda lib, m, t: m.match(t["t"].c.s, against="x"),
    "match columns": lambda lib, m, t: m.match(t["t"].c.s, t["t"].c.c, against="x").in_boolean_mode(),
    "match words": lambda lib, m, t: m.match(t["t"].c.s, against=lib.bindparam("q")).in_natural_language_mode(),
    "match expanded": lambda lib, m, t: m.match(t["t"].c.s, against="x", with_query_expansion=True),
    "match badly": lambda lib, m, t: m.match(t["t"].c.s, against="x", with_query_expansion=True, in_boolean_mode=True),
    "match negated": lambda lib, m, t: ~m.match(t["t"].c.s, against="x"),
    "match and order": lambda lib, m, t: (
        lib.select(t["t"].c.id).where(m.match(t["t"].c.s, against="x")).order_by(m.match(t["t"].c.s, against="y"))
    ),
    "match operator": lambda lib, m, t: t["t"].c.s.match("x"),
    "update several": lambda lib, m, t: (
        lib.update(t["t"]).values(s="x", x=t["t"].c.x + 1).where(t["t"].c.id == t["u"].c.t_id).where(t["u"].c.s == "q")
    ),
    "update from several": lambda lib, m, t: (
        lib.update(t["t"]).values(s=t["u"].c.s).where(t["t"].c.id == t["u"].c.t_id)
    ),
    "update limit": lambda lib, m, t: lib.update(t["t"]).values(s="x").with_dialect_options(mysql_limit=5),
    "update limited": lambda lib, m, t: lib.update(t["t"]).values(s="x").where(t["t"].c.x == 1).ext(m.limit(5)),
    "delete limit": lambda lib, m, t: lib.delete(t["t"]).with_dialect_options(mysql_limit=5),
    "delete limited": lambda lib, m, t: lib.delete(t["t"]).ext(m.limit(5)),
    "delete from several": lambda lib, m, t: lib.delete(t["t"]).where(t["t"].c.id == t["u"].c.t_id),
    "delete from alias": lambda lib, m, t: (lambda a: lib.delete(a).where(a.c.id == t["u"].c.t_id))(t["t"].alias("a")),
    "lock": lambda lib, m, t: lib.select(t["t"].c.id).with_for_update(),
    "lock shared": lambda lib, m, t: lib.select(t["t"].c.id).with_for_update(read=True, nowait=True),
    "lock of": lambda lib, m, t: lib.select(t["t"].c.id).with_for_update(of=t["t"], skip_locked=True),
    "index hint": lambda lib, m, t: lib.select(t["t"].c.id).with_hint(t["t"], "USE INDEX (foo)", "mysql"),
    "index hint in a join": lambda lib, m, t: (
        lib.select(t["t"].c.id).join(t["u"], t["u"].c.t_id == t["t"].c.id).with_hint(t["t"], "USE INDEX (foo)", "mysql")
    ),
    "index hint of what is joined": lambda lib, m, t: (
        lib.select(t["t"].c.id).join(t["u"], t["u"].c.t_id == t["t"].c.id).with_hint(t["u"], "USE INDEX (foo)", "mysql")
    ),
    "index hint of an update": lambda lib, m, t: lib.update(t["t"]).values(s="x").with_hint("USE INDEX (foo)"),
    "comment that is none": lambda lib, m, t: lib.schema.SetTableComment(
        lib.Table("plain", lib.MetaData(), comment="")
    ),
    "straight join": lambda lib, m, t: lib.select(t["t"].c.id).prefix_with("STRAIGHT_JOIN"),
    "rollup": lambda lib, m, t: lib.select(t["t"].c.x).group_by(lib.func.rollup(t["t"].c.x, t["t"].c.s)),
    "group_concat": lambda lib, m, t: lib.func.aggregate_strings(t["t"].c.s, ","),
    "group_concat ordered": lambda lib, m, t: lib.func.aggregate_strings(t["t"].c.s, ",").aggregate_order_by(
        t["t"].c.x
    ),
    "sysdate": lambda lib, m, t: lib.func.sysdate(),
    "milliseconds": lambda lib, m, t: lib.extract("milliseconds", t["t"].c.d),
    "regexp": lambda lib, m, t: ~t["t"].c.s.regexp_match("x", flags="i"),
    "regexp replaced": lambda lib, m, t: t["t"].c.s.regexp_replace("x", "y", flags="i"),
    "distinct from": lambda lib, m, t: lib.or_(t["t"].c.x.is_distinct_from(1), t["t"].c.x.is_not_distinct_from(None)),
    "strings joined": lambda lib, m, t: t["t"].c.s + "a" + (t["t"].c.c + "b"),
    "member": lambda lib, m, t: t["t"].c.j["a"],
    "member of member": lambda lib, m, t: t["t"].c.j["a"]["b"].as_string() == "x",
    "member integer": lambda lib, m, t: t["t"].c.j[("a", 1)].as_integer() + 5,
    "member float": lambda lib, m, t: t["t"].c.j[5].as_float(),
    "member numeric": lambda lib, m, t: t["t"].c.j["a"].as_numeric(10, 2),
    "member boolean": lambda lib, m, t: t["t"].c.j["a"].as_boolean(),
    "empty list": lambda lib, m, t: lib.select(t["t"].c.id).where(t["t"].c.x.in_([]), t["t"].c.x.not_in([])),
    "reserved": lambda lib, m, t: lib.select(lib.column("rank"), lib.column("a`b"), lib.column("A"), lib.column("c%")),
}

TYPES: dict[str, Callable[[Any, Any], Any]] = {
    text: lambda lib, m, text=text: eval(text, {"lib": lib, "m": m})
    for text in """lib.Integer() lib.BigInteger() lib.SmallInteger() lib.String(5) lib.Text() lib.Text(70000) lib.Unicode(5)
    lib.UnicodeText() lib.Float() lib.Float(5) lib.Double() lib.Numeric() lib.Numeric(5) lib.Numeric(5,2)
    lib.Date() lib.DateTime() lib.DateTime(timezone=True) lib.Time() lib.LargeBinary() lib.LargeBinary(5) lib.Boolean()
    lib.JSON() lib.Uuid() lib.Uuid(native_uuid=False) lib.UUID() lib.Interval() lib.Enum('a',"b'c%")
    lib.Enum('a',native_enum=False) lib.PickleType() lib.CHAR(5) lib.CHAR() lib.NCHAR(4) lib.NVARCHAR(4) lib.VARBINARY(5)
    lib.BINARY(5) lib.BINARY() lib.TIMESTAMP() lib.REAL() lib.DECIMAL() lib.DECIMAL(5,2) lib.FLOAT(5) lib.DOUBLE()
    lib.DOUBLE_PRECISION() lib.BOOLEAN() lib.BLOB() lib.CLOB() lib.String(5,collation='utf8mb4_bin') lib.String()
    m.INTEGER() m.INTEGER(5) m.INTEGER(5,unsigned=True) m.INTEGER(unsigned=True,zerofill=True) m.BIGINT(20,unsigned=True)
    m.SMALLINT(4,zerofill=True) m.MEDIUMINT(5) m.TINYINT(1) m.TINYINT(unsigned=True) m.BIT() m.BIT(5) m.YEAR() m.YEAR(4)
    m.DOUBLE() m.DOUBLE(5,2) m.DOUBLE(5) m.DOUBLE(5,2,unsigned=True,zerofill=True) m.REAL() m.REAL(5,2) m.FLOAT()
    m.FLOAT(5) m.FLOAT(5,2) m.FLOAT(precision=24,unsigned=True) m.NUMERIC() m.NUMERIC(5,2,unsigned=True) m.NUMERIC(5)
    m.DECIMAL(5,2,zerofill=True) m.DECIMAL() m.TIME() m.TIME(fsp=3) m.TIMESTAMP() m.TIMESTAMP(fsp=6) m.DATETIME()
    m.DATETIME(fsp=6) m.TINYTEXT() m.MEDIUMTEXT() m.LONGTEXT() m.TEXT(500) m.TEXT(charset='utf8',collation='utf8_bin')
    m.LONGTEXT(charset='latin1') m.VARCHAR(5,charset='utf8',collation='utf8_bin') m.VARCHAR(5,binary=True)
    m.VARCHAR(5,ascii=True) m.VARCHAR(5,unicode=True) m.VARCHAR(5,national=True) m.CHAR(5,charset='utf8',binary=True)
    m.CHAR() m.NVARCHAR(5) m.NCHAR(5) m.NCHAR() m.TINYBLOB() m.MEDIUMBLOB() m.LONGBLOB() m.BLOB() m.ENUM('a','b')
    m.ENUM('a',charset='utf8',collation='utf8_bin') m.SET('a','b') m.SET('a','b',retrieve_as_bitwise=True)
    m.SET('a',charset='utf8') m.JSON() m.VARCHAR() m.NVARCHAR() m.DOUBLE(asdecimal=False)""".split()
}

_DEFAULTS = """NOW() now()_ON_UPDATE_now() -5 5.5 'a' NULL TRUE b'1' CURRENT_TIMESTAMP(6)
    CURRENT_TIMESTAMP_ON_UPDATE_CURRENT_TIMESTAMP CURRENT_DATE uuid() (5) a current_timestamp(6) a_+_b NOW(6) x'41'
    nextval(q) 0 'a_(b)'""".split()


def _table(*columns: Callable[[Any, Any], Any], **options: Any) -> Build:
    def build(lib: Any, m: Any, t: Any) -> Any:
        return lib.schema.CreateTable(lib.Table("made", lib.MetaData(), *[make(lib, m) for make in columns], **options))

    return build


def _default(text: str) -> Build:
    return _table(lambda lib, m: lib.Column("a", lib.Integer, server_default=lib.text(text)))


def _index(make: Callable[[Any, Any], Any]) -> Build:
    return lambda lib, m, t: lib.schema.CreateIndex(make(lib, t["t"].c))


def _drop(make: Callable[[Any, Any], Any]) -> Build:
    def build(lib: Any, m: Any, t: Any) -> Any:
        constraint = make(lib, t["t"].c)
        t["t"].append_constraint(constraint)
        return lib.schema.DropConstraint(constraint)

    return build


DDL: dict[str, Build] = {
    **{f"default {text}": _default(text.replace("_ON_UPDATE_", " ON UPDATE ").replace("_+_", " + "))
       for text in _DEFAULTS},
    "default now": _table(lambda lib, m: lib.Column("a", lib.DateTime, server_default=lib.func.now())),
    "default sum": _table(lambda lib, m: lib.Column("a", lib.Integer, server_default=lib.literal(5) + 6)),
    "default word": _table(lambda lib, m: lib.Column("a", lib.String(9), server_default="it's 5 %")),
    "key": _table(lambda lib, m: lib.Column("id", lib.Integer, primary_key=True)),
    "key of two": _table(
        lambda lib, m: lib.Column("a", lib.Integer, primary_key=True),
        lambda lib, m: lib.Column("b", lib.Integer, primary_key=True),
    ),
    "counted second": _table(
        lambda lib, m: lib.Column("a", lib.Integer, primary_key=True, autoincrement=False),
        lambda lib, m: lib.Column("b", lib.Integer, primary_key=True, autoincrement=True),
    ),
    "not counted": _table(lambda lib, m: lib.Column("a", lib.Integer, primary_key=True, server_default="5")),
    "word key": _table(lambda lib, m: lib.Column("a", lib.String(5), primary_key=True)),
    "comments": _table(
        lambda lib, m: lib.Column("a", lib.Integer, primary_key=True, comment="q%"),
        lambda lib, m: lib.Column("b", lib.Integer, nullable=False, server_default="5", comment="it's"),
        comment="the table's",
    ),
    "timestamps": _table(
        lambda lib, m: lib.Column("a", lib.TIMESTAMP),
        lambda lib, m: lib.Column("b", m.TIMESTAMP(fsp=3), nullable=False),
        lambda lib, m: lib.Column("c", lib.TIMESTAMP, server_default=lib.func.current_timestamp()),
    ),
    "computed": _table(
        lambda lib, m: lib.Column("a", lib.Integer),
        lambda lib, m: lib.Column("b", lib.Integer, lib.Computed("a + 1")),
        lambda lib, m: lib.Column("c", lib.Integer, lib.Computed("a + 1", persisted=True), comment="c"),
        lambda lib, m: lib.Column("d", lib.Integer, lib.Computed("a + 1", persisted=False)),
    ),
    "identity": _table(lambda lib, m: lib.Column("a", lib.Integer, lib.Identity(start=3), primary_key=True)),
    "checks": _table(
        lambda lib, m: lib.Column("a", lib.Boolean(create_constraint=True, name="ck")),
        lambda lib, m: lib.Column("b", lib.Enum("a", "b", native_enum=False, create_constraint=True, name="ii")),
        lambda lib, m: lib.Column("c", lib.Integer, lib.CheckConstraint("c > 5")),
        lambda lib, m: lib.CheckConstraint("a > 5 % 2", name="c2"),
    ),
    "names": _table(
        lambda lib, m: lib.Column("select", lib.Integer, primary_key=True),
        lambda lib, m: lib.Column("we`ird", lib.Integer),
        lambda lib, m: lib.Column("Upper", lib.Integer),
        lambda lib, m: lib.Column("per%cent", lib.Integer),
        schema="other",
    ),
    "engine": _table(
        lambda lib, m: lib.Column("a", lib.Integer, primary_key=True), mysql_engine="InnoDB", mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin", mysql_row_format="DYNAMIC", mysql_key_block_size="1024",
        mariadb_engine="Aria", mariadb_charset="latin1",
    ),
    "options": _table(
        lambda lib, m: lib.Column("a", lib.Integer, primary_key=True), mysql_engine="X", mysql_default_charset="utf8",
        mysql_auto_increment="5", mysql_data_directory="/tmp", mysql_stats_sample_pages="5", mysql_connection="it's",
        mysql_union="(a,b)", mysql_comment="q", mysql_partition_by="HASH(a)", mysql_partitions="4",
        mysql_subpartition_by="HASH(b)", mysql_subpartitions="2",
    ),
    "key using": _table(
        lambda lib, m: lib.Column("a", lib.Integer), lambda lib, m: lib.PrimaryKeyConstraint("a", mysql_using="btree")
    ),
    "match of a key": _table(
        lambda lib, m: lib.Column("a", lib.Integer),
        lambda lib, m: lib.ForeignKeyConstraint(["a"], ["made.a"], match="FULL"),
    ),
    "foreign key": _table(
        lambda lib, m: lib.Column("a", lib.Integer),
        lambda lib, m: lib.ForeignKeyConstraint(["a"], ["made.a"], name="f", ondelete="CASCADE", onupdate="SET NULL"),
    ),
    "temporary": _table(lambda lib, m: lib.Column("a", lib.Integer), prefixes=["TEMPORARY"]),
    "of the tables": lambda lib, m, t: lib.schema.CreateTable(t["u"]),
    "index": _index(lambda lib, c: lib.Index("i", c.x)),
    "index length": _index(lambda lib, c: lib.Index("i", c.s, mysql_length=10, mariadb_length=11)),
    "index lengths": _index(lambda lib, c: lib.Index("i", c.s, c.c, mysql_length={"s": 4, "c": 5})),
    "index length desc": _index(lambda lib, c: lib.Index("i", c.c, c.x.desc(), mysql_length={"c": 5})),
    "index fulltext": _index(lambda lib, c: lib.Index("i", c.s, mysql_prefix="FULLTEXT", mysql_with_parser="ngram")),
    "index using": _index(lambda lib, c: lib.Index("i", c.s.desc(), unique=True, mysql_using="hash")),
    "index function": _index(lambda lib, c: lib.Index("i", lib.func.lower(c.s))),
    "index sum": _index(lambda lib, c: lib.Index("i", c.x + 5)),
    "index text": _index(lambda lib, c: lib.Index("i", c.x, lib.text("s"))),
    "drop index": lambda lib, m, t: lib.schema.DropIndex(lib.Index("i", t["t"].c.x)),
    "drop unique": _drop(lambda lib, c: lib.UniqueConstraint(c.x, name="u")),
    "drop check": _drop(lambda lib, c: lib.CheckConstraint("x > 1", name="c")),
    "drop foreign key": _drop(lambda lib, c: lib.ForeignKeyConstraint([c.x], [c.id], name="f")),
    "drop key": _drop(lambda lib, c: lib.PrimaryKeyConstraint(c.id, name="p")),
    "comment on table": lambda lib, m, t: lib.schema.SetTableComment(t["u"]),
    "no comment on table": lambda lib, m, t: lib.schema.DropTableComment(t["u"]),
    "comment on column": lambda lib, m, t: lib.schema.SetColumnComment(t["u"].c.s),
    "view": lambda lib, m, t: lib.schema.CreateView(lib.select(t["t"].c.x).where(t["t"].c.s == "a\\b'%"), "v"),
}  # fmt: skip
