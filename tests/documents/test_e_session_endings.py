"""Document E, claims 9, 11, 13 and 14: deleting, when a flush happens, and what rollback and close leave behind."""

from collections.abc import Iterator

import pytest

from holdfast import Engine, ForeignKey, create_engine, func, inspect, select
from holdfast.exc import IntegrityError, PendingRollbackError
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    fullname: Mapped[str | None]

    addresses: Mapped[list["Address"]] = relationship(
        back_populates="user", cascade="all, delete", order_by="Address.id"
    )


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    user: Mapped["User | None"] = relationship(back_populates="addresses")


@pytest.fixture
def tables(engine: Engine) -> Engine:
    """An engine on a database in which the tables exist."""
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def session(tables: Engine) -> Iterator[Session]:
    """A session over ed with two addresses; nothing is loaded."""
    with Session(tables) as session:
        ed = User(name="ed", fullname="Ed Jones", addresses=[Address(email="ed@x.org"), Address(email="ed@y.org")])
        session.add(ed)
        session.commit()
        session.expunge_all()
        yield session


def the_user(session: Session) -> User:
    """The only user there is."""
    return session.scalars(select(User)).one()


def names(session: Session) -> list[str]:
    """The names that the session's transaction sees."""
    return list(session.scalars(select(User.name).order_by(User.name)))


class TestDelete:
    """E9."""

    def test_delete_marks_and_the_flush_deletes(self, session: Session, tables: Engine, record) -> None:
        """E9: nothing is sent by `delete()` itself; after the flush the object is no longer in the session."""
        address = the_user(session).addresses[0]
        sent = record(tables)
        session.delete(address)
        assert address in session.deleted
        assert sent == []
        session.flush()
        assert [statement.sql for statement in sent] == ["DELETE FROM addresses WHERE addresses.id = ?"]
        assert address not in session
        assert inspect(address).deleted
        session.commit()
        assert inspect(address).detached

    def test_a_deleted_child_stays_in_the_loaded_collection_until_it_expires(self, session: Session) -> None:
        """E9: the collection is not searched for what was deleted; after the commit it is read anew."""
        user = the_user(session)
        first, second = user.addresses
        session.delete(first)
        session.flush()
        assert user.addresses == [first, second]
        session.commit()
        assert user.addresses == [second]

    def test_expiring_the_collection_by_hand_does_the_same(self, session: Session) -> None:
        """E9: `expire(user, ["addresses"])` within the transaction."""
        user = the_user(session)
        first, second = user.addresses
        session.delete(first)
        session.flush()
        session.expire(user, ["addresses"])
        assert user.addresses == [second]

    def test_delete_cascades_to_children_which_go_first(self, session: Session, tables: Engine, record) -> None:
        """E9: with `cascade="all, delete"` the children are deleted with the parent, in one batch before it."""
        user = the_user(session)
        session.delete(user)
        sent = record(tables)
        session.flush()
        deletes = [tuple(statement) for statement in sent if statement.sql.startswith("DELETE")]
        assert deletes == [
            ("DELETE FROM addresses WHERE addresses.id = ?", 2),
            ("DELETE FROM users WHERE users.id = ?", 1),
        ]


class TestWhenFlushHappens:
    """E11."""

    def test_before_a_query_in_commit_and_by_hand(self, tables: Engine, record) -> None:
        """E11: each of the three sends what is pending."""
        with Session(tables) as session:
            for flushing in (lambda: session.query(User).all(), session.commit, session.flush):
                sent = record(tables)
                session.add(User(name=f"user {len(names(session))}"))
                sent.clear()
                flushing()
                assert sent[0].sql == "INSERT INTO users (name, fullname) VALUES (?, ?)"

    def test_before_a_savepoint(self, tables: Engine) -> None:
        """E11: what was pending before `begin_nested()` belongs to the outer transaction, and survives."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            savepoint = session.begin_nested()
            assert inspect(user).persistent
            savepoint.rollback()
            session.commit()
            assert names(session) == ["ed"]

    def test_before_a_savepoint_also_with_autoflush_off(self, tables: Engine) -> None:
        """E11: the savepoint's flush does not depend on the setting."""
        with Session(tables, autoflush=False) as session:
            user = User(name="ed")
            session.add(user)
            session.begin_nested()
            assert inspect(user).persistent

    @pytest.mark.parametrize("where", ["maker", "attribute"])
    def test_autoflush_off(self, tables: Engine, where: str) -> None:
        """E11: with `autoflush=False` on the maker, or set on a session, queries do not flush; commit does."""
        make_session = sessionmaker(tables, autoflush=where != "maker")
        with make_session() as session:
            if where == "attribute":
                session.autoflush = False
            session.add(User(name="ed"))
            assert names(session) == []
            session.commit()
            assert names(session) == ["ed"]

    def test_a_failing_flush_undoes_the_transaction_and_wants_a_rollback(self, session: Session) -> None:
        """E11: also what an earlier flush had written is gone; until `rollback()` the session refuses to go on."""
        session.add(User(name="wendy"))
        session.flush()
        session.add(User(name="ed"))
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(PendingRollbackError):
            session.execute(select(User))
        session.rollback()
        assert names(session) == ["ed"]

    def test_a_flush_without_changes_sends_nothing(self, session: Session, tables: Engine, record) -> None:
        """E11: nor does the commit."""
        the_user(session)
        sent = record(tables)
        session.flush()
        session.commit()
        assert sent == []


class TestRollback:
    """E13."""

    def test_the_connection_goes_back_to_the_pool(self, file_engine: Engine, database_file) -> None:
        """E13: after the rollback another session gets the pool's only connection, though the first is still open."""
        Base.metadata.create_all(file_engine)
        single = create_engine(f"sqlite:///{database_file}", pool_size=1, max_overflow=0, pool_timeout=0.2)
        first = Session(single)
        first.add(User(name="ed"))
        first.flush()
        first.rollback()
        with Session(single) as second:
            assert names(second) == []
        first.close()
        single.dispose()

    def test_pending_objects_are_expunged_with_their_values(self, tables: Engine) -> None:
        """E13: what was added in the transaction is transient again, flushed or not, and keeps what was set."""
        with Session(tables) as session:
            flushed, pending = User(name="flushed", fullname="F"), User(name="pending")
            session.add(flushed)
            session.flush()
            session.add(pending)
            session.rollback()
            assert list(session) == []
            assert (inspect(flushed).transient, inspect(pending).transient) == (True, True)
            assert (flushed.name, flushed.fullname, pending.name) == ("flushed", "F", "pending")

    def test_an_expunged_object_can_be_added_again(self, tables: Engine) -> None:
        """E13: it is inserted as if nothing had happened."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.flush()
            session.rollback()
            session.add(user)
            session.commit()
            assert names(session) == ["ed"]

    def test_deleted_objects_are_persistent_again(self, session: Session) -> None:
        """E13: marked or already deleted by a flush: the object is back, and so is its row."""
        first, second = the_user(session).addresses
        session.delete(first)
        session.flush()
        session.delete(second)
        session.rollback()
        assert (inspect(first).persistent, inspect(second).persistent) == (True, True)
        assert (first.email, second.email) == ("ed@x.org", "ed@y.org")
        assert session.execute(select(func.count(Address.id))).scalar_one() == 2

    def test_added_and_deleted_in_one_transaction_ends_outside(self, tables: Engine) -> None:
        """E13: that the object had been pending wins over that it was deleted."""
        with Session(tables) as session:
            user = User(name="ed")
            session.add(user)
            session.flush()
            session.delete(user)
            session.flush()
            session.rollback()
            assert user not in session
            assert inspect(user).transient

    def test_everything_else_expires(self, session: Session) -> None:
        """E13: changed or only loaded, flushed or not: the next touch reads the row."""
        user = the_user(session)
        address = user.addresses[0]
        user.fullname = "flushed"
        session.flush()
        address.email = "changed"
        session.rollback()
        assert inspect(user).expired
        assert inspect(address).expired
        assert (user.fullname, address.email) == ("Ed Jones", "ed@x.org")

    def test_collections_are_as_the_database_has_them(self, session: Session) -> None:
        """E13: what was appended and removed is undone."""
        user = the_user(session)
        user.addresses.append(Address(email="new@x.org"))
        session.flush()
        user.addresses.pop(0)
        session.rollback()
        assert [address.email for address in user.addresses] == ["ed@x.org", "ed@y.org"]


class TestClose:
    """E14."""

    def test_close_expunges_all_and_releases_the_transaction(self, file_engine: Engine, record) -> None:
        """E14: objects are detached with what was loaded; uncommitted work is undone."""
        Base.metadata.create_all(file_engine)
        with Session(file_engine) as session:
            session.add(User(name="ed"))
            session.commit()
            user = the_user(session)
            session.add(User(name="lost"))
            session.flush()
            session.close()
            assert list(session) == []
            assert inspect(user).detached
            assert user.name == "ed"
            assert not session.in_transaction()
        with Session(file_engine) as another:
            assert names(another) == ["ed"]

    def test_a_closed_session_can_be_used_again(self, session: Session) -> None:
        """E14: closing brings it back to how it was made."""
        before = the_user(session)
        session.close()
        after = the_user(session)
        assert after is not before
        assert after.name == "ed"

    def test_closing_twice_is_no_error(self, session: Session) -> None:
        """E14: nor is closing a session that was never used."""
        session.close()
        session.close()
        Session(session.get_bind()).close()
