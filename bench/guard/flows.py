"""The two flows of the architecture, counted: files, functions and calls of one flush and of one query.

One changed attribute is flushed; one object is queried by its key in a session that has begun. Caches are warm. What
counts is Python code of the library: written files, and functions that it generates at run time (they all are one file here).
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple


class Flow(NamedTuple):
    """How much code a flow passes through."""

    files: int
    functions: int
    calls: int


WARMING = 5


def count_flows(library: str) -> dict[str, Flow]:
    """Count both flows of a library with SQLAlchemy's interface.

    Returns:
        "flush one changed attribute" and "query one object".
    """
    lib: Any = importlib.import_module(library)
    orm: Any = importlib.import_module(f"{library}.orm")
    package = str(Path(lib.__file__).parent)

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class User(Base):
        __tablename__ = "users"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()

    engine = lib.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([User(name="a"), User(name="b")])
        session.commit()

        def query() -> Any:
            return session.scalars(lib.select(User).where(User.id == 1)).one()

        user = session.get(User, 2)
        for number in range(WARMING):
            user.name = f"name {number}"
            session.flush()
            query()
        session.expunge(query())
        user.name = "changed"
        flushed = _passed(session.flush, package)
        queried = _passed(query, package)
    engine.dispose()
    return {"flush one changed attribute": flushed, "query one object": queried}


def _passed(flow: Callable[[], Any], package: str) -> Flow:
    codes: dict[CodeType, int] = {}

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            codes[frame.f_code] = codes.get(frame.f_code, 0) + 1

    sys.setprofile(note)
    try:
        flow()
    finally:
        sys.setprofile(None)
    own = {code: calls for code, calls in codes.items() if code.co_filename.startswith((package, "<"))}
    files = {code.co_filename if code.co_filename.startswith(package) else "<generated>" for code in own}
    return Flow(len(files), len(own), sum(own.values()))
