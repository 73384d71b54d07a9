"""Each page's Python blocks run from top to bottom as one program and print what the page says."""

import contextlib
import doctest
import io
import sys
import types
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, BadPage, Block, documentation_pages, program

PROGRAMS = {str(page.relative_to(REPOSITORY)): page for page in documentation_pages() if program(page.read_text())}


@pytest.mark.parametrize("page", PROGRAMS.values(), ids=PROGRAMS)
def test_the_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What a reader types from the page works, and answers as printed there.

    A page that reads the variable DATABASE_URL gets a PostgreSQL database, that on MariaDB one of MariaDB.
    """
    if page.stem == "mariadb":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("clean_mariadb_url"))
    elif "DATABASE_URL" in page.read_text():
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("clean_postgresql_url"))
    run_page(page, tmp_path, monkeypatch)


def run_page(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a page's program. A traceback shows the page's own file and lines.

    Raises: AssertionError: printed text differs from an `output` block; or whatever the program raises.
    """
    module = types.ModuleType(f"page_{page.stem.replace('-', '_')}")
    # Mapped classes look their annotations up in their module.
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(folder)
    printed = io.StringIO()
    for block in program(page.read_text()):
        if block.language == "output":
            compare(page, block, printed.getvalue())
            printed = io.StringIO()
        else:
            code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")
            with contextlib.redirect_stdout(printed):
                exec(code, module.__dict__)


def compare(page: Path, block: Block, printed: str) -> None:
    """Hold the page's claim against what was printed; `...` stands for anything."""
    checker = doctest.OutputChecker()
    if not checker.check_output(block.text, printed, doctest.ELLIPSIS):
        pytest.fail(
            f"{page}:{block.line}: the page says\n{block.text}\nand the program printed\n{printed}", pytrace=False
        )


def write_page(folder: Path, text: str) -> Path:
    """A page with this text."""
    page = folder / "some-page.md"
    page.write_text(text)
    return page


def test_blocks_share_one_namespace_and_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later blocks see earlier names, indented ones too; other languages and marked blocks are left alone."""
    page = write_page(
        tmp_path,
        """
```python
from pathlib import Path; Path("made").write_text("here")
class A: pass
```
- in a list:

    ```python
    print(A.__module__, "...")
    ```

    ```output
    page_some_page ...
    ```
<!-- no-run: needs a server -->
```python
raise SystemExit
```
```console
$ make
```
""",
    )
    run_page(page, tmp_path, monkeypatch)
    assert (tmp_path / "made").read_text() == "here"


def test_an_error_names_the_line_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback leads to the page."""
    page = write_page(tmp_path, "words\n\n```python\nx = 1\n1 / 0\n```\n")
    with pytest.raises(ZeroDivisionError) as raised:
        run_page(page, tmp_path, monkeypatch)
    assert (str(raised.traceback[-1].path), raised.traceback[-1].lineno + 1) == (str(page), 5)


def test_a_wrong_claim_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page does not say what the program does not print."""
    page = write_page(tmp_path, "```python\nprint(1)\n```\n```output\n2\n```\n")
    with pytest.raises(pytest.fail.Exception, match="some-page.md:5"):
        run_page(page, tmp_path, monkeypatch)


@pytest.mark.parametrize("opening", ["python no-run", "python title='x'", "py", "{.python}"])
def test_a_mark_that_the_site_does_not_render_is_refused(opening: str) -> None:
    """One form of each thing."""
    with pytest.raises(BadPage, match="line 2: write ```python alone"):
        program(f"words\n```{opening}\nx\n```\n")


def test_an_open_block_is_refused() -> None:
    """It would swallow the page."""
    with pytest.raises(BadPage, match="line 1: this block is not closed"):
        program("```python\nx = 1\n")
