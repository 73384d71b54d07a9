"""`automap_base`: classes and relationships made of the tables that are there, read from a database or declared.

``Base = automap_base(); Base.prepare(autoload_with=engine); User = Base.classes.users``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from holdfast import exc
from holdfast.ext.automap_names import (
    Properties,
    classname_for_table,
    generate_relationship,
    name_for_collection_relationship,
    name_for_scalar_relationship,
)
from holdfast.ext.automap_relationships import Hooks, is_secondary, relate_keys, relate_through
from holdfast.orm import declarative_base as make_declarative_base
from holdfast.sql.quoted_name import quoted_name


class AutomapBase:
    """Base of the classes of an automapped schema; made by `automap_base`.

    Attributes:
        classes: the mapped classes by name, but for those that got a module by ``modulename_for_table``.
        by_module: all by module: ``Base.by_module.sales.users``.
        metadata: their tables.
    """

    __abstract__ = True
    __automap_waiting__: ClassVar[list[type[Any]]]
    __automap_made__: ClassVar[set[tuple[type[Any], str]]]

    classes: ClassVar[Any]
    by_module: ClassVar[Any]
    metadata: ClassVar[Any]

    @classmethod
    def __delay_mapping__(cls) -> bool:
        """Say whether the class is to be mapped later: all are, by `prepare`."""
        if cls.__dict__.get("__automap_ready__"):
            return False
        cls.__automap_waiting__.append(cls)
        return True

    @classmethod
    def prepare(
        cls,
        autoload_with: Any = None,
        engine: Any = None,
        reflect: bool = False,
        schema: str | None = None,
        classname_for_table: Callable[..., str] | None = None,
        modulename_for_table: Callable[..., str] | None = None,
        collection_class: Any = None,
        name_for_scalar_relationship: Callable[..., str] | None = None,
        name_for_collection_relationship: Callable[..., str] | None = None,
        generate_relationship: Callable[..., Any] | None = None,
        reflection_options: Mapping[str, Any] | None = None,
    ) -> None:
        """Map the tables: classes that were declared, a class for each other table, relationships for foreign keys.

        May be called several times, for example once per schema.

        Args:
            autoload_with: an Engine or Connection: read its tables first.
            engine, reflect: the older form of the same.
            schema: of the tables that are read.
            classname_for_table: (base, table's name, table) -> the class's name.
            modulename_for_table: (base, table's name, table) -> the module's.
            collection_class: of relationships to many; a list by default.
            name_for_scalar_relationship, name_for_collection_relationship: (base, class, related class, constraint) ->
                the attribute's name.
            generate_relationship: (base, direction, function, attribute, class, related class, **options) -> what
                `relationship` or `backref` gives, or None for no relationship.
            reflection_options: more arguments of `MetaData.reflect`.
        """
        hooks = Hooks(
            cls,
            collection_class or list,
            name_for_scalar_relationship or _names.name_for_scalar_relationship,
            name_for_collection_relationship or _names.name_for_collection_relationship,
            generate_relationship or _names.generate_relationship,
            cls.__automap_made__,
        )
        source = engine if autoload_with is None else autoload_with
        if reflect and source is None:
            raise exc.ArgumentError("prepare(reflect=True) needs the engine; write prepare(autoload_with=engine).")
        _map_declared(cls, source)
        if source is not None:
            options = dict(reflection_options or {})
            cls.metadata.reflect(source, schema=schema, **options)
        secondary = _map_tables(cls, classname_for_table or _names.classname_for_table, modulename_for_table)
        of_table = {class_.__table__: class_ for class_ in _mapped(cls)}
        for table, class_ in of_table.items():
            relate_keys(hooks, of_table, table, class_)
        for table in secondary:
            relate_through(hooks, of_table, table)


class _names:
    """The defaults, under the names that `prepare` uses for its arguments."""

    classname_for_table = staticmethod(classname_for_table)
    name_for_scalar_relationship = staticmethod(name_for_scalar_relationship)
    name_for_collection_relationship = staticmethod(name_for_collection_relationship)
    generate_relationship = staticmethod(generate_relationship)


def automap_base(declarative_base: Any = None, **kw: Any) -> Any:
    """Return a base whose classes are mapped by `AutomapBase.prepare`.

    Args:
        declarative_base: a declarative base that it derives from; by default a new one.
        kw: of `declarative_base`, for a new one.
    """
    base = make_declarative_base(**kw) if declarative_base is None else declarative_base
    body = {
        "__abstract__": True,
        "classes": Properties(),
        "by_module": Properties(),
        "__automap_waiting__": [],
        "__automap_made__": set(),
    }
    return type(base)(base.__name__, (AutomapBase, base), body)


def _map_declared(base: Any, source: Any) -> None:
    """Map the classes that wait; where there is a database, with the columns that they leave out."""
    waiting, base.__automap_waiting__[:] = list(base.__automap_waiting__), []
    for class_ in waiting:
        type.__setattr__(class_, "__automap_ready__", True)
        options = {} if source is None or class_.__dict__.get("__table__") is not None else {"autoload_with": source}
        class_.registry.map_declaratively(class_, options)
        base.classes.add(class_.__name__, class_)
        _enter(base, class_, class_.__module__)


def _enter(base: Any, class_: type[Any], module: str) -> None:
    base.by_module.descend(module.split(".")).add(class_.__name__, class_)


def _mapped(base: Any) -> list[type[Any]]:
    """Return the mapped classes of a base, in the order of their tables."""
    found = [mapper.class_ for mapper in base.registry.mappers if issubclass(mapper.class_, base)]
    return sorted(found, key=lambda class_: class_.__table__.fullname)


def _map_tables(base: Any, name_of: Callable[..., str], module_of: Callable[..., str] | None) -> list[Any]:
    """Map the tables that have a primary key and no class yet; return those between two others, which get none."""
    taken = {class_.__table__ for class_ in _mapped(base)}
    secondary = []
    for table in base.metadata.sorted_tables:
        if table in taken:
            continue
        if is_secondary(table):
            secondary.append(table)
        elif table.primary_key:
            tablename = quoted_name(table.name, None)
            name = str(name_of(base, tablename, table))
            module = base.__module__ if module_of is None else module_of(base, tablename, table)
            made = type(base)(name, (base,), {"__table__": table, "__module__": module, "__automap_ready__": True})
            if module_of is None:
                base.classes.add(name, made)
            _enter(base, made, module)
    return secondary


__all__ = ["AutomapBase", "automap_base", "classname_for_table", "generate_relationship",
           "name_for_collection_relationship", "name_for_scalar_relationship"]  # fmt: skip
