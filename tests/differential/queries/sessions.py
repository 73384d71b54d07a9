"""Query and its session, own Query classes, scoped_session, sessionmaker."""

from collections.abc import Callable
from typing import Any


def _own(w: Any) -> Any:
    class OwnQuery(w.orm.Query):  # type: ignore[misc, name-defined]
        def named(self, name: str) -> Any:
            return self.filter_by(name=name)

    return OwnQuery


def _scoped(w: Any, **options: Any) -> Any:
    return w.orm.scoped_session(w.orm.sessionmaker(w.engine, **options))


def _two_scopes(w: Any) -> Any:
    scope = ["a"]
    scoped = w.orm.scoped_session(w.orm.sessionmaker(w.engine), scopefunc=lambda: scope[0])
    first = scoped()
    scope[0] = "b"
    second = scoped()
    scope[0] = "a"
    return [first is scoped(), first is second, scoped.registry.has(), scoped.remove(), scoped.registry.has()]


def _query_property(w: Any, query_cls: bool = False) -> Any:
    scoped = _scoped(w)
    w.C.query = scoped.query_property(_own(w)) if query_cls else scoped.query_property()
    try:
        query = w.C.query
        found = query.named("ann").all() if query_cls else query.filter_by(name="ann").all()
        return [type(query).__name__, query.session is scoped(), [each.name for each in found]]
    finally:
        scoped.remove()
        del w.C.query


def _began(w: Any) -> Any:
    maker = w.orm.sessionmaker(w.engine)
    with maker.begin() as session:
        session.query(w.I).update({"quantity": 7}, synchronize_session=False)
        kept = session
        session.rollback()
    return kept.in_transaction()


CASES: dict[str, Callable[[Any], Any]] = {
    "session": lambda w: w.q(w.C).session is w.s,
    "no session": lambda w: w.orm.Query(w.C).session,
    "no session, all": lambda w: w.tried(lambda: w.orm.Query(w.C).all()) in ("AttributeError", "UnboundExecutionError"),
    "with_session": lambda w: w.orm.Query(w.C).with_session(w.s).filter_by(id=1),
    "with_session leaves the other": lambda w: (lambda query: [query.with_session(w.s).session is w.s, query.session])(w.orm.Query(w.C)),
    "query_cls": lambda w: w.orm.Session(w.engine, query_cls=_own(w)).query(w.C).named("ann"),
    "query_cls keeps its class": lambda w: type(w.orm.Session(w.engine, query_cls=_own(w)).query(w.C).filter_by(id=1).limit(1)).__name__,
    "query_cls of the maker": lambda w: type(w.orm.sessionmaker(w.engine, query_cls=_own(w))().query(w.C)).__name__,
    "query is new each time": lambda w: (lambda query: [str(query.filter_by(id=1)) != str(query)])(w.q(w.C)),
    "info": lambda w: w.orm.Session(w.engine, info={"a": 1}).info,
    "no info": lambda w: w.orm.Session(w.engine).info,
    "info is a copy": lambda w: (lambda given: [w.orm.Session(w.engine, info=given).info.update(b=2), given])({"a": 1}),
    "info of the maker": lambda w: w.orm.sessionmaker(w.engine, info={"a": 1})(info={"b": 2}).info,
    "info of the call alone": lambda w: w.orm.sessionmaker(w.engine)(info={"b": 2}).info,
    "maker": lambda w: [type(w.orm.sessionmaker(w.engine)()).__name__, isinstance(w.orm.sessionmaker()(), w.orm.Session)],
    "maker with options": lambda w: w.orm.sessionmaker(w.engine, autoflush=False)().autoflush,
    "maker overridden": lambda w: w.orm.sessionmaker(w.engine, autoflush=False)(autoflush=True).autoflush,
    "maker configured": lambda w: _configured(w),
    "maker of a class": lambda w: _maker_of_a_class(w),
    "maker by position": lambda w: w.orm.sessionmaker(w.engine).kw["bind"] is w.engine,
    "maker's keywords": lambda w: sorted(w.orm.sessionmaker(w.engine, info={}).kw),
    "maker's repr": lambda w: repr(w.orm.sessionmaker(autoflush=False)).split(",")[0],
    "maker of an unknown option": lambda w: w.tried(lambda: w.orm.sessionmaker(w.engine, colour=1)()),
    "maker begins": lambda w: _began(w),
    "maker's class methods": lambda w: w.orm.sessionmaker(w.engine).object_session(w.s.get(w.C, 1)) is w.s,
    "maker's identity_key": lambda w: w.orm.sessionmaker(w.engine).identity_key(w.C, 1)[:2],
    "scoped": lambda w: (lambda scoped: [scoped() is scoped(), scoped.remove()])(_scoped(w)),
    "scoped removed": lambda w: (lambda scoped: [scoped() is (scoped.remove(), scoped())[1], scoped.remove()])(_scoped(w)),
    "scoped with arguments": lambda w: (lambda scoped: [scoped(autoflush=False).autoflush, w.tried(lambda: scoped(autoflush=True))])(_scoped(w)),
    "scoped twice with arguments": lambda w: (lambda scoped: [scoped(), scoped(autoflush=True)])(_scoped(w)),
    "scoped query": lambda w: (lambda scoped: [scoped.query(w.C).filter_by(id=1).all(), scoped.remove()])(_scoped(w)),
    "scoped get": lambda w: (lambda scoped: [scoped.get(w.C, 1), scoped.remove()])(_scoped(w)),
    "scoped execute": lambda w: (lambda scoped: [scoped.execute(w.lib.select(w.C.id)).all(), scoped.remove()])(_scoped(w)),
    "scoped contains": lambda w: (lambda scoped: [scoped.get(w.C, 1) in scoped, len(list(scoped)), scoped.remove()])(_scoped(w)),
    "scoped attributes": lambda w: (lambda scoped: [
        scoped.autoflush, scoped.is_active, scoped.dirty, scoped.new, scoped.deleted, scoped.info, scoped.bind is w.engine, scoped.remove()
    ])(_scoped(w)),
    "scoped autoflush set": lambda w: _scoped_set(w),
    "scoped configure": lambda w: (lambda scoped: [scoped.configure(autoflush=False), scoped().autoflush, scoped.remove()])(_scoped(w)),
    "scoped configure too late": lambda w: (lambda scoped: [scoped(), scoped.configure(autoflush=False)][1])(_scoped(w)),
    "scoped by function": lambda w: _two_scopes(w),
    "scoped registry": lambda w: (lambda scoped: [scoped.registry.has(), scoped.registry() is scoped(), scoped.registry.has()])(_scoped(w)),
    "scoped class methods": lambda w: (lambda scoped: [scoped.object_session(w.s.get(w.C, 1)) is w.s, scoped.identity_key(w.C, 1)[:2]])(_scoped(w)),
    "scoped factory": lambda w: (lambda maker: w.orm.scoped_session(maker).session_factory is maker)(w.orm.sessionmaker(w.engine)),
    "scoped no_autoflush": lambda w: _scoped_no_autoflush(w),
    "scoped unknown": lambda w: w.tried(lambda: _scoped(w).colour),
    "query_property": lambda w: _query_property(w),
    "query_property of a class": lambda w: _query_property(w, True),
    "query_property of what is not mapped": lambda w: _unmapped_property(w),
    "execution options reach the session": lambda w: _heard_options(w),
}  # fmt: skip


def _configured(w: Any) -> Any:
    maker = w.orm.sessionmaker()
    maker.configure(bind=w.engine, autoflush=False)
    return [maker().bind is w.engine, maker().autoflush]


def _maker_of_a_class(w: Any) -> Any:
    class OwnSession(w.orm.Session):  # type: ignore[misc, name-defined]
        pass

    maker = w.orm.sessionmaker(w.engine, class_=OwnSession)
    return [isinstance(maker(), OwnSession), type(maker()) is OwnSession, maker.class_.__name__]


def _scoped_set(w: Any) -> Any:
    scoped = _scoped(w)
    scoped.autoflush = False
    found = [scoped().autoflush]
    scoped.remove()
    return [*found, scoped().autoflush]


def _scoped_no_autoflush(w: Any) -> Any:
    scoped = _scoped(w)
    with scoped.no_autoflush:
        inside = scoped().autoflush
    return [inside, scoped().autoflush, scoped.remove()]


def _unmapped_property(w: Any) -> Any:
    class Plain:
        query = _scoped(w).query_property()

    return w.tried(lambda: Plain.query)


def _heard_options(w: Any) -> Any:
    heard = []

    class OwnSession(w.orm.Session):  # type: ignore[misc, name-defined]
        def execute(self, statement: Any, *arguments: Any, **options: Any) -> Any:
            heard.append(type(statement).__name__)
            return super().execute(statement, *arguments, **options)

    OwnSession(w.engine).query(w.C.id).filter_by(id=1).all()
    return len(heard)
