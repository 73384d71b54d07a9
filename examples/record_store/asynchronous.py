"""One of the questions again, from a program that awaits: same statement, same objects, other engine."""

from pathlib import Path

from holdfast.ext.asyncio import AsyncSession, create_async_engine

from .questions import CustomerSpending, best_customers_statement


async def best_customers(file: Path, limit: int = 5) -> list[CustomerSpending]:
    """Return the customers who spent most, read from the store's SQLite file without blocking the event loop."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    try:
        async with AsyncSession(engine) as session:
            result = await session.execute(best_customers_statement(limit))
            return [CustomerSpending(customer, spent) for customer, spent in result]
    finally:
        await engine.dispose()
