"""The rule on servers whose replies are so large that a trace can keep no more of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.model import Attempt, Name, Step
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.limits import OF_REPLIES
from dnstrace.model.naming import plain

_LARGE = 4096  # octets of a reply on average: more than any but a few of a sound zone
_SHARE = 0.1  # of all octets received


class _Sent(NamedTuple):
    """A reply of a server."""

    step: Step
    attempt: Attempt

    @property
    def octets(self) -> int:
        """Its size."""
        return len(self.attempt.exchange.wire or b"")


@of_trace(Level.WARNING, Blame.HOST, Trait.SURE_AT_ONCE)
def replies_too_large(evidence: Evidence) -> Iterator[Observation]:
    """The replies of a name server are so large that the trace could not keep all of them.

    What it is: a trace keeps a limited number of octets of replies, and those of this server, often tens of
    thousands of octets each, took most of that. What it would have asked afterwards is not known.

    Why it matters: such replies do not fit into a datagram, and take time, traffic and memory of resolvers,
    which may give up. Attackers can have them sent to others.

    How to fix it: find out which names have thousands of records, or what else makes the server send that
    much, and publish less under one name.

    References: RFC 1035 section 4.2.2; RFC 7766 section 5; RFC 5358 section 1
    """
    if OF_REPLIES not in evidence.trace.cut_short:
        return  # a limit of queries or of time has nothing to do with how large replies are
    sent: dict[tuple[Name, Name], list[_Sent]] = defaultdict(list)
    for step in evidence.trace.steps:
        for attempt in step.attempts:
            if attempt.exchange.wire is not None and not step.at_resolver:
                sent[step.zone, attempt.server].append(_Sent(step, attempt))
    everything = sum(one.octets for replies in sent.values() for one in replies)
    for (zone, server), replies in sent.items():
        octets = sum(one.octets for one in replies)
        if octets >= _SHARE * everything and octets >= _LARGE * len(replies):
            yield _of_server(zone, server, replies)


def _of_server(zone: Name, server: Name, replies: list[_Sent]) -> Observation:
    largest = max(replies, key=lambda one: one.octets)
    addresses = dict.fromkeys(one.attempt.address for one in replies)
    return Observation(
        f"the replies of {plain(server)} at {listed(addresses)}, of more than {_LARGE:,} octets on average,"
        " took up what a trace keeps of all replies, so the check is incomplete",
        (largest.step.id,),
        server=server,
        zone=zone,
        cure=f"find out why {plain(server)} sends such large replies, and publish fewer records under a name",
        remedy=at_servers(server),
    )
