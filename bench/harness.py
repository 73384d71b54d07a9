"""The way of measuring: a process per contender, answers first, then rounds in turn, then medians of ratios."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.contenders.registry import RAW
from bench.rows import Row
from bench.settings import Setting
from bench.sizes import Sizes

# TLS would be measured with the rest; what the drivers report of a server's notices is nobody's business here.
ENVIRONMENT = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable", "PYTHONWARNINGS": "ignore"}


class PlayerFailed(Exception):
    """A contender's process told of an error; the message has its kind and text."""


@dataclass
class Figures:
    """What was measured for one row.

    Args:
        row: the row.
        ratios: per contender, the multiple of the bare driver's time.
        seconds: per contender, the median time of one run.
        trips: per contender, the round trips of one run; empty without a proxy.
        absent: why a contender has no figure on purpose.
        failed: the error that kept a contender from having one.
    """

    row: Row
    ratios: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    trips: dict[str, int] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class Player:
    """A contender's process.

    Args:
        order: see `bench/worker.py`.
    Attributes:
        absent: why it does not offer the row, or None.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ENVIRONMENT},
        )
        self.absent: str | None = None
        self._write(order)
        self.absent = self._read().get("absent")

    def ask(self, name: str, *arguments: Any) -> dict[str, Any]:
        """Let it do one step and give the answer.

        Raises:
            PlayerFailed: the step broke.
        """
        self._write([name, *arguments])
        return self._read()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _write(self, message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"failed": "its process ended without an answer"}
        if "failed" in answer:
            print(answer.get("trace", ""), file=sys.stderr)
            raise PlayerFailed(answer["failed"])
        return answer


def measure(row: Row, contenders: Sequence[str], rounds: int, setting: Setting) -> Figures:
    """Measure one row.

    Args:
        contenders: the raw driver is measured in any case.
        rounds: how many times each contender takes its turn; more is steadier.
    """
    figures = Figures(row)
    with _players(row.key, contenders, setting, figures) as players:
        _compare_answers(players, figures)
        times = _take_turns(players, rounds)
        if setting.latency is not None:
            figures.trips = {name: _trips(player, name, setting) for name, player in players.items()}
    for name, own in times.items():
        figures.seconds[name] = median(own)
        if name != RAW and RAW in times:
            figures.ratios[name] = median(mine / raw for mine, raw in zip(own, times[RAW], strict=True))
    return figures


def held(contender: str, row: str, sizes: Sizes, setting: Setting) -> dict[str, Any] | str:
    """Let a fresh process do a row once, and hold what it gives; see `Worker.hold`.

    Returns:
        its figures, or why there are none.
    """
    try:
        player = Player(setting.order(contender, row, sizes))
    except PlayerFailed as error:
        return str(error)
    try:
        return player.absent or player.ask("hold", row)
    except PlayerFailed as error:
        return str(error)
    finally:
        player.close()


@contextmanager
def _players(key: str, contenders: Sequence[str], setting: Setting, figures: Figures) -> Iterator[dict[str, Player]]:
    """Start a process per contender, raw first, and end all of them."""
    players: dict[str, Player] = {}
    try:
        for name in (RAW, *(each for each in contenders if each != RAW)):
            try:
                player = Player(setting.order(name, key))
            except PlayerFailed as error:
                figures.failed[name] = str(error)
                continue
            players[name] = player
            if player.absent is not None:
                figures.absent[name] = player.absent
                players.pop(name).close()
        yield players
    finally:
        for player in players.values():
            player.close()


def _compare_answers(players: dict[str, Player], figures: Figures) -> None:
    """Run each work once, which also warms the caches; who comes to another answer than raw is left out."""
    expected: dict[str, Any] = {}
    for name in list(players):
        try:
            answer = players[name].ask("answer")
        except PlayerFailed as error:
            figures.failed[name] = str(error)
        else:
            expected = expected or answer
            if answer["digest"] == expected["digest"]:
                continue
            figures.failed[name] = f"another answer than raw's: {answer['beginning']} for {expected['beginning']}"
        players.pop(name).close()


def _take_turns(players: dict[str, Player], rounds: int) -> dict[str, list[float]]:
    """Sample every work once per round, each round beginning with another contender.

    Returns:
        per contender, one figure a round: seconds for one run.
    """
    repeats = {name: player.ask("repeats")["repeats"] for name, player in players.items()}
    names = list(players)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % max(1, len(names))
        for name in names[first:] + names[:first]:
            times[name].append(players[name].ask("sample", repeats[name])["seconds"])
    return times


def _trips(player: Player, name: str, setting: Setting) -> int:
    with setting.proxies[name].counting() as count:
        player.ask("sample", 1)
    return count.round_trips
