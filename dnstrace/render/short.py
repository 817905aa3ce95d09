"""The short form: RDATA only, one a line, as `dig +short` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model import Outcome
from dnstrace.reached import delegation_reached
from dnstrace.render.text import name_text, rdata_text

if TYPE_CHECKING:
    from dnstrace.model import Trace

_WITH_SIGNATURES = {dns.rdatatype.RRSIG, dns.rdatatype.ANY}


def short(trace: Trace) -> str:
    """The RDATA of the whole chain, aliases' targets first, each on a line; empty if there is none.

    Of a trace that was to end with a referral, the name servers.

    Signatures are left out unless they were asked for: the DO bit is ours, not the user's.
    """
    if trace.outcome is Outcome.REFERRAL:
        cut = delegation_reached(trace)
        return "" if cut is None else "".join(f"{name_text(server.name)}\n" for server in cut.servers)
    signatures = trace.question.rdtype in _WITH_SIGNATURES
    return "".join(
        f"{rdata_text(rdata)}\n"
        for rrset in trace.answer
        if signatures or rrset.rdtype != dns.rdatatype.RRSIG
        for rdata in rrset
    )
