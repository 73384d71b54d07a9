"""The steps of a built SELECT can be measured."""

from bench.built_select import measured


def test_every_step_is_measured() -> None:
    """The bare driver's, three of Holdfast, two of SQLAlchemy."""
    found = measured(turns=1, runs=2)
    assert list(found) == [
        "raw",
        "holdfast: built",
        "holdfast: built and run",
        "holdfast: built and found",
        "sqlalchemy: built",
        "sqlalchemy: built and run",
    ]
