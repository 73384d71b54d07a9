"""Random session programs that differed once, without the steps that they can do without, by the difference's cause."""

from __future__ import annotations

from typing import NamedTuple

from tests.differential.session_play import Step


class Found(NamedTuple):
    """A program.

    Attributes:
        steps: of the program.
        shown: stands in its account as long as it comes to what it is about.
    """

    steps: list[Step]
    shown: str


FOUND = {
    "add() brings back an owner that is expired": Found(
        [
            Step("make", 6, 2, 0), Step("make", 0, 2, 0), Step("make", 3, 2, 0), Step("make_loose", 12, 2, 5),
            Step("expire_all", 8, 2, 4), Step("expunge_all", 10, 2, 3), Step("add", 3, 0, 5),
        ],
        "event detached_to_persistent Owner#1 persistent\nSQL  SELECT owner.id,",
    ),
    "links of a row among the steps of its tree": Found(
        [
            Step("make", 6, 0, 0), Step("make", 1, 1, 0), Step("make", 0, 1, 0), Step("switch_autoflush", 0, 6, 2),
            Step("expire_all", 7, 1, 5), Step("assign", 8, 6, 1), Step("assign", 6, 2, 6),
        ],
        "SQL  UPDATE owner SET boss_id=? WHERE owner.id = ?\n     with (1, 2,)",
    ),
    "add() of what was deleted by statement, beside a new one of its key": Found(
        [
            Step("make", 5, 1, 0), Step("expunge", 5, 5, 3), Step("delete_many", 7, 1, 6), Step("merge", 10, 2, 2),
            Step("add", 0, 4, 1),
        ],
        "step add 0 4 1\n  Card#0 detached",
    ),
    "a card moves to another owner": Found(
        [
            Step("make", 5, 3, 0), Step("make", 0, 3, 0), Step("make", 1, 4, 1), Step("begin_nested", 12, 7, 4),
            Step("bring", 5, 6, 7), Step("expire_all", 0, 1, 1), Step("bring", 5, 5, 2),
        ],
        "new, dirty, deleted: [[], ['Card#0', 'Firm#2', 'Owner#1'], []]",
    ),
    "two that refer to each other": Found(
        [
            Step("make", 5, 3, 0), Step("make", 0, 3, 0), Step("flush", 0, 0, 0), Step("bring", 5, 0, 0),
            Step("merge_itself", 0, 0, 0), Step("count_up", 0, 2, 0),
        ],
        "perhaps Owner#1.card: 'Card#0'",
    ),
    "a card is taken over by the owner's side": Found(
        [
            Step("make", 5, 3, 0), Step("make", 0, 3, 0), Step("make", 0, 4, 1), Step("commit", 0, 0, 0),
            Step("bring", 5, 0, 0), Step("commit", 0, 0, 0), Step("bring", 4, 1, 0), Step("take", 4, 0, 0),
        ],
        "perhaps Owner#1.card: None",
    ),
    "an owner's card is displaced": Found(
        [
            Step("make", 5, 2, 0), Step("make", 1, 4, 0), Step("make", 5, 1, 0), Step("expire_all", 11, 2, 3),
            Step("bring", 5, 0, 1), Step("bring", 5, 3, 1),
        ],
        "perhaps Firm#1.card: 'Card#0'",
    ),
    "an owner's new card is deleted": Found(
        [
            Step("make", 0, 3, 0), Step("make", 0, 3, 0), Step("make", 5, 4, 0), Step("make", 1, 2, 0), Step("make", 5, 2, 0),
            Step("make", 5, 2, 0), Step("make", 5, 2, 0), Step("expire", 4, 7, 7), Step("delete", 7, 3, 2),
            Step("bring", 4, 7, 7), Step("delete", 11, 7, 0),
        ],
        "SQL  DELETE FROM card WHERE card.id = ?\n     with (4,)",
    ),
}  # fmt: skip
