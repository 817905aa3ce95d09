"""Rules on the answers of a zone's servers to the question itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import dns.flags
import dns.rdata
import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import question_text, where
from dnstrace.checks.remedies import at_servers, in_zone
from dnstrace.checks.replies import HeardReply, by_server, replies_of, steps_of
from dnstrace.checks.serials import serials
from dnstrace.model import Kind, Name, Probe, Step
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import is_below, plain, zone_text

_NEGATIVE = frozenset({Kind.NODATA, Kind.NXDOMAIN})
_POSITIVE = frozenset({Kind.ANSWER, Kind.ALIAS})
_ADDRESSES = frozenset({dns.rdatatype.A, dns.rdatatype.AAAA})
_MEANT_TO_CHANGE = 60  # seconds: data with a shorter TTL is taken to be chosen anew for each query

AnswerData = Mapping[tuple[Name, dns.rdatatype.RdataType], frozenset[dns.rdata.Rdata]]


@of_cut(Level.WARNING, Blame.HOST)
def answers_differ(cut: Cut) -> Iterator[Observation]:
    """Servers of the zone answer the same question differently.

    What it is: the servers return different data, or some of them say that there is no data, although all
    of them report the same version (serial) of the zone. A lower serial would explain the difference and
    is a finding of its own. Addresses that are chosen anew for each query are only a notice.

    Why it matters: what users get depends on which server their resolver happens to ask, and changes each
    time the cache expires.

    How to fix it: find out which servers have the right data, and reload the zone from the same source on
    the others. A zone that was changed without a new serial does not reach its secondaries.

    References: RFC 1034 section 4.3.5; RFC 1912 section 2.2
    """
    known = serials(cut)
    for step in cut.walked:
        replies = [r for r in replies_of(step) if r.address in cut.serving and _answers(r)]
        alike: dict[int | None, list[HeardReply]] = {}
        for reply in replies:
            alike.setdefault(known.get(reply.address), []).append(reply)
        groups = next((g for each in alike.values() if len(g := _groups(each)) > 1), None)
        if groups is not None and cut.probed:
            yield _difference(step, groups)
            return


@of_cut(Level.ERROR, Blame.HOST)
def ent_nxdomain(cut: Cut) -> Iterator[Observation]:
    """A server answers NXDOMAIN for a name that has names below it.

    What it is: the name asked exists, so every name above it exists too, even if it has no data of its
    own (an empty non-terminal). For one of these names the server says that it does not exist.

    Why it matters: NXDOMAIN covers everything below a name. Resolvers that minimise query names (RFC
    9156) ask for the empty name first, and those that follow RFC 8020 then treat the name asked as
    absent: for their users the name is gone.

    How to fix it: the fault is in the server's software: upgrade it, or report the fault to its maker.
    Until then, publish a record, such as TXT, at the empty name.

    References: RFC 8020 section 2; RFC 4592 section 2.2.2; RFC 9156 section 3
    """
    there = {
        (reply.address, step.question.name): reply
        for step in cut.walked
        for reply in replies_of(step)
        if reply.address in cut.serving and reply.meaning.kind in (*_POSITIVE, Kind.NODATA)
    }
    wrong = [
        (reply, below)
        for reply in cut.probe(Probe.BETWEEN)
        if reply.meaning.kind is Kind.NXDOMAIN and (below := _shown_below(reply, there)) is not None
    ]
    for server, replies in by_server(reply for reply, _ in wrong).items():
        name = replies[0].step.question.name
        shown = [below for reply, below in wrong if reply.server == server]
        yield Observation(
            f"{where(replies)} says that {plain(name)} does not exist,"
            f" but {plain(shown[0].step.question.name)} below it does",
            steps_of((*replies, *shown)),
            server=server,
            cure=f"make {plain(server)} answer NODATA (no error and no data) for {plain(name)}",
            remedy=at_servers(server),
        )


@of_cut(Level.WARNING, Blame.HOST)
def negative_without_soa(cut: Cut) -> Iterator[Observation]:
    """A negative answer has no SOA record to say how long to cache it.

    What it is: the server says that a name or its data does not exist, but leaves the zone's SOA record
    out of the authority section.

    Why it matters: resolvers do not cache such an answer, so every query reaches the server again. Some
    resolvers treat the server as broken and fail.

    How to fix it: upgrade or replace the server's software, or the load balancer that answers in its
    place.

    References: RFC 2308 section 2.2; RFC 2308 section 3; RFC 2308 section 5
    """
    walked = (reply for step in cut.walked for reply in replies_of(step) if reply.address in cut.serving)
    bare = [reply for reply in (*walked, *cut.probed_replies()) if _lacks_soa(reply)]
    for server, replies in by_server(bare).items():
        yield Observation(
            f"{where(replies)} answers {_denial_text(replies[0])} for"
            f" {question_text(replies[0].step.question)}"
            f" without the SOA record of {zone_text(cut.zone)}",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)} include the SOA record of {zone_text(cut.zone)} in its"
            " negative answers",
            remedy=at_servers(server),
        )


# --- what they look at -------------------------------------------------------------------------


def _answers(reply: HeardReply) -> bool:
    return reply.meaning.kind in _NEGATIVE | _POSITIVE


def _groups(replies: Iterable[HeardReply]) -> list[list[HeardReply]]:
    """Replies that agree together, the largest group first."""
    groups: list[list[HeardReply]] = []
    for reply in replies:
        for group in groups:
            if not _conflict(group[0], reply):
                group.append(reply)
                break
        else:
            groups.append([reply])
    return sorted(groups, key=len, reverse=True)


def _conflict(one: HeardReply, other: HeardReply) -> bool:
    """Whether two replies cannot both be right.

    One may follow an alias further than the other: only what both give is compared.
    """
    if one.meaning.kind in _NEGATIVE or other.meaning.kind in _NEGATIVE:
        return one.meaning.kind is not other.meaning.kind
    name = one.step.question.name
    here, there = _answer_data(one), _answer_data(other)
    if {key for key in here if key[0] == name} != {key for key in there if key[0] == name}:
        return True
    return any(here[key] != there[key] for key in here.keys() & there.keys())


def _answer_data(reply: HeardReply) -> AnswerData:
    return {
        (rrset.name, rrset.rdtype): frozenset(rrset)
        for rrset in reply.meaning.answer
        if rrset.rdtype != dns.rdatatype.RRSIG
    }


def _difference(step: Step, groups: list[list[HeardReply]]) -> Observation:
    each = "; ".join(f"{where(group)}: {_answer_text(group[0])}" for group in groups)
    return Observation(
        f"the servers of {zone_text(step.zone)} answer {question_text(step.question)} differently,"
        f" with the same serial: {each}",
        (step.id,),
        cure="find out which servers are right, and reload the zone on the others",
        remedy=in_zone(step.zone, servers=by_server(reply for group in groups[1:] for reply in group)),
        level=_difference_level(groups),
    )


def _difference_level(groups: list[list[HeardReply]]) -> Level:
    """An error where some users get nothing, a notice where the data is chosen anew for each query."""
    negative = {group[0].meaning.kind in _NEGATIVE for group in groups}
    if len(negative) > 1:
        return Level.ERROR
    return Level.NOTICE if True not in negative and _is_chosen(groups) else Level.WARNING


def _is_chosen(groups: list[list[HeardReply]]) -> bool:
    """Whether addresses come from a pool: short-lived, or overlapping, or several from one server."""
    replies = [reply for group in groups for reply in group]
    rrsets = [r for reply in replies for r in reply.meaning.answer if r.rdtype in _ADDRESSES]
    if any(min((r.ttl for r in reply.meaning.answer), default=0) <= _MEANT_TO_CHANGE for reply in replies):
        return True
    many = any(len(_groups(each)) > 1 for each in by_server(replies).values())
    pairs = combinations(rrsets, 2)
    return bool(rrsets) and (many or all(set(one) & set(other) for one, other in pairs))


def _lacks_soa(reply: HeardReply) -> bool:
    """Whether a reply denies something other than the SOA record, with authority, and lacks that record."""
    meaning = reply.meaning
    if meaning.kind is Kind.EMPTY and meaning.offer is not None:
        flagged = reply.message is not None and bool(reply.message.flags & dns.flags.AA)
        return flagged and reply.step.question.rdtype != dns.rdatatype.SOA
    return meaning.kind in _NEGATIVE and meaning.authoritative and meaning.soa is None


def _answer_text(reply: HeardReply) -> str:
    if reply.meaning.kind in _NEGATIVE:
        return _denial_text(reply)
    rrsets = (rrset for rrset in reply.meaning.answer if not rrset.covers)
    return ", ".join(text for rrset in rrsets for text in sorted(map(str, rrset)))


def _denial_text(reply: HeardReply) -> str:
    return "NXDOMAIN" if reply.meaning.kind is Kind.NXDOMAIN else "NODATA"


def _shown_below(reply: HeardReply, there: Mapping[tuple[str, Name], HeardReply]) -> HeardReply | None:
    """A reply of the same address that shows a name below the one that it denies."""
    name = reply.step.question.name
    return next(
        (
            shown
            for (address, below), shown in there.items()
            if address == reply.address and is_below(below, name)
        ),
        None,
    )
