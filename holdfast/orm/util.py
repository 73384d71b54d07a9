"""What can be asked of objects and classes, under the documented import path."""

from holdfast.orm.session.objects import identity_key, object_mapper, object_session, was_deleted

__all__ = ["identity_key", "object_mapper", "object_session", "was_deleted"]
