"""The SQL language under its documented import path."""

from holdfast.sql import *  # noqa: F403
from holdfast.sql import __all__ as __all__
