"""How a flush grows with the number of objects: ``python -m bench.growing_flush`` prints microseconds per object.

Parents with ten children each, inserted, changed and deleted in one flush each; the figures of a line should not differ.
"""

from __future__ import annotations

import time

from holdfast import ForeignKey, create_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

SIZES = (1_100, 11_000, 110_000)
CHILDREN = 10


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


def measured(objects: int) -> dict[str, float]:
    """Return the processor time of each flush, in microseconds per object.

    Args:
        objects: parents and children together.
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
        found["insert"] = _flush(session, objects)
        for parent in parents:
            parent.name = "q"
            for child in parent.children:
                child.name = "d"
        found["update"] = _flush(session, objects)
        for parent in parents:
            session.delete(parent)
        found["delete"] = _flush(session, objects)
    engine.dispose()
    return found


def _flush(session: Session, objects: int) -> float:
    began = time.process_time()
    session.flush()
    return (time.process_time() - began) * 1e6 / objects


def main() -> None:
    """Print one line per size."""
    print(f"{'objects':>10} {'insert':>8} {'update':>8} {'delete':>8}   microseconds per object")
    for size in SIZES:
        found = measured(size)
        print(f"{size:>10,} {found['insert']:8.2f} {found['update']:8.2f} {found['delete']:8.2f}")


if __name__ == "__main__":
    main()
