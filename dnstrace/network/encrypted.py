"""DNS over TLS (RFC 7858) and over HTTPS (RFC 8484) to resolvers, with dnspython's own support.

The certificate is checked against the roots that the system trusts (OpenSSL's SSL_CERT_FILE is honoured), and
must name the resolver as the user gave it. Each query has its own connection, whose handshakes are part of
the measured time; queries with EDNS are padded (RFC 8467).

Not supported: reuse of connections, HTTP/3, a choice of address family for the host of a URL, which the
system's resolver looks up.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Iterator

import dns.asyncquery
import dns.exception
import dns.message
import dns.query

from dnstrace.descriptors import has_run_out
from dnstrace.message.reading import read_reply
from dnstrace.message.wire import belongs, query_wire
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.network.patience import Patience

_BLOCK = 128  # octets; queries are padded to a multiple of this (RFC 8467 section 4.1)
_STATUS = re.compile(r"status code (\d{3})")


async def exchange(query: Query, timeout: float, bind: str | None) -> Exchange:
    """Put `query` to a resolver over TLS or HTTPS; see `dnstrace.port.Network`."""
    loop = asyncio.get_running_loop()
    message_id = 0 if query.transport is Transport.HTTPS else int.from_bytes(os.urandom(2))
    carry = _https if query.transport is Transport.HTTPS else _tls
    message = dns.message.from_wire(query_wire(query, message_id))
    message.pad = 0 if query.edns is None else _BLOCK
    start, wire, fault, detail = loop.time(), None, None, ""
    try:
        async with Patience(timeout):
            wire = (await carry(message, query, bind)).wire
    except Exception as error:  # the boundary to libraries that may raise anything
        if out := next(filter(has_run_out, _causes(error)), None):
            raise out from error
        fault, detail = _fault_of_error(error)
    elapsed = loop.time() - start
    if wire is None:
        return Exchange(query, start, elapsed, fault=fault or Fault.MALFORMED, detail=detail)
    if not belongs(wire, query.question, message_id):
        return Exchange(query, start, elapsed, wire, fault=Fault.MISMATCH, mismatched=1)
    reply = read_reply(wire)
    if isinstance(reply, Fault):
        return Exchange(query, start, elapsed, wire, fault=reply)
    return Exchange(query, start, elapsed, wire, reply)


async def _tls(message: dns.message.Message, query: Query, bind: str | None) -> dns.message.Message:
    return await dns.asyncquery.tls(
        message,
        query.address,
        port=query.port,
        source=bind,
        ignore_trailing=True,
        ssl_context=dns.query.make_ssl_context(True, True, ["dot"]),
        server_hostname=query.endpoint,
    )


async def _https(message: dns.message.Message, query: Query, bind: str | None) -> dns.message.Message:
    return await dns.asyncquery.https(
        message,
        query.endpoint,
        source=bind,
        ignore_trailing=True,
        verify=dns.query.make_ssl_context(True, True),
    )


def _fault_of_error(error: BaseException) -> tuple[Fault, str]:
    """The fault that an error stands for, and details in words; its causes are examined first."""
    for each in _causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return Fault.CERTIFICATE, str(each.verify_message).rstrip(".")
    if isinstance(error, TimeoutError | dns.exception.Timeout):
        return Fault.TIMEOUT, ""
    if isinstance(error, dns.query.BadResponse):
        return Fault.MISMATCH, ""
    if isinstance(error, ValueError) and (status := _STATUS.search(str(error))):
        return Fault.MALFORMED, f"HTTP status {status[1]}"
    if isinstance(error, dns.exception.DNSException | ValueError):
        return Fault.MALFORMED, ""
    return _fault_of_connection(error)


def _fault_of_connection(error: BaseException) -> tuple[Fault, str]:
    for each in _causes(error):
        if isinstance(each, ssl.SSLError):
            return Fault.CONNECTION_LOST, f"TLS: {each.reason or 'the handshake failed'}"
        if isinstance(each, ConnectionRefusedError):
            return Fault.PORT_UNREACHABLE, ""
    return Fault.CONNECTION_LOST, "the connection was closed or could not be made"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
