"""The compiler: from SQL as data to text and the order of its parameters, once per structure.

Entered by the first engine, or by the first statement that is printed.
"""

from holdfast._util.rooms import entered_at_first_use

__getattr__, __dir__ = entered_at_first_use(__name__)
