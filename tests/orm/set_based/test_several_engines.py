"""A session over several engines: every way of writing many rows goes to the one that the class is bound to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from holdfast import delete, event, insert, select, update
from holdfast.orm import Session
from tests.orm.set_based.models import Base, Pair, Shelf
from tests.support.awaited import engines_on


class Places(NamedTuple):
    """Two databases, the statements that each got, and a third one."""

    engines: dict[str, Any]
    elsewhere: Any
    sent: list[tuple[str, str]]

    def session(self, **keywords: Any) -> Session:
        """Return a session in which shelves stand in the one database, pairs in the other."""
        return Session(binds={Shelf: self.engines["shelves"], Pair: self.engines["pairs"]}, **keywords)

    def take(self) -> list[tuple[str, str]]:
        """Return database and verb of what was sent since the last call."""
        sent, self.sent[:] = list(self.sent), []
        return sent


@pytest.fixture(
    params=[
        (face, database) if database == "sqlite" else pytest.param((face, database), marks=pytest.mark.postgresql)
        for database in ("sqlite", "postgresql")
        for face in ("sync", "async")
    ]
)
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """Pairs are on SQLite, shelves there or on PostgreSQL; what is elsewhere is on SQLite."""
    face, database = request.param
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue("clean_postgresql_url")
    with engines_on([url, "sqlite://", "sqlite://"], face) as (shelves, pairs, elsewhere):
        found = Places({"shelves": shelves, "pairs": pairs}, elsewhere, [])
        for name, engine in found.engines.items():
            Base.metadata.create_all(engine, tables=[(Shelf if name == "shelves" else Pair).__table__])

            def note(connection: Any, cursor: Any, statement: str, *rest: Any, name: str = name) -> None:
                found.sent.append((name, statement.split()[0]))

            event.listen(engine, "before_cursor_execute", note)
        yield found


def test_the_class_decides(places: Places) -> None:
    """Statements, lists, bulk methods, upsert, merge_all, Query: in one transaction over both, which is taken back as one."""
    with places.session() as session:
        session.execute(insert(Shelf), [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}])
        session.execute(insert(Pair), [{"left": 1, "right": 1, "word": "w"}])
        session.commit()
        assert places.take() == [("shelves", "INSERT"), ("pairs", "INSERT")]
        shelves, pair = session.scalars(select(Shelf).order_by(Shelf.id)).all(), session.get_one(Pair, (1, 1))
        places.take()
        session.execute(update(Shelf).where(Shelf.id == 1).values(label="A"))
        session.execute(update(Pair).values(word="W"), execution_options={"synchronize_session": "fetch"})
        session.execute(update(Shelf), [{"id": 2, "label": "B"}])
        session.bulk_update_mappings(Pair, [{"left": 1, "right": 1, "word": "WW"}])
        session.bulk_insert_mappings(Shelf, [{"id": 3, "label": "c"}])
        session.bulk_save_objects([Pair(left=2, right=2), Shelf(id=4, label="d")])
        session.upsert(Shelf, [{"id": 4, "label": "D"}])
        session.upsert(Pair, [{"left": 2, "right": 2, "word": "x"}])
        session.query(Shelf).filter(Shelf.id == 3).update({"label": "C"})
        session.execute(delete(Pair).where(Pair.left == 2))
        assert places.take() == [
            ("shelves", "UPDATE"), ("pairs", "UPDATE"), ("shelves", "UPDATE"), ("pairs", "UPDATE"), ("shelves", "INSERT"),
            ("pairs", "INSERT"), ("shelves", "INSERT"), ("shelves", "INSERT"), ("pairs", "INSERT"), ("shelves", "UPDATE"),
            ("pairs", "DELETE"),
        ]  # fmt: skip
        assert ([shelf.label for shelf in shelves], pair.word) == (["A", "B"], "WW")
        assert session.scalars(select(Shelf.label).order_by(Shelf.id)).all() == ["A", "B", "C", "D"]
        session.rollback()
        assert ([shelf.label for shelf in shelves], pair.word) == (["a", "b"], "w")
        assert session.scalars(select(Pair.left)).all() == [1]


def test_merge_all_asks_each_engine(places: Places) -> None:
    """One SELECT for each class, where its rows are."""
    with places.session() as session:
        session.execute(insert(Shelf), [{"id": 1, "label": "a"}])
        session.execute(insert(Pair), [{"left": 1, "right": 1}])
        session.commit()
        places.take()
        one, two, new = session.merge_all(
            [Shelf(id=1, label="A"), Pair(left=1, right=1, word="w"), Shelf(id=2, label="B")]
        )
        assert places.take() == [("shelves", "SELECT"), ("pairs", "SELECT")]
        assert (one in session.dirty, two in session.dirty, new in session.new) == (True, True, True)


def test_the_call_may_say_which(places: Places) -> None:
    """`bind_arguments` go before what the class says; the objects are kept in step all the same."""
    elsewhere = places.elsewhere
    Base.metadata.create_all(elsewhere)
    with places.session() as session:
        there = {"bind": elsewhere}
        session.execute(insert(Shelf), [{"id": 7, "label": "there"}], bind_arguments=there)
        shelf = session.scalars(select(Shelf), bind_arguments=there).one()
        session.execute(update(Shelf).values(label="here"), bind_arguments=there)
        assert shelf.label == "here"
        assert places.take() == []
        session.expunge_all()
        assert session.scalars(select(Shelf)).all() == []


def test_an_overridden_get_bind_is_asked_with_mapper_and_clause(places: Places) -> None:
    """Once for each statement, whatever the way."""
    asked: list[tuple[str, str]] = []

    class Asking(Session):
        def get_bind(self, mapper: Any = None, *, clause: Any = None, **rest: Any) -> Any:  # type: ignore[override]
            asked.append((mapper.class_.__name__, getattr(clause, "visit_name", "-")))
            return places.engines["shelves" if mapper.class_ is Shelf else "pairs"]

    with Asking() as session:
        session.execute(insert(Shelf), [{"id": 1, "label": "a"}])
        session.execute(update(Shelf).values(label="b"))
        session.bulk_insert_mappings(Pair, [{"left": 1, "right": 1}])
        session.upsert(Pair, [{"left": 1, "right": 1, "word": "w"}])
    assert asked == [("Shelf", "insert"), ("Shelf", "update"), ("Pair", "-"), ("Pair", "-")]
