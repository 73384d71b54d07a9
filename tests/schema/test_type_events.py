"""A type that the database keeps under its name tells when it is created and dropped; elsewhere there is nothing to tell."""

import pickle
from typing import Any

import holdfast as hf
from holdfast import event


def listened() -> tuple[Any, Any, list[str]]:
    """Return tables with such a type, the type, and the list that its listeners fill."""
    mood = hf.Enum("glad", "sad", name="mood_of_events")
    metadata = hf.MetaData()
    hf.Table("person_of_events", metadata, hf.Column("id", hf.Integer, primary_key=True), hf.Column("mood", mood))
    told: list[str] = []
    for when in ("before_create", "after_create", "before_drop", "after_drop"):
        event.listen(mood, when, lambda target, connection, when=when, **more: told.append(f"{when} {target.name}"))
    return metadata, mood, told


def test_where_the_database_keeps_it(clean_postgresql_url: str) -> None:
    metadata, mood, told = listened()
    engine = hf.create_engine(clean_postgresql_url)
    metadata.create_all(engine)
    assert told == ["before_create mood_of_events", "after_create mood_of_events"]
    metadata.create_all(engine)
    told.clear()
    metadata.drop_all(engine)
    assert told == ["before_drop mood_of_events", "after_drop mood_of_events"]
    told.clear()
    mood.create(engine)
    mood.drop(engine)
    assert [each.split()[0] for each in told] == ["before_create", "after_create", "before_drop", "after_drop"]
    engine.dispose()


def test_where_it_is_a_string() -> None:
    metadata, mood, told = listened()
    engine = hf.create_engine("sqlite://")
    metadata.create_all(engine)
    metadata.drop_all(engine)
    assert told == []
    assert pickle.loads(pickle.dumps(mood)).enums == ["glad", "sad"]
    engine.dispose()
