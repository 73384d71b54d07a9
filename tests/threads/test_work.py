"""Statements, loaders, flushes and sessions in many threads over one engine: what comes out is what one thread gets.

Each thread has a database in memory of its own, so that the engine, its caches and the mappers are all they share.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import Engine, Sequence, bindparam, create_engine, event, func, inspect, lambda_stmt, select, text
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    scoped_session,
    selectinload,
    sessionmaker,
    subqueryload,
)
from holdfast.orm.unit_of_work.facts import facts_of, part_of
from holdfast.pool import NullPool
from tests.support.waiting import PATIENCE
from tests.threads.crowd import COUNT, at_once
from tests.threads.models import new_graph, new_mapping, told


@pytest.fixture(params=[500, 4], ids=["", "small cache"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine whose threads have a database each; a cache of 4 statements is emptied all the time."""
    made = create_engine("sqlite://", pool_size=COUNT + 1, query_cache_size=request.param)
    yield made
    made.dispose()


def a_day(engine: Engine, classes: Any, number: int) -> Any:
    """Write and read a graph by every kind of loader, by statements and by flushes; return what was found and sent."""
    Shelf, Book = classes.Shelf, classes.Book
    found: list[Any] = []
    with Session(engine) as session:
        classes.Base.metadata.create_all(session.connection())
        sent: list[str] = []
        own = session.connection()

        def hear(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
            sent.append(sql)

        event.listen(own, "before_cursor_execute", hear)
        session.add_all([new_graph(classes, f"{number} {place}") for place in range(3)])
        session.flush()
        for option in (selectinload, joinedload, subqueryload):
            session.expunge_all()
            statement = select(Shelf).options(option(Shelf.books).options(option(Book.authors), option(Book.pages)))
            found.append([told(shelf) for shelf in session.scalars(statement.order_by(Shelf.id)).unique()])
        session.expunge_all()
        # Held, so that no garbage collection decides what has to be read again.
        shelves = session.scalars(select(Shelf).order_by(Shelf.id)).all()
        found.append([told(shelf) for shelf in shelves])
        found.append(session.scalar(select(func.count()).select_from(Book).where(Book.title == "two")))
        found.append(session.scalars(lambda_stmt(lambda: select(Shelf.name).where(Shelf.id == number % 3 + 1))).one())
        for shelf in shelves:
            shelf.books.pop()
            shelf.name += "!"
        session.flush()
        found.append(tuple(session.execute(text("SELECT count(*), max(title) FROM books")).one()))
        event.remove(own, "before_cursor_execute", hear)
        session.rollback()
    return found, sent


@pytest.mark.parametrize("is_first", [True, False], ids=["first use", "later"])
def test_a_day_of_each_thread(engine: Engine, is_first: bool) -> None:
    """The same rows, objects and SQL as in one thread, whether all caches are empty before or full."""
    alone = create_engine("sqlite://")
    expected = [a_day(alone, new_mapping(), number) for number in range(3)]
    classes = new_mapping()
    if not is_first:
        a_day(engine, classes, 0)
    answers = at_once(lambda number: a_day(engine, classes, number))
    for number, (found, sent) in enumerate(answers):
        said, texts = expected[number % 3]
        assert sent == texts
        assert repr(found).replace(f"{number} ", "N ") == repr(said).replace(f"{number % 3} ", "N ")
    alone.dispose()


@pytest.mark.parametrize("round", range(4))
def test_a_mapper_has_one_plan_of_its_rows(round: int) -> None:
    """The flush groups rows by the facts of their mappers, so the first flushes of all threads have the same ones."""
    classes = new_mapping()
    mappers = [inspect(classes.Book), inspect(classes.Novel)]
    classes.Base.registry.configure()
    books = classes.Base.metadata.tables["books"]
    found = at_once(lambda number: [(facts_of(mapper), part_of(mapper, books)) for mapper in mappers])
    assert found == [found[0]] * COUNT
    assert found[0][0][1] is found[0][1][1]


def test_engines_that_share_a_mapping() -> None:
    """What is kept of an engine's statements is never taken for those of another one: here they name other schemas."""
    classes = new_mapping()
    Author = classes.Author
    # A database for each connection: nobody waits for another one's transaction to end.
    plain = create_engine("sqlite://", poolclass=NullPool)

    @event.listens_for(plain, "connect")
    def attach(raw: Any, entry: Any) -> None:
        for name in ("east", "west"):
            raw.execute(f"ATTACH ':memory:' AS {name}")

    engines = {name: plain.execution_options(schema_translate_map={None: name}) for name in ("east", "west")}

    def work(number: int) -> Any:
        name, other = (("east", "west"), ("west", "east"))[number % 2]
        sent: list[str] = []

        def hear(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
            sent.append(sql)

        with engines[name].connect() as connection, Session(connection) as session:
            classes.Base.metadata.create_all(connection)
            event.listen(connection, "before_cursor_execute", hear)
            for place in range(8):
                author = Author(name="a")
                session.add(author)
                session.flush()
                author.name = f"b{place}"
                session.flush()
                session.delete(author)
                session.flush()
        return len(sent) >= 24, [sql for sql in sent if f"{other}." in sql]

    assert at_once(work) == [(True, [])] * COUNT


def test_many_rows_at_once(engine: Engine) -> None:
    """INSERT ... VALUES of many rows with keys from the database: each object gets the key of its own row."""
    classes = new_mapping()

    def work(number: int) -> Any:
        with Session(engine) as session:
            classes.Base.metadata.create_all(session.connection())
            authors = [classes.Author(name=f"{number}-{place}") for place in range(30 + number)]
            session.add_all(authors)
            session.flush()
            rows = dict(session.execute(select(classes.Author.id, classes.Author.name)).all())
            return [rows[author.id] for author in authors] == [author.name for author in authors] and len(rows)

    assert at_once(work) == [30 + number for number in range(COUNT)]


def test_sessions_of_scopes(engine: Engine) -> None:
    """Each thread has the session of its own, the same one until it is removed; each end closes its own alone."""
    sessions = scoped_session(sessionmaker(engine))
    all_are_here = threading.Barrier(COUNT)

    def work(number: int) -> Any:
        mine = sessions()
        sessions.info["number"] = number
        all_are_here.wait(PATIENCE)
        assert sessions() is mine and mine.info == {"number": number}
        assert sessions.scalar(text("SELECT :n"), {"n": number}) == number
        sessions.remove()
        assert sessions() is not mine
        sessions.remove()
        return id(mine), mine

    assert len({key for key, _ in at_once(work)}) == COUNT


def test_a_closure_has_the_values_of_its_thread(engine: Engine) -> None:
    """`lambda_stmt` with one function for all threads: each gets the values that it sees itself."""

    def work(number: int) -> Any:
        with engine.connect() as connection:
            return [
                connection.scalar(lambda_stmt(lambda: select(bindparam("n", number) + place)))  # noqa: B023
                for place in range(20)
            ]

    assert at_once(work) == [[number + place for place in range(20)] for number in range(COUNT)]


def test_sequences_and_batches_on_a_server(clean_postgresql_url: str) -> None:
    """32 threads share eight connections of PostgreSQL; keys come from one sequence, each goes to one object."""

    class Base(DeclarativeBase):
        pass

    class Ticket(Base):
        __tablename__ = "tickets"
        number: Mapped[int] = mapped_column(Sequence("ticket_numbers"), primary_key=True)
        holder: Mapped[str]

    class Stub(Base):
        __tablename__ = "stubs"
        id: Mapped[int] = mapped_column(primary_key=True)
        holder: Mapped[str]

    engine = create_engine(clean_postgresql_url, pool_size=4, max_overflow=4, pool_timeout=PATIENCE)
    Base.metadata.create_all(engine)

    def work(number: int) -> Any:
        with Session(engine, expire_on_commit=False) as session:
            tickets = [Ticket(holder=f"{number}-{place}") for place in range(20)]
            stubs = [Stub(holder=ticket.holder) for ticket in tickets]
            session.add_all([*tickets, *stubs])
            session.commit()
            return [(ticket.number, ticket.holder) for ticket in tickets], [(stub.id, stub.holder) for stub in stubs]

    answers = at_once(work)
    with Session(engine) as session:
        tickets = session.execute(select(Ticket.number, Ticket.holder)).all()
        stubs = session.execute(select(Stub.id, Stub.holder)).all()
    assert sorted(tickets) == sorted(pair for own, _ in answers for pair in own)
    assert sorted(stubs) == sorted(pair for _, own in answers for pair in own)
    assert len(tickets) == len(stubs) == COUNT * 20
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()
