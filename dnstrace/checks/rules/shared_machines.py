"""The rule on addresses behind which several machines have unlike versions of the zone."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.analysis.alternating import serials_in_turn
from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import conflict
from dnstrace.checks.readings.controls import alternate
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import addresses, listed
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text


@of_cut(Level.NOTICE, Blame.HOST, also=(Level.WARNING,))
def machines_differ(cut: Cut) -> Iterator[Observation]:
    """One address of a name server gives different versions of the zone in turn.

    What it is: the SOA record from the same address, in answers or negative answers, has a serial, and then
    an older one. Several machines share the address (a load balancer, anycast), and one of them has an old
    copy of the zone.

    Why it matters: what users get depends on the machine that their query happens to reach, and differs from
    one query to the next. Just after a change this is normal for some seconds (a notice); if the answers in
    question differ too, it is a warning.

    How to fix it: compare the serial on each of the machines at its own address, and transfer the zone to
    those that are behind. Take a machine out of the set while it is behind.

    References: RFC 4786 section 4.6; RFC 1034 section 4.3.5; RFC 3258 section 2
    """
    found = cut.once(alternate)
    replies = [reply for reply in cut.probe(Probe.SOA) if reply.address in found]
    for server, shown in by_server(replies).items():
        serials = sorted({serial for reply in shown for serial in found[reply.address]})
        yield Observation(
            f"{plain(server)} gives serials {listed(serials)} of {zone_text(cut.zone)} in turn at"
            f" {addresses(shown)}: the machines behind one address have different versions",
            (*steps_of(shown), *_showing(cut, {reply.address for reply in shown})),
            server=server,
            cure=f"compare the version of {zone_text(cut.zone)} on each of the machines behind"
            f" {addresses(shown)}, and transfer the zone to those that are behind",
            remedy=at_servers(server),
            level=Level.WARNING if _answer_differs(cut, {reply.address for reply in shown}) else None,
        )


def _showing(cut: Cut, shared: set[str]) -> list[int]:
    """The ids of the steps in which each of these addresses first gave each of its serials."""
    steps = {id(attempt): step.id for step in cut.all_steps for attempt in step.attempts}
    first: dict[tuple[str, int], int] = {}
    for address, given in serials_in_turn(cut.all_steps, cut.zone).items():
        for serial, attempt in given if address in shared else ():
            first.setdefault((address, serial), steps[id(attempt)])
    return list(first.values())


def _answer_differs(cut: Cut, shared: set[str]) -> bool:
    """Whether one of the addresses answered the question of the walk in two ways, in whatever letter case."""
    asked = {(step.question.name, step.question.rdtype) for step in cut.walked}
    said: dict[tuple[str, object], list[HeardReply]] = {}
    for step in cut.all_steps:
        if (key := (step.question.name, step.question.rdtype)) in asked and key[1] != dns.rdatatype.SOA:
            for reply in replies_of(step):
                if reply.address in shared and reply.meaning.usable:
                    said.setdefault((reply.address, key), []).append(reply)
    return any(conflict(each[0], other) for each in said.values() for other in each[1:])
