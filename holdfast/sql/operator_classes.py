"""Which kinds of operators the values of a type have: `OperatorClass`."""

from __future__ import annotations

from enum import Flag


class OperatorClass(Flag):
    """Kinds of operators; ``operator_classes`` of a type says which of them it has.

    An operator that is used outside of them is warned of, unless the type's comparator has one of its own. UNSPECIFIED says
    nothing, so nothing is warned of. Several kinds are joined by ``|``.
    """

    UNSPECIFIED = 1
    BASE = 2
    """``IS``, ``IS DISTINCT FROM``, and what `op` writes."""
    BOOLEAN_ALGEBRA = 4
    """``&``, ``|``, ``~``."""
    EQUALITY = 8
    """``=``, ``!=``, ``IN``, ``DISTINCT``."""
    ORDERING = 16
    """``<``, ``BETWEEN``, ``ASC``, ``DESC`` ..."""
    INDEXABLE = 32
    """``value[index]``."""
    CONTAINS = 64
    """`contains`."""
    CONCATENABLE = 128
    """``||``."""
    STRING_MATCH = 256
    """``LIKE``, regular expressions, ``MATCH``, ``COLLATE``."""
    MATH = 512
    """``+ - * / %``."""
    BITWISE = 1024
    """Bits: ``& | ^ << >> ~``."""
    DATE_ARITHEMETIC = 2048
    """``+`` and ``-`` of dates and times. The name is misspelled where it was given first."""
    JSON_GETITEM = 4096
    """Members of documents."""

    ANY = (
        BASE
        | BOOLEAN_ALGEBRA
        | EQUALITY
        | ORDERING
        | INDEXABLE
        | CONTAINS
        | CONCATENABLE
        | STRING_MATCH
        | MATH
        | (BITWISE | DATE_ARITHEMETIC | JSON_GETITEM)
    )
    INTEGER = BASE | EQUALITY | ORDERING | MATH | BITWISE
    NUMERIC = INTEGER
    STRING = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH
    BOOLEAN = BASE | BOOLEAN_ALGEBRA | EQUALITY | ORDERING
    BINARY = BASE | EQUALITY | ORDERING | INDEXABLE | CONTAINS | CONCATENABLE
    ARRAY = BINARY
    JSON = BASE | EQUALITY | ORDERING | INDEXABLE | JSON_GETITEM
    DATETIME = BASE | EQUALITY | ORDERING | DATE_ARITHEMETIC

    @property
    def bits(self) -> int:
        """The kinds as a number, in which every bit is set if nothing is said."""
        return -1 if self.value & 1 else self.value
