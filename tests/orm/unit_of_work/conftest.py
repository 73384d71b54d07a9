"""Each test of this folder that sends something runs on the synchronous and on the asynchronous face."""

from typing import Any

import pytest


@pytest.fixture(params=["sync", "async"])
def face(request: pytest.FixtureRequest) -> Any:
    """The face on which `recorded` opens its session."""
    return request.param
