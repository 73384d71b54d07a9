"""Mistakes that people make are named by warnings with codes; off, nothing of it is there."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast import Engine, ForeignKey, String, exc, func, select, update
from holdfast.orm import DeclarativeBase, Mapped, Session, advice, mapped_column, relationship
from holdfast.orm.session.attribute_loading import SessionAttributeLoading
from holdfast.orm.session.core import SessionCore
from holdfast.orm.set_based.write import Write


class Base(DeclarativeBase):
    """Base of the test's classes."""

    # MariaDB wants a length.
    type_annotation_map = {str: String(50)}


class Shop(Base):
    """Has goods."""

    __tablename__ = "shops"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    goods: Mapped[list[Good]] = relationship()


class Good(Base):
    """Belongs to a shop."""

    __tablename__ = "goods"
    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shops.id"))


@pytest.fixture
def engine(engine: Engine) -> Iterator[Engine]:
    """Thirty shops with a good each; all advice is off afterwards."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Shop(id=n, name=f"s{n}", goods=[Good(id=n)]) for n in range(1, 31)])
        session.commit()
    yield engine
    advice.off()


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """The warnings of advice."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def codes(heard: list[Any]) -> list[str]:
    """Return the codes of the warnings, all of which must be advice and name this file's line."""
    assert all(issubclass(each.category, exc.AdviceWarning) for each in heard)
    assert all(each.filename == __file__ for each in heard)
    return [each.message.code for each in heard]


def test_n_plus_one(engine: Engine, heard: list[Any]) -> None:
    """H001: a loop in which each object is served by itself is told of once; with peers there is nothing to tell."""
    advice.on("H001")
    with Session(engine, lazy_batching="peers") as session:
        assert sum(len(shop.goods) for shop in session.scalars(select(Shop))) == 30
    assert codes(heard) == []
    with Session(engine, lazy_batching="one") as session:
        assert sum(len(shop.goods) for shop in session.scalars(select(Shop))) == 30
    assert codes(heard) == ["H001"]
    assert "options(selectinload(Shop.goods))" in str(heard[0].message)
    with Session(engine) as session:
        for mode, expected in (("peers", 1), ("one", 2)):
            statement = select(Shop).execution_options(lazy_batching=mode)
            assert sum(len(shop.goods) for shop in session.scalars(statement)) == 30
            assert len(codes(heard)) == expected, "what the statement says counts"
            session.expunge_all()


def test_commits_in_a_loop(engine: Engine, heard: list[Any]) -> None:
    """H002: twenty commits of one session at one line."""
    advice.on("H002")
    with Session(engine) as session:
        for number in range(100, 125):
            session.add(Good(id=number))
            session.commit()
    assert codes(heard) == ["H002"]
    assert "test_advice.py" in str(heard[0].message)


def test_flush_storm(engine: Engine, heard: list[Any]) -> None:
    """H003: changes and queries by turns, in one transaction; the next one begins anew."""
    advice.on("H003", flushes=5)
    with Session(engine) as session:
        for number in range(100, 104):
            session.add(Good(id=number))
            session.flush()
        session.commit()
        assert codes(heard) == []
        for number in range(200, 210):
            session.add(Good(id=number))
            session.scalars(select(Good)).first()
    assert codes(heard) == ["H003"]


def test_long_transactions(engine: Engine, heard: list[Any]) -> None:
    """H004: idle for long, or open for long; told once for a transaction, with the place where it began."""
    now = [0.0]
    advice.on("H004", seconds=10, clock=lambda: now[0])
    with Session(engine) as session:
        session.scalars(select(Shop)).first()
        now[0] = 60
        session.scalars(select(Shop)).first()
    assert codes(heard) == ["H004"]
    assert "idle in its transaction for 60 seconds, which began at test_advice.py" in str(heard[0].message)
    with Session(engine) as session:
        session.scalars(select(Shop)).first()
        for _ in range(3):
            now[0] += 5
            session.scalars(select(Shop)).first()
    assert codes(heard) == ["H004", "H004"]
    assert "was in one transaction for 15 seconds" in str(heard[1].message)


def test_one_row_in_two_sessions(engine: Engine, heard: list[Any]) -> None:
    """H005: two open sessions of a thread have read the same row; one after the other is fine."""
    advice.on("H005")
    with Session(engine) as first:
        shop = first.get(Shop, 1)
        assert shop is not None
    with Session(engine) as first, Session(engine) as second:
        kept = first.get(Shop, 1)
        first.rollback()
        assert second.get(Shop, 1) is not kept
    assert codes(heard) == ["H005"]


def test_swallowed_errors(engine: Engine, heard: list[Any]) -> None:
    """H006: a failed flush, caught, and the session closed; with a rollback, or with the error on its way, all is well."""
    advice.on("H006")

    def fail(session: Session) -> None:
        session.add(Shop(name="s1"))
        session.flush()

    with Session(engine) as session, pytest.raises(exc.IntegrityError):
        fail(session)
    assert codes(heard) == ["H006"]
    with Session(engine) as session:
        with pytest.raises(exc.IntegrityError):
            fail(session)
        session.rollback()
    with pytest.raises(exc.IntegrityError), Session(engine) as session:
        fail(session)
    assert codes(heard) == ["H006"]


def test_refreshes_after_commit(engine: Engine, heard: list[Any]) -> None:
    """H007: objects that a commit has expired, read again one by one."""
    advice.on("H007")
    for batching, wanted in (("peers", []), ("one", ["H007"])):
        with Session(engine, lazy_batching=batching) as session:
            shops = session.scalars(select(Shop)).all()
            session.commit()
            assert len({shop.name for shop in shops}) == 30
        assert codes(heard) == wanted


def test_loads_while_serialising(engine: Engine, heard: list[Any]) -> None:
    """H008: what goes out depends on what the serialiser happens to read."""
    advice.on("H008")
    with Session(engine) as session:
        shop = session.get_one(Shop, 1)
        text = json.dumps(shop, default=lambda each: {"goods": [good.id for good in each.goods]})
    assert text == '{"goods": [1]}'
    assert codes(heard) == ["H008"]
    assert "Shop.goods was loaded while json" in str(heard[0].message)


def test_objects_read_stale(engine: Engine, heard: list[Any]) -> None:
    """H012: what a statement with synchronize_session=False has changed is read from an object; once per attribute."""
    advice.on("H012")
    quiet = {"synchronize_session": False}
    with Session(engine) as session:
        first, second, third = session.scalars(select(Shop).where(Shop.id < 4).order_by(Shop.id)).all()
        session.execute(update(Shop).where(Shop.id < 3).values(name=Shop.name + "!"), execution_options=quiet)
        assert (first.id, third.name) == (1, "s3")
        assert codes(heard) == [], "the key and the third shop are as they were"
        assert (first.name, second.name) == ("s1", "s2")
        assert codes(heard) == ["H012"]
        assert "Shop.name was read, but its row may have been changed by an UPDATE at test_advice.py" in str(
            heard[0].message
        )


def test_objects_that_read_again_are_not_stale(engine: Engine, heard: list[Any]) -> None:
    """Expired, refreshed, overwritten, set by the program, or kept in step: nothing to tell."""
    advice.on("H012")
    quiet = {"synchronize_session": False}
    with Session(engine) as session:
        shops = session.scalars(select(Shop).order_by(Shop.id).limit(5)).all()
        statement = update(Shop).where(func.length(Shop.name) == 2).values(name=Shop.name + "!")
        session.execute(statement, execution_options=quiet)
        session.refresh(shops[0])
        session.expire(shops[1], ["name"])
        session.scalars(select(Shop).where(Shop.id == 3).execution_options(populate_existing=True)).one()
        shops[3].name = "mine"
        session.flush()
        assert [shop.name for shop in shops[:4]] == ["s1!", "s2!", "s3!", "mine"]
        session.execute(update(Shop).values(name=Shop.name + "?"))
        assert shops[0].name == "s1!?"
        session.execute(update(Shop).values(name=Shop.name + "?"), execution_options=quiet)
        session.commit()
        assert shops[0].name == "s1!??"
    assert codes(heard) == []


def test_objects_read_whose_row_was_deleted(engine: Engine, heard: list[Any]) -> None:
    """H012 too: the object is still there."""
    advice.on("H012")
    with Session(engine) as session:
        good = session.get_one(Good, 1)
        session.query(Good).filter(Good.id == 1).delete(synchronize_session=False)
        assert good.shop_id == 1
    assert codes(heard) == ["H012"]
    assert "Good.shop_id was read, but its row may have been deleted by a DELETE" in str(heard[0].message)


def test_off_is_nothing_at_all(engine: Engine) -> None:
    """What is switched on puts listeners in place and takes them away; unknown codes are refused."""
    before = SessionAttributeLoading.load_missing, SessionCore.core_close, Write.core_run
    advice.on()
    assert advice.current() == frozenset(advice.CODES)
    with Session(engine) as session:
        session.execute(update(Shop).values(name=Shop.name), execution_options={"synchronize_session": False})
    assert "__getattribute__" in vars(Shop)
    advice.off("H001", "H007")
    assert advice.current() == frozenset(advice.CODES) - {"H001", "H007"}
    advice.off()
    assert (SessionAttributeLoading.load_missing, SessionCore.core_close, Write.core_run) == before
    assert "__getattribute__" not in vars(Shop) and not Shop.__mapper__.dispatch.refresh
    with Session(engine) as session:
        assert not any(getattr(session.dispatch, name) for name in ("after_commit", "after_flush", "do_orm_execute"))
        assert not session.dispatch.watched
    with pytest.raises(exc.ArgumentError, match="There is no advice 'H009'"):
        advice.on("H009")


def test_each_code_has_its_section() -> None:
    """The page that a warning names speaks of every code."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "advice.md").read_text()
    assert [code for code in advice.CODES if f"\n## {code}: " not in page] == []
