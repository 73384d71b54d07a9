"""The rows of the table, in its order; one file per group of operations."""

from bench.operation import Operation
from bench.operations import (
    asynchronous,
    attributes,
    building,
    deleting,
    eager,
    getting,
    importing,
    inserting,
    lazy_children,
    loading,
    memory,
    transactions,
    updating,
)

OPERATIONS: tuple[Operation, ...] = (
    *inserting.OPERATIONS,
    *loading.OPERATIONS,
    *building.OPERATIONS,
    *getting.OPERATIONS,
    *attributes.OPERATIONS,
    *updating.OPERATIONS,
    *deleting.OPERATIONS,
    *eager.OPERATIONS,
    *lazy_children.OPERATIONS,
    *transactions.OPERATIONS,
    *asynchronous.OPERATIONS,
    *memory.OPERATIONS,
    *importing.OPERATIONS,
)
