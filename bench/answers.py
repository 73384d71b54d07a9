"""What one contender comes to, row after row, without a clock: `python -m bench.answers CONTENDER [URL]` prints JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bench.contenders.base import Absent, Contender
from bench.rows import ROWS, Row
from bench.sizes import Sizes
from bench.worker import digest, open_contender

SMALLER = 50


def answers(contender: str, server: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Do every row in small, the called ones on one store and the awaited ones on another.

    Args:
        server: URL of a database, or None for SQLite.
    Yields:
        the row's key, and either `digest` and `beginning` of the answer or the reason as `absent`.
    """
    for is_async in (False, True):
        opened: Contender | None = None
        try:
            for row in (each for each in ROWS if each.is_async == is_async):
                try:
                    opened = opened or open_contender(_order(contender, row, server))
                    yield row.key, _answer(opened, row)
                except Absent as reason:
                    yield row.key, {"absent": str(reason)}
        finally:
            if opened is not None:
                opened.close()
                opened.store.close()


def _order(contender: str, row: Row, server: str | None) -> dict[str, Any]:
    sizes = asdict(Sizes().divided(SMALLER))
    return {"contender": contender, "row": row.key, "server": server, "door": None, "sizes": sizes}


def _answer(opened: Contender, row: Row) -> dict[str, Any]:
    work = opened.work(row.key)
    work.prepare()
    mark, beginning = digest(work.answer(work.run()))
    work.finish()
    return {"digest": mark, "beginning": beginning}


if __name__ == "__main__":
    answers_stream = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is not an answer
    print(json.dumps(dict(answers(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))), file=answers_stream)
    answers_stream.close()
