"""Any name of a table, column, index, constraint, alias or label makes an exact round trip on SQLite, or a clear error."""

from hypothesis import given

from holdfast import create_engine, exc
from tests.compiler.identifiers import FIVE_NAMES, is_possible, round_trip


def test_round_trip():
    """Created, written, read, read back from the catalogue."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:

        @given(FIVE_NAMES)
        def check(names):
            try:
                round_trip(connection, names)
            except exc.IdentifierError:
                assert not is_possible(names, 10**9)
            except exc.OperationalError:
                # SQLite keeps names that begin so for itself.
                assert any(name.lower().startswith("sqlite_") for name in names)
            finally:
                connection.rollback()

        check()
    engine.dispose()
