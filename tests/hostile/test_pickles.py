"""Pickles: read only where the program says so; what was pickled comes back, what was damaged is an ordinary error."""

from __future__ import annotations

import io
import pickle
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import holdfast.types
from holdfast import Column, Integer, MetaData, PickleType, Table, create_engine, inspect, select, text
from holdfast.ext import serializer
from holdfast.orm import Session, selectinload
from holdfast.types import TypeEngine
from tests.orm.test_pickling import Album, Base, Track

touched: list[str] = []


def touch(name: str) -> str:
    """What a hostile pickle calls."""
    touched.append(name)
    return name


class Bomb:
    """Calls `touch` when it is read."""

    def __reduce__(self) -> Any:
        return touch, ("boom",)


BOMBS = [pickle.dumps(Bomb(), protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "ARRAY": (Integer,),
    "Enum": ("a", "b"),
    "TupleType": (),
    "Variant": (Integer, {}),
}
SQL_TYPES = sorted(
    name
    for name, each in vars(holdfast.types).items()
    if isinstance(each, type)
    and issubclass(each, TypeEngine)
    and not issubclass(each, PickleType)
    and name not in ("TypeDecorator", "Variant")
)


@pytest.mark.parametrize("name", SQL_TYPES)
def test_unsafe_deserialisation(name: str) -> None:
    """A pickle that stands in a column is read by no type but PickleType: text, bytes or an error comes out."""
    class_ = getattr(holdfast.types, name)
    type_ = class_(*ARGUMENTS.get(name, ()))
    engine = create_engine("sqlite://")
    table = Table("t", MetaData(), Column("x", type_))
    touched.clear()
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        for bomb in BOMBS:
            for stored in (bomb, bomb.decode("latin-1"), bomb.hex()):
                connection.exec_driver_sql("DELETE FROM t")
                connection.exec_driver_sql("INSERT INTO t VALUES (?)", (stored,))
                for query in (select(table.c.x), text("SELECT x FROM t").columns(table.c.x)):
                    with suppress(Exception):
                        connection.execute(query).all()
    engine.dispose()
    assert touched == []


def test_a_declared_pickle_is_read() -> None:
    """That is what PickleType means, and its documentation says whom to trust."""
    engine = create_engine("sqlite://")
    table = Table("t", MetaData(), Column("x", PickleType))
    touched.clear()
    with engine.connect() as connection:
        table.create(connection)
        connection.exec_driver_sql("INSERT INTO t VALUES (?)", (BOMBS[-1],))
        assert connection.scalar(select(table.c.x)) == "boom"
    engine.dispose()
    assert touched == ["boom"]
    assert "Whoever can write to the database can make the program that reads it execu" in str(PickleType.__doc__)
    assert "read only what you have written yourself" in str(serializer.loads.__doc__)


def things() -> dict[str, bytes]:
    """Pickles of what programs keep: rows, objects, states, frozen results, statements, errors."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Album(id=1, name="a", tracks=[Track(id=1), Track(id=2)]))
        session.commit()
        album = session.scalars(select(Album).options(selectinload(Album.tracks))).one()
        found: dict[str, Any] = {
            "row": session.execute(select(Album.id, Album.name)).one(),
            "rows": session.execute(select(Album.id, Album.name)).all(),
            "mapping": dict(session.execute(select(Album.id)).mappings().one()),
            "object": album,
            "state": inspect(album),
            "result": session.execute(select(Album.id)).freeze(),
            "statement": select(Album).where(Album.name == "a").options(selectinload(Album.tracks)),
            "url": engine.url,
        }
    engine.dispose()
    return {name: pickle.dumps(thing) for name, thing in found.items()}


PICKLES = things()


def test_pickles_come_back() -> None:
    """Equal where there is an equality, and again after a second time."""
    for name, data in PICKLES.items():
        once = pickle.loads(data)
        if name == "state":
            continue  # it is pickled with its object only
        again = pickle.loads(pickle.dumps(once))
        assert type(once).__name__ == type(again).__name__
        if name in ("row", "rows", "mapping", "url"):
            assert once == again
    assert tuple(pickle.loads(PICKLES["row"])) == (1, "a")
    assert pickle.loads(PICKLES["state"]).identity == (1,)
    assert [track.id for track in pickle.loads(PICKLES["object"]).tracks] == [1, 2]


def test_damaged_pickles() -> None:
    """Cut short or with other bytes: an exception that a program catches, or a value; never a crash of the interpreter."""

    @settings(max_examples=200)
    @given(st.sampled_from(sorted(PICKLES)), st.data())
    def check(name: str, data: st.DataObject) -> None:
        bytes_ = bytearray(PICKLES[name])
        for _ in range(data.draw(st.integers(0, 3))):
            bytes_[data.draw(st.integers(0, len(bytes_) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(bytes_)))
        with suppress(Exception):  # MemoryError too: a length may be altered
            Careful(bytes(bytes_[:cut])).load()

    check()


class Careful(pickle.Unpickler):
    """Reads what is Holdfast's and this test's; altered bytes can name any function of Python."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by name."""
        if not module.startswith(
            ("holdfast", "tests.orm.test_pickling", "weakref", "collections", "copyreg", "builtins")
        ):
            raise pickle.UnpicklingError(f"{module}.{name}")
        if module == "builtins" and name not in ("set", "frozenset", "object", "dict", "getattr", "list", "tuple"):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)
