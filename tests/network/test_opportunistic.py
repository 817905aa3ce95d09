"""DNS over TLS with any certificate, against servers of the test's own on the loopback interface."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.network import opportunistic
from dnstrace.network.live import LiveNetwork
from dnstrace.network.opportunistic import padded
from tests import unhurried
from tests.network.securing import HERE, Asked, Certificate, Handler, over_tls, serving
from tests.network.serving import PATIENCE, QUESTION, answer


@pytest.fixture(autouse=True)
def nothing_read() -> Iterator[None]:
    """What the system trusts, read anew in each test, and after the last."""
    opportunistic._trusted.cache_clear()
    yield
    opportunistic._trusted.cache_clear()


def query(port: int, called: str = "dns.test") -> Query:
    return Query(QUESTION, HERE, port, Transport.TLS, endpoint=called, opportunistic=True)


def exchanged(
    handler: Handler, context: ssl.SSLContext | None, called: str = "dns.test", timeout: float = PATIENCE
) -> Exchange:
    async def run() -> Exchange:
        async with serving(handler, context) as port:
            return await LiveNetwork().exchange(query(port, called), timeout)

    return unhurried.run(run())


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("called", ["dns.test", "another.test", "not\\032a.host", "."])
def test_any_certificate_is_taken_whatever_the_server_is_called(called: str, tmp_path: Path) -> None:
    context, asked = Certificate(tmp_path).context(), Asked()
    context.set_alpn_protocols(["dot"])
    found = exchanged(over_tls(asked, answer), context, called)
    assert found.message is not None and found.secured is not None
    shown = ssl.PEM_cert_to_DER_cert((tmp_path / "certificate").read_text())
    assert (found.secured.certificate, found.secured.alpn) == (shown, "dot")
    assert found.secured.version.startswith("TLS")
    assert "self" in (found.secured.distrust or "")
    assert len(asked) == 1 and len(asked[0]) % 128 == 0  # the second connection asks nothing


@pytest.mark.parametrize(("days", "distrust"), [(1, ""), (-1, "expired")])
def test_the_system_says_whether_it_trusts_the_certificate(
    days: int, distrust: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Certificate(tmp_path, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    found = exchanged(over_tls([], answer), made.context(), "another.test")  # its names are not the question
    assert found.secured is not None and found.secured.distrust is not None
    assert distrust in found.secured.distrust and bool(distrust) is bool(found.secured.distrust)


def test_what_the_system_trusts_is_read_once_and_before_the_time_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, events, whole = Certificate(tmp_path).context(), list[str](), ssl.create_default_context

    def reading() -> ssl.SSLContext:
        events.append("read")
        return whole()

    monkeypatch.setattr(ssl, "create_default_context", reading)

    def answering(wire: bytes) -> bytes:
        events.append("asked")
        return answer(wire)

    assert [exchanged(over_tls([], answering), made).message is None for _ in range(2)] == [False, False]
    assert events == ["read", "asked", "asked"]


def test_what_was_shown_before_the_connection_was_lost_is_kept(tmp_path: Path) -> None:
    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)

    dumb = exchanged(silence, None, timeout=0.1)
    assert dumb.fault is Fault.TIMEOUT and dumb.secured is None
    lost = exchanged(hangs_up, Certificate(tmp_path).context())
    assert lost.fault is Fault.CONNECTION_LOST and lost.secured is not None


def test_what_has_no_tls_is_a_fault_with_its_reason() -> None:
    async def speaks_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        await writer.drain()
        await reader.read()

    found = exchanged(speaks_plainly, None)
    assert found.fault is Fault.CONNECTION_LOST and found.detail.startswith("TLS: ")
    assert found.secured is None


def test_a_closed_port_is_known_as_one() -> None:
    async def run() -> Exchange:
        async with serving(silence, None) as port:
            pass
        return await LiveNetwork().exchange(query(port), PATIENCE)

    assert unhurried.run(run()).fault is Fault.PORT_UNREACHABLE


@pytest.mark.parametrize("replies", [lambda wire: b"\0\0" + answer(wire)[2:], lambda wire: answer(wire)[:14]])
def test_replies_that_do_not_belong_or_cannot_be_read_are_faults(replies: object, tmp_path: Path) -> None:
    found = exchanged(over_tls([], replies), Certificate(tmp_path).context())  # type: ignore[arg-type]
    assert found.fault in (Fault.MISMATCH, Fault.MALFORMED) and found.message is None


def test_a_query_without_edns_is_not_padded() -> None:
    plain = Query(QUESTION, HERE, edns=None)
    assert len(padded(plain, 1)) < 128 == len(padded(Query(QUESTION, HERE), 1))
