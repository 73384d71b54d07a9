"""Draws docs/images/relationship-*.svg: the tables of each shape of relationship, its foreign keys, and how many rows.

Run `python -m tools.cardinalities` after a change; a test holds that the files are what this draws. The colours follow
the reader's choice of light or dark.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDTH, ROW, PADDING = 132, 24, 10

STYLE = """\
  <style>
    text { font: 13px ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; fill: #1f2937; }
    .name { font-weight: 600; }
    .many { font-size: 12px; fill: #b45309; font-weight: 600; }
    .said { font-family: system-ui, sans-serif; fill: #374151; }
    .table { fill: #ffffff; stroke: #64748b; stroke-width: 1.2; }
    .head { fill: #e2e8f0; stroke: #64748b; stroke-width: 1.2; }
    .key { fill: none; stroke: #2563eb; stroke-width: 1.8; }
    .tip { fill: #2563eb; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e5e7eb; }
      .many { fill: #fbbf24; }
      .said { fill: #cbd5e1; }
      .table { fill: #111827; stroke: #94a3b8; }
      .head { fill: #334155; stroke: #94a3b8; }
      .key { stroke: #60a5fa; }
      .tip { fill: #60a5fa; }
    }
  </style>"""


class Table(NamedTuple):
    """A table: its name, its columns, and the place of its upper left corner."""

    name: str
    columns: tuple[str, ...]
    x: int
    y: int = 16

    def row(self, column: str) -> int:
        """Return the height at which the middle of a column stands."""
        return self.y + ROW * (self.columns.index(column) + 1) + ROW // 2

    @property
    def right(self) -> int:
        """Where its right side stands."""
        return self.x + WIDTH

    @property
    def bottom(self) -> int:
        """Where it ends."""
        return self.y + ROW * (len(self.columns) + 1)

    def drawn(self) -> Iterable[str]:
        """Yield the lines of its picture."""
        height = ROW * len(self.columns)
        yield f'  <rect class="head" x="{self.x}" y="{self.y}" width="{WIDTH}" height="{ROW}"/>'
        yield f'  <rect class="table" x="{self.x}" y="{self.y + ROW}" width="{WIDTH}" height="{height}"/>'
        yield f'  <text class="name" x="{self.x + PADDING}" y="{self.y + 17}">{self.name}</text>'
        for column in self.columns:
            yield f'  <text x="{self.x + PADDING}" y="{self.row(column) + 5}">{column}</text>'


class Key(NamedTuple):
    """A foreign key: the table and column that hold it, what it leads to, and how many rows stand at its two ends."""

    holder: Table
    column: str
    target: Table
    referred: str
    many: str
    one: str

    def drawn(self) -> Iterable[str]:
        """Yield the lines of its picture: a line with a tip at what it leads to."""
        begin, end = self.holder.row(self.column), self.target.row(self.referred)
        if self.holder is self.target:
            left, right = self.holder.right, self.holder.right + 44
            path = f"M{left},{begin} H{right} V{end} H{left + 9}"
            towards, one_at, many_at = 1, (right + 6, end + 5), (right + 6, begin + 5)
            tip = left
        else:
            towards = 1 if self.holder.x > self.target.x else -1
            tip = self.target.right if towards > 0 else self.target.x
            left = self.holder.x if towards > 0 else self.holder.right
            middle = (tip + left) // 2
            path = f"M{left},{begin} H{middle} V{end} H{tip + 9 * towards}"
            one_at = (tip + (12 if towards > 0 else -12 - 8 * len(self.one)), end - 6)
            many_at = (left - (12 + 8 * len(self.many) if towards > 0 else -12), begin - 6)
        yield f'  <path class="key" d="{path}"/>'
        yield f'  <path class="tip" d="M{tip},{end} l{10 * towards},-5 v10 z"/>'
        yield f'  <text class="many" x="{one_at[0]}" y="{one_at[1]}">{self.one}</text>'
        yield f'  <text class="many" x="{many_at[0]}" y="{many_at[1]}">{self.many}</text>'


class Picture(NamedTuple):
    """What one file shows: tables, keys, and lines that say what it is in Python."""

    title: str
    tables: tuple[Table, ...]
    keys: tuple[Key, ...]
    said: tuple[str, ...]

    def svg(self) -> str:
        """Return the file's text."""
        bottom = max(table.bottom for table in self.tables)
        width = max(*[table.right for table in self.tables], 8 * max(map(len, self.said))) + 70
        height = bottom + 20 + 20 * len(self.said)
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
            f"  <title>{self.title}</title>",
            STYLE,
        ]
        for table in self.tables:
            lines += table.drawn()
        for key in self.keys:
            lines += key.drawn()
        for number, words in enumerate(self.said):
            lines.append(f'  <text class="said" x="16" y="{bottom + 26 + 20 * number}">{words}</text>')
        return "\n".join([*lines, "</svg>", ""])


def pictures() -> dict[str, Picture]:
    """Return the pictures by the end of their files' names."""
    author, book = Table("author", ("id", "name"), 16), Table("book", ("id", "title", "author_id"), 260)
    person, passport = Table("person", ("id",), 16), Table("passport", ("id", "number", "person_id"), 260)
    post, tag = Table("post", ("id", "title"), 16), Table("tag", ("id", "name"), 504)
    between = Table("post_tag", ("post_id", "tag_id"), 260)
    user, team = Table("user", ("id", "name"), 16), Table("club", ("id", "name"), 504)
    member = Table("membership", ("user_id", "club_id", "since"), 260)
    node = Table("node", ("id", "name", "parent_id"), 16)
    side, player = Table("team", ("id", "captain_id"), 16), Table("player", ("team_id", "id"), 260)
    return {
        "one-to-many": Picture(
            "One to many: the table of the many holds the foreign key",
            (author, book),
            (Key(book, "author_id", author, "id", "n", "1"),),
            ("author.books: a list of 0..n", "book.author: one"),
        ),
        "one-to-one": Picture(
            "One to one: one of the two tables holds a foreign key that is unique",
            (person, passport),
            (Key(passport, "person_id", person, "id", "0..1", "1"),),
            ("person.passport: one or None", "passport.person: one"),
        ),
        "many-to-many": Picture(
            "Many to many: a table between holds two foreign keys",
            (post, between, tag),
            (Key(between, "post_id", post, "id", "n", "1"), Key(between, "tag_id", tag, "id", "m", "1")),
            ("post.tags: a list, through post_tag", "tag.posts: a list, through post_tag"),
        ),
        "association": Picture(
            "Many to many with more to say: a class stands between",
            (user, member, team),
            (Key(member, "user_id", user, "id", "n", "1"), Key(member, "club_id", team, "id", "m", "1")),
            ("user.memberships and club.memberships: lists", "membership.user, membership.club, membership.since"),
        ),
        "tree": Picture(
            "A tree: the table holds a foreign key to itself",
            (node,),
            (Key(node, "parent_id", node, "id", "n", "0..1"),),
            ("node.children: a list of 0..n", "node.parent: one or None"),
        ),
        "circle": Picture(
            "Rows that refer to each other: each table holds a foreign key to the other one",
            (side, player),
            (Key(side, "captain_id", player, "id", "0..1", "0..1"), Key(player, "team_id", side, "id", "n", "1")),
            ("team.captain: one or None, written afterwards (post_update)", "team.players: a list; player.team: one"),
        ),
    }


def files() -> dict[Path, str]:
    """Return the text of each file."""
    return {IMAGES / f"relationship-{name}.svg": picture.svg() for name, picture in pictures().items()}


if __name__ == "__main__":
    for path, drawn in files().items():
        path.write_text(drawn)
