"""Association proxies: options of the proxy, aliases, mistakes; what lists, dicts and sets do is compared with the oracle."""

import gc
import weakref
from typing import Any

import pytest

from holdfast import ForeignKey, String, create_engine, exc, select
from holdfast.ext.associationproxy import AssociationProxy, association_proxy
from holdfast.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the test's classes."""


class User(Base):
    """Has keywords by an association, and one address."""

    __tablename__ = "u"
    id: Mapped[int] = mapped_column(primary_key=True)
    links: Mapped[list["Link"]] = relationship(cascade="all, delete-orphan")
    address: Mapped["Address | None"] = relationship(cascade="all, delete-orphan")
    keywords: AssociationProxy[list["Keyword"]] = association_proxy(
        "links", "keyword", creator=lambda k: Link(keyword=k)
    )
    words: AssociationProxy[list[str]] = association_proxy("links", "word")
    city: AssociationProxy[str | None] = association_proxy(
        "address", "city", creator=lambda city: Address(city=city), cascade_scalar_deletes=True
    )
    town: AssociationProxy[str | None] = association_proxy(
        "address", "city", creator=lambda city: Address(city=city), create_on_none_assignment=True, info={"old": True}
    )


class Keyword(Base):
    """A word."""

    __tablename__ = "k"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String)


class Link(Base):
    """Between a user and a keyword."""

    __tablename__ = "l"
    user_id: Mapped[int] = mapped_column(ForeignKey("u.id"), primary_key=True)
    keyword_id: Mapped[int] = mapped_column(ForeignKey("k.id"), primary_key=True)
    keyword: Mapped[Keyword] = relationship()
    word: AssociationProxy[str] = association_proxy("keyword", "word")


class Address(Base):
    """An address."""

    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("u.id"))
    city: Mapped[str | None]


def test_none_and_delete() -> None:
    """What None and `del` do to the object in between is said by the proxy's options."""
    user = User()
    user.city = None
    assert user.address is None
    user.town = None
    assert user.address is not None
    user.city = "Rome"
    assert user.address.city == "Rome"
    user.city = None
    assert user.address is None
    user.city = "Bonn"
    del user.city
    assert user.address is None
    assert User.town.info == {"old": True}


def test_alias() -> None:
    """The proxy of an alias stands for the alias's rows, and keeps no alias alive."""
    other = aliased(User, name="other")
    text = str(select(other.id).where(other.city == "x"))
    assert text.endswith("WHERE EXISTS (SELECT 1 \nFROM a \nWHERE other.id = a.user_id AND a.city = :city_1)")
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None


def test_rows_of_the_association() -> None:
    """Objects in between are written and deleted with the values put in and taken out."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = User(keywords=[Keyword(word="a"), Keyword(word="b")])
        session.add(user)
        session.commit()
        assert user.words == ["a", "b"]
        user.keywords.remove(user.keywords[0])
        session.commit()
        assert session.scalars(select(Link.keyword_id)).all() == [2]
        assert session.scalars(select(User).where(User.keywords.any(word="b"))).all() == [user]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: User.city.any(), "'any()' not implemented for scalar attributes. Use has()."),
        (lambda: User.keywords.has(), "'has()' not implemented for collections. Use any()."),
        (lambda: User.city.has(name="x"), "'User.city' shows the column 'city', which has no attributes to filter by"),
    ],
)
def test_mistakes(mistake: Any, message: str) -> None:
    """Each error says what to write instead."""
    with pytest.raises((exc.InvalidRequestError, exc.ArgumentError)) as raised:
        mistake()
    assert message in str(raised.value)
