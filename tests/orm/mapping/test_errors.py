"""Golden texts: what a wrong mapping is told, at which place it is wrong and what to do."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Optional

import pytest

import holdfast
import holdfast.orm
from holdfast import Column, ForeignKey, Integer, String, Table, exc
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship
from holdfast.orm.mapping.registry import all_registries
from tests.orm.mapping.mistakes import MISTAKES

OPTIONAL_TEXT = str(Optional[str]).removeprefix("typing.")  # noqa: UP045
"""How Python shows it: from 3.14 on as `str | None`."""

GOLDEN = {
    "a composite of too few columns": (
        "ArgumentError",
        "composite Parent.at has 1 column(s), x, but Point is made of 2 value(s), x, y: name a column for each.",
    ),
    "a function in the place of its call": (
        "ArgumentError",
        "Parent.size is annotated as Mapped[] and has the function mapped_column itself, which maps "
        "nothing. Write size: Mapped[...] = mapped_column().",
    ),
    "a type in the place of a column": (
        "ArgumentError",
        "Parent.title is annotated as Mapped[] and has the type String(length=5), which maps nothing. "
        "Write title: Mapped[...] = mapped_column(String(length=5)).",
    ),
    "validates without names": (
        "ArgumentError",
        "@validates takes the names of attributes: @validates('name') def check(...)",
    ),
    "a key that names a class": (
        "NoForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Pet.parent - "
        "there are no foreign keys linking these tables.  Ensure that referencing columns are associated "
        "with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression. pet.parent_id "
        "refers to 'Parent.id', but there is no such table. Did you mean 'parent'? A ForeignKey names "
        "the table, not the class.",
    ),
    "no primary key": (
        "ArgumentError",
        "Mapper Mapper[Note(note)] could not assemble any primary key columns for mapped table 'note'. "
        "Note needs a column that tells its rows apart, such as id: Mapped[int] = "
        "mapped_column(primary_key=True).",
    ),
    "no table name": (
        "InvalidRequestError",
        "Class <class 'tests.orm.mapping.mistakes.no_table_name.<locals>.Note'> does not have a __table__"
        " or __tablename__ specified and does not inherit from an existing table-mapped class. Give Note "
        "a __tablename__, or __abstract__ = True if it is only a base.",
    ),
    "mapping the base itself": (
        "InvalidRequestError",
        "Cannot use 'DeclarativeBase' directly as a declarative base class. Create a Base by creating a "
        "subclass of it. Write class Base(DeclarativeBase): pass, then class Note(Base): ...",
    ),
    "no foreign key": (
        "NoForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Parent.children -"
        " there are no foreign keys linking these tables.  Ensure that referencing columns are associated"
        " with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression. Table 'child'"
        " needs a column such as parent_id: Mapped[int] = mapped_column(ForeignKey('parent.id')), or "
        "table 'parent' one that refers to 'child.id'.",
    ),
    "no foreign key to the secondary table": (
        "NoForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Parent.children -"
        " there are no foreign keys linking these tables via secondary table 'link'.  Ensure that "
        "referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or specify "
        "'primaryjoin' and 'secondaryjoin' expressions. Table 'link' needs a column with "
        "ForeignKey('parent.id').",
    ),
    "two foreign keys": (
        "AmbiguousForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Parent.children -"
        " there are multiple foreign key paths linking the tables.  Specify the 'foreign_keys' argument, "
        "providing a list of those columns which should be counted as containing a foreign key reference "
        "to the parent table. Candidates are: child.mother_id, child.father_id.",
    ),
    "a foreign key to no table": (
        "NoForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Parent.children -"
        " there are no foreign keys linking these tables.  Ensure that referencing columns are associated"
        " with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression. "
        "child.parent_id refers to 'parents.id', but there is no such table. Did you mean 'parent'?",
    ),
    "an unknown class": (
        "InvalidRequestError",
        "When initializing mapper Mapper[Parent(parent)], expression 'Chidl' failed to locate a name "
        "('Chidl'). If this is a class name, consider adding this relationship() to the <class "
        "'tests.orm.mapping.mistakes.an_unknown_class.<locals>.Parent'> class after both dependent "
        "classes have been defined. Parent.children asks for it; known here are the classes Parent and "
        "the tables parent. Is the module that declares it imported?",
    ),
    "an unmapped class": (
        "UnmappedClassError",
        "Class 'tests.orm.mapping.mistakes.Plain' is not mapped. Parent.plain relates to it: derive it "
        "from your DeclarativeBase and give it a __tablename__, or name another class.",
    ),
    "a relationship to nothing": (
        "ArgumentError",
        'Python typing annotation is required for attribute "Parent.children" when primary argument(s) '
        'for "Relationship" construct are None or not present. Write children: Mapped["Other"] = '
        'relationship(), or relationship("Other").',
    ),
    "a column without type": (
        "ArgumentError",
        'Python typing annotation is required for attribute "Parent.id" when primary argument(s) for '
        '"MappedColumn" construct are None or not present. Write id: Mapped[int] = mapped_column(...), or'
        " mapped_column(Integer).",
    ),
    "a python type that means nothing": (
        "MappedAnnotationError",
        "Could not locate SQLAlchemy Core type when resolving for Python type indicated by '<class "
        "'tests.orm.mapping.mistakes.a_python_type_that_means_nothing.<locals>.Colour'>' inside the "
        "Mapped[] annotation for the 'colour' attribute; the type object is not resolvable by the "
        "registry. Give Parent.colour its type, mapped_column(String(50)), or enter the Python type in "
        "type_annotation_map of your DeclarativeBase.",
    ),
    "a union": (
        "MappedAnnotationError",
        "Could not locate SQLAlchemy Core type when resolving for Python type indicated by 'int | str' "
        "inside the Mapped[] annotation for the 'number' attribute; the type object is not resolvable by "
        "the registry. Give Parent.number its type, mapped_column(String(50)), or enter the Python type "
        "in type_annotation_map of your DeclarativeBase.",
    ),
    "an annotation without Mapped": (
        "MappedAnnotationError",
        'Type annotation for "Parent.name" can\'t be correctly interpreted for Annotated Declarative Table'
        " form.  ORM annotations should normally make use of the ``Mapped[]`` generic type, or other "
        "ORM-compatible generic type, as a container for the actual type, which indicates the intent that"
        " the attribute is mapped. Class variables that are not intended to be mapped by the ORM should "
        "use ClassVar[].  To allow Annotated Declarative to disregard legacy annotations which don't use "
        'Mapped[] to pass, set "__allow_unmapped__ = True" on the class or a superclass this class. Write'
        " name: Mapped[str] for a column, name: ClassVar[str] for anything else.",
    ),
    "an annotation without Mapped and without value": (
        "MappedAnnotationError",
        'Type annotation for "Parent.name" can\'t be correctly interpreted for Annotated Declarative Table'
        " form.  ORM annotations should normally make use of the ``Mapped[]`` generic type, or other "
        "ORM-compatible generic type, as a container for the actual type, which indicates the intent that"
        " the attribute is mapped. Class variables that are not intended to be mapped by the ORM should "
        "use ClassVar[].  To allow Annotated Declarative to disregard legacy annotations which don't use "
        'Mapped[] to pass, set "__allow_unmapped__ = True" on the class or a superclass this class. Write'
        f" name: Mapped[{OPTIONAL_TEXT}] for a column, name: ClassVar[{OPTIONAL_TEXT}] for anything else.",
    ),
    "an annotation that is no Python": (
        "MappedAnnotationError",
        "Could not interpret annotation Mapped[str.  Check that it uses names that are correctly imported"
        " at the module level. See chained stack trace for more hints. It stands at Parent.name and "
        "failed with SyntaxError: '[' was never closed (<string>, line 1)",
    ),
    "an annotation of an unknown name": (
        "MappedAnnotationError",
        "Could not resolve all types within mapped annotation: "
        "\"holdfast.orm.mapping.base.Mapped[ForwardRef('Txet')]\".  Ensure all types are written correctly "
        "and are imported within the module in use. Parent.name uses Txet, which its module does not "
        "know. (For related objects, assign relationship().)",
    ),
    "back populates names nothing": (
        "InvalidRequestError",
        "Mapper 'Mapper[Child(child)]' has no property 'parnet'.  If this property was indicated from "
        "other mappers or configure events, ensure registry.configure() has been called. Parent.children "
        "says back_populates='parnet': declare Child.parnet = relationship(back_populates='children'), or"
        " correct the name.",
    ),
    "back populates names a column": (
        "InvalidRequestError",
        "back_populates on relationship 'Parent.children' refers to attribute 'Child.parent_id' that is "
        "not a relationship.  The back_populates parameter should refer to the name of a relationship on "
        "the target class.",
    ),
    "back populates names a relationship to another class": (
        "ArgumentError",
        "reverse_property 'school' on relationship Parent.children references relationship Child.school, "
        "which does not reference mapper Mapper[Parent(parent)]. It leads to School: name the "
        "relationship of Child that leads back to Parent.",
    ),
    "both sides without remote side": (
        "ArgumentError",
        "Person.boss and back-reference Person.team are both of the same direction "
        "<RelationshipDirection.ONETOMANY: 1>.  Did you mean to set remote_side on the many-to-one side ?"
        " Person.boss holds one object: give it relationship(remote_side=[id]).",
    ),
    "a backref over an attribute": (
        "ArgumentError",
        "Error creating backref 'name' on relationship 'Parent.children': property of that name exists on"
        " mapper 'Mapper[Child(child)]'",
    ),
    "backref and back populates": (
        "ArgumentError",
        "backref and back_populates keyword arguments are mutually exclusive",
    ),
    "an unknown cascade": (
        "ArgumentError",
        "Invalid cascade option(s): 'orphans'. Known are: save-update, merge, refresh-expire, expunge, "
        "delete, delete-orphan, all, none.",
    ),
    "delete orphan on the many side": (
        "ArgumentError",
        "For many-to-one relationship Person.boss, delete-orphan cascade is normally configured only on "
        'the "one" side of a one-to-many relationship, and not on the "many" side of a many-to-one or '
        'many-to-many relationship.  To force this relationship to allow a particular "Person" object to '
        'be referenced by only a single "Person" object at a time via the Person.boss relationship, which'
        " would allow delete-orphan cascade to take place in this direction, set the single_parent=True "
        "flag.",
    ),
    "a primaryjoin without foreign key": (
        "ArgumentError",
        "Could not locate any relevant foreign key columns for primary join condition 'parent.id = "
        "child.number' on relationship Parent.children.  Ensure that referencing columns are associated "
        "with a ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() "
        "annotation. Or name them: relationship(..., foreign_keys=[...]).",
    ),
    "foreign keys that are none": (
        "NoForeignKeysError",
        "Could not determine join condition between parent/child tables on relationship Parent.children -"
        " there are no foreign keys linking these tables.  Ensure that referencing columns are associated"
        " with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression. foreign_keys "
        "names child.number: no ForeignKey of these leads from one of the two tables to the other.",
    ),
    "a column beside the given table": (
        "ArgumentError",
        "Can't add additional column 'name' when specifying __table__. Parent.__table__ is 'parent': "
        "declare the column there, or leave __table__ away and give a __tablename__.",
    ),
    "table arguments that are neither tuple nor dict": (
        "ArgumentError",
        "__table_args__ value must be a tuple, dict, or None. That of Parent is a str: a single "
        "constraint needs a comma after it, (Index(...),).",
    ),
    "the same table twice": (
        "InvalidRequestError",
        "Table 'parent' is already defined for this MetaData instance.  Specify 'extend_existing=True' to"
        " redefine options and columns on an existing Table object.",
    ),
    "two columns of one name": (
        "DuplicateColumnError",
        "A column with name 'name' is already present in table 'parent'.  Specify replace_existing=True "
        "to Table.append_column() to replace an existing column.",
    ),
    "a relationship in a mixin": (
        "InvalidRequestError",
        "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as "
        "@declared_attr callables on declarative mixin classes.  For dataclass field() objects, use a "
        "lambda: Owned.owner is one of these. Write @declared_attr def owner(cls): return "
        "relationship(...)",
    ),
    "an unknown keyword of a column": (
        "TypeError",
        "Additional arguments should be named <dialectname>_<argument>, got 'nulable'",
    ),
    "a dataclass field without default after one with": (
        "InvalidRequestError",
        "Python dataclasses error encountered when creating dataclass for 'Parent': "
        "TypeError(\"non-default argument 'name' follows default argument\"). Please refer to Python "
        "dataclasses documentation for additional information. A field without default may not follow one"
        " with default: give it one, or mapped_column(init=False), or kw_only=True.",
    ),
    "dataclass options on a class that is none": (
        "ArgumentError",
        "Attribute 'id' on class <class "
        "'tests.orm.mapping.mistakes.dataclass_options_on_a_class_that_is_none.<locals>.Parent'> includes"
        " dataclasses argument(s): 'init' but class does not specify SQLAlchemy native dataclass "
        "configuration. Derive it from MappedAsDataclass too, or leave them away.",
    ),
    "an unknown keyword of the constructor": (
        "TypeError",
        "'nmae' is an invalid keyword argument for Parent. Did you mean 'name'?",
    ),
    "secondary names no table": (
        "InvalidRequestError",
        "When initializing mapper Mapper[Parent(parent)], expression 'friendships' failed to locate a "
        "name ('friendships'). If this is a class name, consider adding this relationship() to the <class"
        " 'tests.orm.mapping.mistakes.secondary_names_no_table.<locals>.Parent'> class after both "
        "dependent classes have been defined. Parent.friends asks for it; known here are the classes "
        "Parent and the tables parent. Is the module that declares it imported?",
    ),
    "order by names no attribute": (
        "AttributeError",
        "Class <class 'tests.orm.mapping.mistakes.Child'> does not have a mapped column named 'nmae'. "
        "Parent.children asks for it in 'Child.nmae'; Child has id, parent_id.",
    ),
    "foreign keys name no attribute": (
        "AttributeError",
        "Class <class 'tests.orm.mapping.mistakes.Child'> does not have a mapped column named "
        "'parnet_id'. Parent.children asks for it in 'Child.parnet_id'; Child has id, parent_id. Did you "
        "mean 'parent_id'?",
    ),
    "a primaryjoin that is no Python": (
        "SyntaxError",
        "invalid syntax (<string>, line 1): 'Parent.id ==' of Parent.children is no Python expression.",
    ),
    "a wrong remote side": (
        "ArgumentError",
        "Relationship Parent.children could not determine any unambiguous local/remote column pairs based"
        " on join condition and remote_side arguments.  Consider using the remote() annotation to "
        "accurately mark those elements of the join condition that are on the remote side of the "
        "relationship.",
    ),
    "a mapped class as secondary": (
        "ArgumentError",
        "secondary argument <class "
        "'tests.orm.mapping.mistakes.a_mapped_class_as_secondary.<locals>.Between'> passed to to "
        "relationship() Parent.children must be a Table object or other FROM clause; can't send a mapped "
        "class directly as rows in 'secondary' are persisted independently of a class that is mapped to "
        "that same table. Give its table, Between.__table__, or relate to Between itself.",
    ),
    "passive deletes beside delete": (
        "ArgumentError",
        "On Parent.children, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-"
        "orphan' cascade. The one leaves related rows alone, the other deletes them.",
    ),
    "a secondary join to no table": (
        "ArgumentError",
        "Property Parent.children specified with secondary join condition but no secondary argument. Name the table between "
        "the two, relationship(secondary=...), or leave secondaryjoin out.",
    ),
    "a backref without a name": (
        "ArgumentError",
        "relationship(backref=5) names no attribute of the other class: give a string, or backref('name', ...) for one with "
        "options.",
    ),
    "a dynamic reference": (
        "InvalidRequestError",
        "On relationship Child.parent, 'dynamic' loaders cannot be used with many-to-one/one-to-one "
        "relationships and/or uselist=False.",
    ),
    "orphans of many parents": (
        "ArgumentError",
        "For many-to-many relationship Left.rights, delete-orphan cascade is normally configured only on "
        'the "one" side of a one-to-many relationship, and not on the "many" side of a many-to-one or '
        'many-to-many relationship.  To force this relationship to allow a particular "Right" object to '
        'be referenced by only a single "Left" object at a time via the Left.rights relationship, which '
        "would allow delete-orphan cascade to take place in this direction, set the single_parent=True "
        "flag.",
    ),
    "a composite without class": (
        "ArgumentError",
        'Python typing annotation is required for attribute "Parent.at" when primary argument(s) for '
        '"Composite" construct are None or not present. It is the class of the values: at: Mapped[Point] '
        "= composite(...), or composite(Point, ...).",
    ),
    "a primary key of no column": (
        "ArgumentError",
        "Can't determine primary_key column 'nmae' - no attribute is mapped to this name. Table 'parent' "
        "has the columns id, name.",
    ),
    "a column of another table": (
        "ArgumentError",
        "When configuring property 'x' on Mapper[Thing(thing)], column 'other.id' is not represented in "
        "the mapper's table. Use the `column_property()` function to force this column to be mapped as a "
        "read-only attribute.",
    ),
    "two validators of one attribute": (
        "InvalidRequestError",
        "A validation function for mapped attribute 'name' on mapper Mapper[Parent(parent)] already "
        "exists. Parent has <lambda>() and <lambda>(): leave one.",
    ),
    "one column declared by two subclasses": (
        "ArgumentError",
        "Column 'size' on class Two conflicts with existing column 'parent.size'.  If using Declarative, "
        "consider using the use_existing_column parameter of mapped_column() to resolve conflicts.",
    ),
    "a key in a class without table": (
        "ArgumentError",
        "Can't place primary key columns on an inherited class with no table. One has 'number': give the "
        "class a __tablename__, or leave the column to its parent.",
    ),
    "a relationship to a base": (
        "UnmappedClassError",
        "Class 'tests.orm.mapping.mistakes.Abstract' is not mapped. Parent.children relates to it: derive"
        " it from your DeclarativeBase and give it a __tablename__, or name another class.",
    ),
    "quotes without a name": (
        "ArgumentError",
        "Explicit 'name' is required when sending 'quote' argument: mapped_column('name', quote=True). "
        "Without a name the column has that of its attribute, quoted where the database needs it.",
    ),
    "a mapped attribute that is taken away": (
        "NotImplementedError",
        "Can't un-map individual mapped attributes on a mapped class. Parent.name stays; "
        "registry.dispose() makes plain classes of all mapped ones.",
    ),
    "an index of no column": (
        "ConstraintColumnNotFoundError",
        "Can't create Index on table 'parent': no column named 'nmae' is present. It has id, name.",
    ),
    "a subclass without foreign key": (
        "NoForeignKeysError",
        "Can't determine the inherit condition between inherited table 'parent' and inheriting table "
        "'one'; tables have no foreign key relationships established.  Please ensure the inheriting table"
        " has a foreign key relationship to the inherited table, or provide an 'on clause' using the "
        "'inherit_condition' mapper argument. The key of One is to be one: "
        "mapped_column(ForeignKey('parent.id'), primary_key=True).",
    ),
    "a reserved name": (
        "InvalidRequestError",
        "Attribute name 'metadata' is reserved when using the Declarative API. Parent may have the column"
        " under another name: metadata_ = mapped_column('metadata', ...).",
    ),
    "a reserved name in an annotation": (
        "InvalidRequestError",
        "Attribute name 'metadata' is reserved when using the Declarative API. Note may have the column "
        "under another name: metadata_ = mapped_column('metadata', ...).",
    ),
    "a reserved name in a mixin": (
        "InvalidRequestError",
        "Attribute name 'registry' is reserved when using the Declarative API. Note may have the column "
        "under another name: registry_ = mapped_column('registry', ...).",
    ),
    "a python type of a column": (
        "ArgumentError",
        "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got <class 'int'>. int is a "
        "type of Python; as the type of a column write Integer. It stands in Note.size: size = "
        "mapped_column(<class 'int'>).",
    ),
    "a python type beside an annotation": (
        "ArgumentError",
        "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got <class 'str'>. str is a "
        "type of Python; as the type of a column write String. It stands in Note.size: size = "
        "mapped_column(<class 'str'>).",
    ),
    "a truth value of python as server default": (
        "ArgumentError",
        "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
        "'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got"
        " '<class 'bool'>'. The DEFAULT of CREATE TABLE is SQL: server_default=true(). It stands in "
        "Note.is_read.",
    ),
    "a function of python as server default": (
        "ArgumentError",
        "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
        "'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got"
        " '<class 'function'>'. A function of Python makes values as default=...; the DEFAULT of CREATE "
        "TABLE is SQL: text(...) or func. It stands in Note.size.",
    ),
    "columns of one name in a join": (
        "InvalidRequestError",
        "Implicitly combining column one.id with column other.id under attribute 'id'.  Please configure "
        "one or more attributes for these same-named columns explicitly. In Both, for columns of the same"
        " value: id = column_property(one.id, other.id); for others, a name for each.",
    ),
}


@pytest.fixture
def names() -> Iterator[SimpleNamespace]:
    """The public names of the library; what a test maps wrongly is forgotten afterwards."""
    before = set(all_registries)
    yield SimpleNamespace(**{**vars(holdfast), **vars(holdfast.orm)})
    for one in set(all_registries) - before:
        one.dispose()


@pytest.mark.parametrize("words", MISTAKES)
def test_what_a_wrong_mapping_is_told(words: str, names: SimpleNamespace) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011 - the golden text says which
        MISTAKES[words](names)
    # Newer Pythons name the argument in their own part of the text.
    text = str(error.value).replace("follows default argument 'id'", "follows default argument")
    assert (type(error.value).__name__, text) == GOLDEN[words]


def test_the_second_attempt_says_that_it_failed_before(names: SimpleNamespace) -> None:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children = relationship("Chidl")

    with pytest.raises(exc.InvalidRequestError, match="failed to locate a name"):
        Parent()
    with pytest.raises(exc.InvalidRequestError) as error:
        Parent()
    assert str(error.value).startswith(
        "One or more mappers failed to initialize - can't proceed with initialization of other mappers. "
        "Triggering mapper: 'Mapper[Parent(parent)]'. Original exception was: When initializing mapper "
        "Mapper[Parent(parent)], expression 'Chidl'"
    )


def test_a_class_that_arrives_late_heals(names: SimpleNamespace) -> None:
    """The first use came too early; nothing is spoilt by that."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children = relationship("Child", backref="parent")

    with pytest.raises(exc.InvalidRequestError, match="failed to locate a name"):
        Parent()

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    parent = Parent()
    assert Child(parent=parent) in parent.children


def test_a_comma_too_many_is_noticed(names: SimpleNamespace) -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.warns(
        exc.SAWarning, match="Ignoring declarative-like tuple value of attribute 'Parent.name': possibly"
    ):

        class Parent(Base):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)
            name = (mapped_column(String),)


def test_a_plain_value_maps_nothing(names: SimpleNamespace) -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.raises(
        exc.ArgumentError, match=r"Parent.number is annotated as Mapped\[\] and has the plain value 5, which"
    ):

        class Parent(Base):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)
            number: Mapped[int] = 5  # type: ignore[assignment]


def test_objects_that_cannot_carry_a_state_are_refused(names: SimpleNamespace) -> None:
    class Slim:
        __slots__ = ("id",)

    mapping = registry()
    table = Table("slim", mapping.metadata, Column("id", Integer, primary_key=True))
    with pytest.raises(exc.ArgumentError, match="Class Slim cannot be mapped: its objects have no __dict__"):
        mapping.map_imperatively(Slim, table)


@pytest.mark.parametrize("name", ["mapper", "entity", "property"])
def test_an_attribute_error_inside_of_a_mapping_is_told(names: SimpleNamespace, name: str) -> None:
    """Python hides an AttributeError of a property behind `__getattr__`; what is wrong in the join must show."""

    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent: Mapped[Parent] = relationship(primaryjoin=lambda: Child.parent_key == Parent.id)  # type: ignore[attr-defined]

    with pytest.raises(exc.InvalidRequestError, match="type object 'Child' has no attribute 'parent_key'"):
        getattr(Child.parent, name)
