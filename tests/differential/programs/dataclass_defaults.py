"""Programs about arguments of mapped dataclasses that are left away: nothing is set, reading gives the default."""

import dataclasses
from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


def _base(lib: Any) -> Any:
    return type("Base", (lib.orm.MappedAsDataclass, lib.orm.DeclarativeBase), {})


def _held(instance: Any) -> list[str]:
    return sorted(key for key in instance.__dict__ if key != "_sa_instance_state")


def _shop(lib: Any) -> Any:
    orm = lib.orm
    column = orm.mapped_column
    base = _base(lib)

    class Owner(base):  # type: ignore[misc]
        __tablename__ = "owners"
        id: orm.Mapped[int] = column(primary_key=True, init=False)
        items: orm.Mapped[list["Item"]] = orm.relationship("Item", default_factory=list, viewonly=True)

    class Item(base):  # type: ignore[misc]
        __tablename__ = "items"
        id: orm.Mapped[int] = column(primary_key=True, init=False)
        owner_id: orm.Mapped[Optional[int]] = column(lib.ForeignKey("owners.id"), default=None)  # noqa: UP045
        count: orm.Mapped[int] = column(default=5)
        note: orm.Mapped[Optional[str]] = column(default=None, server_default="by the server")  # noqa: UP045
        made: orm.Mapped[str] = column(default_factory=lambda: "made")
        fixed: orm.Mapped[int] = column(init=False, default=9)
        late: orm.Mapped[str] = column(default="late", deferred=True)
        name: orm.Mapped[Optional[str]] = orm.synonym("note", default=None)  # noqa: UP045
        owner: orm.Mapped[Optional[Owner]] = orm.relationship(default=None)  # noqa: UP045

    return Item, Owner


@program
def left_away(lib: Any, engine: Any, log: Log) -> None:
    item, owner = _shop(lib)
    one = item()
    names = ["owner_id", "count", "note", "made", "fixed", "late", "name", "owner"]
    log("held", _held(one))
    log("read", [getattr(one, name) for name in names])
    log("held after reading", _held(one))
    log("history", [tuple(map(list, getattr(lib.inspect(one).attrs, name).history)) for name in ("count", "made")])
    log("given", (_held(item(count=5, note=None, owner=None)), _held(owner()), _held(owner(items=[])), owner().items))
    log("equal", (one == item(), item(count=6) == item(), repr(one)))
    log("replaced", dataclasses.replace(item(count=3), count=4).count)
    one.__init__()  # type: ignore[misc]
    log("made again", _held(one))


@program
def left_away_and_flushed(lib: Any, engine: Any, log: Log) -> None:
    item, owner = _shop(lib)
    with log.quiet():
        item.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        plain, owned, told = item(), item(owner=owner()), item(count=1, note=None)
        session.add(plain)
        session.flush()
        session.add_all([owned, told])
        session.flush()
        log("rows", [(one.owner_id, one.count, one.note, one.made, one.fixed) for one in (plain, owned, told)])
        session.commit()
        log("read", plain.count)
        del plain.count
        log("deleted", plain.count)
        session.rollback()
        merged = session.merge(_with_key(item(count=7), told.id))
        log("merged", (merged is told, merged.count, merged.note, merged.made))
        session.flush()


def _with_key(instance: Any, key: int) -> Any:
    instance.id = key
    return instance


@program
def left_away_and_heard(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    class Thing(_base(lib)):  # type: ignore[misc]
        __tablename__ = "things"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True, init=False)
        size: orm.Mapped[int] = orm.mapped_column(default=5)

        @orm.validates("size")
        def check(self, key: str, value: int) -> int:
            log("validated", (key, value))
            return value

        def __post_init__(self) -> None:
            log("post init", self.size)

    class Part(Thing):
        weight: orm.Mapped[Optional[int]] = orm.mapped_column(default=6)  # noqa: UP045

    for one in (Thing(), Thing(7), Part(), Part(8, 9)):
        log("thing", repr(one).rpartition(".")[2])
    lib.event.listen(Thing.size, "set", lambda target, value, old, initiator: log("set", value))
    lib.event.listen(Thing.size, "init_scalar", lambda target, value, values: log("asked", value))
    Thing()
    log("read", Thing(3).size)
    log("read", Thing().size)


@program
def what_may_be_left_away(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    def relationship_made_by(factory: Any) -> None:
        base = _base(lib)

        class Part(base):  # type: ignore[misc]
            __tablename__ = "parts"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            whole_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("wholes.id"))

        class Whole(base):  # type: ignore[misc]
            __tablename__ = "wholes"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            parts: orm.Mapped[list[Part]] = orm.relationship(default_factory=factory)

        log("parts", Whole(1).parts)

    for factory in (list, set, list):
        log.error("factory", lambda factory=factory: relationship_made_by(factory))

    class Told(_base(lib)):  # type: ignore[misc]
        __tablename__ = "told"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        total: orm.Mapped[int] = orm.column_property(lib.literal(1) + 1)
        size: orm.Mapped[int] = orm.mapped_column(default=1, dataclass_metadata={"unit": "cm"})

    fields = {one.name: one for one in dataclasses.fields(Told)}
    log("fields", [(name, one.init, dict(one.metadata)) for name, one in fields.items()])


@program
def fields_of_classes_that_are_no_dataclasses(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    class Annotated:
        size: orm.Mapped[int]
        weight: orm.Mapped[int] = orm.mapped_column()

    class Made:
        @orm.declared_attr
        def size(cls) -> orm.Mapped[int]:
            return orm.mapped_column(lib.Integer)

    class Plain:
        size = orm.mapped_column(lib.Integer)

    class Right(orm.MappedAsDataclass):  # type: ignore[misc, name-defined]
        size: orm.Mapped[int] = orm.mapped_column(default=4, init=False)

    def mapped(mixin: Any) -> None:
        body = {
            "__tablename__": "things",
            "__annotations__": {"id": orm.Mapped[int]},
            "id": orm.mapped_column(primary_key=True),
        }
        thing = type("Thing", (mixin, _base(lib)), body)
        log("fields", [one.name for one in dataclasses.fields(thing)])
        log("size", thing(1).size)

    for mixin in (Annotated, Made, Plain, Right):
        log.error(mixin.__name__, lambda mixin=mixin: mapped(mixin))


@program
def keys_that_may_be_null(lib: Any, engine: Any, log: Log) -> None:
    """An annotation with None is believed, of a key too; what is said beside it counts more."""
    orm = lib.orm

    class Thing(type("Base", (orm.DeclarativeBase,), {})):  # type: ignore[misc]
        __tablename__ = "things"
        a: orm.Mapped[Optional[int]] = orm.mapped_column(primary_key=True)  # noqa: UP045
        b: orm.Mapped[Optional[int]] = orm.mapped_column(primary_key=True, nullable=False)  # noqa: UP045
        c: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    log("nullable", [(one.name, one.nullable) for one in Thing.__table__.c])
    log("table", str(lib.schema.CreateTable(Thing.__table__)))
