"""Rules on aliases in a row: those that lead back, and those that are too many."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.readings.alias_links import SAFE, given_up, links_of, origin_of, owner_zone
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.replies import HeardReply, replies_of, steps_of
from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain

_TOO_LONG = 16  # aliases in a row: more than any resolver follows


@of_trace(Level.ERROR, Blame.HOST, Trait.SURE_AT_ONCE)
def alias_loop(evidence: Evidence) -> Iterator[Observation]:
    """The aliases lead in a circle.

    What it is: the CNAME or DNAME records that start at the name asked lead back to a name already
    passed. The circle can span several zones.

    Why it matters: there is no end to follow, and so no answer. Resolvers give up with SERVFAIL, or
    return the circle to a client that can do nothing with it.

    How to fix it: point one of the aliases at a name that has the data.

    References: RFC 1034 section 3.6.2; RFC 1034 section 5.2.2; RFC 2181 section 10.1
    """
    links = links_of(evidence)
    seen = [link.owner for link in links]
    closing = next((link for place, link in enumerate(links) if link.target in seen[: place + 1]), None)
    if closing is not None:
        circle = links[seen.index(closing.target) : links.index(closing) + 1]
        names = " -> ".join(plain(name) for name in (*(link.owner for link in circle), closing.target))
        zone = owner_zone(evidence, closing)
        made = origin_of(evidence.cut(zone), closing)
        wild = made.source.owner.is_wild()
        point = made.pointed(led_to=True) if wild else f"point {made.source.what}"
        yield Observation(
            f"the aliases lead in a circle: {names}{f', by {made.what}' if wild else ''}",
            tuple(link.step.id for link in circle),
            cure=f"{point} at a name that has the data, instead of {plain(made.source.target)}",
            zone=zone,
            remedy=in_zone(zone),
        )


@of_trace(Level.WARNING, Blame.HOST, Trait.SURE_AT_ONCE, also=(Level.ERROR,))
def alias_chain_long(evidence: Evidence) -> Iterator[Observation]:
    """The chain of aliases is longer than some resolvers follow.

    What it is: the name asked is an alias of an alias, and so on, more than eight times.

    Why it matters: resolvers follow between 8 and 16 aliases, then fail. So do name servers that have all of
    them: BIND answers SERVFAIL after eleven, and if all servers do, the name has no data for anybody (an
    error). Each alias costs a look-up, and if one look-up fails, the whole chain fails.

    How to fix it: point the first alias at the last name, or at a name close to it.

    References: RFC 1034 section 3.6.2; RFC 1034 section 5.2.2
    """
    links, vain = links_of(evidence), _given_up(evidence)
    if links and links[-1].target in {link.owner for link in links}:
        return
    servers = listed(map(plain, dict.fromkeys(reply.server for reply in vain)))
    if len(links) > SAFE:
        passed = (
            f"; after {len(given_up(vain[0])) - 1} of them {servers} gave up with SERVFAIL" if vain else ""
        )
        yield Observation(
            f"{plain(links[0].owner)} leads to {plain(links[-1].target)} through {len(links)} aliases;"
            f" up to {SAFE} are safe{passed}",
            (*(link.step.id for link in links), *steps_of(vain)),
            cure=f"point {links[0].source.what} at the name that has the data, or at a name close to it",
            zone=owner_zone(evidence, links[0]),
            remedy=in_zone(owner_zone(evidence, links[0])),
            level=Level.ERROR if len(links) >= _TOO_LONG else None,
        )
    elif vain:
        first, *_, last = names = given_up(vain[0])
        yield Observation(
            f"{plain(first)} leads to {plain(last)} through {len(names) - 1} aliases, where {servers} gave up"
            f" with SERVFAIL; up to {SAFE} are safe",
            steps_of(vain),
            cure=f"point the alias with which replies for {plain(first)} begin at the name that has the data,"
            " or at a name close to it",  # the record may be that of a wildcard, or a DNAME record
            zone=vain[0].step.zone,
            remedy=in_zone(vain[0].step.zone),
            level=Level.ERROR if vain[0].step.outcome is Outcome.FAILED else None,
        )


def _given_up(evidence: Evidence) -> list[HeardReply]:
    """The replies of servers that gave up, to the last question of the walk to which any did."""
    found: list[HeardReply] = []
    for step in evidence.trace.steps:
        if step.main:
            found = [reply for reply in replies_of(step) if given_up(reply)] or found
    return found
