"""Range and BitString on both libraries: every operation gives the same, or the same kind of error."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.dialects import postgresql as ours

pytest.importorskip("sqlalchemy")
from sqlalchemy.dialects import postgresql as oracle

NUMBERS = st.integers(0, 6)
ENDS = {
    "whole": NUMBERS,
    "day": NUMBERS.map(lambda n: datetime.date(2020, 1, 1) + datetime.timedelta(n)),
    "moment": NUMBERS.map(lambda n: datetime.datetime(2020, 1, 1, n)),
    "number": NUMBERS.map(float),
}
BOUNDS = st.sampled_from(["()", "[)", "(]", "[]"])
COMPARISONS = ("__eq__", "contains", "contained_by", "overlaps", "strictly_left_of", "strictly_right_of",
               "not_extend_left_of", "not_extend_right_of", "adjacent_to")  # fmt: skip
OPERATIONS = ("union", "difference", "intersection")
FACTS = ("lower", "upper", "bounds", "empty", "is_empty", "isempty", "lower_inc", "upper_inc", "lower_inf", "upper_inf")


def facts(value: Any) -> Any:
    """Return what a range is, without its library."""
    return [getattr(value, name) for name in FACTS], str(value), repr(value), bool(value)


def level(value: Any) -> Any:
    """Return a result as a value of ours: which of two equal ends a range is made with is nobody's business."""
    if type(value).__name__ == "Range":
        return ours.Range(value.lower, value.upper, bounds=value.bounds, empty=value.empty)
    return value


def outcome(call: Any) -> Any:
    """Return what a call gives, or the kind of its error."""
    try:
        return level(call())
    except Exception as error:
        return type(error).__name__, str(error)


@st.composite
def arguments(draw: Any) -> Any:
    """Draw the arguments of two ranges that hold something, and a value."""
    ends = ENDS[draw(st.sampled_from(sorted(ENDS)))]
    made = []
    for _ in range(2):
        lower, upper = draw(st.none() | ends), draw(st.none() | ends)
        bounds, empty = draw(BOUNDS), draw(st.integers(0, 9)) == 0
        if lower is not None and upper is not None:
            lower, upper = min(lower, upper), max(lower, upper)
            if lower == upper:
                bounds = "[]"
        if isinstance(lower, int) and isinstance(upper, int) and upper - lower == 1 and bounds == "()":
            bounds = "[)"
        if empty:
            lower = upper = None
        made.append(((lower, upper), {"bounds": bounds, "empty": empty}))
    return made, draw(ends)


def _is_open_between(made: Any) -> bool:
    return made[0][1]["bounds"][1] == ")" and made[1][1]["bounds"][0] == "("


@given(arguments())
def test_ranges(drawn: Any) -> None:
    """Facts, comparisons, operations, and whether a value is inside."""
    made, value = drawn
    results = []
    names = (*COMPARISONS, *OPERATIONS)
    if _is_open_between(made) or _is_open_between(made[::-1]):
        # Of days and whole numbers the oracle takes (.., 4) and (5, ..) for neighbours; the server does not.
        names = tuple(name for name in names if name not in ("adjacent_to", "union"))
    for library in (oracle, ours):
        first, second = (library.Range(*positional, **named) for positional, named in made)
        results.append(
            [
                facts(first),
                *[(name, outcome(lambda: getattr(first, name)(second))) for name in names],  # noqa: B023
                outcome(lambda: value in first),  # noqa: B023
            ]
        )
    assert results[0] == results[1]


# Of at least one bit, of which the oracle makes none when it moves it.
STRINGS = st.text("01", min_size=1, max_size=12)
ON_BITS = {
    "and": lambda b, other, n: b & other,
    "or": lambda b, other, n: b | other,
    "xor": lambda b, other, n: b ^ other,
    "not": lambda b, other, n: ~b,
    "left": lambda b, other, n: b << n,
    "right": lambda b, other, n: b >> n,
    "sum": lambda b, other, n: b + other,
    "reverse sum": lambda b, other, n: str(other) + b,
    "item": lambda b, other, n: b[n],
    "part": lambda b, other, n: b[1:n],
    "int": lambda b, other, n: int(b),
    "bytes": lambda b, other, n: bytes(b),
    "to bytes": lambda b, other, n: b.to_bytes(n),
    "get": lambda b, other, n: b.get_bit(n),
    "has": lambda b, other, n: b.has_bit(n),
    "set": lambda b, other, n: b.set_bit(n, True),
    "set to text": lambda b, other, n: b.set_bit(n, "0"),
    "length": lambda b, other, n: (b.bit_length, b.octet_length, len(b)),
    "equal": lambda b, other, n: (b == str(b), b == other, hash(b) == hash(str(b))),
    "text": lambda b, other, n: (str(b), repr(b)),
    "strips": lambda b, other, n: (b.lstrip(), b.rstrip(), b.strip(), b.strip("1"), b.zfill(n)),
    "replace": lambda b, other, n: b.replace("0", "1", n),
    "split": lambda b, other, n: b.split("1"),
    "prefix": lambda b, other, n: (b.removeprefix("01"), b.removesuffix("01")),
    "from int": lambda b, other, n: type(b).from_int(int(b), n),
    "from bytes": lambda b, other, n: type(b).from_bytes(bytes([n]), 8 + n),
}


# Not by 0 bits to the right, which the oracle takes for all of them.
@given(STRINGS, STRINGS, st.integers(1, 9))
def test_bits(text: str, other: str, number: int) -> None:
    """Operators and methods of strings of bits."""
    for name, use in ON_BITS.items():
        got = []
        for library in (oracle, ours):
            try:
                value = use(library.BitString(text), library.BitString(other), number)
                got.append((repr(value), type(value).__name__))
            except Exception as error:
                got.append(type(error).__name__)
        assert got[0] == got[1], name
