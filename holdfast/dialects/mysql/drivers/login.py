"""Says what to install where a driver can not log a user in, as it lacks a package for that kind of password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PLUGIN_CANNOT_LOAD = 2059
"""The client libraries' number for it."""

_MISSING = re.compile(r"'([\w-]+)' package is required for (.*?)(?: auth methods?)?$", re.DOTALL)

_OTHER_WAY = {"cryptography": ", or connect over TLS (?ssl_ca=/path in the address), which needs no package"}


@contextmanager
def telling_what_is_missing(module: Any) -> Iterator[None]:
    """Raise an exception of the driver's in the place of the bare RuntimeError that it has for a missing package.

    Args:
        module: the driver's.

    Raises: OperationalError: of the driver.
    """
    try:
        yield
    except RuntimeError as error:
        found = _MISSING.search(str(error))
        if found is None:
            raise
        package, methods = found[1], " ".join(found[2].split())
        raise module.OperationalError(
            PLUGIN_CANNOT_LOAD,
            f"This user logs in by {methods}, for which the driver needs the package {package}, which is not "
            f"installed: pip install {package}{_OTHER_WAY.get(package, '')}.",
        ) from error
