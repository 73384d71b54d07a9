"""Document E, claims 1 and 4 to 8: binds, what is no cache, whose object, queries, loaded values, adding."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from holdfast import Engine, ForeignKey, create_engine, func, inspect, select, update
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session, relationship, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    fullname: Mapped[str | None]

    addresses: Mapped[list["Address"]] = relationship(back_populates="user")


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
    """A session over ed, with two addresses, and wendy, with one; nothing is loaded."""
    with Session(tables) as session:
        ed = User(name="ed", fullname="Ed Jones", addresses=[Address(email="ed@x.org"), Address(email="ed@y.org")])
        wendy = User(name="wendy", fullname="Wendy Williams", addresses=[Address(email="wendy@x.org")])
        session.add_all([ed, wendy])
        session.commit()
        session.expunge_all()
        yield session


class TestBinds:
    """E1."""

    def test_maker_with_an_engine(self, tables: Engine) -> None:
        """E1: `sessionmaker(bind=engine)` gives sessions that work there."""
        make_session = sessionmaker(bind=tables)
        with make_session() as session:
            session.add(User(name="ed"))
            session.commit()
            assert session.get_bind() is tables

    def test_maker_configured_later(self, tables: Engine) -> None:
        """E1: a maker may be made first, at import, and get its engine later."""
        make_session = sessionmaker()
        make_session.configure(bind=tables)
        with make_session() as session:
            session.add(User(name="ed"))
            session.commit()
            assert session.scalars(select(User.name)).all() == ["ed"]

    def test_a_connection_overrides_per_call(self, tables: Engine) -> None:
        """E1: a bind given to the call wins over the maker's; the commit stays within the caller's transaction."""
        elsewhere = create_engine("sqlite://")
        make_session = sessionmaker(bind=elsewhere)
        with tables.connect() as connection:
            outer = connection.begin()
            with make_session(bind=connection) as session:
                session.add(User(name="ed"))
                session.commit()
            assert connection.execute(select(func.count()).select_from(User)).scalar_one() == 1
            outer.rollback()
        with tables.connect() as connection:
            assert connection.execute(select(func.count()).select_from(User)).scalar_one() == 0
        elsewhere.dispose()

    def test_the_outer_transaction_can_be_committed_by_the_caller(self, tables: Engine) -> None:
        """E1: closing the session neither ends the transaction nor closes the connection."""
        with tables.connect() as connection:
            with connection.begin():
                with Session(bind=connection) as session:
                    session.add(User(name="ed"))
                    session.flush()
                    session.commit()
                assert not connection.closed
        with tables.connect() as connection:
            assert connection.execute(select(User.name)).scalars().all() == ["ed"]

    def test_the_connection_stays_the_callers_after_a_rollback(self, tables: Engine) -> None:
        """E1: the session's rollback undoes the transaction; the connection stays open for the caller's next one."""
        with tables.connect() as connection:
            outer = connection.begin()
            with Session(bind=connection) as session:
                session.add(User(name="ed"))
                session.flush()
                session.rollback()
            assert not outer.is_active
            outer.close()
            assert not connection.closed
            with connection.begin():
                assert connection.execute(select(User.name)).all() == []

    def test_over_a_savepoint_a_rollback_goes_back_to_it(self, tables: Engine) -> None:
        """E1: if the caller has set a savepoint, what it did before survives the session's rollback."""
        with tables.connect() as connection:
            outer = connection.begin()
            connection.execute(User.__table__.insert().values(name="kept"))
            connection.begin_nested()
            with Session(bind=connection) as session:
                session.add(User(name="undone"))
                session.flush()
                session.rollback()
            assert outer.is_active
            outer.commit()
            assert connection.execute(select(User.name)).scalars().all() == ["kept"]


class TestNoCache:
    """E4."""

    def test_queries_always_ask_the_database(self, session: Session, tables: Engine, record) -> None:
        """E4: the same query twice is two statements, though the objects are there; `get` may answer by itself."""
        ed = session.scalars(select(User).where(User.name == "ed")).one()
        sent = record(tables)
        for _ in range(2):
            assert session.scalars(select(User).where(User.id == ed.id)).one() is ed
            assert session.query(User).filter_by(id=ed.id).one() is ed
        assert len(sent) == 4
        assert session.get(User, ed.id) is ed
        assert len(sent) == 4

    def test_clean_objects_that_nobody_holds_go(self, session: Session) -> None:
        """E4: the identity map refers weakly to objects without changes."""
        user = session.scalars(select(User).where(User.name == "ed")).one()
        watcher = weakref.ref(user)
        assert len(list(session)) == 1
        del user
        gc.collect()
        assert watcher() is None
        assert list(session) == []

    def test_changed_and_new_objects_stay(self, session: Session) -> None:
        """E4: what still has to be written is held, also when the program forgets it."""
        session.scalars(select(User).where(User.name == "ed")).one().fullname = "Edward"
        session.add(User(name="mary"))
        gc.collect()
        session.commit()
        statement = select(User.name, User.fullname).order_by(User.id)
        assert session.execute(statement).all() == [("ed", "Edward"), ("wendy", "Wendy Williams"), ("mary", None)]


class TestWhoseObject:
    """E5."""

    def test_an_object_knows_its_session(self, tables: Engine) -> None:
        """E5: by `object_session`, by the method of that name, and by `inspect(obj).session`."""
        user = User(name="ed")
        assert Session.object_session(user) is None
        assert inspect(user).session is None
        with Session(tables) as session:
            session.add(user)
            assert Session.object_session(user) is session
            assert object_session(user) is session
            assert inspect(user).session is session
            session.commit()
            assert inspect(user).session is session
        assert object_session(user) is None


class TestQueries:
    """E6."""

    def test_one_class_gives_objects(self, session: Session) -> None:
        """E6: `query(User)` gives users, one each."""
        users = session.query(User).order_by(User.id).all()
        assert [type(user) for user in users] == [User, User]
        assert [user.name for user in users] == ["ed", "wendy"]

    def test_several_classes_give_tuples(self, session: Session) -> None:
        """E6: joined along the relationship and filtered by keyword: one tuple for each pair."""
        pairs = session.query(User, Address).join(User.addresses).filter(User.name == "ed").order_by(Address.id).all()
        assert [(user.name, address.email) for user, address in pairs] == [("ed", "ed@x.org"), ("ed", "ed@y.org")]
        assert pairs[0][0] is pairs[1].User

    def test_filter_by_means_the_class_that_was_joined_last(self, session: Session) -> None:
        """E6: after `join(User.addresses)` the keywords are attributes of Address."""
        found = session.query(User, Address).join(User.addresses).filter_by(email="ed@y.org").one()
        assert (found[0].name, found[1].email) == ("ed", "ed@y.org")

    def test_filter_by_of_select_finds_the_attribute_in_any_joined_class(self, session: Session) -> None:
        """E6: the modern form of the document's query: `name` can only be the user's."""
        statement = select(User, Address).join(User.addresses).filter_by(name="ed").order_by(Address.id)
        assert [address.email for _, address in session.execute(statement)] == ["ed@x.org", "ed@y.org"]

    @pytest.mark.holdfast_only
    def test_the_query_of_the_document_works_and_warns(self, session: Session) -> None:
        """E6: `join("addresses")` joins by name, with a warning that shows the attribute form.

        `filter_by(name=...)` falls back to User, because Address, which was joined last, has no `name`.
        """
        with pytest.warns(DeprecationWarning, match=r"User\.addresses"):
            query = session.query(User, Address).join("addresses")
        found = query.filter_by(name="ed").order_by(Address.id).all()
        assert [(user.name, address.email) for user, address in found] == [("ed", "ed@x.org"), ("ed", "ed@y.org")]

    def test_columns_give_tuples_of_values(self, session: Session) -> None:
        """E6: no object is made; a row is a tuple with names."""
        rows = session.query(User.name, User.fullname).order_by(User.name).all()
        assert rows == [("ed", "Ed Jones"), ("wendy", "Wendy Williams")]
        assert rows[0].fullname == "Ed Jones"
        assert list(session) == []

    def test_a_mapper_stands_for_its_class(self, session: Session) -> None:
        """E6: `query(mapper)` is `query(User)`."""
        assert session.query(inspect(User)).order_by(User.id).all() == session.query(User).order_by(User.id).all()


class TestLoadedValues:
    """E7."""

    def change_behind_the_objects(self, session: Session) -> None:
        session.execute(update(User.__table__).values(fullname="changed"))

    def test_a_row_does_not_overwrite_what_is_loaded(self, session: Session) -> None:
        """E7: the row comes back with the new value, the object present keeps the one that it was loaded with."""
        ed = session.scalars(select(User).where(User.name == "ed")).one()
        self.change_behind_the_objects(session)
        assert session.scalars(select(User).where(User.fullname == "changed", User.name == "ed")).one() is ed
        assert ed.fullname == "Ed Jones"

    def test_an_expired_object_is_filled_by_the_row(self, session: Session, tables: Engine, record) -> None:
        """E7: if its attributes are expired the next matching row fills them, without a statement of its own."""
        ed = session.scalars(select(User).where(User.name == "ed")).one()
        self.change_behind_the_objects(session)
        session.expire(ed)
        session.scalars(select(User)).all()
        sent = record(tables)
        assert ed.fullname == "changed"
        assert sent == []

    def test_a_pending_change_survives_a_query(self, session: Session) -> None:
        """E7: with autoflush off, the row does not overwrite what is changed and not yet written."""
        ed = session.scalars(select(User).where(User.name == "ed")).one()
        with session.no_autoflush:
            ed.fullname = "mine"
            assert session.scalars(select(User).where(User.name == "ed")).one() is ed
            assert ed.fullname == "mine"


class TestAdding:
    """E8."""

    def test_a_transient_object_is_inserted(self, tables: Engine) -> None:
        """E8: `add` makes it pending, the flush persistent."""
        with Session(tables) as session:
            user = User(name="ed")
            assert inspect(user).transient
            session.add(user)
            assert inspect(user).pending
            session.flush()
            assert inspect(user).persistent
            session.commit()
        assert inspect(user).detached

    def test_a_detached_object_is_attached_again(self, session: Session, tables: Engine, record) -> None:
        """E8: no INSERT; what is changed on it becomes an UPDATE."""
        ed = session.scalars(select(User).where(User.name == "ed")).one()
        session.close()
        ed.fullname = "Edward"
        sent = record(tables)
        with Session(tables) as another:
            another.add(ed)
            another.commit()
            assert [statement.sql for statement in sent] == ["UPDATE users SET fullname=? WHERE users.id = ?"]
            assert ed.fullname == "Edward"

    def test_add_all_takes_any_iterable(self, tables: Engine) -> None:
        """E8: a generator will do, and the order of adding is the order of keys."""
        with Session(tables) as session:
            session.add_all(User(name=name) for name in ("c", "a", "b"))
            session.commit()
            assert session.scalars(select(User.name).order_by(User.id)).all() == ["c", "a", "b"]

    def test_save_update_cascade_adds_what_is_reached(self, tables: Engine) -> None:
        """E8: with the parent its children come, at once and also those that are appended later."""
        with Session(tables) as session:
            first = Address(email="a@x.org")
            user = User(name="ed", addresses=[first])
            session.add(user)
            assert first in session
            later = Address(email="b@x.org")
            user.addresses.append(later)
            assert later in session
            session.commit()
            assert session.execute(select(func.count(Address.id)).where(Address.user_id == user.id)).scalar() == 2

    def test_the_cascade_runs_from_the_many_side_too(self, tables: Engine) -> None:
        """E8: adding the child adds the parent that it refers to."""
        with Session(tables) as session:
            address = Address(email="a@x.org", user=User(name="ed"))
            session.add(address)
            session.commit()
            assert address.user is not None
            assert address.user.name == "ed"
