"""Engine, connection and transactions, under the path by which some programs import them."""

from holdfast.engine.connection import Connection
from holdfast.engine.engine import Engine
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
from holdfast.engine.two_phase import TwoPhaseTransaction

__all__ = ["Connection", "Engine", "NestedTransaction", "RootTransaction", "Transaction", "TwoPhaseTransaction"]
