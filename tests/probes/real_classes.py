"""Classes as programs really write them, each mapped to a table with a key, a name, a number and a reference."""

import dataclasses
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from holdfast.orm import (
    DeclarativeBase,
    DeclarativeMeta,
    Mapped,
    MappedAsDataclass,
    declarative_base,
    declared_attr,
    mapped_column,
    registry,
    relationship,
)
from holdfast.orm.attributes import set_attribute
from holdfast.schema import Column, ForeignKey, Table
from holdfast.sql.types import Integer, String

T = TypeVar("T")

reg = registry()


class Base(DeclarativeBase):
    """Base of the declarative ones."""

    registry = reg


class Owner(Base):
    """Owns things of all these classes, one collection for each."""

    __tablename__ = "owner"

    id: Mapped[int] = mapped_column(primary_key=True)


class Columns:
    """A mixin: the columns of a thing, and its owner."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    number: Mapped[int | None]

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("owner.id"))

    @declared_attr
    def owner(cls) -> Mapped[Owner | None]:
        return relationship("Owner", backref=f"{cls.__tablename__}s")  # type: ignore[attr-defined]


class Plain(Columns, Base):
    """Nothing special."""

    __tablename__ = "plain"


OldBase = declarative_base(metadata=Base.metadata)


class FixedInit(Columns, Base):
    """Takes its arguments by position, and defaults of its own."""

    __tablename__ = "fixed_init"

    def __init__(self, id: int | None = None, name: str = "unnamed", number: int = 0) -> None:
        self.id = id
        self.name = name
        self.number = number
        self.opened = True


class ChainedInit(Columns, Base):
    """Calls the constructor of its base."""

    __tablename__ = "chained_init"

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"number": 0, **values})
        self.opened = True


class OwnNew(Columns, Base):
    """Sets an attribute before __init__ runs."""

    __tablename__ = "own_new"
    made: ClassVar[int] = 0

    def __new__(cls, *args: Any, **values: Any) -> "OwnNew":
        self = super().__new__(cls)
        self.number = 7
        OwnNew.made += 1
        return self


class OwnSetattr(Columns, Base):
    """Cleans what is written, and refuses some of it."""

    __tablename__ = "own_setattr"

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "number" and value is not None and value < 0:
            raise ValueError("a number is not negative")
        super().__setattr__(name, value.strip() if isinstance(value, str) else value)


class OwnDelattr(Columns, Base):
    """Notes what is deleted."""

    __tablename__ = "own_delattr"

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self.deleted = name


class OwnGetattr(Columns, Base):
    """Answers names that it does not have."""

    __tablename__ = "own_getattr"

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return f"no {name}"


class ByValue(Columns, Base):
    """Compares by value, and so has no hash."""

    __tablename__ = "by_value"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByValue) and other.name == self.name

    __hash__ = None  # type: ignore[assignment]


class Untruthful(Columns, Base):
    """Is false, and empty."""

    __tablename__ = "untruthful"

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0


class Subscribed(Columns, Base):
    """A base whose subclasses are counted when they are made."""

    __abstract__ = True
    subclasses: ClassVar[list[str]] = []

    def __init_subclass__(cls, label: str = "", **kw: Any) -> None:
        Subscribed.subclasses.append(label or cls.__name__)
        super().__init_subclass__(**kw)


class OwnInitSubclass(Subscribed, label="counted"):
    """Made with a keyword for the hook of its base."""

    __tablename__ = "own_init_subclass"


class WithSlots(Columns, Base):
    """Has slots beside its dict."""

    __slots__ = ("note",)
    __tablename__ = "with_slots"


class Box(Generic[T]):
    """A generic class of the program's own."""

    def content(self) -> T | None:
        return getattr(self, "number", None)


class GenericMixin(Columns, Box[int], Base):
    """Derives from a generic class."""

    __tablename__ = "generic_mixin"


class DirectGeneric(Columns, Base, Generic[T]):
    """Is generic itself."""

    __tablename__ = "direct_generic"


class Failure(Columns, Base, Exception):
    """Is an exception too: its objects have another layout."""

    __tablename__ = "failure"

    def __init__(self, message: str = "failed", **values: Any) -> None:
        Exception.__init__(self, message)
        Base.__init__(self, **values)


class DataBase(MappedAsDataclass, DeclarativeBase):
    """Base of the dataclasses."""

    registry = reg


class AsDataclass(DataBase):
    """A dataclass made by the mapping."""

    __tablename__ = "as_dataclass"

    id: Mapped[int | None] = mapped_column(primary_key=True, default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    number: Mapped[int | None] = mapped_column(default=None)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"), default=None, repr=False)
    owner: Mapped[Owner | None] = relationship(backref="as_dataclasss", default=None, repr=False, compare=False)


@reg.mapped
@dataclasses.dataclass(eq=True)
class PlainDataclass:
    """A dataclass of the standard library, mapped to a table made before."""

    __table__ = Table(
        "plain_dataclass",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String),
        Column("number", Integer),
        Column("owner_id", ForeignKey("owner.id")),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {}

    id: int | None = None
    name: str | None = None
    number: int | None = None
    owner: ClassVar[Any] = relationship(Owner, backref="plain_dataclasss")


class ModelMeta(type(BaseModel), DeclarativeMeta):  # type: ignore[misc]
    """Maps pydantic models the way that SQLModel does: a column for each field."""

    def __init__(cls, name: str, bases: Any, body: Any, **kw: Any) -> None:
        type.__init__(cls, name, bases, body)
        if "__tablename__" in body:
            for field, info in cls.model_fields.items():
                kind = String if info.annotation == (str | None) else Integer
                foreign = [ForeignKey("owner.id")] if field == "owner_id" else []
                type.__setattr__(cls, field, Column(kind, *foreign, primary_key=field == "id"))
            cls.owner = relationship(Owner, backref=f"{cls.__tablename__}s")
            reg.map_declaratively(cls)


class Model(BaseModel, metaclass=ModelMeta):
    """Base of the pydantic models."""

    model_config = ConfigDict(validate_assignment=True)
    metadata: ClassVar[Any] = Base.metadata

    def __new__(cls, *args: Any, **values: Any) -> Any:
        self = super().__new__(cls)
        for name, value in (("fields_set", set()), ("extra", None), ("private", None)):
            object.__setattr__(self, f"__pydantic_{name}__", value)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).model_fields:
            super().__setattr__(name, value)
        else:
            set_attribute(self, name, value)


class Pydantic(Model):
    """Validates what is written; relationships stand beside the fields."""

    __tablename__: ClassVar[str] = "pydantic"

    id: int | None = None
    name: str | None = None
    number: int | None = None
    owner_id: int | None = None


DECLARATIVE = (
    Plain, FixedInit, ChainedInit, OwnNew, OwnSetattr, OwnDelattr, OwnGetattr, ByValue, Untruthful, OwnInitSubclass,
    WithSlots, GenericMixin, DirectGeneric, Failure,
)  # fmt: skip
ALL: tuple[Any, ...] = (*DECLARATIVE, AsDataclass, PlainDataclass, Pydantic)
