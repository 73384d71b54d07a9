"""Every difference from SQLAlchemy that is meant, with its reason and with how the comparison levels it.

A difference that is not in this table is a bug, of Holdfast or of a program here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Intended:
    """One meant difference.

    Args:
        name: what differs.
        reason: why Holdfast differs.
        levelled: what the harness does so that the rest can be compared.
    """

    name: str
    reason: str
    levelled: str


INTENDED = (
    Intended(
        "autoflush that was switched off",
        "execution_options(autoflush=False) holds for text and for statements of tables too; SQLAlchemy heeds it where mapped "
        "classes are loaded, and flushes before others.",
        "Programs use session.no_autoflush for such statements.",
    ),
    Intended(
        "rows on the left of SET",
        "ordered_values() keeps the order that it is given, also of (a, b) = (...); SQLAlchemy writes rows and members first. A "
        "row of columns takes a tuple of plain values; SQLAlchemy makes one parameter of it, which few drivers send.",
        "rows_of_columns_in_set has neither.",
    ),
    Intended(
        "constraints of typed columns",
        "In CREATE TABLE of a class of TypedColumns the constraints stand in the order of the columns, as in every other table; "
        "SQLAlchemy writes foreign keys that the class declares behind the rest.",
        "typed_tables has one of them alone in each table.",
    ),
    Intended(
        "WITH of an upsert, and of INSERT on MariaDB",
        "What the SELECT of an upsert reads stands before the INSERT, what a subquery in SET nests stands in that subquery; "
        "SQLAlchemy writes both in the subquery, where the SELECT can not read it. On MariaDB and MySQL all of it is one WITH "
        "behind the names of columns; SQLAlchemy writes two where a union nests one, and none where there is no SELECT.",
        "tests/sql/test_nested_with.py has the texts.",
    ),
    Intended(
        "typed rows",
        "Row._t, Row._tuple(), Result.t and Result.tuples() give type checkers the types of the columns, which a Row itself does "
        "not here; SQLAlchemy 2.1 deprecates them.",
        "The programs do without them.",
    ),
    Intended(
        "types that are no part of a key",
        "A type of a program's own without cache_ok stands for itself, so that nothing is lost for the type of a column; a warning "
        "comes where a hundred objects of a class were used in statements. SQLAlchemy warns of each statement with a value of it.",
        "The programs set cache_ok.",
    ),
    Intended(
        "sequences that are executed",
        "connection.scalar(sequence) gives the number in both; execute(sequence) gives a result with one row, where SQLAlchemy "
        "gives the bare number, with a warning.",
        "defaults_by_themselves asks by scalar().",
    ),
    Intended(
        "types derived from known ones",
        "A NewType, a class derived from str or datetime, and an alias of an alias stand for the SQL type of what they are "
        "made of; SQLAlchemy wants an entry in type_annotation_map.",
        "annotation_types.py leaves them out.",
    ),
    Intended(
        "names within a join",
        "filter_by() finds columns of the tables of select_from(join(...)); SQLAlchemy finds none there.",
        "criteria_by_name has no join without an entity of its own.",
    ),
    Intended(
        "wildcards as the escape character",
        "contains(), startswith() and endswith() with autoescape and '%' or '_' as the escape character find other rows than are "
        "meant, on all databases or on MariaDB; Holdfast refuses them.",
        "The grammar draws other characters.",
    ),
    Intended(
        "names of Python's own as keywords",
        "The constructor of a mapped class takes every name that the class has, __dict__ and __class__ too; Holdfast takes none "
        "that begins with two underscores or _sa_: a document of a request could replace the state of the object.",
        "The programs name attributes that there are.",
    ),
    Intended(
        "keys that nobody needs",
        "UPDATE and DELETE with 'fetch' on a session that has no object of the class: there is nothing to keep in step, so "
        "Holdfast leaves RETURNING away.",
        "The programs over an empty session leave 'fetch' out.",
    ),
    Intended(
        "unknown names in lists of rows",
        "A dictionary with a key that is no attribute is an error in Holdfast, which names the attributes; SQLAlchemy leaves the "
        "value away without a word.",
        "The programs name attributes that there are.",
    ),
    Intended(
        "statements of an alias",
        "UPDATE and DELETE of an aliased class keep its objects in step, by evaluation where that is exact; SQLAlchemy leaves "
        "them stale under 'fetch' and 'auto', and evaluates no criteria.",
        "The programs write by the class.",
    ),
    Intended(
        "criteria of a parent's table",
        "UPDATE and DELETE of a joined class whose criteria or values name attributes of the parent's table: Holdfast ties "
        "the tables by their key; SQLAlchemy sends a cartesian product with a warning, which changes all rows, and refuses "
        "values for the parent's table.",
        "The programs join the tables themselves, or name attributes of the class's own table.",
    ),
    Intended(
        "merge_all reads ahead",
        "Holdfast reads what several objects are merged into by one SELECT per class and batch; SQLAlchemy by one per object.",
        "The programs merge one object at a time.",
    ),
    Intended(
        "asking again for what is present",
        "Where a relationship leads back to objects that the statement itself brings, and below select-in loads, "
        "Holdfast takes them from the session or loads by the keys that it has; SQLAlchemy sends the statements.",
        "The grammar of loading programs makes no paths that lead back at once, and no subqueryload below selectinload.",
    ),
    Intended(
        "immediate loading below immediate loading",
        "Holdfast loads what the option names; SQLAlchemy leaves out the lower level of references.",
        "The grammar ends a path with immediateload.",
    ),
    Intended(
        "options below several levels",
        "What is chained behind recursion_depth holds at each level. SQLAlchemy does so for selectinload() from the statement's "
        "own entity; behind immediateload() it holds at the first level alone, below another option at none; a condition of "
        "and_() is written once more at each level.",
        "levels.py has select-in loading from the top.",
    ),
    Intended(
        "conditions around a subquery",
        "with_loader_criteria() holds inside of a subquery that a class is read from, whether it selects the class or its "
        "table. With include_aliases SQLAlchemy writes the condition around it once more, in joins with the table's name, "
        "which the database refuses; without, it leaves a subquery of the table as it is.",
        "levels.py asks for such an alias without include_aliases.",
    ),
    Intended(
        "equal keys of concrete classes",
        "selectinload() from a class that is read from a union asks for the members of each class by that class's own "
        "relationship; SQLAlchemy asks by the key alone, and gives an object the members of all that have the same key.",
        "tests/orm/inheritance/test_concrete.py compares the strategies with each other.",
    ),
    Intended(
        "a reference by one's own primary key",
        "A one-to-one whose foreign key is the related table's primary key is asked for when it is read; SQLAlchemy takes the "
        "object from the session if it is there, and writes the condition the other way round.",
        "The programs give such tables a key of their own.",
    ),
    Intended(
        "names of hybrids",
        "A hybrid's value has the hybrid's name in a row, whatever it is made of; SQLAlchemy has '_no_label' for type_coerce(), "
        "the column's name for casts, and made-up keys for a second one in a subquery.",
        "documented_extensions.py names what agrees.",
    ),
    Intended(
        "foreign keys",
        "Holdfast checks them on SQLite by default: a constraint that is declared should hold.",
        "PRAGMA foreign_keys=ON on every connection of both libraries.",
    ),
    Intended(
        "BEGIN on SQLite",
        "Holdfast sends BEGIN itself, so that SAVEPOINT and DDL are transactional; SQLAlchemy leaves it to the driver "
        "unless its documented recipe of two listeners is used.",
        "The oracle's engine gets that recipe.",
    ),
    Intended(
        "lazy loading of peers",
        "By default the second lazy load among objects loaded together serves them all with one query.",
        "holdfast.defaults.classic() while the programs run: one query per object, as SQLAlchemy does.",
    ),
    Intended(
        "finer exceptions",
        "Holdfast raises documented subclasses, such as one for a unique violation, where SQLAlchemy raises "
        "IntegrityError.",
        "An exception is known by the first class of its MRO whose name SQLAlchemy documents, and by the documented "
        "names among its bases.",
    ),
    Intended(
        "longer messages",
        "Holdfast says after the known text what to do about an error.",
        "A message has to begin with the oracle's first line.",
    ),
    Intended(
        "names of savepoints",
        "No program can rely on a name that it never sees; SQLAlchemy's carries its own prefix.",
        "The part of the name before its number is taken away.",
    ),
    Intended(
        "order among queries in a row",
        "When a flush has to load something for several objects, SQLAlchemy takes them from a set: its order changes "
        "from run to run.",
        "Queries that are sent in a row are compared in the order of their text and values, warnings by their number. "
        "What is written is compared in the order sent.",
    ),
    Intended(
        "order of association rows",
        "Links that are made from both sides of a many-to-many in one flush are written in an order that SQLAlchemy "
        "takes from a set too.",
        "A program may say so of a table by log.any_order(); the rows are then compared without their order.",
    ),
    Intended(
        "columns that were not set",
        "What a new object did not set goes out as NULL and is known afterwards; SQLAlchemy asks the row again.",
        "Programs that look at what is loaded set every column.",
    ),
    Intended(
        "empty collections of new objects",
        "Who reads the empty collection of a new object holds the real one: after the flush it is still the object's, and "
        "known to be empty. SQLAlchemy gives another one and asks the database.",
        "Random sequences read collections of objects that have a row.",
    ),
    Intended(
        "SELECTs that tell nothing new",
        "SQLAlchemy loads an expired object before it updates one column of it or takes its key for another row, looks twice for "
        "an object that is gone, and asks for a key that is NULL; Holdfast does not.",
        "Such SELECTs are not logged, or there is no program of that kind; random session programs read what is expired before a "
        "flush needs it, also what add() brought back.",
    ),
    Intended(
        "new keys of rows that go",
        "A row that is deleted is not given a new foreign key before, and rows that are deleted go in one batch; "
        "SQLAlchemy updates it, and sends its DELETE by itself.",
        "test_random_worlds.py names the sequences; random session programs flush a change before they delete.",
    ),
    Intended(
        "new objects between two parents",
        "A new object that comes from one parent's collection with delete-orphan into that of another one stays in the "
        "session; SQLAlchemy lets it leave the session, and warns at the flush.",
        "test_random_worlds.py names the sequence; random session programs leave such objects with their parent.",
    ),
    Intended(
        "batches of rows with versions",
        "Rows that have a version_id_col are updated in one batch, whose count of rows tells that one was out of date; "
        "SQLAlchemy sends them one by one.",
        "A program says so of a table by log.row_by_row(); UPDATEs of it are compared row by row.",
    ),
    Intended(
        "objects in step with lists of rows",
        "A list of rows that is updated by primary key gives objects present their new version; SQLAlchemy leaves them "
        "the old one, and their next flush fails.",
        "Programs expire the objects between the two.",
    ),
    Intended(
        "listeners put in front",
        "insert=True holds for all classes that a listener hears, and for engines; SQLAlchemy keeps the order of listening "
        "on subclasses and engines.",
        "event_options.py leaves insert=True out there.",
    ),
    Intended(
        "statements of savepoints",
        "A savepoint is sent with the first statement inside of it; listeners are told of it by its events, with its name, and by "
        "those of cursors. SQLAlchemy sends each at once, tells of it by before_execute, after_execute and do_execute too, and "
        "of its beginning without a name.",
        "event_options.py makes savepoints only for the events of their ends.",
    ),
    Intended(
        "events of a replaced collection",
        "A member that a new collection does not have is told of once; SQLAlchemy tells once more for the other side. "
        "Collections that no program has seen are neither made nor disposed of.",
        "attribute_events.py leaves out what is told for the other side there, and does not listen to init_collection "
        "and dispose_collection.",
    ),
    Intended(
        "a member that a listener exchanges",
        "When a listener of append puts another object in the place of one, Holdfast relates that other object to the "
        "parent; SQLAlchemy the first one, which is not in the collection.",
        "tests/orm/test_attribute_events.py shows it; there is no program.",
    ),
    Intended(
        "references that the session has",
        "selectinload() of a many-to-one asks for the objects that the session lacks; SQLAlchemy asks for all of them.",
        "Programs load references into a session that has none of them.",
    ),
    Intended(
        "keys of expressions without a name",
        "In a row of mapped things an expression without a name has the key that stands in the SQL, such as anon_1, and a text "
        "its own; SQLAlchemy calls it _no_label, and leaves texts out. Of several attributes of one name the second is known "
        "by that name and a number; SQLAlchemy takes the column's name there where aliases are among them.",
        "Programs give such expressions a label.",
    ),
    Intended(
        "names of hybrids in the SQL",
        "The expression of a hybrid stands under the hybrid's name in the SQL too, so that a log says what was asked for; "
        "SQLAlchemy makes a name up where the expression is no column. Rows know it by the hybrid's name on both.",
        "Programs look at the rows, or order by the hybrid.",
    ),
    Intended(
        "schemas that are mapped to None",
        "schema_translate_map={'a': None} leaves names without a schema, so that the database's own search path decides; "
        "SQLAlchemy writes the schema that was the default one when the engine first connected.",
        "tests/compiler/test_names.py shows it; programs map to a name.",
    ),
    Intended(
        "what an INSERT into several tables returns",
        "RETURNING of a list of rows for a class with several tables is answered by one SELECT by key after them, in the "
        "order of the rows; SQLAlchemy puts a RETURNING into the INSERT of each table.",
        "tests/orm/inheritance/test_joined.py shows it; there is no program.",
    ),
    Intended(
        "sharded sessions",
        "A flush does one shard after the other, with batches in each; SQLAlchemy goes table by table, row by row. What "
        "follows a statement, a select-in load, stays in the shard of its owners; SQLAlchemy asks all of them, and puts the "
        "members of equal keys together.",
        "sharded_sessions.py fills the databases in silence, and loads no collections by select-in.",
    ),
    Intended(
        "members whose row is gone",
        "A collection that was loaded before may hold a member that the session has deleted since, and show it until it is "
        "expired: so on both. Who then deletes its owner gets one DELETE of the rows that are there; SQLAlchemy sends one for the "
        "row that is gone too, and warns that fewer were matched. There is nothing to warn of: the session knows that it is "
        "deleted. Nor does add() of an owner that is in the session refuse because of it; that of a detached one does.",
        "stale_owned.py takes such members out; tests/stateful/test_found.py deletes their owners. Random session programs leave "
        "what is deleted alone.",
    ),
    Intended(
        "detached objects that are deleted",
        "delete() of a detached object deletes also what it owned and let go of while it was outside, and its links with objects "
        "that are outside too; SQLAlchemy leaves those rows, which refer to a row that is gone, or fails by their foreign keys.",
        "Random session programs delete no detached object that was changed or is linked with others outside.",
    ),
    Intended(
        "what goes with its owner",
        "add() takes the mark from an object that is marked for deletion. Where its owner stays marked, it goes with it at the "
        "flush; SQLAlchemy keeps it, and fails when the row that it refers to goes.",
        "Random session programs add no member of what is marked.",
    ),
    Intended(
        "links of objects that are added again",
        "An object whose INSERT was rolled back keeps its attributes. Added again, it is written with its links of a "
        "many-to-many, and its members with its key; SQLAlchemy writes the row without links, and without a key for members "
        "whose own side was expired.",
        "Random session programs add no such object that has links.",
    ),
    Intended(
        "order of members that are added again",
        "add() brings the members of a collection in their order, first those that came since the row was read or written. After "
        "a rollback of its INSERT an object has no row, and all are alike; SQLAlchemy remembers which of them had been written.",
        "Random session programs add no such object that has several members.",
    ),
    Intended(
        "merging onto another class",
        "merge() of an object whose key now belongs to an object of a class that lacks attributes of it is refused, and changes "
        "nothing; SQLAlchemy ends in a KeyError half-way.",
        "Random session programs merge none.",
    ),
    Intended(
        "keys that come again",
        "An object whose row is gone gives way, as deleted, to a new one of its key. SQLAlchemy reads it again before, if it is "
        "expired and the key is the program's; otherwise it leaves it persistent beside the other one.",
        "Tables of random session programs give no key twice; who lost its row by a rollback leaves the session; add() takes none "
        "back whose key a new object has.",
    ),
    Intended(
        "members that are refused",
        "A member that can not come (it was deleted, is in another session, or has the key of one that is there) is refused "
        "before anything changes; SQLAlchemy has then let go of those in whose place it was to come.",
        "tests/orm/session/test_members_outside.py shows it; random session programs roll back after an error.",
    ),
    Intended(
        "new objects whose key has changed",
        "An object that was inserted, and got another primary key, in a transaction that is rolled back, is transient as every "
        "new one is; SQLAlchemy calls it detached.",
        "Random session programs change the key of ratings that were there before the transaction.",
    ),
    Intended(
        "values that are lost",
        "An object that was expired and whose INSERT was rolled back is refused by add(), with what to do; SQLAlchemy takes it "
        "and fails in the flush. Its relationships are refused as its columns are; in SQLAlchemy they are empty.",
        "session_cast.py and graphs.py pick no such objects; tests/orm/session/test_found_by_programs.py shows them.",
    ),
    Intended(
        "what is known without reading",
        "A foreign key, a reference to an object of the session, or None for one, may be in memory earlier in one library than "
        "in the other; of objects outside of the session SQLAlchemy sets some foreign keys.",
        "Random session programs compare such values where both know them, foreign keys only of persistent objects.",
    ),
    Intended(
        "events of what is kept in step",
        "SQLAlchemy tells of expire and refresh for objects that a statement changed, of refresh for objects that a query meets "
        "again and whose relationships or deferred columns are not loaded, and of deleted_to_persistent for what was only "
        "marked; Holdfast tells of what happened.",
        "Random session programs compare expire where a program expires, and leave out the other two.",
    ),
    Intended(
        "order among the rows of a tree",
        "SQLAlchemy writes rows of a class that refers to itself in several steps where it sees a circle, and tells of each; "
        "Holdfast in one batch. Links of a many-to-many stand behind the step of their row there, here behind the batch. It "
        "refuses rows that refer to each other in a circle also where they have keys.",
        "Random session programs compare the tree's rows and links one by one, links behind rows, and make no circles.",
    ),
    Intended(
        "objects that a session has no part in any more",
        "After close() SQLAlchemy calls what was deleted still deleted, and delete() sends a DELETE for it once more; it lets "
        "expunge() tell of members that have left before; it forgets in which order new objects came when one leaves and comes "
        "back. To Holdfast they are detached, deleted once, told of once, in the order in which they came last. What was deleted "
        "is detached after each commit; SQLAlchemy goes on calling it deleted where expire_on_commit=False.",
        "Random session programs leave such objects alone.",
    ),
    Intended(
        "sides of a relationship that are not loaded",
        "When a member moves, Holdfast tells also a former parent that the session has; and it finds a member under its old key "
        "in a keyed collection whose key has changed, and lets go of one that is displaced from the other side. SQLAlchemy tells "
        "parents that the member has loaded, and looks under the present key. In a one-to-one it tells neither the former parent, "
        "when the new one's side is set, nor who is displaced, when the member's side is: both keep what they had; a former "
        "parent that it tells is then asked for what it had.",
        "Random session programs read where a member is before they move it, and what that parent has; they keep the names of "
        "keyed members, and displace no one in a one-to-one from the other side.",
    ),
    Intended(
        "get() of an object whose row is gone",
        "It gives None; SQLAlchemy also calls the expired object that the session has deleted, Holdfast says so when it is "
        "read or flushed.",
        "Random session programs read what is expired before get().",
    ),
    Intended(
        "classes of expired references",
        "What remains of a subclass is loaded by a SELECT of its own; SQLAlchemy remembers the class of an expired object, or "
        "selects from one table only.",
        "Random session programs read such objects before, and compare that SELECT by its columns alone.",
    ),
    Intended(
        "how far a failed flush came",
        "Holdfast finds some errors while it plans; SQLAlchemy has told of some rows by then.",
        "Random session programs leave out the rows that are written in steps that fail, and their events.",
    ),
    Intended(
        "how the key of a new row comes back",
        "Where the driver tells it (SQLite, MariaDB), Holdfast asks the driver; SQLAlchemy asks by RETURNING where it inserts "
        "several rows of a class, or one with a version. On SQLite that takes ten times as long.",
        "Programs compare INSERTs of one row without a RETURNING of one column, random session programs without any.",
    ),
    Intended(
        "collections of objects whose key was changed",
        "A collection that is read before the new key is flushed has the members of the row as it is: those that the flush gives "
        "the new key. SQLAlchemy looks for members of the new key, which nobody has yet. For references both go by the new key.",
        "changed_references.py changes keys of references.",
    ),
    Intended(
        "deleted columns",
        "del obj.column is NULL at the flush, whatever is read or loaded before; SQLAlchemy fails inside of the flush with a "
        "KeyError once it was read.",
        "tests/orm/session/test_changed_references.py shows it; programs delete references.",
    ),
    Intended(
        "a one-to-one that moves",
        "An object given to another owner by a scalar relationship leaves its former owner at once; SQLAlchemy shows it there "
        "until the owner is loaded again. The rows are equal.",
        "Programs expire the former owner, or do not read it.",
    ),
    Intended(
        "keys that an UPDATE of its own writes",
        "Where one side of a relationship has post_update, the key of a member that comes or moves is written once, by that "
        "UPDATE; SQLAlchemy writes it by the side without it too, in the INSERT or by a second UPDATE.",
        "Programs give post_update to both sides, or look at the rows.",
    ),
    Intended(
        "one side that names the other",
        "back_populates on one side alone keeps both sides equal; SQLAlchemy tells in one direction only.",
        "Programs name both sides, or use backref.",
    ),
    Intended(
        "unique() beside yield_per",
        "Holdfast knows what it gave already, also chunk by chunk; SQLAlchemy refuses.",
        "Programs read by yield_per without unique().",
    ),
    Intended(
        "conditions of immediate loading",
        "immediateload() of relationship.and_() heeds the condition; SQLAlchemy passes it over.",
        "Programs give conditions to the other strategies.",
    ),
    Intended(
        "wildcards and collections that are not held",
        'joinedload("*") and the others leave dynamic and write-only collections alone; SQLAlchemy raises an error for them.',
        "Programs with wildcards have no such collections.",
    ),
    Intended(
        "joins and subqueries beside RETURNING",
        "joinedload() and subqueryload() of what RETURNING brings load by a statement with IN, as there is nothing to join to; "
        "SQLAlchemy leaves them away, and wants unique() for the collections that it did not join to a text.",
        "returned_options.py has the other strategies.",
    ),
    Intended(
        "expressions in RETURNING",
        "The expressions of a class come back with its columns, so that they need not be asked for; SQLAlchemy leaves them away.",
        "Programs that show RETURNING map no expressions.",
    ),
    Intended(
        "attributes that are not to be loaded",
        "noload fills the attribute when it is read; SQLAlchemy when the object is loaded.",
        "Programs with noload read the attribute.",
    ),
    Intended(
        "what is not mapped",
        "A string in place of an object is refused with an UnmappedInstanceError that names the attribute; SQLAlchemy "
        "fails with an AttributeError of its own inside.",
        "tests/orm/test_links.py shows it; there is no program.",
    ),
    Intended(
        "more warnings",
        "Holdfast warns of misuse that SQLAlchemy passes over, and of 1.x forms.",
        "Only warnings of the class SAWarning are compared.",
    ),
    Intended(
        "places from behind in an ordering list",
        "words[-1] = word gives the word the number of the last place; SQLAlchemy numbers it -1.",
        "Programs name places from the front.",
    ),
    Intended(
        "facts of a class that is mapped to a join",
        "mapper.columns names each attribute once, mapper.tables has the order in which rows are written, and two columns of "
        "one name under two attributes are nothing to warn of; SQLAlchemy repeats an attribute for each of its columns, lists "
        "the tables as it finds them, and says that the columns are one.",
        "mapped_joins.py looks at the attributes and their columns.",
    ),
    Intended(
        "members of a class that is mapped to a join",
        "selectinload() from such a class gives the tables of the join other names; SQLAlchemy puts the join into a subquery.",
        "mapped_joins.py loads members of a join by the other strategies.",
    ),
    Intended(
        "statements for a class that is mapped to a join",
        "A list of rows may be inserted, and updated by key: table by table. UPDATE and DELETE by criteria are refused with "
        "what to write instead; SQLAlchemy fails in all of these, on the way or in the database.",
        "lists_of_rows_of_a_join saves objects, which both do.",
    ),
)


@dataclass(frozen=True)
class IntendedText:
    """One meant difference between the texts of a generated statement.

    Args:
        name: what differs.
        reason: why Holdfast differs.
        concerns: given the source, the dialect's name and what both libraries show: whether it can be at work.
        levelled: given what one library shows, the same without the difference; None: nothing is compared.
    """

    name: str
    reason: str
    concerns: Callable[[str, str, Any, Any], bool]
    levelled: Callable[[Any], Any] | None


_OWN_ERRORS = {"NotImplementedError", "AttributeError", "TypeError", "AssertionError"}
_COLLATED_PARAMETER = re.compile(r"(::VARCHAR) COLLATE \"[^\"]*\"")
_IN_A_LIST = re.compile(r" (\*|\+|\|\||AND|OR) ")


def _text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return the function that changes the text of what is shown."""
    return lambda shown: shown._replace(text=change(shown.text))


def _bare(text: str) -> str:
    """Return a text without its parentheses."""
    return text.replace("(", "").replace(")", "")


def _without_quotes(shown: Any) -> Any:
    """Return what is shown with names of parameters without the quotes of the literal column that they come from."""

    def name(text: str) -> str:
        return text.replace("'it'_", "it_")

    order = None if shown.order is None else [name(each) for each in shown.order]
    return shown._replace(text=name(shown.text), params={name(k): v for k, v in shown.params.items()}, order=order)


INTENDED_TEXTS = (
    IntendedText(
        "errors of Python's own",
        "Where SQLAlchemy fails inside with a NotImplementedError, AttributeError, TypeError or AssertionError, Holdfast "
        "refuses with an error that says what to write instead.",
        lambda source, dialect, oracle, ours: oracle.text in _OWN_ERRORS and ours.text.endswith("Error"),
        None,
    ),
    IntendedText(
        "filter_by over several FROM elements",
        "SQLAlchemy 2.1 refuses a name that several of them have, and looks into fewer; Holdfast takes the one joined "
        "last, as 2.0 and 1.x did.",
        lambda source, dialect, oracle, ours: (
            "filter_by" in source and oracle.text in ("AmbiguousColumnError", "InvalidRequestError")
        ),
        None,
    ),
    IntendedText(
        "RETURNING on databases that have none",
        "SQLAlchemy writes it for MySQL, and for UPDATE on MariaDB, whose servers then refuse it; Holdfast refuses at once.",
        lambda source, dialect, oracle, ours: (
            dialect in ("mysql", "mariadb") and "returning" in source and ours.text == "CompileError"
        ),
        None,
    ),
    IntendedText(
        "names of parameters beside a literal column",
        "SQLAlchemy makes the name from the raw text, quotes included, which no database reads; Holdfast keeps its words.",
        lambda source, dialect, oracle, ours: "'it'_" in oracle.text or "'it'_" in str(oracle.params),
        _without_quotes,
    ),
    IntendedText(
        "parentheses of bitwise_xor on SQLite",
        "SQLAlchemy writes a | b - a & b, which SQLite reads as another expression; Holdfast writes (a | b) - (a & b).",
        lambda source, dialect, oracle, ours: dialect == "sqlite" and "bitwise_xor" in source,
        _text(_bare),
    ),
    IntendedText(
        "parentheses of the bounds of BETWEEN",
        "A bound that is a truth value has an AND, = or IN of its own, which the database would take for that of BETWEEN.",
        lambda source, dialect, oracle, ours: "between" in source,
        _text(_bare),
    ),
    IntendedText(
        "quotes around names that SQLite refuses bare",
        "nothing, recursive and returning can not stand without quotes everywhere.",
        lambda source, dialect, oracle, ours: dialect == "sqlite",
        _text(lambda text: re.sub(r'"(nothing|recursive|returning)"', r"\1", text)),
    ),
    IntendedText(
        "collation of parameters",
        "SQLAlchemy writes the collation of an expression behind some parameters beside it too; the expression has it.",
        lambda source, dialect, oracle, ours: "collate" in source,
        _text(lambda text: _COLLATED_PARAMETER.sub(r"\1", text)),
    ),
    IntendedText(
        "a sum or product in PARTITION BY",
        "SQLAlchemy takes a * (b * c) there for a list of three; Holdfast for one expression.",
        lambda source, dialect, oracle, ours: "over(" in source,
        _text(lambda text: _IN_A_LIST.sub(", ", text)),
    ),
)
"""What the texts of generated statements may differ in; `tests/differential/test_grammar.py` accepts nothing else."""


def is_meant(source: str, dialect: str, oracle: Any, ours: Any) -> bool:
    """Return True for no difference, or for such as are listed.

    Args:
        source: the source of the statement.
        dialect: the dialect's name.
        oracle, ours: what each library shows: text, params, order.
    """
    if oracle == ours:
        return True
    for each in INTENDED_TEXTS:
        if each.concerns(source, dialect, oracle, ours):
            if each.levelled is None:
                return True
            oracle, ours = each.levelled(oracle), each.levelled(ours)
    return bool(oracle == ours)


INTENDED_OUTCOMES = (
    (
        "SQLAlchemy refuses it, or takes a name to be ambiguous: see INTENDED_TEXTS",
        lambda source, oracle, ours: oracle == "refused",
    ),
    (
        "RETURNING on databases that have none: see INTENDED_TEXTS",
        lambda source, oracle, ours: "returning" in source and (oracle, ours) == ("ProgrammingError", "CompileError"),
    ),
    (
        "MariaDB's driver calls a missing value an OperationalError; Holdfast knows it for a violated constraint",
        lambda source, oracle, ours: (oracle, ours) == ("OperationalError", "IntegrityError"),
    ),
    (
        "filter_by over several FROM elements: see INTENDED_TEXTS",
        lambda source, oracle, ours: (
            "filter_by" in source and oracle in ("AmbiguousColumnError", "InvalidRequestError")
        ),
    ),
    (
        "nothing stands without quotes, which SQLite refuses: see INTENDED_TEXTS",
        lambda source, oracle, ours: "'nothing'" in source and oracle == "OperationalError",
    ),
    (
        "SQLAlchemy gives SQLite a floor() of its own, which makes 2 of 2.5; that of SQLite makes 2.0",
        lambda source, oracle, ours: "//" in source and _whole(oracle) == _whole(ours),
    ),
    (
        "FLOOR of an exact number is one to Holdfast; on MariaDB SQLAlchemy gives the binary number that the driver has",
        lambda source, oracle, ours: "//" in source and _as_float(oracle) == _as_float(ours),
    ),
    (
        "BETWEEN is true or false to Holdfast, a number to SQLAlchemy where the database has no truth values",
        lambda source, oracle, ours: "between(" in source and _as_number(oracle) == _as_number(ours),
    ),
    (
        "the two are run one after the other",
        lambda source, oracle, ours: _without_now(oracle) == _without_now(ours),
    ),
    (
        "bitwise_xor on SQLite: SQLAlchemy's parentheses mean another number",
        lambda source, oracle, ours: "bitwise_xor" in source,
    ),
    (
        "the driver for PostgreSQL tells how many rows an INSERT wrote; SQLAlchemy gives -1 unless asked to keep it",
        lambda source, oracle, ours: oracle[0] == -1 and oracle[1:] == ours[1:],
    ),
    (
        "a text without a name is known by PostgreSQL's ?column? to SQLAlchemy, by itself to Holdfast",
        lambda source, oracle, ours: "'?column?'" in str(oracle) and oracle[1:] == ours[1:],
    ),
)
"""Reasons why outcomes of generated statements differ as is meant, each with what it holds for."""


def _changed(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return the function that changes the rows of an outcome, and sorts them anew."""

    def changed(outcome: Any) -> Any:
        if isinstance(outcome, str) or not isinstance(outcome[1], list):
            return outcome
        return outcome[0], sorted(map(change, outcome[1])), str(outcome[2:])

    return changed


_NOW = re.compile(r"datetime\.date(time)?\(20(2[5-9]|[3-9]\d), [^()]*(\([^()]*\))?[^()]*\)")
_whole = _changed(lambda row: re.sub(r"(-?\d)\.0\b", r"\1", row).replace("-0", "0"))
_as_float = _changed(lambda row: re.sub(r"Decimal\('(-?\d+)\.0+'\)", r"\1.0", row))
_as_number = _changed(lambda row: row.replace("True", "1").replace("False", "0"))
_without_now = _changed(lambda row: _NOW.sub("now", row))


def is_meant_outcome(source: str, oracle: Any, ours: Any) -> bool:
    """Return True if two outcomes of a generated statement are equal, or differ as is meant.

    Args:
        source: the source of the statement.
        oracle, ours: columns, rows and table, or the name of the error.
    """
    return bool(oracle == ours) or any(holds(source, oracle, ours) for _, holds in INTENDED_OUTCOMES)


_SAVEPOINT = re.compile(r"^((?:ROLLBACK TO |RELEASE )?SAVEPOINT) \"?\w*?(\d+)\"?$")


# SQLAlchemy takes the columns of a composite key that a DELETE brings back from a set: in either order, by chance.
_KEY_OF_LEGS = re.compile(r"\A(DELETE FROM legs .* RETURNING) number, route_id\Z")


# The values of the row may be functions.
_KEY_OF_A_ROW = re.compile(r"\A(INSERT INTO .* (?:VALUES \(.*\)|DEFAULT VALUES)) RETURNING [^,]+\Z", re.DOTALL)


def level_statement(text: str) -> str:
    """Take from the text of a statement what is meant to differ."""
    text = _KEY_OF_A_ROW.sub(r"\1", text)
    return _KEY_OF_LEGS.sub(r"\1 route_id, number", _SAVEPOINT.sub(r"\1 \2", text))


def is_transaction_control(text: str) -> bool:
    """Tell the statements that a library may or may not send through a cursor: BEGIN and the connection's settings."""
    return text.split(None, 1)[0].upper() in {"BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"} and "SAVEPOINT" not in text


def prepare_engine(library: Any, engine: Any, took: Callable[[Any], None]) -> None:
    """Level the connections of an engine.

    Args:
        library: the library's module.
        engine: an engine that has not connected yet.
        took: is given each bare driver connection.
    """
    oracle = library.__name__ == "sqlalchemy"

    def connected(connection: Any, _record: Any) -> None:
        if oracle:
            connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        took(connection)

    library.event.listen(engine, "connect", connected)
    if oracle:
        library.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
