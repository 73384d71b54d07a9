"""Document C on both faces and on PostgreSQL: three ways to add 1 to a column of every row, in one session."""

import pytest

from holdfast import func, select, update
from holdfast.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 20


class Base(DeclarativeBase):
    pass


class Stuff(Base):
    __tablename__ = "stuff"

    id: Mapped[int] = mapped_column(primary_key=True)
    foo: Mapped[int] = mapped_column(default=0)


async def by_loop(session):
    for one in await session.scalars(select(Stuff)):
        one.foo += 1


async def by_statement(session):
    await session.execute(update(Stuff.__table__).values({Stuff.__table__.c.foo: Stuff.__table__.c.foo + 1}))


async def by_query(session):
    await session.run_sync(lambda sync_session: sync_session.query(Stuff).update({Stuff.foo: Stuff.foo + 1}))


async def by_class(session):
    await session.execute(update(Stuff).values(foo=Stuff.foo + 1))


@pytest.mark.parametrize("ways", [[by_loop], [by_statement], [by_query], [by_class], [by_loop, by_query, by_statement]])
def test_the_sum_is_right(on_face, ways):
    """C1, C2: each way alone, and all of them before one commit; the arithmetic of the bulk forms is done in SQL."""

    async def program(store):
        async with store.session() as session:
            session.add_all(Stuff() for _ in range(ROWS))
            await session.commit()
            store.take()
            for way in ways:
                await way(session)
            await session.commit()
            updates = [(sql, rows) for sql, rows in store.take() if sql.startswith("UPDATE")]
            assert len(updates) == len(ways)
            for way, (sql, rows) in zip(ways, updates, strict=True):
                if way is by_loop:
                    assert len(rows) == ROWS
                else:
                    assert sql.startswith("UPDATE stuff SET foo=(stuff.foo + ?)") and tuple(rows) == (1,)
            assert await session.scalar(select(func.sum(Stuff.foo))) == len(ways) * ROWS

    on_face(program)
