"""The sources of generated functions are there for tracebacks, and ever new ones do not pile up."""

import linecache

import pytest

from holdfast._util import codegen


def test_old_sources_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last ones are shown; each function has its own source."""
    monkeypatch.setattr(codegen, "SOURCES_KEPT", 5)
    labels = [f"<holdfast test of sources {number}>" for number in range(20)]
    made = [
        codegen.compile_function("answer", f"def answer():\n    return {number}\n", {}, label)
        for number, label in enumerate(labels)
    ]
    assert [label for label in labels if linecache.getlines(label)] == labels[-5:]
    assert linecache.getline(labels[-1], 2) == "    return 19\n"
    assert "return 3" in made[3].__source__  # type: ignore[attr-defined]
    codegen.compile_function("answer", "def answer():\n    return None\n", {}, labels[-1])
    assert linecache.getline(labels[-1], 2) == "    return None\n"
    assert linecache.getlines(labels[-5])
