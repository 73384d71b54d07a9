"""Schemas in full: DDL text, naming conventions, copies, circles, events, and what reflection reads back."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _schema(lib: Any) -> Any:
    return import_module(f"{lib.__name__}.schema")


def _lines(log: Any, label: str, engine: Any, *elements: Any) -> None:
    for number, element in enumerate(elements):
        for dialect, name in ((engine.dialect, "SQLite"), (None, "standard")):
            try:
                text = str(element.compile(dialect=dialect) if dialect else element.compile())
            except Exception as error:
                text = type(error).__name__
            log(f"{label} {number} {name}", text.split("\n"))


@program
def columns_in_full(lib: Any, engine: Any, log: Log) -> None:
    make = _schema(lib)
    table = lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("id", lib.Integer, lib.Identity(start=5, always=True), primary_key=True),
        lib.Column("stored", lib.Integer, lib.Computed("id+1", persisted=True)),
        lib.Column("virtual", lib.Integer, lib.Computed("id+1", persisted=False)),
        lib.Column("word", lib.String(5), server_default="it's", comment="co'm"),
        lib.Column("number", lib.Integer, server_default=lib.text("5")),
        lib.Column("at", lib.DateTime, server_default=lib.func.now()),
        lib.Column("sum", lib.Integer, server_default=lib.literal(5) + 3),
        lib.Column("yes", lib.Boolean, server_default=lib.true()),
        lib.Column("lower", lib.String, server_default=lib.func.lower("X")),
        lib.Column("fetched", lib.Integer, server_default=lib.FetchedValue()),
        lib.Column("checked", lib.Integer, lib.CheckConstraint("checked > 5", name="own")),
        lib.Column("hidden", lib.Integer, system=True),
        lib.Column("Quo ted", lib.Integer, unique=True),
        lib.Column(
            "other",
            lib.Integer,
            lib.ForeignKey(
                "t.id", name="fk", ondelete="CASCADE", onupdate="SET NULL", deferrable=True, initially="DEFERRED"
            ),
            index=True,
        ),
        lib.UniqueConstraint("word", "number", name="uq", deferrable=False, initially="IMMEDIATE"),
        lib.CheckConstraint("number > 1"),
        prefixes=["TEMPORARY"],
        sqlite_autoincrement=True,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _lines(log, "table", engine, make.CreateTable(table), make.CreateTable(table, if_not_exists=True))
    _lines(log, "drop", engine, make.DropTable(table, if_exists=True), make.SetColumnComment(table.c.word))
    index = lib.Index("ix", table.c.number.desc(), lib.func.lower(table.c.word), sqlite_where=table.c.number > 5)
    _lines(log, "index", engine, make.CreateIndex(index), make.DropIndex(index))
    foreign_key = next(iter(table.foreign_key_constraints))
    _lines(log, "constraint", engine, make.AddConstraint(foreign_key), make.DropConstraint(foreign_key, cascade=True))


@program
def conflicts(lib: Any, engine: Any, log: Log) -> None:
    table = lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("id", lib.Integer, primary_key=True, sqlite_on_conflict_primary_key="FAIL"),
        lib.Column(
            "a",
            lib.Integer,
            unique=True,
            nullable=False,
            sqlite_on_conflict_unique="IGNORE",
            sqlite_on_conflict_not_null="REPLACE",
        ),
        lib.UniqueConstraint("id", "a", sqlite_on_conflict="ROLLBACK"),
    )
    _lines(log, "table", engine, _schema(lib).CreateTable(table))


@program
def statements_of_ddl(lib: Any, engine: Any, log: Log) -> None:
    make = _schema(lib)
    sequence = lib.Sequence("sq", start=3, increment=2, minvalue=1, cycle=True, schema="other")
    _lines(log, "sequence", engine, make.CreateSequence(sequence, if_not_exists=True), make.DropSequence(sequence))
    _lines(log, "schema", engine, make.CreateSchema("a b"), make.DropSchema("abc", cascade=True, if_exists=True))
    table = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer))
    query = lib.select(table.c.x).where(table.c.x > 5)
    view = make.CreateView(query, "v", or_replace=True)
    _lines(log, "view", engine, view, make.DropView(view.table, if_exists=True))
    _lines(log, "table as", engine, make.CreateTableAs(query, "copy", temporary=True, if_not_exists=True))
    _lines(log, "text", engine, lib.DDL("TOUCH %(fullname)s %(word)s %%", context={"word": "w"}).against(table))


@program
def naming_conventions(lib: Any, engine: Any, log: Log) -> None:
    make = _schema(lib)
    metadata = lib.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0N_key)s_%(shout)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s_%(referred_column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "shout": lambda constraint, table: table.name.upper(),
        }
    )
    lib.Table("a", metadata, lib.Column("x", lib.Integer, primary_key=True), schema="s")
    table = lib.Table(
        "t",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("x", lib.Integer, lib.ForeignKey("s.a.x")),
        lib.Column("y", lib.Integer, lib.CheckConstraint("y > 1", name="inner"), key="why", index=True),
        lib.UniqueConstraint("x", "why"),
        lib.CheckConstraint("x > 5", name="outer"),
        lib.CheckConstraint("x > 6", name=make.conv("final")),
    )
    _lines(log, "table", engine, make.CreateTable(table), *[make.CreateIndex(index) for index in table.indexes])
    log.error("no name", lambda: lib.Table("u", metadata, lib.Column("x", lib.Integer), lib.CheckConstraint("x > 1")))


@program
def copies(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData(schema="q")
    lib.Table("u", metadata, lib.Column("id", lib.Integer, primary_key=True))
    table = lib.Table(
        "t",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("x", lib.Integer, lib.ForeignKey("q.u.id"), index=True, info={"a": 1}),
        lib.Column("y", lib.Integer, lib.CheckConstraint("y > 1"), unique=True, server_default="6"),
        lib.Index("two", "x", "y", sqlite_where=lib.text("x > 1")),
        lib.CheckConstraint("x > y", name="nn"),
        comment="words",
    )
    other = lib.MetaData()
    copied = [
        table.to_metadata(other),
        table.to_metadata(other, schema="w"),
        table.to_metadata(other, name="renamed", referred_schema_fn=lambda table, to, constraint, old: "elsewhere"),
    ]
    log("tables", sorted(other.tables))
    for copy in copied:
        log(copy.fullname, [sorted(key.target_fullname for key in copy.foreign_keys), copy.c.x.info, copy.comment])
        log("indexes", sorted(index.name for index in copy.indexes))


@program
def circle(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    for name, other in (("a", "b"), ("b", "a"), ("c", "a")):
        lib.Table(
            name,
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("other", lib.Integer, lib.ForeignKey(f"{other}.id")),
        )
    log("sorted", [table.name for table in metadata.sorted_tables])
    metadata.create_all(engine)
    metadata.drop_all(engine)


@program
def events_of_ddl(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    first = lib.Table("first", metadata, lib.Column("id", lib.Integer, primary_key=True))
    lib.Table("second", metadata, lib.Column("id", lib.ForeignKey("first.id"), primary_key=True))
    for name in ("before_create", "after_create", "before_drop", "after_drop"):
        lib.event.listen(
            metadata, name, lambda target, bind, _name=name, **kw: log(_name, [table.name for table in kw["tables"]])
        )
        lib.event.listen(first, name, lambda target, bind, _name=name, **kw: log(_name, target.name))
    lib.event.listen(first, "after_create", lib.DDL("CREATE INDEX ix ON %(table)s (id)"))
    lib.event.listen(first, "after_create", lib.DDL("BOGUS").execute_if(dialect="postgresql"))
    lib.event.listen(
        first, "after_create", lib.DDL("BOGUS").execute_if(callable_=lambda *a, state, **k: state, state=0)
    )
    metadata.create_all(engine)
    metadata.create_all(engine)
    metadata.tables["second"].drop(engine)
    metadata.drop_all(engine)


_SQL = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, a INT UNIQUE, b VARCHAR(20) NOT NULL DEFAULT 'x', "
    "c NUMERIC(10,2) DEFAULT 5, d FOO, e TINYINT, f DATETIME DEFAULT CURRENT_TIMESTAMP, CONSTRAINT ck CHECK (a > 5))",
    "CREATE TABLE child (id INTEGER NOT NULL, x INTEGER, y INTEGER, CONSTRAINT pkc PRIMARY KEY (id, x), "
    "CONSTRAINT fkp FOREIGN KEY(y) REFERENCES parent (id) ON DELETE CASCADE)",
    "CREATE INDEX ix1 ON child (y)",
    "CREATE UNIQUE INDEX ix2 ON parent (b, c)",
    "CREATE TABLE pair (a INTEGER, b INTEGER, CONSTRAINT pkp PRIMARY KEY (b, a))",
    "CREATE VIEW view1 AS SELECT id, a FROM parent",
)


def _database(engine: Any) -> None:
    with engine.begin() as connection:
        for sql in _SQL:
            connection.exec_driver_sql(sql)


class _Notes:
    """Keeps what a program tells until its statements no longer count."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, Any]] = []

    def __call__(self, label: str, value: Any) -> None:
        self._kept.append((label, value))

    def error(self, label: str, action: Any) -> None:
        try:
            action()
        except Exception as error:
            self(label, type(error).__name__)

    def tell(self, log: Log) -> None:
        for label, value in self._kept:
            log(label, value)


@program
def inspector(lib: Any, engine: Any, log: Log) -> None:
    _database(engine)
    # How a catalogue is asked is each library's own affair.
    notes = _Notes()
    with log.quiet():
        found = lib.inspect(engine)
        notes(
            "names",
            [found.get_table_names(), found.get_view_names(), found.get_schema_names(), found.default_schema_name],
        )
        for table in ("parent", "child", "pair", "view1"):
            for question in (
                "get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints",
                "get_check_constraints", "get_table_options",
            ):  # fmt: skip
                answer = getattr(found, question)(table)
                rows = answer if isinstance(answer, list) else [answer]
                notes(f"{table} {question}", [sorted((key, repr(value)) for key, value in row.items()) for row in rows])
        notes("is there", [found.has_table(name) for name in ("parent", "view1", "none")])
        notes("index", [found.has_index(*names) for names in (("child", "ix1"), ("child", "ix9"), ("none", "ix1"))])
        notes("many", [sorted(found.get_multi_pk_constraint()), sorted(found.get_multi_columns(filter_names=["pair"]))])
        notes("order", found.get_sorted_table_and_fkc_names())
        notes("view", found.get_view_definition("view1"))
        for question in ("get_columns", "get_pk_constraint", "get_indexes", "get_view_definition"):
            notes.error(question, lambda question=question: getattr(found, question)("none"))
    notes.tell(log)


@program
def tables_that_are_read(lib: Any, engine: Any, log: Log) -> None:
    _database(engine)
    # How a catalogue is asked is each library's own affair.
    notes = _Notes()
    with log.quiet():
        metadata = lib.MetaData()
        child = lib.Table("child", metadata, autoload_with=engine)
        make = _schema(lib)
        notes("tables", [sorted(metadata.tables), child.primary_key.name, child.primary_key.columns.keys()])
        _lines(notes, "read", engine, make.CreateTable(child), make.CreateTable(metadata.tables["parent"]))
        few = lib.Table("child", lib.MetaData(), autoload_with=engine, include_columns=["id", "y"])
        notes("few", [few.c.keys(), few.primary_key.columns.keys(), len(few.foreign_keys)])
        alone = lib.MetaData()
        lib.Table("child", alone, autoload_with=engine, resolve_fks=False)
        notes("alone", sorted(alone.tables))
        notes.error("none", lambda: lib.Table("none", lib.MetaData(), autoload_with=engine))
        all_ = lib.MetaData()
        all_.reflect(engine, views=True)
        notes("all", sorted(all_.tables))
        notes.error("only", lambda: lib.MetaData().reflect(engine, only=["parent", "none"]))

        def renamed(inspector: Any, table: Any, fact: Any) -> None:
            fact["key"] = f"k_{fact['name']}"

        keyed = lib.MetaData()
        lib.event.listen(keyed, "column_reflect", renamed)
        table = lib.Table("child", keyed, autoload_with=engine)
        notes("keys", [table.c.keys(), [f"{key.parent.key} {key.column.key}" for key in table.foreign_keys]])
    notes.tell(log)


@program
def a_table_that_is_there_already(lib: Any, engine: Any, log: Log) -> None:
    """Only columns and constraints say something that the table in the MetaData might contradict."""
    metadata = lib.MetaData()
    table = lib.Table("t", metadata, lib.Column("a", lib.Integer))
    metadata.create_all(engine)

    def again(*items: Any, **keywords: Any) -> Any:
        found = lib.Table("t", metadata, *items, **keywords)
        return found is table, list(found.c.keys()), found.info, found.comment

    for keywords in (
        {"autoload_with": engine},
        {"mysql_engine": "InnoDB"},
        {"comment": "x"},
        {"info": {"a": 1}},
        {"quote": True},
        {"prefixes": ["TEMPORARY"]},
        {"include_columns": ["a"]},
        {"must_exist": True},
    ):
        log.error(str(list(keywords)), lambda keywords=keywords: again(**keywords))
    log.error("columns", lambda: again(lib.Column("b", lib.Integer)))
    log.error("kept", lambda: again(lib.Column("b", lib.Integer), keep_existing=True))
    log.error("extended", lambda: again(lib.Column("b", lib.Integer), extend_existing=True))
