"""What any dialect and driver must pass: for the author of a new one, and for Holdfast's own."""

from holdfast.testing.suite.checks import CHECKS
from holdfast.testing.suite.dialect_suite import DialectSuite
from holdfast.testing.suite.models import VALUES, Base, Box, Colour, Thing

__all__ = ["Base", "Box", "CHECKS", "Colour", "DialectSuite", "Thing", "VALUES"]
