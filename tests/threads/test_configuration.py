"""The first use of mapped classes from many threads: they are configured once, and all threads see them whole."""

from typing import Any

import pytest

from holdfast import ForeignKey, event, inspect, select
from holdfast.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship, selectinload
from tests.threads.crowd import at_once
from tests.threads.models import new_graph, new_mapping, told

FIRST_USES = (
    lambda classes: told(new_graph(classes, "x")),
    lambda classes: str(select(classes.Book).join(classes.Book.authors)),
    lambda classes: sorted(inspect(classes.Author).relationships.keys()),
    lambda classes: str(select(aliased(classes.Novel)).where(classes.Novel.authors.any())),
    lambda classes: classes.Base.registry.configure(),
    lambda classes: inspect(classes.Book).polymorphic_map.keys() >= {"book", "novel"},
    lambda classes: str(select(classes.Shelf).options(selectinload(classes.Shelf.books)).where(classes.Shelf.id == 1)),
    lambda classes: classes.Page(number=1, book=classes.Book(title="t")).book.pages[0].number,
)
"""What may be the first thing that a program does with a class; each needs the relationships known."""


@pytest.mark.parametrize("round", range(6))
def test_first_use_configures_once(round: int) -> None:
    """Each mapper is told of once, whichever thread comes first, and every thread gets what one thread alone gets."""
    alone = new_mapping()
    expected = [use(alone) for use in FIRST_USES]
    classes = new_mapping()
    heard: list[Any] = []
    for mapper in classes.Base.registry.mappers:
        event.listen(mapper, "mapper_configured", lambda mapper, class_: heard.append(class_.__name__))
    found = at_once(lambda number: FIRST_USES[(number + round) % len(FIRST_USES)](classes))
    assert [found[number] for number in range(32)] == [expected[(n + round) % len(FIRST_USES)] for n in range(32)]
    assert sorted(heard) == ["Author", "Book", "Novel", "Page", "Shelf"]


def test_classes_that_come_while_others_are_configured() -> None:
    """A module that is imported late declares its classes while other threads use theirs: none is forgotten."""

    class Base(DeclarativeBase):
        pass

    class Root(Base):
        __tablename__ = "roots"
        id: Mapped[int] = mapped_column(primary_key=True)

    def declare_and_use(number: int) -> Any:
        made = []
        for place in range(4):
            name = f"Leaf{number}x{place}"
            body = {
                "__module__": __name__,
                "__tablename__": name.lower(),
                "__annotations__": {"id": Mapped[int], "root_id": Mapped[int], "root": Mapped[Root]},
                "id": mapped_column(primary_key=True),
                "root_id": mapped_column(ForeignKey("roots.id")),
                "root": relationship(Root, backref=f"leaves_{name}"),
            }
            leaf = type(name, (Base,), body)
            root = Root()
            made.append(leaf(id=number, root=root).root is root and getattr(root, f"leaves_{name}")[0].id)
        return made

    assert at_once(declare_and_use) == [[number] * 4 for number in range(32)]
    assert len(inspect(Root).relationships) == 128
    assert all(mapper.configured for mapper in Base.registry.mappers)


def test_registries_that_come_while_others_are_disposed() -> None:
    """Disposing looks at all registries for dependents, while threads make new ones."""

    def work(number: int) -> Any:
        ids = []
        for place in range(5):

            class Base(DeclarativeBase):
                pass

            class Single(Base):
                __tablename__ = "singles"
                id: Mapped[int] = mapped_column(primary_key=True)

            ids.append(Single(id=place).id)
            if number % 2:
                Base.registry.dispose()
        return ids

    assert at_once(work) == [[*range(5)]] * 32
