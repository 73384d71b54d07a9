"""The forms of `Query.join` of the 1.x series: each works as its documentation said, and warns with the form of today."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.exc import InvalidRequestError, SADeprecationWarning
from holdfast.orm import Query, Session, aliased
from tests.orm.query.texts import text_of
from tests.orm.session.models import Book, Chapter, Writer, book_tag

BY_NAME = 'Passing the relationship name "books" to Query.join() as a string is the form of the 1.x series'
SEVERAL = "Passing several targets to Query.join() is the form of the 1.x series"
PAIRS = "Passing tuples of target and condition to Query.join() is the form of the 1.x series"
TO_BOOKS = "FROM writer JOIN book ON writer.id = book.writer_id"
TO_TAGS = (
    f"{TO_BOOKS} JOIN book_tag AS book_tag_1 ON book.id = book_tag_1.book_id JOIN tag ON tag.id = book_tag_1.tag_id"
)

FORMS: dict[str, tuple[Callable[[Query[Any]], Any], str, str]] = {
    "a name": (lambda q: q.join("books"), BY_NAME, TO_BOOKS),
    "two names": (lambda q: q.join("books", "tags"), SEVERAL, TO_TAGS),
    "two attributes": (lambda q: q.join(Writer.books, Book.tags), SEVERAL, TO_TAGS),
    "a class and a name": (lambda q: q.join(Book, "books"), BY_NAME, TO_BOOKS),
    "a pair": (
        lambda q: q.join((Book, Book.writer_id == Writer.id)),
        PAIRS,
        "FROM writer JOIN book ON book.writer_id = writer.id",
    ),
    "a pair with a relationship": (lambda q: q.join((Book, Writer.books)), PAIRS, TO_BOOKS),
    "a pair with a name": (lambda q: q.join((Book, "books")), PAIRS, TO_BOOKS),
    "two pairs": (
        lambda q: q.join((Book, Writer.books), (book_tag, book_tag.c.book_id == Book.id)),
        PAIRS,
        f"{TO_BOOKS} JOIN book_tag ON book_tag.book_id = book.id",
    ),
    "an outer join": (lambda q: q.outerjoin("books"), BY_NAME, TO_BOOKS.replace("JOIN", "LEFT OUTER JOIN")),
    "from the joinpoint": (lambda q: q.join(Writer.books).join("tags", from_joinpoint=True), '"tags"', TO_TAGS),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_works_and_warns(session: Session, form: str) -> None:
    """The warning stands at the caller's line."""
    join, warning, expected = FORMS[form]
    with pytest.warns(SADeprecationWarning) as told:
        query = join(session.query(Writer))
    assert any(warning in str(one.message) for one in told)
    assert {one.filename for one in told} == {__file__}
    assert expected in text_of(query)
    assert query.all()


def test_several_classes(session: Session) -> None:
    """Each is joined to what has a foreign key to it or from it."""
    with pytest.warns(SADeprecationWarning, match="several targets"):
        query = session.query(Chapter.number).join(Book, Writer)
    expected = (
        "SELECT chapter.number AS chapter_number "
        "FROM chapter JOIN book ON book.id = chapter.book_id JOIN writer ON writer.id = book.writer_id"
    )
    assert expected == text_of(query)


def test_filter_by_is_about_the_class_joined_last(session: Session) -> None:
    """Until the joinpoint is set back."""
    with pytest.warns(SADeprecationWarning):
        query = session.query(Writer).join("books").filter_by(title="tides")
    assert [writer.name for writer in query] == ["ben"]
    assert query.reset_joinpoint().filter_by(name="ada").all() == []


def test_names_start_from_the_first_class(session: Session) -> None:
    """As the 1.x series had it; the error says what to write."""
    query = session.query(Writer).join(Writer.books)
    with pytest.raises(InvalidRequestError, match="Writer has no relationship 'tags' to join along"):
        query.join("tags")


def test_an_alias_made_by_the_join(session: Session) -> None:
    """What is said of the class afterwards is about the alias; after reset_joinpoint about the class again."""
    with pytest.warns(SADeprecationWarning, match="aliased=True"):
        query = session.query(Writer).join(Writer.books, aliased=True).filter(Book.title == "notes").filter_by(id=1)
    expected = (
        "SELECT writer.id AS writer_id, writer.name AS writer_name, writer.born AS writer_born "
        "FROM writer JOIN book AS book_1 ON writer.id = book_1.writer_id "
        "WHERE book_1.title = ? AND book_1.id = ?"
    )
    assert expected == text_of(query)
    assert expected + " AND writer.name = ?" == text_of(query.reset_joinpoint().filter(Writer.name == "ada"))


def test_a_name_with_an_alias(session: Session) -> None:
    """The alias is the target, the name says how."""
    other = aliased(Book)
    with pytest.warns(SADeprecationWarning):
        query = session.query(Writer).join(other, "books").filter(other.title == "tides")
    assert [writer.name for writer in query] == ["ben"]


def test_names_after_a_union(session: Session) -> None:
    """The join starts from the subquery."""
    writers = session.query(Writer)
    with pytest.warns(SADeprecationWarning):
        query = writers.union(writers).join("books").filter_by(title="tides")
    assert "AS anon_1 JOIN book ON anon_1.writer_id = book.writer_id" in text_of(query)
    assert [writer.name for writer in query] == ["ben"]
