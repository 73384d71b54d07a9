"""What tests of programs that use Holdfast want."""

from holdfast.testing.faults import Fault, Faults, faults
from holdfast.testing.interposed import IO, Operation
from holdfast.testing.proxy import Proxy, Watch
from holdfast.testing.recording import Sent, recording

__all__ = ["IO", "Fault", "Faults", "Operation", "Proxy", "Sent", "Watch", "faults", "recording"]
