"""Rules on the root hints with which a trace began."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.analysis.hints import OutdatedHint, outdated_hints
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.model import ROOT
from dnstrace.model.addresses import address_of
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import plain

_PUBLISHED = "https://www.internic.net/domain/named.root"


@of_trace(Level.NOTICE, Blame.NOBODY)
def hints_outdated(evidence: Evidence) -> Iterator[Observation]:
    """The root hints differ from what the root servers say.

    What it is: the file of root hints, or the hints that are built in, have an address for a root server
    that the root zone no longer has, or a server that the root zone no longer lists.

    Why it matters: resolvers that start with the same hints lose time at the old address, and whoever is
    there now sees their queries. As long as one hint works, they find the current list.

    How to fix it: replace the file of root hints with the current one, or update the program that they are
    built into. No operator of a root server needs to act.

    References: RFC 9609 section 2; RFC 9609 section 3
    """
    for hint in outdated_hints(evidence.trace.steps):
        records = tuple(str(rrset) for rrset in hint.now)
        yield Observation(
            _how_outdated(hint),
            hint.steps,
            server=hint.server,
            zone=ROOT,
            cure=f"replace the root hints with the current ones (for the public root, {_PUBLISHED}); if no"
            " file of hints was given, update dnstrace",
            records=records,
            remedy=Remedy(Blame.NOBODY),
        )


def _how_outdated(hint: OutdatedHint) -> str:
    server, old = plain(hint.server), listed(hint.addresses)
    if not hint.now:
        return f"the root hints list {server} at {old}, but the root zone has no such server any more"
    now = listed(
        dict.fromkeys(filter(None, (address_of(rdata) for rrset in hint.now for rdata in sorted(rrset))))
    )
    return f"the root hints have {old} for {server}, but the root servers say that it is at {now}"
