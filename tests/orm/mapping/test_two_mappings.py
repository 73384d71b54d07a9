"""Two classes of one table: each with its own attributes, its own identities, and only its own columns in the SQL."""

from holdfast import Column, Engine, Integer, MetaData, String, Table, event, inspect, select
from holdfast.orm import Session, aliased, registry

METADATA = MetaData()
PEOPLE = Table(
    "people",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("notes", String(200), nullable=False, server_default="none"),
)


class Person:
    """With everything."""

    id: int
    name: str
    notes: str


class Card:
    """Without the notes; the name is called otherwise."""

    id: int
    title: str


mapped = registry(metadata=METADATA)
mapped.map_imperatively(Person, PEOPLE)
mapped.map_imperatively(Card, PEOPLE, properties={"title": PEOPLE.c.name}, exclude_properties=["notes"])


def test_each_class_writes_and_reads_what_it_maps(engine: Engine) -> None:
    """One row is two objects; what one writes the other one sees when it is read again."""
    METADATA.create_all(engine)
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(" ".join(told[2].split())))
    with Session(engine) as session:
        person = Person()
        person.name, person.notes = "Ada", "counts"
        session.add(person)
        session.commit()
        assert inspect(person).identity_key[0] is Person

        sent.clear()
        card = session.get_one(Card, person.id)
        assert inspect(card).identity_key == (Card, (person.id,), None)
        assert (card.title, hasattr(card, "notes")) == ("Ada", False)
        assert sorted(attribute.key for attribute in inspect(Card).column_attrs) == ["id", "title"]
        assert any(sql.startswith("SELECT people.id, people.name FROM people WHERE") for sql in sent), sent

        sent.clear()
        card.title = "Grace"
        session.flush()
        assert [sql.partition(" WHERE")[0].partition("=")[0] for sql in sent] == ["UPDATE people SET name"]
        assert person.name == "Ada"
        session.refresh(person)
        assert (person.name, person.notes) == ("Grace", "counts")

        new = Card()
        new.title = "Emmy"
        session.add(new)
        session.commit()
        assert session.scalars(select(Person.notes).where(Person.id == new.id)).one() == "none"
        other = aliased(Card)
        pairs = select(Person.name, other.title).join_from(Person, other, Person.id == other.id).order_by(Person.id)
        assert session.execute(pairs).all() == [("Grace", "Grace"), ("Emmy", "Emmy")]
    METADATA.drop_all(engine)
