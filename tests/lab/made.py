"""Worlds made in a test, from the content that their file would have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from dnstrace.lab.authority import Authority
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World
from dnstrace.lab.worldfile import build
from dnstrace.model import Exchange, Fault, Query

APEX = "@ 900 SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns\n"
SERVER = {"addresses": ["192.0.2.1", "2001:db8::1"], "rtt": 20}


def content(**parts: Any) -> dict[str, Any]:
    """The content of a world's file: one server, one zone, and `parts` in place of what is here."""
    return {
        "title": "a test",
        "question": "www.example. A",
        "servers": {"ns.example.": SERVER},
        "zones": {"example.": {"text": APEX + "ns A 192.0.2.1\nwww 300 A 192.0.2.44\n"}},
        "expect": {"outcome": "answer"},
        **parts,
    }


def world(included: Mapping[str, Mapping[str, Any]] | None = None, **parts: Any) -> World:
    """The world of `content(**parts)`; `included` are the contents of files that it may include."""
    return build("test", content(**parts), (included or {}).__getitem__)


def misbehaving(*does: str) -> World:
    """The world of `content()` with misbehaviours on its server."""
    return world(servers={"ns.example.": {**SERVER, "does": list(does)}})


# --- signed --------------------------------------------------------------------------------------

SIGNED = (
    APEX
    + """\
ns A 192.0.2.1
www 300 A 192.0.2.44
www 300 AAAA 2001:db8::44
mail MX 10 www
alias CNAME www
gone CNAME none
leaf.empty TXT "below an empty non-terminal"
*.wild A 192.0.2.80
*.wildalias CNAME www
old DNAME new
host.new A 192.0.2.7
secure NS ns.secure
secure DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ns.secure A 192.0.2.2
insecure NS ns.insecure
insecure NS ns.elsewhere.net.
ns.insecure A 192.0.2.3
below.lone NS ns.insecure
self NS self
self A 192.0.2.4
hidden.old A 192.0.2.5
glued MX 10 ns.secure
"""
)


def signed(text: str = SIGNED, **sign: Any) -> World:
    """A world of one server and one zone, example., signed as `sign` says."""
    return world(zones={"example.": {"text": text, "sign": sign}}).signed


def reply(where: World, question: str, dnssec: bool = True) -> dns.message.Message:
    """What the first server of a world replies."""
    owner, rdtype = question.split()
    query = dns.message.make_query(owner, rdtype, use_edns=0, payload=1232, want_dnssec=dnssec)
    query.flags = dns.flags.Flag(0)
    return Authority(where.servers[0].zones).reply(query)


def kinds(section: list[dns.rrset.RRset]) -> list[str]:
    """Owner and type of each RRset of a section, relative to example.; signatures by what they cover."""
    origin = dns.name.from_text("example.")
    return [
        f"{r.name.relativize(origin)} {dns.rdatatype.to_text(r.covers) + '*' if r.covers else r.rdtype.name}"
        for r in section
    ]


class WithoutIpv6Replies(LabNetwork):
    """A world in which queries over IPv6 are lost, although there is a route."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if query.family == 6:
            return await self._timed_out(Exchange(query, 0.0, timeout, fault=Fault.TIMEOUT))
        return await super().exchange(query, timeout)
