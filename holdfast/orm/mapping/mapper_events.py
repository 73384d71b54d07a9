"""What can be listened to on mappers, and the listeners of all of them."""

from __future__ import annotations

from holdfast.event import Dispatch

MAPPER_EVENTS = (
    "before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete",
    "before_configured", "after_configured", "mapper_configured",
)  # fmt: skip

INSTANCE_EVENTS = ("init", "load", "refresh", "expire", "first_init", "pickle", "unpickle", "refresh_flush")

ALL_MAPPERS = Dispatch((*MAPPER_EVENTS, *INSTANCE_EVENTS))
"""What is listened to on all mappers: ``event.listen(Mapper, "after_configured", ...)``."""
