"""`python -m tools.docs`: build the documentation site into site/, strictly (a dead link is an error)."""

import subprocess
import sys
from pathlib import Path

from tools.changelog import BadFragment, changelog_page

REPOSITORY = Path(__file__).resolve().parents[1]


def build() -> int:
    """Write the changelog page from its fragments, then build the site.

    Returns: the exit code, 0 if there was nothing to complain about.
    """
    docs = REPOSITORY / "docs"
    try:
        page = changelog_page(docs / "changelog.d")
    except BadFragment as error:
        print(error, file=sys.stderr)
        return 1
    (docs / "changelog.md").write_text(page)
    return subprocess.run([sys.executable, "-m", "zensical", "build", "--strict", "--clean"], cwd=REPOSITORY).returncode


if __name__ == "__main__":
    raise SystemExit(build())
