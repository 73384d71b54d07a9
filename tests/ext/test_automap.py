"""automap: declared classes among made ones, all kinds of bases, several runs; what is made is compared with the oracle."""

from typing import Any

import pytest

from holdfast import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, exc, inspect, select
from holdfast.ext.automap import AutomapBase, automap_base, generate_relationship
from holdfast.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, relationship
from holdfast.orm.interfaces import MANYTOONE, ONETOMANY
from holdfast.pool import StaticPool


@pytest.fixture
def engine() -> Any:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20))")
        connection.exec_driver_sql(
            "CREATE TABLE mails (id INTEGER PRIMARY KEY, text VARCHAR, user_id INTEGER NOT NULL REFERENCES users (id))"
        )
        connection.exec_driver_sql("CREATE TABLE keyless (x INTEGER)")
        connection.exec_driver_sql(
            "CREATE TABLE friends (a INTEGER REFERENCES users (id), b INTEGER REFERENCES users (id), PRIMARY KEY (a, b))"
        )
    yield engine
    engine.dispose()


def test_declared_classes_are_used(engine: Any) -> None:
    """A declared class has its own columns and relationships and what the table has beside them."""
    Base: Any = automap_base()

    class User(Base):
        __tablename__ = "users"
        user_name = Column("name", String)
        mails_collection = relationship("mails", collection_class=set)

        def shout(self) -> str:
            return str(self.user_name).upper()

    assert not hasattr(User, "__mapper__")
    Base.prepare(autoload_with=engine, reflection_options={"only": ["users", "mails"]})
    assert Base.classes.User is User
    assert Base.by_module[User.__module__.split(".")[0]]
    with Session(engine) as session:
        user = User(user_name="ada")
        user.mails_collection.add(Base.classes.mails(text="x"))
        session.add(user)
        session.commit()
        mail = session.scalars(select(Base.classes.mails)).one()
        assert mail.user is user and user.shout() == "ADA"
        assert inspect(User).relationships.mails_collection.back_populates == "user"


def test_a_relationship_declared_to_one(engine: Any) -> None:
    """The other side of a declared reference is made."""
    Base: Any = automap_base()

    class Mail(Base):
        __tablename__ = "mails"
        user_id = Column(Integer, ForeignKey("users.id"))
        users = relationship("users")

    Base.prepare(autoload_with=engine, reflection_options={"only": ["users", "mails"]})
    user = Base.classes.users(mail_collection=[Mail(text="x")])
    assert user.mail_collection[0].users is user


def test_bases_of_all_kinds(engine: Any) -> None:
    """A DeclarativeBase of the program's, and a MetaData that was read before."""

    class Mine(DeclarativeBase):
        """The program's base."""

    Base: Any = automap_base(Mine)
    assert issubclass(Base, AutomapBase) and issubclass(Base, Mine)

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.prepare(autoload_with=engine, reflection_options={"only": ["users", "mails"]})
    configure_mappers()
    assert sorted(Base.classes.keys()) == ["User", "mails"]
    assert sorted(inspect(User).attrs.keys()) == ["id", "mails_collection", "name"]
    metadata = MetaData()
    metadata.reflect(engine, only=["users"])
    other: Any = automap_base(metadata=metadata)
    other.prepare()
    assert other.classes.keys() == ["users"]


def test_several_runs_relate_what_came_before(engine: Any) -> None:
    """A second `prepare` maps more tables, and relates them to the classes of the first."""
    Base: Any = automap_base()
    Base.prepare(autoload_with=engine, reflection_options={"only": ["users"]})
    users = Base.classes.users
    Base.prepare(autoload_with=engine, reflection_options={"only": ["users", "mails"]})
    Base.prepare(autoload_with=engine, reflection_options={"only": ["users", "mails"]})
    configure_mappers()
    assert Base.classes.users is users
    assert sorted(inspect(users).relationships.keys()) == ["mails_collection"]


def test_a_table_between_two_of_one_class(engine: Any) -> None:
    """Names that tell the two sides apart are needed, and are enough."""
    Base: Any = automap_base()
    Base.prepare(
        autoload_with=engine,
        name_for_collection_relationship=lambda base, one, other, key: f"{other.__name__}_{key.column_keys[0]}",
    )
    users = Base.classes.users
    with Session(engine) as session:
        ada, eve = users(id=1, name="Ada"), users(id=2, name="Eve")
        ada.users_a.append(eve)
        session.add_all([ada, eve])
        session.commit()
        assert session.execute(select(Base.metadata.tables["friends"])).all() == [(1, 2)]
        assert eve.users_b == [ada]


def test_what_is_left_out() -> None:
    """A table without a primary key has no class; a relationship that is refused leaves none."""
    metadata = MetaData()
    Table("keyless", metadata, Column("x", Integer))
    Table("a", metadata, Column("id", Integer, primary_key=True))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
    seen: list[Any] = []

    def refuse(base: Any, direction: Any, function: Any, name: str, one: Any, other: Any, **options: Any) -> Any:
        seen.append((direction, name))
        return None

    Base: Any = automap_base(metadata=metadata)
    Base.prepare(generate_relationship=refuse)
    assert sorted(Base.classes.keys()) == ["a", "b"]
    assert seen == [(ONETOMANY, "b_collection"), (MANYTOONE, "a")]
    assert not inspect(Base.classes.b).relationships
    with pytest.raises(AttributeError, match="keyless"):
        _ = Base.classes.keyless


def test_mistakes() -> None:
    """Names that are taken, functions that are none of the two, a database that is missing."""
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id")))
    with pytest.raises(exc.ArgumentError, match=r"configuring property 'a' on Mapper\[b\(b\)\], column 'a' conflicts"):
        automap_base(metadata=metadata).prepare()
    with pytest.raises(exc.ArgumentError, match="needs the engine"):
        automap_base().prepare(reflect=True)
    with pytest.raises(TypeError, match="Unknown relationship function"):
        generate_relationship(object, MANYTOONE, print, "a", object, object)
