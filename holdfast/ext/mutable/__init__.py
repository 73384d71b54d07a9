"""Values that are changed in place and tell the objects that hold them: `Mutable` and `MutableComposite`.

A mutable attribute is a descriptor of its own: it links the value to its object when it is set and when it is read. A value
that was loaded and never read was never handed out either, so nobody can have changed it, and rows load as fast as without.
"""

from holdfast.ext.mutable.base import Mutable, MutableBase
from holdfast.ext.mutable.composite import MutableComposite
from holdfast.ext.mutable.containers import MutableDict, MutableList, MutableSet

__all__ = ["Mutable", "MutableBase", "MutableComposite", "MutableDict", "MutableList", "MutableSet"]
