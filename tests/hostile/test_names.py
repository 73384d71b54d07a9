"""Names of sequences, parameters, labels, schemas and columns read for reflection: what the round trips of tables leave out."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from holdfast import Integer, Sequence, bindparam, exc, inspect, literal, select, text
from holdfast.orm import Session, aliased
from holdfast.schema import CreateSequence, DropSequence
from tests.compiler.identifiers import NAMES
from tests.hostile.test_stored_keys import Base, Person
from tests.hostile.world import World


def test_names_of_parameters_and_labels(world: World) -> None:
    """Any name of a parameter carries its value; any label is the key of its value; an alias of a class has any name."""
    with world.engine.connect() as connection:

        @settings(max_examples=60)
        @drawn(NAMES, st.lists(NAMES, min_size=1, max_size=3, unique=True))
        def check(parameter: str, labels: list[str]) -> None:
            try:
                statement = select(
                    bindparam(parameter, type_=Integer).label("given"),
                    *[literal(number, Integer).label(label) for number, label in enumerate(labels)],
                )
                row = connection.execute(statement, {parameter: 7}).one()
            except exc.IdentifierError:
                assert any("\0" in name for name in labels)
            except exc.DBAPIError:
                connection.rollback()
                assert world.name == "mariadb" and not all(is_of_mariadb(label) for label in labels)
            else:
                assert row[0] == 7
                assert list(row[1:]) == list(range(len(labels)))
                if "given" not in labels:
                    assert [row._mapping[label] for label in labels] == list(range(len(labels)))

        check()


def test_parameters_whose_names_are_written_alike(world: World) -> None:
    """Found here: a name with a blank, a percent sign or a parenthesis could not be given a value at the execution, and two
    that the text writes alike were one parameter."""
    given = {"a b": 1, "a.b": 2, "a_b": 3, "a[b": 4, "%": 5, "P": 6, "(x)": 7, "\0": 8}
    statement = select(*[bindparam(name, type_=Integer).label(f"n{number}") for name, number in given.items()])
    with world.engine.connect() as connection:
        assert connection.execute(statement, given).one() == (1, 2, 3, 4, 5, 6, 7, 8)
        assert connection.execute(statement.params(given)).one() == (1, 2, 3, 4, 5, 6, 7, 8)
        with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'a b'"):
            connection.execute(statement)


def is_of_mariadb(name: str) -> bool:
    """Whether MariaDB takes a name as it is: no blanks at its ends, characters of the basic plane."""
    return name == name.strip("".join(map(chr, (*range(33), 127)))) and max(map(ord, name)) <= 0xFFFF


def test_names_of_sequences(world: World) -> None:
    """Made, counted, found in the catalogue, dropped."""
    if world.name == "sqlite":
        return
    with world.engine.connect() as connection:

        @settings(max_examples=30)
        @drawn(NAMES)
        def check(name: str) -> None:
            sequence = Sequence(name, start=5)
            try:
                connection.execute(CreateSequence(sequence))
            except (exc.IdentifierError, exc.DBAPIError):
                longest = 63 if world.name == "postgresql" else 64
                assert (
                    "\0" in name
                    or len(name.encode()) > longest
                    or (world.name == "mariadb" and not is_of_mariadb(name))
                )
            else:
                assert connection.scalar(select(sequence.next_value())) == 5
                assert name in inspect(connection).get_sequence_names()
                connection.execute(DropSequence(sequence))
            finally:
                connection.rollback()

        check()


def test_names_that_are_looked_for(world: World) -> None:
    """The inspector asks for tables and schemas of any name: there is none, and nothing else happens."""

    @settings(max_examples=40)
    @drawn(NAMES, NAMES)
    def check(table: str, schema: str) -> None:
        inspector = inspect(world.engine)
        for place in (None, schema):
            try:
                assert not inspector.has_table(table, schema=place)
                assert schema not in inspector.get_schema_names()
                for read in (
                    inspector.get_columns,
                    inspector.get_indexes,
                    inspector.get_foreign_keys,
                    inspector.get_pk_constraint,
                ):
                    read(table, schema=place)
            except (exc.NoSuchTableError, exc.IdentifierError):
                pass
            except exc.DBAPIError:
                # PostgreSQL stores no NUL, SQLite knows no such schema, MariaDB has no names of blanks or beyond the basic plane.
                assert (
                    "\0" in table + schema
                    or world.name == "sqlite"
                    or not (is_of_mariadb(table) and is_of_mariadb(schema))
                )

    check()


def test_aliases_of_classes(world: World) -> None:
    """An entity under a name from outside."""
    Base.metadata.create_all(world.engine)
    with Session(world.engine) as session:
        session.add(Person(name="x"))
        session.flush()
        for name in ('"', "`", "a b", "%s", "x; --", "é", "\\"):
            other = aliased(Person, name=name)
            assert session.scalars(select(other).where(other.name == "x").order_by(other.level)).one().name == "x"
            own = text("SELECT :v AS a").bindparams(v=name)
            assert session.scalar(own) == name
    Base.metadata.drop_all(world.engine)
