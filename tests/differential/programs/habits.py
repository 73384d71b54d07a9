"""Habits of programs and packages that were written for SQLAlchemy: what they ask, hang on objects and derive from."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _owners(lib: Any, engine: Any, log: Log) -> Any:
    """Declare owners with things and a nickname, which they have under other names than their columns."""
    base = lib.orm.declarative_base()

    class Owner(base):
        __tablename__ = "owners"
        id = lib.Column("owner_id", lib.Integer, primary_key=True)
        name = lib.Column(lib.String(20))
        things = lib.orm.relationship("Thing", backref="owner", order_by="Thing.id")

    class Thing(base):
        __tablename__ = "things"
        id = lib.Column(lib.Integer, primary_key=True)
        owner_id = lib.Column(lib.ForeignKey("owners.owner_id"))

    base.Owner, base.Thing = Owner, Thing
    with log.quiet():
        base.metadata.create_all(engine)
    return base


@program
def facts_hung_on_what_listeners_get(lib: Any, engine: Any, log: Log) -> None:
    """A count of statements on the connection, a mark on the pool's entry and on a level of the session."""
    with log.quiet():
        connection = engine.connect()
    connection.sent = 0

    def count(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        conn.sent += statement.startswith("SELECT")

    lib.event.listen(connection, "before_cursor_execute", count)
    session = lib.orm.Session(connection)
    session.execute(lib.text("SELECT 1"))
    session.execute(lib.text("SELECT 2"))
    log("sent", connection.sent)
    level = session.get_transaction()
    level.mark = "mine"
    log("mark", session.get_transaction().mark)
    connection.connection.label = "main"
    log("label", connection.connection.label)
    session.close()
    lib.event.remove(connection, "before_cursor_execute", count)
    connection.close()


@program
def what_is_asked_of_an_object(lib: Any, engine: Any, log: Log) -> None:
    """The attributes of a state as a mapping; the manager of a class; whether there is a row."""
    b = _owners(lib, engine, log)
    ann = b.Owner(name="ann")
    state = lib.inspect(ann)
    log("get", state.attrs.get("name").value)
    log("none", [state.attrs.get("nothing"), state.attrs.get("nothing", 5)])
    log("changed", [state.attrs.get("name").history.has_changes(), state.attrs.get("id").history.has_changes()])
    log("manager", [state.manager.class_ is b.Owner, b.Owner._sa_class_manager.mapper is b.Owner.__mapper__])
    log("columns", b.Owner.id.property.columns == [b.Owner.__table__.c.owner_id])
    log("backref", [b.Owner.things.property.backref, b.Thing.owner.property.backref])
    log("identity", import_module(f"{lib.__name__}.orm.util").has_identity(ann))
    log("by name", sorted(name for name in b.registry._class_registry if not name.startswith("_")))


@program
def what_inspects_itself(lib: Any, engine: Any, log: Log) -> None:
    """SQL, tables, properties, bundles and queries stand for themselves; all say by flags what they are."""
    b = _owners(lib, engine, log)
    table = b.Owner.__table__
    shown = {
        "table": table,
        "alias": table.alias(),
        "select": lib.select(table),
        "column": table.c.name,
        "text": lib.text("x"),
        "metadata": b.metadata,
        "property": b.Owner.name.property,
        "bundle": lib.orm.Bundle("pair", b.Owner.id, b.Owner.name),
        "query": lib.orm.Session().query(b.Owner),
    }
    for name, subject in shown.items():
        log(name, lib.inspect(subject) is subject)
    log("selectable", [table.selectable is table, table.alias().selectable is table])
    for subject in (b.Owner, lib.orm.aliased(b.Owner), b.Owner.things, b.Owner.name.property, b.Owner()):
        found = lib.inspect(subject)
        log("kind", isinstance(found, lib.orm.InspectionAttr))
        flags = ("selectable", "aliased_class", "instance", "mapper", "bundle", "property", "attribute")
        log("flags", [flag for flag in flags if getattr(found, f"is_{flag}")])


@program
def listening_on_the_function_mapper(lib: Any, engine: Any, log: Log) -> None:
    """In the 1.x series the function stood for all mappers."""
    heard: list[str] = []

    def constructed(mapper: Any, class_: Any) -> None:
        heard.append(class_.__name__)

    lib.event.listen(lib.orm.mapper, "instrument_class", constructed)
    try:
        _owners(lib, engine, log)
    finally:
        lib.event.remove(lib.orm.mapper, "instrument_class", constructed)
    log("heard", heard)


@program
def declarations_of_ones_own(lib: Any, engine: Any, log: Log) -> None:
    """A class derived from `declared_attr` says itself what it gives; a function may give a hybrid."""
    hybrid = import_module(f"{lib.__name__}.ext.hybrid").hybrid_property
    base = lib.orm.declarative_base()

    class Counted(lib.orm.declared_attr):  # type: ignore[misc]
        def __init__(self, function: Any, column: Any) -> None:
            super().__init__(function)
            self.column = column

        def __get__(self, instance: Any, owner: Any) -> Any:
            return self.column

    class Marked(base):
        __abstract__ = True
        mark = lib.Column(lib.String)

        @lib.orm.declared_attr
        def loud(cls):  # type: ignore[no-untyped-def]
            return hybrid(lambda self: self.mark, lambda self, value: setattr(self, "mark", value.lower()))

    class Page(Marked):
        __tablename__ = "pages"
        id = lib.Column(lib.Integer, primary_key=True)
        hits = Counted(lambda cls: lib.func.count(), lib.Column(lib.Integer, default=0))

    log("columns", Page.__table__.c.keys())
    log("condition", str(Page.hits == 1))
    page = Page(loud="NEW")
    log("values", [page.mark, page.loud])


@program
def types_of_ones_own(lib: Any, engine: Any, log: Log) -> None:
    """A type may call an attribute `_key`; parts of types give their comparators; `+` of a concatenable one is `||`."""

    class Sealed(lib.types.TypeDecorator):  # type: ignore[misc]
        impl = lib.String
        cache_ok = True

        def __init__(self, key: str) -> None:
            super().__init__(50)
            self._key = key

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return value and f"{self._key}:{value}"

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return value and value.removeprefix(f"{self._key}:")

    class Path(lib.types.Concatenable, lib.types.UserDefinedType):  # type: ignore[misc]
        cache_ok = True

        class comparator_factory(lib.types.Concatenable.Comparator):  # type: ignore[misc]
            def below(self, other: Any) -> Any:
                return self.op("@>")(other)

        def get_col_spec(self) -> str:
            return "VARCHAR"

    table = lib.Table(
        "sealed", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("word", Sealed("k")), lib.Column("path", Path()),
    )  # fmt: skip
    with engine.begin() as connection:
        with log.quiet():
            table.create(connection)
        connection.execute(table.insert(), {"id": 1, "word": "hush", "path": "a"})
        log("read", connection.execute(lib.select(table.c.word, table.c.path + "b")).all())
    log("operator", [str(table.c.path.below("x")), str(table.c.path + "b")])
    log("strings", [isinstance(lib.Text(), lib.types.Concatenable), isinstance(lib.JSON(), lib.types.Indexable)])
    log("comparator", issubclass(lib.String.comparator_factory, lib.types.Concatenable.Comparator))


@program
def addresses_and_their_dialects(lib: Any, engine: Any, log: Log) -> None:
    """Packages that create databases ask the class of an address's dialect for its driver, and exchange a part."""
    for text in (
        "postgresql+psycopg2://it@there/base",
        "postgresql+asyncpg://there/base",
        "sqlite://",
        "mysql+pymysql://",
    ):
        address = lib.make_url(text)
        log("driver", [address.get_dialect().name, address.get_dialect().driver])
    log("replaced", str(lib.make_url("postgresql+psycopg2://it@there/base")._replace(database="other")))


@program
def paths_that_editors_write(lib: Any, engine: Any, log: Log) -> None:
    """A name may be imported from the module in which it stood for editors that write imports."""
    for path, names in {
        "orm.session": "Session sessionmaker object_session make_transient close_all_sessions SessionTransaction",
        "orm.scoping": "scoped_session",
        "orm.decl_api": "DeclarativeBase DeclarativeMeta declared_attr registry",
        "orm.properties": "ColumnProperty RelationshipProperty MappedColumn",
        "orm.descriptor_props": "CompositeProperty SynonymProperty",
        "orm.relationships": "RelationshipProperty",
        "orm.strategy_options": "Load joinedload selectinload",
        "orm.dynamic": "AppenderQuery",
        "orm.base": "NO_VALUE instance_state object_mapper",
        "orm.util": "AliasedClass AliasedInsp Bundle CascadeOptions class_mapper with_parent polymorphic_union",
        "orm.interfaces": "PropComparator InspectionAttr RelationshipDirection MANYTOONE",
        "orm.attributes": "History NO_VALUE InstrumentedAttribute",
        "sql.selectable": "Select Subquery CTE Exists CompoundSelect SelectBase ScalarSelect TextualSelect Lateral",
        "sql.dml": "Insert Update Delete UpdateBase",
        "engine.create": "create_engine",
        "ext.asyncio.session": "AsyncSession async_sessionmaker",
        "ext.asyncio.engine": "AsyncEngine AsyncConnection create_async_engine",
        "ext.asyncio.scoping": "async_scoped_session",
        "orm": "ClassManager IdentityMap InspectionAttrInfo CascadeOptions AttributeState UOWTransaction NO_VALUE",
    }.items():
        found = import_module(f"{lib.__name__}.{path}")
        log(path, [name for name in names.split() if not hasattr(found, name)])
