"""A delegation in full, as its parent gives it: name servers with their glue, and the DS records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.render.layout import Node
from dnstrace.render.text import name_text, rdata_text, ttl_text
from dnstrace.render.wording import QUIET, STRONG, WARNING, shown_name

if TYPE_CHECKING:
    import dns.rdata

    from dnstrace.model import Delegation, Name, NameServer

_GAP = "   "


def delegation_nodes(cut: Delegation) -> list[Node]:
    """A line for each name server, then one for each DS record."""
    servers = [Node(_server(server, cut.zone)) for server in cut.servers]
    return servers if cut.ds is None else [*servers, *(_ds(rdata, cut.ds.ttl) for rdata in cut.ds)]


def supposed_texts(cut: Delegation) -> list[str]:
    """What is supposed of a zone, a sentence for its name servers and one for its DS records."""
    zone = name_text(cut.zone)
    servers = [" ".join((name_text(s.name), *(a.text for a in s.addresses))) for s in cut.servers]
    told = [f"{zone} were delegated to {', '.join(servers)}"] if servers else []
    ds = [rdata_text(rdata) for rdata in cut.ds or ()]
    return [
        *told,
        *([f"{zone} had the DS {'records' if ds[1:] else 'record'} {', '.join(ds)}"] if ds else []),
    ]


def _server(server: NameServer, zone: Name) -> Text:
    line = Text("NS ").append_text(shown_name(server.name, STRONG))
    if server.addresses:
        return line.append(f" {', '.join(address.text for address in server.addresses)} (glue)")
    if server.name.is_subdomain(zone):
        return line.append(f"{_GAP}no glue, though it lies in the zone itself", WARNING)
    return line.append(f"{_GAP}no glue", QUIET)


def _ds(rdata: dns.rdata.Rdata, ttl: int) -> Node:
    return Node(Text.assemble(f"DS {ttl_text(ttl)} ", (rdata_text(rdata), STRONG)))
