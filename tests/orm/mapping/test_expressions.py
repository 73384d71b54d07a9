"""What mapped attributes mean in SQL: columns, joins along relationships, comparisons with objects, EXISTS."""

from typing import Any

import pytest

from holdfast import and_, exc, func, select
from tests.orm.family import Child, Friend, Parent, Passport, Person

CHILD = "SELECT child.id, child.parent_id, child.name \nFROM child"
PARENT = "SELECT parent.id, parent.name, parent.age \nFROM parent"
PERSON = "SELECT person.id, person.boss_id \nFROM person"

STATEMENTS: dict[str, tuple[Any, str]] = {
    "an entity": (select(Parent), PARENT),
    "columns": (select(Parent.name, func.count(Child.id)), "SELECT parent.name, count(child.id) AS count_1 \n"
                "FROM parent, child"),
    "criteria": (select(Parent).where(Parent.age > 3, Parent.name.in_(["a"])),
                 f"{PARENT} \nWHERE parent.age > :age_1 AND parent.name IN (__[POSTCOMPILE_name_1])"),
    "names and values": (select(Parent).join(Parent.children).filter_by(parent_id=5),
                         f"{PARENT} JOIN child ON parent.id = child.parent_id \nWHERE child.parent_id = :parent_id_1"),
    "join to many": (select(Parent).join(Parent.children),
                     f"{PARENT} JOIN child ON parent.id = child.parent_id"),
    "join to one": (select(Child).join(Child.parent), f"{CHILD} JOIN parent ON parent.id = child.parent_id"),
    "outer join": (select(Parent).outerjoin(Parent.passport),
                   f"{PARENT} LEFT OUTER JOIN passport ON parent.id = passport.parent_id"),
    "join with a target": (select(Parent).join(Child, Parent.children),
                           f"{PARENT} JOIN child ON parent.id = child.parent_id"),
    "join through a table": (select(Parent).join(Parent.friends),
                             f"{PARENT} JOIN parent_friend AS parent_friend_1 ON parent.id = parent_friend_1.parent_id"
                             " JOIN friend ON friend.id = parent_friend_1.friend_id"),
    "outer join through a table": (select(Parent).outerjoin(Parent.friends),
                                   f"{PARENT} LEFT OUTER JOIN (parent_friend AS parent_friend_1 JOIN friend "
                                   "ON friend.id = parent_friend_1.friend_id) "
                                   "ON parent.id = parent_friend_1.parent_id"),
    "join with more": (select(Parent).join(Parent.children.and_(Child.name == "x")),
                       f"{PARENT} JOIN child ON parent.id = child.parent_id AND child.name = :name_1"),
    "equal to an object": (select(Child).where(Child.parent == Parent(id=1)),
                           f"{CHILD} \nWHERE :param_1 = child.parent_id"),
    "not equal to an object": (select(Child).where(Child.parent != Parent(id=1)),
                               f"{CHILD} \nWHERE child.parent_id != :parent_id_1 OR child.parent_id IS NULL"),
    "nothing": (select(Child).where(Child.parent == None), f"{CHILD} \nWHERE child.parent_id IS NULL"),  # noqa: E711
    "something": (select(Child).where(Child.parent != None), f"{CHILD} \nWHERE child.parent_id IS NOT NULL"),  # noqa: E711
    "one to one": (select(Parent).where(Parent.passport == Passport(parent_id=3)),
                   f"{PARENT} \nWHERE parent.id = :param_1"),
    "no children": (select(Parent).where(Parent.children == None),  # noqa: E711
                    f"{PARENT} \nWHERE NOT (EXISTS (SELECT 1 \nFROM child \nWHERE parent.id = child.parent_id))"),
    "contains": (select(Parent).where(Parent.children.contains(Child(parent_id=5))),
                 f"{PARENT} \nWHERE parent.id = :param_1"),
    "contains through a table": (select(Parent).where(Parent.friends.contains(Friend(id=5))),
                                 "SELECT parent.id, parent.name, parent.age \n"
                                 "FROM parent, parent_friend AS parent_friend_1 \n"
                                 "WHERE parent.id = parent_friend_1.parent_id AND :param_1 = "
                                 "parent_friend_1.friend_id"),
    "any": (select(Parent).where(Parent.children.any(Child.name == "x")),
            f"{PARENT} \nWHERE EXISTS (SELECT 1 \nFROM child \nWHERE parent.id = child.parent_id AND "
            "child.name = :name_1)"),
    "any through a table": (select(Parent).where(Parent.friends.any(id=3)),
                            f"{PARENT} \nWHERE EXISTS (SELECT 1 \nFROM friend, parent_friend \nWHERE parent.id = "
                            "parent_friend.parent_id AND friend.id = parent_friend.friend_id AND friend.id = :id_1)"),
    "has": (select(Child).where(Child.parent.has(and_(Parent.age > 3, Parent.name == "x"))),
            f"{CHILD} \nWHERE EXISTS (SELECT 1 \nFROM parent \nWHERE parent.id = child.parent_id AND parent.age > "
            ":age_1 AND parent.name = :name_1)"),
    "has, within one table": (select(Person).where(Person.boss.has(Person.id == 3)),
                              f"{PERSON} \nWHERE EXISTS (SELECT 1 \nFROM person AS person_1 \nWHERE person_1.id = "
                              "person.boss_id AND person_1.id = :id_1)"),
    "any, within one table": (select(Person).where(Person.team.any(Person.id == 3)),
                              f"{PERSON} \nWHERE EXISTS (SELECT 1 \nFROM person AS person_1 \nWHERE person.id = "
                              "person_1.boss_id AND person_1.id = :id_1)"),
    "equal, within one table": (select(Person).where(Person.boss == Person(id=3)),
                                f"{PERSON} \nWHERE :param_1 = person.boss_id"),
    "the relationship itself": (select(Child.parent),
                                "SELECT parent.id = child.parent_id AS parent \nFROM parent, child"),
}  # fmt: skip


@pytest.mark.parametrize("words", STATEMENTS)
def test_the_sql(words: str) -> None:
    statement, text = STATEMENTS[words]
    assert str(statement) == text


def test_values_come_from_the_object() -> None:
    assert select(Child).where(Child.parent == Parent(id=7)).compile().params == {"param_1": 7}


def test_equal_statements_have_equal_keys() -> None:
    """Through a table too: otherwise each of them would be compiled anew."""

    def statement(number: int) -> Any:
        return select(Parent).join(Parent.friends).where(Parent.id == number, Parent.friends.any(Friend.id == number))

    assert statement(1)._key == statement(2)._key


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "a collection compared": (lambda: Parent.children == Child(), exc.InvalidRequestError,
        "Can't compare a collection to an object or collection; use contains() to test for membership."),
    "has of a collection": (lambda: Parent.children.has(), exc.InvalidRequestError,
        "'has()' not implemented for collections. Use any()."),
    "any of a reference": (lambda: Child.parent.any(), exc.InvalidRequestError,
        "'any()' not implemented for scalar attributes. Use has()."),
    "contains of a reference": (lambda: Child.parent.contains(Parent()), exc.InvalidRequestError,
        "'contains' not implemented for scalar attributes.  Use =="),
    "in": (lambda: Child.parent.in_([Parent()]), NotImplementedError,
        "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of foreign key "
        "values."),
    "less than": (lambda: Child.parent < Parent(), NotImplementedError,
        "lt is no comparison for Child.parent; a relationship knows ==, !=, any(), has() and contains()."),
    "a plain value": (lambda: Child.parent == 5, exc.ArgumentError,
        "Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL elements are not "
        "accepted in this context; for comparison with a subquery, use Child.parent.has(**criteria). Got a value of type "
        "int."),
    "an object of another class": (lambda: Child.parent == Friend(), exc.ArgumentError,
        "Child.parent refers to objects of Parent; it can not be compared with an object of Friend."),
    "a table joined with itself": (lambda: select(Person).join(Person.boss), exc.InvalidRequestError,
        "Can't construct a join from Mapper[Person(person)] to Mapper[Person(person)], they are the same entity. Join an "
        "alias of the class: boss = aliased(Person); select(...).join(boss, Person.boss)."),
    "an unknown attribute of a relationship": (lambda: Parent.children.nmae, AttributeError,
        "Neither 'InstrumentedAttribute' object nor 'Comparator' object associated with Parent.children has an attribute "
        "'nmae'"),
    "an unknown name in any": (lambda: Parent.children.any(nmae=1), AttributeError,
        "type object 'Child' has no attribute 'nmae'"),
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_meaning_is_refused(words: str) -> None:
    build, error, text = REFUSED[words]
    with pytest.raises(error) as raised:
        build()
    assert str(raised.value) == text
