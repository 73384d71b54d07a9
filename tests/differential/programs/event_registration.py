"""Listening itself: twice, on several targets, to the end; listeners of older forms; what listeners return."""

from __future__ import annotations

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


def _own(lib: Any, engine: Any) -> tuple[Any, Any]:
    class Own(lib.orm.Session):  # type: ignore[misc]
        """A class of its own: what listens to it hears nothing of other programs."""

    return Own, Own(engine)


def _people(lib: Any, engine: Any, log: Log) -> Any:
    base = lib.orm.declarative_base()

    class Person(base):
        __tablename__ = "people"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        friends = lib.orm.relationship("Friend", back_populates="person")

    class Friend(base):
        __tablename__ = "friends"
        id = lib.Column(lib.Integer, primary_key=True)
        person_id = lib.Column(lib.ForeignKey("people.id"))
        person = lib.orm.relationship("Person", back_populates="friends")

    base.Person, base.Friend = Person, Friend
    with log.quiet():
        base.metadata.create_all(engine)
    return base


@program
def the_same_twice(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard = []

    def listener(session: Any) -> None:
        heard.append("told")

    lib.event.listen(own, "before_commit", listener)
    lib.event.listen(own, "before_commit", listener)
    session.commit()
    log("heard", heard)
    lib.event.remove(own, "before_commit", listener)
    session.commit()
    log("heard", heard)
    log("contained", lib.event.contains(own, "before_commit", listener))


@program
def the_same_on_class_and_object(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard = []

    def listener(session: Any) -> None:
        heard.append("told")

    lib.event.listen(own, "before_commit", listener)
    lib.event.listen(session, "before_commit", listener)
    session.commit()
    log("heard", heard)
    lib.event.remove(session, "before_commit", listener)
    session.commit()
    log("heard", heard)
    log("contained", [lib.event.contains(each, "before_commit", listener) for each in (own, session)])


@program
def the_same_for_two_events(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard = []

    @lib.event.listens_for(own, "after_commit")
    @lib.event.listens_for(own, "before_commit")
    def listener(session: Any) -> None:
        heard.append("told")

    session.commit()
    lib.event.remove(own, "after_commit", listener)
    session.commit()
    log("heard", heard)


@program
def in_order_of_listening(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard: list[str] = []
    lib.event.listen(session, "before_commit", lambda session: heard.append("session"))
    lib.event.listen(own, "before_commit", lambda session: heard.append("class"))
    lib.event.listen(own, "before_commit", lambda session: heard.append("class in front"), insert=True)
    lib.event.listen(session, "before_commit", lambda session: heard.append("session in front"), insert=True)
    session.commit()
    log("heard", heard)


@program
def wrong_names(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    for target in (lib.orm.Session, engine, engine.pool, s.Customer, s.Customer.name, s.metadata, lib.orm.Query, 5):
        log.error("wrong name", lambda target=target: lib.event.listen(target, "happens", lambda: None))


@program
def added_while_told(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard: list[str] = []

    def other(session: Any) -> None:
        heard.append("other")

    def listener(session: Any) -> None:
        heard.append("listener")
        lib.event.listen(own, "after_commit", other)

    lib.event.listen(own, "before_commit", listener, once=True)
    session.commit()
    heard.clear()
    session.commit()
    log("heard", heard)


@program
def once_in_a_savepoint_and_again(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    _, session = _own(lib, engine)
    heard: list[str] = []
    lib.event.listen(session, "after_begin", lambda *told: heard.append(str(told[1].nested)), once=True)
    session.get(s.Customer, 1)
    with session.begin_nested():
        session.get(s.Customer, 2)
    session.commit()
    session.get(s.Customer, 1)
    log("heard", heard)
    session.close()


@program
def once_that_fails(lib: Any, engine: Any, log: Log) -> None:
    own, session = _own(lib, engine)
    heard: list[str] = []

    def listener(session: Any) -> None:
        heard.append("told")
        raise ValueError("no")

    lib.event.listen(own, "before_commit", listener, once=True)
    log.error("first", session.commit)
    session.rollback()
    log.error("second", session.commit)
    log("heard", heard)


@program
def older_signatures(lib: Any, engine: Any, log: Log) -> None:
    other = lib.create_engine("sqlite://")

    def connected(conn: Any, branch: Any) -> None:
        log("connected", branch)

    def executed(conn: Any, clauseelement: Any, multiparams: Any, params: Any) -> None:
        log("executed", [multiparams, dict(params)])

    def after(conn: Any, clauseelement: Any, multiparams: Any, params: Any, result: Any) -> None:
        log("after", result.scalar())

    def reset(dbapi_connection: Any, record: Any) -> None:
        log("reset")

    lib.event.listen(other, "engine_connect", connected)
    lib.event.listen(other, "before_execute", executed)
    lib.event.listen(other, "after_execute", after)
    lib.event.listen(other, "reset", reset)
    with other.connect() as connection:
        connection.execute(lib.text("SELECT :a"), {"a": 1})


@program
def before_execute_returns(lib: Any, engine: Any, log: Log) -> None:
    other = lib.create_engine("sqlite://")

    def exchanged(conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any) -> Any:
        return lib.select(lib.literal(5)), multiparams, params

    lib.event.listen(other, "before_execute", exchanged, retval=True)
    with other.connect() as connection:
        log("found", connection.execute(lib.select(lib.literal(1))).scalar())


@program
def before_cursor_execute_returns(lib: Any, engine: Any, log: Log) -> None:
    other = lib.create_engine("sqlite://")

    def first(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        return f"{statement} + 1", parameters

    def second(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        log("second sees", statement)
        return f"{statement} + 1", parameters

    lib.event.listen(other, "before_cursor_execute", first, retval=True)
    lib.event.listen(other, "before_cursor_execute", second, retval=True)
    with other.connect() as connection:
        log("found", connection.exec_driver_sql("SELECT 1").scalar())


@program
def before_compile_returns(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    class Own(lib.orm.Query):  # type: ignore[misc]
        pass

    @lib.event.listens_for(Own, "before_compile", retval=True)
    def only_active(query: Any) -> Any:
        for described in query.column_descriptions:
            if described["entity"] is s.Customer:
                query = query.enable_assertions(False).filter(s.Customer.active == lib.true())
        return query

    @lib.event.listens_for(Own, "before_compile_update", retval=True)
    def never_the_first(query: Any, update_context: Any) -> Any:
        update_context.values["name"] = "by the listener"
        return query.filter(s.Customer.id != 1)

    @lib.event.listens_for(Own, "before_compile_delete", retval=True)
    def never_the_second(query: Any, delete_context: Any) -> Any:
        return query.filter(s.Customer.id != 2)

    with lib.orm.Session(engine, query_cls=Own) as session:
        query = session.query(s.Customer)
        log("all", query.order_by(s.Customer.id).all())
        log("count", query.count())
        log("first", query.order_by(s.Customer.id).limit(1).first())
        log("updated", query.update({"email": None}, synchronize_session=False))
        log("deleted", query.filter(~s.Customer.orders.any()).delete(synchronize_session=False))


@program
def before_compile_of_baked_options(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)

    class Own(lib.orm.Query):  # type: ignore[misc]
        pass

    heard: list[str] = []
    lib.event.listen(Own, "before_compile", lambda query: heard.append("told"))
    with lib.orm.Session(engine, query_cls=Own) as session:
        query = session.query(s.Customer)
        for name, ask in {
            "all": query.all,
            "one": query.filter_by(id=1).one,
            "exists": query.filter_by(id=1).exists,
            "subquery": query.subquery,
            "list": lambda: list(query),
            "str": lambda: str(query),
            "statement": lambda: query.statement,
            "scalar of exists": session.query(query.exists()).scalar,
            "select": session.execute(lib.select(s.Customer)).all,
        }.items():
            heard.clear()
            ask()
            log(name, heard)


@program
def sets_one_after_the_other(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)

    @lib.event.listens_for(base.Person.name, "set", retval=True)
    def first(target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        return value + "1"

    @lib.event.listens_for(base.Person.name, "set", retval=True)
    def second(target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        return value + "2"

    log("name", base.Person(name="a").name)


@program
def load_loads_more(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)

    @lib.event.listens_for(base.Person, "load", restore_load_context=True)
    def loaded(target: Any, context: Any) -> None:
        log("friends", len(target.friends))

    with lib.orm.Session(engine) as session:
        session.add_all(
            [base.Person(id=1, friends=[base.Friend(id=1)]), base.Person(id=2, friends=[base.Friend(id=2)])]
        )
        session.commit()
        session.expunge_all()
        log("people", session.scalars(lib.select(base.Person).order_by(base.Person.id)).all())


@program
def refresh_loads_more(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)

    @lib.event.listens_for(base.Person, "refresh", restore_load_context=True)
    def refreshed(target: Any, context: Any, attrs: Any) -> None:
        log("friends", len(target.friends))

    with lib.orm.Session(engine) as session:
        session.add(base.Person(id=1, friends=[base.Friend(id=1)]))
        session.commit()
        found = session.get(base.Person, 1)
        session.refresh(found)
        log("person", found)


@program
def init_fills_in(lib: Any, engine: Any, log: Log) -> None:
    base = lib.orm.declarative_base()

    class Person(base):
        __tablename__ = "people"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        kind = lib.Column(lib.String)

        def __init__(self, name: str, kind: str = "plain") -> None:
            self.name, self.kind = name, kind

    class Plain(base):
        __tablename__ = "plain"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)

    @lib.event.listens_for(Person, "init")
    def init(target: Any, args: Any, kwargs: Any) -> None:
        log("told", [args, kwargs])
        kwargs["kind"] = f"{kwargs['kind']} and heard"

    @lib.event.listens_for(Plain, "init")
    def plain(target: Any, args: Any, kwargs: Any) -> None:
        kwargs.setdefault("name", "nobody")

    for made in (Person("a"), Person("b", "odd"), Person("c", kind="odd"), Person(name="d"), Plain(), Plain(name="x")):
        log("made", {name: value for name, value in sorted(vars(made).items()) if name[0] != "_"})


@program
def flush_listeners_do_what_is_legal(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)

    @lib.event.listens_for(base.Person, "before_insert")
    def inserted(mapper: Any, connection: Any, target: Any) -> None:
        target.name = f"{target.name}!"
        connection.execute(lib.insert(base.Person.__table__).values(id=99, name="beside"))

    @lib.event.listens_for(base.Person, "after_update")
    def updated(mapper: Any, connection: Any, target: Any) -> None:
        connection.execute(lib.update(base.Person.__table__).where(base.Person.id == 99).values(name="beside too"))
        log("modified", lib.orm.object_session(target).is_modified(target))

    with lib.orm.Session(engine) as session:
        session.add(base.Person(id=1, name="a"))
        session.flush()
        found = session.get(base.Person, 1)
        log("name", found.name)
        found.name = "b"
        session.commit()


@program
def flush_listeners_do_what_is_not_legal(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)

    @lib.event.listens_for(base.Person, "after_insert")
    def inserted(mapper: Any, connection: Any, target: Any) -> None:
        session = lib.orm.object_session(target)
        session.add(base.Friend(id=5))
        log.error("flush", session.flush, message=True)

    with lib.orm.Session(engine) as session:
        session.add(base.Person(id=1, name="a"))
        log.error("flush", session.flush)
        session.rollback()


@program
def commit_inside_of_listeners(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)
    _, session = _own(lib, engine)

    def told(*arguments: Any) -> None:
        log("told", session.in_transaction())
        log.error("commit", session.commit)

    for name in ("before_commit", "after_commit"):
        lib.event.listen(session, name, told)
        session.add(base.Person())
        log.error(name, session.commit)
        lib.event.remove(session, name, told)
        session.rollback()
    session.close()


@program
def after_flush_keeps_what_it_was(lib: Any, engine: Any, log: Log) -> None:
    base = _people(lib, engine, log)
    _, session = _own(lib, engine)
    lib.event.listen(session, "after_flush", lambda session, context: log.session(session))
    lib.event.listen(session, "after_flush_postexec", lambda session, context: log.session(session))
    # Held, so that no garbage collection decides what has to be read again.
    people = [base.Person(id=1), base.Person(id=2)]
    session.add_all(people)
    session.flush()
    one, two = (session.get(base.Person, person.id) for person in people)
    one.name = "x"
    session.delete(two)
    session.flush()
    session.close()


@program
def handle_error_facts(lib: Any, engine: Any, log: Log) -> None:
    other = lib.create_engine("sqlite://")

    @lib.event.listens_for(other, "handle_error")
    def told(context: Any) -> None:
        log(
            "facts",
            [
                type(context.original_exception).__name__,
                type(context.sqlalchemy_exception).__name__,
                context.statement,
                context.parameters,
                context.is_disconnect,
                context.is_pre_ping,
                context.invalidate_pool_on_disconnect,
                context.connection is not None,
                context.engine is other,
                context.dialect is other.dialect,
            ],
        )

    with other.connect() as connection:
        log.error("wrong", lambda: connection.exec_driver_sql("SELECT * FROM nothing"))
        log.error("wrong value", lambda: connection.execute(lib.text("SELECT :a"), {"a": object()}))


@program
def tables_that_tell_after_they_are_made(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    table = lib.Table("things", metadata, lib.Column("id", lib.Integer, primary_key=True))
    ddl = lib.DDL("INSERT INTO %(table)s (id) VALUES (%(number)s)", context={"number": 7})
    lib.event.listen(table, "after_create", ddl)
    lib.event.listen(table, "after_create", lib.DDL("nothing").execute_if(dialect="postgresql"))
    lib.event.listen(
        table, "before_drop", lib.DDL("DELETE FROM things").execute_if(callable_=lambda *told, **more: True)
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        log("ids", connection.execute(lib.select(table.c.id)).scalars().all())
    metadata.drop_all(engine)


@program
def column_reflect_changes_names(lib: Any, engine: Any, log: Log) -> None:
    with log.quiet(), engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (id INTEGER PRIMARY KEY, Name VARCHAR(5))")
    metadata = lib.MetaData()

    @lib.event.listens_for(metadata, "column_reflect")
    def lower(inspector: Any, table: Any, column_info: Any) -> None:
        column_info["key"] = f"of_{table.name}_{column_info['name'].lower()}"

    with log.quiet():
        table = lib.Table("things", metadata, autoload_with=engine)
    log("keys", list(table.c.keys()))
