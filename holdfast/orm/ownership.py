"""Who belongs to whom along a relationship that owns its members: by the delete-orphan cascade, or `single_parent`."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.state import InstanceState


class Ownership:
    """What a link knows of its members' parents: each member remembers one per link, None after it was let go."""

    __slots__ = ()

    name: str
    only_one_parent: bool
    reverse: Any

    def has_parent(self, child: InstanceState) -> bool:
        """Whether an object is in some parent's hands along this link: what was loaded is, unless it was taken out."""
        parents = (child.extra or {}).get("parents", {})
        return parents[self] is not None if self in parents else child.row_key is not None

    def _release_orphan(self, member: Any, state: InstanceState) -> None:
        """Let an object without a row, and without a parent now, leave its session."""
        if state.holder is None or state not in state.holder.new or self.has_parent(state):
            return
        reverse = self.reverse
        if reverse is None or reverse.many or member.__dict__.get(reverse.key) is None:
            state.holder.session.expunge(member)

    def _note_parent(self, child: Any, parent: InstanceState | None) -> None:
        state = child._sa_instance_state
        if state.extra is None:
            state.extra = {}
        state.extra.setdefault("parents", {})[self] = parent

    def _note_parting(self, child: Any, parent: InstanceState) -> None:
        """A parent let go of `child`; it is an orphan unless another one has taken it meanwhile."""
        parents = (child._sa_instance_state.extra or {}).get("parents", {})
        if parents.get(self, parent) is parent:
            self._note_parent(child, None)

    def _check_single_parent(self, state: InstanceState, member: Any) -> None:
        if not self.only_one_parent:
            return
        parent = (member._sa_instance_state.extra or {}).get("parents", {}).get(self)
        if parent is not None and parent is not state and parent() is not None:
            raise exc.InvalidRequestError(
                f"Instance {member!r} is already associated with an instance of {parent.class_} via its {self.name} "
                "attribute, and is only allowed a single parent."
            )
