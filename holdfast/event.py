"""Listening to what happens: `listen`, `listens_for`, `remove`, `contains`, and the dispatch that costs nothing unused.

Every target has a `Dispatch`, whose attribute per event is a tuple of functions: its own, then those of its parents
(an engine's class, a session's class and the classes that it derives from). Nobody listening means an empty tuple, so
a caller writes ``if dispatch.before_flush:`` and pays one attribute read.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from holdfast._util.collections import WeakMembers
from holdfast.exc import InvalidRequestError

F = TypeVar("F", bound=Callable[..., Any])

setup_lock = threading.RLock()
"""Held by who changes what all threads read without a lock: listeners, and what mapped classes are.

One for both, since each leads to the other: listeners are called while mappers are configured, and who listens to a class
may have its methods generated anew. No module of the library takes it while it is imported: the thread that holds it may be
entering that module's room.
"""

if hasattr(os, "register_at_fork"):
    # A process that is forked begins with nothing half set up, and with a lock that nobody holds.
    os.register_at_fork(
        before=setup_lock.acquire, after_in_parent=setup_lock.release, after_in_child=setup_lock.release
    )


class Dispatch:
    """The listeners of one target.

    Args:
        names: the events that the target knows; a mapping gives the names of their arguments, for ``named=True``.
        parents: dispatches whose listeners hear this target's events too.

    Attributes:
        heirs: where listeners with ``propagate=True`` belong; None where that means nothing.
        own_first: its own listeners are told before those of its parents.
    """

    own_first = False

    heirs: Dispatch | None = None
    _prefix = ""
    """Stands before the events' names in those of the attributes, where they would hide methods."""

    def __init__(self, names: Iterable[str], parents: Iterable[Dispatch] = ()) -> None:
        self._names = tuple(names)
        self._arguments: Mapping[str, tuple[str, ...]] = cast(
            "Mapping[str, tuple[str, ...]]", names if isinstance(names, Mapping) else {}
        )
        self._own: dict[str, list[Callable[..., Any]]] = {}
        self._called: dict[tuple[str, Any], Callable[..., Any]] = {}
        self._parents = tuple(parents)
        self._children: WeakMembers[Dispatch] = WeakMembers()
        if not self._parents:
            self._gather_all()
            return
        with setup_lock:
            for parent in self._parents:
                parent._children.add(self)
            self._gather_all()

    def _gather_all(self) -> None:
        for name in self._names:
            self._gather(name)

    def _gather(self, name: str) -> None:
        """Make the attribute of one event anew, here and in all that hear through this dispatch (the lock is held)."""
        found: list[Callable[..., Any]] = []
        for parent in self._parents:
            heard = getattr(parent, self._prefix + name, ())
            found.extend(listener for listener in heard if listener not in found)
        place = 0 if self.own_first else len(found)
        found[place:place] = self._own.get(name, ())
        setattr(self, self._prefix + name, tuple(found))
        for child in self._children:
            if name in child._names:
                child._gather(name)

    if TYPE_CHECKING:  # at run time it would make every look at a dispatch slow, also of what is there

        def __getattr__(self, name: str) -> tuple[Callable[..., Any], ...]: ...

    @property
    def event_names(self) -> tuple[str, ...]:
        """The events of this target."""
        return self._names

    def arguments(self, name: str) -> tuple[str, ...] | None:
        """Return the names of an event's arguments, as far as they are known."""
        return self._arguments.get(name)

    def own(self, name: str) -> tuple[Callable[..., Any], ...]:
        """Return the listeners on this target alone."""
        return tuple(self._own.get(name, ()))

    def append(self, name: str, listener: Callable[..., Any], first: bool = False) -> None:
        """Add a listener."""
        with setup_lock:
            listeners = self._own.setdefault(name, [])
            if first:
                listeners.insert(0, listener)
            else:
                listeners.append(listener)
            self._gather(name)

    def add_parent(self, parent: Dispatch) -> None:
        """Hear what happens through one more dispatch, too."""
        with setup_lock:
            if parent not in self._parents:
                self._parents = (*self._parents, parent)
                parent._children.add(self)
                for name in parent._own:
                    self._gather(name)

    def wrap(self, name: str, fn: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
        """Return the function that is called for a listener: itself, unless an option asks for more."""
        return wrapped(fn, options, self.arguments(name))

    def listen(self, name: str, fn: Callable[..., Any], options: dict[str, Any]) -> None:
        """Call `fn` for an event; it is known by itself, whatever its options put around it."""
        called = self.wrap(name, fn, options)
        self._called[name, fn] = called
        self.append(name, called, first=bool(options.get("insert")))

    def listens(self, name: str, fn: Callable[..., Any]) -> bool:
        """Return True if `fn` listens here."""
        return (name, fn) in self._called

    def remove(self, name: str, fn: Callable[..., Any]) -> None:
        """Take a listener away."""
        with setup_lock:
            self._own[name].remove(self._called.pop((name, fn)))
            self._gather(name)


_resolvers: list[tuple[Callable[[Any], bool], Callable[[Any, str], Dispatch]]] = []


def register(accepts: Callable[[Any], bool], dispatch_of: Callable[[Any, str], Dispatch], first: bool = False) -> None:
    """Let a kind of target be listened to; layers above call this for their classes.

    Args:
        accepts: whether a target is of this kind.
        dispatch_of: target and event's name -> its dispatch.
        first: asked before the kinds that are there.
    """
    if first:
        _resolvers.insert(0, (accepts, dispatch_of))
    else:
        _resolvers.append((accepts, dispatch_of))


def _dispatch_for(target: Any, name: str) -> Dispatch:
    """Return the dispatch of `target`.

    Raises: InvalidRequestError: nothing of this kind has such an event.
    """
    for accepts, dispatch_of in _resolvers:
        if accepts(target):
            dispatch = dispatch_of(target, name)
            if name in dispatch.event_names:
                return dispatch
    raise InvalidRequestError(f"No such event '{name}' for target '{target}'")


def listen(target: Any, identifier: str, fn: Callable[..., Any], **options: Any) -> None:
    """Call `fn` whenever the event happens on `target`.

    Args:
        target: an engine, a pool, a session, a sessionmaker, a mapped class, or the class of these for all of them.
        identifier: the event's name, for example ``"before_flush"``.
        fn: the listener; its arguments are those that the event documents.
        once: call it for the first event only.
        insert: call it before the listeners that are there.
        named: pass the arguments by name, as keywords.
        propagate: for mapped classes, listen on their subclasses too.
        retval: the listener's return value counts, where the event says so.
        io: on an asynchronous session, run the listener in the bridge, so that it may use the session synchronously.

    Raises: InvalidRequestError: the target has no such event.
    """
    with setup_lock:
        dispatch = _dispatch_for(target, identifier)
        if options.get("propagate") and dispatch.heirs is not None:
            dispatch = dispatch.heirs
        dispatch.listen(identifier, fn, options)


def wrapped(fn: Callable[..., Any], options: dict[str, Any], names: tuple[str, ...] | None) -> Callable[..., Any]:
    """Return the function that is called: `fn` itself, unless an option asks for more."""
    called = fn
    if options.get("named") and names is not None:
        called = _named(called, names)
    if options.get("once"):
        called = _once(called)
    if options.get("io"):
        inner = called

        def called(*arguments: Any, **keywords: Any) -> Any:
            return inner(*arguments, **keywords)

        called.wants_io = True  # type: ignore[attr-defined]
    if options.get("retval"):
        called = _returning(called)
    return called


def _named(fn: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    """Return a function that passes its arguments on by name."""

    def call_named(*arguments: Any, **keywords: Any) -> Any:
        return fn(**dict(zip(names, arguments, strict=True)), **keywords)

    return call_named


def _returning(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is marked: what it returns counts."""

    def call_returning(*arguments: Any, **keywords: Any) -> Any:
        return fn(*arguments, **keywords)

    call_returning.returns = True  # type: ignore[attr-defined]
    call_returning.wants_io = getattr(fn, "wants_io", False)  # type: ignore[attr-defined]
    return call_returning


def _once(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls `fn` the first time and does nothing from then on."""
    # A lock that is never released: of threads that come at once one gets it.
    first = threading.Lock()

    def call_once(*arguments: Any, **keywords: Any) -> Any:
        return fn(*arguments, **keywords) if first.acquire(blocking=False) else None

    return call_once


def listens_for(target: Any, identifier: str, **options: Any) -> Callable[[F], F]:
    """Decorate a function as a listener; see `listen`."""

    def decorate(fn: F) -> F:
        listen(target, identifier, fn, **options)
        return fn

    return decorate


def remove(target: Any, identifier: str, fn: Callable[..., Any]) -> None:
    """Stop calling `fn`.

    Raises: InvalidRequestError: it does not listen there.
    """
    with setup_lock:
        dispatch = _where_it_listens(target, identifier, fn)
        if dispatch is None:
            raise InvalidRequestError(f"No listeners found for event {target} / '{identifier}' / {fn} ")
        dispatch.remove(identifier, fn)


def contains(target: Any, identifier: str, fn: Callable[..., Any]) -> bool:
    """Return True if `fn` listens there."""
    with setup_lock:
        return _where_it_listens(target, identifier, fn) is not None


def _where_it_listens(target: Any, identifier: str, fn: Callable[..., Any]) -> Dispatch | None:
    """Return the dispatch of a target, or that of its heirs, if `fn` listens there."""
    dispatch = _dispatch_for(target, identifier)
    for place in (dispatch, dispatch.heirs):
        if place is not None and place.listens(identifier, fn):
            return place
    return None
