"""Pages over real sockets: TCP, TLS with the certificate checked against the name, HTTP/1.1.

Only the head of the response is read, up to a limit. Addresses that are local to this machine or link are not
contacted: a name from the network must not make this program connect there.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from dnstrace.message.certificate import read_certificate
from dnstrace.model.addresses import is_unicast
from dnstrace.model.certificates import Certificate
from dnstrace.model.pages import Request, Visit
from dnstrace.model.structs import replace
from dnstrace.web.pages import with_head

_MOST = 65536  # octets of a response's head
_PART = 4096


class LiveWeb:
    """Pages from the real network. `trusted` makes the TLS context, `allowed` says where to connect."""

    def __init__(
        self,
        trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        allowed: Callable[[str], bool] = is_unicast,
    ) -> None:
        self._trusted, self._allowed = trusted, allowed

    async def visit(self, address: str, request: Request, timeout: float) -> Visit:
        """Ask for the page, within `timeout` seconds in all; see `dnstrace.model.pages.Web`."""
        if not self._allowed(address):
            return Visit(address, fault="not contacted: the address is local to this machine or network")
        visit = [Visit(address)]
        try:
            async with asyncio.timeout(timeout):
                await self._go_as_far_as_possible(visit, request)
        except TimeoutError:
            return replace(visit[0], fault=f"no answer within {timeout:g} s")
        except ssl.SSLCertVerificationError as error:
            shown = await _certificate_shown(address, request, timeout)
            return replace(visit[0], fault=f"certificate: {error.verify_message}", certificate=shown)
        except (OSError, ssl.SSLError) as error:
            return replace(visit[0], fault=_connection_fault(error))
        return visit[0]

    async def _go_as_far_as_possible(self, visit: list[Visit], request: Request) -> None:
        """Connect, secure, ask; `visit` is what was reached so far, even if this is interrupted."""
        loop, address = asyncio.get_running_loop(), visit[0].address
        begun = loop.time()
        sock = await _connection(address, request.port)
        visit[0] = replace(visit[0], connected=loop.time() - begun)
        reader, writer = await _opened(sock, request, self._trusted() if request.scheme == "https" else None)
        try:
            if request.scheme == "https":
                shown = _certificate_from_peer(writer.get_extra_info("peercert"))
                visit[0] = replace(visit[0], secured=loop.time() - begun, certificate=shown)
            writer.write(request.wire)
            await writer.drain()
            octets = await reader.read(_PART)
            answered = loop.time() - begun
            while (
                octets
                and b"\r\n\r\n" not in octets
                and len(octets) < _MOST
                and (more := await reader.read(_PART))
            ):
                octets += more
        finally:
            writer.transport.abort()
        visit[0] = with_head(replace(visit[0], answered=answered if octets else None), octets)


async def _connection(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    with _closed_on_failure(sock):
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    return sock


async def _opened(
    sock: socket.socket, request: Request, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with _closed_on_failure(sock):
        if context is None:
            return await asyncio.open_connection(sock=sock)
        return await asyncio.open_connection(sock=sock, ssl=context, server_hostname=request.host)


@contextmanager
def _closed_on_failure(sock: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:  # a deadline cancels
        sock.close()
        raise


async def _certificate_shown(address: str, request: Request, timeout: float) -> Certificate | None:
    """The certificate that was not accepted: fetched again, and read without trusting it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(timeout):
            _, writer = await _opened(await _connection(address, request.port), request, context)
            octets = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.transport.abort()
            return read_certificate(octets)
    return None


def _certificate_from_peer(found: Mapping[str, Any] | None) -> Certificate | None:
    if not found:
        return None
    names = tuple(value for kind, value in found.get("subjectAltName", ()) if kind == "DNS")
    issuer = {key: value for part in found.get("issuer", ()) for key, value in part}
    seconds = ssl.cert_time_to_seconds(found["notAfter"])
    named = issuer.get("organizationName") or issuer.get("commonName", "")
    return Certificate(names, named, datetime.fromtimestamp(seconds, UTC))


def _connection_fault(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing is listening there (connection refused)"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {(error.reason or 'the handshake failed').lower().replace('_', ' ')}"
    return (error.strerror or "the connection was closed").lower()
