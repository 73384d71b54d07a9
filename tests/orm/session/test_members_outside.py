"""What an object and its members do to each other across the border of a session; found by random programs.

tests/differential/test_session_programs.py found each; here stands the shortest program that shows it.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import holdfast as hf
from holdfast import exc
from holdfast.orm import DeclarativeBase, Mapped, Session, attribute_keyed_dict, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the classes."""


shelf_label = hf.Table(
    "shelf_label",
    Base.metadata,
    hf.Column("shelf_id", hf.ForeignKey("shelf.id"), primary_key=True),
    hf.Column("label_id", hf.ForeignKey("label.id"), primary_key=True),
)


class Shelf(Base):
    """Volumes are lent to a shelf; it is marked by one lamp and by labels."""

    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    volumes: Mapped[list["Volume"]] = relationship(back_populates="shelf")
    numbered: Mapped[dict[int, "Copy"]] = relationship(
        back_populates="shelf", collection_class=attribute_keyed_dict("id"), cascade="all, delete-orphan"
    )
    lamp: Mapped["Lamp | None"] = relationship(back_populates="shelf")
    labels: Mapped[set["Label"]] = relationship(secondary=shelf_label, back_populates="shelves")


class Volume(Base):
    """A volume may stand nowhere."""

    __tablename__ = "volume"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(hf.ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="volumes")


class Copy(Base):
    """A copy belongs to its shelf."""

    __tablename__ = "copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(hf.ForeignKey("shelf.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="numbered")


class Lamp(Base):
    """One shelf has it, or none."""

    __tablename__ = "lamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(hf.ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="lamp")


class Label(Base):
    """Many shelves have it."""

    __tablename__ = "label"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelves: Mapped[list[Shelf]] = relationship(secondary=shelf_label, back_populates="labels")


@pytest.fixture
def session(file_engine: hf.Engine) -> Iterator[Session]:
    """A session that keeps values at a commit, with two shelves; the first one has one member of each kind."""
    Base.metadata.create_all(file_engine)
    with Session(file_engine, expire_on_commit=False) as session:
        first = Shelf(id=1, volumes=[Volume(id=1)], numbered={1: Copy(id=1)}, lamp=Lamp(id=1), labels={Label(id=1)})
        session.add_all([first, Shelf(id=2, volumes=[Volume(id=2)], numbered={2: Copy(id=2)})])
        session.commit()
        yield session


def shelves(session: Session) -> tuple[Shelf, Shelf]:
    """Return both, with all that they hold in memory."""
    first, second = session.get_one(Shelf, 1), session.get_one(Shelf, 2)
    for each in (first, second):
        assert each.lamp is None or each.lamp.shelf is each
        assert len(each.volumes) == len(each.numbered) == 1 and len(each.labels) < 2
    return first, second


def value_of(session: Session, sql: str) -> Any:
    """Return the one value of a statement as the database has it."""
    return session.connection().exec_driver_sql(sql).scalar()


def test_members_that_left_outside_come_with_their_owner(session: Session) -> None:
    """A detached object let go of members; added again it brings them, or their rows would keep its key."""
    shelf, _ = shelves(session)
    volume, copy, lamp, label = shelf.volumes[0], shelf.numbered[1], shelf.lamp, next(iter(shelf.labels))
    session.expunge_all()
    shelf.volumes.remove(volume)
    del shelf.numbered[1]
    shelf.lamp = None
    shelf.labels.clear()
    session.add(shelf)
    assert all(one in session for one in (volume, copy, lamp, label))
    assert session.dirty == {shelf, volume, copy, lamp, label}
    session.commit()
    assert hf.inspect(copy).detached and hf.inspect(copy).was_deleted
    assert session.execute(hf.select(Volume.id, Volume.shelf_id).order_by(Volume.id)).all() == [(1, None), (2, 2)]
    assert session.execute(hf.select(Lamp.id, Lamp.shelf_id)).all() == [(1, None)]
    assert session.scalars(hf.select(Copy.id)).all() == [2]
    assert value_of(session, "SELECT count(*) FROM shelf_label") == 0


def test_a_reference_that_was_emptied_outside_brings_what_it_referred_to(session: Session) -> None:
    """From the other side it is the same: the former owner comes with its member."""
    shelf, _ = shelves(session)
    volume = shelf.volumes[0]
    session.expunge_all()
    volume.shelf = None
    session.add(volume)
    assert shelf in session
    session.commit()
    assert value_of(session, "SELECT shelf_id FROM volume WHERE id = 1") is None


def test_what_came_outside_is_written_before_what_was_there(session: Session) -> None:
    """add() goes to the new members of a collection first, as SQLAlchemy does: so they stand in `new`, and in the INSERT."""
    shelf, _ = shelves(session)
    session.expunge_all()
    before, came = shelf.volumes[0], [Volume(id=8), Volume(id=7)]
    shelf.volumes.extend(came)
    attached: list[Any] = []
    hf.event.listen(session, "after_attach", lambda _, one: attached.append(one))
    session.add(shelf)
    assert [one for one in attached if isinstance(one, Volume)] == [*came, before]
    assert [one for one in session if isinstance(one, Volume) and one in session.new] == came
    session.flush()
    assert session.execute(hf.select(Volume.id, Volume.shelf_id).order_by(Volume.id)).all() == [
        (1, 1),
        (2, 2),
        (7, 1),
        (8, 1),
    ]


def test_add_of_what_is_there_leaves_what_came_unread_outside(session: Session) -> None:
    """A new member that waits for its collection to be read, and was not cascaded, is brought in by add() of itself alone."""
    shelf, _ = shelves(session)
    session.expire(shelf, ["volumes"])
    volume = Volume(id=9, shelf=shelf)
    session.expunge(volume) if volume in session else None
    session.add(shelf)
    assert volume not in session and "volumes" not in vars(shelf)
    session.add(volume)
    session.flush()
    assert value_of(session, "SELECT shelf_id FROM volume WHERE id = 9") == 1


def test_what_is_not_in_memory_leads_nowhere(session: Session) -> None:
    """An unread collection that waits to lose a member, and a reference that was deleted, bring nobody, as in SQLAlchemy."""
    shelf, other = shelves(session)
    volume = shelf.volumes[0]
    session.expire(shelf, ["volumes"])
    with session.no_autoflush:
        volume.shelf = other
    session.close()
    session.add(shelf)
    assert volume not in session and other not in session
    session.close()
    del volume.shelf
    session.add(volume)
    assert volume in session and shelf not in session and other not in session
    session.commit()
    assert value_of(session, "SELECT shelf_id FROM volume WHERE id = 1") is None


@pytest.mark.parametrize("leaves", ["label", "shelf"])
def test_rows_between_two_classes_stay_if_one_side_left(session: Session, leaves: str) -> None:
    """A label is taken off its shelf, and one of the two leaves the session before the flush: there is a warning, no DELETE."""
    shelf, _ = shelves(session)
    label = next(iter(shelf.labels))
    with session.no_autoflush:
        shelf.labels.remove(label)
    session.expunge(label if leaves == "label" else shelf)
    warned = "Label.* 'Shelf.labels'" if leaves == "label" else "Shelf.* 'Label.shelves'"
    with pytest.warns(exc.SAWarning, match=warned.replace(".*", "> not in session, delete operation along")):
        session.commit()
    assert value_of(session, "SELECT count(*) FROM shelf_label") == 1


def test_what_an_old_session_did_not_write_is_not_written_by_the_next(session: Session) -> None:
    """The label's unread collection noted that it lost a shelf; that session was closed, and the label alone comes back."""
    shelf, _ = shelves(session)
    label = next(iter(shelf.labels))
    session.expire(label, ["shelves"])
    with session.no_autoflush:
        shelf.labels.remove(label)
    session.close()
    session.add(label)
    with pytest.warns(
        exc.SAWarning, match="Shelf> not in session, delete operation along 'Label.shelves' won't proceed"
    ):
        session.commit()
    assert value_of(session, "SELECT count(*) FROM shelf_label") == 1


def test_what_was_let_go_of_and_has_no_row_stays_outside(session: Session) -> None:
    """There is nothing that a flush would have to write for it."""
    shelf, _ = shelves(session)
    gone = shelf.volumes[0]
    session.delete(gone)
    session.commit()
    new = Volume(id=9)
    session.expunge_all()
    shelf.volumes.remove(gone)
    shelf.volumes.append(new)
    shelf.volumes.remove(new)
    session.add(shelf)
    assert gone not in session and new not in session
    session.commit()
    assert value_of(session, "SELECT count(*) FROM volume") == 1


def deleted(session: Session, member: Any) -> None:
    session.delete(member)
    session.flush()


def deleted_before(session: Session, member: Any) -> None:
    session.delete(member)
    session.commit()


def twice(session: Session, member: Any) -> None:
    session.expunge(member)
    session.info["present"] = session.get(type(member), member.id)
    assert session.info["present"] is not member


def append(shelf: Shelf, member: Any) -> None:
    shelf.volumes.append(member) if isinstance(member, Volume) else shelf.numbered.__setitem__(1, member)


def put_in_place(shelf: Shelf, member: Any) -> None:
    if isinstance(member, Volume):
        shelf.volumes[0] = member
    else:
        shelf.numbered[2] = member


def assign(shelf: Shelf, member: Any) -> None:
    if isinstance(member, Volume):
        shelf.volumes = [member]
    else:
        shelf.numbered = {1: member}


@pytest.mark.parametrize("change", [append, put_in_place, assign])
@pytest.mark.parametrize("kind", [Volume, Copy])
@pytest.mark.parametrize("lose", [deleted, deleted_before, twice])
def test_a_member_that_is_refused_changes_nothing(session: Session, kind: Any, lose: Any, change: Any) -> None:
    """The error came after the collection and the other side had changed, so that both said what no row can."""
    first, second = shelves(session)
    member = first.volumes[0] if kind is Volume else first.numbered[1]
    lose(session, member)
    with pytest.raises(exc.InvalidRequestError, match="has been deleted|another instance with key"):
        change(second, member)
    assert member.shelf is first and (member in first.volumes or member in first.numbered.values())
    assert [volume.id for volume in second.volumes] == [2] and list(second.numbered) == [2]
    assert second.volumes[0].shelf is second and second.numbered[2].shelf is second
    assert not session.dirty and not session.new
    session.commit()
    assert value_of(session, "SELECT shelf_id FROM volume WHERE id = 2") == 2


def test_who_is_in_another_session_is_refused_before_anything_changes(session: Session) -> None:
    """Both sessions go on with what they have."""
    _, second = shelves(session)
    volume = second.volumes[0]
    session.expunge_all()
    with Session(session.bind) as other:
        shelf = other.get_one(Shelf, 1)
        held = list(shelf.volumes)
        session.add(volume)
        with pytest.raises(exc.InvalidRequestError, match="already attached to session"):
            shelf.volumes.append(volume)
        assert shelf.volumes == held and not other.dirty
    assert volume.shelf is second and volume in second.volumes


def test_a_reference_that_is_refused_stays_as_it_was(session: Session) -> None:
    """So it is with a reference to what was deleted."""
    first, second = shelves(session)
    volume, lamp = second.volumes[0], first.lamp
    assert lamp is not None
    lamp.shelf = None
    first.volumes[0].shelf = None
    session.delete(first)
    session.flush()
    for one, before in ((volume, second), (lamp, None)):
        with pytest.raises(exc.InvalidRequestError, match="has been deleted"):
            one.shelf = first
        assert one.shelf is before
    assert first.volumes == [] and second.volumes == [volume] and not session.dirty


def test_who_has_a_double_in_the_session_is_no_orphan(session: Session) -> None:
    """An owned member left the session, and another object of its row took its place: the flush wanted to delete it."""
    first, _ = shelves(session)
    former = first.numbered[1]
    session.expunge(former)
    present = session.get_one(Copy, 1)
    first.numbered[1] = present
    session.commit()
    assert list(first.numbered.values()) == [present] and present.shelf is first
    assert former not in session and value_of(session, "SELECT count(*) FROM copy WHERE shelf_id = 1") == 1


def test_who_loses_an_owner_that_its_row_does_not_name_is_told_of(session: Session) -> None:
    """A member that the flush looks at, and that has nothing to write, hears of it as others do."""
    first, _ = shelves(session)
    volume = first.volumes[0]
    session.refresh(volume)
    volume.shelf_id = None
    session.flush()
    told: list[str] = []

    def hear(mapper: Any, connection: Any, target: Any) -> None:
        told.append(f"{type(target).__name__} {target.id}")

    hf.event.listen(Volume, "before_update", hear)
    try:
        assert first.volumes == [volume]
        session.delete(first)
        session.flush()
    finally:
        hf.event.remove(Volume, "before_update", hear)
    assert told == ["Volume 1"]
