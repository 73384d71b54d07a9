"""The rows that load 500 parents with 10 children each: by a second statement with IN, and by one statement with a join.

Raw sends the same SQL. For select-in it groups the children by their parent's key; for the join it makes each parent once.
"""

from typing import Any

from bench.data import family_rows
from bench.operation import Timed, Work
from bench.plain import Child, Parent
from bench.stores import LibraryStore, RawStore

PARENTS, CHILDREN = 500, 10

SELECT_PARENTS = "SELECT parent.id, parent.name FROM parent"
SELECT_CHILDREN = "SELECT child.parent_id, child.id, child.name FROM child WHERE child.parent_id IN ({})"
SELECT_JOINED = (
    "SELECT parent.id, parent.name, child_1.id AS id_1, child_1.parent_id, child_1.name AS name_1 "
    "FROM parent LEFT OUTER JOIN child AS child_1 ON parent.id = child_1.parent_id"
)


def _fill(store: RawStore | LibraryStore) -> None:
    older, younger = family_rows(PARENTS, CHILDREN)
    store.fill("parent", older)
    store.fill("child", younger)


def _raw_selectin(store: RawStore) -> Work:
    _fill(store)
    cursor = store.connection.cursor()

    def run() -> list[Parent]:
        cursor.execute("BEGIN")
        parents = [Parent(id, name) for id, name in cursor.execute(SELECT_PARENTS).fetchall()]
        by_key = {parent.id: parent for parent in parents}
        for parent in parents:
            parent.children = []
        marks = ", ".join("?" * len(by_key))
        for parent_id, id, name in cursor.execute(SELECT_CHILDREN.format(marks), tuple(by_key)).fetchall():
            by_key[parent_id].children.append(Child(id, parent_id, name))
        cursor.execute("ROLLBACK")
        return parents

    return Work(run, answer=_values)


def _raw_joined(store: RawStore) -> Work:
    _fill(store)
    cursor = store.connection.cursor()

    def run() -> list[Parent]:
        cursor.execute("BEGIN")
        by_key: dict[int, Parent] = {}
        for id, name, child_id, parent_id, child_name in cursor.execute(SELECT_JOINED).fetchall():
            parent = by_key.get(id)
            if parent is None:
                parent = by_key[id] = Parent(id, name)
                parent.children = []
            if child_id is not None:
                parent.children.append(Child(child_id, parent_id, child_name))
        cursor.execute("ROLLBACK")
        return list(by_key.values())

    return Work(run, answer=_values)


def _library_selectin(store: LibraryStore) -> Work:
    _fill(store)
    parent, select, selectinload = store.models.Parent, store.lib.select, store.orm.selectinload

    def run() -> Any:
        with store.session() as session:
            return session.scalars(select(parent).options(selectinload(parent.children))).all()

    return Work(run, answer=_values)


def _library_joined(store: LibraryStore) -> Work:
    _fill(store)
    parent, select, joinedload = store.models.Parent, store.lib.select, store.orm.joinedload

    def run() -> Any:
        with store.session() as session:
            return session.scalars(select(parent).options(joinedload(parent.children))).unique().all()

    return Work(run, answer=_values)


def _values(parents: list[Any]) -> list[Any]:
    return [
        (parent.id, parent.name, sorted((child.id, child.parent_id, child.name) for child in parent.children))
        for parent in parents
    ]


OPERATIONS = (
    Timed("500 parents x 10 children, select-in", 2.5, 7.9, _raw_selectin, _library_selectin),
    Timed("500 parents x 10 children, joined", 2.0, 5.1, _raw_joined, _library_joined),
)
