"""The short form: RDATA only, one a line, as `dig +short` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.render.text import rdata_text

if TYPE_CHECKING:
    from dnstrace.model import Trace

_WITH_SIGNATURES = {dns.rdatatype.RRSIG, dns.rdatatype.ANY}


def short(trace: Trace) -> str:
    """The RDATA of the whole chain, aliases' targets first, each on a line; empty if there is none.

    Signatures are left out unless they were asked for: the DO bit is ours, not the user's.
    """
    signatures = trace.question.rdtype in _WITH_SIGNATURES
    return "".join(
        f"{rdata_text(rdata)}\n"
        for rrset in trace.answer
        if signatures or rrset.rdtype != dns.rdatatype.RRSIG
        for rdata in rrset
    )
