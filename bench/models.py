"""The mapped classes of the tables in `data.py`, built for one library by its module name."""

import importlib
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from bench.data import WIDE_COLUMNS

_WIDE_ANNOTATIONS: dict[str, Any] = {"whole": int, "part": float, "word": str, "moment": datetime}


@cache
def models(library: str) -> SimpleNamespace:
    """Map the tables with one library.

    Args:
        library: "sqlalchemy" or a module with the same public names.
    Returns:
        a namespace with Thing, Tagged, Parent, Child, Wide.
    """
    lib: Any = importlib.import_module(library)
    orm: Any = importlib.import_module(f"{library}.orm")

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()
        amount: orm.Mapped[int] = orm.mapped_column()
        created: orm.Mapped[datetime] = orm.mapped_column()

    class Tagged(Base):
        __tablename__ = "tagged"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()
        tag: orm.Mapped[int] = orm.mapped_column(index=True)
        created: orm.Mapped[datetime] = orm.mapped_column()

    class Parent(Base):
        __tablename__ = "parent"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()
        children: orm.Mapped[list["Child"]] = orm.relationship("Child", back_populates="parent")

    class Child(Base):
        __tablename__ = "child"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        parent_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("parent.id"), index=True)
        name: orm.Mapped[str] = orm.mapped_column()
        parent: orm.Mapped["Parent"] = orm.relationship("Parent", back_populates="children")

    annotations: dict[str, Any] = {name: orm.Mapped[_WIDE_ANNOTATIONS[name.split("_")[0]]] for name in WIDE_COLUMNS}
    wide = type(
        "Wide",
        (Base,),
        {
            "__module__": __name__,
            "__tablename__": "wide",
            "__annotations__": {"id": orm.Mapped[int], **annotations},
            "id": orm.mapped_column(primary_key=True),
            **{name: orm.mapped_column() for name in WIDE_COLUMNS},
        },
    )
    orm.configure_mappers()
    return SimpleNamespace(Base=Base, Thing=Thing, Tagged=Tagged, Parent=Parent, Child=Child, Wide=wide)
