"""The lines of generated source for rows of a union of tables: the discriminator chooses the class, whose own lines follow.

Concrete classes share neither keys nor attributes, so each has what a class alone has; its parent decides between them.
"""

from __future__ import annotations

from typing import Any

from holdfast.orm.loading.object_lines import Besides, ObjectPart, Writer, polymorphic, write_object
from holdfast.orm.loading.polymorphic_lines import Kinds


def kinds_of_union(part: ObjectPart) -> list[ObjectPart]:
    """Return for each class that a row may be of the part of the row that makes its objects."""
    found = []
    for number, mapper in enumerate(_classes(part.mapper)):
        places = [place for place, owner in enumerate(part.owners) if owner is mapper]
        found.append(
            ObjectPart(
                part.number,
                mapper,
                [part.names[place] for place in places],
                [part.positions[place] for place in places],
                [part.codecs[place] for place in places],
                kind=f"_{number}",
            )
        )
    return found


def _classes(mapper: Any) -> list[Any]:
    """Return the mappers of the classes whose tables are in the union; a class without an identity is only read."""
    return [one for one in mapper.self_and_descendants if one.polymorphic_map.get(one.polymorphic_identity) is one]


def write_union(writer: Writer, depth: int, part: ObjectPart, besides: Besides) -> None:
    """Write the lines that find or make the object of a row, of the class that its discriminator names."""
    line, number, mapper = writer.line, part.number, part.mapper
    kinds = kinds_of_union(part)
    writer.names[f"classes{number}"] = Places(mapper, [kind.mapper for kind in kinds])
    discriminator = part.positions[list(part.names).index(mapper.polymorphic_name)]
    first = next(kind for kind in kinds)
    keys = {position for kind in kinds for position in kind.key_positions}
    missing = " and ".join(f"v{position} is None" for position in sorted(keys))
    line(depth, f"if {missing}: o{number} = None")
    line(depth, "else:")
    line(depth + 1, f"kind = classes{number}[v{discriminator}]")
    for at, kind in enumerate(kinds):
        line(depth + 1, f"{'if' if kind is first else 'elif'} kind == {at}:")
        write_object(writer, depth + 2, kind, besides)


class Places(dict[Any, int]):
    """Discriminator -> which of the classes of a loader.

    Args:
        mapper: whose rows are loaded.
        mappers: the classes, in their order.
    """

    def __init__(self, mapper: Any, mappers: list[Any]) -> None:
        super().__init__()
        self._kinds = Kinds(mapper, (), ())
        self._mappers = mappers

    def __missing__(self, value: Any) -> int:
        lineage = self._kinds.mapper_of(value).iterate_to_root()
        place = self[value] = next(self._mappers.index(mapper) for mapper in lineage if mapper in self._mappers)
        return place


polymorphic.write_union = write_union
polymorphic.kinds_of_union = kinds_of_union
