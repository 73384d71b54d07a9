"""Whether what is remembered of statements stays bounded: the resident memory while a million distinct ones go by.

python -m bench.probes.many_statements            a million, a line for each hundred thousand
python -m bench.probes.many_statements 50000
"""

import resource
import sys
from typing import Any

from holdfast import Column, Integer, MetaData, String, Table, bindparam, create_engine, func, literal, select, text

TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("w", String))
LINES = 10


def distinct(number: int) -> Any:
    """Return a statement unlike all others: in its labels, parameters, text, aliases or number of operands."""
    kind = number % 5
    if kind == 0:
        return select(TABLE.c.x.label(f"l{number}")).limit(1)
    if kind == 1:
        return select(bindparam(f"p{number}", number))
    if kind == 2:
        return text(f"SELECT {number}")
    if kind == 3:
        return select(literal(number).label(f"n{number}")).where(TABLE.c.x.in_(range(number % 50)))
    return select(func.coalesce(*range(2 + number % 30))).where(TABLE.alias(f"a{number}").c.x == number).limit(1)


def main() -> None:
    """Print the statements so far, those that the engine keeps, and the largest resident memory in megabytes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.create(connection)
        for number in range(1, count + 1):
            connection.execute(distinct(number)).close()
            if number % (count // LINES) == 0:
                largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{number:9} statements, {len(engine._cache):4} kept, {largest:7.1f} MB")
    engine.dispose()


if __name__ == "__main__":
    main()
