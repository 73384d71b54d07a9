"""Collections of related objects behave as list, set and dict do, and tell the other side."""

import copy
from typing import Any

import pytest

from holdfast import exc
from holdfast.ext.orderinglist import OrderingList, ordering_list
from holdfast.orm import DeclarativeBase, Mapped, collections, mapped_column, relationship
from holdfast.orm.collections import InstrumentedDict, InstrumentedList, InstrumentedSet
from holdfast.schema import ForeignKey
from tests.orm.family import Child, Friend, Parent


class Base(DeclarativeBase):
    """Base of these classes."""


class Page(Base):
    """Belongs to a book in one of four ways."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    book_id: Mapped[int | None] = mapped_column(ForeignKey("book.id"))
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"))

    book: Mapped["Book | None"] = relationship(back_populates="pages")
    shelf: Mapped["Shelf | None"] = relationship(back_populates="pages")
    box: Mapped["Box | None"] = relationship(back_populates="pages")


class Book(Base):
    """Keeps its pages by title."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[dict[str, Page]] = relationship(
        back_populates="book", collection_class=collections.attribute_keyed_dict("title")
    )


class Titles(list[Any]):
    """A list with a method of its own."""

    def titles(self) -> list[str]:
        return [page.title for page in self]


class Shelf(Base):
    """Keeps its pages in a list of its own kind."""

    __tablename__ = "shelf"

    id: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[Titles] = relationship("Page", back_populates="shelf", collection_class=Titles)


class Box(Base):
    """Keeps its pages under keys of the program's choice."""

    __tablename__ = "box"

    id: Mapped[int] = mapped_column(primary_key=True)
    pages: Mapped[dict[str, Page]] = relationship(back_populates="box")


def test_lists_are_lists() -> None:
    parent = Parent()
    a, b, c = Child(), Child(), Child()
    children = parent.children
    assert isinstance(children, InstrumentedList) and isinstance(children, list)
    children.extend([a, b])
    children.insert(0, c)
    assert children == [c, a, b] and children[1:] == [a, b]
    children.sort(key=id)
    children.reverse()
    assert children.pop() in (a, b, c)
    assert type(children.copy()) is list and type([*children]) is list


def test_list_slices_tell_who_comes_and_who_goes() -> None:
    parent = Parent()
    a, b, c, d = (Child() for _ in range(4))
    parent.children = [a, b, c]
    parent.children[1:] = [c, d]
    assert (parent.children, b.parent, c.parent, d.parent) == ([a, c, d], None, parent, parent)
    parent.children[0] = b
    assert (a.parent, b.parent) == (None, parent)
    del parent.children[:2]
    assert [child.parent for child in (a, b, c, d)] == [None, None, None, parent]


def test_a_list_is_not_multiplied() -> None:
    parent = Parent(children=[Child()])
    with pytest.raises(TypeError, match="can not be multiplied"):
        parent.children *= 2


def test_sets_are_sets() -> None:
    parent, one, two, three = Parent(), Friend(), Friend(), Friend()
    friends = parent.friends
    assert isinstance(friends, InstrumentedSet)
    friends |= {one, two}
    friends.update([three])
    friends -= {one}
    assert friends == {two, three} and one.parents == []
    friends &= {two}
    friends ^= {one, two}
    assert (friends, [len(f.parents) for f in (one, two, three)]) == ({one}, [1, 0, 0])
    friends.discard(two)
    with pytest.raises(KeyError):
        friends.remove(two)
    assert friends.pop() is one and one.parents == []


def test_dicts_by_an_attribute() -> None:
    book, page = Book(), Page(title="Preface")
    page.book = book
    assert book.pages == {"Preface": page}
    book.pages["Preface"] = other = Page(title="Preface")
    assert (page.book, other.book) == (None, book)
    book.pages = {"x": page}
    assert book.pages == {"Preface": page} and other.book is None
    book.pages.set(other)
    book.pages.remove(other)
    assert book.pages.pop("missing", None) is None
    page.title = "Index"
    page.book = None
    assert book.pages == {}


def test_dicts_under_free_keys() -> None:
    box, page = Box(), Page(title="Map")
    assert isinstance(box.pages, InstrumentedDict)
    assert box.pages.setdefault("a", page) is page
    box.pages.update({"b": Page(title="B")})
    key, last = box.pages.popitem()
    assert (key, last.box, page.box) == ("b", None, box)
    with pytest.raises(TypeError, match="does not know under which key"):
        Page(title="C").box = box
    box.pages.clear()
    assert page.box is None


def test_a_list_of_the_programs_own_kind() -> None:
    shelf, page = Shelf(), Page(title="One")
    page.shelf = shelf
    assert isinstance(shelf.pages, Titles) and shelf.pages.titles() == ["One"]
    shelf.pages.clear()
    assert page.shelf is None


def test_a_class_that_is_no_collection_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="must elect an appender method"):
        collections.collection_factory(int)


def test_copies_of_collections_tell_nobody() -> None:
    """They are of the same class, and belong to no object."""
    parent, child = Parent(), Child()
    copied = copy.copy(parent.children)
    copied.append(child)
    assert type(copied) is InstrumentedList and child.parent is None
    book, page = Book(), Page(title="b")
    book.pages.set(Page(title="a"))
    pages = copy.copy(book.pages)
    pages.set(page)
    assert sorted(pages) == ["a", "b"] and list(book.pages) == ["a"] and page.book is None
    friends = copy.copy(parent.friends)
    assert type(friends) is type(parent.friends) and len(friends) == 0


def test_the_copy_of_an_ordering_list_goes_on_counting() -> None:
    """It was a plain list: members that came later had no place."""

    class Step(Base):
        __tablename__ = "step"
        id: Mapped[int] = mapped_column(primary_key=True)
        place: Mapped[int]
        walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id"))

    class Walk(Base):
        __tablename__ = "walk"
        id: Mapped[int] = mapped_column(primary_key=True)
        steps: Mapped[list[Step]] = relationship(collection_class=ordering_list("place", count_from=5))

    walk = Walk(steps=[Step(), Step()])
    copied = copy.copy(walk.steps)
    assert isinstance(copied, OrderingList) and copied == walk.steps
    copied.append(Step())
    assert [step.place for step in copied] == [5, 6, 7]
    assert len(walk.steps) == 2


NONE_IS_KEY = (
    "^Attribute keyed dictionary value for attribute '.*' was None; this will raise in a future release. To skip"
)


def test_none_is_no_key() -> None:
    """Of an attribute: it comes with a warning, by whichever way; a function of the program's own may give it."""
    ways: dict[str, Any] = {
        "set": lambda book: book.pages.set(Page(title=None)),
        "assigned": lambda book: setattr(book, "pages", {None: Page(title=None)}),
        "from the other side": lambda book: setattr(Page(title=None), "book", book),
    }
    for way, change in ways.items():
        book = Book()
        with pytest.warns(exc.SAWarning, match=NONE_IS_KEY):
            change(book)
        assert list(book.pages) == [None], way


def test_members_without_a_key_stay_away_if_that_is_wanted() -> None:
    """Those whose attribute is None too, also when a dict is assigned, and when they are removed."""
    made = collections.attribute_keyed_dict("title", ignore_unpopulated_attribute=True)()
    nameless, named = Page(title=None), Page(title="a")
    made.set(nameless)
    made.set(named)
    assert list(made.values()) == [named]
    named.title = None
    made.remove(named)
    assert list(made) == ["a"]
    of_function = collections.keyfunc_mapping(lambda page: page.title)()
    of_function.set(nameless)
    assert list(of_function) == [None]


def test_a_dict_that_is_assigned_gets_the_members_own_keys() -> None:
    """The keys of a dict that takes them from its members were those that the program had written."""
    book = Book(pages={"x": Page(title="a"), "y": Page(title="b")})
    assert list(book.pages) == ["a", "b"]
    page = Page(title="c")
    book.pages = {1: page}
    assert (list(book.pages), page.book) == (["c"], book)
    with pytest.raises(exc.InvalidRequestError, match="derived from .*Page.* is not populated"):
        book.pages = {"z": Page()}
    assert list(book.pages) == ["c"]


def test_a_collection_whose_owner_is_gone_cannot_be_changed() -> None:
    """The change would be lost without a word."""
    children = Parent().children
    with pytest.raises(exc.ObjectDereferencedError) as error:
        children.append(Child())
    assert str(error.value) == (
        "Can't emit change event for attribute 'Parent.children' - parent object of type <Parent> has been garbage "
        "collected. Keep a reference to the object as long as its collection is changed."
    )
    assert children == []


def test_members_that_compare_by_value_are_told_apart() -> None:
    class Same:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = object.__hash__

    one, two = Same(), Same()
    assert collections.positions_of([one, two], two) == [1]


def test_a_converter_reads_what_is_assigned() -> None:
    """``@collection.converter``: a class of the program's own says itself what the members are."""

    class Pairs(list[Any]):
        @collections.collection.converter
        def members_of(self, given: Any) -> Any:
            return [member for pair in given for member in pair]

    made = collections.collection_factory(Pairs)()
    assert collections.members_given(made, [(1, 2), (3, 4)]) == [1, 2, 3, 4]


def test_the_adapter_of_a_plain_collection() -> None:
    """A collection that belongs to no object has none."""
    assert collections.collection_adapter([]) is None
    assert collections.collection_adapter(collections.InstrumentedList()) is None
