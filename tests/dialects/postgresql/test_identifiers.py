"""Any name of a schema, table, column, index or constraint makes an exact round trip on PostgreSQL, or a clear error."""

import pytest
from hypothesis import given, settings

from holdfast import Column, Integer, MetaData, Table, create_engine, exc
from holdfast.schema import CreateSchema
from tests.compiler.identifiers import FIVE_NAMES, NAMES, is_possible, round_trip

LONGEST = 63


def test_round_trip(clean_postgresql_url):
    """Created, written, read, read back from the catalogue, in a schema of any name too."""
    engine = create_engine(clean_postgresql_url)
    with engine.connect() as connection:

        @given(NAMES, FIVE_NAMES)
        @settings(max_examples=60)
        def check(schema, names):
            try:
                connection.execute(CreateSchema(schema))
                round_trip(connection, names, schema)
            except exc.IdentifierError:
                assert not is_possible((schema, *names), LONGEST)
            except exc.ProgrammingError:
                # The server keeps schemas that begin so for itself.
                assert schema.startswith("pg_")
            finally:
                connection.rollback()

        check()
    engine.dispose()


@pytest.mark.parametrize("name", ["a" * 64, "ä" * 40, "😀" * 16])
def test_names_that_the_server_would_cut_are_refused(name, clean_postgresql_url):
    """They would be found under another name, or meet another one that is cut to the same."""
    engine = create_engine(clean_postgresql_url)
    for table in (Table(name, MetaData(), Column("x", Integer)), Table("t", MetaData(), Column(name, Integer))):
        with engine.connect() as connection, pytest.raises(exc.IdentifierError, match="exceeds maximum length of 63"):
            table.create(connection)
    engine.dispose()


@pytest.mark.parametrize("name", ["a" * 63, "ä" * 31, "😀" * 15])
def test_names_of_the_full_length_are_kept(name, clean_postgresql_url):
    """63 bytes, whatever the characters."""
    engine = create_engine(clean_postgresql_url)
    with engine.connect() as connection:
        round_trip(connection, (name, name, "i", "c", "l"))
    engine.dispose()
