"""Constraints and indexes that a program makes of the attributes of a mapped class join the class's table."""

from __future__ import annotations

from holdfast import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func
from holdfast.orm import DeclarativeBase, Mapped, mapped_column
from holdfast.schema import CreateIndex, CreateTable


def test_made_of_attributes_after_the_class() -> None:
    """They stand in the SQL as if they had been made of the table's columns, under the columns' names."""

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[int] = mapped_column("length")
        above_id: Mapped[int | None]

    CheckConstraint(Note.size < 200, name="small")
    UniqueConstraint(Note.size, Note.above_id, name="once")
    ForeignKeyConstraint([Note.above_id], [Note.id], name="above")
    Index("by_size", Note.size.desc())
    Index("by_absolute", func.abs(Note.size), Note.id, unique=True)

    table = Note.__table__
    assert str(CreateTable(table)) == (
        "\nCREATE TABLE note (\n\tid INTEGER NOT NULL, \n\tlength INTEGER NOT NULL, \n\tabove_id INTEGER, \n\t"
        "PRIMARY KEY (id), \n\tCONSTRAINT small CHECK (length < 200), \n\tCONSTRAINT once UNIQUE (length, above_id), \n\t"
        "CONSTRAINT above FOREIGN KEY(above_id) REFERENCES note (id)\n)\n\n"
    )
    by_name = {str(index.name): index for index in table.indexes}
    assert str(CreateIndex(by_name["by_size"])) == "CREATE INDEX by_size ON note (length DESC)"
    assert str(CreateIndex(by_name["by_absolute"])) == "CREATE UNIQUE INDEX by_absolute ON note (abs(length), id)"
    assert by_name["by_size"].columns.keys() == ["length"]
