"""From what sockets raise, and from octets that cannot be read, to the fault of an exchange."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from dnstrace.message.reading import read_reply
from dnstrace.model import Fault

if TYPE_CHECKING:
    import dns.message

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


def read(wire: bytes) -> tuple[dns.message.Message | None, Fault | None]:
    """The message in `wire`; or a fault if that cannot be read."""
    found = read_reply(wire)
    return (None, found) if isinstance(found, Fault) else (found, None)
