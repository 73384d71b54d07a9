"""A program that asks mappers, properties and attributes for everything that is documented of them."""

from collections.abc import Callable
from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program


@program
def everything_of_a_mapper(lib: Any, engine: Any, log: Log) -> None:
    """Facts of a class, its attributes and its relationships."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Left(Base):
        __tablename__ = "a"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        n: orm.Mapped[str | None] = orm.mapped_column("nm")
        bs: orm.Mapped[list["Right"]] = orm.relationship("Right", back_populates="a")
        s = orm.synonym("n")

    class Right(Base):
        __tablename__ = "c"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        aid: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("a.id"))
        a: orm.Mapped[Optional[Left]] = orm.relationship(Left, back_populates="bs")  # noqa: UP045

    m: Any = lib.inspect(Left)
    facts: dict[str, Any] = {}
    facts["m.columns.keys()"] = m.columns.keys()
    facts["m.c.n.name"] = m.c.n.name
    facts["m.class_"] = m.class_
    facts["m.attrs.keys()"] = m.attrs.keys()
    facts["m.mapper is m"] = m.mapper is m
    facts["m.get_property_by_column(Left.__table__.c.nm).key"] = m.get_property_by_column(Left.__table__.c.nm).key
    facts["m.column_attrs.keys()"] = m.column_attrs.keys()
    facts["m.all_orm_descriptors.keys()"] = m.all_orm_descriptors.keys()
    facts["m.relationships.keys()"] = m.relationships.keys()
    facts["m.entity is Left"] = m.entity is Left
    facts["m.relationships.bs.parent is m"] = m.relationships.bs.parent is m
    facts["[p.key for p in m.iterate_properties]"] = [p.key for p in m.iterate_properties]
    facts["m.local_table.name"] = m.local_table.name
    facts["m.persist_selectable.name"] = m.persist_selectable.name
    facts["m.selectable.name"] = m.selectable.name
    facts["m.base_mapper is m"] = m.base_mapper is m
    facts["m.concrete"] = m.concrete
    facts["m.single"] = m.single
    facts["m.inherits"] = m.inherits
    facts["m.polymorphic_on"] = m.polymorphic_on
    facts["m.polymorphic_identity"] = m.polymorphic_identity
    facts["m.configured"] = m.configured
    facts["m.is_mapper"] = m.is_mapper
    facts["m.is_aliased_class"] = m.is_aliased_class
    facts["m.is_selectable"] = m.is_selectable
    facts["m.is_attribute"] = m.is_attribute
    facts["m.is_instance"] = m.is_instance
    facts["m.is_property"] = m.is_property
    facts["m.is_clause_element"] = m.is_clause_element
    facts["m.represents_outer_join"] = m.represents_outer_join
    facts["m.entity_namespace is Left"] = m.entity_namespace is Left
    facts["list(m.self_and_descendants)==[m]"] = list(m.self_and_descendants) == [m]
    facts["list(m.iterate_to_root())==[m]"] = list(m.iterate_to_root()) == [m]
    facts["list(m.polymorphic_iterator())==[m]"] = list(m.polymorphic_iterator()) == [m]
    facts["m.common_parent(m)"] = m.common_parent(m)
    facts["m.isa(m)"] = m.isa(m)
    facts["m.is_sibling(m)"] = m.is_sibling(m)
    facts["m.has_property('n')"] = m.has_property("n")
    facts["m.has_property('zz')"] = m.has_property("zz")
    facts["m.get_property('n').key"] = m.get_property("n").key
    facts["m.synonyms.keys()"] = m.synonyms.keys()
    facts["m.composites.keys()"] = m.composites.keys()
    facts["m.batch"] = m.batch
    facts["m.passive_updates"] = m.passive_updates
    facts["m.confirm_deleted_rows"] = m.confirm_deleted_rows
    facts["m.always_refresh"] = m.always_refresh
    facts["m.allow_partial_pks"] = m.allow_partial_pks
    facts["m.version_id_col"] = m.version_id_col
    facts["str(m)"] = str(m)
    facts["m.attrs.bs.mapper.class_.__name__"] = m.attrs.bs.mapper.class_.__name__
    facts["m.attrs.bs.direction.name"] = m.attrs.bs.direction.name
    facts["m.attrs.bs.uselist"] = m.attrs.bs.uselist
    facts["m.attrs.bs.key"] = m.attrs.bs.key
    facts["m.attrs.bs.back_populates"] = m.attrs.bs.back_populates
    facts["m.attrs.bs.secondary"] = m.attrs.bs.secondary
    facts["m.attrs.bs.primaryjoin"] = str(m.attrs.bs.primaryjoin)
    facts["m.attrs.bs.class_attribute is Left.bs"] = m.attrs.bs.class_attribute is Left.bs
    facts["m.attrs.n.class_attribute is Left.n"] = m.attrs.n.class_attribute is Left.n
    facts["m.attrs.n.info"] = m.attrs.n.info
    facts["Left.n.info"] = Left.n.info
    facts["Left.n.comparator is not None"] = Left.n.comparator is not None
    facts["Left.n.parent is m"] = Left.n.parent is m
    facts["Left.n.class_ is Left"] = Left.n.class_ is Left
    facts["Left.n.key"] = Left.n.key
    facts["Left.n.name"] = Left.n.name
    facts["Left.n.prop is m.attrs.n"] = Left.n.prop is m.attrs.n
    facts["Left.bs.mapper if hasattr(Left.bs,'mapper') else None"] = (
        Left.bs.mapper if hasattr(Left.bs, "mapper") else None
    )
    facts["Left.bs.prop.mapper.class_"] = Left.bs.prop.mapper.class_
    facts["Left.bs.entity.class_"] = Left.bs.entity.class_
    facts["Left.bs.comparator is not None"] = Left.bs.comparator is not None
    facts["Left.n.nullable"] = Left.n.nullable
    facts["Left.id.primary_key"] = Left.id.primary_key
    facts["Left.n.type"] = str(Left.n.type)
    facts["Left.n.table.name"] = Left.n.table.name
    facts["Left.n.is_attribute"] = Left.n.is_attribute
    facts["orm.class_mapper(Left) is m"] = orm.class_mapper(Left) is m
    facts["orm.object_mapper(Left()) is m"] = orm.object_mapper(Left()) is m
    facts["m.registry is Base.registry"] = m.registry is Base.registry
    facts["'n' in m.attrs"] = "n" in m.attrs
    facts["len(m.attrs)"] = len(m.attrs)
    facts["m.attrs['n'].key"] = m.attrs["n"].key
    facts["list(m.attrs)[0].key"] = next(iter(m.attrs)).key
    facts["m.all_orm_descriptors['n'] is Left.n"] = m.all_orm_descriptors["n"] is Left.n
    facts["m.all_orm_descriptors.s.key"] = m.all_orm_descriptors.s.key
    facts["m.columns['n'] is Left.__table__.c.nm"] = m.columns["n"] is Left.__table__.c.nm
    facts["m.relationships['bs'].key"] = m.relationships["bs"].key
    facts["m.relationships.items()[0][0]"] = m.relationships.items()[0][0]
    facts["m.attrs.n.parent is m"] = m.attrs.n.parent is m
    facts["m.attrs.n.key"] = m.attrs.n.key
    facts["m.attrs.n.deferred"] = m.attrs.n.deferred
    facts["m.attrs.s.name"] = m.attrs.s.name
    facts["m.attrs.n.is_property"] = m.attrs.n.is_property
    for name, fact in facts.items():
        log(name, str(fact) if "Mapper" in type(fact).__name__ else fact)
    log("keys", (m.identity_key_from_primary_key((3,))[1:], m.identity_key_from_instance(Left(id=4))[1:]))
    log.error("no such property", lambda: m.get_property("zz"), message=True)
    reached = m.cascade_iterator("save-update", lib.inspect(Left(bs=[Right(id=1)])))
    log("reached", "Right" in [type(one).__name__ for one, *_ in reached])


@program
def what_kind_of_thing_a_state_is(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    kinds = ("instance", "mapper", "aliased_class", "attribute", "bundle", "clause_element", "property", "selectable")
    with lib.orm.Session(engine) as session:
        made, found = s.Customer(name="new"), session.get(s.Customer, 1)
        for each in (made, found):
            state = lib.inspect(each)
            log("kinds", [getattr(state, f"is_{kind}") for kind in kinds])
            log("key", [state.key == state.identity_key, state.identity_key and state.identity_key[1:]])
            log("session", [state.session_id is None, state.session is session])
            state.info["mine"] = 1
            log("info", lib.inspect(each).info)
        found.name = "changed"
        log("committed", lib.inspect(found).committed_state)
        session.flush()
        log("committed", lib.inspect(found).committed_state)
        log("info", lib.inspect(found).info)


@program
def what_finds_relationships_out(lib: Any, engine: Any, log: Log) -> None:
    """A program may name what a backref makes as soon as it has asked for something that needs relationships."""
    o = lib.orm
    uses: dict[str, Callable[[Any], Any]] = {
        "nothing": lambda user: None,
        "select": lib.select,
        "aliased": o.aliased,
        "object": lambda user: user(),
        "query": lambda user: o.Session().query(user),
        "query of an attribute": lambda user: o.Session().query(user.id),
        "path": o.Load,
        "option": lambda user: o.joinedload(user.notes),
        "any": lambda user: user.notes.any(),
        "inspect": lib.inspect,
        "class_mapper": o.class_mapper,
        "attrs": lambda user: lib.inspect(user).attrs,
        "relationships": lambda user: lib.inspect(user).relationships,
        "columns": lambda user: lib.inspect(user).columns,
    }
    for name, use in uses.items():
        base: Any = o.declarative_base()
        user = type("User", (base,), {
            "__tablename__": "users",
            "id": lib.Column(lib.Integer, primary_key=True),
            "notes": o.relationship("Note", backref="user"),
        })  # fmt: skip
        note = type("Note", (base,), {
            "__tablename__": "notes",
            "id": lib.Column(lib.Integer, primary_key=True),
            "user_id": lib.Column(lib.ForeignKey("users.id")),
        })  # fmt: skip
        use(user)
        log(name, hasattr(note, "user"))
        # Else what is not configured yet lies about, and a later program's configure_mappers() meets the half of it.
        base.registry.dispose()
