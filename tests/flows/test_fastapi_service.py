"""The FastAPI service of the examples, through its ASGI client, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from examples.fastapi_service import load, reports
from examples.fastapi_service.app import create_app
from examples.fastapi_service.models import Account, Base
from holdfast import func, select

Program = Callable[[httpx.AsyncClient, Any], Awaitable[None]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def serve(request, tmp_path) -> Callable[[Program], None]:
    """Call it with a program: it gets a client of a service over a clean database, and the service."""
    url = f"sqlite+aiosqlite:///{tmp_path}/store.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("clean_postgresql_url")
    return lambda program: asyncio.run(_serve(url, program))


async def _serve(url: str, program: Program) -> None:
    async with _service(url) as (client, app):
        await program(client, app)
        assert app.state.database.connections_out() == 0


@asynccontextmanager
async def _service(url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    app = create_app(url)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://store") as client,
    ):
        try:
            yield client, app
        finally:
            async with app.state.database.engine.begin() as connection:
                await connection.run_sync(Base.metadata.drop_all)


async def _fill(client: httpx.AsyncClient) -> None:
    for owner, balance in (("Ada", 100), ("Grace", 50)):
        assert (await client.post("/accounts", json={"owner": owner, "balance": balance})).status_code == 201
    for name, price, stock in (("pen", 5, 10), ("ink", 30, 2)):
        answer = await client.post("/products", json={"name": name, "price": price, "stock": stock})
        assert answer.status_code == 201


def test_accounts_that_commit_by_themselves(serve) -> None:
    """Open, show, and a name that is taken: the same error on both databases."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        opened = await client.post("/accounts", json={"owner": "Ada", "balance": 100})
        assert (opened.status_code, opened.json()) == (201, {"id": 1, "owner": "Ada", "balance": 100})
        again = await client.post("/accounts", json={"owner": "Ada"})
        assert (again.status_code, again.json()) == (409, {"detail": "Ada has an account"})
        assert (await client.get("/accounts/1")).json() == {"id": 1, "owner": "Ada", "balance": 100}
        assert (await client.get("/accounts/2")).status_code == 404

    serve(program)


def test_an_order_is_whole_or_nothing(serve) -> None:
    """What was flushed is taken back where the endpoint raises, and where a constraint refuses."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        await _fill(client)
        bought = await client.post("/orders", json={"account": 1, "product": 1, "pieces": 4})
        assert (bought.status_code, bought.json()) == (201, {"order": 1, "paid": 20, "left": 6})
        poor = await client.post("/orders", json={"account": 2, "product": 2, "pieces": 2})
        assert (poor.status_code, poor.json()) == (409, {"detail": "Grace cannot pay 60"})
        empty = await client.post("/orders", json={"account": 1, "product": 1, "pieces": 7})
        assert (empty.status_code, empty.json()) == (409, {"detail": "refused by stock_is_there"})
        assert (await client.get("/accounts/1/orders")).json() == [{"order": 1, "pieces": 4, "paid": 20}]
        assert (await client.get("/accounts/2/orders")).json() == []
        assert (await client.get("/products?name=p")).json() == [{"id": 1, "name": "pen", "price": 5, "stock": 6}]
        assert (await client.get("/reports/totals")).json() == {"stock": 8, "sold": 4, "money": 130}

    serve(program)


def test_transfers_that_cross(serve) -> None:
    """Forty at once, back and forth between two accounts: none deadlocks, no cent is lost."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        await _fill(client)
        answers = await asyncio.gather(
            *(
                client.post("/accounts/transfers", json={"source": 1 + n % 2, "target": 2 - n % 2, "amount": 1 + n % 3})
                for n in range(40)
            )
        )
        assert {answer.status_code for answer in answers} == {200}
        balances = [(await client.get(f"/accounts/{number}")).json()["balance"] for number in (1, 2)]
        moved = sum((1 if n % 2 else -1) * (1 + n % 3) for n in range(40))
        assert balances == [100 + moved, 50 - moved]
        refused = await client.post("/accounts/transfers", json={"source": 1, "target": 2, "amount": 1000})
        assert refused.status_code == 409
        assert (
            await client.post("/accounts/transfers", json={"source": 1, "target": 9, "amount": 1})
        ).status_code == 404

    serve(program)


def test_a_long_answer_holds_no_connection(serve, monkeypatch) -> None:
    """While lines travel, the pool has all its connections; the pages join without a gap."""
    monkeypatch.setattr(reports, "PAGE", 2)

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        await _fill(client)
        for _ in range(5):
            await client.post("/orders", json={"account": 1, "product": 1, "pieces": 1})
        out, lines = [], []
        async for part in reports._lines(app.state.database):
            out.append(app.state.database.connections_out())
            lines += part.splitlines()
        assert out == [0, 0, 0, 0]
        assert lines == ["order,owner,product,pieces,paid", *(f"{n},Ada,pen,1,5" for n in range(1, 6))]
        answer = await client.get("/reports/orders.csv")
        assert answer.text.splitlines() == lines

    serve(program)


def test_a_read_session_beside_a_write_session(serve) -> None:
    """What did not sell becomes cheaper; the rest keeps its price."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        await _fill(client)
        await client.post("/orders", json={"account": 1, "product": 1, "pieces": 1})
        assert (await client.post("/reports/discount/50")).json() == {"lowered": 1}
        assert [each["price"] for each in (await client.get("/products")).json()] == [15, 5]

    serve(program)


def test_a_commit_that_fails_is_told(serve, monkeypatch) -> None:
    """The commit comes before the response: nobody is told of success by mistake."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        from holdfast import event
        from holdfast.exc import CheckViolation, IntegrityError

        def refuse(session: Any) -> None:
            raise CheckViolation("COMMIT", None, ValueError("refused"))

        maker = app.state.database.sessions.class_.sync_session_class
        event.listen(maker, "before_commit", refuse)
        try:
            answer = await client.post("/products", json={"name": "pen", "price": 5})
            assert answer.status_code == 409
        finally:
            event.remove(maker, "before_commit", refuse)
        assert issubclass(CheckViolation, IntegrityError)
        assert (await client.get("/products")).json() == []

    serve(program)


def test_a_client_that_goes_away(serve) -> None:
    """A request that is cancelled in the middle leaves no connection out and no row locked."""

    async def program(client: httpx.AsyncClient, app: Any) -> None:
        await _fill(client)
        for _ in range(10):
            task = asyncio.create_task(client.post("/orders", json={"account": 1, "product": 1, "pieces": 1}))
            await asyncio.sleep(0.002)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with app.state.database.sessions.begin() as session:
            await session.get_one(Account, 1, with_for_update=True)
            assert await session.scalar(select(func.count(Account.id))) == 2

    serve(program)


def test_the_load_program_runs(tmp_path, monkeypatch, capsys) -> None:
    """The figures of the README can be made anew."""
    monkeypatch.setattr(load, "REQUESTS", 20)
    monkeypatch.setattr(load.measure, "__defaults__", (20,))
    asyncio.run(load.main(f"sqlite+aiosqlite:///{tmp_path}/load.db"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert all("requests/s" in line and "refused" not in line for line in lines)
