"""The application: its database lives as long as it does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from examples.fastapi_service import accounts, orders, reports
from examples.fastapi_service.database import Database
from holdfast.exc import CheckViolation
from holdfast.exc import TimeoutError as PoolTimeout


def create_app(url: str | None = None) -> FastAPI:
    """Return the service.

    Args:
        url: the database; None: the variable ``STORE_URL``, or a SQLite file.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        app.state.database = Database(url)
        await app.state.database.create_tables()
        yield
        await app.state.database.close()

    app = FastAPI(title="Store", lifespan=lifespan)
    for part in (accounts, orders, reports):
        app.include_router(part.router)

    @app.exception_handler(CheckViolation)
    async def refused(request: Request, error: CheckViolation) -> JSONResponse:
        # The same class on every database; the constraint's name says what was wrong.
        return JSONResponse({"detail": f"refused by {error.constraint}"}, 409)

    @app.exception_handler(PoolTimeout)
    async def busy(request: Request, error: PoolTimeout) -> JSONResponse:
        return JSONResponse({"detail": "busy"}, 503, headers={"Retry-After": "1"})

    return app


app = create_app()
