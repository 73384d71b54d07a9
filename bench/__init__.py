"""Measures how much a library costs over the bare driver: `python -m bench --help`.

A reader finds the definitions in `operations/` (one file per group of rows, each with what the bare driver does
beside what a library does), the way of measuring in `harness.py`, and the printed table in `table.py`.
"""
