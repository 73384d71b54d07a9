"""DELETEs of a flush: order, cascades, orphans, foreign keys that become NULL, secondary rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from holdfast import ForeignKey, MetaData, exc, inspect, text
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.orm.unit_of_work.models import Base, Child, Named, Node, Owner, Parent, Part, Post, Screw, Tag
from tests.orm.unit_of_work.recording import Sent, recorded


@pytest.fixture
def both(face: str) -> Iterator[tuple[Session, Sent]]:
    """A session and the record of what it sends."""
    with recorded(Base.metadata, face) as found:
        yield found


def test_children_stay_without_their_parent(both: tuple[Session, Sent]) -> None:
    """Their foreign key becomes NULL before the parent's row goes; unloaded children are loaded for it."""
    session, sent = both
    several = [Parent(cs=[Child(), Child()]), Parent(cs=[Child()])]
    session.add_all(several)
    session.commit()
    for one in several:
        session.delete(one)
    sent.clear()
    session.flush()
    assert sent.writes() == [
        "UPDATE c SET p_id=? WHERE c.id = ? [(None, 1), (None, 2), (None, 3)]",
        "DELETE FROM p WHERE p.id = ? [(1,), (2,)]",
    ]


def test_children_first(both: tuple[Session, Sent]) -> None:
    """Both deleted: no UPDATE, children before parents."""
    session, sent = both
    one = Parent(cs=[Child(), Child()])
    session.add(one)
    session.flush()
    sent.clear()
    session.delete(one)
    for child in one.cs:
        session.delete(child)
    session.flush()
    assert sent.take() == ["DELETE FROM c WHERE c.id = ? [(1,), (2,)]", "DELETE FROM p WHERE p.id = ? (1,)"]


def test_the_delete_cascade(both: tuple[Session, Sent]) -> None:
    """What belongs to a deleted object goes with it, level by level."""
    session, sent = both
    owners = [Owner(parts=[Part(screws=[Screw(), Screw()]), Part(screws=[Screw()])])]
    session.add_all(owners)
    session.flush()
    sent.clear()
    session.delete(owners[0])
    session.flush()
    assert sent.take() == [
        "DELETE FROM screw WHERE screw.id = ? [(1,), (2,), (3,)]",
        "DELETE FROM part WHERE part.id = ? [(1,), (2,)]",
        "DELETE FROM o WHERE o.id = ? (1,)",
    ]


def test_orphans(both: tuple[Session, Sent]) -> None:
    """Taken out of its owner, a part goes, with its screws; given to another owner, it stays."""
    session, sent = both
    one, other = Owner(parts=[Part(screws=[Screw()]), Part()]), Owner(parts=[])
    session.add_all([one, other])
    session.flush()
    sent.clear()
    first, second = one.parts
    one.parts.remove(first)
    other.parts.append(second)
    session.flush()
    assert sent.take() == [
        "UPDATE part SET o_id=? WHERE part.id = ? (2, 2)",
        "DELETE FROM screw WHERE screw.id = ? (1,)",
        "DELETE FROM part WHERE part.id = ? (1,)",
    ]
    assert inspect(first).deleted
    assert inspect(second).persistent


def test_an_orphan_by_the_other_side(both: tuple[Session, Sent]) -> None:
    """A part that forgets its owner is an orphan as well."""
    session, sent = both
    one = Owner(parts=[Part()])
    session.add(one)
    session.flush()
    sent.clear()
    one.parts[0].owner = None
    session.flush()
    assert sent.writes() == ["DELETE FROM part WHERE part.id = ? (1,)"]


def test_a_tree_goes_leaves_first(both: tuple[Session, Sent]) -> None:
    """Level by level, also when the relationship is not loaded."""
    session, sent = both
    leaf = Node(name="leaf", parent=Node(name="middle", parent=Node(name="root")))
    session.add(leaf)
    session.commit()
    for one in (leaf.parent.parent, leaf.parent, leaf):
        session.delete(one)
    sent.clear()
    session.flush()
    assert sent.writes() == [
        "DELETE FROM n WHERE n.id = ? (3,)",
        "DELETE FROM n WHERE n.id = ? (2,)",
        "DELETE FROM n WHERE n.id = ? (1,)",
    ]


def test_a_row_that_is_gone_already(both: tuple[Session, Sent]) -> None:
    """What was wanted is so: a warning is enough."""
    session, _ = both
    one = Node(id=7)
    session.add(one)
    session.flush()
    session.execute(text("DELETE FROM n WHERE id = 7"))
    session.delete(one)
    with pytest.warns(
        exc.SAWarning, match=r"DELETE statement on table 'n' expected to delete 1 row\(s\); 0 were matched\.  Please"
    ):
        session.flush()


def test_a_new_object_takes_over_the_row(both: tuple[Session, Sent]) -> None:
    """Deleted and added under one key in one flush: an UPDATE."""
    session, sent = both
    old = Named(code="1", v=3)
    session.add(old)
    session.flush()
    session.delete(old)
    new = Named(code="1", v=4)
    session.add(new)
    sent.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error", exc.SAWarning)
        session.flush()
    assert sent.writes() == ["UPDATE named SET v=? WHERE named.code = ? (4, '1')"]
    assert inspect(old).deleted
    assert inspect(new).persistent
    assert session.get(Named, "1") is new


def test_secondary_rows_come(both: tuple[Session, Sent]) -> None:
    """After both sides; a row that both sides mention is inserted once."""
    session, sent = both
    tags = [Tag(name=str(n)) for n in range(3)]
    session.add_all([Post(name="p", tags=tags), Post(name="q", tags=[tags[2], tags[0]])])
    session.flush()
    assert sent.take()[5:] == [
        "INSERT INTO pt (post_id, tag_id) VALUES (?, ?) [(1, 1), (1, 2), (1, 3), (2, 3), (2, 1)]"
    ]


def test_secondary_rows_change(both: tuple[Session, Sent]) -> None:
    """Those that go before those that come."""
    session, sent = both
    tags = [Tag(name=str(n)) for n in range(2)]
    one, two = Post(tags=tags), Post(tags=[])
    session.add_all([one, two])
    session.flush()
    sent.clear()
    one.tags.remove(tags[1])
    two.tags.append(tags[1])
    session.flush()
    assert sent.take() == [
        "DELETE FROM pt WHERE pt.post_id = ? AND pt.tag_id = ? (1, 2)",
        "INSERT INTO pt (post_id, tag_id) VALUES (?, ?) (2, 2)",
    ]


def test_secondary_rows_go_with_either_side(both: tuple[Session, Sent]) -> None:
    """Before the row that they refer to; loaded if they are not."""
    session, sent = both
    tags = [Tag(name=str(n)) for n in range(3)]
    session.add_all([Post(tags=tags), Post(tags=tags[:1])])
    session.commit()
    session.delete(session.get(Post, 1))
    session.delete(tags[0])
    sent.clear()
    session.flush()
    assert sent.writes() == [
        "DELETE FROM pt WHERE pt.post_id = ? AND pt.tag_id = ? [(1, 1), (1, 2), (1, 3)]",
        "DELETE FROM pt WHERE pt.post_id = ? AND pt.tag_id = ? (2, 1)",
        "DELETE FROM post WHERE post.id = ? (1,)",
        "DELETE FROM tag WHERE tag.id = ? (1,)",
    ]


def test_a_secondary_row_that_is_gone(both: tuple[Session, Sent]) -> None:
    """Somebody else took it out: the collections of this session are stale."""
    session, _ = both
    one = Post(tags=[Tag(), Tag()])
    session.add(one)
    session.commit()
    assert len(one.tags) == 2
    session.execute(text("DELETE FROM pt"))
    one.tags.clear()
    with pytest.raises(
        exc.StaleDataError, match=r"DELETE statement on table 'pt' expected to delete 2 row\(s\); Only 0 were matched\."
    ):
        session.flush()


def test_two_of_a_tree(both: tuple[Session, Sent]) -> None:
    """Two rows of which one refers to the other: the smallest number that needs an order."""
    session, sent = both
    root = Node(name="root", children=[Node(name="leaf")])
    session.add(root)
    session.flush()
    for node in (root, root.children[0]):
        session.delete(node)
    sent.clear()
    session.flush()
    assert sent.writes() == ["DELETE FROM n WHERE n.id = ? (2,)", "DELETE FROM n WHERE n.id = ? (1,)"]


def test_the_cascade_reaches_what_came_later(both: tuple[Session, Sent]) -> None:
    """A part that is put into an owner which is marked already goes with it."""
    session, sent = both
    old, new = Owner(parts=[Part(), Part()]), Owner(parts=[])
    session.add_all([old, new])
    session.flush()
    part = old.parts[0]
    session.delete(new)
    new.parts.append(part)
    sent.clear()
    session.flush()
    assert sent.writes() == ["DELETE FROM part WHERE part.id = ? (1,)", "DELETE FROM o WHERE o.id = ? (2,)"]
    assert inspect(part).was_deleted


class Visited(DeclarativeBase):
    """Base of owners whose members may be nobody's."""

    metadata = MetaData()


class Host(Visited):
    """Owns guests."""

    __tablename__ = "host"

    id: Mapped[int] = mapped_column(primary_key=True)
    guests: Mapped[list[Guest]] = relationship(back_populates="host", cascade="all, delete-orphan")


class Guest(Visited):
    """May have no host, until one lets go of it."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("host.id"))
    host: Mapped[Host | None] = relationship(back_populates="guests")


@pytest.mark.parametrize("last", ["leaves", "stays"])
def test_a_visit_between_two_flushes(last: str, face: str) -> None:
    """Who came to an owner and left it again is an orphan, though no owner's history says so; who came back is none."""
    with recorded(Visited.metadata, face) as (session, sent):
        hosts, guest = [Host(guests=[]), Host(guests=[])], Guest()
        session.add_all([*hosts, guest])
        session.flush()
        sent.clear()
        guest.host = hosts[0]
        guest.host = None
        if last == "stays":
            guest.host = hosts[1]
        session.flush()
        expected = {
            "leaves": ["DELETE FROM guest WHERE guest.id = ? (1,)"],
            "stays": ["UPDATE guest SET host_id=? WHERE guest.id = ? (2, 1)"],
        }
        assert sent.writes() == expected[last]
