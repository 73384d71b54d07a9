"""The garbage collector waits while many objects are planned and made persistent, and works while the database does."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from holdfast import create_engine, event, exc, select
from holdfast._util import collector
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.orm.unit_of_work import flush


class Base(DeclarativeBase):
    """Base of the class here."""


class Coin(Base):
    """Has a number of its own."""

    __tablename__ = "collected_coin"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)


@pytest.mark.parametrize(("count", "waits"), [(3, False), (4, True)])
def test_a_large_flush(monkeypatch: pytest.MonkeyPatch, count: int, waits: bool) -> None:
    """It waits for the plan and for the end, not for statements; afterwards it is as it was, also after an error."""
    seen: list[tuple[str, bool]] = []

    def watched(name: str) -> None:
        inner = getattr(flush, name)

        def call(*arguments: Any) -> Any:
            seen.append((name, gc.isenabled()))
            return inner(*arguments)

        monkeypatch.setattr(flush, name, call)

    for module in (collector, flush):
        monkeypatch.setattr(module, "SMALL_BATCH", 3)
    watched("collect")
    watched("_finish")
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    event.listen(engine, "before_cursor_execute", lambda *_: seen.append(("statement", gc.isenabled())))
    assert gc.isenabled()
    with Session(engine) as session:
        session.add_all(Coin(number=number) for number in range(count))
        session.flush()
        assert dict(seen) == {"collect": not waits, "statement": True, "_finish": not waits}
        assert gc.isenabled()
        session.add_all(Coin(number=7) for _ in range(count))
        with pytest.raises(exc.UniqueViolation):
            session.flush()
        assert gc.isenabled()
        session.rollback()
        assert session.scalars(select(Coin)).all() == []
