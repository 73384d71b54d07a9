"""Statements of mapped classes are shown and pickled alike, whatever a process did before."""

import subprocess
import sys

PROGRAM = """
import pickle
from holdfast import Column, ForeignKey, Integer, select
from holdfast.orm import declarative_base, relationship

Base = declarative_base()


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)


class Page(Base):
    __tablename__ = "page"
    id = Column(Integer, primary_key=True)
    book_id = Column(ForeignKey("book.id"))
    book = relationship(Book, lazy="joined")


pages = select(Page)
print(pages)
print(pickle.loads(pickle.dumps(pages)))
"""

SHOWN = """\
SELECT page.id, page.book_id, book_1.id AS id_1
FROM page LEFT OUTER JOIN book AS book_1 ON book_1.id = page.book_id
"""


def test_the_first_statement_of_a_process_is_shown_as_it_runs() -> None:
    """What a mapping loads by a join is shown before the process has loaded any object, and the statement can be pickled."""
    # A process of its own: in this one another test may have entered the rooms that answer.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.replace(" \n", "\n") == SHOWN + SHOWN
