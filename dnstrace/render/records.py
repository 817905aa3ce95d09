"""Complete replies, for `-v`: header, EDNS and every record; unused records are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.opcode
import dns.rdataclass
import dns.rdatatype
from rich.text import Text

from dnstrace.model.naming import zone_text
from dnstrace.render.edns import edns_options, version_text
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, name_text, rcode_text, rdata_text
from dnstrace.render.wording import QUIET, STRONG, WARNING, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dns.message
    import dns.name
    import dns.rrset

    from dnstrace.model import Attempt


def reply_nodes(attempt: Attempt, zone: dns.name.Name) -> list[Node]:
    """The reply of `attempt` to a query for `zone`; empty if no message came."""
    message = attempt.exchange.message
    if message is None:
        return []
    sections = {"answer": message.answer, "authority": message.authority, "additional": message.additional}
    return [
        Node(_header_line(attempt, message)),
        *(
            Node(
                Text(name, STRONG),
                [node for rrset in rrsets for node in _section_nodes(rrset, zone)],
                closed=True,
            )
            for name, rrsets in sections.items()
            if rrsets
        ),
    ]


def _header_line(attempt: Attempt, message: dns.message.Message) -> Text:
    flags = dns.flags.to_text(message.flags & ~0x40).lower()
    wire = attempt.exchange.wire
    return joined(
        [
            f"{dns.opcode.to_text(message.opcode())} {rcode_text(message.rcode())}",
            f"id {message.id}",
            f"flags {flags}" if flags else "no flags",
            "" if wire is None else count_text(len(wire), "octet"),
            *_edns_parts(message),
        ]
    )


def _edns_parts(message: dns.message.Message) -> list[str]:
    if message.edns < 0:
        return ["no EDNS"]
    options = edns_options(message)
    dnssec_ok = ", DO" if message.ednsflags & dns.flags.DO else ""
    return [
        f"EDNS {message.edns}, UDP {message.payload}{dnssec_ok}",
        f"cookie {options.cookie.hex()}" if options.cookie is not None else "",
        f"subnet {options.subnet}" if options.subnet is not None else "",
        version_text(options.version) if options.version is not None else "",
        f"report channel {name_text(options.channel)}" if options.channel is not None else "",
    ]


def _section_nodes(rrset: dns.rrset.RRset, zone: dns.name.Name) -> Iterator[Node]:
    used = rrset.name.is_subdomain(zone)
    head = (
        f"{name_text(rrset.name)} {rrset.ttl} "
        f"{dns.rdataclass.to_text(rrset.rdclass)} {dns.rdatatype.to_text(rrset.rdtype)}"
    )
    for rdata in rrset:
        line = Text.assemble((f"{head} {rdata_text(rdata)}", "" if used else QUIET))
        if not used:
            line.append(f"   not used: outside {zone_text(zone)}", WARNING)
        yield Node(line)
