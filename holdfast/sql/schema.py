"""Schemas, under the path by which some programs import them."""

from holdfast.schema import *  # noqa: F403
from holdfast.schema import __all__ as __all__
