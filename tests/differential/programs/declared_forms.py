"""Programs about what a declarative class may say: each hook, each form of an annotation, each option of a dataclass."""

import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal, Optional

from tests.differential.log import Log
from tests.differential.registry import program


def _base(lib: Any, **body: Any) -> Any:
    return type("Base", (lib.orm.DeclarativeBase,), body)


def _dataclass_base(lib: Any) -> Any:
    return type("Base", (lib.orm.MappedAsDataclass, lib.orm.DeclarativeBase), {})


def _columns(log: Log, class_: Any) -> None:
    log("columns", [(one.name, one.nullable, repr(one.type)) for one in class_.__table__.c])


def _mapped(lib: Any, base: Any, name: str = "Thing", **annotations: Any) -> Any:
    """Map a class that has these annotations, and a key."""
    body = {
        "__tablename__": name.lower(),
        "__annotations__": {one: lib.orm.Mapped[given] for one, given in annotations.items()},
        "id": lib.orm.mapped_column(lib.Integer, primary_key=True),
    }
    return type(name, (base,), body)


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


@program
def types_of_annotations(lib: Any, engine: Any, log: Log) -> None:
    given = {
        "a": int, "b": str, "c": float, "d": bool, "e": bytes, "f": decimal.Decimal, "g": datetime.date,
        "h": datetime.datetime, "i": datetime.time, "j": datetime.timedelta, "k": uuid.UUID, "m": Colour,
        "n": Literal["x", "yy"],
    }  # fmt: skip
    _columns(log, _mapped(lib, _base(lib), **given))
    _columns(log, _mapped(lib, _base(lib), **{name: one | None for name, one in given.items()}))


@program
def types_of_a_map(lib: Any, engine: Any, log: Log) -> None:
    short = Annotated[str, 5]
    types = {
        short: lib.String(5), str: lib.String(99), int: lib.BigInteger, dict[str, Any]: lib.JSON,
        enum.Enum: lib.Enum(enum.Enum, native_enum=False, length=30),
    }  # fmt: skip
    base = _base(lib, type_annotation_map=types)
    _columns(log, _mapped(lib, base, a=short, b=short | None, c=str, d=int, e=dict[str, Any], f=Colour))


@program
def columns_in_annotations(lib: Any, engine: Any, log: Log) -> None:
    column = lib.orm.mapped_column
    required = Annotated[str, column(lib.String(30), nullable=False, index=True)]
    thing = _mapped(lib, _base(lib), a=required, b=required | None, c=Annotated[int, column(lib.SmallInteger)])
    _columns(log, thing)
    log("indexes", sorted(index.name for index in thing.__table__.indexes))


@program
def table_hooks(lib: Any, engine: Any, log: Log) -> None:
    """``__table_cls__`` makes the table; ``__table_args__`` as a dict and as a tuple."""

    def table_cls(cls: Any, *args: Any, **options: Any) -> Any:
        log("asked", (args[0], len(args), sorted(options)))
        return lib.Table(*args, **options)

    column = lib.orm.mapped_column
    made = type("Made", (_base(lib),), {
        "__tablename__": "made", "__table_cls__": classmethod(table_cls), "id": column(lib.Integer, primary_key=True),
        "__table_args__": (lib.UniqueConstraint("id", name="once"), {"info": {"a": 1}, "comment": "c"}),
    })  # fmt: skip
    log("made", (made.__table__.name, made.__table__.info, made.__table__.comment, len(made.__table__.constraints)))
    named = type("Named", (_base(lib),), {
        "__tablename__": "named", "__table_args__": {"schema": "s"}, "id": column(lib.Integer, primary_key=True),
    })  # fmt: skip
    log("named", named.__table__.fullname)


@program
def names_from_hooks(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    class Named:
        @orm.declared_attr.directive
        def __tablename__(cls) -> str:
            return f"{cls.__name__.lower()}s"  # type: ignore[attr-defined]

        @orm.declared_attr.directive
        def __mapper_args__(cls) -> dict[str, Any]:
            return {"eager_defaults": cls.__name__ == "Upper"}  # type: ignore[attr-defined]

    class Naming(orm.DeclarativeBase):  # type: ignore[misc, name-defined]
        def __init_subclass__(cls, **kw: Any) -> None:
            cls.__tablename__ = f"t_{cls.__name__.lower()}"
            super().__init_subclass__(**kw)

    base = _base(lib)
    upper = type("Upper", (Named, base), {"id": orm.mapped_column(lib.Integer, primary_key=True)})
    key = orm.mapped_column(lib.ForeignKey("uppers.id"), primary_key=True)
    lower = type("Lower", (upper,), {"id": key})
    other = type("Other", (Naming,), {"id": orm.mapped_column(lib.Integer, primary_key=True)})
    for one in (upper, lower, other):
        log(one.__name__, (one.__table__.name, lib.inspect(one).eager_defaults))


@program
def attributes_of_every_class_below(lib: Any, engine: Any, log: Log) -> None:
    """``declared_attr.cascading`` makes the key of each class of a hierarchy."""
    orm = lib.orm

    class Keyed:
        @orm.declared_attr.cascading
        def id(cls):  # type: ignore[no-untyped-def]
            if orm.has_inherited_table(cls):
                return lib.Column(lib.ForeignKey("animal.id"), primary_key=True)
            return lib.Column(lib.Integer, primary_key=True)

        @orm.declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()  # type: ignore[attr-defined]

    base = _base(lib)
    animal = type("Animal", (Keyed, base), {
        "kind": lib.Column(lib.String), "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "animal"},
    })  # fmt: skip
    dog = type("Dog", (animal,), {"__mapper_args__": {"polymorphic_identity": "dog"}})
    log("keys", [sorted(key.target_fullname for key in one.__table__.foreign_keys) for one in (animal, dog)])
    log.text("dog", lib.select(dog), engine)


@program
def a_name_that_means_something_else(lib: Any, engine: Any, log: Log) -> None:
    """A class that refers to itself means itself, whatever its module has under its name."""
    globals()["Node"] = _mapped(lib, _base(lib), "Node")
    try:
        orm = lib.orm
        node = type("Node", (_base(lib),), {
            "__module__": __name__, "__tablename__": "node", "id": lib.Column(lib.Integer, primary_key=True),
            "parent_id": lib.Column(lib.ForeignKey("node.id")),
            "__annotations__": {"children": orm.Mapped[list["Node"]]}, "children": orm.relationship(),  # noqa: F821
        })  # fmt: skip
        log("same", lib.inspect(node).relationships.children.mapper.class_ is node)
    finally:
        del globals()["Node"]


@program
def attributes_are_not_taken_away(lib: Any, engine: Any, log: Log) -> None:
    thing = _mapped(lib, _base(lib), a=int)
    thing.plain = 3
    log.error("mapped", lambda: delattr(thing, "a"), message=True)
    log.error("plain", lambda: delattr(thing, "plain"))


@program
def wrong_declarations(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    def twice() -> Any:
        body = {
            "__tablename__": "t", "id": orm.mapped_column(lib.Integer, primary_key=True),
            "one": orm.validates("id")(lambda self, key, value: value),
            "two": orm.validates("id")(lambda self, key, value: value),
        }  # fmt: skip
        return type("Thing", (_base(lib),), body)

    log.error("quote without a name", lambda: orm.mapped_column(quote=True), message=True)
    log.error("two validators", twice, message=True)
    log("a name with quotes", repr(orm.mapped_column("Name", lib.Integer, quote=True).column.name))


@program
def keys_of_a_classical_mapping(lib: Any, engine: Any, log: Log) -> None:
    """``primary_key`` takes columns and their names."""
    for key in (["b"], ["a", "b"], None):
        mapping = lib.orm.registry()
        table = lib.Table(
            "t", mapping.metadata, lib.Column("a", lib.Integer, primary_key=True), lib.Column("b", lib.Integer)
        )
        given = [table.c.b] if key is None else key
        found = mapping.map_imperatively(type("Thing", (), {}), table, primary_key=given)
        log("key", [one.name for one in found.primary_key])


# -- dataclasses -------------------------------------------------------------------------------------------------------


@program
def order_of_dataclass_columns(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm
    column = orm.mapped_column

    class Thing(_dataclass_base(lib)):  # type: ignore[misc]
        __tablename__ = "things"
        id: orm.Mapped[int] = column(primary_key=True, init=False)
        a: orm.Mapped[Optional[int]] = column(default=None)  # noqa: UP045
        b: orm.Mapped[str] = column(kw_only=True)
        c: orm.Mapped[int] = column(default=5, repr=False, compare=False)
        d: orm.Mapped[list[int]] = column(lib.JSON, default_factory=list)
        e: orm.Mapped[int] = column(insert_default=9, init=False)

    log("columns", Thing.__table__.c.keys())
    Thing.metadata.create_all(engine)
    one = Thing(b="x")
    log("made", (one.a, one.b, one.c, one.d, one == Thing(b="x", c=7)))
    with lib.orm.Session(engine) as session:
        session.add(one)
        session.commit()
        log("stored", (one.id, one.c, one.d, one.e))


@program
def keys_beside_references_with_defaults(lib: Any, engine: Any, log: Log) -> None:
    """Who leaves away a reference with ``default=None`` does not say that there is none."""
    orm = lib.orm
    column = orm.mapped_column

    class Base(orm.MappedAsDataclass, orm.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class Owner(Base):
        __tablename__ = "owners"
        id: orm.Mapped[int] = column(primary_key=True)

    class Thing(Base):
        __tablename__ = "things"
        id: orm.Mapped[int] = column(primary_key=True)
        owner_id: orm.Mapped[Optional[int]] = column(lib.ForeignKey("owners.id"), default=None)  # noqa: UP045
        owner: orm.Mapped[Any] = orm.relationship(Owner, default=None)

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        owner = Owner(1)
        session.add(owner)
        session.flush()
        session.add_all([Thing(1, owner_id=1), Thing(2, owner=owner), Thing(3), Thing(4, owner_id=1, owner=None)])
        session.commit()
        log("rows", session.execute(lib.select(Thing.id, Thing.owner_id).order_by(Thing.id)).all())
        log("again", [session.get(Thing, key).owner is owner for key in (1, 2, 3, 4)])


@program
def dataclasses_made_by_another_function(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm

    def made(cls: Any, **options: Any) -> Any:
        log("asked", cls.__name__)
        return dataclasses.dataclass(cls, **options)

    class Thing(orm.MappedAsDataclass, _base(lib), dataclass_callable=made):  # type: ignore[misc, name-defined]
        __tablename__ = "things"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        size: orm.Mapped[int] = orm.mapped_column(default=3)

    log("thing", (Thing(1).size, Thing(1) == Thing(1)))


@program
def columns_in_the_metadata_of_fields(lib: Any, engine: Any, log: Log) -> None:
    mapping = lib.orm.registry()

    @dataclasses.dataclass
    class Stamped:
        __sa_dataclass_metadata_key__ = "sa"
        made: int = dataclasses.field(default=0, metadata={"sa": lambda: lib.Column(lib.Integer)})

    @mapping.mapped
    @dataclasses.dataclass
    class Thing(Stamped):
        __tablename__ = "things"
        id: int = dataclasses.field(init=False, metadata={"sa": lib.Column(lib.Integer, primary_key=True)})
        name: str | None = dataclasses.field(default=None, metadata={"sa": lib.Column(lib.String(9))})

    log("columns", sorted(Thing.__table__.c.keys()))
    mapping.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        session.add(Thing(4, "x"))
        session.commit()
        log("stored", [(one.made, one.name) for one in session.scalars(lib.select(Thing))])


# -- rows --------------------------------------------------------------------------------------------------------------


def _stored(lib: Any, engine: Any, make: Callable[[], list[Any]], base: Any) -> None:
    base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        for one in make():
            session.add(one)
        session.commit()


@program
def several_rows_that_give_nothing(lib: Any, engine: Any, log: Log) -> None:
    base = _base(lib)
    plain = _mapped(lib, base)
    with_default = type("Other", (base,), {
        "__tablename__": "other", "id": lib.Column(lib.Integer, primary_key=True),
        "n": lib.Column(lib.Integer, server_default="4"),
    })  # fmt: skip
    _stored(lib, engine, lambda: [plain(), plain(), plain(), with_default(), with_default()], base)
    _stored(lib, engine, lambda: [plain(), with_default()], base)


@program
def defaults_of_a_secondary_table(lib: Any, engine: Any, log: Log) -> None:
    log.any_order("pairs")
    base, orm = _base(lib), lib.orm
    between = lib.Table(
        "pairs", base.metadata,
        lib.Column("left_id", lib.ForeignKey("left.id"), primary_key=True),
        lib.Column("right_id", lib.ForeignKey("right.id"), primary_key=True),
        lib.Column("kind", lib.String, default="plain"), lib.Column("made", lib.String, default=lambda: "by a function"),
        lib.Column("size", lib.Integer, default=lib.func.abs(-3)), lib.Column("rest", lib.Integer, server_default="7"),
    )  # fmt: skip
    right = type("Right", (base,), {"__tablename__": "right", "id": lib.Column(lib.Integer, primary_key=True)})
    left = type("Left", (base,), {
        "__tablename__": "left", "id": lib.Column(lib.Integer, primary_key=True),
        "rights": orm.relationship(right, secondary=between),
    })  # fmt: skip
    _stored(
        lib, engine, lambda: [left(id=1, rights=[right(id=1), right(id=2)]), left(id=2, rights=[right(id=3)])], base
    )


@program
def rows_that_the_database_deletes(lib: Any, engine: Any, log: Log) -> None:
    """``passive_deletes`` of a mapper: the row of the parent's table is deleted, and the others go with it."""
    base = _base(lib)
    options = {"polymorphic_on": "kind", "polymorphic_identity": "animal", "passive_deletes": True}
    animal = type("Animal", (base,), {
        "__tablename__": "animals", "id": lib.Column(lib.Integer, primary_key=True),
        "kind": lib.Column(lib.String), "__mapper_args__": options,
    })  # fmt: skip
    dog = type("Dog", (animal,), {
        "__tablename__": "dogs", "__mapper_args__": {"polymorphic_identity": "dog"},
        "id": lib.Column(lib.ForeignKey("animals.id", ondelete="CASCADE"), primary_key=True),
        "size": lib.Column(lib.Integer),
    })  # fmt: skip
    base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        dogs = [dog(id=1, size=3), dog(id=2, size=4), animal(id=3)]
        session.add_all(dogs)
        session.commit()
        found = session.scalars(lib.select(animal).order_by(animal.id)).all()
        session.delete(session.scalars(lib.select(dog).order_by(dog.id)).all()[0])
        session.delete(found[2])
        session.commit()


@program
def columns_of_mixins_in_their_order(lib: Any, engine: Any, log: Log) -> None:
    """Those of the class, then of each mixin what stands in it, then what its functions make."""
    orm = lib.orm

    class Owned:
        @orm.declared_attr
        def owner_id(cls: Any) -> orm.Mapped[int | None]:
            return orm.mapped_column(lib.Integer)

        made = lib.Column(lib.Integer)
        told: orm.Mapped[int]

        @orm.declared_attr
        def last(cls):  # type: ignore[no-untyped-def]
            return lib.Column(lib.Integer)

    class Named:
        @orm.declared_attr
        def name(cls: Any) -> orm.Mapped[str]:
            return orm.mapped_column(lib.String(5))

        note: orm.Mapped[str | None] = orm.mapped_column()

    base = _base(lib)
    abstract = type("Abstract", (Owned, base), {"__abstract__": True, "kind": lib.Column(lib.Integer)})
    for name, bases in (("Thing", (Owned, Named, base)), ("Other", (Named, Owned, base)), ("Third", (Named, abstract))):
        body = {
            "__tablename__": name.lower(),
            "own": orm.declared_attr(lambda cls: lib.Column(lib.Integer)),
            "id": lib.Column(lib.Integer, primary_key=True),
        }
        class_ = type(name, bases, body)
        _columns(log, class_)
        log("attributes", list(class_.__mapper__.attrs.keys()))
