"""Programs about many-to-many collections that still hold members whose rows are gone; found by the rule machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import Program, program


def _by_session(lib: Any, session: Any, box: Any, table: Any) -> None:
    session.delete(box)
    session.commit()


def _by_session_in_the_same_transaction(lib: Any, session: Any, box: Any, table: Any) -> None:
    session.delete(box)
    session.flush()


def _by_statement(lib: Any, session: Any, box: Any, table: Any) -> None:
    key, class_ = box.id, type(box)
    session.execute(lib.delete(table).where(table.c.box_id == key))
    session.execute(lib.delete(class_).where(class_.id == key))
    session.commit()


def _delete(session: Any, label: Any, box: Any) -> None:
    session.delete(label)


def _remove(session: Any, label: Any, box: Any) -> None:
    label.boxes.remove(box)


def _empty(session: Any, label: Any, box: Any) -> None:
    label.boxes = []


def _make(gone: Callable[..., None], then: Callable[..., None]) -> Program:
    def body(lib: Any, engine: Any, log: Log) -> None:
        class Base(lib.orm.DeclarativeBase):
            pass

        pairs = lib.Table(
            "pairs",
            Base.metadata,
            lib.Column("box_id", lib.ForeignKey("box.id"), primary_key=True),
            lib.Column("label_id", lib.ForeignKey("label.id"), primary_key=True),
        )

        class Box(Base):
            __tablename__ = "box"
            id = lib.orm.mapped_column(lib.Integer, primary_key=True)
            labels = lib.orm.relationship("Label", secondary=pairs, back_populates="boxes")

        class Label(Base):
            __tablename__ = "label"
            id = lib.orm.mapped_column(lib.Integer, primary_key=True)
            boxes = lib.orm.relationship("Box", secondary=pairs, back_populates="labels")

        Base.metadata.create_all(engine)
        with lib.orm.Session(engine, expire_on_commit=False) as session:
            first, second, label = Box(id=1), Box(id=2), Label(id=1)
            first.labels.append(label)
            session.add(first)
            session.commit()
            session.add(second)
            second.labels.append(label)
            session.commit()
            log("both", sorted(box.id for box in label.boxes))
            gone(lib, session, first, pairs)
            log("still held", first in label.boxes)
            then(session, label, first)
            # The transaction has begun, whether or not anything is to be written.
            session.scalar(lib.select(1))
            log.error("the commit", session.commit)

    return body


for _gone in (_by_session, _by_session_in_the_same_transaction, _by_statement):
    for _then in (_delete, _remove, _empty):
        entered = _make(_gone, _then)
        entered.__name__ = f"gone{_gone.__name__}_then{_then.__name__}"
        program(entered)
