"""Several machines at one address: each reply is from one of them, and they may have different versions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import addresses, listed
from dnstrace.checks.remedies import in_zone
from dnstrace.checks.replies import HeardReply, by_server, steps_of
from dnstrace.model.findings import Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import ahead


def of_machines(cut: Cut) -> Iterator[Observation]:
    """The observations of servers that have several versions of the zone at one address.

    They are no more than notices: machines that share an address may differ for a moment after a change.
    """
    back = cut.once(going_back)
    for server, replies in by_server(reply for each in back.values() for reply in each.values()).items():
        over = {reply.address: back[reply.address] for reply in replies}
        texts = {
            f"serial {serial} over {reply.attempt.exchange.query.transport.value.upper()}"
            for versions in over.values()
            for serial, reply in versions.items()
        }
        zone, where = zone_text(cut.zone), addresses(replies)
        yield Observation(
            f"{plain(server)} has several versions of {zone} at {where}: {listed(sorted(texts))}",
            steps_of(replies),
            server=server,
            cure=f"find the machine behind {where} that has the older version, and transfer {zone} to it, or"
            " have another one answer there",
            level=Level.NOTICE,
            remedy=in_zone(cut.zone, servers=(server,)),
        )


def going_back(cut: Cut) -> dict[str, dict[int, HeardReply]]:
    """By address, the first reply with each serial, if a later reply had an older version of the zone.

    A new version may appear at any time, and not an old one: that is from another machine at the address.
    """
    found: dict[str, list[tuple[float, int, HeardReply]]] = {}
    for step in cut.steps:
        if step.zone == cut.zone == step.question.name and step.question.rdtype == dns.rdatatype.SOA:
            for reply in (HeardReply(step, attempt) for attempt in step.attempts):
                soa = reply.rrset(cut.zone, dns.rdatatype.SOA)
                if soa is not None and isinstance(soa[0], SOA):
                    came = reply.attempt.exchange.start, soa[0].serial, reply
                    found.setdefault(reply.address, []).append(came)
    return {
        address: {serial: reply for _, serial, reply in reversed(came)}
        for address, came in found.items()
        if any(
            ahead(one, later) > 0 for one, later in pairwise(serial for _, serial, _ in sorted(came, key=_at))
        )
    }


def _at(came: tuple[float, int, HeardReply]) -> float:
    return came[0]
