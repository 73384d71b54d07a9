"""ENUM and SET, under the path by which some programs import them."""

from holdfast.dialects.mysql import ENUM, SET

__all__ = [
    "ENUM",
    "SET",
]
