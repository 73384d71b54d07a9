"""Programs about association proxies: lists, dicts, sets and single values of objects in between."""

import importlib
from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _store(lib: Any) -> Any:
    """Return classes of a store: people with keywords, notes by key, a set of tags and a profile."""
    orm = lib.orm
    association_proxy = importlib.import_module(f"{lib.__name__}.ext.associationproxy").association_proxy

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Person(Base):
        __tablename__ = "people"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        name = orm.mapped_column(lib.String)
        person_keywords = orm.relationship(
            "PersonKeyword", back_populates="person", cascade="all, delete-orphan", order_by="PersonKeyword.id"
        )
        keywords = association_proxy("person_keywords", "keyword", creator=lambda word: PersonKeyword(keyword=word))
        words = association_proxy("person_keywords", "word")
        notes_by_key = orm.relationship(
            "Note", cascade="all, delete-orphan", collection_class=orm.attribute_keyed_dict("key")
        )
        notes = association_proxy("notes_by_key", "text", creator=lambda key, text: Note(key=key, text=text))
        tags = orm.relationship("Tag", secondary=lambda: person_tags, collection_class=set)
        tag_names = association_proxy("tags", "name", creator=lambda name: Tag(name=name))
        profile = orm.relationship("Profile", uselist=False, cascade="all, delete-orphan")
        bio = association_proxy("profile", "bio", creator=lambda bio: Profile(bio=bio))

    class Keyword(Base):
        __tablename__ = "keywords"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        word = orm.mapped_column(lib.String)

    class PersonKeyword(Base):
        __tablename__ = "person_keywords"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        person_id = orm.mapped_column(lib.ForeignKey("people.id"))
        keyword_id = orm.mapped_column(lib.ForeignKey("keywords.id"))
        person = orm.relationship(Person, back_populates="person_keywords")
        keyword = orm.relationship(Keyword)
        word = association_proxy("keyword", "word")

    class Note(Base):
        __tablename__ = "notes"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        person_id = orm.mapped_column(lib.ForeignKey("people.id"))
        key = orm.mapped_column(lib.String)
        text = orm.mapped_column(lib.String)

    person_tags = lib.Table(
        "person_tags",
        Base.metadata,
        lib.Column("person_id", lib.ForeignKey("people.id"), primary_key=True),
        lib.Column("tag_id", lib.ForeignKey("tags.id"), primary_key=True),
    )

    class Tag(Base):
        __tablename__ = "tags"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        name = orm.mapped_column(lib.String)

    class Profile(Base):
        __tablename__ = "profiles"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        person_id = orm.mapped_column(lib.ForeignKey("people.id"))
        bio = orm.mapped_column(lib.String)

    names = (Base, Person, Keyword, PersonKeyword, Note, Tag, Profile)
    return SimpleNamespace(**{each.__name__: each for each in names})


@program
def lists_through_an_association(lib: Any, engine: Any, log: Log) -> None:
    """A list of keywords makes and drops the association's objects; it is a list in every way."""
    store = _store(lib)
    person = store.Person(name="a")
    a, b, c = (store.Keyword(word=word) for word in "abc")
    person.keywords.append(a)
    person.keywords.extend([b])

    def words() -> list[str]:
        return [keyword.word for keyword in person.keywords]

    log(
        "read",
        (words(), len(person.keywords), person.keywords[0] is a, person.keywords == [a, b], b in person.keywords),
    )
    log("between", (len(person.person_keywords), [each.keyword.word for each in person.person_keywords]))
    log(
        "two steps",
        (list(person.words), person.words[1], person.words[0:2], person.words.count("a"), repr(person.words)),
    )
    person.keywords.insert(1, c)
    log("insert", words())
    person.keywords.remove(c)
    log("remove", words())
    log("pop", (person.keywords.pop().word, len(person.person_keywords)))
    person.keywords = [c, b]
    log("assign", words())
    person.keywords[0] = a
    log("place", words())
    del person.keywords[0]
    log("delete", words())
    person.keywords += [c]
    log("+=", words())
    log("+", [keyword.word for keyword in (person.keywords + [a])])  # noqa: RUF005 - the operator is meant
    log("copy", [keyword.word for keyword in person.keywords.copy()])
    log("reversed", [keyword.word for keyword in reversed(person.keywords)])
    log("empty", (bool(store.Person().keywords), list(store.Person().keywords)))
    log.error("no key", lambda: hash(person.keywords))
    log.error("not there", lambda: person.keywords.remove(a))
    person.keywords.clear()
    log("clear", len(person.person_keywords))
    whole = store.Person(name="q", keywords=[a], bio="z")
    log("at birth", ([keyword.word for keyword in whole.keywords], whole.bio, whole.profile.bio))


@program
def dicts_and_sets_through_an_association(lib: Any, engine: Any, log: Log) -> None:
    """The kind of the relationship's collection is the kind of the proxy's."""
    store = _store(lib)
    person = store.Person()
    notes = person.notes
    notes["x"] = "1"
    notes["y"] = "2"
    log("dict", (dict(notes), notes["x"], len(notes), "x" in notes, sorted(notes.keys()), sorted(notes.values())))
    log("items", (sorted(notes.items()), notes.get("z", 5), notes == {"x": "1", "y": "2"}, repr(notes)))
    between = person.notes_by_key["x"]
    notes["x"] = "9"
    log("in place", (between.text, person.notes_by_key["x"] is between, notes.pop("y"), dict(notes)))
    notes.update({"q": "7"}, r="8")
    log("update", sorted(notes.items()))
    person.notes = {"n": "1", "q": "0"}
    log("assign", sorted(person.notes.items()))
    log("setdefault", (notes.setdefault("n", "5"), notes.setdefault("m", "6")))
    del notes["m"]
    log.error("no such key", lambda: notes["nope"], message=True)
    log("popitem", len(notes.popitem()))

    names = person.tag_names
    names.add("t1")
    names.update(["t2", "t3"])
    log(
        "set",
        (
            sorted(names),
            len(names),
            "t1" in names,
            names == {"t1", "t2", "t3"},
            names.issubset({"t1", "t2", "t3", "t4"}),
        ),
    )
    log("algebra", [sorted(names | {"z"}), sorted(names & {"t1"}), sorted(names - {"t1"}), sorted(names ^ {"t1", "q"})])
    names.discard("t3")
    names.remove("t2")
    person.tag_names = {"a", "t1"}
    person.tag_names |= {"k"}
    log("set assign", sorted(person.tag_names))
    log.error("not in the set", lambda: names.remove("zz"), message=True)


@program
def values_through_an_association(lib: Any, engine: Any, log: Log) -> None:
    """One value: None without an object in between, made on assignment, changed in place."""
    store = _store(lib)
    person = store.Person()
    log("none", person.bio)
    person.bio = "hi"
    profile = person.profile
    person.bio = "yo"
    log("in place", (person.profile is profile, profile.bio))
    other = store.Person()
    other.bio = None
    log("None makes nothing", other.profile)
    proxy = store.Person.keywords
    log("inspected", (proxy.target_class.__name__, proxy.value_attr, proxy.scalar, store.Person.bio.scalar))
    log(
        "parts",
        (str(proxy.remote_attr), str(proxy.local_attr), [str(each) for each in proxy.attr], proxy.target_collection),
    )
    descriptor = lib.inspect(store.Person).all_orm_descriptors["keywords"]
    log("descriptor", (descriptor.extension_type.name, type(descriptor).__name__))


@program
def criteria_of_associations(lib: Any, engine: Any, log: Log) -> None:
    """Criteria of a proxy are EXISTS, through every step."""
    store = _store(lib)
    Person, PersonKeyword = store.Person, store.PersonKeyword
    keyword = store.Keyword(id=1, word="p")
    criteria = {
        "equal": lambda: Person.bio == "x",
        "not equal": lambda: Person.bio != "x",
        "null": lambda: Person.bio == None,  # noqa: E711
        "like": lambda: Person.bio.like("x%"),
        "in": lambda: Person.bio.in_(["a"]),
        "any with": lambda: Person.keywords.any(word="x"),
        "any": lambda: Person.keywords.any(),
        "contains": lambda: Person.keywords.contains(keyword),
        "contains, two steps": lambda: Person.words.contains("x"),
        "any, two steps": lambda: Person.words.any(),
        "any of a dict": lambda: Person.notes.any(),
        "equal of a dict": lambda: Person.notes == "1",
        "contains of columns": lambda: Person.tag_names.contains("x"),
        "equal of a set": lambda: Person.tag_names == "x",
        "greater of a set": lambda: Person.tag_names > "a",
        "one step": lambda: PersonKeyword.word == "x",
        "has": lambda: Person.bio.has(),
        "has, one step": lambda: PersonKeyword.word.has(),
    }
    for name, criterion in criteria.items():
        log(name, " ".join(str(lib.select(Person.id).where(criterion())).split()))
    log.error("equal of a collection of objects", lambda: Person.keywords == keyword, message=True)
    log.error("equal, two steps", lambda: Person.words == "x", message=True)
    log.error("selected", lambda: lib.select(Person.keywords))


@program
def associations_in_a_database(lib: Any, engine: Any, log: Log) -> None:
    """What is put in by a proxy is written, found by criteria and deleted as an orphan."""
    store = _store(lib)
    orm, Person = lib.orm, store.Person
    with log.quiet():
        store.Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        keywords = [store.Keyword(word="p"), store.Keyword(word="q")]
        person = Person(name="db", keywords=keywords, bio="B", notes={"k": "v"}, tag_names={"s"})
        session.add(person)
        session.commit()
        log("read", ([each.word for each in person.keywords], list(person.words), person.bio, dict(person.notes)))
        log("set", set(person.tag_names))
        for name, criterion in {
            "words": Person.words.contains("p"),
            "bio": Person.bio == "B",
            "notes": Person.notes == "v",
            "none": Person.tag_names == "nope",
            "object": Person.keywords.contains(keywords[0]),
        }.items():
            log(name, session.scalars(lib.select(Person.name).where(criterion)).all())
        person.keywords.pop(0)
        session.commit()
        count = session.scalar(lib.select(lib.func.count()).select_from(store.PersonKeyword))
        log("orphan", (list(person.words), count))


@program
def criteria_without_an_object_between(lib: Any, engine: Any, log: Log) -> None:
    orm = lib.orm
    association_proxy = importlib.import_module(f"{lib.__name__}.ext.associationproxy").association_proxy

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Word(Base):
        __tablename__ = "word"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        text = orm.mapped_column(lib.String)
        user_id = association_proxy("user", "id")

    class User(Base):
        __tablename__ = "user"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        word_id = orm.mapped_column(lib.ForeignKey("word.id"))
        word = orm.relationship(Word, backref=orm.backref("user", uselist=False))
        text = association_proxy("word", "text")
        other = association_proxy("word", "user")

    orm.configure_mappers()
    log.text("a column by reference", lib.select(User.id).where(User.text == None), engine)  # noqa: E711
    log.text("an object by reference", lib.select(User.id).where(User.other == None), engine)  # noqa: E711
    log.text("from the other side", lib.select(Word.id).where(Word.user_id == None), engine)  # noqa: E711
    log.error("keywords of a column", lambda: User.text.has(text="x"), message=True)
