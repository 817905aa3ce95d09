"""DNS over TLS and HTTPS, against servers of the test's own on the loopback interface."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.lab.world import load
from dnstrace.model import Edns, Exchange, Fault, Query, Question, Settings, Transport
from dnstrace.model.asked import Resolver
from dnstrace.network.live import LiveNetwork
from tests.network.securing import HERE, Asked, Certificate, Handler, answer, over_tls, serving
from tests.replies import name
from tests.saving import assert_the_same_again, beside, saved, served

QUESTION = Question(name("www.example."), dns.rdatatype.A)
LATE = 300.0  # seconds to wait for what has to come, however busy the machine is
NEEDS_DOH = pytest.mark.skipif(not dns.query.have_doh, reason="dnspython[doh] is not installed")


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """One that is trusted."""
    made = Certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def over_https(asked: Asked, status: str = "200 OK", replies: Callable[[bytes], bytes] = answer) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        assert head.startswith(b"POST /dns-query HTTP/1.1")
        assert fields[b"content-type"] == b"application/dns-message"
        wire = await reader.readexactly(int(fields[b"content-length"]))
        asked.append(wire)
        reply = replies(wire)
        kind = "content-type: application/dns-message\r\n"
        writer.write(f"HTTP/1.1 {status}\r\n{kind}content-length: {len(reply)}\r\n\r\n".encode() + reply)
        await writer.drain()

    return handle


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def exchanged(
    handler: Handler, context: ssl.SSLContext | None, timeout: float = LATE, **how: Any
) -> Exchange:
    """What comes of a query, over TLS unless `how` says otherwise; `{port}` in its endpoint is the port."""

    async def run() -> Exchange:
        async with serving(handler, context) as port:
            transport = how.get("transport", Transport.TLS)
            endpoint = how.get("endpoint", HERE).format(port=port)
            edns = how.get("edns", Edns())
            query = Query(QUESTION, HERE, port, transport, edns, recursion_desired=True, endpoint=endpoint)
            return await LiveNetwork(how.get("bind")).exchange(query, timeout)

    return asyncio.run(run())


def data(exchange: Exchange) -> list[str]:
    assert exchange.message is not None, exchange
    return [rdata.to_text() for rrset in exchange.message.answer for rdata in rrset]


# --- TLS ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", [HERE, "dns.test"])
def test_a_resolver_is_asked_over_tls(endpoint: str, certificate: Certificate) -> None:
    asked: Asked = []
    exchange = exchanged(over_tls(asked), certificate.context(), endpoint=endpoint, bind=HERE)
    assert data(exchange) == ["192.0.2.44"] and exchange.elapsed > 0
    message = dns.message.from_wire(asked[0])
    assert dns.flags.to_text(message.flags) == "RD" and message.ednsflags & dns.flags.DO
    assert len(asked[0]) % 128 == 0


def test_without_edns_nothing_is_padded(certificate: Certificate) -> None:
    asked: Asked = []
    assert data(exchanged(over_tls(asked), certificate.context(), edns=None)) == ["192.0.2.44"]
    assert dns.message.from_wire(asked[0]).edns == -1


@pytest.mark.parametrize("endpoint", ["other.test", "127.0.0.2"])
def test_a_certificate_for_another_name_is_not_accepted(endpoint: str, certificate: Certificate) -> None:
    asked: Asked = []
    exchange = exchanged(over_tls(asked), certificate.context(), endpoint=endpoint)
    assert (exchange.fault, asked) == (Fault.CERTIFICATE, [])
    assert "mismatch" in exchange.detail and exchange.detail.endswith(f"not valid for '{endpoint}'")


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    asked: Asked = []
    exchange = exchanged(over_tls(asked), Certificate(tmp_path).context())
    assert (exchange.fault, asked) == (Fault.CERTIFICATE, [])
    assert exchange.detail.startswith("self")


def test_a_certificate_that_has_expired_is_not_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Certificate(tmp_path, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    exchange = exchanged(over_tls([]), made.context())
    assert (exchange.fault, exchange.detail) == (Fault.CERTIFICATE, "certificate has expired")


def test_faults_of_the_network_are_values(certificate: Certificate) -> None:
    context = certificate.context()
    assert exchanged(silence, context, timeout=0.05).fault is Fault.TIMEOUT
    assert exchanged(silence, None, timeout=0.05).fault is Fault.TIMEOUT
    assert exchanged(over_tls([], lambda wire: b"\0" * 40), context).fault is Fault.MISMATCH
    assert exchanged(over_tls([], lambda wire: b"\0"), context).fault is Fault.MALFORMED
    assert exchanged(over_tls([], lambda wire: b"no" + answer(wire)[2:]), context).fault is Fault.MISMATCH


def test_a_server_without_tls_ends_the_handshake(certificate: Certificate) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(9)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    exchange = exchanged(plain, None)
    assert exchange.fault is Fault.CONNECTION_LOST and exchange.detail.startswith("TLS: ")


def test_where_nobody_listens() -> None:
    async def refused() -> Exchange:
        async with serving(silence, None) as port:
            pass
        query = Query(QUESTION, HERE, port, Transport.TLS, endpoint=HERE)
        return await LiveNetwork().exchange(query, LATE)

    assert asyncio.run(refused()).fault is Fault.PORT_UNREACHABLE


# --- HTTPS ----------------------------------------------------------------------------------------

URL: dict[str, Any] = {"transport": Transport.HTTPS, "endpoint": f"https://{HERE}:{{port}}/dns-query"}


@NEEDS_DOH
def test_a_resolver_is_asked_over_https(certificate: Certificate) -> None:
    asked: Asked = []
    exchange = exchanged(over_https(asked), certificate.context(), **URL)
    assert data(exchange) == ["192.0.2.44"]
    message = dns.message.from_wire(asked[0])
    assert (message.id, dns.flags.to_text(message.flags)) == (0, "RD")


@NEEDS_DOH
def test_a_status_that_is_no_success_is_said(certificate: Certificate) -> None:
    exchange = exchanged(over_https([], "404 Not Found"), certificate.context(), **URL)
    assert (exchange.fault, exchange.detail) == (Fault.MALFORMED, "HTTP status 404")


@NEEDS_DOH
def test_a_certificate_is_checked_over_https_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    asked: Asked = []
    exchange = exchanged(over_https(asked), Certificate(tmp_path).context(), **URL)
    assert (exchange.fault, asked) == (Fault.CERTIFICATE, [])


@NEEDS_DOH
def test_faults_over_https_are_values(certificate: Certificate) -> None:
    context = certificate.context()
    assert exchanged(silence, context, timeout=0.1, **URL).fault is Fault.TIMEOUT
    assert exchanged(over_https([], replies=lambda wire: b"<html>"), context, **URL).fault is Fault.MALFORMED


def test_without_the_packages_it_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dns.asyncquery.have_doh", False)
    query = Query(QUESTION, HERE, 1, Transport.HTTPS, endpoint=f"https://{HERE}:1/q")
    assert asyncio.run(LiveNetwork().exchange(query, LATE)).fault is not None


# --- kept and replayed ----------------------------------------------------------------------------


def test_a_trace_with_a_resolver_over_tls_is_the_same_when_it_is_replayed(certificate: Certificate) -> None:
    found = load("textbook")
    server = serving(over_tls([]), certificate.context())
    with beside(server) as port, served(found, 0.001) as network:
        resolver = Resolver(HERE, port, Transport.TLS, HERE)
        patient = Settings(timeout=LATE)
        trace, octets = saved(found.question, network, seed=1, resolvers=(resolver,), settings=patient)
    asked = [a for step in trace.steps for a in step.attempts if a.exchange.query.transport == "tls"]
    copy = Question(name("example.com."), dns.rdatatype.SOA)  # the reply differs: which copy does it hold?
    assert [(a.exchange.query.question, a.exchange.fault) for a in asked] == [
        (found.question, None),
        (copy, None),
    ]
    assert_the_same_again(octets)
