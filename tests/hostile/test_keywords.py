"""Keys of a document that become keywords: only attributes of the program's own are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from holdfast import create_engine, event, exc, insert, inspect, select, update
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.hostile.world import HOSTILE


class Base(DeclarativeBase):
    """Of this class alone."""


class Account(Base):
    __tablename__ = "hostile_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


INTERNAL = (
    "_sa_instance_state", "_sa_registry", "__class__", "__dict__", "__table__", "__mapper__", "__init__", "__setattr__",
    "__weakref__", "__doc__", "metadata", "registry", "_connector", "_negated", "self", "mapping", "values", HOSTILE,
)  # fmt: skip
UNCONSUMED = "^Unconsumed column names: "
PLACES: dict[str, tuple[Callable[[Session, str], Any], type[Exception], str]] = {
    "values of INSERT": (lambda s, key: s.execute(insert(Account).values(**{key: 1})), exc.CompileError, UNCONSUMED),
    "values of UPDATE": (lambda s, key: s.execute(update(Account).values(**{key: 1})), exc.CompileError, UNCONSUMED),
    "rows of INSERT": (lambda s, key: s.execute(insert(Account), [{"id": 2, key: 1}]), exc.CompileError, UNCONSUMED),
    "rows of UPDATE": (lambda s, key: s.execute(update(Account), [{"id": 1, key: 1}]), exc.CompileError, UNCONSUMED),
    "rows of a table": (
        lambda s, key: s.execute(insert(Account.__table__), [{"id": 2, key: 1}]), exc.CompileError, UNCONSUMED
    ),
    "bulk_insert_mappings": (
        lambda s, key: s.bulk_insert_mappings(inspect(Account), [{"id": 2, key: 1}]), exc.CompileError, UNCONSUMED
    ),
    "bulk_update_mappings": (
        lambda s, key: s.bulk_update_mappings(inspect(Account), [{"id": 1, key: 1}]), exc.CompileError, UNCONSUMED
    ),
    "upsert": (lambda s, key: s.upsert(Account, [{"id": 1, key: 1}], on=["id"]), exc.CompileError, UNCONSUMED),
    "filter_by": (
        lambda s, key: s.scalars(select(Account).filter_by(**{key: 1})), exc.InvalidRequestError,
        "^None of the FROM clause entities have a property",
    ),
    "filter_by of a query": (
        lambda s, key: s.query(Account).filter_by(**{key: 1}).all(), exc.InvalidRequestError,
        '^Entity namespace for "hostile_account" has no property',
    ),
    "get": (
        lambda s, key: s.get(Account, {"id": 1, key: 1}), exc.InvalidRequestError,
        "^Incorrect names of values in identifier to formulate primary key for session.get",
    ),
    "get_or_create": (
        lambda s, key: s.get_or_create(Account, **{key: 1}), exc.ArgumentError,
        r"^get_or_create\(Account, ...\) takes mapped attributes as criteria; Account has no",
    ),
}  # fmt: skip


@pytest.fixture
def session() -> Iterator[Session]:
    """A session that keeps what it sends in `info`."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(id=1, name="a"))
        session.commit()
        sent = session.info["sent"] = []
        event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *rest: sent.append(sql))
        yield session
    engine.dispose()


@pytest.mark.parametrize("place", PLACES)
def test_internal_keywords_through_dictionaries(session: Session, place: str) -> None:
    """The key is named, on one line; nothing is sent."""
    call, error, words = PLACES[place]
    for key in INTERNAL:
        if place == "get_or_create" and key == "self":
            continue  # Python's own error: the method has an argument of that name
        with pytest.raises(error, match=words) as refused:
            call(session, key)
        assert "\n" not in str(refused.value)
        session.rollback()
    assert not [sql for sql in session.info["sent"] if not sql.startswith("BEGIN")]


@pytest.mark.parametrize("key", [key for key in INTERNAL if key.startswith("_")])
@pytest.mark.parametrize("value", [{}, {"_sa_instance_state": None}, None, "x", Session], ids=repr)
def test_a_constructor_s_keywords(key: str, value: Any) -> None:
    """Found here: ``Account(**{"__dict__": {...}})`` replaced the state of the new object. What the class has for Python and for
    the mapper is no keyword."""
    with pytest.raises(TypeError, match=f"^'{key}' is an invalid keyword argument for Account"):
        Account(**{"name": "x", key: value})


def test_a_constructor_with_a_hostile_keyword() -> None:
    """Written as Python writes it."""
    with pytest.raises(TypeError) as refused:
        Account(**{HOSTILE: 1})
    assert str(refused.value).startswith(f"{HOSTILE!r} is an invalid keyword argument for Account")
