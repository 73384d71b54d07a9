"""What the comparison of random session programs levels, and what it does not."""

from __future__ import annotations

import sqlalchemy

from tests.differential.log import Log
from tests.differential.session_compare import difference_of

FIRST = ("SQL  UPDATE owner SET name=? WHERE owner.id = ?", "     with ('a', 1,)")
SECOND = ("SQL  UPDATE owner SET boss_id=? WHERE owner.id = ?", "     with (1, 2,)")
GOES = ("SQL  DELETE FROM owner WHERE owner.id = ?", "     with (3,)")
LINK = "SQL  INSERT INTO owner_tags (owner_id, tag_id) VALUES (?, ?)"
LOST = ("SQL  DELETE FROM owner_tags WHERE owner_tags.owner_id = ? AND owner_tags.tag_id = ?", "     with (3, 1,)")
PET = ("SQL  UPDATE pet SET owner_id=? WHERE pet.id = ?", "     with (2, 1,)")
TAG = ("SQL  INSERT INTO tag (name) VALUES (?)", "     with ('t',)")


def log_of(*entries: tuple[str, ...]) -> Log:
    """Return the account of a program of one step."""
    log = Log(sqlalchemy)
    log.entries = [("step flush 0 0 0",), *entries]
    return log


def test_links_among_the_steps_of_a_tree() -> None:
    """SQLAlchemy writes the links of a row behind its step, Holdfast all of them behind all rows."""
    oracle = log_of(FIRST, (LINK, "     with (1, 1,)"), SECOND, (LINK, "     with (2, 1,)"))
    candidate = log_of(FIRST, SECOND, (LINK, "     row  (1, 1,)", "     row  (2, 1,)"))
    assert difference_of(oracle, candidate) == ""


def test_links_that_are_missing_or_others() -> None:
    """All links are compared."""
    oracle = log_of(FIRST, (LINK, "     with (1, 1,)"), SECOND)
    assert difference_of(oracle, log_of(FIRST, SECOND))
    assert difference_of(oracle, log_of(FIRST, SECOND, (LINK, "     with (2, 1,)")))


def test_links_go_before_what_they_refer_to() -> None:
    """Where links stand beside rows that are deleted, and beside new tags, is compared."""
    assert difference_of(log_of(LOST, FIRST, GOES), log_of(FIRST, LOST, GOES)) == ""
    assert difference_of(log_of(FIRST, LOST, GOES), log_of(FIRST, GOES, LOST))
    link = (LINK, "     with (1, 1,)")
    assert difference_of(log_of(TAG, link), log_of(link, TAG))


def test_other_rows_beside_a_tree() -> None:
    """Rows that depend on the tree, and are no links, are compared in the order in which they are sent."""
    assert difference_of(log_of(SECOND, PET), log_of(PET, SECOND))
