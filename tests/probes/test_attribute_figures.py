"""The program behind the figures of docs/decisions/0001 runs; the figures themselves are never asserted."""

from bench.probes import attributes


def test_the_program_measures_each_thing() -> None:
    found = attributes.measure("holdfast")
    assert list(found) == [
        "read, plain class", "read, loaded object", "write, plain class", "write, repeated", "write, first",
        "new object, plain class", "new object, three keywords", "new object, reference assigned", "new object, appended",
    ]  # fmt: skip
    assert all(figure > 0 for figure in found.values())
