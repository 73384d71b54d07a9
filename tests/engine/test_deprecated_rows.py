"""Names of a row's own that a column may have too: they work, and are warned of."""

import pytest

from holdfast import create_engine, exc, text

SELECT = text("SELECT 1 AS a, 'b' AS b")


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda row: row.t, r"The Row\.t attribute is deprecated in favor of Row\._t; .* Please use Row\._t\."),
        (lambda row: row.tuple(), r"The Row\.tuple\(\) method is deprecated in favor of Row\._tuple\(\); "),
    ],
)
def test_older_names(use, message: str) -> None:
    """What they give is the row itself; the warning names the program's line."""
    with (
        create_engine("sqlite://").connect() as connection,
        pytest.warns(exc.SADeprecationWarning, match=message) as warned,
    ):
        assert use(connection.execute(SELECT).one()) == (1, "b")
    assert [one.filename for one in warned] == [__file__]


def test_the_names_that_stay() -> None:
    """They say to type checkers what the columns are, so they are not warned of."""
    with create_engine("sqlite://").connect() as connection:
        row = connection.execute(SELECT).one()
        assert row._t == row._tuple() == (1, "b")
        assert connection.execute(SELECT).t.one() == connection.execute(SELECT).tuples().one() == (1, "b")
