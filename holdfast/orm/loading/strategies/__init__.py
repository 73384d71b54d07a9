"""Loader strategies: how a relationship comes to its members, one file each, entered by who first needs it."""

from holdfast._util.rooms import entered_at_first_use

__getattr__, __dir__ = entered_at_first_use(__name__)
