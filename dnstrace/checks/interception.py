"""Whether queries reach the servers that they are sent to: judged before any zone is blamed."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags

from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.remedies import elsewhere
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.model import ROOT, Source
from dnstrace.model.findings import Blame, Level, Observation

_BELOW_TLD = 3  # labels of a name below a top-level domain, the root's included


@of_trace(Level.ERROR, Blame.NETWORK, Trait.STANDS_ALONE)
def intercepted(evidence: Evidence) -> Iterator[Observation]:
    """Something on the network answers in place of the root servers.

    What it is: replies that come from the addresses of root servers are replies that no root server
    gives: the final answer, or an offer of recursion. A proxy or firewall near you intercepts DNS queries
    and answers them itself.

    Why it matters: no query reaches the servers that it was sent to, so nothing seen from here says
    anything about any zone.

    How to fix it: trace from another network, or let this machine's DNS queries pass.

    References: RFC 8906 section 4
    """
    root = evidence.cut(ROOT)
    if root is None or len(evidence.trace.question.name) < _BELOW_TLD:
        return
    hints = {a.text for s in root.servers for a in s.addresses if a.source in (Source.HINT, Source.GLUE)}
    false = [reply for reply in root.replies if reply.address in hints and _is_no_root(reply)]
    if false:
        yield Observation(
            f"{len(false)} of {len(root.replies)} root server addresses gave a reply that no root"
            " server gives:"
            " something on this network intercepts DNS queries",
            steps_of(false),
            cure="let this machine's DNS queries pass (UDP and TCP port 53), or trace from another network",
            zone=ROOT,
            remedy=elsewhere(),
        )


def _is_no_root(reply: HeardReply) -> bool:
    return reply.message is not None and bool(reply.message.answer or reply.message.flags & dns.flags.RA)
