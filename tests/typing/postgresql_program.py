"""PostgreSQL's types as a program uses them, for type checkers."""

import datetime
from typing import Any, assert_type

from holdfast import Integer, Select, select, update
from holdfast.dialects.postgresql import (
    ARRAY,
    DATERANGE,
    ENUM,
    INT4MULTIRANGE,
    JSONB,
    BitString,
    ExcludeConstraint,
    Insert,
    MultiRange,
    Range,
    array,
    array_agg,
    dialect,
    distinct_on,
    insert,
)
from holdfast.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The base."""


class Stay(Base):
    """A stay."""

    __tablename__ = "stays"
    __table_args__ = (ExcludeConstraint(("during", "&&"), name="one_at_a_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    during: Mapped[Range[datetime.date]] = mapped_column(DATERANGE)
    parts: Mapped[MultiRange[int]] = mapped_column(INT4MULTIRANGE)
    tags: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(ENUM("short", "long", name="kind"))


def values(stay: Stay) -> None:
    """What values are."""
    assert_type(stay.during, Range[datetime.date])
    assert_type(stay.during.lower, datetime.date | None)
    assert_type(stay.during + stay.during, Range[datetime.date])
    assert_type(datetime.date(2020, 1, 1) in stay.during, bool)
    assert_type(stay.parts[0], Range[int])
    assert_type(BitString("01") & "11", BitString)
    assert_type(BitString.from_int(5, 8), BitString)


def upsert() -> Insert:
    """Return an INSERT that may find its row."""
    return insert(Stay).values(id=1).on_conflict_do_nothing(index_elements=["id"])  # type: ignore[no-any-return]


def statements() -> Select[tuple[Stay]]:
    """Statements are made of columns and values."""
    assert str(update(Stay).values({Stay.facts["a"]: 5})) and array_agg(Stay.id) is not array([1, 2])
    return select(Stay).where(Stay.during.contains(datetime.date(2020, 1, 1))).ext(distinct_on(Stay.kind))


def texts() -> list[str]:
    """Return what the statements say."""
    return [str(statement.compile(dialect=dialect())) for statement in (statements(), upsert())]
