"""Every operation meets an object in every state, or it is said why it can not; and the answers are the model's."""

from __future__ import annotations

from pathlib import Path

import pytest

import holdfast as hf
from tests.stateful import reach
from tests.stateful.machine import AFTERWARDS, PREPARATIONS, SessionMachine
from tests.stateful.test_sessions import tables

pytestmark = pytest.mark.filterwarnings("ignore:DELETE statement on table:holdfast.exc.SAWarning")
ROUNDS = 3
"""How often each pair is tried, with objects of different classes."""


def test_each_operation_meets_each_state(tmp_path: Path) -> None:
    """One program for each pair: the object is brought into the state, the operation done, and everything compared."""
    reach.reached.clear()
    with tables(hf.create_engine(f"sqlite:///{tmp_path}/reach.db")) as engine:
        machine_class = type("Machine", (SessionMachine,), {"engine": engine})
        for state, preparation in PREPARATIONS.items():
            for number, then in enumerate(AFTERWARDS):
                for round_ in range(ROUNDS):
                    machine = machine_class()
                    try:
                        play(machine, preparation, then, number + round_)
                    except BaseException as error:
                        error.add_note(f"an object that is {state}, then {then}, with {number + round_}")
                        raise
                    finally:
                        machine.teardown()
    assert not {what: pairs for what, pairs in reach.unexplained().items() if pairs}


def play(machine: SessionMachine, preparation: str, then: str, number: int) -> None:
    """Run one program."""
    machine.begin_with_rows(parents=3, children=3, tags=2, badges=2)
    machine.one_after_the_other(getattr(machine, preparation), then, number, number % 10)
    check(machine)
    machine.compare_flushed_rows()
    machine.read_everything()
    check(machine)
    machine.commit()
    check(machine)


def check(machine: SessionMachine) -> None:
    """What holds after each step."""
    machine.statuses_agree()
    machine.loaded_values_agree()
