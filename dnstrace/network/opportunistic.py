"""DNS over TLS to name servers, whoever they prove to be (RFC 9539, RFC 7858): what they answer and show.

The server is called by its name (SNI), any certificate is taken, and the query is padded (RFC 8467). Once a
reply came, a second connection tries whether the system trusts the certificate (OpenSSL's SSL_CERT_FILE is
honoured): within one connection, that can only be required or left out. As it asks nothing, its time is not
measured, and it does not count as a query.

Not supported: DNS over QUIC, reuse of connections.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from functools import cache
from typing import cast

from dnstrace.descriptors import has_run_out
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Exchange, Fault, Query
from dnstrace.model.certificates import Secured
from dnstrace.model.structs import replace
from dnstrace.network.faults import FAULTS, read
from dnstrace.network.patience import Patience

_BLOCK = 128  # octets; queries are padded to a multiple of this (RFC 8467 section 4.1)
_PADDING, _OPTION = 12, 4  # RFC 7830
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.ASCII | re.I)


async def exchange(query: Query, timeout: float, bind: str | None) -> Exchange:
    """Put `query` to a name server over TLS; see `dnstrace.port.Network`."""
    _trusted()  # is made before any time is measured
    found = await _Asking(query, bind).ended(timeout)
    if found.message is None or found.secured is None:
        return found
    distrust = await _distrust(query, timeout, bind)
    return replace(found, secured=replace(found.secured, distrust=distrust))


class _Asking:
    """A query while it is under way: what is known of the connection is kept, whatever comes."""

    def __init__(self, query: Query, bind: str | None) -> None:
        self._query, self._bind = query, bind
        self._message_id = int.from_bytes(os.urandom(2))
        self._secured: Secured | None = None

    async def ended(self, timeout: float) -> Exchange:
        """The exchange, after `timeout` seconds at most. Raises OSError if no file descriptor is left."""
        loop = asyncio.get_running_loop()
        start, wire, fault, detail = loop.time(), None, None, ""
        try:
            async with Patience(timeout):
                wire = await self._reply()
        except TimeoutError:
            fault = Fault.TIMEOUT
        except (OSError, EOFError) as error:
            if has_run_out(error):
                raise
            fault, detail = _fault(error)
        elapsed = loop.time() - start
        found = Exchange(self._query, start, elapsed, wire, secured=self._secured)
        if wire is None:
            return replace(found, fault=fault, detail=detail)
        if not belongs(wire, self._query.question, self._message_id):
            return replace(found, fault=Fault.MISMATCH, mismatched=1)
        message, fault = read(wire)
        return replace(found, message=message, fault=fault)

    async def _reply(self) -> bytes:
        """The octets of the reply. Raises OSError or EOFError."""
        reader, writer = await _connected(self._query, self._bind, _any_certificate())
        try:
            self._secured = _shown(cast("ssl.SSLObject", writer.get_extra_info("ssl_object")))
            wire = padded(self._query, self._message_id)
            writer.write(len(wire).to_bytes(2) + wire)
            await writer.drain()
            return await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
        finally:
            writer.transport.abort()


def padded(query: Query, message_id: int) -> bytes:
    """The octets of a query, padded if it has EDNS."""
    wire = query_wire(query, message_id)
    if (edns := query.edns) is None:
        return wire
    rest = -(len(wire) + _OPTION) % _BLOCK
    more = replace(edns, options=(*edns.options, (_PADDING, bytes(rest))))
    return query_wire(replace(query, edns=more), message_id)


async def _connected(
    query: Query, bind: str | None, context: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        query.address,
        query.port,
        ssl=context,
        server_hostname=query.endpoint if _HOST.fullmatch(query.endpoint) else "",
        local_addr=None if bind is None else (bind, 0),
    )


@cache
def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["dot"])
    return context


@cache
def _trusted() -> ssl.SSLContext:
    """What takes only certificates that the system trusts: to read those takes longer than many replies."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # of Python 3.13 and later
    context.set_alpn_protocols(["dot"])
    return context


def _shown(connection: ssl.SSLObject) -> Secured:
    return Secured(
        connection.version() or "",
        connection.selected_alpn_protocol() or "",
        connection.getpeercert(binary_form=True) or b"",
    )


async def _distrust(query: Query, timeout: float, bind: str | None) -> str | None:
    """Why the system does not trust the certificate; empty if it does, None if that cannot be found out."""
    try:
        async with Patience(timeout):
            _, writer = await _connected(query, bind, _trusted())
            writer.transport.abort()
            return ""
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message).rstrip(".")
    except (OSError, TimeoutError):
        return None


def _fault(error: BaseException) -> tuple[Fault, str]:
    """The fault that an error stands for, and details in words."""
    if isinstance(error, ssl.SSLError):
        return (
            Fault.CONNECTION_LOST,
            f"TLS: {(error.reason or 'the handshake failed').lower().replace('_', ' ')}",
        )
    if isinstance(error, OSError) and (fault := FAULTS.get(error.errno or 0)):
        return fault, ""
    return Fault.CONNECTION_LOST, "the connection was closed or could not be made"
