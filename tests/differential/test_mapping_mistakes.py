"""A wrong mapping is told in the same class of error, and in the same words first: programs and people know them."""

import gc
import re
import warnings
from types import ModuleType, SimpleNamespace

import pytest
import sqlalchemy
import sqlalchemy.orm

import holdfast
import holdfast.orm
from tests.orm.mapping.mistakes import MISTAKES

INTENDED = {
    "a reserved name": "SQLAlchemy 2.0 refuses it, 2.1 warns and leaves it away",
    "a reserved name in an annotation": "SQLAlchemy 2.0 refuses it, 2.1 warns and leaves it away",
    "a reserved name in a mixin": "SQLAlchemy 2.0 refuses it, 2.1 warns and leaves it away",
    "a composite of too few columns": "there the first object that is loaded or flushed fails",
    "a function in the place of its call": "there the attribute is not mapped",
    "a type in the place of a column": "there the attribute is not mapped",
    "validates without names": "there nothing is checked",
    "a backref without a name": "there it is a TypeError from inside",
    "an annotation of an unknown name": "the text shows where Mapped is defined",
}


def told(words: str, core: ModuleType, orm: ModuleType) -> tuple[str, str]:
    """Return class and text of the error, without the oracle's link to its own site."""
    names = SimpleNamespace(**{**vars(core), **vars(orm)})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MISTAKES[words](names)
    except Exception as error:
        return type(error).__name__, re.sub(r"\s*\(Background on this error at.*", "", str(error))
    finally:
        # What was mapped wrongly must not be met by a later configure_mappers() of this process.
        gc.collect()
    return "", ""


@pytest.mark.parametrize("words", [words for words in MISTAKES if words not in INTENDED])
def test_the_same_is_said_first(words: str) -> None:
    ours = told(words, holdfast, holdfast.orm)
    theirs = told(words, sqlalchemy, sqlalchemy.orm)
    assert ours[0] == theirs[0]
    assert ours[1][: len(theirs[1])] == theirs[1]
