"""Measures how much a library costs over the bare driver: `python -m bench --help`.

A reader finds the rows with their targets in `rows.py`, how each contender does them in `contenders/` (one file each), the
way of measuring in `harness.py` and `worker.py`, and the printed table in `table.py`. `guard/` counts without a clock.
"""
