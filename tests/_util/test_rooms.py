"""Rooms that are entered at first use: what an import leaves alone, and what their faces give away."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import holdfast
import holdfast.engine
import holdfast.orm
import holdfast.sql
from holdfast._util.rooms import entered_at_first_use

LATE_ROOMS = (
    "orm.loading.load",
    "orm.unit_of_work.flush",
    "orm.set_based.execute",
    "orm.query.query",
    "compiler.select",
    "engine.connection",
    "engine.pool",
    "engine_factory",
)

FACES = (holdfast, holdfast.engine, holdfast.orm, holdfast.sql)


HEAVY_MODULES = {"ast", "asyncio", "dataclasses", "inspect", "multiprocessing", "pickle", "traceback"}
"""Of the standard library: half of them would make the import of the package twice as long."""

if sys.version_info >= (3, 14):
    # A named tuple with annotations brings it: `typing` needs `annotationlib`, and that needs it.
    HEAVY_MODULES -= {"ast"}


def modules_after(program: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded."""
    told = f"{program}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    folder = Path(holdfast.__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=folder)
    return set(json.loads(ran.stdout))


def test_the_import_leaves_the_large_rooms_alone() -> None:
    """A program that declares classes has no flush, no loader and no compiler in memory."""
    loaded = modules_after(
        "from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column\n"
        "class Base(DeclarativeBase): pass\n"
        "class A(Base):\n"
        "    __tablename__ = 'a'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "session = Session()\n"
        "session.add(A())\n"
    )
    assert {f"holdfast.{room}" for room in LATE_ROOMS} & loaded == set()
    assert "holdfast.orm.mapping.mapper" in loaded
    assert HEAVY_MODULES & (loaded - modules_after("import json")) == set()


def test_the_import_alone_enters_no_room_that_is_entered_later() -> None:
    """Not one module of them either; nor those of the standard library that only some types of columns need."""
    loaded = modules_after("import holdfast.orm")
    rooms = ("orm.unit_of_work", "orm.set_based", "orm.query")
    assert [name for name in loaded if name.startswith(tuple(f"holdfast.{room}." for room in rooms))] == []
    assert {"uuid", "platform"} & (loaded - modules_after("import json")) == set()


def test_a_printed_statement_enters_the_compiler() -> None:
    """Elements know their text without an engine."""
    assert "holdfast.compiler.select" in modules_after("from holdfast import select, text\nstr(select(text('1')))")


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_every_public_name_is_there(face: ModuleType) -> None:
    """What is imported late is listed, completed in notebooks and given away like the rest."""
    listed = set(face.__all__)
    assert listed - set(dir(face)) - {"dialects", "pool"} == set()
    assert [name for name in listed if not hasattr(face, name)] == []


LATE_NAMES_OF_MODULES = """
import importlib, pkgutil, sys, types
face = importlib.import_module({face!r})
modules = {{found.name for found in pkgutil.iter_modules(face.__path__)}}
late = (set(face.__all__) - set(vars(face))) & modules
assert all(isinstance(getattr(face, name), types.ModuleType) for name in late), late
"""


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_no_late_name_is_that_of_a_module(face: ModuleType) -> None:
    """Else the name would mean the module as soon as somebody imported that."""
    modules_after(LATE_NAMES_OF_MODULES.format(face=face.__name__))


def test_the_door_gives_modules_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both become attributes; an unknown name is an AttributeError; what is wrong behind the door is not hidden."""
    room = tmp_path / "some_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "kitchen.py").write_text("pot = object()")
    (room / "cellar.py").write_text("import no_such_module_anywhere")
    monkeypatch.syspath_prepend(tmp_path)
    face = import_module("some_room")
    enter, names = entered_at_first_use("some_room", {"pot": "some_room.kitchen"})
    assert enter("pot") is face.pot is enter("kitchen").pot is face.kitchen.pot
    assert {"pot", "kitchen"} <= set(names())
    for unknown in ("garden", "__wrapped__"):
        with pytest.raises(AttributeError, match=f"module 'some_room' has no attribute '{unknown}'"):
            enter(unknown)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        enter("cellar")
    for name in ("some_room", "some_room.kitchen", "some_room.cellar"):
        sys.modules.pop(name, None)
