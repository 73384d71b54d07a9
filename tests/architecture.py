"""Reads a package's source and lists where it leaves the plan of the house: layers, cycles, faces, foreign imports.

Everything is found with `ast`, so nothing is imported, and an import counts wherever it stands: in a function, under
TYPE_CHECKING, or as `import_module("holdfast...")`. docs/explanation/architecture.md gives the plan in words.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "holdfast"

# From the ground up; a room imports from its own line and the lines above it in this list.
# Rooms on one line of `SEPARATE` never import each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("exc", "defaults", "event", "inspection", "_util"),
    ("sql",),
    ("schema",),
    ("compiler",),
    ("engine",),
    ("dialect_lookup", "engine_factory"),
    ("dialects", "orm"),
    ("ext",),
    ("compat",),
    ("cli", "__main__"),
    ("testing",),
)
SEPARATE = frozenset({"dialects", "orm"})
ORM_LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "state",
        "attribute_states",
        "identity_map",
        "construction",
        "generated_methods",
        "inspection_attr",
        "instrumentation",
        "attributes",
        "attribute_kinds",
        "aliased",
        "polymorphic_aliases",
        "bundles",
        "comparator",
        "history",
        "collections",
        "missing_values",
        "ownership",
        "links",
        "heard_links",
        "heard_making",
        "attribute_events",
        "copying",
        "expiry",
        "peers",
        "events",
        "exc",
    ),
    ("mapping",),
    ("loading", "pickling", "statement_forms"),
    ("unit_of_work",),
    ("set_based",),
    # Query speaks to its session through a Protocol of its own, and the session makes queries: so it lies below.
    ("query", "appender_query"),
    ("session",),
    ("advice",),
    # Import paths that programs know, which lead to what stands in the rooms below.
    (
        "util",
        "interfaces",
        "base",
        "decl_api",
        "descriptor_props",
        "dynamic",
        "properties",
        "relationships",
        "scoping",
        "strategy_options",
    ),
)
# A dialect is found by its name in a URL, so this one module reaches upwards, by a string.
LAZY_IMPORTERS = frozenset({f"{PACKAGE}.dialect_lookup"})
# Single files at the top that define things; every other single file there is a face.
DEFINING_FILES = frozenset({"exc", "defaults", "event", "inspection", "dialect_lookup", "engine_factory", "__main__"})
# Documented import paths that lead into a room, to what stands in the room under another name, or in a higher one.
FACES_IN_ROOMS = frozenset(
    {
        *(
            f"sql.{name}"
            for name in "base compiler ddl dml elements expression schema selectable sqltypes type_api".split()
        ),
        *(f"engine.{name}" for name in ("base", "create", "cursor", "default", "interfaces")),
        *(f"dialects.postgresql.{name}" for name in "asyncpg base ext psycopg psycopg2".split()),
        *(
            f"dialects.mysql.{name}"
            for name in "aiomysql asyncmy base enumerated expression json mariadb mysqldb pymysql types".split()
        ),
        *(f"dialects.sqlite.{name}" for name in "aiosqlite base json pysqlite".split()),
        *(f"ext.asyncio.{name}" for name in ("engine", "scoping", "session")),
    }
)
NEVER = "sqlalchemy"
# In the standard library of Pythons newer than the one that may run this test.
NEWER_STANDARD_MODULES = frozenset({"annotationlib"})
# Type checkers bring it along; no program needs it.
OF_CHECKERS = frozenset({"typing_extensions"})
STANDARD_MODULES = sys.stdlib_module_names | NEWER_STANDARD_MODULES


@dataclass(frozen=True)
class Import:
    """One import of one module: where it stands and what it names."""

    target: str
    line: int


@dataclass
class Module:
    """One source file."""

    name: str
    path: Path
    tree: ast.Module
    is_package: bool
    imports: list[Import] = field(default_factory=list)

    @property
    def rooms(self) -> tuple[str, ...]:
        """The name's parts below the package: `holdfast.orm.state` -> ("orm", "state"); () for the package itself."""
        return tuple(self.name.split(".")[1:])

    @property
    def is_face(self) -> bool:
        """True for what users import by a documented path: every `__init__.py`, and single files at the top."""
        if self.is_in_room:
            return True
        return self.is_package or (len(self.rooms) == 1 and self.rooms[0] not in DEFINING_FILES)

    @property
    def is_in_room(self) -> bool:
        """True for a documented import path inside a room."""
        return ".".join(self.rooms) in FACES_IN_ROOMS

    @property
    def stands_above_all(self) -> bool:
        """True for the faces at the very top, which gather names from every layer."""
        return self.is_face and (not self.rooms or self.is_in_room or (len(self.rooms) == 1 and not self.is_package))


def read_package(folder: Path) -> dict[str, Module]:
    """Parse every file below `folder` (the package's own folder) and find its imports.

    Returns: modules by dotted name.
    """
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, path, ast.parse(path.read_text(), str(path)), is_package)
    for module in modules.values():
        module.imports = [found for node in ast.walk(module.tree) for found in _imports(module, node, modules)]
    return modules


def _imports(module: Module, node: ast.AST, modules: dict[str, Module]) -> Iterator[Import]:
    """The modules that one syntax node imports; `from package import module` names the module, not the package."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield Import(alias.name, node.lineno)
        case ast.ImportFrom():
            base = _absolute(module, node)
            for alias in node.names:
                submodule = f"{base}.{alias.name}"
                yield Import(submodule if submodule in modules else base, node.lineno)
        case ast.Call(args=[ast.Constant(value=str(target)), *_]) if _called(node) in ("import_module", "__import__"):
            if module.name not in LAZY_IMPORTERS:
                yield Import(target, node.lineno)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name that a `from` import starts at, with leading dots resolved."""
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def _called(call: ast.Call) -> str:
    """The last name of what is called: `importlib.import_module(...)` -> "import_module"."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _rank(name: str, layers: tuple[tuple[str, ...], ...]) -> int | None:
    """The line of `layers` that holds `name`, counted from the ground; None if none does."""
    return next((number for number, names in enumerate(layers) if name in names), None)


def unplanned_rooms(modules: dict[str, Module]) -> list[str]:
    """Rooms that the plan does not know: it has to say what they may import."""
    here = Path(__file__).name
    found = []
    for module in modules.values():
        if module.rooms and not module.stands_above_all and _rank(module.rooms[0], LAYERS) is None:
            found.append(f"{module.path}: no layer holds {module.rooms[0]!r}; give it one in {here}")
        if module.rooms[:1] == ("orm",) and len(module.rooms) > 1 and _rank(module.rooms[1], ORM_LAYERS) is None:
            found.append(f"{module.path}: no layer of orm/ holds {module.rooms[1]!r}; give it one in {here}")
    return found


def upward_imports(modules: dict[str, Module]) -> list[str]:
    """Imports from a lower layer to a higher one, between the layers of the house and between those of orm/."""
    found = []
    for module in modules.values():
        if module.stands_above_all:
            continue
        for target, line in _inner_imports(module, modules):
            complaint = _complaint(module, target)
            if complaint:
                found.append(f"{module.path}:{line}: {module.name} imports {target.name}: {complaint}")
    return found


def _inner_imports(module: Module, modules: dict[str, Module]) -> Iterator[tuple[Module, int]]:
    """The imports that lead to other modules of the package."""
    for found in module.imports:
        target = modules.get(found.target)
        if target is not None and target is not module:
            yield target, found.line


def _complaint(module: Module, target: Module) -> str | None:
    """Why `module` may not import `target`, or None if it may."""
    if target.stands_above_all:
        return "a face at the top is for users; import from the room behind it"
    here, there = module.rooms[0], target.rooms[0]
    if here != there and {here, there} <= SEPARATE:
        return f"{here} and {there} never import each other"
    if _points_up(here, there, LAYERS):
        return f"the layer {there} lies above {here}"
    if here == there == "orm" and len(module.rooms) > 1:
        if len(target.rooms) == 1:
            return "the face of orm is for users; import from the room behind it"
        if _points_up(module.rooms[1], target.rooms[1], ORM_LAYERS):
            return f"inside orm, {target.rooms[1]} lies above {module.rooms[1]}"
    return None


def _points_up(here: str, there: str, layers: tuple[tuple[str, ...], ...]) -> bool:
    """True if `there` lies above `here`; rooms without a layer are told by `unplanned_rooms`."""
    low, high = _rank(here, layers), _rank(there, layers)
    return low is not None and high is not None and high > low


def cycles(modules: dict[str, Module]) -> list[str]:
    """Groups of modules that import each other in a circle, type-only imports included.

    Returns: one line a circle, as "a -> b -> a".
    """
    graph = {
        name: sorted({target.name for target, _ in _inner_imports(module, modules)}) for name, module in modules.items()
    }
    found: dict[frozenset[str], str] = {}
    done: set[str] = set()
    for start in graph:
        _walk(graph, start, [], done, found)
    return sorted(found.values())


def _walk(
    graph: dict[str, list[str]], name: str, trail: list[str], done: set[str], found: dict[frozenset[str], str]
) -> None:
    """Depth-first search; a name met again on its own trail closes a circle."""
    if name in trail:
        circle = trail[trail.index(name) :]
        found.setdefault(frozenset(circle), " -> ".join([*circle, name]))
        return
    if name in done:
        return
    for target in graph[name]:
        _walk(graph, target, [*trail, name], done, found)
    done.add(name)


def definitions_in_faces(modules: dict[str, Module]) -> list[str]:
    """Statements in faces that define something.

    A face has a docstring, imports, also such for type checkers alone, `__all__`, `__version__`, and the `__getattr__`
    of a room that is entered at first use.
    """
    found = []
    for module in modules.values():
        if module.is_face:
            for statement in module.tree.body:
                if not _belongs_in_face(statement):
                    found.append(f"{module.path}:{statement.lineno}: a face only re-exports")
    return found


def _belongs_in_face(statement: ast.stmt) -> bool:
    """True for what a face consists of."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case (
            ast.Assign(targets=[ast.Name(id="__all__" | "__version__")])
            | ast.AnnAssign(target=ast.Name(id="__all__" | "__version__"))
            | ast.AugAssign(target=ast.Name(id="__all__"))
        ):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(isinstance(inner, ast.ImportFrom) for inner in body)
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name(id="__getattr__"), ast.Name(id="__dir__")])],
            value=ast.Call(func=ast.Name(id="entered_at_first_use")),
        ):
            return True
    return False


def foreign_imports(modules: dict[str, Module]) -> list[str]:
    """Imports of what the standard library does not have, outside dialects/*/drivers; and of SQLAlchemy anywhere."""
    found = []
    for module in modules.values():
        for imported in module.imports:
            top = imported.target.split(".")[0]
            if top == NEVER:
                found.append(f"{module.path}:{imported.line}: imports {NEVER}, which Holdfast replaces")
            elif top in OF_CHECKERS and imported.line in _lines_for_checkers(module.tree):
                continue
            elif top not in STANDARD_MODULES and top != PACKAGE and not _is_driver(module):
                found.append(f"{module.path}:{imported.line}: imports {top}; only dialects/*/drivers import others")
    return found


def _lines_for_checkers(tree: ast.Module) -> set[int]:
    """The lines of imports that only type checkers read."""
    return {
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in node.body
    }


def _is_driver(module: Module) -> bool:
    """True for `holdfast.dialects.<database>.drivers...`."""
    return module.rooms[:1] == ("dialects",) and module.rooms[2:3] == ("drivers",)


def dialect_name_tests(modules: dict[str, Module]) -> list[str]:
    """Decisions by a dialect's name outside dialects/: ask for a capability instead."""
    found = []
    for module in modules.values():
        if module.rooms[:1] != ("dialects",):
            for node in ast.walk(module.tree):
                if any(_is_dialect_name(part) for part in _judged(node)):
                    line = getattr(node, "lineno", 0)
                    found.append(f"{module.path}:{line}: decides by the dialect's name; ask its capabilities")
    return found


def _judged(node: ast.AST) -> Iterable[ast.expr]:
    """The expressions that a comparison, a `match` or a test by method decides on."""
    match node:
        case ast.Compare(left=left, comparators=others):
            return (left, *others)
        case ast.Match(subject=subject):
            return (subject,)
        case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith")):
            return (value,)
    return ()


def _is_dialect_name(expression: ast.expr) -> bool:
    """True for `dialect.name`, `self.dialect.name`, `engine._dialect.name` and the like."""
    match expression:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr="name"):
            return owner.endswith("dialect")
    return False


def files_without_docstring(paths: Iterable[Path]) -> list[str]:
    """Files whose first line is not a docstring that says what they are for."""
    found = []
    for path in paths:
        source = path.read_text()
        if not source.startswith(('"""', 'r"""')) or not ast.get_docstring(ast.parse(source)):
            found.append(f"{path}:1: the first line is a docstring that says what the file is for")
    return found
