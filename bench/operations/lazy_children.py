"""The row that walks 200 parents and touches the 20 children of each; raw sends one query per parent.

The parents are loaded inside the timed part. A library that answers the loop with fewer queries than raw may
come out below 1.
"""

from typing import Any

from bench.data import family_rows
from bench.operation import Timed, Work
from bench.plain import Child, Parent
from bench.stores import LibraryStore, RawStore

PARENTS, CHILDREN = 200, 20


def _fill(store: RawStore | LibraryStore) -> None:
    older, younger = family_rows(PARENTS, CHILDREN)
    store.fill("parent", older)
    store.fill("child", younger)


def _raw_lazy(store: RawStore) -> Work:
    _fill(store)
    cursor = store.connection.cursor()

    def run() -> list[Parent]:
        cursor.execute("BEGIN")
        parents = [
            Parent(id, name) for id, name in cursor.execute("SELECT parent.id, parent.name FROM parent").fetchall()
        ]
        for parent in parents:
            rows = cursor.execute(
                "SELECT child.id, child.parent_id, child.name FROM child WHERE ? = child.parent_id", (parent.id,)
            ).fetchall()
            parent.children = [Child(id, parent_id, name) for id, parent_id, name in rows]
        cursor.execute("ROLLBACK")
        return parents

    return Work(run, answer=_values)


def _library_lazy(store: LibraryStore) -> Work:
    _fill(store)
    parent, select = store.models.Parent, store.lib.select

    def run() -> Any:
        with store.session() as session:
            parents = session.scalars(select(parent)).all()
            for each in parents:
                each.children  # noqa: B018
        return parents

    return Work(run, answer=_values)


def _values(parents: list[Any]) -> list[Any]:
    return [
        (parent.id, parent.name, sorted((child.id, child.parent_id, child.name) for child in parent.children))
        for parent in parents
    ]


OPERATIONS = (Timed("lazy children of 200 parents in a loop", 1.2, 13, _raw_lazy, _library_lazy),)
