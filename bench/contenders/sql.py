"""The statements of the bare drivers, with `?` where a value goes: the same SQL that the libraries come to."""

from bench.data import WIDE_COLUMNS

INSERT_THING = "INSERT INTO thing (name, amount, created) VALUES (?, ?, ?)"
INSERT_PARENT = "INSERT INTO parent (name) VALUES (?)"
INSERT_CHILD = "INSERT INTO child (parent_id, name) VALUES (?, ?)"

SELECT_THINGS = "SELECT thing.id, thing.name, thing.amount, thing.created FROM thing"
SELECT_BY_KEY = f"{SELECT_THINGS} WHERE thing.id = ?"
SELECT_WIDE = "SELECT {} FROM wide".format(", ".join(f"wide.{name}" for name in ("id", *WIDE_COLUMNS)))
SELECT_TAGGED = "SELECT tagged.id, tagged.name, tagged.tag, tagged.created FROM tagged WHERE tagged.tag = ? LIMIT ?"
SELECT_BUILT = "SELECT tagged.id, tagged.name FROM tagged WHERE tagged.tag = ? AND tagged.id > ? LIMIT ?"

SELECT_PARENTS = "SELECT parent.id, parent.name FROM parent"
SELECT_CHILDREN = "SELECT child.parent_id, child.id, child.name FROM child WHERE child.parent_id {}"
SELECT_CHILDREN_OF = "SELECT child.id, child.parent_id, child.name FROM child WHERE ? = child.parent_id"
SELECT_JOINED = (
    "SELECT parent.id, parent.name, child_1.id AS id_1, child_1.parent_id, child_1.name AS name_1 "
    "FROM parent LEFT OUTER JOIN child AS child_1 ON parent.id = child_1.parent_id"
)

UPDATE_THING = "UPDATE thing SET amount=? WHERE thing.id = ?"
UPDATE_ALL = "UPDATE thing SET amount=(thing.amount + ?)"
UPDATE_SOME = f"{UPDATE_ALL} WHERE thing.amount >= ?"
DELETE_THING = "DELETE FROM thing WHERE thing.id = ?"
