"""A query as a dig command line, to check a result with another tool."""

from __future__ import annotations

import shlex

import dns.rdatatype

from dnstrace.model import Edns, Query, Transport

_DIG = Edns(dnssec_ok=False)  # what dig sends by default, apart from its cookie


def dig(query: Query) -> str:
    """The command line, safe to paste into a shell (POSIX): names are from the network."""
    name, rdtype = str(query.question.name), dns.rdatatype.to_text(query.question.rdtype)
    named = ["-q", name] if name[:1] in "-+@" else [name]
    port = [] if query.port == query.transport.port else ["-p", str(query.port)]
    words = ["dig", f"@{query.address}", *port, *named, rdtype, *_flags(query), *_edns(query.edns)]
    return shlex.join(words)


def _flags(query: Query) -> list[str]:
    transport = {
        Transport.UDP: [],
        Transport.TCP: ["+tcp"],
        Transport.TLS: ["+tls"],
        Transport.HTTPS: ["+https"],
    }
    return [
        *([] if query.recursion_desired else ["+norecurse"]),
        *(["+cdflag"] if query.checking_disabled else []),
        *transport[query.transport],
    ]


def _edns(edns: Edns | None) -> list[str]:
    if edns is None:
        return ["+noedns"]
    return [
        *([f"+edns={edns.version}", "+noednsnegotiation"] if edns.version else []),
        *([] if edns.payload == _DIG.payload else [f"+bufsize={edns.payload}"]),
        *(["+dnssec"] if edns.dnssec_ok else []),
        *(f"+ednsopt={code}:{data.hex()}" if data else f"+ednsopt={code}" for code, data in edns.options),
    ]
