"""Programs about collections that own their members, and still hold one whose row is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import Program, program


def _by_session(lib: Any, session: Any, part: Any) -> None:
    session.delete(part)
    session.commit()


def _by_session_in_the_same_transaction(lib: Any, session: Any, part: Any) -> None:
    session.delete(part)
    session.flush()


def _by_statement(lib: Any, session: Any, part: Any) -> None:
    session.execute(lib.delete(type(part)).where(type(part).id == part.id))
    session.commit()


def _remove(session: Any, whole: Any, part: Any) -> None:
    whole.parts.remove(part)


def _empty(session: Any, whole: Any, part: Any) -> None:
    whole.parts = []


def _empty_reference(session: Any, whole: Any, part: Any) -> None:
    part.whole = None


def _new_key(session: Any, whole: Any, part: Any) -> None:
    whole.id = 5


def _refresh(session: Any, whole: Any, part: Any) -> None:
    session.refresh(whole)


def _put_into_another(session: Any, whole: Any, part: Any) -> None:
    other = type(whole)(id=7)
    session.add(other)
    other.parts.append(part)


def _add_from_outside(session: Any, whole: Any, part: Any) -> None:
    session.expunge_all()
    session.add(whole)


def _make(gone: Callable[..., None], then: Callable[..., None], cascade: str) -> Program:
    def body(lib: Any, engine: Any, log: Log) -> None:
        class Base(lib.orm.DeclarativeBase):
            pass

        class Whole(Base):
            __tablename__ = "whole"
            id = lib.orm.mapped_column(lib.Integer, primary_key=True)
            parts = lib.orm.relationship("Part", back_populates="whole", cascade=cascade, passive_updates=False)

        class Part(Base):
            __tablename__ = "part"
            id = lib.orm.mapped_column(lib.Integer, primary_key=True)
            whole_id = lib.orm.mapped_column(lib.ForeignKey("whole.id", deferrable=True, initially="DEFERRED"))
            whole = lib.orm.relationship("Whole", back_populates="parts")

        Base.metadata.create_all(engine)
        with lib.orm.Session(engine, expire_on_commit=False) as session:
            whole, part = Whole(id=1), Part(id=1)
            whole.parts = [part, Part(id=2)]
            session.add(whole)
            session.commit()
            gone(lib, session, part)
            log("still held", part in whole.parts)
            log.error("then", lambda: then(session, whole, part))
            # The transaction has begun, whether or not anything is to be written.
            session.scalar(lib.select(1))
            log.error("the commit", session.commit)
            session.rollback()
            log("now", sorted(each.id for each in session.scalars(lib.select(Part))))

    return body


for _gone in (_by_session, _by_session_in_the_same_transaction, _by_statement):
    for _then in (
        _remove,
        _empty,
        _empty_reference,
        _new_key,
        _refresh,
        _put_into_another,
        _add_from_outside,
    ):
        for _cascade in ("all", "all, delete-orphan"):
            if _then is _add_from_outside and _gone is _by_session_in_the_same_transaction:
                # SQLAlchemy still calls it deleted, and in the session.
                continue
            entered = _make(_gone, _then, _cascade)
            entered.__name__ = f"owned{_gone.__name__}_then{_then.__name__}_{_cascade.partition(', ')[2] or 'all'}"
            program(entered)
