"""Sessions over several databases: on both faces, from one source."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from holdfast import ForeignKey, create_engine, event, inspect, select
from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.ext.horizontal_shard import ShardedSession, set_shard_id
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from tests.support.faces import AwaitableSession


class Base(DeclarativeBase):
    """Of these classes alone."""


class Shop(Base):
    __tablename__ = "shard_shop"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    town: Mapped[str]
    sales: Mapped[list["Sale"]] = relationship(back_populates="shop", order_by="Sale.id")


class Sale(Base):
    __tablename__ = "shard_sale"
    id: Mapped[int] = mapped_column(primary_key=True)
    sum: Mapped[int]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shard_shop.id"))
    shop: Mapped[Shop] = relationship(back_populates="sales")


def town_of(mapper: Any, instance: Any, clause: Any = None) -> str:
    """Choose a shard: an object's town."""
    if isinstance(instance, Sale):
        return instance.shop.town
    return instance.town if isinstance(instance, Shop) else "Rome"


def everywhere(*arguments: Any, **keywords: Any) -> list[str]:
    """Choose all shards."""
    return ["Rome", "Oslo"]


CHOOSERS: dict[str, Any] = {"shard_chooser": town_of, "identity_chooser": everywhere, "execute_chooser": everywhere}


@pytest.fixture(params=["sync", "async"])
def on_shards(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Call it with an awaited program, which gets a session and the list of what was sent: (shard, first words)."""

    def run(program: Any) -> None:
        sent: list[tuple[str, str]] = []
        urls = {town: f"sqlite:///{tmp_path / town}.db" for town in everywhere()}
        for url in urls.values():
            engine = create_engine(url)
            Base.metadata.create_all(engine)
            engine.dispose()
        engines: dict[str, Any] = {
            town: create_engine(url) if request.param == "sync" else create_async_engine(url)
            for town, url in urls.items()
        }
        for town, engine in engines.items():

            def note(connection: Any, cursor: Any, statement: str, *rest: Any, town: str = town) -> None:
                if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                    sent.append((town, statement.split()[0]))

            event.listen(getattr(engine, "sync_engine", engine), "before_cursor_execute", note)

        async def awaited() -> None:
            options: dict[str, Any] = {"shards": engines, **CHOOSERS}
            if request.param == "sync":
                async with AwaitableSession(ShardedSession(**options)) as session:
                    await program(session, sent)
            else:
                async with AsyncSession(sync_session_class=ShardedSession, **options) as session:
                    await program(session, sent)
                for engine in engines.values():
                    await engine.dispose()

        asyncio.run(awaited())
        if request.param == "sync":
            for engine in engines.values():
                engine.dispose()

    return run


async def fill(session: Any, sent: list[Any]) -> None:
    """Write a shop of one key in each town, with a sale."""
    session.add_all([Shop(id=1, name="north", town="Oslo", sales=[Sale(sum=1)]),
                     Shop(id=1, name="south", town="Rome", sales=[Sale(sum=2), Sale(sum=3)])])  # fmt: skip
    await session.commit()
    sent.clear()


def test_equal_keys_of_two_shards_are_two_objects(on_shards: Any) -> None:
    """Each is written, read and refreshed where it came from."""

    async def program(session: Any, sent: list[Any]) -> None:
        await fill(session, sent)
        shops = (await session.scalars(select(Shop).order_by(Shop.name))).all()
        assert [(one.name, inspect(one).identity_key) for one in shops] == [
            ("south", (Shop, (1,), "Rome")), ("north", (Shop, (1,), "Oslo")),
        ]  # fmt: skip
        assert sent == [("Rome", "SELECT"), ("Oslo", "SELECT")]
        sent.clear()
        shops[1].name = "far north"
        await session.commit()
        assert sent == [("Oslo", "UPDATE")]
        sent.clear()
        await session.refresh(shops[1])
        assert (shops[1].name, sent) == ("far north", [("Oslo", "SELECT")])
        await session.delete(shops[1])
        with pytest.raises(Exception, match="NOT NULL|Dependency"):
            await session.flush()
        await session.rollback()

    on_shards(program)


def test_what_follows_a_statement_stays_in_its_shard(on_shards: Any) -> None:
    """Select-in loads ask the database of the owners alone."""

    async def program(session: Any, sent: list[Any]) -> None:
        await fill(session, sent)
        session.expunge_all()
        shops = (await session.scalars(select(Shop).options(selectinload(Shop.sales)))).all()
        assert [[sale.sum for sale in one.sales] for one in shops] == [[2, 3], [1]]
        assert sent == [("Rome", "SELECT")] * 2 + [("Oslo", "SELECT")] * 2
        sent.clear()
        chosen = (await session.scalars(select(Shop).options(set_shard_id("Oslo")))).all()
        assert (chosen, sent) == ([shops[1]], [("Oslo", "SELECT")])

    on_shards(program)


def test_a_rollback_makes_new_objects_of_all_shards_transient(on_shards: Any) -> None:
    """Nothing of them stays in the identity map."""

    async def program(session: Any, sent: list[Any]) -> None:
        shops = [Shop(id=7, name=town, town=town) for town in everywhere()]
        session.add_all(shops)
        await session.flush()
        assert len(list(session.identity_map)) == 2
        await session.rollback()
        assert all(inspect(one).transient for one in shops) and list(session.identity_map) == []
        assert (await session.scalars(select(Shop))).all() == []

    on_shards(program)


def test_get_finds_the_one_of_a_token(on_shards: Any) -> None:
    """Without a token, the functions of the program say where to look."""

    async def program(session: Any, sent: list[Any]) -> None:
        await fill(session, sent)
        session.expunge_all()
        oslo = (await session.scalars(select(Shop), bind_arguments={"shard_id": "Oslo"})).one()
        assert (await session.get(Shop, 1)) is oslo
        assert (await session.get(Sale, 2)).sum == 3

    on_shards(program)


def test_a_shard_that_is_not_there() -> None:
    """The error names the shards."""
    with ShardedSession(
        lambda *one, **more: "Bonn", everywhere, everywhere, {"Rome": create_engine("sqlite://")}
    ) as session:
        session.add(Shop(id=1, name="x", town="Bonn"))
        with pytest.raises(InvalidRequestError, match="There is no shard 'Bonn'; the session has 'Rome'"):
            session.flush()
    with pytest.raises(ArgumentError, match="needs shard_chooser, identity_chooser and execute_chooser"):
        ShardedSession(town_of)
    assert issubclass(ShardedSession, Session)
