"""How a flush grows with the number of objects: ``python -m bench.growing_flush`` prints microseconds per object.

Parents with ten children each, inserted, changed and deleted in one flush each; the figures of a line should not differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from holdfast import ForeignKey, create_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

SIZES = (1_100, 11_000, 110_000)
CHILDREN = 10

Cost: TypeAlias = Callable[[Callable[[], None]], float]


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "growing_parents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    children: Mapped[list[Child]] = relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "growing_children"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int] = mapped_column(ForeignKey("growing_parents.id"))
    parent: Mapped[Parent] = relationship(back_populates="children")


def microseconds(work: Callable[[], None]) -> float:
    """Do a work and return the processor time that it took."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e6


def measured(objects: int, cost: Cost = microseconds) -> dict[str, float]:
    """Return what each flush costs, per object.

    Args:
        objects: parents and children together.
        cost: does a work and says what it cost.
    """
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    found: dict[str, float] = {}
    with Session(engine) as session:
        parents = [
            Parent(name="p", children=[Child(name="c") for _ in range(CHILDREN)])
            for _ in range(objects // (CHILDREN + 1))
        ]
        session.add_all(parents)
        found["insert"] = cost(session.flush) / objects
        for parent in parents:
            parent.name = "q"
            for child in parent.children:
                child.name = "d"
        found["update"] = cost(session.flush) / objects
        for parent in parents:
            session.delete(parent)
        found["delete"] = cost(session.flush) / objects
    engine.dispose()
    return found


def main() -> None:
    """Print one line per size."""
    print(f"{'objects':>10} {'insert':>8} {'update':>8} {'delete':>8}   microseconds per object")
    for size in SIZES:
        found = measured(size)
        print(f"{size:>10,} {found['insert']:8.2f} {found['update']:8.2f} {found['delete']:8.2f}")


if __name__ == "__main__":
    main()
