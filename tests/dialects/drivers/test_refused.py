"""Who can not connect learns why, and nobody learns the password: by each driver, in errors, logs, engines and addresses."""

import asyncio
import importlib
import logging
import sys
import traceback
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import create_engine, exc, make_url, text
from holdfast.dialects.mysql.errors import classify
from holdfast.dialects.postgresql.drivers.address import is_lost_text
from holdfast.ext.asyncio import create_async_engine
from tests.dialects.drivers.available import tried
from tests.servers import mariadb
from tests.servers.postgresql import run_sql
from tests.support.awaited import engine_on
from tests.support.databases import by_driver

SECRET = "correct-horse@1"
CASES = [
    pytest.param(driver, face, id=f"{driver.server}-{driver.name}-{face}", marks=getattr(pytest.mark, driver.server))
    for driver in tried()
    for face in driver.faces
]


def addresses(driver: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return addresses that lead nowhere, each with the password in it."""
    url = by_driver(request.getfixturevalue(f"{driver.server}_url"), driver.name).set(username="nobody_of_that_name")
    return {
        "no such user": url.set(password=SECRET),
        "nobody listens": url.set(password=SECRET, port=1),
        "in the query": url.set(port=1).update_query_dict({"password": SECRET}),
    }


def failure(url: Any, face: str) -> tuple[Exception, list[str]]:
    """Connect and return the error, and what an engine shows of itself."""
    shown = [str(url), repr(url)]
    if face == "sync":
        engine = create_engine(url, echo="debug", echo_pool="debug")
        shown += [repr(engine), repr(engine.pool)]
        with pytest.raises(exc.OperationalError) as caught, engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
        return caught.value, shown

    async def program() -> None:
        engine = create_async_engine(url, echo="debug", echo_pool="debug")
        shown.extend((repr(engine), repr(engine.pool)))
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        finally:
            await engine.dispose()

    with pytest.raises(exc.OperationalError) as caught:
        asyncio.run(program())
    return caught.value, shown


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(("driver", "face"), CASES)
def test_the_password_shows_nowhere(
    driver: Any, face: str, request: pytest.FixtureRequest, caplog: Any, capsys: Any
) -> None:
    """Not in the error or what it came from, a traceback, the log or the repr of engine, pool and address."""
    with caplog.at_level(logging.DEBUG):
        for what, url in addresses(driver, request).items():
            error, shown = failure(url, face)
            assert isinstance(error, exc.ConnectionLost) == (what != "no such user")
            assert error.retryable == (what != "no such user")
            texts = [*shown, *traceback.format_exception(error)]
            for one in chain(error):
                texts += [str(one), repr(one), repr(one.args)]
            texts += [record.getMessage() for record in caplog.records]
            texts += capsys.readouterr()
            found = [each for each in texts if SECRET in each or "correct-horse" in each]
            assert found == [], what


@pytest.mark.parametrize(("driver", "face"), CASES)
def test_a_password_of_any_characters(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Two drivers of MySQL would write it in Latin 1, the server has it in UTF-8: they are given bytes."""
    address = request.getfixturevalue(f"{driver.server}_url")
    name, password = f"holdfast_{uuid.uuid4().hex[:12]}", "p@ss/wörd €"
    if driver.server == "postgresql":
        user, run, rights = name, run_sql, []
        made = f"CREATE ROLE {user} LOGIN PASSWORD '{password}'"
    else:
        user, run = f"{name}@'%'", mariadb.run_sql
        made = f"CREATE USER {user} IDENTIFIED BY '{password}'"
        rights = [f"GRANT ALL ON `{make_url(address).database}`.* TO {user}"]
    run(address, made, *rights)
    try:
        url = by_driver(address, driver.name).set(username=name, password=password)
        with engine_on(url, face) as engine, engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
    finally:
        run(address, f"DROP {'ROLE' if driver.server == 'postgresql' else 'USER'} {user}")


LOGINS = {
    "sha2_rsa_encrypt": "This user logs in by sha256_password or caching_sha2_password, for which the driver needs the package "
    "cryptography, which is not installed: pip install cryptography, or connect over TLS (?ssl_ca=/path in the address), which "
    "needs no package.",
    "ed25519_password": "This user logs in by ed25519_password, for which the driver needs the package pynacl, which is not "
    "installed: pip install pynacl.",
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(("driver", "face"), [("pymysql", "sync"), ("pymysql", "async"), ("asyncmy", "async")])
def test_a_package_that_a_login_needs(driver: str, face: str, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drivers have a bare RuntimeError for it, here as they raise it; the user gets the driver's error, and what to do."""
    module = pytest.importorskip(driver)
    functions = importlib.import_module({"pymysql": "pymysql._auth", "asyncmy": "asyncmy.auth"}[driver])
    monkeypatch.setattr(functions, "_have_cryptography", False)
    monkeypatch.setattr(functions, "_nacl_bindings", None)
    # An import of what is None fails, installed or not.
    monkeypatch.setitem(sys.modules, "nacl", None)

    def log_in(*_given: Any, **_keywords: Any) -> Any:
        getattr(functions, login)(*(b"secret",) * (3 if login == "sha2_rsa_encrypt" else 2))

    async def log_in_there(*_given: Any, **_keywords: Any) -> Any:
        log_in()

    monkeypatch.setattr(module, "connect", log_in_there if driver == "asyncmy" else log_in)
    error, _ = failure(make_url(f"mariadb+{driver}://user:{SECRET}@nowhere/here"), face)
    assert isinstance(error.__cause__, module.OperationalError)
    assert (error.orig.args, error.retryable) == ((2059, LOGINS[login]), False)
    assert LOGINS[login] in str(error)


@pytest.mark.parametrize(("driver", "face"), CASES)
def test_an_option_that_the_driver_does_not_know(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Some drivers have a bare TypeError for it; the error names the option and where it comes from."""
    url = by_driver(request.getfixturevalue(f"{driver.server}_url"), driver.name).update_query_dict(
        {"conect_timeout": "5"}
    )
    with (
        pytest.raises((exc.ArgumentError, exc.ProgrammingError), match="conect_timeout") as caught,
        engine_on(url, face) as engine,
    ):
        engine.connect()
    if isinstance(caught.value, exc.ArgumentError):
        assert str(caught.value) == (
            f"The address or connect_args give 'conect_timeout', which the driver {driver.name} does not take as an option of a "
            "connection. Look at the words behind '?' in the address, and at connect_args."
        )


def test_another_type_error_stays() -> None:
    """A value that an option can not have is the program's, and the driver says so."""
    with pytest.raises(TypeError, match="real number"):
        create_engine("sqlite://", connect_args={"timeout": "soon"}).connect()


def test_another_runtime_error_of_a_login_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is known to be a missing package becomes the driver's error."""

    def log_in(*_given: Any, **_keywords: Any) -> Any:
        raise RuntimeError("something else")

    monkeypatch.setattr(pytest.importorskip("pymysql"), "connect", log_in)
    with pytest.raises(RuntimeError, match="something else"):
        create_engine("mariadb://user@nowhere/here").connect()


def test_an_unknown_host_is_a_server_that_can_not_be_reached() -> None:
    """The drivers say so in words and numbers of their own."""
    assert is_lost_text("failed to resolve host 'db': [Errno -2] Name or service not known")
    assert is_lost_text('could not translate host name "db" to address: Name or service not known')
    for number in (2003, 2005):
        facts = classify(Exception(number, "Unknown server host 'db' (-2)"))
        assert facts is not None and facts.error_class == "ConnectionLost"
