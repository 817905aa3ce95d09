"""Rules on how a signed zone proves that something does not exist."""

from __future__ import annotations

from collections.abc import Iterator

import dns.message
import dns.rdatatype

from dnstrace.checks.advice.behind import behind, soas_at_cuts
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.advice.server_fixes import is_minor
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import counted, listed, question_text, where
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.checks.readings.unproven import Proofs, lacking
from dnstrace.dnssec.nsec3 import OPT_OUT
from dnstrace.dnssec.records import NSEC3, signed
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text

_MANY, _TOO_MANY = 50, 100  # iterations: what some validators accept, and what RFC 9276 lets them accept


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, also=(Level.WARNING,))
def denial_broken(cut: Cut) -> Iterator[Observation]:
    """A signed zone does not prove that a name or its data does not exist.

    What it is: a negative answer, a referral to an unsigned zone, or an answer made from a wildcard has
    no NSEC or NSEC3 records, or has records that prove something else.

    Why it matters: validating resolvers treat it as a forgery and answer SERVFAIL. A name that should
    simply have no data then fails: mail to it waits, and browsers that ask for AAAA or HTTPS records
    hang.

    How to fix it: sign the whole zone again, so that its chain of NSEC or NSEC3 records is rebuilt, and
    check that all servers have that version. If the servers have the records that prove it, as other
    replies show, the fault is in their software, and signing again does not help.

    References: RFC 4035 section 3.1.3; RFC 4035 section 5.4; RFC 5155 section 7.2; RFC 5155 section 8
    """
    unproved = cut.once(lacking)
    groups = by_server(reply for reply, _ in unproved)
    steps = {reply.step.id for reply, _ in unproved}
    asked = [reply for reply in signing_of(cut).replies if reply.step.id in steps]
    everywhere = groups.keys() >= {reply.server for reply in asked}
    for server, replies in [(None, [reply for reply, _ in unproved])] if everywhere else groups.items():
        if replies:
            first, why = next(each for each in unproved if each[0] in replies)
            said = first.meaning.kind.value.upper()
            cure = f"sign the whole of {zone_text(cut.zone)} again, and load it on all its servers"
            remedy, chosen = in_zone(cut.zone, servers=by_server(replies)), ""
            if server is not None:
                cure = _at_one_server(cut, server, asked) or cure
            if all(reply.address in cut.once(_choosing_wrong) for reply in replies):
                chosen = ", although the zone has records that prove it, as other replies show"
                cure = f"update the name server software of {listed(by_server(replies))}, which chooses the"
                cure, remedy = f"{cure} wrong records for such replies", at_servers(*by_server(replies))
            yield Observation(
                f"{question_text(first.step.question)} gets {said} without a valid proof: {why},"
                f" on {where(replies)}{chosen}",
                steps_of(replies),
                server=server,
                cure=cure,
                level=_denial_level(cut, replies, asked),
                remedy=remedy,
            )


@of_cut(Level.NOTICE, Blame.HOST, also=(Level.ERROR, Level.WARNING))
def nsec3_iterations(cut: Cut) -> Iterator[Observation]:
    """The NSEC3 records use additional hash iterations.

    What it is: the zone's NSEC3 parameters ask for additional iterations of the hash.

    Why it matters: they protect nothing, and each costs every validator work. Validators set a limit,
    between 50 and 150 today: above it they treat the zone as unsigned or answer SERVFAIL.

    How to fix it: set the iterations to 0 and the salt to none (`1 0 0 -`), and sign the zone again. A
    zone of many delegations that uses opt-out may keep it: the parameters in the zone do not show it.

    References: RFC 9276 section 3.1; RFC 9276 section 3.2
    """
    found = _nsec3(signing_of(cut)) if cut.probed else []
    most = max((record.iterations for _, record in found), default=0)
    if most:
        replies = [reply for reply, record in found if record.iterations == most]
        opt_out = any(record.flags & OPT_OUT for _, record in found)
        kept = "; it uses opt-out, which may stay" if opt_out else ""
        level = Level.ERROR if most > _TOO_MANY else Level.WARNING if most > _MANY else None
        yield Observation(
            f"{zone_text(cut.zone)} uses {counted(most, 'additional NSEC3 iteration')} instead of 0",
            steps_of(replies),
            cure=f"sign {zone_text(cut.zone)} with the NSEC3 parameters `1 0 0 -`{kept}",
            remedy=in_zone(cut.zone),
            level=level,
        )


# --- what they look at -------------------------------------------------------------------------


def _at_one_server(cut: Cut, server: Name, asked: list[HeardReply]) -> str:
    """What to do about a server that does not prove what others do; empty if it may have a newer version."""
    zone, software = zone_text(cut.zone), "if that does not help, update its name server software"
    if _is_copy(cut, server, asked):
        return f"load {zone} on {plain(server)} as its other servers have it; {software}"
    older = behind(cut, asked)
    if older is not None and any(reply.server == server for reply in older.replies):
        return f"load version {older.newest} of {zone} on {plain(server)}, which has {older.old}; {software}"
    return ""


def _is_copy(cut: Cut, server: Name, asked: list[HeardReply]) -> bool:
    """Whether a server has a version of the zone that others have too, which prove what it does not."""
    known = serials(cut) or {address: soa.serial for address, soa in soas_at_cuts(cut).items()}
    here, there = (
        {known.get(reply.address) for reply in asked if (reply.server == server) is own}
        for own in (True, False)
    )
    return None not in here and here <= there


def _choosing_wrong(cut: Cut) -> frozenset[str]:
    """The addresses that have the records which all their replies with too little proof lack.

    Other replies of theirs include these records: the zone is well signed, and the servers choose others.
    """
    proofs, found = Proofs(signing_of(cut)), dict[str, list[HeardReply]]()
    for reply, _ in cut.once(lacking):
        found.setdefault(reply.address, []).append(reply)
    return frozenset(address for address, replies in found.items() if proofs.has_proof(replies))


def _nsec3(signing: Signing) -> list[tuple[HeardReply, NSEC3]]:
    """The NSEC3 records of the zone, each with the reply that has it."""
    return [
        (reply, rdata)
        for reply in signing.replies
        if reply.message is not None
        for data in signed(reply.message.authority, (dns.rdatatype.NSEC3,))
        if len(data.name) == len(signing.zone) + 1 and data.name.is_subdomain(signing.zone)
        for rdata in data.rrset
        if isinstance(rdata, NSEC3)
    ]


def _denial_level(cut: Cut, replies: list[HeardReply], asked: list[HeardReply]) -> Level | None:
    """A warning where few of the addresses asked of a zone above the one in question are at fault."""
    return Level.WARNING if is_minor(cut, replies, asked) else None
