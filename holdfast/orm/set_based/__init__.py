"""Writing by statement, kept in step with the objects of the session; entered by the first such statement."""

from holdfast._util.rooms import entered_at_first_use

__getattr__, __dir__ = entered_at_first_use(__name__)
