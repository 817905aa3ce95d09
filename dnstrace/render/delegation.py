"""A delegation as published by the parent: name servers with their glue, and the DS records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.message.deleg import deleg_records, deleg_text
from dnstrace.model.naming import plain
from dnstrace.render.layout import Node
from dnstrace.render.text import harmless, rdata_text, ttl_text
from dnstrace.render.wording import QUIET, STRONG, WARNING, shown_name

if TYPE_CHECKING:
    import dns.rdata

    from dnstrace.model import Delegation, Name, NameServer, Step

_GAP = "   "


def delegation_nodes(cut: Delegation) -> list[Node]:
    """One line for each name server, then one for each DS record."""
    servers = [Node(_server_line(server, cut.zone)) for server in cut.servers]
    return servers if cut.ds is None else [*servers, *(_ds_node(rdata, cut.ds.ttl) for rdata in cut.ds)]


def deleg_nodes(step: Step) -> list[Node]:
    """The DELEG records that came with the referral of a step: shown, because the walk goes by NS records."""
    cut, message = step.referral, None
    if step.chosen is not None:
        message = step.attempts[step.chosen].exchange.message
    if cut is None or message is None:
        return []
    found = [rrset for rrset in deleg_records(message.authority) if rrset.name == cut.zone]
    texts = [harmless(deleg_text(rdata)) for rrset in found for rdata in rrset]
    return [Node(Text(f"DELEG {text} (a draft: shown, not followed)", QUIET)) for text in texts]


def supposed_texts(cut: Delegation) -> list[str]:
    """The assumptions about a zone: a sentence about its name servers, and one about its DS records."""
    zone = plain(cut.zone)
    servers = [" ".join((plain(s.name), *(a.text for a in s.addresses))) for s in cut.servers]
    delegated = [f"{zone} were delegated to {', '.join(servers)}"] if servers else []
    ds = [rdata_text(rdata) for rdata in cut.ds or ()]
    return [
        *delegated,
        *([f"{zone} had the DS {'records' if ds[1:] else 'record'} {', '.join(ds)}"] if ds else []),
    ]


def _server_line(server: NameServer, zone: Name) -> Text:
    line = Text("NS ").append_text(shown_name(server.name, STRONG))
    if server.addresses:
        return line.append(f" {', '.join(address.text for address in server.addresses)} (glue)")
    if server.name.is_subdomain(zone):
        return line.append(f"{_GAP}no glue, although its name is inside the zone", WARNING)
    return line.append(f"{_GAP}no glue", QUIET)


def _ds_node(rdata: dns.rdata.Rdata, ttl: int) -> Node:
    return Node(Text.assemble(f"DS {ttl_text(ttl)} ", (rdata_text(rdata), STRONG)))
