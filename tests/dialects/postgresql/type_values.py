"""A column of each of PostgreSQL's types, and what values it may have."""

import datetime
import enum
import ipaddress
from typing import Any

from hypothesis import strategies as st

from holdfast import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
)
from holdfast.dialects import postgresql as pg

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
INT4 = st.integers(-(2**31), 2**31 - 1)
INT8 = st.integers(-(2**63), 2**63 - 1)
DAYS = st.dates(datetime.date(2, 1, 1), datetime.date(9990, 1, 1))
MOMENTS = st.datetimes(datetime.datetime(2, 1, 1), datetime.datetime(9990, 1, 1))
ZONED = st.datetimes(
    datetime.datetime(2, 1, 2), datetime.datetime(9990, 1, 1), timezones=st.sampled_from([datetime.UTC])
)
NUMBERS = st.decimals(-(10**9), 10**9, places=5)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXT, DOCUMENTS, max_size=3)
BITS = st.text("01", max_size=9).map(pg.BitString)


class Mood(enum.Enum):
    """With quotes and braces in the strings that stand for its members."""

    glad = "g"
    sad = 's "quoted", {braced}\\'


def ranges(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return ranges of values as the server gives them back: ``[)`` where there are ends, or empty."""

    def made(pair: tuple[Any, Any]) -> Any:
        lower, upper = pair
        if lower is not None and upper is not None:
            lower, upper = min(lower, upper), max(lower, upper)
            if lower == upper:
                return pg.Range(empty=True)
        return pg.Range(lower, upper, bounds="[)" if lower is not None else "()")

    return st.tuples(st.none() | values, st.none() | values).map(made) | st.just(pg.Range(empty=True))


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return several ranges, apart and in order, as the server gives them back."""
    ends = st.lists(values, max_size=6, unique=True).map(sorted)
    return ends.map(lambda e: pg.MultiRange(pg.Range(*pair) for pair in zip(e[::2], e[1::2], strict=False)))


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists of values, with None among them."""
    return st.lists(st.none() | values, max_size=4)


def nested(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists of lists of one length."""
    return st.integers(1, 3).flatmap(
        lambda size: st.lists(st.lists(st.none() | values, min_size=size, max_size=size), min_size=1, max_size=3)
    )


IPV4 = st.ip_addresses(v=4)
NETWORKS = st.integers(0, 2**24 - 1).map(lambda n: ipaddress.ip_network((n << 8, 24)))
MOOD = pg.ENUM(Mood, name="mood", values_callable=lambda c: [m.value for m in c])
POSITIVE = pg.DOMAIN("positive", Integer, check="VALUE > 0", not_null=False)
LABEL = pg.DOMAIN("label", String(20), collation="C")
FACTS = pg.DOMAIN("facts", pg.JSONB)

KINDS: dict[str, tuple[Any, Any]] = {
    "small": (pg.SMALLINT(), st.integers(-(2**15), 2**15 - 1)),
    "whole": (pg.INTEGER(), INT4),
    "big": (pg.BIGINT(), INT8),
    "exact": (pg.NUMERIC(20, 5), NUMBERS),
    "binary": (pg.DOUBLE_PRECISION(), st.floats(allow_nan=False)),
    # The server writes no more digits than tell one REAL from the next.
    "real": (pg.REAL(), st.integers(-(2**12), 2**12).map(lambda n: n / 4)),
    "flag": (pg.BOOLEAN(), st.booleans()),
    "text": (pg.TEXT(), TEXT),
    "varchar": (pg.VARCHAR(12), TEXT),
    "day": (pg.DATE(), st.dates()),
    "moment": (pg.TIMESTAMP(), st.datetimes()),
    "zoned": (pg.TIMESTAMP(timezone=True), ZONED),
    "seconds": (pg.TIMESTAMP(precision=0), st.datetimes().map(lambda m: m.replace(microsecond=0))),
    "hour": (pg.TIME(), st.times()),
    "span": (pg.INTERVAL(), st.timedeltas(datetime.timedelta(-(10**6)), datetime.timedelta(10**6))),
    "uuid": (pg.UUID(), st.uuids()),
    "uuid_text": (pg.UUID(as_uuid=False), st.uuids().map(str)),
    "raw": (pg.BYTEA(), st.binary(max_size=9)),
    "bit": (pg.BIT(4), st.text("01", min_size=4, max_size=4).map(pg.BitString)),
    "bits": (pg.BIT(varying=True), BITS),
    "inet": (pg.INET(), st.ip_addresses()),
    "cidr": (pg.CIDR(), NETWORKS),
    "mac": (pg.MACADDR(), st.just("08:00:2b:01:02:03")),
    "money": (pg.MONEY(), st.just("$1,234.50")),
    "oid": (pg.OID(), st.integers(0, 2**32 - 1)),
    "class": (pg.REGCLASS(), st.just("pg_class")),
    "config": (pg.REGCONFIG(), st.just("english")),
    "folded": (pg.CITEXT(), TEXT),
    "words": (pg.TSVECTOR(), st.just("'a' 'b'")),
    "query": (pg.TSQUERY(), st.just("'a' & 'b'")),
    "mood": (MOOD, st.sampled_from(Mood)),
    "positive": (POSITIVE, st.integers(1, 2**31 - 1)),
    "label": (LABEL, TEXT),
    "facts": (FACTS, OBJECTS),
    "json": (pg.JSON(none_as_null=True), DOCUMENTS.filter(lambda d: d is not None)),
    "jsonb": (pg.JSONB(none_as_null=True), DOCUMENTS.filter(lambda d: d is not None)),
    "path": (pg.JSONPATH(), st.just('$."a"')),
    "pairs": (pg.HSTORE(), st.dictionaries(TEXT, st.none() | TEXT, max_size=3)),
    "int4range": (pg.INT4RANGE(), ranges(st.integers(-(2**31), 2**31 - 2))),
    "int8range": (pg.INT8RANGE(), ranges(st.integers(-(2**63), 2**63 - 2))),
    "numrange": (pg.NUMRANGE(), ranges(NUMBERS)),
    "daterange": (pg.DATERANGE(), ranges(DAYS)),
    "tsrange": (pg.TSRANGE(), ranges(MOMENTS)),
    "tstzrange": (pg.TSTZRANGE(), ranges(ZONED)),
    "int4multirange": (pg.INT4MULTIRANGE(), several(st.integers(-(2**31), 2**31 - 2))),
    "nummultirange": (pg.NUMMULTIRANGE(), several(NUMBERS)),
    "datemultirange": (pg.DATEMULTIRANGE(), several(DAYS)),
    "tstzmultirange": (pg.TSTZMULTIRANGE(), several(ZONED)),
    "wholes": (pg.ARRAY(Integer), lists(INT4)),
    "matrix": (pg.ARRAY(Integer, dimensions=2), nested(INT4)),
    "tuples": (pg.ARRAY(Integer, as_tuple=True), lists(INT4).map(tuple)),
    "texts": (pg.ARRAY(Text), lists(TEXT)),
    "strings": (pg.ARRAY(String(12)), lists(TEXT)),
    "exacts": (pg.ARRAY(Numeric(20, 5)), lists(NUMBERS)),
    "binaries": (pg.ARRAY(Float), lists(st.floats(allow_nan=False))),
    "flags": (pg.ARRAY(Boolean), lists(st.booleans())),
    "days": (pg.ARRAY(Date), lists(st.dates())),
    "moments": (pg.ARRAY(DateTime), lists(MOMENTS)),
    "spans": (pg.ARRAY(pg.INTERVAL), lists(st.timedeltas(datetime.timedelta(-9999), datetime.timedelta(9999)))),
    "uuids": (pg.ARRAY(pg.UUID), lists(st.uuids())),
    "uuid_texts": (pg.ARRAY(pg.UUID(as_uuid=False)), lists(st.uuids().map(str))),
    "raws": (pg.ARRAY(LargeBinary), lists(st.binary(max_size=5))),
    "moods": (pg.ARRAY(MOOD), lists(st.sampled_from(Mood))),
    "positives": (pg.ARRAY(POSITIVE), lists(st.integers(1, 99))),
    "labels": (pg.ARRAY(LABEL), lists(TEXT)),
    "documents": (pg.ARRAY(pg.JSONB(none_as_null=True)), lists(OBJECTS)),
    "pair_sets": (pg.ARRAY(pg.HSTORE), lists(st.dictionaries(TEXT, st.none() | TEXT, max_size=2))),
    "foldeds": (pg.ARRAY(pg.CITEXT), lists(TEXT)),
    "bit_lists": (pg.ARRAY(pg.BIT(2)), lists(st.sampled_from(["00", "01", "11"]).map(pg.BitString))),
    "inets": (pg.ARRAY(pg.INET), lists(IPV4)),
    "range_lists": (pg.ARRAY(pg.INT4RANGE), lists(ranges(st.integers(-99, 99)))),
    "multirange_lists": (pg.ARRAY(pg.INT4MULTIRANGE), lists(several(st.integers(-99, 99)))),
}  # fmt: skip
"""Name -> type and values."""

DOCUMENT_KINDS = ("jsonb", "facts")
"""Types of documents."""

WITHOUT_EQUALITY = ("json", "path")
"""Types whose values the server can not compare."""

table = Table(
    "kinds",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *[Column(name, type_) for name, (type_, _) in KINDS.items()],
)
