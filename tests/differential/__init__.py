"""The same programs on SQLAlchemy and on Holdfast: results, states, exceptions, rows and SQL text must be the same.

A program is a plain function of `programs/`; `harness.py` runs it on either library, `log.py` writes down what
happened, `comparison.py` says what differs, `intended.py` lists the differences that are meant.

    python -m pytest tests/differential -q                                   Holdfast against SQLAlchemy
    python -m pytest tests/differential -q -k "flushing and one_object"      one program
    DIFFERENTIAL_CANDIDATE=sqlalchemy python -m pytest tests/differential    the programs themselves: are they steady?
"""
