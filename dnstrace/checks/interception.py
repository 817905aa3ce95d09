"""Whether the queries reach those they are sent to: judged before any zone is blamed."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags

from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.evidence import Evidence
from dnstrace.checks.replies import HeardReply, steps_of
from dnstrace.model import ROOT, Source
from dnstrace.model.findings import Blame, Level, Observation

_BELOW_TLD = 3  # labels of a name below a top-level domain, the root's included


@of_trace(Level.ERROR, Blame.NETWORK, Trait.STANDS_ALONE)
def intercepted(evidence: Evidence) -> Iterator[Observation]:
    """Somebody on the way answers in place of the root servers.

    What it is: replies come from the addresses of root servers that no root server gives: the final answer,
    or recursion offered. A proxy or firewall near you takes DNS queries and answers them itself.

    Why it matters: nothing that is seen from here tells anything of the name servers that were to be asked;
    no zone can be judged.

    How to mend it: trace from another network, or have this network let DNS pass for this machine.

    References: RFC 8906 section 4
    """
    root = evidence.cut(ROOT)
    if root is None or len(evidence.trace.question.name) < _BELOW_TLD:
        return
    hints = {a.text for s in root.servers for a in s.addresses if a.source in (Source.HINT, Source.GLUE)}
    false = [reply for reply in root.replies if reply.address in hints and _is_no_root(reply)]
    if false:
        yield Observation(
            f"{len(false)} of {len(root.replies)} root server addresses answer as no root server does",
            steps_of(false),
            zone=ROOT,
        )


def _is_no_root(reply: HeardReply) -> bool:
    return reply.message is not None and bool(reply.message.answer or reply.message.flags & dns.flags.RA)
