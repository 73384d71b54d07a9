"""The typed programs also run: types that no running program bears out would be worth nothing."""

import datetime

from holdfast.dialects.postgresql import MultiRange, Range
from tests.typing import async_program, mapping_program, postgresql_program, program, table_program


def test_the_program_runs() -> None:
    """All its steps are legal, not only well typed."""
    assert program.main() == ["Ada", "Ben"]


def test_the_async_program_runs() -> None:
    """The same over the async faces."""
    assert async_program.run() == ["Ada"]


def test_the_declarations_work() -> None:
    """Mixins, dataclasses, Annotated."""
    assert mapping_program.use() == ("Eve!", "Point(id=None, x=1, y=0, label='a')")


def test_the_types_of_postgresql() -> None:
    """Its values and statements."""
    days = Range(datetime.date(2020, 1, 1), datetime.date(2020, 1, 5))
    parts = MultiRange([Range(1, 2)])
    postgresql_program.values(postgresql_program.Stay(during=days, parts=parts))
    found, upsert = postgresql_program.texts()
    assert found.startswith("SELECT DISTINCT ON (stays.kind) stays.id, ")
    assert upsert == "INSERT INTO stays (id) VALUES (%(id)s::INTEGER) ON CONFLICT (id) DO NOTHING"


def test_the_columns_of_a_table() -> None:
    """A table that a class declares has the columns that type checkers see."""
    assert table_program.run() == ["b"]
