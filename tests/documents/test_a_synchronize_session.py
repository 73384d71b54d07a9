"""Document A: what `synchronize_session=False` means for a service function that updates in one statement."""

import sqlite3
from collections.abc import Iterator, Mapping

import pytest

from holdfast import Engine, String, select
from holdfast.exc import IntegrityError
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column

ADA = "6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0001"
BOB = "6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0002"
NOBODY = "6f1c2f0e-6d2b-4b0e-9d5c-0a6f3d8f0009"


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    email: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str]


class EmailTaken(Exception):
    """The error of the service's own language."""


def update_user(db: Session, user_id: str, values: Mapping[str, object]) -> bool:
    """The service function of the document."""
    try:
        count = db.query(User).filter(User.user_id == user_id).update(dict(values), synchronize_session=False)
        db.commit()
    except IntegrityError as error:
        db.rollback()
        if isinstance(error.orig, sqlite3.IntegrityError):
            raise EmailTaken(values["email"]) from error
        raise
    return bool(count)


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """A session over two users, nothing of them loaded."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [User(user_id=ADA, email="ada@x.org", name="Ada"), User(user_id=BOB, email="bob@x.org", name="Bob")]
        )
        session.commit()
        session.expunge_all()
        yield session


def stored_names(db: Session) -> list[str]:
    """The names as the database has them, whatever objects say."""
    return list(db.scalars(select(User.name).order_by(User.user_id)))


class TestServiceFunction:
    """A1."""

    def test_update_answers_with_the_number_of_matched_rows(self, db: Session) -> None:
        """A1: `update()` returns how many rows matched, so `bool()` of it says whether the user exists."""
        assert update_user(db, ADA, {"name": "Ada Lovelace"}) is True
        assert update_user(db, NOBODY, {"name": "Nemo"}) is False
        assert stored_names(db) == ["Ada Lovelace", "Bob"]

    def test_count_is_of_matched_not_of_changed_rows(self, db: Session) -> None:
        """A1: a row that already had the value counts, as does each of several rows."""
        assert update_user(db, ADA, {"name": "Ada"}) is True
        count = db.query(User).filter(User.name != "").update({"name": "Same"}, synchronize_session=False)
        assert count == 2

    def test_keys_may_be_attributes_as_well_as_names(self, db: Session) -> None:
        """A1: `{User.name: ...}` and `{"name": ...}` say the same."""
        count = db.query(User).filter(User.user_id == BOB).update({User.name: "Robert"}, synchronize_session=False)
        assert count == 1
        assert stored_names(db) == ["Ada", "Robert"]


class TestUniqueViolation:
    """A2."""

    def test_service_translates_the_driver_error_of_the_statement(self, db: Session) -> None:
        """A2: a taken address surfaces from the UPDATE; the service's error keeps the library's as its cause."""
        with pytest.raises(EmailTaken, match=r"bob@x\.org") as caught:
            update_user(db, ADA, {"email": "bob@x.org"})
        cause = caught.value.__cause__
        assert isinstance(cause, IntegrityError)
        assert isinstance(cause.orig, sqlite3.IntegrityError)
        assert str(cause.orig) == "UNIQUE constraint failed: users.email"

    def test_it_surfaces_from_commit_when_objects_were_changed(self, db: Session) -> None:
        """A2: with changed objects, the violation comes out of `commit()`, with the driver's exception in `orig`."""
        user = db.get(User, ADA)
        assert user is not None
        user.email = "bob@x.org"
        with pytest.raises(IntegrityError) as caught:
            db.commit()
        assert type(caught.value.orig) is sqlite3.IntegrityError
        db.rollback()
        assert user.email == "ada@x.org"

    def test_the_session_is_usable_after_the_service_rolled_back(self, db: Session) -> None:
        """A2: after the refused update the same session does the next one."""
        with pytest.raises(EmailTaken):
            update_user(db, ADA, {"email": "bob@x.org"})
        assert update_user(db, ADA, {"email": "lovelace@x.org"}) is True


class TestNothingIsSynchronised:
    """A4."""

    def test_one_statement_and_nothing_else_is_sent(self, db: Session, engine: Engine, record) -> None:
        """A4: False is the cheapest way: no SELECT before, no look at the objects after."""
        ada = db.get(User, ADA)
        assert ada is not None
        sent = record(engine)
        db.query(User).filter(User.user_id == ADA).update({"name": "Countess"}, synchronize_session=False)
        assert [statement.sql for statement in sent] == ["UPDATE users SET name=? WHERE users.user_id = ?"]

    def test_objects_are_stale_until_the_commit_expires_them(self, db: Session) -> None:
        """A4: before the commit the object shows the old value though a query would find the new one."""
        ada = db.get(User, ADA)
        assert ada is not None
        db.query(User).filter(User.user_id == ADA).update({"name": "Countess"}, synchronize_session=False)
        assert ada.name == "Ada"
        assert stored_names(db) == ["Countess", "Bob"]
        db.commit()
        assert ada.name == "Countess"

    def test_objects_are_stale_until_expire_all(self, db: Session) -> None:
        """A4: `expire_all()` makes it reliable within the transaction."""
        ada = db.get(User, ADA)
        assert ada is not None
        db.query(User).filter(User.user_id == ADA).update({"name": "Countess"}, synchronize_session=False)
        db.expire_all()
        assert ada.name == "Countess"

    def test_without_expiry_on_commit_they_stay_stale(self, file_engine: Engine) -> None:
        """A4: what makes it reliable is the expiry, not the commit."""
        Base.metadata.create_all(file_engine)
        with Session(file_engine, expire_on_commit=False) as session:
            user = User(user_id=ADA, email="ada@x.org", name="Ada")
            session.add(user)
            session.commit()
            session.query(User).update({"name": "Countess"}, synchronize_session=False)
            session.commit()
            assert user.name == "Ada"
            session.expire_all()
            assert user.name == "Countess"

    def test_deleted_rows_leave_their_objects_present_until_expiry(self, db: Session) -> None:
        """A4: after a DELETE by criterion the object is still there, and gone after the commit."""
        ada = db.get(User, ADA)
        assert db.query(User).filter(User.user_id == ADA).delete(synchronize_session=False) == 1
        assert ada in db
        assert db.get(User, ADA) is ada
        db.commit()
        assert db.get(User, ADA) is None
