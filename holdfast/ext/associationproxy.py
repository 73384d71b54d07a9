"""Association proxies: an attribute of related objects shown as if it were the owner's own.

``user.keywords`` gives and takes keywords; the objects of the association between are made and dropped behind it. On the class
it stands in criteria: ``User.keywords.contains(keyword)``.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Generic, TypeVar

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.ext.proxied_collections import _AssociationDict, _AssociationList, _AssociationSet
from holdfast.orm.inspection_attr import InspectionAttrInfo
from holdfast.orm.mapping.join_request import MANYTOONE
from holdfast.orm.mapping.relationships import RelationshipProperty
from holdfast.sql import operators
from holdfast.sql.boolean import not_, or_
from holdfast.sql.operations import ColumnOperators
from holdfast.sql.operators import Operator

T = TypeVar("T")


class AssociationProxyExtensionType(Enum):
    """What kind of extension a descriptor of a mapped class is."""

    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"


def association_proxy(
    target_collection: str,
    attr: str,
    *,
    creator: Callable[..., Any] | None = None,
    getset_factory: Callable[..., Any] | None = None,
    proxy_factory: Callable[..., Any] | None = None,
    proxy_bulk_set: Callable[..., Any] | None = None,
    info: dict[Any, Any] | None = None,
    cascade_scalar_deletes: bool = False,
    create_on_none_assignment: bool = False,
    **dataclass_options: Any,
) -> AssociationProxy[Any]:
    """Return a proxy of an attribute of related objects.

    Args:
        target_collection: name of the relationship to the objects in between.
        attr: name of their attribute that is shown.
        creator: value -> object in between (key and value, where the relationship is a dict); None: its class.
        getset_factory: (collection class, proxy) -> getter and setter of an object's value.
        proxy_factory: (lazy collection, creator, value attribute, proxy) -> what stands for a collection of another kind.
        proxy_bulk_set: function that replaces the values of such a collection.
        info: the program's own facts.
        cascade_scalar_deletes: deleting the value of a reference deletes the object in between.
        create_on_none_assignment: setting None makes an object in between too.
        dataclass_options: accepted for mapped dataclasses.
    """
    return AssociationProxy(
        target_collection,
        attr,
        creator=creator,
        getset_factory=getset_factory,
        proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set,
        info=info,
        cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
    )


class AssociationProxy(InspectionAttrInfo, Generic[T]):
    """The descriptor that `association_proxy` makes."""

    is_attribute_extension = True
    is_attribute = True
    extension_type = AssociationProxyExtensionType.ASSOCIATION_PROXY

    def __init__(self, target_collection: str, attr: str, **options: Any) -> None:
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = options.get("creator")
        self.getset_factory = options.get("getset_factory")
        self.proxy_factory = options.get("proxy_factory")
        self.proxy_bulk_set = options.get("proxy_bulk_set")
        self.cascade_scalar_deletes = bool(options.get("cascade_scalar_deletes"))
        self.create_on_none_assignment = bool(options.get("create_on_none_assignment"))
        self.info = dict(options.get("info") or {})
        self.key = f"_association_{attr}"
        self._by_class: dict[type, AssociationProxyInstance] = {}

    def __set_name__(self, owner: Any, name: str) -> None:
        self.key = name

    def for_class(self, class_: Any, obj: Any = None) -> AssociationProxyInstance:
        """Return the proxy as it is for a class that has it, or for an alias of one."""
        found = self._by_class.get(class_)
        if found is None:
            found = _at_class(self, class_)
            # An alias is not kept: the proxy would hold it as long as the class lives.
            if isinstance(class_, type):
                self._by_class[class_] = found
        return found

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            if not hasattr(owner, "__mapper__") and not hasattr(owner, "_aliased_insp"):
                return self
            return self.for_class(owner)
        return self.for_class(type(instance)).get(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        self.for_class(type(instance)).set(instance, value)

    def __delete__(self, instance: Any) -> None:
        self.for_class(type(instance)).delete(instance)


class AssociationProxyInstance(ColumnOperators):
    """A proxy at one class.

    Attributes:
        parent: the `AssociationProxy`.
        owning_class: the class, or an alias of it.
    """

    def __init__(self, parent: AssociationProxy[Any], owning_class: Any) -> None:
        self.parent = parent
        self.owning_class = owning_class
        self.key = parent.key
        self.target_collection = parent.target_collection
        self.value_attr = parent.value_attr
        self.info = parent.info

    # -- what it is made of ------------------------------------------------------------------------------------------------

    @property
    def local_attr(self) -> Any:
        """The relationship to the objects in between."""
        return getattr(self.owning_class, self.target_collection)

    @property
    def target_class(self) -> Any:
        """The class of the objects in between."""
        return self.local_attr.property.mapper.class_

    @property
    def remote_attr(self) -> Any:
        """Their attribute that is shown."""
        target = self.target_class
        found = getattr(target, self.value_attr, None)
        if not isinstance(found, AssociationProxyInstance) and not getattr(found, "is_attribute", False):
            raise AttributeError(
                f"Association proxy {self.owning_class.__name__}.{self.target_collection} refers to an attribute "
                f"{self.value_attr!r} that is not directly mapped on class {target}; therefore this operation cannot "
                "proceed since we don't know what type of object is referred towards"
            )
        return found

    @property
    def collection_class(self) -> Any:
        """What values are shown in, where the program said so; None: what the relationship asks for."""
        return None

    @property
    def attr(self) -> tuple[Any, Any]:
        """Both, for joins."""
        return self.local_attr, self.remote_attr

    @property
    def scalar(self) -> bool:
        """The relationship is a reference: the proxy shows one value, not a collection."""
        return not self.local_attr.property.uselist

    @property
    def extension_type(self) -> Any:
        """What kind of extension this is."""
        return AssociationProxyExtensionType.ASSOCIATION_PROXY

    # -- values ------------------------------------------------------------------------------------------------------------

    def _getter(self, target: Any) -> Any:
        return getattr(target, self.value_attr)

    def _setter(self, *arguments: Any) -> None:
        setattr(arguments[0], self.value_attr, arguments[-1])

    def _create(self, *arguments: Any) -> Any:
        return (self.parent.creator or self.target_class)(*arguments)

    def get(self, instance: Any) -> Any:
        """Return the value or collection of values of an object."""
        if self.scalar:
            target = getattr(instance, self.target_collection)
            return None if target is None else self._getter(target)
        return self._collection(instance)

    def _collection(self, instance: Any) -> Any:
        name = self.target_collection
        collection = getattr(instance, name)

        def source() -> Any:
            return getattr(instance, name)

        if self.parent.proxy_factory is not None:
            return self.parent.proxy_factory(source, self._create, self.value_attr, self)
        kind = _kind_of(collection)
        getter, setter = self._getter, self._setter
        if self.parent.getset_factory is not None:
            getter, setter = self.parent.getset_factory(type(collection), self)
        return kind(source, self._create, getter, setter)

    def set(self, instance: Any, value: Any) -> None:
        """Set the value of an object, or replace its values."""
        if not self.scalar:
            proxy = self._collection(instance)
            if value is proxy:
                return
            if self.parent.proxy_bulk_set is not None:
                proxy.clear()
                self.parent.proxy_bulk_set(proxy, value)
            else:
                proxy.replace(value)
            return
        target = getattr(instance, self.target_collection)
        if target is not None:
            self._setter(target, value)
            if value is None and self.parent.cascade_scalar_deletes:
                setattr(instance, self.target_collection, None)
        elif value is not None or self.parent.create_on_none_assignment:
            setattr(instance, self.target_collection, self._create(value))

    def delete(self, instance: Any) -> None:
        """Delete the value of an object, or take all of its values out."""
        if not self.scalar:
            self._collection(instance).clear()
            return
        target = getattr(instance, self.target_collection)
        if target is not None:
            delattr(target, self.value_attr)
            if self.parent.cascade_scalar_deletes:
                setattr(instance, self.target_collection, None)

    # -- criteria ------------------------------------------------------------------------------------------------------------

    def _exists(self, criterion: Any = None) -> Any:
        """Return EXISTS of an object in between that fulfils a criterion."""
        local = self.local_attr
        return local.has(criterion) if self.scalar else local.any(criterion)

    @property
    def _shown(self) -> Any:
        """What the proxy shows, if that has `any` and `has` itself: a relationship or another proxy; else None."""
        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance) or isinstance(
            getattr(remote, "property", None), RelationshipProperty
        ):
            return remote
        return None

    def _inner(self, criterion: Any, keywords: dict[str, Any]) -> Any:
        """Return the criterion on an object in between that its shown attribute fulfils one."""
        shown = self._shown
        if shown is not None:
            return shown.has(criterion, **keywords) if _is_scalar(shown) else shown.any(criterion, **keywords)
        if keywords:
            raise ArgumentError(
                "Can't apply keyword arguments to column-targeted association proxy; use ==. "
                f"'{self}' shows the column {self.value_attr!r}, which has no attributes to filter by; or give a criterion."
            )
        return criterion

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: one of the values fulfils the criteria."""
        if self.scalar and (self._shown is None or _is_scalar(self._shown)):
            raise InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists(self._inner(criterion, kwargs))

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: the value fulfils the criteria."""
        if not self.scalar:
            raise InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._exists(self._inner(criterion, kwargs))

    def contains(self, other: Any, **modifiers: Any) -> Any:
        """Return the condition that the values hold `other`; of columns: that one of them has it within."""
        shown = self._shown
        if shown is None:
            return self._exists(self.remote_attr.contains(other, **modifiers))
        return self._exists(shown == other if _is_scalar(shown) else shown.contains(other))

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return EXISTS: a value stands in that relation to another one."""
        if self._shown is not None and not self.scalar:
            raise InvalidRequestError("'has()' not implemented for collections. Use any().")
        found = self._exists(self.remote_attr.operate(op, *other, **modifiers))
        if op is operators.eq and other == (None,):
            return or_(found, self._nobody())
        return found

    def _nobody(self) -> Any:
        """Return the condition that there is no object in between."""
        direction = getattr(getattr(self.local_attr, "property", None), "direction", None)
        return self.local_attr.operate(operators.eq, None) if direction is MANYTOONE else not_(self._exists())

    def __clause_element__(self) -> Any:
        raise NotImplementedError(
            "The association proxy can't be used as a plain column expression; it only works inside of a comparison "
            f"expression. Select {self.value_attr!r} of the related class, and join to it."
        )

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return f"{getattr(self.owning_class, '__name__', self.owning_class)}.{self.key}"


class ObjectAssociationProxyInstance(AssociationProxyInstance):
    """A proxy that shows objects: its attribute is a relationship, or another proxy."""


class ColumnAssociationProxyInstance(AssociationProxyInstance):
    """A proxy that shows values of a column."""


class AmbiguousAssociationProxyInstance(AssociationProxyInstance):
    """A proxy of an attribute that the related class does not have: its objects do, or those of its subclasses."""


def _at_class(proxy: AssociationProxy[Any], class_: Any) -> AssociationProxyInstance:
    """Return a proxy as it is at a class.

    Raises:
        InvalidRequestError: the class has no such attribute.
        NotImplementedError: the attribute is no relationship.
    """
    mapper = class_.__mapper__ if isinstance(class_, type) else class_._aliased_insp.mapper
    between = mapper.by_name.get(proxy.target_collection)
    if between is None:
        raise InvalidRequestError(
            f"Mapper '{mapper}' has no property {proxy.target_collection!r}.  If this property was indicated from other "
            "mappers or configure events, ensure registry.configure() has been called. An association proxy is given "
            "the name of a relationship first, that of an attribute of the related class second."
        )
    if not isinstance(between, RelationshipProperty):
        raise NotImplementedError(
            "association proxy to a non-relationship intermediary is not supported: "
            f"'{class_.__name__}.{proxy.target_collection}' is no relationship."
        )
    shown = getattr(between.mapper.class_, proxy.value_attr, None)
    kind: type[AssociationProxyInstance] = ColumnAssociationProxyInstance
    if isinstance(shown, AssociationProxyInstance) or isinstance(
        getattr(shown, "property", None), RelationshipProperty
    ):
        kind = ObjectAssociationProxyInstance
    elif not getattr(shown, "is_attribute", False):
        kind = AmbiguousAssociationProxyInstance
    return kind(proxy, class_)


def _is_scalar(shown: Any) -> bool:
    """Tell whether a relationship or proxy stands for one object."""
    return shown.scalar if isinstance(shown, AssociationProxyInstance) else not shown.property.uselist


def _kind_of(collection: Any) -> Any:
    """Return the kind of collection that shows the values of one."""
    if hasattr(collection, "keys"):
        return _AssociationDict
    if hasattr(collection, "append"):
        return _AssociationList
    if hasattr(collection, "add"):
        return _AssociationSet
    raise InvalidRequestError(
        f"could not guess which interface to use for collection_class {type(collection).__name__!r} backing an association "
        "proxy; specify a proxy_factory and proxy_bulk_set manually"
    )


__all__ = [
    "AssociationProxy",
    "AssociationProxyExtensionType",
    "AssociationProxyInstance",
    "ColumnAssociationProxyInstance",
    "ObjectAssociationProxyInstance",
    "association_proxy",
]
