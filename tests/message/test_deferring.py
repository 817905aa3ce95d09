"""What is put off until it is needed is the real thing then."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from dnstrace.message.deferring import DEFERRED

DEFER = "import sys; from dnstrace.message.deferring import defer, _Deferred; defer();"


def ran(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", DEFER + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_trace_needs_none_of_it() -> None:
    """A Python whose own dataclasses or traceback asks at once is as quick as it can be."""
    code = "import dns.message, asyncio; print(*(n for n, m in sys.modules.items() if type(m) is _Deferred))"
    needed = set(DEFERRED) - set(ran(code).split())
    assert needed <= ({"inspect", "linecache"} if sys.version_info >= (3, 12) else set())


def test_a_unicode_name_is_read_all_the_same() -> None:
    code = "import dns.name; print(dns.name.from_text('b\\u00fccher.example', idna_codec=dns.name.IDNA_20{}))"
    assert ran(code.format("08")) == "xn--bcher-kva.example."
    assert ran(code.format("03")) == "xn--bcher-kva.example."
    assert ran("print('b\\u00fccher'.encode('idna'))") == "b'xn--bcher-kva'"


@pytest.mark.parametrize(
    "statement", ["import importlib.metadata as m", "from importlib import metadata as m"]
)
def test_whoever_asks_something_of_it_gets_the_real_module(statement: str) -> None:
    assert ran(f"{statement}; print(m.version('dnspython') >= '2')") == "True"


@pytest.mark.parametrize("name", DEFERRED)
def test_each_is_itself_in_the_end(name: str) -> None:
    code = (
        f"import asyncio, importlib, dns.name; import {name} as first; path = first.__file__;"
        f"second = importlib.import_module('{name}');"
        f"print(second is sys.modules['{name}'], second.__file__ == path, type(second).__name__)"
    )
    assert ran(code) == "True True module"


@pytest.mark.parametrize("name", [name for name, known in DEFERRED.items() if known])
def test_what_is_known_of_a_module_is_so(name: str) -> None:
    module = importlib.import_module(name)
    assert {known: getattr(module, known) for known in DEFERRED[name]} == DEFERRED[name]


def test_processes_run() -> None:
    code = "import asyncio; print(asyncio.run(asyncio.create_subprocess_exec('true', stdout=-3)).__class__)"
    assert ran(code) == "<class 'asyncio.subprocess.Process'>"


def test_cryptography_is_not_taken_to_be_missing() -> None:
    assert ran("import dns.name, dns._features; print(dns._features.have('dnssec'))") == "True"
    code = "import dns.name, dns.dnssec; print(dns.dnssec._have_pyca)"
    assert ran(code) == "True"


def test_functions_still_have_signatures() -> None:
    code = "import dns.rdata, inspect; print(inspect.signature(dns.rdata.Rdata.to_text) is not None)"
    assert ran(code) == "True"


def test_tls_is_there_when_it_is_asked_for() -> None:
    """A server and a client of this process, which asyncio connects."""
    code = """
import asyncio
async def main():
    import ssl
    context = ssl.create_default_context()
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await asyncio.open_connection("127.0.0.1", port, ssl=context)
    except (ssl.SSLError, ConnectionError) as error:
        print(type(error).__name__)
    server.close()
asyncio.run(main())
"""
    assert ran(code) in ("SSLEOFError", "ConnectionResetError", "SSLError")


def test_what_is_imported_already_is_left_alone() -> None:
    code = "import importlib.metadata as m, ssl; defer(); print(m.__name__, ssl.SSLContext, m.version)"
    assert ran(code).startswith("importlib.metadata <class 'ssl.SSLContext'> <function version")


def test_records_can_still_be_replaced_by_their_fields() -> None:
    code = (
        "import dns.rdata; a = dns.rdata.from_text('IN', 'MX', '10 a.example.');"
        "import inspect; print(a.replace(preference=20), [*inspect.signature(a.__init__).parameters][2:])"
    )
    assert ran(code) == "20 a.example. ['preference', 'exchange']"


def test_a_process_that_begins_with_it_imports_as_little_as_the_command() -> None:
    code = (
        "import sys; from dnstrace.message.deferring import _Deferred, call;"
        "call('importlib', 'import_module', 'dnstrace.bulk.processes');"
        "print(*{'ssl', 'email', 'idna'} & {n for n, m in sys.modules.items() if type(m) is not _Deferred})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
