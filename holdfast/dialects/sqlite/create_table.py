"""Reads a CREATE TABLE as SQLite keeps it: names of constraints, CHECKs, generated columns, which no PRAGMA tells.

The text is cut into words, quoted names, strings and brackets first, so that no comma in a string or word in a comment
is taken for SQL. Source: the syntax diagrams of CREATE TABLE in SQLite's documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
      | (?P<word>[^\s"'`\[\](),;]+)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_TABLE_CONSTRAINTS = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"))


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: "string", "name" (quoted), "word" or "mark".
        text: as it stands.
        start, end: where.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in capitals; a quoted name is none."""
        return self.text.upper() if self.kind in ("word", "mark") else ""

    @property
    def identifier(self) -> str:
        """The name that it stands for."""
        if self.kind == "word":
            return self.text
        close = self.text[-1]
        return self.text[1:-1] if close == "]" else self.text[1:-1].replace(close * 2, close)


@dataclass
class ForeignKeyText:
    """A foreign key: its name, its columns, and what PRAGMA does not tell."""

    name: str | None
    columns: tuple[str, ...]
    table: str = ""
    options: dict[str, object] = field(default_factory=dict)


@dataclass
class TableText:
    """What a CREATE TABLE says.

    Attributes:
        key_name: the name of the primary key.
        foreign_keys, uniques (name, columns), checks (name, text): in their order.
        generated: column -> its expression.
        options: the words after the last bracket, such as STRICT.
    """

    key_name: str | None = None
    foreign_keys: list[ForeignKeyText] = field(default_factory=list)
    uniques: list[tuple[str | None, tuple[str, ...]]] = field(default_factory=list)
    checks: list[tuple[str | None, str]] = field(default_factory=list)
    generated: dict[str, str] = field(default_factory=dict)
    options: frozenset[str] = frozenset()


def tokens_of(sql: str) -> list[Token]:
    """Return the pieces of a text, without spaces and comments."""
    found = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or "mark"
        if kind != "space":
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def read_create_table(sql: str) -> TableText:
    """Return what a CREATE TABLE says; nothing for a virtual table, whose brackets hold its module's own words."""
    table = TableText()
    tokens = tokens_of(sql)
    if any(token.keyword == "VIRTUAL" for token in tokens[:2]):
        return table
    opening = next((place for place, token in enumerate(tokens) if token.text == "("), None)
    if opening is None:
        return table
    closing = _closing(tokens, opening)
    for definition in _split(tokens[opening + 1 : closing]):
        _Definition(sql, definition, table).read()
    rest = " ".join(token.keyword for token in tokens[closing + 1 :])
    table.options = frozenset(part.strip() for part in rest.split(","))
    return table


def _closing(tokens: list[Token], opening: int) -> int:
    """Return the place of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place].kind == "mark":
            depth += {"(": 1, ")": -1}.get(tokens[place].text, 0)
            if depth == 0:
                return place
    return len(tokens)


def _split(tokens: list[Token]) -> list[list[Token]]:
    """Return the pieces between the commas that stand in no brackets."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "mark":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == "," and depth == 0:
                found.append([])
                continue
        found[-1].append(token)
    return [piece for piece in found if piece]


class _Definition:
    """One definition between commas: a column with its constraints, or constraints of the table.

    Args:
        sql: the whole text.
        tokens: of this definition.
        table: gets what it says.
    """

    def __init__(self, sql: str, tokens: list[Token], table: TableText) -> None:
        self.sql = sql
        self.tokens = tokens
        self.table = table
        self.place = 0
        self.name: str | None = None
        self.column: str | None = None
        if tokens[0].keyword not in _TABLE_CONSTRAINTS:
            self.column = tokens[0].identifier
            self.place = 1
        self.key_columns: tuple[str, ...] = ()

    def read(self) -> None:
        """Note all that is known of each part; words of types and the like are passed over."""
        read = {
            "CONSTRAINT": self._constraint,
            "PRIMARY": self._primary_key,
            "UNIQUE": self._unique,
            "CHECK": self._check,
            "FOREIGN": self._foreign,
            "REFERENCES": self._references,
            "AS": self._generated,
            "DEFAULT": self._default,
        }
        while self.place < len(self.tokens):
            token = self._next()
            reader = read.get(token.keyword)
            if reader is not None:
                reader()
            elif token.text == "(" and token.kind == "mark":
                self.place -= 1
                self._brackets()

    def _next(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def _keyword(self) -> str:
        return self.tokens[self.place].keyword if self.place < len(self.tokens) else ""

    def _taken_name(self) -> str | None:
        name, self.name = self.name, None
        return name

    def _brackets(self) -> list[Token]:
        """Take a group in brackets, if one stands here, and return what is in it."""
        if self._keyword() != "(":
            return []
        start = self.place
        end = _closing(self.tokens, start)
        self.place = end + 1
        return self.tokens[start + 1 : end]

    def _text(self, tokens: list[Token]) -> str:
        return self.sql[tokens[0].start : tokens[-1].end] if tokens else ""

    def _columns(self) -> tuple[str, ...]:
        return tuple(piece[0].identifier for piece in _split(self._brackets()))

    def _constraint(self) -> None:
        self.name = self._next().identifier

    def _primary_key(self) -> None:
        self._next()
        self.table.key_name = self._taken_name()
        self._brackets()

    def _unique(self) -> None:
        columns = self._columns() if self.column is None else (self.column,)
        self.table.uniques.append((self._taken_name(), columns))

    def _check(self) -> None:
        self.table.checks.append((self._taken_name(), self._text(self._brackets())))

    def _generated(self) -> None:
        text = self._text(self._brackets())
        if self.column is not None and text:
            self.table.generated[self.column] = text

    def _default(self) -> None:
        # The value may be a word that elsewhere begins something.
        if self._keyword() == "(":
            self._brackets()
        elif self.place < len(self.tokens):
            self._next()

    def _foreign(self) -> None:
        self._next()
        self.key_columns = self._columns()

    def _references(self) -> None:
        columns = self.key_columns if self.column is None else (self.column,)
        key = ForeignKeyText(self._taken_name(), columns, self._next().identifier)
        self._brackets()
        negated = False
        while (word := self._keyword()) in ("ON", "MATCH", "NOT", "DEFERRABLE", "INITIALLY"):
            if word == "NOT" and self._word_after() != "DEFERRABLE":
                break
            self.place += 1
            if word == "ON":
                self._action(key)
            elif word == "MATCH":
                key.options["match"] = self._next().text
            elif word == "INITIALLY":
                key.options["initially"] = self._next().keyword
            elif word == "DEFERRABLE":
                key.options["deferrable"] = not negated
            negated = word == "NOT"
        self.table.foreign_keys.append(key)

    def _word_after(self) -> str:
        return self.tokens[self.place + 1].keyword if self.place + 1 < len(self.tokens) else ""

    def _action(self, key: ForeignKeyText) -> None:
        when, action = self._next().keyword, self._next().keyword
        if action in ("SET", "NO"):
            action += f" {self._next().keyword}"
        if action != "NO ACTION":
            key.options[f"on{when.lower()}"] = action
