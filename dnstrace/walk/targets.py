"""Which names that records point to are probed: those that end in the zone, as if a final dot was lost.

Such a name may be meant, and exist: only then is it right. Pure readings of the walk and of the probes.
"""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype

from dnstrace.analysis.pointing import targets
from dnstrace.model import Delegation, Probe, Question, Step, Trace
from dnstrace.walk.beyond import Beyond
from dnstrace.walk.syncing import once_each

_MOST = 8  # names of a zone


def targets_to_probe(trace: Trace, zones: Iterable[tuple[Delegation, Step]]) -> list[Beyond]:
    """The probe for the addresses of each such name, of the servers of its zone."""
    found: list[Beyond] = []
    for cut, after in zones:
        of_zone = [step for step in trace.steps if step.zone == cut.zone]
        telling = [step for step in (after, *of_zone) if step.main or step.probe is Probe.TYPE]
        names = dict.fromkeys(name for step in telling for name in targets(step, cut.zone))
        servers = once_each(cut, [step for step in of_zone if step.probe is not None])
        asked = [Question(name, dns.rdatatype.A) for name in list(names)[:_MOST] if servers.servers]
        found += [Beyond(Probe.TYPE, question, servers, after.id) for question in asked]
    return found
