"""The rule on servers that still have a zone which their own zone delegates to others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product, starmap
from typing import NamedTuple

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.removal import Copies, Standing, by_version, kept, removal, standing
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import conflict
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import host_of
from dnstrace.checks.readings.phrases import parent_text, question_text, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.checks.readings.serials import records, serials
from dnstrace.checks.readings.statements import said_text
from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import newest_of


class LeftOver(NamedTuple):
    """Replies of the servers of the zone above, and different ones of the servers that the zone lists."""

    here: list[HeardReply]
    there: list[HeardReply]


@of_cut(Level.ERROR, Blame.PARENT)
def zone_left_over(cut: Cut) -> Iterator[Observation]:
    """The servers of the zone above have an old copy of the zone, and answer from it.

    What it is: the zone is on other servers by its own NS records. The servers of the zone above have a copy
    of it too, which is not the same version, and answer from that instead of referring to the zone's own
    servers. Usually the zone was moved, and nobody removed it where it was before.

    Why it matters: resolvers ask the servers of the zone above first and take their answers, so nobody gets
    the zone as it is now. Changes of it seem to have no effect.

    How to fix it: find out which copy is current. Make sure that the copy on the zone's own servers is at
    least as new, that it validates if the zone is signed, and that none of the other servers is its primary.
    Then have the zone above delegate the zone, and remove it from the servers of the zone above. If these are
    to serve it, list them in its NS records and have them copy it.

    References: RFC 1034 section 4.2.2; RFC 1034 section 4.3.2; RFC 2181 section 6.1
    """
    if (found := cut.once(left_over)) is None:
        return
    here, there = found
    known, question = serials(cut), question_text(here[0].step.question)
    cure, remedy, blame = _fix(cut, found)
    zone, servers, names = zone_text(cut.zone), by_server(here), server_names(here)
    what, verb = ("a server", "answers") if len(servers) == 1 else ("servers", "answer")
    yield Observation(
        f"{names}, {what} of {parent_text(cut)}, {verb} from a copy of {zone} with serial"
        f" {known[here[0].address]}, although its NS records list other servers, which have"
        f" serial {known[there[0].address]}: {question} gives {said_text(here[0])} instead of"
        f" {said_text(there[0])}",
        steps_of((*here, *there)),
        cure=cure,
        remedy=remedy,
        blame=blame,
    )


def _fix(cut: Cut, found: LeftOver) -> tuple[str, Remedy, Blame]:
    """What to do, the remedy, and who does it: the zone above only where the copy is no longer of use."""
    here, there = _copies(cut, found.here), _copies(cut, found.there)
    if (is_now := standing(cut, here, there)) is not Standing.LEFT_OVER:
        return *kept(cut, is_now, here, there), Blame.HOST
    return removal(cut, found.here), at_servers(*by_server(found.here)), Blame.PARENT


def left_over(cut: Cut) -> LeftOver | None:
    """The replies that show it; None where the servers above have no copy, or one that is up to date.

    None, too, if it is another version of one primary: some servers lag, which is another finding.
    """
    if cut.referrals or not cut.child or not any(step.zone != cut.zone for step in cut.walked):
        return None
    known = serials(cut)
    listed_at = {address for name in cut.child for address in host_of(cut, name).addresses}
    for step in cut.walked:
        here = [reply for reply in replies_of(step) if reply.address in known]
        if any(reply.server in cut.child or reply.address in listed_at for reply in here):
            return None
        again = (each for each in cut.probe_steps(Probe.TYPE) if each.question == step.question)
        there = [r for each in again for r in replies_of(each) if r.address in listed_at & known.keys()]
        there = _newest(known, [reply for reply in there if reply.meaning.usable])
        versions = {known[reply.address] for reply in here}, {known[reply.address] for reply in there}
        unlike = versions[0].isdisjoint(versions[1]) and all(starmap(conflict, product(here, there)))
        if here and there and unlike and not _is_lag(cut, here, there):
            return LeftOver(here, there)
    return None


def _newest(known: dict[str, int], there: list[HeardReply]) -> list[HeardReply]:
    """Replies from the newest version of the zone: others of its own servers may be behind."""
    latest = newest_of({known[reply.address] for reply in there}) if there else None
    return [reply for reply in there if known[reply.address] == latest]


def _is_lag(cut: Cut, here: list[HeardReply], there: list[HeardReply]) -> bool:
    """Whether one primary has both versions, and a transfer brings the other servers the newer one."""
    found = by_version(cut, _copies(cut, here), _copies(cut, there))
    return found in (Standing.AHEAD, Standing.BEHIND)


def _copies(cut: Cut, replies: list[HeardReply]) -> Copies:
    """The copies of the zone at the addresses of replies."""
    addresses = {reply.address for reply in replies}
    return Copies([(reply, soa) for reply, soa in records(cut) if reply.address in addresses], replies)
