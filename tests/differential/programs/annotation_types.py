"""Which SQL type an annotation stands for: aliases, whole types as keys of a type map, and what listeners say."""

import datetime
import enum
from typing import Annotated, Any, Literal

from typing_extensions import TypeAliasType

from tests.differential.log import Log
from tests.differential.registry import program


class Colour(enum.Enum):
    """Two colours."""

    red = 1
    blue = 2


class Plain:
    """A class that no SQL type belongs to."""


Name = TypeAliasType("Name", str)
MaybeName = TypeAliasType("MaybeName", str | None)
ShortName = TypeAliasType("ShortName", Annotated[str, 5])
Letter = TypeAliasType("Letter", Literal["x", "y"])
Short = Annotated[str, 8]

_KINDS: dict[str, Any] = {
    "plain": int,
    "enum": Colour,
    "optional": int | None,
    "literal": Literal["a", "b"],
    "optional literal": Literal["a"] | None,
    "numbers": Literal[1, 2],
    "None inside": Literal["a", None],
    "name": Name,
    "name of optional": MaybeName,
    "name of annotated": ShortName,
    "name of literal": Letter,
    "optional name": Name | None,
    "annotated": Short,
    "optional annotated": Short | None,
    "annotated optional": Annotated[str | None, 9],
    "unknown": Plain,
}


def _class(lib: Any, kind: Any, base: Any, name: str) -> Any:
    mapped = lib.orm.Mapped
    body = {
        "__tablename__": name.lower(),
        "__annotations__": {"id": mapped[int], "x": mapped[kind]},
        "id": lib.orm.mapped_column(primary_key=True),
    }
    return type(name, (base,), body)


def _base(lib: Any, **body: Any) -> Any:
    return type("Base", (lib.orm.DeclarativeBase,), body)


def _type_of(lib: Any, kind: Any, base: Any, name: str = "Thing") -> Any:
    column = _class(lib, kind, base, name).__table__.c.x
    return repr(column.type), column.nullable


@program
def types_of_annotations(lib: Any, engine: Any, log: Log) -> None:
    for name, kind in _KINDS.items():
        for place, types in enumerate(({}, {kind: lib.String(9)}, {str: lib.String(3), Literal: lib.Enum})):
            log.error(
                f"{name} {place}",
                lambda kind=kind, types=types: log("is", _type_of(lib, kind, _base(lib, type_annotation_map=types))),
            )


_PARTS = (
    "key", "raw_type", "resolved_type", "raw_pep_593_type", "pep_593_resolved_argument", "raw_pep_695_type",
    "pep_695_resolved_value",
)  # fmt: skip


@program
def listening_to_annotations(lib: Any, engine: Any, log: Log) -> None:
    for name, kind in _KINDS.items():
        base = _base(lib, type_annotation_map={Short: lib.String(8)})

        def hear(resolve_type: Any, base: Any = base) -> Any:
            # What was evaluated first decides how Python writes the one that it remembers for both.
            told = [str(getattr(resolve_type, part)) for part in _PARTS]
            log("told", [one.replace("typing.Optional[int]", "int | None") for one in told])
            log("told", (resolve_type.registry is base.registry, resolve_type.cls.__name__))
            for part in ("raw_type", "resolved_type"):
                asked = getattr(resolve_type, part)
                log.error(part, lambda asked=asked: log("known", repr(resolve_type.resolve(asked))))
            return lib.Numeric(4, 2) if resolve_type.key == "x" else None

        lib.event.listen(base.registry, "resolve_type_annotation", hear)
        log(name, _type_of(lib, kind, base))


@program
def the_first_listener_decides(lib: Any, engine: Any, log: Log) -> None:
    base = _base(lib)
    first = lambda resolve_type: lib.String(1) if resolve_type.raw_type is str else None  # noqa: E731
    lib.event.listen(base.registry, "resolve_type_annotation", first)

    @lib.event.listens_for(base, "resolve_type_annotation", named=True)
    def second(**given: Any) -> Any:
        log("second", sorted(given))
        return lib.String(2) if given["resolve_type"].raw_type in (str, datetime.date) else None

    for kind in (str, datetime.date):
        log(kind.__name__, _type_of(lib, kind, base, kind.__name__))
    lib.event.remove(base.registry, "resolve_type_annotation", first)
    log("without the first", _type_of(lib, str, base))
    log("there", [lib.event.contains(base.registry, "resolve_type_annotation", first)])
