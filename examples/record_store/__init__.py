"""A digital record store on SQLite, told in chapters: load, ask, change, undo.

Start it with `python -m examples.record_store`. The files in reading order: `models` (what is stored), `loading`
(CSV to objects to rows), `questions` (select), `changes` (unit of work and transactions), `efficiency` (three ways to
change every row), `asynchronous` (the same question, awaited), `show` (how it is printed), `__main__` (the chapters).
"""
