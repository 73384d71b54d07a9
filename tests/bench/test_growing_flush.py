"""A flush costs as much per object whether there are many or few: counted in instructions, which do not depend on the machine."""

from collections.abc import Callable

from bench.growing_flush import measured
from bench.guard.counting import instructions_by_code
from bench.work import Work


def instructions(work: Callable[[], None]) -> float:
    """Do a work and return the number of the interpreter's instructions that it took."""
    return sum(instructions_by_code(Work(work)).values())


def test_it_runs() -> None:
    """Its figures are for people: the test asks for none."""
    found = measured(22)
    assert list(found) == ["insert", "update", "delete"]
    assert all(figure >= 0 for figure in found.values())


def test_it_grows_with_the_number_of_objects() -> None:
    """Eight times the objects, and no more for each of them."""
    measured(220)
    few, many = measured(220, instructions), measured(1760, instructions)
    assert {kind: figure for kind, figure in many.items() if figure > few[kind] * 1.02} == {}
