"""Generated expressions and statements on both libraries: same text and parameters on each dialect, in each style."""

from __future__ import annotations

from typing import Any

import pytest

import holdfast
from tests.differential.grammar.shown import VARIANTS, dialect_of, shown
from tests.differential.grammar.statements import source
from tests.differential.grammar.tables import namespace
from tests.differential.intended import is_meant

sqlalchemy = pytest.importorskip("sqlalchemy")

KINDS = {"expression": 1200, "select": 1500, "write": 500}
"""Kind of source -> how many of them."""
BATCH = 100
BATCHES = [(kind, start) for kind, count in KINDS.items() for start in range(0, count, BATCH)]


@pytest.fixture(scope="module")
def libraries() -> list[tuple[Any, dict[str, Any], dict[Any, Any]]]:
    """Both libraries, each with the names for sources and its dialects."""
    return [
        (lib, namespace(lib), {variant: dialect_of(lib, *variant) for variant in VARIANTS})
        for lib in (sqlalchemy, holdfast)
    ]


@pytest.mark.parametrize(("kind", "start"), BATCHES)
def test_same_text_and_parameters(kind: str, start: int, libraries: Any) -> None:
    """A failure shows the source of the statement, the oracle's text and ours."""
    failed = []
    for seed in range(start, start + BATCH):
        written = source(kind, seed)
        for dialect, style in VARIANTS:
            oracle, ours = (shown(lib, written, dialects[dialect, style], names) for lib, names, dialects in libraries)
            if not is_meant(written, dialect, oracle, ours):
                failed.append(f"{kind} {seed} {dialect} {style}\n{written}\n  oracle: {oracle}\n  ours:   {ours}")
                break
    assert not failed, f"{len(failed)} differ\n" + "\n".join(failed)


def test_most_of_what_is_generated_compiles(libraries: Any) -> None:
    """Otherwise the comparison would be one of errors."""
    lib, names, dialects = libraries[0]
    texts = [
        shown(lib, source(kind, seed), dialects["postgresql", None], names).text
        for kind in KINDS
        for seed in range(200)
    ]
    assert sum(text.endswith("Error") for text in texts) < 0.03 * len(texts)
    assert len(set(texts)) > 0.8 * len(texts)
