"""From what sockets raise, and from octets that cannot be read, to the fault of an exchange."""

from __future__ import annotations

import errno

from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Fault
from dnstrace.model.structs import replace

FAULTS = {
    errno.ECONNREFUSED: Fault.PORT_UNREACHABLE,
    errno.ENETUNREACH: Fault.NETWORK_UNREACHABLE,
    errno.EHOSTUNREACH: Fault.HOST_UNREACHABLE,
    errno.EADDRNOTAVAIL: Fault.NETWORK_UNREACHABLE,
    errno.EAFNOSUPPORT: Fault.NETWORK_UNREACHABLE,
    errno.EPERM: Fault.NETWORK_UNREACHABLE,  # a firewall on this machine
    errno.ECONNRESET: Fault.CONNECTION_LOST,
    errno.EPIPE: Fault.CONNECTION_LOST,
    errno.ETIMEDOUT: Fault.TIMEOUT,
}
"""What the numbers of errors of the system mean."""


def read(exchange: Exchange, wire: bytes) -> Exchange:
    """The exchange with the message in `wire`, or with a fault if that cannot be read."""
    message = read_reply(wire)
    if isinstance(message, Fault):
        return replace(exchange, fault=message)
    return replace(exchange, message=message)
