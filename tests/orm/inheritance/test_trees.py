"""A hierarchy of classes whose objects refer to each other: rows of several classes in one tree."""

from collections.abc import Iterator

import pytest

from holdfast import ForeignKey, event, select
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.support.awaited import engine_on


class Base(DeclarativeBase):
    """Base of the classes here."""


class Entry(Base):
    """Stands in a folder."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    entries: Mapped[list["Entry"]] = relationship(back_populates="folder")
    folder: Mapped["Entry | None"] = relationship(back_populates="entries", remote_side=[id])
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "entry"}


class Folder(Entry):
    """Has a colour, in a table of its own."""

    __tablename__ = "folder"

    id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    colour: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "folder", "inherit_condition": id == Entry.id}


@pytest.fixture(params=["sync", "async"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on an empty database, which checks foreign keys; on both faces."""
    with engine_on("sqlite://", request.param) as engine:
        Base.metadata.create_all(engine)
        with Session(engine) as made:
            yield made


def test_a_tree_of_several_classes(session: Session) -> None:
    """Rows come from the root on, and go leaves first, also where there are but two."""
    root = Folder(colour="red", entries=[Folder(entries=[Entry()]), Entry()])
    session.add(root)
    session.flush()
    rows = session.execute(select(Entry.id, Entry.kind, Entry.folder_id).order_by(Entry.id)).all()
    assert rows == [(1, "folder", None), (2, "folder", 1), (3, "entry", 1), (4, "entry", 2)]
    inner = root.entries[0]
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *each: sent.append(f"{each[2][:20]} {each[3]}"))
    leaf = inner.entries[0]
    session.delete(inner)
    session.delete(leaf)
    session.flush()
    deletes = [line for line in sent if line.startswith("DELETE")]
    assert deletes == ["DELETE FROM entry WH (4,)", "DELETE FROM folder W (2,)", "DELETE FROM entry WH (2,)"]
    assert session.scalars(select(Entry.id).order_by(Entry.id)).all() == [1, 3]
