"""Options of EDNS that dnspython does not read: which version of its zone a reply is from (RFC 9660)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.edns
import dns.name

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    import dns.message

ZONEVERSION = dns.edns.OptionType.make(19)
"""The option's code. In a query it is empty."""

SOA_SERIAL = 0
"""The only type of version that is registered: the serial of the SOA record, four octets."""

_SERIAL_OCTETS = 4


class ZoneVersion(Struct):
    """From which version of which zone a reply is (RFC 9660 section 2).

    `zone` is as many labels of the name asked as the reply counts. `kind` is the type of version, `data` its
    octets; `serial` the serial of the SOA record, or None where it is something else.
    """

    zone: dns.name.Name
    kind: int
    data: bytes

    @property
    def serial(self) -> int | None:
        """The SOA record's serial."""
        is_serial = self.kind == SOA_SERIAL and len(self.data) == _SERIAL_OCTETS
        return int.from_bytes(self.data, "big") if is_serial else None


def zone_version(message: dns.message.Message) -> ZoneVersion | None:
    """What a reply says of its zone's version; None if it says nothing, or nothing that can be so."""
    octets = next((option.to_wire() for option in message.options if option.otype == ZONEVERSION), None)
    if octets is None or len(octets) < 2 or len(message.question) != 1:
        return None
    labels, name = octets[0], message.question[0].name
    if labels >= len(name.labels):
        return None
    return ZoneVersion(name.split(labels + 1)[1], octets[1], octets[2:])


def report_channel(message: dns.message.Message) -> dns.name.Name | None:
    """The agent that resolvers report errors to (RFC 9567 section 5): None if there is none.

    The root name stands for no agent.
    """
    for option in message.options:
        if isinstance(option, dns.edns.ReportChannelOption):
            agent: dns.name.Name = option.agent_domain
            return None if agent == dns.name.root else agent
    return None
