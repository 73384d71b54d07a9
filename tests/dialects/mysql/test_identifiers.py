"""Any name of a table, column, index or constraint makes an exact round trip on MariaDB, or a clear error."""

from hypothesis import given, settings

from holdfast import MetaData, Table, create_engine, exc, inspect
from tests.compiler.identifiers import FIVE_NAMES, round_trip

LONGEST = 64
BLANKS = "".join(map(chr, (*range(33), 127)))


def is_possible(names):
    """Whether the server can have all of them: characters of the basic plane, 64 at most, no blanks around them."""
    return not any(
        "\0" in name or len(name) + 2 > LONGEST or name != name.strip(BLANKS) or max(map(ord, name)) > 0xFFFF
        for name in names
    )


def test_round_trip(clean_mariadb_url):
    """Created, written, read, read back from the catalogue."""
    engine = create_engine(clean_mariadb_url)
    with engine.connect() as connection:

        @given(FIVE_NAMES)
        @settings(max_examples=60)
        def check(names):
            try:
                round_trip(connection, names)
            except (exc.IdentifierError, exc.DBAPIError):
                assert not is_possible(names)
            finally:
                connection.rollback()
                for left in inspect(connection).get_table_names():
                    Table(left, MetaData()).drop(connection)

        check()
    engine.dispose()
