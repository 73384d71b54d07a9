"""Unit of Work: what changed in a session, as a plan of statements, and the plan carried out.

Entered by a session's first flush.
"""

from holdfast._util.rooms import entered_at_first_use

__getattr__, __dir__ = entered_at_first_use(__name__)
