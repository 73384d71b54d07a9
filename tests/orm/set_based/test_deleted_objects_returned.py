"""What a DELETE with `returning(Class)` brings: the objects of the session, or new ones; they are deleted, not persistent."""

from typing import Any

import pytest

from holdfast import delete, inspect, select
from tests.orm.set_based.models import Good
from tests.orm.set_based.test_synchronize import filled
from tests.support.capability import needs
from tests.support.faces import Store

STRATEGIES = ("auto", "evaluate", "fetch", False)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_their_state(on_face: Any, strategy: Any) -> None:
    """A rollback brings one object for each key back; a commit lets them go. Under False nobody is told anything."""

    async def program(store: Store) -> None:
        needs(store.engine, "delete_returning")
        session, goods = await filled(store)
        async with session:
            session.expunge(goods.pop(1))
            session.expire(goods[0])
            store.take()
            statement = delete(Good).where(Good.id.in_([1, 2])).returning(Good)
            options = {"synchronize_session": strategy}
            found = sorted(
                await session.scalars(statement, execution_options=options), key=lambda one: one.__dict__["id"]
            )
            assert [sql.split()[0] for sql, _ in store.take()] == ["DELETE"]
            assert found[0] is goods[0]
            assert [(one.__dict__["id"], one.__dict__["title"]) for one in found] == [(1, "nut"), (2, "bolt")]
            is_kept = strategy is False
            assert [one in session for one in (*found, goods[1])] == [is_kept, is_kept, True]
            assert [inspect(one).deleted for one in found] == [not is_kept] * 2
            await session.rollback()
            assert all(one in session and inspect(one).persistent for one in found)
            again = (await session.scalars(select(Good).order_by(Good.id))).all()
            assert again[:2] == found
            await session.execute(statement, execution_options={"synchronize_session": "fetch"})
            await session.commit()
            assert [inspect(one).detached for one in found] == [True, True]

    on_face(program)


@pytest.mark.parametrize("strategy", STRATEGIES[:3])
def test_where_no_object_is_present(on_face: Any, strategy: Any) -> None:
    """Columns beside the object; what comes back is deleted."""

    async def program(store: Store) -> None:
        needs(store.engine, "delete_returning")
        session, goods = await filled(store)
        async with session:
            session.expunge_all()
            del goods[:]
            statement = delete(Good).where(Good.id < 3).returning(Good.id, Good)
            rows = (await session.execute(statement, execution_options={"synchronize_session": strategy})).all()
            assert sorted((key, good.title) for key, good in rows) == [(1, "nut"), (2, "bolt")]
            assert all(inspect(good).deleted and good not in session for _, good in rows)

    on_face(program)
