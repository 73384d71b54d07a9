"""UPDATE and DELETE of a class whose rows nothing tells from those of the class above: no object of either is stale."""

from typing import Any

import pytest

from holdfast import ForeignKey, MetaData, String, delete, select, update
from holdfast.orm import DeclarativeBase, Mapped, mapped_column
from tests.support.faces import Store

STRATEGIES = ("auto", "evaluate", "fetch")


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


class Party(Base):
    """A class without `polymorphic_on`: an object of it may have a row of `Company` too."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column()


class Company(Party):
    """It adds a table."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(20))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_objects_of_the_class_above(on_face: Any, strategy: str) -> None:
    """They show what an UPDATE of the class below has set in their table, and stay when only the row below is deleted."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Party(id=1, rank=1), Company(id=2, rank=1, field="x"), Company(id=3, rank=1, field="y")])
            await session.commit()
            session.expunge_all()
            company = await session.get(Company, 3)
            parties = (await session.scalars(select(Party).order_by(Party.id))).all()
            assert [type(one) for one in parties] == [Party, Party, Company] and parties[2] is company
            options = {"synchronize_session": strategy}
            await session.execute(update(Company).where(Company.rank == 1).values(rank=5), execution_options=options)
            for one in parties:
                await session.refresh(one, [name for name in ("rank",) if name not in one.__dict__])
            assert [one.rank for one in parties] == [1, 5, 5]
            await session.execute(delete(Company).where(Company.rank == 5), execution_options=options)
            assert [one in session for one in parties] == [True, True, False]
            await session.execute(update(Company).values(field="z"), execution_options=options)
            assert (await session.scalars(select(Party.rank).order_by(Party.id))).all() == [1, 5, 5]

    on_face(Base.metadata, program)
