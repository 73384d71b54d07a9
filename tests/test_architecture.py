"""The house keeps its plan: imports point down, nothing runs in a circle, faces only re-export; the checker works."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import architecture

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDERS_WITH_DOCSTRINGS = ("holdfast", "tests", "examples", "bench", "tools")
Check = Callable[[dict[str, architecture.Module]], list[str]]
CHECKS: tuple[Check, ...] = (
    architecture.unplanned_rooms,
    architecture.upward_imports,
    architecture.cycles,
    architecture.definitions_in_faces,
    architecture.foreign_imports,
    architecture.dialect_name_tests,
)


@pytest.fixture(scope="module")
def holdfast() -> dict[str, architecture.Module]:
    """The library as it stands."""
    return architecture.read_package(REPOSITORY / "holdfast")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_library_keeps_the_plan(check: Check, holdfast: dict[str, architecture.Module]) -> None:
    """No file leaves the plan; each line names the place and the rule."""
    assert_none(check(holdfast))


def test_every_file_says_what_it_is_for() -> None:
    """A newcomer reads first lines: all Python files have one that speaks."""
    files = [path for folder in FOLDERS_WITH_DOCSTRINGS for path in sorted((REPOSITORY / folder).rglob("*.py"))]
    assert_none(architecture.files_without_docstring(files))


def assert_none(violations: Iterable[str]) -> None:
    """Fail with one violation a line, paths from the repository."""
    lines = [str(line).replace(f"{REPOSITORY}/", "") for line in violations]
    assert not lines, "\n".join(["", *lines])


def planted(folder: Path, files: dict[str, str]) -> dict[str, architecture.Module]:
    """A package `holdfast` below `folder` with these files (and empty faces where a folder has none)."""
    for name, source in files.items():
        path = folder / "holdfast" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return architecture.read_package(folder / "holdfast")


UPWARD = {
    "to a higher layer": ("sql/select.py", "from holdfast.engine import url", "engine/url.py"),
    "relative": ("sql/select.py", "from ..engine.url import URL", "engine/url.py"),
    "plain import": ("sql/select.py", "import holdfast.engine.url", "engine/url.py"),
    "inside a function": ("schema/table.py", "def f():\n    from holdfast.compiler import ddl", "compiler/ddl.py"),
    "type only": ("exc.py", "if TYPE_CHECKING:\n    from holdfast.sql.node import Node", "sql/node.py"),
    "by name": ("engine/pool.py", "import_module('holdfast.orm.state')", "orm/state.py"),
    "to a neighbour": ("orm/state.py", "from holdfast.dialects.sqlite import dialect", "dialects/sqlite/dialect.py"),
    "to a face at the top": ("orm/state.py", "from holdfast.types import Integer", "types.py"),
    "to the package": ("orm/state.py", "from holdfast import select", "__init__.py"),
    "inside orm": ("orm/mapping/mapper.py", "from holdfast.orm.session.core import Session", "orm/session/core.py"),
    "inside orm, by its face": ("orm/mapping/mapper.py", "from holdfast.orm import Session", "orm/__init__.py"),
    "inside orm, ground": ("orm/peers.py", "from .mapping import mapper", "orm/mapping/mapper.py"),
}


@pytest.mark.parametrize(("place", "statement", "target"), UPWARD.values(), ids=UPWARD)
def test_an_upward_import_is_found(place: str, statement: str, target: str, tmp_path: Path) -> None:
    """Wherever the import stands and however it is written."""
    modules = planted(tmp_path, {place: statement, target: ""})
    [violation] = architecture.upward_imports(modules)
    assert str(tmp_path / "holdfast" / place) in violation


def test_downward_imports_are_free(tmp_path: Path) -> None:
    """Down, sideways within a room, faces gathering from everywhere, and the one lazy look-up of dialects."""
    modules = planted(
        tmp_path,
        {
            "__init__.py": "from holdfast.engine_factory import create_engine\nfrom holdfast.sql.select import select",
            "types.py": "from holdfast.sql.types import Integer",
            "sql/types.py": "from holdfast import exc",
            "sql/select.py": "from holdfast.sql.types import Integer\nfrom . import types",
            "exc.py": "",
            "dialect_lookup.py": "import importlib\nimportlib.import_module('holdfast.dialects.sqlite')",
            "engine_factory.py": "from holdfast import dialect_lookup",
            "dialects/sqlite/__init__.py": "",
            "orm/__init__.py": "from holdfast.orm.session.face import Session",
            "orm/session/face.py": "from ..mapping.mapper import Mapper\nfrom .core import Core",
            "orm/session/core.py": "from holdfast.engine_factory import create_engine",
            "orm/mapping/mapper.py": "from holdfast.orm.state import State",
            "orm/state.py": "import weakref",
            "ext/asyncio/__init__.py": "from holdfast.orm.session.face import Session",
        },
    )
    for check in CHECKS:
        assert check(modules) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    """Also if one of its arrows is for type checkers only, and if it runs through a face."""
    modules = planted(
        tmp_path,
        {
            "sql/a.py": "from holdfast.sql.b import B",
            "sql/b.py": "if TYPE_CHECKING:\n    from holdfast.sql import c",
            "sql/c.py": "def f():\n    from .a import A",
            "engine/__init__.py": "from holdfast.engine.pool import Pool",
            "engine/pool.py": "from holdfast.engine import Pool",
        },
    )
    assert architecture.cycles(modules) == [
        "holdfast.engine -> holdfast.engine.pool -> holdfast.engine",
        "holdfast.sql.a -> holdfast.sql.b -> holdfast.sql.c -> holdfast.sql.a",
    ]


@pytest.mark.parametrize("place", ["__init__.py", "pool.py", "orm/__init__.py", "ext/asyncio/__init__.py"])
@pytest.mark.parametrize("statement", ["def f(): ...", "class C: ...", "Pool = 1", "if True:\n    pass", "f()"])
def test_a_definition_in_a_face_is_found(place: str, statement: str, tmp_path: Path) -> None:
    """Faces hold a docstring, imports, `__all__`, `__version__`."""
    allowed = '"""Face."""\nfrom os import path\n__all__ = ["path"]\n__version__ = "0.1.0"\n'
    assert architecture.definitions_in_faces(planted(tmp_path, {place: allowed})) == []
    [violation] = architecture.definitions_in_faces(planted(tmp_path, {place: allowed + statement}))
    assert violation.endswith(":5: a face only re-exports")


def test_a_foreign_import_is_found(tmp_path: Path) -> None:
    """Drivers may import theirs, nobody else anybody; SQLAlchemy is never imported, even by a driver."""
    modules = planted(
        tmp_path,
        {
            "engine/pool.py": "def f():\n    import psycopg",
            "dialects/postgresql/drivers/psycopg.py": "import psycopg\nimport sqlalchemy.orm",
            "dialects/postgresql/dialect.py": "from psycopg import sql\nimport json, sqlite3",
            "sql/node.py": "if TYPE_CHECKING:\n    import typing_extensions",
        },
    )
    assert [violation.split(": ")[1] for violation in architecture.foreign_imports(modules)] == [
        "imports psycopg; only dialects/*/drivers import others",
        "imports sqlalchemy, which Holdfast replaces",
        "imports psycopg; only dialects/*/drivers import others",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "if dialect.name == 'sqlite': pass",
        "x = 'sqlite' != self.dialect.name",
        "if engine.dialect.name in ('a', 'b'): pass",
        "match connection._dialect.name:\n    case 'sqlite': pass",
        "self.dialect.name.startswith('postgres')",
    ],
)
def test_a_decision_by_dialect_name_is_found(statement: str, tmp_path: Path) -> None:
    """Only inside dialects/ may code know which database it talks to."""
    modules = planted(
        tmp_path, {"engine/a.py": statement, "dialects/sqlite/a.py": statement, "sql/b.py": "x = table.name == 'a'"}
    )
    [violation] = architecture.dialect_name_tests(modules)
    assert "engine/a.py:1" in violation


def test_a_room_without_a_place_in_the_plan_is_found(tmp_path: Path) -> None:
    """New rooms get their layer when they are built, not when somebody wonders."""
    modules = planted(tmp_path, {"helpers/a.py": "", "orm/misc.py": "", "pool.py": ""})
    assert [violation.split(": ")[1].split(";")[0] for violation in architecture.unplanned_rooms(modules)] == [
        "no layer holds 'helpers'",
        "no layer of orm/ holds 'misc'",
    ]


@pytest.mark.parametrize("source", ["", "import os\n", "# Copyright\n'''Words.'''\n", '\n"""Late."""\n', '""""""\n'])
def test_a_file_without_first_words_is_found(source: str, tmp_path: Path) -> None:
    """A licence header, a comment or nothing is not a first line."""
    path = tmp_path / "a.py"
    path.write_text(source)
    assert len(architecture.files_without_docstring([path])) == 1
    path.write_text('"""Says it."""\n')
    assert architecture.files_without_docstring([path]) == []
