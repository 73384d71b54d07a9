"""What the differential programs do not show of Query: events, own classes, switches, copies."""

from typing import Any

import pytest

from holdfast import event, func, text
from holdfast.exc import InvalidRequestError, UnboundExecutionError
from holdfast.orm import Query, Session, joinedload, load_only, merge_frozen_result, selectinload
from tests.orm.query.texts import text_of
from tests.orm.session.models import Book, Writer


class OwnQuery(Query[Any]):
    """A program's own class."""

    def named(self, name: str) -> Any:
        return self.filter_by(name=name)


def test_a_query_is_never_changed(session: Session) -> None:
    """Each method returns another one."""
    query = session.query(Writer)
    before = str(query)
    query.filter(Writer.id == 1).order_by(Writer.name).limit(1).execution_options(a=1).params(b=2)
    assert before == str(query)


def test_methods_keep_the_class(session: Session) -> None:
    """Also through unions and joins."""
    session.query_cls = OwnQuery
    query = session.query(Writer)
    joined = query.join(Writer.books).filter(Book.id == 3)
    assert [writer.name for writer in joined.named("ben")] == ["ben"]
    assert isinstance(query.union(query).filter_by(id=1), OwnQuery)


def test_listeners_may_change_a_query(session: Session) -> None:
    """`before_compile` of a class of queries: what it returns is run."""

    class Listened(Query[Any]):
        pass

    def only_first(query: Any) -> Any:
        return query.enable_assertions(False).filter(Writer.id == 1)

    event.listen(Listened, "before_compile", only_first, retval=True)
    try:
        query = Listened([Writer], session)
        assert [writer.name for writer in query] == ["ada"]
        assert query.limit(1).one().name == "ada"
        assert len(session.query(Writer).all()) == 2
    finally:
        event.remove(Listened, "before_compile", only_first)
    assert len(Listened([Writer], session).all()) == 2


def test_listeners_before_writing(session: Session) -> None:
    """`before_compile_update` and `before_compile_delete` may narrow what is written."""

    class Listened(Query[Any]):
        pass

    event.listen(Listened, "before_compile_update", lambda query, context: query.filter(Writer.id == 1), retval=True)
    event.listen(Listened, "before_compile_delete", lambda query, context: query.filter(Book.id == 99), retval=True)
    assert Listened([Writer], session).update({"born": 1}) == 1
    assert Listened([Book], session).delete() == 0


def test_eager_loading_is_switched_off(session: Session) -> None:
    """Joins and subqueries go, what else the options say stays."""
    query = session.query(Writer).options(joinedload(Writer.books), load_only(Writer.name)).enable_eagerloads(False)
    assert text_of(query) == "SELECT writer.id AS writer_id, writer.name AS writer_name FROM writer"
    assert "books" not in vars(query.first())


def test_select_in_stays(session: Session) -> None:
    """It is no part of the statement."""
    query = session.query(Writer).options(selectinload(Writer.books)).enable_eagerloads(False)
    assert "books" in vars(query.first())


def test_a_union_takes_options_and_order(session: Session) -> None:
    """Objects of the subquery are those of the class."""
    writers = session.query(Writer)
    found = writers.union(writers).options(joinedload(Writer.books)).order_by(Writer.name.desc()).all()
    assert [(writer.name, sorted(book.title for book in writer.books)) for writer in found] == [
        ("ben", ["tides"]),
        ("ada", ["notes", "sums"]),
    ]
    assert session.get(Writer, 1) is found[1]


def test_results_of_a_cache(session: Session) -> None:
    """`merge_result` and `merge_frozen_result` bring objects of another session into this one."""
    with Session(session.bind) as other:
        objects = other.query(Writer).order_by(Writer.id).all()
        rows = other.query(Writer, Writer.name).order_by(Writer.id).all()
        frozen = other.execute(other.query(Writer, Writer.name).order_by(Writer.id).statement).freeze()
    query = session.query(Writer)
    with pytest.warns(DeprecationWarning, match="merge_frozen_result"):
        merged = list(query.merge_result(objects, load=False))
    assert merged == query.order_by(Writer.id).all()
    pairs = session.query(Writer, Writer.name)
    with pytest.warns(DeprecationWarning, match="merge_frozen_result"):
        assert [(merged[0], "ada"), (merged[1], "ben")] == list(pairs.merge_result(rows, load=False))
    result = merge_frozen_result(session, pairs.statement, frozen, load=False)()
    assert [(merged[0], "ada"), (merged[1], "ben")] == result.all()


def test_no_session() -> None:
    """The error says what to do; the SQL is shown all the same."""
    query = Query(Writer).filter(Writer.id == 1)
    assert "WHERE writer.id = :id_1" in str(query)
    with pytest.raises(UnboundExecutionError, match="with_session"):
        query.all()


def test_binds_by_class(session: Session) -> None:
    """Counting, unions and statements in full find the engine of the class."""
    with Session(binds={Writer: session.bind}) as routed:
        writers = routed.query(Writer)
        assert 2 == writers.count() == writers.union(writers).count()
        assert len(writers.from_statement(text("SELECT * FROM writer")).all()) == 2
        assert len(routed.query(writers.subquery()).all()) == 2


def test_writing_is_for_one_class(session: Session) -> None:
    """A second class is refused, not ignored."""
    with pytest.raises(InvalidRequestError, match="one mapped class"):
        session.query(Writer, Book).update({"born": 1})


def test_rows_name_what_has_a_name(session: Session) -> None:
    """As documented: a function without a label has no name in the rows of a Query."""
    [row] = session.query(func.count(Writer.id), func.max(Writer.id).label("top")).all()
    assert row._fields == ("top",)
    assert tuple(row) == (2, 2)


def test_a_column_before_its_class_is_selected_once(session: Session) -> None:
    """Both take it from the same place."""
    found = session.query(Writer.name, Writer).order_by(Writer.id).all()
    assert [(name, writer.id) for name, writer in found] == [("ada", 1), ("ben", 2)]
