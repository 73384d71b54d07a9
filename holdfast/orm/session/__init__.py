"""The Session: identity map, unit of work and transaction in one holding zone; synchronous and asynchronous faces."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use

if TYPE_CHECKING:
    from holdfast.orm.session.execute_state import ORMExecuteState
    from holdfast.orm.session.face import Session, close_all_sessions
    from holdfast.orm.session.maker import sessionmaker
    from holdfast.orm.session.objects import (
        make_transient,
        make_transient_to_detached,
        object_mapper,
        object_session,
    )
    from holdfast.orm.session.transaction import SessionTransaction, SessionTransactionOrigin

__all__ = [
    "ORMExecuteState",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "close_all_sessions",
    "make_transient",
    "make_transient_to_detached",
    "object_mapper",
    "object_session",
    "sessionmaker",
]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "ORMExecuteState": "holdfast.orm.session.execute_state",
        "Session": "holdfast.orm.session.face",
        "SessionTransaction": "holdfast.orm.session.transaction",
        "SessionTransactionOrigin": "holdfast.orm.session.transaction",
        "close_all_sessions": "holdfast.orm.session.face",
        "make_transient": "holdfast.orm.session.objects",
        "make_transient_to_detached": "holdfast.orm.session.objects",
        "object_mapper": "holdfast.orm.session.objects",
        "object_session": "holdfast.orm.session.objects",
        "sessionmaker": "holdfast.orm.session.maker",
    },
)
