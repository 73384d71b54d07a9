"""Writing class hierarchies: rows of several tables in one flush, their order and batches; objects by key; changes."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.staff import LAYOUTS, fill, session_on, staff
from tests.differential.registry import program

Body = Callable[[Any, Any, Any, Log], None]
"""(library, staff, session, log)."""

BODIES: dict[str, Body] = {}


def body(function: Body) -> Body:
    """Enter a function as a program of each layout."""
    BODIES[function.__name__] = function
    return function


def _enter(name: str, layout: str, function: Body) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = staff(lib, layout)
        with log.quiet():
            fill(lib, engine, s)
        with session_on(lib, engine) as session:
            function(lib, s, session, log)
            session.commit()

    run.__name__ = f"{name}_{layout}"
    run.__module__ = __name__
    program(run)


@body
def insert_mixed(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Rows of the root's table in the order of arrival, those of subclasses after them."""
    session.add_all([s.Manager(name="m"), s.Engineer(name="e"), s.Person(name="p"), s.Senior(name="s", level=1)])
    session.add_all([s.Manager(name="m2", title="t"), s.Engineer(name="e2", language="l")])
    session.flush()
    log("ids", [each.id for each in session.scalars(lib.select(s.Person).order_by(s.Person.id))])


@body
def insert_with_keys(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Keys that the program gives go into all tables."""
    session.add_all([s.Senior(id=40, name="s", language="c", level=2), s.Manager(id=30, name="m")])
    session.flush()
    log("found", session.get(s.Person, 40))


@body
def kind_of_new_objects(lib: Any, s: Any, session: Any, log: Log) -> None:
    """The discriminator is set with the object."""
    log("kinds", [class_().kind for class_ in (s.Person, s.Engineer, s.Senior, s.Manager)])
    senior = s.Senior(name="x")
    log.loaded(senior)
    log("history", lib.inspect(senior).attrs.kind.history.added)


@body
def update_root_column(lib: Any, s: Any, session: Any, log: Log) -> None:
    """One batch for the objects of all classes."""
    for each in session.scalars(lib.select(s.Person)):
        each.name += "x"
    session.flush()


@body
def update_own_column(lib: Any, s: Any, session: Any, log: Log) -> None:
    """The table of the subclass alone is written."""
    senior = session.get(s.Senior, 3)
    senior.level = 9
    session.flush()
    senior.language = "z"
    session.flush()
    senior.name = "n"
    senior.level = 10
    session.flush()


@body
def update_and_insert(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Table by table: rows that change, then new ones."""
    for each in session.scalars(lib.select(s.Engineer).order_by(s.Engineer.id)):
        each.name += "x"
        each.language = "q"
    session.add_all([s.Engineer(name="new"), s.Manager(name="new2")])
    session.flush()


@body
def update_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    """What is the same again needs no UPDATE."""
    manager = session.get(s.Manager, 4)
    title = manager.title
    manager.title = "other"
    manager.title = title
    session.flush()
    log("modified", lib.inspect(manager).modified)


@body
def update_unloaded(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A column that was not loaded is written without being read."""
    manager = session.get(s.Person, 4)
    manager.title = "set"
    session.flush()
    log("title", manager.title)


@body
def update_expression(lib: Any, s: Any, session: Any, log: Log) -> None:
    """SQL as a value, in the subclass's table."""
    senior = session.get(s.Senior, 3)
    senior.level = s.Senior.level + 1
    session.flush()
    log("level", senior.level)


@body
def delete_each(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Rows of subclasses go first."""
    session.execute(lib.delete(s.Machine))
    session.execute(lib.delete(s.Paper))
    person = session.get(s.Senior, 3)
    session.delete(person)
    session.flush()
    log("gone", session.get(s.Person, 3))


@body
def delete_managers(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Several objects are one batch per table."""
    session.execute(lib.delete(s.Paper))
    with log.quiet():
        managers = session.scalars(lib.select(s.Manager)).all()
        for each in managers:
            log("papers", each.papers)
    for each in managers:
        session.delete(each)
    session.flush()


@body
def graph(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Parents, subclasses and what refers to their own tables."""
    company = s.Company(
        name="new",
        people=[
            s.Engineer(name="q", machines=[s.Machine(label="a"), s.Machine(label="b")]),
            s.Person(name="z", papers=[s.Paper(text="p")]),
            s.Senior(name="y", level=1, machines=[s.Machine(label="c")], papers=[s.Paper(text="r")]),
        ],
    )
    session.add(company)
    session.flush()
    log("machines", [each.engineer_id for each in company.people[0].machines])


@body
def move_between(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A reference to a subclass changes."""
    machine = session.get(s.Machine, 1)
    machine.engineer = session.get(s.Engineer, 5)
    session.flush()
    log("machines", [each.label for each in machine.engineer.machines])


@body
def backref_of_inherited(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A relationship of the parent works on the subclass from both sides."""
    manager = session.get(s.Manager, 6)
    paper = s.Paper(text="new", person=manager)
    log("papers", [each.text for each in manager.papers])
    session.add(paper)
    session.flush()
    log("owner", paper.person_id)


@body
def get_by_each_class(lib: Any, s: Any, session: Any, log: Log) -> None:
    """An object is found by its class and those above; by others it is not."""
    for class_ in (s.Person, s.Engineer, s.Senior, s.Manager):
        log(class_.__name__, session.get(class_, 3))
        session.expunge_all()


@body
def get_present(lib: Any, s: Any, session: Any, log: Log) -> None:
    """The identity map answers by the root's key."""
    senior = session.get(s.Person, 3)
    log("same", session.get(s.Senior, 3) is senior)
    log("same", session.get(s.Engineer, 3) is senior)
    log("other class", session.get(s.Manager, 3))
    log("key", [each.__name__ if isinstance(each, type) else each for each in lib.inspect(senior).identity_key])


@body
def lazy_columns(lib: Any, s: Any, session: Any, log: Log) -> None:
    """What the subclass adds is read when it is touched."""
    engineer = session.get(s.Person, 2)
    log.loaded(engineer)
    log("language", engineer.language)
    log.loaded(engineer)
    log("again", engineer.language)


@body
def expire_all_of_it(lib: Any, s: Any, session: Any, log: Log) -> None:
    """An expired object comes back whole."""
    senior = session.get(s.Person, 3)
    session.expire(senior)
    log("level", senior.level)
    log.loaded(senior)


@body
def expire_root_column(lib: Any, s: Any, session: Any, log: Log) -> None:
    """One column of the root's table."""
    manager = session.get(s.Manager, 4)
    session.expire(manager, ["name"])
    log("name", manager.name)
    session.expire(manager, ["title"])
    log("title", manager.title)


@body
def refresh(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Whole, and by name."""
    senior = session.get(s.Senior, 3)
    session.refresh(senior)
    session.refresh(senior, ["language"])
    session.refresh(senior, ["name"])


@body
def commit_and_read(lib: Any, s: Any, session: Any, log: Log) -> None:
    """After a commit everything comes again."""
    people = session.scalars(lib.select(s.Person).order_by(s.Person.id)).all()
    session.commit()
    log("names", [people[0].name, people[2].level, people[3].title])


@body
def rollback(lib: Any, s: Any, session: Any, log: Log) -> None:
    """New objects are transient again, changed ones have their row's values."""
    manager = session.get(s.Manager, 4)
    manager.title = "lost"
    engineer = s.Engineer(name="lost")
    session.add(engineer)
    session.flush()
    session.rollback()
    log.state(manager, engineer)
    log("title", manager.title)


@body
def merge_detached(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A hand-built object gives the persistent one of its class."""
    merged = session.merge(s.Senior(id=3, name="changed", kind="senior", level=8))
    log("merged", (merged, merged.level, merged.language))
    session.flush()


@body
def merge_new(lib: Any, s: Any, session: Any, log: Log) -> None:
    """One without a row is inserted."""
    merged = session.merge(s.Manager(name="n", title="t"))
    session.flush()
    log("merged", (merged, merged.title))


@body
def lazy_relationships(lib: Any, s: Any, session: Any, log: Log) -> None:
    """To subclasses, from them, and inherited ones."""
    company = session.get(s.Company, 1)
    log("people", company.people)
    log("engineers", sorted(each.id for each in company.engineers))
    senior = session.get(s.Senior, 3)
    log("machines", senior.machines)
    log("papers", senior.papers)
    log("company", senior.company)


@body
def lazy_reference(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A reference to a subclass is read by key; one that is present sends nothing."""
    machine = session.get(s.Machine, 3)
    log("engineer", machine.engineer)
    other = session.get(s.Machine, 4)
    session.get(s.Person, 5)
    log("present", other.engineer)


@body
def comparisons(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A relationship compared with an object of a subclass."""
    senior = session.get(s.Senior, 3)
    log("machines", session.scalars(lib.select(s.Machine).where(s.Machine.engineer == senior)).all())
    log("papers", session.scalars(lib.select(s.Paper).where(s.Paper.person == senior)).all())
    log("parent", session.scalars(lib.select(s.Machine).where(lib.orm.with_parent(senior, s.Senior.machines))).all())


@body
def queries(lib: Any, s: Any, session: Any, log: Log) -> None:
    """The form of the 1.x series."""
    log("all", session.query(s.Engineer).order_by(s.Engineer.id).all())
    log("count", session.query(s.Manager).count())
    log("filter", session.query(s.Engineer).filter(s.Engineer.language == "c").one())
    log("get", session.get(s.Manager, 4))
    log("column", session.query(s.Engineer.language).order_by(s.Engineer.id).all())
    log("exists", session.query(session.query(s.Senior).exists()).scalar())


@body
def states_and_sessions(lib: Any, s: Any, session: Any, log: Log) -> None:
    """The lists of a session know objects of all classes."""
    manager = session.get(s.Manager, 4)
    manager.title = "x"
    engineer = s.Engineer(name="n")
    session.add(engineer)
    log.session(session)
    log("in", (manager in session, engineer in session))
    session.expunge(manager)
    log.state(manager, engineer)


@body
def autoflush_before_select(lib: Any, s: Any, session: Any, log: Log) -> None:
    """A query of a subclass sees new objects."""
    session.add(s.Senior(name="n", level=99))
    log("found", session.scalars(lib.select(s.Senior).where(s.Senior.level == 99)).all())


@body
def populate_existing(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Rows of the root replace what is loaded of its columns."""
    manager = session.get(s.Manager, 4)
    manager.name = "changed"
    with session.no_autoflush:
        statement = lib.select(s.Person).where(s.Person.id == 4).execution_options(populate_existing=True)
        session.scalars(statement).all()
    # The oracle reads what the row did not bring in the order of a set.
    with log.quiet():
        values = manager.name, manager.title
    log("values", values)


@body
def wrong_kind(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Rows that name no class, or none."""
    person = s.metadata.tables["person"]
    session.execute(person.update().where(person.c.id == 1).values(kind="nobody"))
    log.error("unknown", lambda: session.get(s.Person, 1), message=True)
    session.execute(person.update().where(person.c.id == 1).values(kind=None))
    log.error("null", lambda: session.get(s.Person, 1))


@body
def by_connection(lib: Any, s: Any, session: Any, log: Log) -> None:
    """Statements of a root and of its subclasses, without the session: each concerns the rows of its own class."""
    connection = session.connection()
    for class_, values in ((s.Person, {"name": "n"}), (s.Manager, {"title": "t"}), (s.Engineer, {"language": "l"})):
        log.error("updated", lambda values=values, c=class_: connection.execute(lib.update(c).values(values)).rowcount)
    for class_ in (s.Senior, s.Engineer):
        log("text", str(lib.delete(class_).compile(connection)))


def _by_statement(name: str, make: Callable[[Any, Any], Any]) -> None:
    """Enter a program that runs an UPDATE or DELETE beside objects that the session has."""

    def run(lib: Any, s: Any, session: Any, log: Log) -> None:
        manager, engineer = session.get(s.Manager, 4), session.get(s.Engineer, 2)
        log.error("rows", lambda: session.execute(make(lib, s)).rowcount)
        log("values", (manager.__dict__.get("title"), engineer.__dict__.get("language")))

    BODIES[f"statement_{name}"] = run


_by_statement("update_all", lambda lib, s: lib.update(s.Manager).values(title="new"))
_by_statement(
    "update_some", lambda lib, s: lib.update(s.Engineer).where(s.Engineer.language == "c").values(language="d")
)
_by_statement("update_base", lambda lib, s: lib.update(s.Person).values(name="n"))
_by_statement("delete_all", lambda lib, s: lib.delete(s.Senior))
_by_statement("delete_some", lambda lib, s: lib.delete(s.Manager).where(s.Manager.id == 7))
for _strategy in ("fetch", "evaluate", False):
    _by_statement(
        f"update_{_strategy}",
        lambda lib, s, strategy=_strategy: (
            lib.update(s.Manager)
            .where(s.Manager.golf.is_(True))
            .values(title="f")
            .execution_options(synchronize_session=strategy)
        ),
    )


for _layout in LAYOUTS:
    for _name, _body in BODIES.items():
        _enter(_name, _layout, _body)
