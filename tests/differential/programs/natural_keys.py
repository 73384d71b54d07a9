"""Programs about primary keys that mean something and change: with ON UPDATE CASCADE, and where the flush has to help."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def users(
    lib: Any,
    engine: Any,
    log: Log,
    *,
    cascade: bool,
    passive: bool,
    of_address: dict[str, Any] | None = None,
    key_is_reference: bool = False,
    backref: bool = True,
) -> Any:
    """Map users with a name as their key, and addresses that refer to it.

    Args:
        cascade: ON UPDATE CASCADE.
        passive: ``passive_updates`` of the collection.
        of_address: options of the reference from the address.
        key_is_reference: the reference is a part of the address's own key.
    """
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    # Without ON UPDATE the constraint has to wait for the end of the transaction.
    how = {"onupdate": "cascade"} if cascade else {"deferrable": True, "initially": "DEFERRED"}
    user = {
        "__tablename__": "users",
        "name": lib.Column(lib.String, primary_key=True),
        "full": lib.Column(lib.String),
        "addresses": lib.orm.relationship(
            "Address",
            passive_updates=passive,
            order_by="Address.street",
            **({"back_populates": "user"} if backref else {}),
        ),
    }
    address = {
        "__tablename__": "addresses",
        "street": lib.Column(lib.String, primary_key=True),
        "user_name": lib.Column(lib.ForeignKey("users.name", **how), primary_key=key_is_reference),
    }
    if backref:
        address["user"] = lib.orm.relationship("User", back_populates="addresses", **(of_address or {}))
    made = SimpleNamespace(
        User=type("User", (base,), user), Address=type("Address", (base,), address), metadata=base.metadata
    )
    with log.quiet():
        base.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            jack = made.User(name="jack", full="Jack")
            jack.addresses = [made.Address(street="a"), made.Address(street="b")]
            session.add_all([jack, made.User(name="ed", full="Ed")])
            session.commit()
    return made


def _tell(log: Log, session: Any, user: Any, addresses: list[Any]) -> None:
    log("name", user.name)
    log("identity", [session.identity_key(instance=each)[1] for each in (user, *addresses)])
    log("references", [each.user_name for each in addresses])
    log.session(session)


def _change(
    lib: Any, engine: Any, log: Log, names: Any, *, load: bool = True, twice: bool = False, get: bool = True
) -> None:
    with lib.orm.Session(engine) as session:
        jack = session.get(names.User, "jack")
        addresses = list(jack.addresses) if load else []
        jack.name = "john"
        session.flush()
        _tell(log, session, jack, addresses)
        if twice:
            jack.name = "joe"
            jack.full = "Joe"
            session.flush()
            _tell(log, session, jack, addresses)
        if get:
            log("old key", session.get(names.User, "jack"))
            log("new key", session.get(names.User, jack.name) is jack)
        session.commit()
        log("after", (jack.name, [(each.street, each.user_name) for each in jack.addresses]))


@program
def cascading_loaded(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=True, passive=True))


@program
def cascading_not_loaded(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=True, passive=True), load=False)


@program
def cascading_twice(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=True, passive=True), twice=True)


@program
def not_cascading_loaded(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False))


@program
def not_cascading_not_loaded(lib: Any, engine: Any, log: Log) -> None:
    """The flush loads the addresses to update them."""
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False), load=False)


@program
def not_cascading_twice(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False), twice=True)


@program
def not_cascading_one_sided(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False, backref=False), load=False)


@program
def cascading_one_sided(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=True, passive=True, backref=False))


@program
def reference_in_the_key_cascading(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=True, passive=True, key_is_reference=True))


@program
def reference_in_the_key_not_cascading(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False, key_is_reference=True), load=False)


@program
def reference_in_the_key_not_cascading_loaded(lib: Any, engine: Any, log: Log) -> None:
    _change(lib, engine, log, users(lib, engine, log, cascade=False, passive=False, key_is_reference=True))


@program
def seen_from_the_address(lib: Any, engine: Any, log: Log) -> None:
    """The reference is loaded, the collection is not."""
    names = users(lib, engine, log, cascade=False, passive=False, of_address={"passive_updates": False})
    with lib.orm.Session(engine) as session:
        address = session.get(names.Address, "a")
        address.user.name = "john"
        session.flush()
        log("reference", address.user_name)
        session.commit()
        log("reference", address.user_name)


@program
def only_many_to_one(lib: Any, engine: Any, log: Log) -> None:
    """There is no collection: the reference finds the addresses among the objects present."""
    for passive in (True, False):
        base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
        how = {"onupdate": "cascade"} if passive else {"deferrable": True, "initially": "DEFERRED"}
        user: Any = type("User", (base,), {"__tablename__": "users", "name": lib.Column(lib.String, primary_key=True)})
        body = {
            "__tablename__": "addresses",
            "street": lib.Column(lib.String, primary_key=True),
            "user_name": lib.Column(lib.ForeignKey("users.name", **how)),
            "user": lib.orm.relationship(user, passive_updates=passive),
        }
        address: Any = type("Address", (base,), body)
        with log.quiet():
            base.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            jack = user(name="jack")
            one, two = address(street="a", user=jack), address(street="b", user=jack)
            session.add_all([one, two])
            session.commit()
            log("loaded", (one.user.name, two.user_name))
            jack.name = "john"
            session.flush()
            log("references", [each.user_name for each in (one, two)])
            session.commit()
            log("references", [each.user_name for each in (one, two)])
        with log.quiet():
            base.metadata.drop_all(engine)


@program
def exchanged_keys(lib: Any, engine: Any, log: Log) -> None:
    names = users(lib, engine, log, cascade=True, passive=True)
    with lib.orm.Session(engine) as session:
        jack, ed = session.get(names.User, "jack"), session.get(names.User, "ed")
        ed.name = "edward"
        jack.name = "ed"
        session.flush()
        log("names", (jack.name, ed.name))
        log("get", (session.get(names.User, "ed") is jack, session.get(names.User, "edward") is ed))
        session.rollback()
        log("names", (jack.name, ed.name))
        log("get", (session.get(names.User, "jack") is jack, session.get(names.User, "ed") is ed))


@program
def moved_and_renamed(lib: Any, engine: Any, log: Log) -> None:
    """A member comes to a parent whose key changes in the same flush."""
    for passive in (True, False):
        names = users(lib, engine, log, cascade=passive, passive=passive)
        with lib.orm.Session(engine) as session:
            jack, ed = session.get(names.User, "jack"), session.get(names.User, "ed")
            moving = jack.addresses[0]
            ed.addresses.append(moving)
            ed.name = "edward"
            session.flush()
            log("reference", moving.user_name)
            jack.name = "john"
            jack.addresses.append(names.Address(street="c"))
            session.flush()
            log("references", [each.user_name for each in jack.addresses])
            session.commit()
            log("references", [each.user_name for each in jack.addresses])
        with log.quiet():
            names.metadata.drop_all(engine)


@program
def deleted_and_renamed(lib: Any, engine: Any, log: Log) -> None:
    names = users(lib, engine, log, cascade=False, passive=False)
    with lib.orm.Session(engine) as session:
        jack = session.get(names.User, "jack")
        first, second = jack.addresses
        jack.name = "john"
        session.delete(first)
        jack.addresses.remove(second)
        session.flush()
        log("reference", second.user_name)
        session.commit()


def items(lib: Any, engine: Any, log: Log, *, cascade: bool, passive: bool) -> Any:
    """Map items and tags with meaning keys, and the table between."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    how = {"onupdate": "cascade"} if cascade else {"deferrable": True, "initially": "DEFERRED"}
    between = lib.Table(
        "item_tags",
        base.metadata,
        lib.Column("item", lib.ForeignKey("items.name", **how), primary_key=True),
        lib.Column("tag", lib.ForeignKey("tags.name", **how), primary_key=True),
    )
    item = {
        "__tablename__": "items",
        "name": lib.Column(lib.String, primary_key=True),
        "tags": lib.orm.relationship(
            "Tag", secondary=between, back_populates="items", passive_updates=passive, order_by="Tag.name"
        ),
    }
    tag = {
        "__tablename__": "tags",
        "name": lib.Column(lib.String, primary_key=True),
        "items": lib.orm.relationship("Item", secondary=between, back_populates="tags", passive_updates=passive),
    }
    names = SimpleNamespace(Item=type("Item", (base,), item), Tag=type("Tag", (base,), tag), metadata=base.metadata)
    with log.quiet():
        base.metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            tags = [names.Tag(name=name) for name in "xy"]
            session.add(names.Item(name="a", tags=tags))
            session.commit()
    return names


@program
def many_to_many_cascading(lib: Any, engine: Any, log: Log) -> None:
    names = items(lib, engine, log, cascade=True, passive=True)
    with lib.orm.Session(engine) as session:
        item = session.get(names.Item, "a")
        log("tags", len(item.tags))
        item.name = "b"
        session.commit()
        log("tags", [each.name for each in item.tags])


@program
def many_to_many_not_cascading(lib: Any, engine: Any, log: Log) -> None:
    names = items(lib, engine, log, cascade=False, passive=False)
    with lib.orm.Session(engine) as session:
        item = session.get(names.Item, "a")
        item.name = "b"
        session.commit()
        log("tags", [each.name for each in item.tags])
        item.tags[0].name = "z"
        session.commit()
        log("tags", sorted(each.name for each in item.tags))


@program
def tree_with_names(lib: Any, engine: Any, log: Log) -> None:
    """A table that refers to itself by a key that changes."""
    for passive in (True, False):
        base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
        how = {"onupdate": "cascade"} if passive else {"deferrable": True, "initially": "DEFERRED"}
        name = lib.Column(lib.String, primary_key=True)
        body = {
            "__tablename__": "nodes",
            "name": name,
            "parent_name": lib.Column(lib.ForeignKey("nodes.name", **how)),
            "children": lib.orm.relationship(
                "Node", back_populates="parent", passive_updates=passive, order_by="Node.name"
            ),
            "parent": lib.orm.relationship(
                "Node", back_populates="children", remote_side=[name], passive_updates=passive
            ),
        }
        node: Any = type("Node", (base,), body)
        with log.quiet():
            base.metadata.create_all(engine)
            with lib.orm.Session(engine) as session:
                session.add(node(name="a", children=[node(name="b", children=[node(name="c")]), node(name="d")]))
                session.commit()
        with lib.orm.Session(engine) as session:
            root = session.get(node, "a")
            log("children", [each.name for each in root.children])
            root.name = "z"
            session.flush()
            log("references", [each.parent_name for each in root.children])
            session.commit()
            log("references", [each.parent_name for each in root.children])
        with log.quiet():
            base.metadata.drop_all(engine)
