"""The graph of objects that random session programs are about: every kind of relationship, and both kinds of inheritance."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple


class Side(NamedTuple):
    """One relationship of a class.

    Attributes:
        name: of the attribute.
        near: the class that has it.
        far: the class that it leads to.
        shape: "one", "list", "set" or "dict".
        reverse: the attribute of the other side of a one-to-many relationship.
    """

    name: str
    near: str
    far: str
    shape: str
    reverse: str = ""


SIDES = (
    Side("pets", "Owner", "Pet", "list", "owner"),
    Side("owner", "Pet", "Owner", "one", "pets"),
    Side("toys", "Owner", "Toy", "dict", "keeper"),
    Side("keeper", "Toy", "Owner", "one", "toys"),
    Side("card", "Owner", "Card", "one", "holder"),
    Side("holder", "Card", "Owner", "one", "card"),
    Side("tags", "Owner", "Tag", "set"),
    Side("owners", "Tag", "Owner", "list"),
    Side("staff", "Owner", "Owner", "list", "boss"),
    Side("boss", "Owner", "Owner", "one", "staff"),
    Side("ratings", "Pet", "Rating", "list", "pet"),
    Side("pet", "Rating", "Pet", "one", "ratings"),
    Side("tag", "Rating", "Tag", "one"),
    Side("favourite", "Owner", "Pet", "one"),
)
KINDS = ("Owner", "Firm", "Pet", "Dog", "Toy", "Card", "Tag", "Rating")
LINKS = "owner_tags"


@cache
def classes(lib: Any) -> dict[str, Any]:
    """Map the classes, once per library."""
    orm, relationship = lib.orm, lib.orm.relationship
    base = type("Base", (orm.DeclarativeBase,), {})

    def key(target: str, nullable: bool = True, **options: Any) -> Any:
        return lib.Column(lib.ForeignKey(f"{target}.id", **options), nullable=nullable)

    links = lib.Table(LINKS, base.metadata, *[
        lib.Column(f"{name}_id", lib.ForeignKey(f"{name}.id"), primary_key=True) for name in ("owner", "tag")
    ])  # fmt: skip
    owned = "all, delete-orphan"
    bodies: dict[str, dict[str, Any]] = {
        "Owner": {
            "kind": lib.Column(lib.String),
            "boss_id": key("owner"),
            "favourite_id": key("pet", use_alter=True, name="favourite"),
            "pets": relationship("Pet", foreign_keys="Pet.owner_id", back_populates="owner", order_by="Pet.id"),
            "toys": relationship(
                "Toy", collection_class=orm.attribute_keyed_dict("name"), back_populates="keeper", cascade=owned
            ),
            "card": relationship("Card", uselist=False, back_populates="holder", cascade=owned),
            "tags": relationship("Tag", secondary=links, collection_class=set, back_populates="owners"),
            "staff": relationship("Owner", back_populates="boss", order_by="Owner.id"),
            "boss": relationship("Owner", back_populates="staff", remote_side="Owner.id"),
            "favourite": relationship("Pet", foreign_keys="Owner.favourite_id", post_update=True),
            "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "owner"},
        },
        "Pet": {
            "kind": lib.Column(lib.String),
            "owner_id": key("owner"),
            "owner": relationship("Owner", foreign_keys="Pet.owner_id", back_populates="pets"),
            "ratings": relationship("Rating", back_populates="pet", cascade=owned, order_by="Rating.tag_id"),
            "note": orm.mapped_column(lib.String, deferred=True),
            "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "pet"},
        },
        "Toy": {
            "keeper_id": key("owner", nullable=False),
            "keeper": relationship("Owner", back_populates="toys"),
            "version": lib.Column(lib.Integer, nullable=False),
        },
        "Card": {"holder_id": key("owner"), "holder": relationship("Owner", back_populates="card")},
        "Tag": {"owners": relationship("Owner", secondary=links, back_populates="tags", order_by="Owner.id")},
    }
    found: dict[str, Any] = {"metadata": base.metadata}
    for name, body in bodies.items():
        columns = {
            "__tablename__": name.lower(),
            # No key comes twice: an object that has lost its row would give way in Holdfast.
            "__table_args__": {"sqlite_autoincrement": True},
            "id": lib.Column(lib.Integer, primary_key=True),
            "name": lib.Column(lib.String),
            "amount": lib.Column(lib.Integer),
        }
        found[name] = type(name, (base,), {**columns, **body, **_version(name, body)})
    found["Firm"] = type("Firm", (found["Owner"],), {
        "__tablename__": "firm",
        "id": lib.Column(lib.ForeignKey("owner.id"), primary_key=True),
        "level": lib.Column(lib.Integer),
        "__mapper_args__": {"polymorphic_identity": "firm"},
    })  # fmt: skip
    found["Dog"] = type("Dog", (found["Pet"],), {
        "bark": orm.mapped_column(lib.Integer, nullable=True),
        "__mapper_args__": {"polymorphic_identity": "dog"},
    })  # fmt: skip
    found["Rating"] = type("Rating", (base,), {
        "__tablename__": "rating",
        "pet_id": lib.Column(lib.ForeignKey("pet.id"), primary_key=True),
        "tag_id": lib.Column(lib.ForeignKey("tag.id"), primary_key=True),
        "amount": lib.Column(lib.Integer),
        "name": lib.Column(lib.String),
        "pet": relationship("Pet", back_populates="ratings"),
        "tag": relationship("Tag"),
    })  # fmt: skip
    base.registry.configure()
    return found


def _version(name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"__mapper_args__": {"version_id_col": body["version"]}} if name == "Toy" else {}
