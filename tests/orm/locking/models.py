"""The classes that the tests of locking map."""

from __future__ import annotations

from uuid import uuid4

from holdfast import FetchedValue, ForeignKey, String
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""


class Page(Base):
    """Counts its versions."""

    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    version: Mapped[int] = mapped_column()
    book_id: Mapped[int | None] = mapped_column(ForeignKey("books.id"))
    __mapper_args__ = {"version_id_col": version}


class Book(Base):
    """Has versions that a function makes."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    revision: Mapped[str] = mapped_column(String(40))
    pages: Mapped[list[Page]] = relationship(order_by=Page.id)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": lambda before: uuid4().hex}


class Seat(Base):
    """Has a key of two columns."""

    __tablename__ = "seats"

    row: Mapped[int] = mapped_column("line", primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    guest: Mapped[str | None] = mapped_column(String(50))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Reading(Base):
    """Has versions that the database makes, by a trigger."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1", server_onupdate=FetchedValue())
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class Paper(Base):
    """Counts its versions for all classes that derive from it."""

    __tablename__ = "papers"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(50))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "polymorphic_on": kind, "polymorphic_identity": "paper"}


class Report(Paper):
    """Has a table of its own, without a version."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(ForeignKey("papers.id"), primary_key=True)
    result: Mapped[str] = mapped_column(String(50))
    __mapper_args__ = {"polymorphic_identity": "report"}
