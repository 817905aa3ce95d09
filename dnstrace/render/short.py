"""The short form: RDATA only, one record per line, as `dig +short` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import delegation_reached
from dnstrace.model import Outcome
from dnstrace.render.text import name_text, rdata_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dnstrace.model import Trace
    from dnstrace.model.report import Report

_WITH_SIGNATURES = {dns.rdatatype.RRSIG, dns.rdatatype.ANY}


def short(report: Report) -> str:
    """The RDATA from `data`, one record per line; empty if there is none."""
    return "".join(f"{rdata}\n" for _, rdata in data(report.trace))


def data(trace: Trace) -> Iterator[tuple[str, str]]:
    """The type and RDATA of each record of the whole answer, aliases first.

    For a parent-only trace, the name servers. Signatures are left out unless the question asked for them:
    dnstrace sets the DO bit, not the user.
    """
    if trace.outcome is Outcome.REFERRAL:
        cut = delegation_reached(trace)
        yield from (("NS", name_text(server.name)) for server in (() if cut is None else cut.servers))
        return
    signatures = trace.question.rdtype in _WITH_SIGNATURES
    for rrset in trace.answer:
        if signatures or rrset.rdtype != dns.rdatatype.RRSIG:
            yield from ((dns.rdatatype.to_text(rrset.rdtype), rdata_text(rdata)) for rdata in rrset)
