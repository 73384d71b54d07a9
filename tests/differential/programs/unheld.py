"""Collections that are never loaded: dynamic and write-only ones."""

from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import session_on
from tests.differential.registry import program


@cache
def bank(lib: ModuleType) -> Any:
    """Map accounts with a dynamic, a write-only and a many-to-many collection, once per library."""
    orm: Any = lib.orm
    sql: Any = lib

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    sql.Table(
        "account_tags",
        Base.metadata,
        sql.Column("account_id", sql.ForeignKey("accounts.id"), primary_key=True),
        sql.Column("tag_id", sql.ForeignKey("tags.id"), primary_key=True),
    )

    class Account(Base):
        __tablename__ = "accounts"
        id = sql.Column(sql.Integer, primary_key=True)
        name = sql.Column(sql.String)
        notes = orm.relationship(
            "Note", lazy="dynamic", order_by="Note.id", back_populates="account", cascade="all, delete-orphan"
        )
        entries = orm.relationship("Entry", lazy="write_only", order_by="Entry.id", passive_deletes=True)
        tags = orm.relationship("Tag", secondary="account_tags", lazy="write_only", order_by="Tag.id")

    class Note(Base):
        __tablename__ = "notes"
        id = sql.Column(sql.Integer, primary_key=True)
        account_id = sql.Column(sql.ForeignKey("accounts.id"))
        text = sql.Column(sql.String)
        account = orm.relationship("Account", back_populates="notes")

    class Entry(Base):
        __tablename__ = "entries"
        id = sql.Column(sql.Integer, primary_key=True)
        account_id = sql.Column(sql.ForeignKey("accounts.id", ondelete="CASCADE"))
        amount = sql.Column(sql.Integer)

    class Tag(Base):
        __tablename__ = "tags"
        id = sql.Column(sql.Integer, primary_key=True)
        word = sql.Column(sql.String)

    return SimpleNamespace(metadata=Base.metadata, Account=Account, Note=Note, Entry=Entry, Tag=Tag)


def full_bank(lib: Any, engine: Any, log: Log) -> Any:
    """Create the tables with a few rows, without a word in the log."""
    b = bank(lib)
    rows = {
        "accounts": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}],
        "notes": [{"id": n, "account_id": 1, "text": t} for n, t in enumerate("abc", 1)],
        "entries": [{"id": n, "account_id": 1, "amount": n * 10} for n in range(1, 4)],
        "tags": [{"id": 1, "word": "x"}, {"id": 2, "word": "y"}],
        "account_tags": [{"account_id": 1, "tag_id": 1}],
    }
    with log.quiet():
        b.metadata.create_all(engine)
        with engine.begin() as connection:
            for name, values in rows.items():
                connection.execute(lib.insert(b.metadata.tables[name]), values)
    return b


@program
def dynamic_is_a_query(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        log("a query", isinstance(account.notes, lib.orm.Query))
        log("all", account.notes.all())
        log("filter", account.notes.filter(b.Note.text > "a").order_by(b.Note.text.desc()).all())
        log("count", account.notes.count())
        log("first", account.notes.first())
        log("index", account.notes[1])
        log("slice", account.notes[1:3])
        log("iterated", list(account.notes))
        log.loaded(account)


@program
def dynamic_changes(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        account.notes.append(b.Note(id=10, text="new"))
        account.notes.extend([b.Note(id=11, text="newer")])
        account.notes.add(b.Note(id=12, text="newest"))
        log("autoflushed", account.notes.count())
        note = session.get(b.Note, 1)
        account.notes.remove(note)
        session.flush()
        log.state(note)
        log("other side", session.get(b.Note, 10).account is account)
        session.commit()
        log("left", account.notes.all())


@program
def dynamic_of_a_new_object(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = b.Account(id=5, name="five", notes=[b.Note(id=50, text="n")])
        account.notes.append(b.Note(id=51, text="n"))
        log("before", [note.id for note in account.notes])
        session.add(account)
        session.flush()
        log("after", [note.id for note in account.notes])


@program
def dynamic_refuses_eager_loading(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        session.connection()
        with log.quiet():
            try:
                session.scalars(lib.select(b.Account).options(lib.orm.selectinload(b.Account.notes))).all()
            except Exception as error:
                refused = error
        log.raised("selectinload", refused, message=True)
        log("joined by hand", session.scalars(lib.select(b.Account).join(b.Account.notes).distinct()).all())


@program
def write_only_reads_by_statements(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        log.text("select", account.entries.select(), engine)
        log("some", session.scalars(account.entries.select().where(b.Entry.amount > 10)).all())
        log("tags", session.scalars(account.tags.select()).all())
        log.error("iterated", lambda: iter(account.entries), message=True)
        log.error("indexed", lambda: account.entries[0])
        log.error("length", lambda: len(account.entries))
        log.loaded(account)


@program
def write_only_changes(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        account.entries.add(b.Entry(id=10, amount=1))
        account.entries.add_all([b.Entry(id=11, amount=2), b.Entry(id=12, amount=3)])
        session.flush()
        account.entries.remove(session.get(b.Entry, 10))
        account.tags.add(session.get(b.Tag, 2))
        session.flush()
        account.tags.remove(session.get(b.Tag, 1))
        session.commit()
        log("entries", session.scalars(account.entries.select()).all())


@program
def write_only_in_bulk(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        session.execute(account.entries.insert(), [{"id": 20, "amount": 5}, {"id": 21, "amount": 6}])
        session.execute(account.entries.update().values(amount=b.Entry.amount + 1))
        session.execute(account.entries.delete().where(b.Entry.id == 20))
        log.error("of many-to-many", account.tags.insert, message=True)
        session.commit()


@program
def write_only_is_not_replaced(lib: Any, engine: Any, log: Log) -> None:
    b = full_bank(lib, engine, log)
    with session_on(lib, engine) as session:
        account = session.get(b.Account, 1)
        log.error("replaced", lambda: setattr(account, "entries", [b.Entry(id=30)]), message=True)
        new = b.Account(id=6, name="six", entries=[b.Entry(id=60, amount=1)])
        session.add(new)
        session.commit()
        log("of a new one", session.scalars(new.entries.select()).all())
        session.delete(account.notes.first())
        session.commit()
