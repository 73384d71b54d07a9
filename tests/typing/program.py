"""A program as users write it; mypy and pyright (both strict) must know the type of every step, and it runs.

`assert_type` fails in the type checker if the inferred type is any other, `Any` included.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import assert_type

from holdfast import ForeignKey, Numeric, Select, String, create_engine, delete, func, insert, select, update
from holdfast.engine import Connection, Engine
from holdfast.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column, relationship
from holdfast.orm import sessionmaker as new_maker


class Base(DeclarativeBase):
    """All classes of this program."""


class User(Base):
    """A parent, with each kind of column that a type can say."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    nickname: Mapped[str | None]
    born: Mapped[date | None] = mapped_column(default=None)
    credit: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    orders: Mapped[list["Order"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class Order(Base):
    """A child."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="orders")


def attributes() -> None:
    """On the class an attribute is SQL, on an object it is the value."""
    assert_type(User.name, InstrumentedAttribute[str])
    assert_type(User.nickname, InstrumentedAttribute[str | None])
    assert_type(User.orders, InstrumentedAttribute[list[Order]])

    user = User(name="Ada", nickname=None, orders=[Order(item="pen")])
    assert_type(user.name, str)
    assert_type(user.nickname, str | None)
    assert_type(user.credit, Decimal)
    assert_type(user.orders, list[Order])
    assert_type(user.orders[0].user, User)
    user.nickname = "Countess"


def statements() -> None:
    """A statement knows what its rows consist of."""
    assert_type(select(User), Select[tuple[User]])
    assert_type(select(User.id, User.name), Select[tuple[int, str]])
    assert_type(select(User, Order.item).join(User.orders).where(User.name == "Ada"), Select[tuple[User, str]])
    assert_type(select(User.id).where(User.id.in_([1, 2])).order_by(User.name.desc()).limit(3), Select[tuple[int]])
    assert_type(select(User.nickname), Select[tuple[str | None]])
    assert_type(select(func.count()), Select[tuple[int]])


def results(session: Session) -> None:
    """Results carry the statement's types on."""
    assert_type(session.get(User, 1), User | None)
    assert_type(session.scalars(select(User)).all(), Sequence[User])
    assert_type(session.scalars(select(User.name)).first(), str | None)
    assert_type(session.scalars(select(User)).one(), User)
    assert_type(session.scalar(select(func.count()).select_from(User)), int | None)
    for user in session.scalars(select(User)):
        assert_type(user, User)
    for row in session.execute(select(User.id, User.name)).tuples():
        number, name = row
        assert_type(number, int)
        assert_type(name, str)
    assert_type(session.execute(select(User)).scalars().all(), Sequence[User])
    assert_type(session.execute(select(User.id)).scalar_one(), int)


def changes(session: Session) -> None:
    """Statements that change rows take attributes and columns."""
    session.execute(insert(User).values(name="Ben"))
    session.execute(update(User).where(User.name == "Ben").values(nickname="B"))
    session.execute(delete(User).where(User.id > 100))


def main() -> list[str]:
    """Run all of it on SQLite in memory.

    Returns: the users' names, sorted.
    """
    engine = create_engine("sqlite://")
    assert_type(engine, Engine)
    Base.metadata.create_all(engine)
    maker = new_maker(engine)
    assert_type(maker, new_maker[Session])
    attributes()
    statements()
    with maker() as session:
        assert_type(session, Session)
        session.add(User(name="Ada", orders=[Order(item="pen")]))
        results(session)
        changes(session)
        session.commit()
        names = session.scalars(select(User.name).order_by(User.name)).all()
    with engine.connect() as connection:
        assert_type(connection, Connection)
    engine.dispose()
    return list(names)
