"""Animals, in one table and in a table per class."""

from __future__ import annotations

from holdfast import ForeignKey, String
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Single(DeclarativeBase):
    """All animals in one table."""

    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


class Zoo(Single):
    __tablename__ = "zoo"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    animals: Mapped[list[Animal]] = relationship(back_populates="zoo", order_by="Animal.id")


class Animal(Single):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    zoo_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    zoo: Mapped[Zoo | None] = relationship(back_populates="animals")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    breed: Mapped[str | None] = mapped_column(use_existing_column=True)
    tricks: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    breed: Mapped[str | None] = mapped_column(use_existing_column=True)
    lives: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "cat"}


class Puppy(Dog):
    __mapper_args__ = {"polymorphic_identity": "puppy"}


class Joined(DeclarativeBase):
    """A table per class."""

    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


class Vehicle(Joined):
    __tablename__ = "vehicle"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Car(Vehicle):
    __tablename__ = "car"
    id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    doors: Mapped[int | None]
    wheels: Mapped[list[Wheel]] = relationship(back_populates="car", order_by="Wheel.id")
    __mapper_args__ = {"polymorphic_identity": "car"}


class Truck(Vehicle):
    __tablename__ = "truck"
    truck_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    load: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "truck"}


class Racer(Car):
    __tablename__ = "racer"
    id: Mapped[int] = mapped_column(ForeignKey("car.id"), primary_key=True)
    speed: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "racer"}


class Wheel(Joined):
    __tablename__ = "wheel"
    id: Mapped[int] = mapped_column(primary_key=True)
    car_id: Mapped[int | None] = mapped_column(ForeignKey("car.id"))
    car: Mapped[Car | None] = relationship(back_populates="wheels")
