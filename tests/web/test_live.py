"""Pages over real sockets of this machine: TLS, redirects, and servers that do it wrong."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dnstrace.model.pages import Request, Visit
from dnstrace.web.live import LiveWeb
from tests import unhurried

HERE = "127.0.0.1"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Authority:
    """Makes certificates, for the server's side, and trusts them, for the other."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def contexts(self, name: str, days: int = 30) -> tuple[ssl.SSLContext, Callable[[], ssl.SSLContext]]:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = self._directory / "certificate.pem"
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(path)
        return serving, lambda: ssl.create_default_context(cafile=path)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def closing(serve: Serve) -> Serve:
    """The server, which leaves no connection open."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has what it wanted
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    return served


def visited(
    serve: Serve,
    host: str = "www.example.com",
    context: ssl.SSLContext | None = None,
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    timeout: float = 20.0,
) -> Visit:
    """A visit to a server of this machine."""

    async def test() -> Visit:
        server = await asyncio.start_server(closing(serve), HERE, 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            scheme = "http" if context is None else "https"
            web = LiveWeb(trusted, allowed=lambda address: True)
            return await web.visit(HERE, Request(host, scheme, port, "/there"), timeout)

    return unhurried.run(test())


def says(*parts: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        writer.close()

    return serve


def test_a_page_over_http_is_asked_for_by_its_name() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(PAGE)
        writer.close()

    visit = visited(serve)
    assert (visit.status, visit.reason, visit.fault, visit.served) == (200, "OK", "", True)
    assert heard[0].startswith(b"GET /there HTTP/1.1\r\nHost: www.example.com:")
    assert visit.connected is not None and visit.answered is not None and visit.secured is None


def test_a_head_in_pieces_is_put_together() -> None:
    visit = visited(says(b"HTTP/1.1 302 Fo", b"und\r\nLocation: https://else", b"where.example/\r\n\r\n"))
    assert (visit.status, visit.location) == (302, "https://elsewhere.example/")


def test_tls_with_a_good_certificate(tmp_path: Path) -> None:
    serving, trusted = Authority(tmp_path).contexts("www.example.com")
    visit = visited(says(PAGE), context=serving, trusted=trusted)
    assert visit.served and visit.secured is not None and visit.certificate is not None
    assert visit.certificate.names == ("www.example.com",) and visit.certificate.issuer == "an authority"


@pytest.mark.parametrize(
    ("name", "days", "fault"),
    [("shop.example.com", 30, "not valid for 'www.example.com'"), ("www.example.com", -3, "expired")],
)
def test_a_certificate_that_is_not_accepted_is_shown(
    name: str, days: int, fault: str, tmp_path: Path
) -> None:
    serving, trusted = Authority(tmp_path).contexts(name, days)
    visit = visited(says(PAGE), context=serving, trusted=trusted)
    assert visit.fault.startswith("certificate: ") and fault in visit.fault and visit.status is None
    assert visit.certificate is not None and visit.certificate.names == (name,)
    assert visit.certificate.expires is not None


def test_a_certificate_of_nobody_known_is_not_accepted(tmp_path: Path) -> None:
    serving, _ = Authority(tmp_path).contexts("www.example.com")
    assert "self-signed" in visited(says(PAGE), context=serving).fault


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((), "closed without a response"),
        ((b"SSH-2.0-OpenSSH\r\n",), "not HTTP"),
        ((b"HTTP/1.1 2\xb2\xb2 OK\r\n\r\n",), "not HTTP"),
        ((b"x" * 200_000,), "not HTTP"),
    ],
)
def test_what_is_no_page_is_said(parts: tuple[bytes, ...], fault: str) -> None:
    visit = visited(says(*parts))
    assert fault in visit.fault and not visit.served


def test_a_server_that_says_nothing_is_waited_for_as_long_as_asked() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    visit = visited(serve, timeout=0.2)
    assert visit.fault == "no answer within 0.2 s" and visit.connected is not None


def test_plain_text_where_tls_is_expected_is_said() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(PAGE)
        await reader.read()

    async def test() -> Visit:
        async with await asyncio.start_server(closing(serve), HERE, 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await LiveWeb(allowed=lambda address: True).visit(
                HERE, Request("a.example", "https", port), 300
            )

    assert unhurried.run(test()).fault.startswith("TLS: ")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "169.254.1.1", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1"]
)
def test_this_machine_is_not_knocked_at(address: str) -> None:
    visit = asyncio.run(LiveWeb().visit(address, Request("www.example.com"), 5))
    assert visit.fault.startswith("not contacted: ") and visit.connected is None


def test_a_closed_port_is_said() -> None:
    async def test() -> Visit:
        async with await asyncio.start_server(closing(says(PAGE)), HERE, 0) as server:
            port = server.sockets[0].getsockname()[1]
        return await LiveWeb(allowed=lambda address: True).visit(
            HERE, Request("a.example", "http", port), 300
        )

    assert unhurried.run(test()).fault == "nothing is listening there (connection refused)"
