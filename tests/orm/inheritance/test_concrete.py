"""Concrete inheritance: each class has a table of its own, and rows of its own."""

from typing import Any

import pytest

from holdfast import inspect, select
from holdfast.orm import DeclarativeBase, Mapped, mapped_column
from tests.support.faces import Store


class Base(DeclarativeBase):
    """Of these classes alone."""


class Paper(Base):
    __tablename__ = "paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]


class Letter(Paper):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    stamp: Mapped[str | None]
    __mapper_args__ = {"concrete": True}


def test_each_class_has_its_own_rows(on_face: Any) -> None:
    """Keys of one table say nothing of the other one; what is not repeated is not there."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Paper(title="p", pages=3), Letter(title="l", stamp="s")])
            await session.commit()
            assert [each.title for each in (await session.scalars(select(Paper))).all()] == ["p"]
            letter = await session.get(Letter, 1)
            assert (letter.title, letter.stamp) == ("l", "s")
            assert await session.get(Paper, 1) is not letter
            with pytest.raises(AttributeError, match="Concrete .*Letter.* does not implement attribute 'pages'"):
                _ = letter.pages
            with pytest.raises(AttributeError, match="does not implement attribute 'pages'"):
                letter.pages = 4

    on_face(Base.metadata, program)


def test_what_inspect_tells() -> None:
    """A concrete class is the base of its own identity."""
    mapper = inspect(Letter)
    assert (mapper.concrete, mapper.single, mapper.inherits, mapper.base_mapper) == (
        True,
        False,
        inspect(Paper),
        mapper,
    )
