"""Peers: what the second of the objects loaded together asks for is loaded for all; nothing of it is ever stale."""

from typing import Any

import pytest

from holdfast import Column, ForeignKey, String, Table, defaults, event, exc, select, text
from holdfast.orm import DeclarativeBase, Mapped, Session, deferred, mapped_column, relationship
from tests.support.awaited import engine_on
from tests.support.faces import run


class Base(DeclarativeBase):
    """Base of the test's classes."""


marks = Table(
    "mark", Base.metadata, Column("toy_id", ForeignKey("toy.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)  # fmt: skip


class Owner(Base):
    """Owns toys."""

    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    story: Mapped[str | None] = deferred(mapped_column(String))
    toys: Mapped[list["Toy"]] = relationship(back_populates="owner", order_by="Toy.id")


class Toy(Base):
    """Belongs to one owner, has many tags."""

    __tablename__ = "toy"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="toys")
    tags: Mapped[list["Tag"]] = relationship(secondary=marks, order_by="Tag.id")


class Tag(Base):
    """A tag."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)


OWNERS = 12


async def filled(store: Any) -> None:
    """Put owners with two toys each into the database; each toy has the same two tags."""
    async with store.session() as session:
        tags = [Tag(), Tag()]
        session.add_all(
            [
                Owner(name=f"o{n}", story=f"once {n}", toys=[Toy(name=f"t{n}.{m}", tags=list(tags)) for m in range(2)])
                for n in range(1, OWNERS + 1)
            ]
        )
        await session.commit()


def counted(program: Any) -> Any:
    """Wrap a program of a session: it runs over filled tables and asks how many statements were sent since last time."""

    async def body(store: Any) -> None:
        await filled(store)
        async with store.session() as session:

            def sent() -> int:
                return len(
                    [
                        sql
                        for sql, _ in store.take()
                        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))
                    ]
                )

            sent()
            await session.run_sync(program, sent)

    return body


def owners(session: Session) -> list[Owner]:
    """Load all owners."""
    return list(session.scalars(select(Owner).order_by(Owner.id)))


def collections(session: Session, sent: Any) -> None:
    """One statement for the first, one for all others; each has its own members in their order."""
    found = owners(session)
    assert sent() == 1
    assert [[toy.name for toy in owner.toys] for owner in found] == [
        [f"t{n}.0", f"t{n}.1"] for n in range(1, OWNERS + 1)
    ]
    assert sent() == 2
    assert all(toy.owner is owner for owner in found for toy in owner.toys)
    assert sent() == 0


def single_touch(session: Session, sent: Any) -> None:
    """A single touch reads the members of a single object."""
    found = owners(session)
    assert len(found[3].toys) == 2
    assert (sent(), [toy.id for toy in session.identity_map.values() if isinstance(toy, Toy)]) == (2, [7, 8])


def references(session: Session, sent: Any) -> None:
    """One statement for the first, one for all others that the session does not have."""
    toys = session.scalars(select(Toy).order_by(Toy.id)).all()
    sent()
    assert [toy.owner.name for toy in toys] == [f"o{n}" for n in range(1, OWNERS + 1) for _ in range(2)]
    assert sent() == 2


def many_to_many(session: Session, sent: Any) -> None:
    """The same through a table between."""
    toys = session.scalars(select(Toy)).all()
    sent()
    assert {tuple(tag.id for tag in toy.tags) for toy in toys} == {(1, 2)}
    assert sent() == 2


def deferred_columns(session: Session, sent: Any) -> None:
    """Deferred columns too."""
    found = owners(session)
    sent()
    assert [owner.story for owner in found] == [f"once {n}" for n in range(1, OWNERS + 1)]
    assert sent() == 2


def expired(session: Session, sent: Any) -> None:
    """After a commit the first read is one row, the second all of them."""
    found = owners(session)
    session.commit()
    sent()
    assert [owner.name for owner in found] == [f"o{n}" for n in range(1, OWNERS + 1)]
    assert sent() == 2


def written_together(session: Session, sent: Any) -> None:
    """Objects that were inserted together are peers as well."""
    found = [Owner(name=f"new {n}") for n in range(5)]
    session.add_all(found)
    session.commit()
    sent()
    assert [owner.name for owner in found] == [f"new {n}" for n in range(5)]
    assert sent() == 2


def deeper(session: Session, sent: Any) -> None:
    """What was loaded for peers are peers themselves: a loop in a loop costs a few statements, not one per object."""
    found = owners(session)
    sent()
    assert all(len(toy.tags) == 2 for owner in found for toy in owner.toys)
    assert sent() <= 6


def raw_update(session: Session, sent: Any) -> None:
    """A statement between two reads drops what was not read yet, members and rows alike."""
    found = owners(session)
    assert [len(owner.toys) for owner in found[:2]] == [2, 2]
    session.execute(text("UPDATE toy SET name = 'X' WHERE owner_id = 3"))
    sent()
    assert [toy.name for toy in found[2].toys] == ["X", "X"]
    assert sent() == 1
    session.commit()
    assert [owner.name for owner in found[:2]] == ["o1", "o2"]
    session.execute(text("UPDATE owner SET name = 'Y' WHERE id = 3"))
    assert found[2].name == "Y"


def raw_update_of_references(session: Session, sent: Any) -> None:
    """Targets that nobody has seen yet are read again, even where the garbage collector has not come by."""
    toys = session.scalars(select(Toy).order_by(Toy.id)).all()
    assert [toys[0].owner.name, toys[2].owner.name] == ["o1", "o2"]
    session.execute(text("UPDATE owner SET name = 'Z' WHERE id = 3"))
    assert toys[4].owner.name == "Z"


def savepoint_rollback(session: Session, sent: Any) -> None:
    """What was read inside a savepoint that is rolled back is not true any more."""
    found = owners(session)
    nested = session.begin_nested()
    session.execute(text("UPDATE toy SET name = 'gone' WHERE owner_id = 3"))
    assert [len(owner.toys) for owner in found[:2]] == [2, 2]
    nested.rollback()
    assert [toy.name for toy in found[2].toys] == ["t3.0", "t3.1"]


def own_flush(session: Session, sent: Any) -> None:
    """A flush that writes other tables keeps what was loaded; one that writes members drops it."""
    found = owners(session)
    assert [len(owner.toys) for owner in found[:2]] == [2, 2]
    found[2].name = "other"
    session.flush()
    sent()
    assert len(found[2].toys) == 2
    assert sent() == 0
    session.add(Toy(name="new", owner_id=4))
    assert len(found[3].toys) == 3


def dirty_peer(session: Session, sent: Any) -> None:
    """A peer with changes keeps them."""
    found = owners(session)
    session.commit()
    found[4].name = "mine"
    assert [found[0].name, found[1].name, found[4].name] == ["o1", "o2", "mine"]
    session.commit()
    assert found[4].name == "mine"


def deleted_peer(session: Session, sent: Any) -> None:
    """A row that is gone is told of when it is asked for, not before."""
    found = owners(session)
    session.commit()
    session.execute(text("DELETE FROM mark"))
    session.execute(text("DELETE FROM toy"))
    session.execute(text("DELETE FROM owner WHERE id = 3"))
    assert [found[0].name, found[1].name, found[3].name] == ["o1", "o2", "o4"]
    with pytest.raises(exc.ObjectDeletedError):
        found[2].name


def refreshed(session: Session, sent: Any) -> None:
    """What is refreshed or expired by hand is read by itself."""
    found = owners(session)
    assert [len(owner.toys) for owner in found[:2]] == [2, 2]
    session.expire(found[2])
    sent()
    assert len(found[2].toys) == 2
    assert sent() == 2
    session.refresh(found[3], ["toys"])
    assert (len(found[3].toys), sent()) == (2, 2)


def read_again(session: Session, sent: Any) -> None:
    """`populate_existing` reads the rows whatever was loaded."""
    found = owners(session)
    session.commit()
    assert [owner.name for owner in found[:2]] == ["o1", "o2"]
    session.execute(text("UPDATE owner SET name = 'again' WHERE id = 3"))
    session.scalars(select(Owner).execution_options(populate_existing=True)).all()
    assert found[2].name == "again"


PROGRAMS = [
    collections, single_touch, references, many_to_many, deferred_columns, expired, written_together, deeper, raw_update,
    raw_update_of_references, savepoint_rollback, own_flush, dirty_peer, deleted_peer, refreshed, read_again,
]  # fmt: skip


on_both_faces = pytest.mark.parametrize("face", ["sync", "async"])


@on_both_faces
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_peers(program: Any, face: str) -> None:
    """On SQLite, on both faces."""
    run(Base.metadata, face, counted(program))


@on_both_faces
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_peers_on_postgresql(program: Any, face: str, clean_postgresql_url: str) -> None:
    """The same on PostgreSQL."""
    run(Base.metadata, face, counted(program), clean_postgresql_url)


def statements_of_a_loop(engine: Any, **keywords: Any) -> int:
    """Return how many statements a loop over owners and their toys sends."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        sent.append(sql)

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine, **keywords) as session:
        for owner in owners(session):
            len(owner.toys)
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


@on_both_faces
def test_modes(face: str) -> None:
    """One by one where the program wants it, or an error that names the attribute; other words are refused."""
    with engine_on("sqlite://", face) as engine:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Owner(name=f"o{n}") for n in range(10)])
            session.commit()
        assert statements_of_a_loop(engine) == 3
        assert statements_of_a_loop(engine, lazy_batching="one") == 11
        with pytest.raises(exc.InvalidRequestError, match=r"'Owner.toys' of a second Owner .* options\(selectinload"):
            statements_of_a_loop(engine, lazy_batching="raise")
        with pytest.raises(exc.ArgumentError, match="'peers', 'one' or 'raise', not 'all'"):
            Session(engine, lazy_batching="all")
        defaults.classic()
        try:
            assert statements_of_a_loop(engine) == 11
        finally:
            defaults.native()


@on_both_faces
def test_a_thousand(face: str) -> None:
    """A thousand owners whose toys are touched in a loop: three statements in all."""
    with engine_on("sqlite://", face) as engine:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Owner(name=f"o{n}") for n in range(1000)])
            session.commit()
        assert statements_of_a_loop(engine) == 3


@on_both_faces
def test_a_thousand_after_a_commit(face: str) -> None:
    """A thousand objects that a commit has expired are read again by two statements; more of them by one for each thousand."""
    with engine_on("sqlite://", face) as engine:
        Base.metadata.create_all(engine)
        statements: list[str] = []
        with Session(engine) as session:
            many = [Owner(name=f"o{n}") for n in range(2500)]
            session.add_all(many[:1000])
            session.commit()
            event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
            assert [owner.name for owner in many[:1000]] == [f"o{n}" for n in range(1000)]
            assert len(statements) == 2
            session.add_all(many[1000:])
            session.commit()
            statements.clear()
            assert [owner.name for owner in many] == [f"o{n}" for n in range(2500)]
            assert len(statements) == 4, (
                "one for the thousand, which are known to be read in a loop; three for the others"
            )


@on_both_faces
def test_modes_of_relationships_and_statements(face: str) -> None:
    """A relationship says it for itself, a statement for the objects that it loads; the statement is the nearest."""

    class Own(DeclarativeBase):
        pass

    class Parent(Own):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True)
        ones: Mapped[list["Child"]] = relationship(lazy_batching="one", viewonly=True)
        peers: Mapped[list["Child"]] = relationship(lazy_batching="peers", viewonly=True)
        others: Mapped[list["Child"]] = relationship(viewonly=True)

    class Child(Own):
        __tablename__ = "children"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))

    with engine_on("sqlite://", face) as engine:
        Own.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Parent(id=n) for n in range(1, 11)])
            session.commit()

        def sent(name: str, mode: str | None = None, **keywords: Any) -> int:
            statements: list[str] = []
            event.listen(engine, "before_cursor_execute", note := lambda *arguments: statements.append(arguments[2]))
            statement = select(Parent) if mode is None else select(Parent).execution_options(lazy_batching=mode)
            try:
                with Session(engine, **keywords) as session:
                    for parent in session.scalars(statement):
                        len(getattr(parent, name))
            finally:
                event.remove(engine, "before_cursor_execute", note)
            return len(statements)

        assert [sent(name) for name in ("ones", "peers", "others")] == [11, 3, 3]
        assert [sent(name, lazy_batching="one") for name in ("ones", "peers", "others")] == [11, 3, 11]
        assert [sent(name, "peers", lazy_batching="one") for name in ("ones", "peers", "others")] == [3, 3, 3]
        assert [sent(name, "one") for name in ("ones", "peers", "others")] == [11, 11, 11]
        with pytest.raises(exc.InvalidRequestError, match="lazy_batching='raise' forbids"):
            sent("others", "raise")
        with pytest.raises(exc.ArgumentError, match="'peers', 'one' or 'raise', not 'all'"):
            sent("others", "all")
        with pytest.raises(exc.ArgumentError, match="'peers', 'one' or 'raise', not 'all'"):
            relationship(lazy_batching="all")
        with Session(engine) as session:
            query = session.query(Parent).execution_options(lazy_batching="raise")
            with pytest.raises(exc.InvalidRequestError, match="lazy_batching='raise' forbids"):
                [parent.others for parent in query]
            assert session.holder.lazy_batching is None


@on_both_faces
def test_a_second_writer(face: str, clean_postgresql_url: str) -> None:
    """Under READ COMMITTED what serves peers is of one moment, as an eager load is; own writes and ends drop it."""
    with engine_on(clean_postgresql_url, face, isolation_level="READ COMMITTED") as engine:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Owner(id=n, name=f"o{n}", toys=[Toy(name="t")]) for n in range(1, 7)])
            session.commit()

        def write(owner_id: int) -> None:
            with Session(engine) as other:
                other.add(Toy(name="late", owner_id=owner_id))
                other.commit()

        with Session(engine) as session:
            found = owners(session)
            write(1)
            assert len(found[0].toys) == 2, "the first one reads for itself, when it is read"
            write(2)
            assert len(found[1].toys) == 2, "the second one reads for all, now"
            write(3)
            assert len(found[2].toys) == 1, "it is served by what was read for the second"
            session.expire(found[2], ["toys"])
            assert len(found[2].toys) == 2, "expired by hand, it is read"
            write(4)
            session.execute(text("UPDATE toy SET name = name WHERE false"))
            assert len(found[3].toys) == 2, "after a statement that may write, nothing is served"
            write(5)
            session.refresh(found[4], ["toys"])
            assert len(found[4].toys) == 2, "a refresh reads"
            write(6)
            session.commit()
            assert len(found[5].toys) == 2, "nothing outlives the transaction"
