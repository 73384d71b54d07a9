"""Probe 1: plain attributes survive real classes. The record: docs/decisions/0001-plain-attributes.md."""

import copy
import gc
import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.inspection import inspect
from holdfast.orm.attributes import get_history, instance_state
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading.rows import EntitySlot, build_row_loader
from tests.probes import real_classes
from tests.probes.real_classes import ALL, Owner

every_class = pytest.mark.parametrize("class_", ALL, ids=lambda class_: class_.__name__)


class FakeSession:
    """What an identity map asks of its session."""

    def adopt(self, parent: Any, child: Any) -> None: ...


@pytest.fixture
def holder() -> Any:
    session = FakeSession()
    holder = IdentityMap(session)  # type: ignore[arg-type]
    yield holder
    assert session is not None


def load(class_: Any, holder: Any, *rows: tuple[Any, ...]) -> list[Any]:
    """Return objects made from rows by the generated loader of the library."""
    mapper = class_.__mapper__
    mapper.configure()
    slot = EntitySlot(mapper, ("id", "name", "number", "owner_id"), (None,) * 4)
    return build_row_loader([slot], None, f"<rows {class_.__name__}>")(list(rows), holder, False)


@every_class
def test_a_new_object_keeps_its_values_in_its_dict(class_: Any) -> None:
    thing = class_(id=1, name="Ada", number=3)
    assert (thing.id, thing.name, thing.number) == (1, "Ada", 3)
    assert {name: vars(thing)[name] for name in ("id", "name", "number")} == {"id": 1, "name": "Ada", "number": 3}
    assert inspect(thing).transient and vars(thing)["_sa_instance_state"]() is thing


@every_class
def test_rows_become_objects_without_running_the_class_own_code(class_: Any, holder: Any) -> None:
    [thing] = load(class_, holder, (1, "Ada", 3, None))
    assert type(thing) is class_
    assert (thing.id, thing.name, thing.number) == (1, "Ada", 3)
    assert inspect(thing).persistent and not inspect(thing).modified
    assert "opened" not in vars(thing)
    assert holder.find(class_.__mapper__, 1) is thing


@every_class
def test_writes_to_a_loaded_object_are_tracked(class_: Any, holder: Any) -> None:
    [thing] = load(class_, holder, (1, "Ada", 3, None))
    thing.name = "Grace"
    thing.number = 4
    thing.number = 5
    assert instance_state(thing).old == {"name": "Ada", "number": 3}
    assert get_history(thing, "number") == ([5], (), [3])
    assert list(holder.dirty) == [instance_state(thing)]


@every_class
def test_a_dirty_object_is_kept_alive_a_clean_one_is_not(class_: Any, holder: Any) -> None:
    load(class_, holder, (1, "Ada", 3, None), (2, "Grace", 4, None))[0].name = "Edith"
    gc.collect()
    assert [thing.name for thing in holder.all_objects()] == ["Edith"]


@every_class
def test_both_sides_of_a_relationship_agree(class_: Any) -> None:
    owner, other = Owner(), Owner()
    first, second = class_(id=1, name="same"), class_(id=2, name="same")
    things = f"{class_.__mapper__.local_table.name}s"
    first.owner = owner
    getattr(owner, things).append(second)
    assert second.owner is owner
    second.owner = other
    assert [thing is first for thing in getattr(owner, things)] == [True]
    assert [thing is second for thing in getattr(other, things)] == [True]


@every_class
def test_copies_share_nothing(class_: Any, holder: Any) -> None:
    [thing] = load(class_, holder, (1, "Ada", 3, None))
    for copied in (copy.copy(thing), copy.deepcopy(thing)):
        assert type(copied) is class_ and (copied.id, copied.name, copied.number) == (1, "Ada", 3)
        assert inspect(copied).transient and instance_state(copied)() is copied
        copied.name = "Grace"
    assert not inspect(thing).modified and thing.name == "Ada"


@every_class
def test_a_deep_copy_brings_the_graph_along(class_: Any) -> None:
    things = f"{class_.__mapper__.local_table.name}s"
    owner = Owner(id=5)
    setattr(owner, things, [class_(id=1, name="Ada")])
    copied = copy.deepcopy(owner)
    [thing] = getattr(copied, things)
    assert thing.owner is copied and thing.name == "Ada" and thing is not getattr(owner, things)[0]


@every_class
def test_pickling_keeps_key_and_changes(class_: Any, holder: Any) -> None:
    [thing] = load(class_, holder, (1, "Ada", 3, None))
    thing.name = "Grace"
    back = pickle.loads(pickle.dumps(thing))
    assert type(back) is class_ and (back.name, back.number) == ("Grace", 3)
    assert inspect(back).detached and inspect(back).identity == (1,)
    assert instance_state(back).old == {"name": "Ada"} and instance_state(back)() is back


def test_which_classes_take_the_short_way_from_rows_to_objects() -> None:
    """The others are made by their own `__new__`; that they are few is part of the decision."""
    for class_ in ALL:
        class_.__mapper__.configure()
    without_twin = {class_.__name__ for class_ in ALL if class_.__mapper__.twin is None}
    assert without_twin == {"OwnNew", "WithSlots", "Failure", "Pydantic"}


def test_own_new_may_write_before_init() -> None:
    assert real_classes.OwnNew(id=1).number == 7


def test_own_setattr_may_change_and_refuse() -> None:
    thing = real_classes.OwnSetattr(name="  Ada ")
    assert thing.name == "Ada"
    with pytest.raises(ValueError, match="a number is not negative"):
        thing.number = -1
    assert thing.number is None


def test_a_refused_write_is_no_change(holder: Any) -> None:
    [thing] = load(real_classes.OwnSetattr, holder, (1, "Ada", 3, None))
    with pytest.raises(ValueError, match="a number is not negative"):
        thing.number = -1
    assert not get_history(thing, "number").has_changes()


def test_own_delattr_is_called() -> None:
    thing = real_classes.OwnDelattr(name="Ada")
    del thing.name
    assert (thing.name, thing.deleted) == (None, "name")


def test_own_getattr_is_asked_only_for_what_is_not_mapped() -> None:
    thing = real_classes.OwnGetattr()
    assert (thing.name, thing.colour) == (None, "no colour")


def test_hooks_of_bases_run_once_per_class_and_never_for_twins() -> None:
    real_classes.OwnInitSubclass.__mapper__.configure()
    assert real_classes.Subscribed.subclasses == ["counted"]


def test_slots_beside_the_dict_are_copied() -> None:
    thing = real_classes.WithSlots(name="Ada")
    thing.note = "mine"
    assert (copy.copy(thing).note, copy.deepcopy(thing).note) == ("mine", "mine")


def test_a_generic_class_may_be_called_with_its_argument() -> None:
    thing = real_classes.DirectGeneric[int](name="Ada")
    assert thing.name == "Ada" and isinstance(thing, real_classes.DirectGeneric)


def test_dataclasses_keep_what_makes_them_dataclasses() -> None:
    thing = real_classes.AsDataclass(1, "Ada")
    assert repr(thing) == "AsDataclass(id=1, name='Ada', number=None)"
    assert thing == real_classes.AsDataclass(1, "Ada") != real_classes.AsDataclass(2, "Ada")
    assert real_classes.AsDataclass.__hash__ is None
    plain = real_classes.PlainDataclass(1, "Ada")
    assert plain == real_classes.PlainDataclass(1, "Ada") and repr(plain).endswith("(id=1, name='Ada', number=None)")


def test_a_pydantic_model_validates_as_before(holder: Any) -> None:
    thing = real_classes.Pydantic(name="Ada")
    with pytest.raises(ValidationError):
        thing.number = "many"
    with pytest.raises(ValidationError):
        real_classes.Pydantic(name=[])
    thing.number = "5"
    assert thing.number == 5 and thing.model_dump() == {"id": None, "name": "Ada", "number": 5, "owner_id": None}
    copied = thing.model_copy(update={"name": "Grace"})
    assert instance_state(copied)() is copied and instance_state(copied) is not instance_state(thing)
    assert real_classes.Pydantic.model_validate({"name": "Eve"}).name == "Eve"


def test_a_write_around_the_class_is_not_tracked(holder: Any) -> None:
    """The price, and an intended difference: `object.__setattr__` and `vars(obj)` go around the class."""
    [thing] = load(real_classes.Plain, holder, (1, "Ada", 3, None))
    object.__setattr__(thing, "name", "Grace")
    assert thing.name == "Grace" and not inspect(thing).modified
