"""The last hop, for the tree: how each address answered the request for the page, and the HTTPS record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.model import Outcome
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, harmless, name_text, rdata_text, time_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, joined, marked

if TYPE_CHECKING:
    from datetime import datetime

    from dnstrace.model import Trace
    from dnstrace.model.certificates import Certificate
    from dnstrace.model.pages import Visit
    from dnstrace.model.taken import Fetched

_FIRST_ERROR = 400
_NAMED = 4


def fetched_nodes(found: Fetched, now: datetime) -> list[Node]:
    """The URL, and below it the further traces, the effect of the HTTPS record, and every address."""
    head = Text.assemble((harmless(found.request.url), STRONG))
    head.append(f" ─ page requested from {count_text(len(found.visits), 'address', 'addresses')}", QUIET)
    beside = [Node(_trace_line(trace)) for trace in found.beside]
    notes = [Node(marked(WARNING, Text(harmless(note), WARNING))) for note in found.notes]
    visits = [_visit_node(visit, now) for visit in found.visits]
    text = unserved_text(found, "the page")
    missing = [Node(Text(text, WARNING if found.served else BAD))] if text else []
    return [Node(head, [*beside, *notes, *visits, *missing])]


def unserved_text(found: Fetched, what: str) -> str:
    """How many of the addresses did not serve `what`; empty if all of them did."""
    if not found.served:
        return f"no address served {what}"
    failed = sum(not visit.served for visit in found.visits)
    return f"{failed} of {len(found.visits)} addresses did not serve {what}" if failed else ""


def _trace_line(trace: Trace) -> Text:
    """The result of one of the further traces."""
    rdtype = dns.rdatatype.to_text(trace.question.rdtype)
    data = [rdata_text(r) for rrset in trace.answer if rrset.rdtype == trace.question.rdtype for r in rrset]
    result = ", ".join(map(harmless, data)) if data else "" if trace.outcome is None else trace.outcome.value
    style = BAD if trace.outcome is Outcome.FAILED else ""
    queries = count_text(trace.stats.queries, "query", "queries")
    return joined([Text(f"{name_text(trace.question.name)} {rdtype}: {result}", style), Text(queries, QUIET)])


def _visit_node(visit: Visit, now: datetime) -> Node:
    parts: list[Text | str] = [visit.address]
    if visit.connected is not None:
        parts.append(f"connected {time_text(visit.connected)}")
    if visit.secured is not None:
        parts.append(f"TLS {time_text(visit.secured)}")
    if visit.answered is not None:
        parts.append(f"first byte {time_text(visit.answered)}")
    if visit.status is not None:
        style = GOOD if visit.status < _FIRST_ERROR else BAD
        parts.append(Text(f"{visit.status} {harmless(visit.reason)}".strip(), style))
    if visit.location:
        parts.append(f"redirects to {harmless(visit.location)}")
    if visit.fault:
        parts.append(Text(harmless(visit.fault), BAD))
    line = joined(parts)
    below = [] if visit.certificate is None else [Node(_certificate_line(visit.certificate, now))]
    return Node(line if visit.served else marked(BAD, line), below)


def _certificate_line(shown: Certificate, now: datetime) -> Text:
    names = ", ".join(map(harmless, shown.names[:_NAMED])) or "no name"
    more = f" and {len(shown.names) - _NAMED} more" if len(shown.names) > _NAMED else ""
    parts: list[Text | str] = [
        f"certificate for {names}{more}",
        f"issued by {harmless(shown.issuer)}" if shown.issuer else "",
    ]
    if shown.expires is not None:
        days = (shown.expires - now).days
        expiry = f"{'expired' if days < 0 else 'expires'} {shown.expires:%Y-%m-%d}"
        parts.append(Text(expiry, BAD if days < 0 else WARNING if days < 14 else ""))
    return joined(parts)
