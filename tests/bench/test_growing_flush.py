"""The measurement of growing flushes runs, and measures all three kinds."""

from bench.growing_flush import measured


def test_it_runs() -> None:
    """Its figures are for people: the test asks for none."""
    found = measured(22)
    assert list(found) == ["insert", "update", "delete"]
    assert all(figure >= 0 for figure in found.values())
