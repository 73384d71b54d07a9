"""Forms of rows and results that say nothing any more: they work, and are warned of as in the 2.1 series."""

import asyncio

import pytest

from holdfast import create_engine, exc, text
from holdfast.ext.asyncio import create_async_engine

SELECT = text("SELECT 1 AS a, 'b' AS b")


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda result: result.one().t, r"The Row\.t attribute is deprecated, Row now behaves like a tuple"),
        (lambda result: result.one()._t, r"The Row\._t attribute is deprecated, Row now behaves like a tuple"),
        (lambda result: result.one().tuple(), r"The Row\.tuple\(\) method is deprecated, Row now behaves like a tuple"),
        (
            lambda result: result.one()._tuple(),
            r"The Row\._tuple\(\) method is deprecated, Row now behaves like a tuple",
        ),
        (lambda result: result.t.one(), r"The Result\.t method is deprecated, Row now behaves like a tuple"),
        (
            lambda result: result.tuples().one(),
            r"The Result\.tuples\(\) method is deprecated, Row now behaves like a tuple",
        ),
    ],
)
def test_the_row_is_a_tuple(use, message: str) -> None:
    """What they give is the row, or the result, itself; the warning names the program's line."""
    with (
        create_engine("sqlite://").connect() as connection,
        pytest.warns(exc.SADeprecationWarning, match=message) as warned,
    ):
        assert use(connection.execute(SELECT)) == (1, "b")
    assert [one.filename for one in warned] == [__file__]


def test_asynchronous_results() -> None:
    """The same words."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            with pytest.warns(exc.SADeprecationWarning, match=r"The AsyncResult\.t attribute is deprecated"):
                assert await (await connection.stream(SELECT)).t.one() == (1, "b")
            with pytest.warns(exc.SADeprecationWarning, match=r"The AsyncResult\.tuples\(\) method is deprecated"):
                assert await (await connection.stream(SELECT)).tuples().one() == (1, "b")
        await engine.dispose()

    asyncio.run(program())
