"""What a listener of `do_orm_execute` is told of a statement, and what is refused as a statement."""

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import bindparam, create_engine, delete, event, exc, func, insert, select, text, update
from holdfast.orm import Session, UserDefinedOption, selectinload
from tests.orm.session.models import Base, Book, Writer

KINDS = ("is_select", "is_insert", "is_update", "is_delete")


@pytest.fixture
def session() -> Iterator[Session]:
    """A session on an empty database."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        yield made
    engine.dispose()


class Mark(UserDefinedOption):
    """An option of the program's own."""


def told_of(session: Session, *statements: Any) -> list[Any]:
    """Run statements; return what `look` of each state gave, in order."""
    found: list[Any] = []

    def look(state: Any) -> None:
        found.append(state)

    event.listen(session, "do_orm_execute", look)
    try:
        for statement in statements:
            session.execute(*statement if isinstance(statement, tuple) else (statement,))
    finally:
        event.remove(session, "do_orm_execute", look)
    return found


def test_the_kind_of_statement(session: Session) -> None:
    """One of four is True, the others are False; text is none of them."""
    states = told_of(
        session,
        select(Writer),
        insert(Writer).values(name="a"),
        update(Writer).values(born=1),
        delete(Writer),
        text("SELECT 1"),
    )
    found = [tuple(getattr(state, kind) for kind in KINDS) for state in states]
    assert found == [tuple(kind == name for kind in KINDS) for name in (*KINDS, "")]
    assert [state.is_orm_statement for state in states] == [True, True, True, True, False]


def test_whether_there_are_several_rows(session: Session) -> None:
    """A list of parameters, be it of one; not a dictionary, and not none."""
    wanted = select(Writer).where(Writer.born == bindparam("born"))
    several = (insert(Writer), [{"name": "a"}])
    states = told_of(session, (wanted, {"born": 1}), several, select(Writer))
    assert [state.is_executemany for state in states] == [False, True, False]


def test_the_mappers(session: Session) -> None:
    """Those of all entities and attributes; of a write the one that is written; of a table none."""
    states = told_of(
        session,
        select(Writer, Book.title).join(Writer.books),
        update(Writer).values(born=2),
        delete(Book.__table__),
        select(func.now()),
    )
    assert [[mapper.class_ for mapper in state.all_mappers] for state in states] == [[Writer, Book], [Writer], [], []]


def test_the_options(session: Session) -> None:
    """The program's own options are apart; execution options are those of a load, or of an UPDATE or DELETE."""
    mark = Mark()
    states = told_of(
        session,
        select(Writer).options(mark, selectinload(Writer.books)).execution_options(populate_existing=True),
        update(Writer).values(born=3).execution_options(synchronize_session=False),
        delete(Writer).execution_options(synchronize_session="fetch"),
        text("SELECT 1"),
        select(Writer.__table__),
    )
    read, updated, deleted, written_out, of_table = states
    loads = {"populate_existing": True, "autoflush": True, "yield_per": None, "identity_token": None}
    assert (read.user_defined_options, dict(read.load_options)) == ([mark], loads)
    assert updated.update_delete_options["synchronize_session"] is False
    assert deleted.update_delete_options["synchronize_session"] == "fetch"
    for state in (updated, deleted, written_out, of_table):
        with pytest.raises(exc.InvalidRequestError, match="there are no load options"):
            state.load_options
    for state in (read, written_out, of_table):
        with pytest.raises(exc.InvalidRequestError, match="there are no update options"):
            state.update_delete_options


@pytest.mark.parametrize("given", ["SELECT 1", "x" * 80])
def test_a_text_is_no_statement(session: Session, given: str) -> None:
    """It says how it becomes one; a long one is shown in short."""
    shown = given if len(given) <= 60 else given[:57] + "..."
    with pytest.raises(exc.ArgumentError) as refused:
        session.execute(given)  # type: ignore[call-overload]
    assert f"Textual SQL expression {shown!r} should be explicitly declared as text({shown!r})" in str(refused.value)


def test_anything_else_is_no_statement(session: Session) -> None:
    """A number, a mapped class."""
    for given in (5, Writer):
        with pytest.raises(exc.ObjectNotExecutableError):
            session.execute(given)  # type: ignore[call-overload]


def test_a_function_is_selected(session: Session) -> None:
    """``session.execute(func.lower("A"))`` selects it."""
    assert session.scalar(func.lower("A")) == "a"


def test_an_address_is_no_bind() -> None:
    """A session takes an engine or a connection, not where one would be opened."""
    with pytest.raises(exc.ArgumentError):
        Session("sqlite://")  # type: ignore[arg-type]


class Marked:
    """A mixin that binds may be registered for."""


def test_binds_of_plain_classes_and_tables() -> None:
    """A bind may belong to a base class or a mixin of mapped ones, to a mapper, to a table; anything else is refused."""
    one, other = create_engine("sqlite://"), create_engine("sqlite://")
    session = Session(binds={Base: one, Book.__table__: other})
    assert (session.get_bind(Writer), session.get_bind(clause=select(Book.__table__))) == (one, other)
    assert session.get_bind(Book.__mapper__) is one
    session.bind_mapper(Marked, other)
    assert session.binds[Marked] is other
    for wrong in (5, "book"):
        with pytest.raises(exc.ArgumentError, match="Not an acceptable bind target"):
            session.bind_mapper(wrong, one)
