"""Hybrids in lists of rows that are inserted or updated: what `bulk_dml` makes of them."""

import importlib
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _classes(lib: Any, log: Log) -> Any:
    """Return a class whose hybrids stand for several columns, and a class in a second table below it."""
    orm = lib.orm
    hybrid = importlib.import_module(f"{lib.__name__}.ext.hybrid").hybrid_property

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class HasPlace:
        @hybrid
        def place(self) -> Any:
            return (self.x, self.y)

        @place.inplace.bulk_dml
        @classmethod
        def _place(cls, row: Any, value: Any) -> None:
            log("place of", (cls.__name__, row["id"], row["place"] is value))
            row["x"], row["y"] = value

    class Point(HasPlace, Base):
        __tablename__ = "points"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        kind = orm.mapped_column(lib.String(5), default="point")
        x = orm.mapped_column(lib.Integer)
        y = orm.mapped_column(lib.Integer)
        renamed = orm.mapped_column("other_name", lib.Integer, default=1)
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "point"}

        @hybrid
        def sum(self) -> Any:
            return self.x + self.y

        @sum.inplace.update_expression
        @classmethod
        def _sum(cls, value: Any) -> Any:
            return [(cls.x, value - lib.from_dml_column(cls.y))]

        @hybrid
        def note(self) -> Any:
            return self.renamed

        @note.inplace.bulk_dml
        @classmethod
        def _note(cls, row: Any, value: Any) -> None:
            row.pop("left out", None)
            row["renamed"] = value

    class Solid(Point):
        __tablename__ = "solids"
        id = orm.mapped_column(lib.ForeignKey("points.id"), primary_key=True)
        z = orm.mapped_column(lib.Integer)
        __mapper_args__ = {"polymorphic_identity": "solid"}

        @hybrid
        def cube(self) -> Any:
            return self.z

        @cube.inplace.bulk_dml
        @classmethod
        def _cube(cls, row: Any, value: Any) -> None:
            row["x"] = row["y"] = row["z"] = value

    return Base, Point, Solid


@program
def hybrids_in_rows(lib: Any, engine: Any, log: Log) -> None:
    base, point, solid = _classes(lib, log)
    with log.quiet():
        base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        rows = [{"id": 1, "place": (1, 2)}, {"id": 2, "place": (3, 4)}]
        session.execute(lib.insert(point), rows)
        log("the caller's rows", rows)
        session.execute(lib.insert(point), [{"id": 3, "x": 9, "y": 8}, {"id": 4, "place": (5, 6), "note": 7}])
        session.execute(lib.insert(point), [{"id": 5, "x": 1, "place": (2, 2), "left out": 5, "note": 1}])
        log("returned", session.scalars(lib.insert(point).returning(point), [{"id": 6, "place": (6, 6)}]).one().y)
        session.execute(lib.insert(solid), [{"id": 7, "cube": 3}, {"id": 8, "place": (1, 1), "z": 2}])
        session.bulk_insert_mappings(point, [{"id": 9, "place": (9, 9)}])
        session.bulk_update_mappings(point, [{"id": 9, "place": (8, 8)}])
        session.execute(lib.update(point), [{"id": 1, "place": (10, 20)}, {"id": 2, "note": 5}])
        session.execute(lib.update(solid), [{"id": 7, "cube": 4}])
        session.commit()


@program
def hybrids_that_do_not_say(lib: Any, engine: Any, log: Log) -> None:
    base, point, _ = _classes(lib, log)
    with log.quiet():
        base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        log.error("insert", lambda: session.execute(lib.insert(point), [{"id": 1, "sum": 5}]), message=True)
        log.error("update", lambda: session.execute(lib.update(point), [{"id": 1, "sum": 5}]), message=True)
        session.execute(lib.insert(point), [{"id": 1, "place": (1, 2)}])
        session.execute(lib.update(point).where(point.id == 1).values({point.sum: 9, point.y: point.y + 1}))
        session.commit()
