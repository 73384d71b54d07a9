"""Forms of the 1.x series that SQLAlchemy's 2.x series has no more: they work as its documentation said, and warn."""

from typing import Any

import pytest

from holdfast import func, select
from holdfast.exc import InvalidRequestError, LegacyAPIWarning
from holdfast.orm import Query, Session
from tests.orm.query.texts import text_of
from tests.orm.session.models import Book, Writer


def from_self(query: Query[Any], *entities: Any) -> Any:
    """Call `from_self`, which names the form of today."""
    with pytest.warns(LegacyAPIWarning, match=r"Write the subquery out: aliased\(User, query.subquery\(\)\)") as told:
        found = query.from_self(*entities)
    assert {one.filename for one in told} == {__file__}
    return found


def test_a_query_of_itself(session: Session) -> None:
    """Criteria after `from_self` are about the subquery, so that a limit holds before a join."""
    query = from_self(session.query(Writer).filter(Writer.born > 1800).order_by(Writer.id).limit(1))
    assert text_of(query.filter(Writer.name == "ada")) == (
        "SELECT anon_1.writer_id AS anon_1_writer_id, anon_1.writer_name AS anon_1_writer_name, "
        "anon_1.writer_born AS anon_1_writer_born "
        "FROM (SELECT writer.id AS writer_id, writer.name AS writer_name, writer.born AS writer_born "
        "FROM writer WHERE writer.born > ? ORDER BY writer.id LIMIT ? OFFSET ?) AS anon_1 WHERE anon_1.writer_name = ?"
    )
    assert query.one() is session.get(Writer, 1)
    assert [title for (title,) in query.join(Writer.books).with_entities(Book.title).order_by(Book.id)] == [
        "notes",
        "sums",
    ]


def test_a_query_of_itself_with_other_entities(session: Session) -> None:
    """The rows consist of what `from_self` names, with the subquery's columns."""
    counted = from_self(session.query(Writer).limit(2), Writer.name, func.count(Book.id))
    assert counted.join(Writer.books).group_by(Writer.name).order_by(Writer.name).all() == [("ada", 2), ("ben", 1)]


def test_entities_from_a_subquery(session: Session) -> None:
    """The class stands for the subquery in all that comes after; a SELECT becomes a subquery."""
    late = select(Writer).where(Writer.born > 1850)
    for source in (late, late.subquery()):
        with pytest.warns(LegacyAPIWarning, match=r"aliased\(User, subquery\)"):
            query = session.query(Writer).select_entity_from(source)
        assert text_of(query.filter(Writer.id == 2)) == (
            "SELECT anon_1.id AS anon_1_id, anon_1.name AS anon_1_name, anon_1.born AS anon_1_born "
            "FROM (SELECT writer.id AS id, writer.name AS name, writer.born AS born "
            "FROM writer WHERE writer.born > ?) AS anon_1 WHERE anon_1.id = ?"
        )
        assert query.all() == [session.get(Writer, 2)]
        assert query.join(Writer.books).filter(Book.title == "notes").all() == []
    with pytest.raises(InvalidRequestError, match="select_entity_from"):
        session.query(Writer).filter_by(id=1).select_entity_from(late)


def test_a_relationship_by_name(session: Session) -> None:
    """`with_parent` takes the name of the relationship too."""
    with pytest.warns(LegacyAPIWarning, match="with_parent"):
        query = session.query(Book).with_parent(session.get(Writer, 1), "books")
    assert [book.id for book in query.order_by(Book.id)] == [1, 2]
