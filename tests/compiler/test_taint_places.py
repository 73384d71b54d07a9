"""A canary in the rarer places of statements and schemas, on all databases: quoted, beside the text, or refused; only where
the documentation says that SQL is expected does it stand as SQL.
"""

from __future__ import annotations

import warnings

import pytest

from holdfast import (
    ARRAY,
    JSON,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    asc,
    bindparam,
    cast,
    collate,
    column,
    desc,
    extract,
    func,
    insert,
    literal_column,
    nulls_first,
    select,
    table,
    tablesample,
    text,
    try_cast,
    type_coerce,
    update,
    values,
)
from holdfast.dialects import mysql, postgresql, sqlite
from holdfast.schema import CreateIndex, CreateSequence, CreateTable
from holdfast.sql import functions
from tests.compiler.quoted import QUOTED

CANARY = "CANARY' \" ` ; -- /* %s :x __[POSTCOMPILE_x_1] \\"
AS_SQL = CANARY.replace(":x", "")
"""For places where ``:x`` is a parameter that wants a value."""
T = Table(
    "t", MetaData(), Column("x", Integer, primary_key=True), Column("w", String), Column("j", JSON), Column("a", ARRAY(Integer)),
    Column("d", DateTime),
)  # fmt: skip
x, w, j, a, d = T.c
DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect(), "mysql": mysql.dialect()}

PLACES = {
    "extract field": lambda: select(extract(CANARY, d)),
    "func extract": lambda: select(func.extract(CANARY, d)),
    "over partition str": lambda: select(func.rank().over(partition_by=CANARY)),
    "order_by asc str": lambda: select(x).order_by(asc(CANARY)),
    "order_by desc str": lambda: select(x).order_by(desc(CANARY)),
    "nulls_first": lambda: select(x).order_by(nulls_first(CANARY)),
    "group_by": lambda: select(x).group_by(CANARY),
    "distinct on": lambda: select(x).ext(postgresql.distinct_on(CANARY)),
    "with_for_update key": lambda: select(x).with_for_update(of=CANARY),
    "prefix": lambda: select(x).prefix_with(AS_SQL),
    "suffix": lambda: select(x).suffix_with(AS_SQL),
    "hint": lambda: select(x).with_hint(T, CANARY),
    "stmt hint": lambda: select(x).with_statement_hint(CANARY),
    "op": lambda: select(x.op(CANARY)(5)),
    "literal_column": lambda: select(literal_column(CANARY)),
    "table()": lambda: select(table(CANARY, column(CANARY), schema=CANARY)),
    "cast type name": lambda: select(cast(x, Enum("a", name=CANARY))),
    "regexp_replace flags": lambda: select(w.regexp_replace("a", CANARY, flags=CANARY)),
    "match": lambda: select(w.match(CANARY)),
    "collate fn": lambda: select(collate(w, CANARY)),
    "type_coerce": lambda: select(type_coerce(CANARY, String)),
    "array lit": lambda: select(postgresql.array([CANARY])),
    "aggregate_order_by": lambda: select(postgresql.aggregate_order_by(func.array_agg(w), CANARY)),
    "string_agg": lambda: select(func.string_agg(w, CANARY)),
    "aggregate_strings": lambda: select(func.aggregate_strings(w, CANARY)),
    "hstore": lambda: select(postgresql.hstore(CANARY, CANARY)),
    "to_tsvector": lambda: select(postgresql.to_tsvector(CANARY, w)),
    "ts @@": lambda: select(func.to_tsvector(CANARY).bool_op("@@")(func.to_tsquery(CANARY))),
    "jsonb path_exists": lambda: select(cast(j, postgresql.JSONB).path_exists(CANARY)),
    "jsonb has_key": lambda: select(cast(j, postgresql.JSONB).has_key(CANARY)),
    "json path tuple": lambda: select(cast(j, postgresql.JSONB)[(CANARY, 1)]),
    "on conflict elements": lambda: (
        postgresql.insert(T).values(x=1).on_conflict_do_update(index_elements=[CANARY], set_={"w": 1})
    ),
    "on conflict set key": lambda: (
        postgresql.insert(T).values(x=1).on_conflict_do_update(index_elements=["x"], set_={CANARY: 1})
    ),
    "on conflict where": lambda: (
        postgresql.insert(T).values(x=1).on_conflict_do_update(index_elements=["x"], index_where=CANARY, set_={"w": 1})
    ),
    "on conflict constraint": lambda: (
        postgresql.insert(T).values(x=1).on_conflict_do_update(constraint=CANARY, set_={"w": 1})
    ),
    "sqlite conflict": lambda: (
        sqlite.insert(T).values(x=1).on_conflict_do_update(index_elements=[CANARY], set_={"w": 1})
    ),
    "duplicate key": lambda: mysql.insert(T).values(x=1).on_duplicate_key_update({CANARY: 1}),
    "returning str": lambda: insert(T).returning(CANARY),
    "values tuple": lambda: insert(T).values((CANARY, CANARY)),
    "from_select names": lambda: insert(T).from_select([CANARY], select(x)),
    "bindparam name literal": lambda: select(bindparam(CANARY, CANARY, literal_execute=True)),
    "label in having": lambda: select(x.label(CANARY)).having(column(CANARY) > 1),
    "cte prefix": lambda: select(select(x).cte("c").prefix_with(AS_SQL)),
    "tablesample fn": lambda: select(tablesample(T, getattr(func, CANARY)(5))),
    "within_group": lambda: select(func.percentile_cont(CANARY).within_group(x)),
    "filter": lambda: select(func.count(x).filter(w == CANARY)),
    "interval": lambda: select(cast(CANARY, postgresql.INTERVAL(fields=CANARY))),
    "computed": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer, Computed(CANARY)))),
    "check": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), CheckConstraint(CANARY))),
    "server_default text": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer, server_default=text("5")), comment=CANARY)
    ),
    "column comment mysql": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer, comment=CANARY), comment=CANARY)
    ),
    "mysql engine": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer), mysql_engine=CANARY, mysql_charset=CANARY, mysql_comment=CANARY)
    ),
    "pg tablespace": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), postgresql_tablespace=CANARY)),
    "pg partition_by": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer), postgresql_partition_by=CANARY)
    ),
    "pg inherits": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), postgresql_inherits=CANARY)),
    "pg on_commit": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), postgresql_on_commit=CANARY)),
    "pg with": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), postgresql_with={CANARY: CANARY})),
    "pg using": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), postgresql_using=CANARY)),
    "index ops": lambda: CreateIndex(Index("i", T.c.x, postgresql_ops={"x": CANARY})),
    "index tablespace": lambda: CreateIndex(Index("i", T.c.x, postgresql_tablespace=CANARY)),
    "index include": lambda: CreateIndex(Index("i", T.c.x, postgresql_include=[CANARY])),
    "index mysql": lambda: CreateIndex(Index("i", T.c.x, mysql_length=CANARY, mysql_prefix=CANARY, mysql_using=CANARY)),
    "exclude": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer), postgresql.ExcludeConstraint((CANARY, CANARY), using=CANARY))
    ),
    "sqlite conflict clause": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer, sqlite_on_conflict_not_null=CANARY, nullable=False))
    ),
    "identity": lambda: CreateTable(
        Table("n", MetaData(), Column("x", Integer, Identity(start=CANARY, increment=CANARY)))
    ),
    "sequence opts": lambda: CreateSequence(Sequence("s", minvalue=CANARY, cache=CANARY)),
    "sequence type": lambda: CreateSequence(Sequence("s", data_type=String(CANARY))),
    "table prefixes": lambda: CreateTable(Table("n", MetaData(), Column("x", Integer), prefixes=[CANARY])),
    "mysql enum": lambda: CreateTable(
        Table("n", MetaData(), Column("x", mysql.ENUM(CANARY)), Column("s", mysql.SET(CANARY)))
    ),
    "mysql charset": lambda: CreateTable(
        Table("n", MetaData(), Column("x", mysql.VARCHAR(5, charset=CANARY, collation=CANARY)))
    ),
    "pg enum": lambda: CreateTable(
        Table("n", MetaData(), Column("x", postgresql.ENUM("a", name=CANARY, schema=CANARY)))
    ),
    "domain": lambda: postgresql.CreateDomainType(
        postgresql.DOMAIN(CANARY, Integer, check=text("1=1"), constraint_name=CANARY, default=CANARY, collation=CANARY)
    ),
    "enum value": lambda: postgresql.AddEnumValue(
        postgresql.ENUM("a", name=CANARY, schema=CANARY), CANARY, after=CANARY, if_not_exists=True
    ),
    "enum value before": lambda: postgresql.AddEnumValue(postgresql.ENUM("a", name="n"), "b", before=CANARY),
    "enum value renamed": lambda: postgresql.RenameEnumValue(postgresql.ENUM("a", name=CANARY), CANARY, CANARY),
    "domain default": lambda: postgresql.SetDomainDefault(postgresql.DOMAIN(CANARY, Integer), CANARY),
    "domain not null": lambda: postgresql.SetDomainNotNull(postgresql.DOMAIN(CANARY, Integer, schema=CANARY)),
    "domain check": lambda: postgresql.AddDomainCheck(postgresql.DOMAIN(CANARY, Integer), text("1=1"), name=CANARY),
    "domain check seen": lambda: postgresql.ValidateDomainCheck(postgresql.DOMAIN(CANARY, Integer), CANARY),
    "domain check gone": lambda: postgresql.DropDomainCheck(postgresql.DOMAIN(CANARY, Integer), CANARY),
    "convention": lambda: CreateTable(
        Table(
            CANARY,
            MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(column_0_name)s"}),
            Column(CANARY, Integer, primary_key=True),
            Column("y", Integer, unique=True),
        )
    ),
    "values name": lambda: select(values(column("a", Integer), name=CANARY, literal_binds=True).data([(CANARY,)])),
    "values literal": lambda: select(values(column("a", String), name="v", literal_binds=True).data([(CANARY,)])),
    "try_cast": lambda: select(try_cast(CANARY, String)),
    "func with name": lambda: select(functions.Function(CANARY, packagenames=[CANARY])),
    "lateral": lambda: select(select(x).lateral(CANARY)),
    "with_only": lambda: select(x).with_only_columns(CANARY),
    "execution schema": lambda: select(Table("q", MetaData(schema=CANARY), Column("x", Integer))),
    "json_each": lambda: select(func.json_each(j, CANARY)),
    "mysql match": lambda: select(mysql.match(w, against=CANARY)),
    "mysql limit": lambda: update(T).values(w="a").with_dialect_options(mysql_limit=CANARY),
    "for update skip": lambda: select(x).with_for_update(skip_locked=CANARY, nowait=CANARY),
    "fetch": lambda: select(x).fetch(5, percent=CANARY),
}

SQL_IS_EXPECTED = {
    "prefix", "suffix", "hint", "stmt hint", "op", "literal_column", "cte prefix", "computed", "check", "table prefixes",
    "pg partition_by", "mysql engine",
}  # fmt: skip
"""Places whose documentation asks for SQL text."""


def written(place: str, dialect: str, literal_binds: bool) -> str | None:
    """Return the SQL text of a statement, or None where it is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            statement = PLACES[place]()
            options = {"literal_binds": True} if literal_binds else {}
            compiled = statement.compile(dialect=DIALECTS[dialect], compile_kwargs=options)
            return compiled.bind(statement._values)[0] if hasattr(compiled, "bind") else str(compiled)
        except Exception:
            return None


@pytest.mark.parametrize("literal_binds", [False, True], ids=["parameters", "literals"])
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("place", [place for place in PLACES if place not in SQL_IS_EXPECTED])
def test_nothing_stands_outside_of_quotes(place: str, dialect: str, literal_binds: bool) -> None:
    """Read as the database reads it."""
    sql = written(place, dialect, literal_binds)
    assert sql is None or "CANARY" not in QUOTED[dialect].sub(" ", sql)


@pytest.mark.parametrize("place", sorted(SQL_IS_EXPECTED))
def test_where_sql_is_expected_it_stands_as_it_is(place: str) -> None:
    """Otherwise the list above would be longer than need be."""
    assert any("CANARY" in QUOTED[name].sub(" ", written(place, name, False) or "") for name in DIALECTS)


def test_most_places_are_reached() -> None:
    """A place that every database refuses would show nothing."""
    reached = [place for place in PLACES if any(written(place, name, False) for name in DIALECTS)]
    assert len(reached) > 55
