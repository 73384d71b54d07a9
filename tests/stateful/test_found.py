"""What the rule machine found, as the shortest program that shows it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import holdfast as hf
from holdfast.orm import Session
from holdfast.testing import recording
from tests.stateful.mapped import Base, Child, Parent, Tag


@pytest.fixture
def session() -> Iterator[Session]:
    """A session whose objects keep their values at a commit."""
    engine = hf.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


def family(session: Session) -> tuple[Parent, Child]:
    """Store a parent with two children, whose collection is in memory."""
    parent = Parent(name="p", amount=0)
    parent.children = [Child(name="a", amount=0), Child(name="b", amount=1)]
    session.add(parent)
    session.commit()
    assert len(parent.children) == 2
    return parent, parent.children[0]


def by_session(session: Session, child: Child) -> None:
    session.delete(child)


def by_statement(session: Session, child: Child) -> None:
    session.execute(hf.delete(Child).where(Child.amount == 0))


@pytest.mark.parametrize("lose", [by_session, by_statement])
def test_a_stale_collection_of_owned_objects_is_deleted(session: Session, lose: Any) -> None:
    """The child went with an earlier transaction, and its parent still holds it: deleting the parent was refused.

    It is deleted once, without a warning: SQLAlchemy asks for its row again, and warns that it is not there.
    """
    parent, child = family(session)
    lose(session, child)
    session.commit()
    assert child in parent.children and hf.inspect(child).was_deleted
    with recording(session.bind) as sent, warnings.catch_warnings():
        warnings.simplefilter("error")
        session.delete(parent)
        session.commit()
    deletes = [(statement, len(rows)) for statement, rows in sent if statement.startswith("DELETE FROM child")]
    assert deletes == [("DELETE FROM child WHERE child.id = ?", 1)]
    assert session.scalars(hf.select(hf.func.count(Child.id))).one() == 0
    assert hf.inspect(child).detached


@pytest.mark.parametrize("lose", [by_session, by_statement])
def test_what_is_gone_is_taken_out_of_a_stale_collection(session: Session, lose: Any) -> None:
    """Nobody asks for the row of what is no orphan but gone."""
    parent, child = family(session)
    lose(session, child)
    session.commit()
    parent.children.remove(child)
    session.commit()
    assert [each.name for each in parent.children] == ["b"]


def test_secondary_rows_go_once(session: Session) -> None:
    """A tag held a parent whose row, and with it the pair, was gone: the flush asked for the pair once more."""
    tag, other = Tag(name="t", amount=0), Parent(name="q", amount=0)
    parent = Parent(name="p", amount=0, tags={tag})
    other.tags = {tag}
    session.add_all([parent, other])
    session.commit()
    assert tag.parents == {parent, other}
    session.delete(parent)
    session.commit()
    session.delete(tag)
    session.commit()
    assert other.id is not None and session.get(Tag, 1) is None
