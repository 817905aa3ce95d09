"""How the answers of recursive resolvers compare with the result of the walk, and why they differ.

Pure readings of recorded steps: `heard` classifies a resolver's reply, `compared` compares each resolver with
the walk. A resolver follows aliases itself, so its whole reply is read, whatever zones the records belong to.
The reason for a difference is inferred from the reply alone: its extended errors (RFC 8914), its addresses,
and the remaining TTL compared with the zone's (RFC 1035 section 7.3).

An old answer cannot be distinguished from one that the zone's servers give to some networks only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, timedelta
from ipaddress import ip_address, ip_network
from typing import NamedTuple

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.caching import negative_ttl
from dnstrace.analysis.reached import last_step, zone_reached
from dnstrace.analysis.resolver_records import old_records, older_server, other_copy
from dnstrace.analysis.resolver_servers import only_one_asked, server_with
from dnstrace.message.alias import follow
from dnstrace.message.meaning import classify
from dnstrace.model import (
    ROOT,
    Attempt,
    Exchange,
    Kind,
    Meaning,
    Name,
    Outcome,
    Purpose,
    Question,
    Step,
    Trace,
)
from dnstrace.model.addresses import address_of, is_nowhere, is_private
from dnstrace.model.compared import Compared, Disagreement
from dnstrace.model.findings import Level
from dnstrace.model.heard import NEGATIVE, outcome_of
from dnstrace.model.structs import replace

_READ = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
_WALK = {Purpose.WALK, Purpose.ALIAS}
_UNCOMPARED = {dns.rdatatype.ANY, dns.rdatatype.RRSIG}  # servers may return any subset of these (RFC 8482)
_STALE = frozenset({3, 19})  # this and the following sets are codes of RFC 8914 section 4
_BLOCKED = frozenset({15, 16, 17})
_PROHIBITED = frozenset({18})  # the client is prohibited if the reply is REFUSED
_BOGUS = frozenset(range(6, 13))
_DNS64 = ip_network("64:ff9b::/96")


_COPIES = {Disagreement.STALE, Disagreement.OTHER, Disagreement.SPLIT_HORIZON, Disagreement.FILTERED}
_WITHHELD = {Disagreement.FILTERED, Disagreement.REFUSES}
_OF_ITS_OWN = {Disagreement.FILTERED, Disagreement.SPLIT_HORIZON}  # with a TTL of its own


class _Held(NamedTuple):
    """The remaining TTL and the zone's TTL, in seconds; None if unknown."""

    left: int | None = None
    given: int | None = None


def compared(trace: Trace) -> tuple[Compared, ...]:
    """Each resolver that was asked in addition to the walk, in the order given."""
    return tuple(_compared(trace, step) for step in trace.steps if step.asks_resolver)


def all_fail(found: Collection[Compared]) -> bool:
    """Whether resolvers were asked, and none of them has an answer, not even a negative one."""
    return bool(found) and all(each.difference is not None and each.difference.has_none for each in found)


_SOUND = frozenset({Disagreement.SAME, Disagreement.NOT_COMPARED, Disagreement.DNS64})


def level_of(found: Compared, every: Collection[Compared]) -> Level | None:
    """How much the answer of one of the resolvers that were asked matters; None where nothing is wrong.

    One without an answer is an error if none of them has one.
    """
    if found.difference is None or found.difference in _SOUND:
        return None
    if not found.difference.has_none:
        return Level.NOTICE
    return Level.ERROR if all_fail(every) else Level.WARNING


# --- what one reply means -------------------------------------------------------------------------


def heard(exchange: Exchange) -> Meaning:
    """What a resolver's reply means: as in `meaning.classify`, but with aliases followed to the end."""
    meaning, message = classify(exchange, ROOT), exchange.message
    truncated = meaning.kind in (Kind.TRUNCATED, Kind.TRUNCATED_OVER_TCP)
    if message is None or truncated or message.rcode() not in _READ:
        return meaning
    question = exchange.query.question
    chain = follow(question, [rrset for rrset in message.answer if rrset.rdclass == question.rdclass])
    if chain.loop:
        kind = Kind.ALIAS_LOOP
    elif chain.answered:
        kind = Kind.ANSWER
    elif not message.flags & (dns.flags.RA | dns.flags.AA):
        return Meaning(Kind.LAME, message.rcode(), note="it does not offer recursion")
    else:
        kind = Kind.NXDOMAIN if message.rcode() == dns.rcode.NXDOMAIN else Kind.NODATA
    authoritative = bool(message.flags & dns.flags.AA)
    soa = _soa_above(message, question.rdclass, chain.target) if kind in NEGATIVE else None
    return Meaning(kind, message.rcode(), authoritative, chain.rrsets, chain.target, soa=soa)


def _soa_above(message: dns.message.Message, rdclass: int, name: Name) -> dns.rrset.RRset | None:
    wanted = dns.rdatatype.SOA, rdclass
    owned = (rrset for rrset in message.authority if (rrset.rdtype, rrset.rdclass) == wanted)
    return next((rrset for rrset in owned if name.is_subdomain(rrset.name)), None)


# --- compared with the walk -----------------------------------------------------------------------


def _compared(trace: Trace, step: Step) -> Compared:
    checked = [each for each in step.attempts if not each.exchange.query.checking_disabled]
    if not checked:
        return Compared(step)
    attempt = checked[-1]
    if step.outcome is None:
        return Compared(step, attempt, past_its_ttl=bool(_extended_errors(attempt) & _STALE))
    unchecked = any(each.exchange.query.checking_disabled and each.meaning.usable for each in step.attempts)
    held = _held(trace, attempt.meaning)
    exchange = attempt.exchange
    replied = trace.started.astimezone(UTC) + timedelta(seconds=exchange.start + exchange.elapsed)
    difference = _failure_of(attempt, unchecked) or _difference(trace, attempt, held)
    given = None if difference in _OF_ITS_OWN else held.given
    past_its_ttl = bool(_extended_errors(attempt) & _STALE)
    found = Compared(
        step,
        attempt,
        difference,
        held.left,
        given,
        replied,
        unchecked,
        past_its_ttl,
        denied=trace.outcome is Outcome.NXDOMAIN and attempt.meaning.kind is Kind.ANSWER,
        guarded=difference in _WITHHELD and _is_local(trace),
    )
    return _explained(trace, found)


def _explained(trace: Trace, found: Compared) -> Compared:
    """The same with what the resolver said when it was asked further."""
    if found.difference is Disagreement.VALIDATION:
        return replace(found, old=old_records(trace, found.step))
    if found.difference is Disagreement.SERVERS_DIFFER and found.attempt is not None:
        return replace(found, same_as=server_with(trace, found.attempt.meaning))
    if found.difference not in _COPIES or found.past_its_ttl or found.attempt is None:
        return found
    if _extended_errors(found.attempt) & (_BLOCKED | _PROHIBITED):
        return found  # some filters make an SOA record of their own for each name
    if (copy := other_copy(trace, found.step, found.attempt)) is None:
        return _beside_the_servers(trace, found, found.attempt)
    is_own = copy.authoritative or found.difference is Disagreement.SPLIT_HORIZON
    difference = Disagreement.SPLIT_HORIZON if is_own else Disagreement.OTHER
    return replace(found, difference=difference, authoritative_ttl=None, copy=copy)


def _beside_the_servers(trace: Trace, found: Compared, attempt: Attempt) -> Compared:
    """The same with what shows that the walk went by a server with older data, or may have done so."""
    if found.difference not in (Disagreement.STALE, Disagreement.OTHER):
        return found
    older, one_asked = older_server(trace, found.step, attempt), only_one_asked(trace)
    difference = found.difference if older is None else Disagreement.SERVERS_DIFFER
    return replace(found, difference=difference, newer_than=older, one_asked=one_asked)


def _failure_of(attempt: Attempt, unchecked: bool) -> Disagreement | None:
    """Why a resolver has no answer; None if it has one."""
    kind, codes = attempt.meaning.kind, _extended_errors(attempt)
    if attempt.exchange.message is None:
        return Disagreement.NO_ANSWER
    if attempt.meaning.usable and kind is not Kind.ALIAS_LOOP:
        return None
    if codes & _BLOCKED:
        return Disagreement.FILTERED
    if kind is Kind.SERVER_FAILURE and (codes & _BOGUS or unchecked):
        return Disagreement.VALIDATION
    refuses = kind is Kind.REFUSED or not attempt.exchange.message.flags & dns.flags.RA
    return Disagreement.REFUSES if refuses and kind is not Kind.SERVER_FAILURE else Disagreement.FAILS


def _difference(trace: Trace, attempt: Attempt, held: _Held) -> Disagreement:
    meaning, codes = attempt.meaning, _extended_errors(attempt)
    if codes & _STALE:
        return Disagreement.STALE
    comparable = trace.outcome in (Outcome.ANSWER, Outcome.NODATA, Outcome.NXDOMAIN)
    if not comparable or trace.question.rdtype in _UNCOMPARED:
        return Disagreement.NOT_COMPARED
    mine = _rdata_of(trace.question, trace.answer)
    theirs = _rdata_of(trace.question, meaning.answer)
    if outcome_of(meaning.kind) is trace.outcome and theirs == mine:
        return Disagreement.SAME
    if trace.outcome is Outcome.NODATA and theirs and all(map(_is_of_dns64, theirs)):
        return Disagreement.DNS64
    if not codes & (_BLOCKED | _PROHIBITED) and server_with(trace, meaning) is not None:
        return Disagreement.SERVERS_DIFFER
    if codes & (_BLOCKED | _PROHIBITED) or _is_blocked(trace, meaning, theirs):
        return Disagreement.FILTERED
    if _has_address(theirs, is_private) and not _has_address(mine, is_private):
        return Disagreement.SPLIT_HORIZON
    return Disagreement.STALE if _is_older(meaning, held) else Disagreement.OTHER


def _extended_errors(attempt: Attempt) -> frozenset[int]:
    """The codes of the extended errors in a reply (RFC 8914)."""
    options = () if attempt.exchange.message is None else attempt.exchange.message.options
    return frozenset(int(option.code) for option in options if isinstance(option, dns.edns.EDEOption))


def _rdata_of(question: Question, answer: Iterable[dns.rrset.RRset]) -> frozenset[dns.rdata.Rdata]:
    """The RDATA of the type asked for, without aliases and regardless of order."""
    wanted = (rrset for rrset in answer if rrset.rdtype == question.rdtype)
    return frozenset(rdata for rrset in wanted for rdata in rrset)


def _has_address(data: Iterable[dns.rdata.Rdata], of_kind: Callable[[str], bool]) -> bool:
    """Whether any of the RDATA is an address of a kind."""
    return any(of_kind(text) for text in filter(None, map(address_of, data)))


def _is_local(trace: Trace) -> bool:
    """Whether the answer has addresses of one network or one machine only."""
    mine = _rdata_of(trace.question, trace.answer)
    return _has_address(mine, is_private) or _has_address(mine, is_nowhere)


def _is_of_dns64(data: dns.rdata.Rdata) -> bool:
    """Whether RDATA is an address that DNS64 makes, with the prefix for that (RFC 6052 section 2.1)."""
    text = address_of(data)
    return text is not None and ":" in text and ip_address(text) in _DNS64


def _is_blocked(trace: Trace, meaning: Meaning, theirs: frozenset[dns.rdata.Rdata]) -> bool:
    """Whether existing data are denied without the zone's SOA, or replaced by an unusable address."""
    if meaning.kind not in NEGATIVE:
        mine = _rdata_of(trace.question, trace.answer)
        return _has_address(theirs, is_nowhere) and not _has_address(mine, is_nowhere)
    zones = {step.zone for step in trace.steps if step.purpose in _WALK} | {zone_reached(trace)}
    return trace.outcome is Outcome.ANSWER and (meaning.soa is None or meaning.soa.name not in zones)


def _is_older(meaning: Meaning, held: _Held) -> bool:
    """Whether the data were cached before the walk began, as far as the remaining TTL shows.

    More than the zone's TTL means older too: the TTL was longer then. If the walk found nothing, data that a
    non-authoritative resolver still has existed once.
    """
    if held.left is None:
        return False
    return not meaning.authoritative if held.given is None else held.left != held.given


def _held(trace: Trace, meaning: Meaning) -> _Held:
    if meaning.kind in NEGATIVE:
        left = negative_ttl(meaning)
        step = last_step(trace)
        walked = None if step is None or step.meaning is None else negative_ttl(step.meaning)
        minimum = None if meaning.soa is None else getattr(meaning.soa[0], "minimum", None)
        return _Held(left, minimum if walked is None or trace.outcome is Outcome.ANSWER else walked)
    theirs = _without_signatures(meaning.answer)
    if not theirs:
        return _Held()
    mine = {rrset.name: rrset for rrset in reversed(_without_signatures(trace.answer))}
    pairs = [(rrset, mine[rrset.name]) for rrset in theirs if rrset.name in mine]
    differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if differing is None and pairs:
        differing = min(pairs, key=lambda pair: pair[0].ttl)
    if differing is None:
        return _Held(min(rrset.ttl for rrset in theirs))
    return _Held(differing[0].ttl, differing[1].ttl)


def _without_signatures(answer: Iterable[dns.rrset.RRset]) -> list[dns.rrset.RRset]:
    """The RRsets that are not signatures."""
    return [rrset for rrset in answer if rrset.rdtype != dns.rdatatype.RRSIG]
