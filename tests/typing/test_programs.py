"""The typed programs also run: types that no running program bears out would be worth nothing."""

from tests.typing import async_program, mapping_program, program


def test_the_program_runs() -> None:
    """All its steps are legal, not only well typed."""
    assert program.main() == ["Ada", "Ben"]


def test_the_async_program_runs() -> None:
    """The same over the async faces."""
    assert async_program.run() == ["Ada"]


def test_the_declarations_work() -> None:
    """Mixins, dataclasses, Annotated."""
    assert mapping_program.use() == ("Eve!", "Point(id=None, x=1, y=0, label='a')")
