"""What a test does when its database server is missing: skip with the reason, or fail where skipping is forbidden."""

import os
from typing import NoReturn

import pytest

NO_SKIP_VARIABLE = "HOLDFAST_TEST_NO_SKIP"


class ServerUnavailable(Exception):
    """No server of this kind can be reached or started here; the message says what was tried."""


def skipping_is_forbidden() -> bool:
    """True in CI, where a missing server is a fault of the set-up and not a reason to test less."""
    return os.environ.get(NO_SKIP_VARIABLE, "") not in ("", "0")


def skip_or_fail(server: str, reason: object) -> NoReturn:
    """End the running test because `server` is missing.

    Args:
        server: the product's name, e.g. "PostgreSQL".
        reason: what was tried and what would help.
    """
    message = f"{server} not found: {reason}"
    if skipping_is_forbidden():
        pytest.fail(f"{message} ({NO_SKIP_VARIABLE} is set, so this is a failure)", pytrace=False)
    pytest.skip(message)
