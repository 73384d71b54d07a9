"""The session on MariaDB: the same objects and the same statements as on SQLite, with the database's own strengths."""

import pytest

from holdfast import Column, Integer, MetaData, String, Table, create_engine, delete, exc, func, select, update
from holdfast.dialects.mysql import insert, limit, match
from holdfast.orm import Session
from tests.dialects.mysql.models import Book, Shelf
from tests.servers.mariadb import run_sql
from tests.support.capability import needs


def test_objects_are_written_and_read(on_face):
    """Keys that the database makes come back as the last number of each row."""

    async def program(store):
        async with store.session() as session:
            session.add(Shelf(name="one", books=[Book(title="b"), Book(title="a")]))
            await session.commit()
            book = 'INSERT INTO book ("the %%(title)s ""q""", shelf_id) VALUES (?, ?)'
            assert store.take() == [
                ("INSERT INTO shelf (name, width) VALUES (?, ?)", ("one", 1)),
                (book, ("b", 1)),
                (book, ("a", 1)),
            ]
        async with store.session() as session:
            shelf = (await session.scalars(select(Shelf))).one()
            books = (await session.scalars(select(Book).order_by(Book.title))).all()
            assert [(book.title, book.shelf_id) for book in books] == [("a", shelf.id), ("b", shelf.id)]
            books[0].title = "changed"
            await session.delete(books[1])
            await session.commit()
        async with store.session() as session:
            assert (await session.scalars(select(Book.title))).all() == ["changed"]

    on_face(program)


def test_rows_that_have_the_values_already_are_found(on_face):
    """An UPDATE that changes nothing has met its row: that is no stale object."""

    async def program(store):
        async with store.session() as session:
            shelf = Shelf(name="one", width=5)
            session.add(shelf)
            await session.commit()
            result = await session.execute(
                update(Shelf).values(width=5), execution_options={"synchronize_session": False}
            )
            assert result.rowcount == 1

    on_face(program)


def test_a_violated_constraint_names_the_objects(on_face):
    """And the transaction can be rolled back and tried again."""

    async def program(store):
        async with store.session() as session:
            session.add(Shelf(name="one"))
            await session.commit()
            again = Shelf(name="one")
            session.add(again)
            with pytest.raises(exc.UniqueViolation) as error:
                await session.commit()
            assert error.value.obj is again
            assert error.value.constraint == "name"
            await session.rollback()
            session.add(Shelf(name="two"))
            await session.commit()
            assert (await session.scalars(select(func.count(Shelf.id)))).one() == 2

    on_face(program)


def test_upsert(engine):
    """ON DUPLICATE KEY UPDATE with the row that could not be inserted."""
    with Session(engine) as session:
        session.add(Shelf(name="one", width=1))
        session.commit()
        statement = insert(Shelf).values([{"name": "one", "width": 5}, {"name": "two", "width": 2}])
        session.execute(statement.on_duplicate_key_update(width=statement.inserted.width + Shelf.width))
        session.commit()
        assert session.execute(select(Shelf.name, Shelf.width).order_by(Shelf.name)).all() == [("one", 6), ("two", 2)]


def test_several_tables_are_changed(engine):
    """UPDATE and DELETE with criteria on other tables; LIMIT."""
    with Session(engine) as session:
        session.add_all([Shelf(name=name, books=[Book(title=name * 2)]) for name in "abc"])
        session.commit()
        titled = update(Book).values(title=func.upper(Shelf.name)).where(Book.shelf_id == Shelf.id, Shelf.name != "c")
        assert session.execute(titled, execution_options={"synchronize_session": False}).rowcount == 2
        books, shelves = Book.__table__, Shelf.__table__
        session.execute(books.delete().where(books.c.shelf_id == shelves.c.id).where(shelves.c.name == "a"))
        assert session.scalars(select(Book.title).order_by(Book.title)).all() == ["B", "cc"]
        assert session.execute(shelves.update().values(width=9).ext(limit(2))).rowcount == 2
        assert session.execute(books.delete().with_dialect_options(**{f"{engine.dialect.name}_limit": 1})).rowcount == 1


def test_columns_of_several_tables_are_set(clean_mariadb_url):
    """By one statement, where the database can; columns of one name keep their own values. Others refuse it by name."""
    metadata = MetaData()
    one = Table("one", metadata, Column("id", Integer, primary_key=True), Column("name", String(9)))
    two = Table("two", metadata, Column("id", Integer, primary_key=True), Column("name", String(9)))
    statement = update(one).values({one.c.name: "x", two.c.name: "y"}).where(one.c.id == two.c.id)
    engine = create_engine(clean_mariadb_url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for table in (one, two):
            connection.execute(table.insert(), [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        assert connection.execute(statement.where(two.c.id == 1)).rowcount == 2
        assert connection.execute(select(one.c.name, two.c.name).join(two, one.c.id == two.c.id)).all() == [
            ("x", "y"), ("b", "b"),
        ]  # fmt: skip
        metadata.drop_all(connection)
    assert str(statement.compile(engine)) == "UPDATE one, two SET two.name=%s, one.name=%s WHERE one.id = two.id"
    engine.dispose()
    with pytest.raises(exc.CompileError, match="UPDATE of 'one' sets columns of two too"):
        statement.compile()


def test_delete_under_another_name(engine):
    """MariaDB has it from 11.6 on; before, the table is named apart."""
    shelves = Shelf.__table__
    with engine.begin() as connection:
        connection.execute(shelves.insert(), [{"name": name, "width": 1} for name in "ab"])
        other = shelves.alias("other")
        assert connection.execute(delete(other).where(other.c.name == "a")).rowcount == 1
        assert connection.scalars(select(Shelf.name)).all() == ["b"]


def test_delete_returning_nothing(engine):
    """Also where the server sees at once that nothing can be found."""
    shelves = Shelf.__table__
    with engine.begin() as connection:
        needs(connection, "delete_returning")
        connection.execute(shelves.insert(), {"name": "a", "width": 1})
        assert connection.execute(shelves.delete().where(shelves.c.id < 0).returning(shelves.c.name)).all() == []
        never = shelves.delete().where(shelves.c.id == 1, shelves.c.id == 2).returning(shelves.c.name)
        assert connection.execute(never).all() == []
        assert connection.execute(shelves.delete().returning(shelves.c.name)).all() == [("a",)]


def test_full_text_search(clean_mariadb_url, engine):
    """As a criterion and as relevance, in natural and in boolean mode."""
    run_sql(clean_mariadb_url, "CREATE FULLTEXT INDEX found ON shelf (name)")
    with Session(engine) as session:
        session.add_all([Shelf(name="red apple tree"), Shelf(name="green apple"), Shelf(name="stone")])
        session.commit()
        found = match(Shelf.name, against="apple")
        assert set(session.scalars(select(Shelf.name).where(found)).all()) == {"red apple tree", "green apple"}
        without = match(Shelf.name, against="+apple -tree").in_boolean_mode()
        assert session.scalars(select(Shelf.name).where(without)).all() == ["green apple"]
        assert session.scalars(select(Shelf.name).where(~found)).all() == ["stone"]
        assert session.scalars(select(Shelf.name).where(Shelf.name.match("stone"))).all() == ["stone"]


def test_locks(engine):
    """FOR UPDATE and LOCK IN SHARE MODE; one that cannot be had at once is an error that may be tried again."""
    with Session(engine) as session, Session(engine) as other:
        session.add(Shelf(name="one"))
        session.commit()
        session.scalars(select(Shelf).with_for_update()).all()
        with pytest.raises(exc.OperationalError) as refused:
            other.scalars(select(Shelf).with_for_update(nowait=True)).all()
        assert refused.value.retryable
        other.rollback()
        assert other.scalars(select(Shelf).with_for_update(skip_locked=True)).all() == []
        session.rollback()
        assert len(other.scalars(select(Shelf).with_for_update(read=True)).all()) == 1
