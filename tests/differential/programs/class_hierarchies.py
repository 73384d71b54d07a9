"""Reading class hierarchies, in one table and in a table per class: statements, joins, what is loaded now and later."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.staff import LAYOUTS, full_staff, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, staff) -> a statement."""


def _shown(log: Log, value: Any) -> Any:
    """Write an object with the names of what is loaded of it."""
    if isinstance(value, tuple) or hasattr(value, "_fields"):
        return tuple(_shown(log, each) for each in value)
    if not hasattr(value, "_sa_instance_state"):
        return value
    return (log.show(value), sorted(name for name in vars(value) if not name.startswith("_")))


def _case(name: str, layout: str, make: Make, shows_text: bool) -> None:
    """Enter a program that shows a statement's text, where no options change it, runs it, and tells what came."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_staff(lib, engine, log, layout)
        with session_on(lib, engine) as session:
            statement = make(lib, lib.orm, s)
            if shows_text:
                log("text", str(statement))
            log.error("found", lambda: sorted(repr(_shown(log, row)) for row in session.execute(statement).unique()))

    run.__name__ = f"{name}_{layout}"
    run.__module__ = __name__
    program(run)


STATEMENTS: dict[str, Make] = {
    "base": lambda lib, o, s: lib.select(s.Person),
    "subclass": lambda lib, o, s: lib.select(s.Engineer),
    "grandchild": lambda lib, o, s: lib.select(s.Senior),
    "where": lambda lib, o, s: lib.select(s.Manager).where(s.Manager.golf.is_(True)).order_by(s.Manager.id),
    "or": lambda lib, o, s: lib.select(s.Engineer).where(lib.or_(s.Engineer.name == "bob", s.Engineer.name == "dan")),
    "inherited_column": lambda lib, o, s: lib.select(s.Engineer.name),
    "own_columns": lambda lib, o, s: lib.select(s.Engineer.id, s.Engineer.language),
    "columns_of_both": lambda lib, o, s: lib.select(s.Person.name, s.Manager.title),
    "count": lambda lib, o, s: lib.select(lib.func.count(s.Manager.id).label("n")),
    "count_star": lambda lib, o, s: lib.select(lib.func.count().label("n")).select_from(s.Manager),
    "maximum": lambda lib, o, s: lib.select(lib.func.max(s.Senior.level).label("n")),
    "group": lambda lib, o, s: (
        lib.select(s.Engineer.language, lib.func.count(s.Engineer.id).label("n"))
        .group_by(s.Engineer.language)
        .order_by(s.Engineer.language)
    ),
    "in_subquery": lambda lib, o, s: lib.select(s.Person.id).where(s.Person.id.in_(lib.select(s.Manager.id))),
    "exists": lambda lib, o, s: lib.select(s.Person.id).where(lib.exists().where(s.Manager.id == s.Person.id)),
    "aliased": lambda lib, o, s: lib.select(o.aliased(s.Engineer)),
    "aliased_base": lambda lib, o, s: lib.select(o.aliased(s.Person)),
    "aliased_flat": lambda lib, o, s: lib.select(o.aliased(s.Engineer, flat=True)),
    "aliased_named": lambda lib, o, s: lib.select(o.aliased(s.Engineer, name="foo")),
    "aliased_flat_named": lambda lib, o, s: lib.select(o.aliased(s.Engineer, name="foo", flat=True)),
    "join": lambda lib, o, s: lib.select(s.Company.name, s.Engineer.language).join(
        s.Engineer, s.Engineer.company_id == s.Company.id
    ),
    "outer_join": lambda lib, o, s: lib.select(s.Company.name, s.Manager.title).outerjoin(
        s.Manager, s.Manager.company_id == s.Company.id
    ),
    "join_base": lambda lib, o, s: lib.select(s.Company).join(s.Company.people),
    "join_relationship": lambda lib, o, s: lib.select(s.Company.name).join(s.Company.engineers),
    "outer_join_relationship": lambda lib, o, s: lib.select(s.Company.name).outerjoin(s.Company.engineers),
    "join_of_type": lambda lib, o, s: lib.select(s.Company.name, s.Manager.title).join(
        s.Company.people.of_type(s.Manager)
    ),
    "join_from_subclass": lambda lib, o, s: lib.select(s.Engineer.name, s.Machine.label).join(s.Engineer.machines),
    "join_from_grandchild": lambda lib, o, s: lib.select(s.Senior.name, s.Machine.label).join(s.Senior.machines),
    "join_inherited": lambda lib, o, s: lib.select(s.Manager.name, s.Paper.text).join(s.Manager.papers),
    "join_to_parent_class": lambda lib, o, s: lib.select(s.Machine.label, s.Engineer.name).join(s.Machine.engineer),
    "join_twice": lambda lib, o, s: (
        lib.select(s.Company.name, s.Machine.label).join(s.Company.engineers).join(s.Engineer.machines)
    ),
    "any": lambda lib, o, s: lib.select(s.Company.name).where(s.Company.people.any(s.Person.name == "bob")),
    "any_of_type": lambda lib, o, s: lib.select(s.Company.name).where(
        s.Company.people.of_type(s.Engineer).any(s.Engineer.language == "c")
    ),
    "any_subclass": lambda lib, o, s: lib.select(s.Company.name).where(s.Company.engineers.any()),
    "not_any": lambda lib, o, s: lib.select(s.Company.name).where(~s.Company.engineers.any(s.Engineer.language == "c")),
    "has": lambda lib, o, s: lib.select(s.Machine.id).where(s.Machine.engineer.has(s.Engineer.language == "c")),
    "has_by_name": lambda lib, o, s: lib.select(s.Machine.id).where(s.Machine.engineer.has(name="bob")),
    "any_from_subclass": lambda lib, o, s: lib.select(s.Engineer.id).where(s.Engineer.machines.any(label="m1")),
    "two_classes": lambda lib, o, s: lib.select(s.Engineer, s.Machine).join(s.Engineer.machines),
    "subquery": lambda lib, o, s: lib.select(lib.select(s.Engineer).subquery()),
    "limit": lambda lib, o, s: lib.select(s.Engineer).order_by(s.Engineer.name).limit(1),
    "filter_by": lambda lib, o, s: lib.select(s.Engineer).filter_by(name="bob", language="python"),
    "order_by_own": lambda lib, o, s: lib.select(s.Engineer).order_by(s.Engineer.language.desc()),
    "union": lambda lib, o, s: lib.union(
        lib.select(s.Engineer.id, s.Engineer.name), lib.select(s.Manager.id, s.Manager.name)
    ),
}  # fmt: skip

LOADS: dict[str, Make] = {
    "load_only": lambda lib, o, s: lib.select(s.Engineer).options(o.load_only(s.Engineer.language)),
    "load_only_base": lambda lib, o, s: lib.select(s.Person).options(o.load_only(s.Person.name)),
    "defer": lambda lib, o, s: lib.select(s.Engineer).options(o.defer(s.Engineer.language)),
    "defer_inherited": lambda lib, o, s: lib.select(s.Engineer).options(o.defer(s.Person.name)),
    "joined": lambda lib, o, s: lib.select(s.Company).options(o.joinedload(s.Company.engineers)),
    "joined_inner": lambda lib, o, s: lib.select(s.Company).options(o.joinedload(s.Company.engineers, innerjoin=True)),
    "joined_base": lambda lib, o, s: lib.select(s.Company).options(o.joinedload(s.Company.people)),
    "joined_of_type": lambda lib, o, s: lib.select(s.Company).options(
        o.joinedload(s.Company.people.of_type(s.Engineer))
    ),
    "joined_reference": lambda lib, o, s: lib.select(s.Machine).options(o.joinedload(s.Machine.engineer)),
    "joined_from_subclass": lambda lib, o, s: lib.select(s.Engineer).options(o.joinedload(s.Engineer.machines)),
    "joined_inherited": lambda lib, o, s: lib.select(s.Engineer).options(o.joinedload(s.Person.papers)),
    "joined_limit": lambda lib, o, s: (
        lib.select(s.Engineer).order_by(s.Engineer.id).options(o.joinedload(s.Engineer.machines)).limit(1)
    ),
    "joined_nested": lambda lib, o, s: lib.select(s.Company).options(
        o.joinedload(s.Company.engineers).joinedload(s.Engineer.machines)
    ),
    "selectin": lambda lib, o, s: lib.select(s.Company).options(o.selectinload(s.Company.people)),
    "selectin_subclass": lambda lib, o, s: lib.select(s.Company).options(o.selectinload(s.Company.engineers)),
    "selectin_of_type": lambda lib, o, s: lib.select(s.Company).options(
        o.selectinload(s.Company.people.of_type(s.Engineer))
    ),
    "selectin_of_type_further": lambda lib, o, s: lib.select(s.Company).options(
        o.selectinload(s.Company.people.of_type(s.Engineer)).selectinload(s.Engineer.machines)
    ),
    "selectin_nested": lambda lib, o, s: lib.select(s.Company).options(
        o.selectinload(s.Company.engineers).selectinload(s.Engineer.machines)
    ),
    "selectin_reference": lambda lib, o, s: lib.select(s.Machine).options(o.selectinload(s.Machine.engineer)),
    "selectin_inherited": lambda lib, o, s: lib.select(s.Engineer).options(o.selectinload(s.Engineer.papers)),
    "selectin_of_others": lambda lib, o, s: lib.select(s.Person).options(o.selectinload(s.Engineer.machines)),
    "subquery_load": lambda lib, o, s: lib.select(s.Company).options(o.subqueryload(s.Company.engineers)),
    "subquery_load_from_subclass": lambda lib, o, s: lib.select(s.Engineer).options(
        o.subqueryload(s.Engineer.machines)
    ),
    "contains_eager": lambda lib, o, s: (
        lib.select(s.Company).join(s.Company.engineers).options(o.contains_eager(s.Company.engineers))
    ),
    "selectin_polymorphic": lambda lib, o, s: lib.select(s.Person).options(
        o.selectin_polymorphic(s.Person, [s.Engineer, s.Manager])
    ),
    "selectin_polymorphic_all": lambda lib, o, s: lib.select(s.Person).options(
        o.selectin_polymorphic(s.Person, [s.Engineer, s.Senior, s.Manager])
    ),
    "selectin_polymorphic_further": lambda lib, o, s: lib.select(s.Person).options(
        o.selectin_polymorphic(s.Person, [s.Engineer]), o.selectinload(s.Engineer.machines)
    ),
    "selectin_polymorphic_below": lambda lib, o, s: lib.select(s.Company).options(
        o.selectinload(s.Company.people).selectin_polymorphic([s.Engineer, s.Manager])
    ),
    "wide": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Engineer, s.Manager])),
    "wide_all": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, "*")),
    "wide_grandchild": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Senior])),
    "wide_flat": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Engineer], flat=True)),
    "wide_aliased": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Engineer], aliased=True)),
    "wide_named": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Engineer], aliased=True, name="all_")),
    "wide_inner": lambda lib, o, s: lib.select(o.with_polymorphic(s.Person, [s.Engineer], innerjoin=True)),
    "wide_of_subclass": lambda lib, o, s: lib.select(o.with_polymorphic(s.Engineer, [s.Senior])),
}  # fmt: skip


def _wide_where(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, [s.Engineer, s.Manager])
    return lib.select(wide).where(lib.or_(wide.Engineer.language == "c", wide.Manager.golf.is_(True)))


def _wide_columns(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, [s.Engineer, s.Manager])
    return lib.select(wide.name, wide.Engineer.language, wide.Manager.title).order_by(wide.id)


def _wide_joined(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, [s.Engineer, s.Manager])
    return lib.select(s.Company.name).join(s.Company.people.of_type(wide)).where(wide.Manager.title == "boss")


def _wide_joined_flat(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, "*", flat=True)
    return lib.select(s.Company.name, wide).join(s.Company.people.of_type(wide)).order_by(wide.id)


def _wide_then_selectin(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, "*")
    return lib.select(wide).options(o.selectinload(wide.Engineer.machines))


def _wide_then_joined(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, "*")
    return lib.select(wide).options(o.joinedload(wide.Engineer.machines))


def _eager_to_wide(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, "*", flat=True)
    return lib.select(s.Company).options(o.joinedload(s.Company.people.of_type(wide)))


def _selectin_to_wide(lib: Any, o: Any, s: Any) -> Any:
    wide = o.with_polymorphic(s.Person, "*", aliased=True)
    return lib.select(s.Company).options(o.selectinload(s.Company.people.of_type(wide)))


def _alias_joined(lib: Any, o: Any, s: Any) -> Any:
    other = o.aliased(s.Engineer, flat=True)
    return (
        lib.select(s.Company.name, other.name)
        .join(other, other.company_id == s.Company.id)
        .where(other.language == "c")
    )


def _alias_of_type(lib: Any, o: Any, s: Any) -> Any:
    other = o.aliased(s.Manager)
    return lib.select(s.Company.name, other.title).join(s.Company.people.of_type(other))


def _two_aliases(lib: Any, o: Any, s: Any) -> Any:
    one, other = o.aliased(s.Person), o.aliased(s.Person)
    return lib.select(one.name, other.name).where(one.company_id == other.company_id, one.id < other.id)


LOADS.update(
    wide_where=_wide_where,
    wide_columns=_wide_columns,
    wide_joined=_wide_joined,
    wide_joined_flat=_wide_joined_flat,
    wide_then_selectin=_wide_then_selectin,
    wide_then_joined=_wide_then_joined,
    eager_to_wide=_eager_to_wide,
    selectin_to_wide=_selectin_to_wide,
    alias_joined=_alias_joined,
    alias_of_type=_alias_of_type,
    two_aliases=_two_aliases,
)

for _layout in LAYOUTS:
    for _name, _make in STATEMENTS.items():
        _case(_name, _layout, _make, True)
    for _name, _make in LOADS.items():
        _case(_name, _layout, _make, False)


@program
def inherited_attributes_with_columns_of_another_name(lib: Any, engine: Any, log: Log) -> None:
    """What a subclass says anew stands behind what it inherits; what has the same name stays in its place."""
    base: Any = lib.orm.declarative_base()
    person: Any = type("Person", (base,), {
        "__tablename__": "person",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
    })  # fmt: skip

    def subclass(name: str, parent: Any, /, **columns: Any) -> Any:
        found: Any = type(name, (parent,), {"__tablename__": name.lower(), **columns})
        log(name, [(prop.key, [str(column) for column in prop.columns]) for prop in lib.inspect(found).column_attrs])
        log.text(name, lib.select(found), engine)
        return found

    def key(*name: str, to: str = "person.id") -> Any:
        return lib.Column(*name, lib.ForeignKey(to), primary_key=True)

    text = lib.String
    renamed = subclass("Renamed", person, id=key("own"), more=lib.Column(text))
    subclass("Behind", person, more=lib.Column("m", text), id=key("own"), last=lib.Column(text))
    subclass("Plain", person, more=lib.Column(text), id=key())
    subclass("Both", person, id=lib.orm.column_property(key("id"), person.id), more=lib.Column(text))
    subclass("Other", person, id=key(), name=lib.Column("n", text))
    subclass("Third", renamed, id=key("third", to="renamed.own"), deep=lib.Column("d", text))
