"""The rule on a network that loses datagrams."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import elsewhere
from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import counted
from dnstrace.model.findings import Blame, Level, Observation


@of_trace(Level.NOTICE, Blame.NETWORK, Trait.SURE_AT_ONCE)
def packet_loss(evidence: Evidence) -> Iterator[Observation]:
    """The network between here and the name servers loses packets.

    What it is: queries to servers of several zones got no reply, and a reply when they were sent again. What
    is common to all of these is the path from here.

    Why it matters: names take longer to resolve here. This check takes a server, a type or EDNS to fail only
    where chance alone would hardly explain the silence, so it may miss some of these.

    How to fix it: look for overload on this machine and its network, and for a firewall that limits the rate
    of queries. Trace from another network to see what is missed here.

    References: RFC 1035 section 4.2.1; RFC 9520 section 3.1
    """
    losses = evidence.losses
    if losses.sent:
        zones = counted(len(losses.zones), "zone")
        yield Observation(
            f"the network loses packets: {losses.lost} of {losses.sent} queries over UDP had to be sent again"
            f" before a reply came, to {len(losses.addresses)} addresses in {zones}",
            losses.steps,
            cure="look for overload and limits of the rate on the network here, and trace from another one",
            remedy=elsewhere(),
        )
