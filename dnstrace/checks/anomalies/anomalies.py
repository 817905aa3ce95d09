"""Anomalies: everything in a recorded trace that is not as it would be if all were well.

They are collected before any rule speaks, and nothing here judges: an anomaly need not be a fault. claims.py
says which findings explain one, and why others are harmless. Differences between servers are read in
unlike.py.

The collection is linear in what was recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import dns.rcode
import dns.rdatatype
import dns.rrset

from dnstrace.analysis.paths import by_address, shares
from dnstrace.checks.readings.about import supposed_in
from dnstrace.checks.readings.anomaly import BESIDE, SHAPED, Anomaly, Sort
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import question_text
from dnstrace.checks.readings.replies import HeardReply, gist, replies_of
from dnstrace.checks.readings.unlike import differences
from dnstrace.model import Attempt, Delegation, Kind, Meaning, Name, Outcome, Probe, Question, Step
from dnstrace.model.naming import plain
from dnstrace.model.paths import Share

_POSITIVE = frozenset({Kind.ANSWER, Kind.ALIAS, Kind.YXDOMAIN, Kind.ALIAS_LOOP})
_EXIST = _POSITIVE | {Kind.NODATA, Kind.REFERRAL}
_LIKE_CONTROL = frozenset({Probe.TCP, Probe.CASE, Probe.EDNS_OPTION})


def anomalies(evidence: Evidence) -> tuple[Anomaly, ...]:
    """Every anomaly of a trace, in the order in which the steps show them.

    Left out are resolvers, which are compared with the walk, what was asked to rehearse a remedy, and the
    way to signals, which is through other zones: bootstrapping.py judges where it ends.
    """
    steps = [step for step in evidence.trace.steps if not step.at_resolver and step.probe not in BESIDE]
    found = [
        *(each for step in steps for each in _of_attempts(evidence, step)),
        *_between_servers(evidence, steps),
        *_of_probes(evidence, steps),
        *_of_names(evidence, steps),
        *_of_lookups(evidence),
        *of_paths(evidence),
    ]
    return tuple(found)


# --- attempts ---------------------------------------------------------------------------------------


def _of_attempts(evidence: Evidence, step: Step) -> Iterator[Anomaly]:
    """What each address of a step did that could not be used, or that had to be asked for in another way."""
    if all(attempt.meaning.usable for attempt in step.attempts):
        return
    for indices in by_address(step).values():
        attempts = [step.attempts[index] for index in indices]
        last = attempts[-1]
        if last.meaning.usable and all(attempt.meaning.usable for attempt in attempts):
            continue
        sort = Sort.ANOTHER_WAY if last.meaning.usable else Sort.UNUSABLE
        first = next(attempt for attempt in attempts if not attempt.meaning.usable)
        shown = first if sort is Sort.ANOTHER_WAY else last
        yield _at_address(evidence, step, sort, shown, f"gives {result_text(shown.meaning)}")


def _at_address(evidence: Evidence, step: Step, sort: Sort, attempt: Attempt, what: str) -> Anomaly:
    return Anomaly(
        sort,
        zones=frozenset({step.zone, evidence.zone_of(step)}),
        servers=frozenset({attempt.server}),
        question=attempt.exchange.query.question,
        steps=(step.id,),
        what=what,
        replies=(HeardReply(step, attempt),),
    )


def result_text(meaning: Meaning) -> str:
    """The result of an attempt, in a word or two."""
    if meaning.kind is Kind.OTHER_RCODE and meaning.rcode is not None:
        return dns.rcode.to_text(dns.rcode.Rcode.make(meaning.rcode))
    return _IN_WORDS.get(meaning.kind) or meaning.kind.value.replace("-", " ")


_IN_WORDS = {
    Kind.ANSWER: "data",
    Kind.ALIAS: "an alias",
    Kind.REFERRAL: "a referral",
    Kind.NODATA: "NODATA",
    Kind.NXDOMAIN: "NXDOMAIN",
    Kind.YXDOMAIN: "YXDOMAIN",
    Kind.TIMEOUT: "no reply",
    Kind.REFUSED: "REFUSED",
    Kind.SERVER_FAILURE: "SERVFAIL",
    Kind.NOT_IMPLEMENTED: "NOTIMP",
    Kind.FORMAT_ERROR: "FORMERR",
    Kind.BAD_VERSION: "BADVERS",
    Kind.BAD_COOKIE: "BADCOOKIE",
    Kind.EMPTY: "an empty reply",
    Kind.LAME: "a reply without authority that offers recursion, or one for another zone",
    Kind.UPWARD_REFERRAL: "a referral to a zone above",
    Kind.SIDEWAYS_REFERRAL: "a referral to another zone",
    Kind.SELF_REFERRAL: "a referral to the zone itself",
    Kind.OTHER_NAME: "an answer for another name",
    Kind.OTHER_TYPE: "an answer of another type",
    Kind.WRONG_CLASS: "an answer in another class",
    Kind.ALIAS_LOOP: "aliases in a circle",
    Kind.TRUNCATED: "a truncated reply",
    Kind.TRUNCATED_OVER_TCP: "a reply that is truncated over TCP too",
    Kind.MALFORMED: "a reply that cannot be read",
    Kind.MISMATCH: "replies that do not match the query",
    Kind.CONNECTION_LOST: "a closed connection",
}


# --- one question, several servers ------------------------------------------------------------------


def _between_servers(evidence: Evidence, steps: list[Step]) -> Iterator[Anomaly]:
    """Where servers of one zone answer one question differently."""
    asked: dict[tuple[Name, Question, Probe | None], list[HeardReply]] = defaultdict(list)
    for step in steps:
        if step.probe not in SHAPED:
            usable = (reply for reply in replies_of(step) if reply.meaning.usable)
            asked[step.zone, step.question, step.probe].extend(usable)
    for (zone, question, _), replies in asked.items():
        for each in differences(replies):
            zones = {zone, *(evidence.zone_of(reply.step) for reply in each.all)}
            zones |= {
                reply.meaning.delegation.zone for reply in each.all if reply.meaning.delegation is not None
            }
            zones |= {rrset.name for reply in each.all for rrset in reply.meaning.answer if _is_soa(rrset)}
            yield Anomaly(
                each.sort,
                frozenset(zones),
                servers=frozenset(reply.server for reply in each.odd),
                question=question,
                steps=tuple(dict.fromkeys(reply.step.id for reply in each.all)),
                what=each.what,
                replies=each.all,
            )


def _is_soa(rrset: dns.rrset.RRset) -> bool:
    """Whether an RRset shows a zone: its owner."""
    return rrset.rdtype == dns.rdatatype.SOA


# --- probes -----------------------------------------------------------------------------------------


def _of_probes(evidence: Evidence, steps: list[Step]) -> Iterator[Anomaly]:
    """Probes that are answered unlike their control: the same question to the same address, put plainly."""
    probes = [step for step in steps if step.probe in _LIKE_CONTROL]
    questions = {step.question for step in probes}
    control = {
        (reply.address, step.question): reply
        for step in steps
        if step.probe not in SHAPED and step.question in questions
        for reply in replies_of(step)
    }
    for step in probes:
        for reply in replies_of(step):
            plainly = control.get((reply.address, step.question))
            if plainly is None or not plainly.meaning.usable or not reply.meaning.usable:
                continue
            if gist(plainly) != gist(reply):
                what = (
                    f"gives {_gist_text(reply)} to the {_probe_text(step)},"
                    f" but {_gist_text(plainly)} to a plain query,"
                )
                yield _at_address(evidence, step, Sort.PROBE, reply.attempt, what)


def _probe_text(step: Step) -> str:
    return f"{'' if step.probe is None else step.probe.value} probe"


def _gist_text(reply: HeardReply) -> str:
    return f"{result_text(reply.meaning)}{'' if reply.meaning.authoritative else ' without AA'}"


# --- one name, several questions ---------------------------------------------------------------------


def _of_names(evidence: Evidence, steps: list[Step]) -> Iterator[Anomaly]:
    """Names that do not exist by one reply and do, or have names below them, by another of the zone."""
    there: dict[tuple[Name, Name], HeardReply] = {}
    denied: dict[tuple[Name, Name], list[HeardReply]] = defaultdict(list)
    ordinary = [step for step in steps if step.probe not in (Probe.RECURSION, Probe.TRANSFER)]
    for reply in (reply for step in ordinary for reply in replies_of(step)):
        if reply.meaning.kind is Kind.NXDOMAIN:
            denied[reply.step.zone, reply.meaning.target or reply.step.question.name].append(reply)
    zones = {zone for zone, _ in denied}
    for reply in (reply for step in ordinary if step.zone in zones for reply in replies_of(step)):
        if reply.meaning.kind in _EXIST and not is_supposed(evidence, reply):
            _note_existing(there, reply)
    for (zone, name), replies in denied.items():
        if (shown := there.get((zone, name))) is not None:
            cut = shown.meaning.delegation
            below = () if cut is None else (cut.zone,)
            steps_of_name = (shown.step, *(reply.step for reply in replies))
            yield Anomaly(
                Sort.NAME,
                frozenset({zone, *below, *map(evidence.zone_of, steps_of_name)}),
                servers=frozenset(reply.server for reply in replies),
                question=replies[0].step.question,
                steps=tuple(dict.fromkeys(reply.step.id for reply in (*replies, shown))),
                what=f"gives NXDOMAIN for {plain(name)}, where {question_text(shown.step.question)}"
                f" gives {result_text(shown.meaning)}",
                replies=(*replies, shown),
            )


def is_supposed(evidence: Evidence, reply: HeardReply) -> bool:
    """Whether a reply is a referral only by what is supposed."""
    cut = reply.meaning.delegation
    return cut is not None and cut.zone in supposed_in(evidence.trace)


def _note_existing(there: dict[tuple[Name, Name], HeardReply], reply: HeardReply) -> None:
    """Note the name that a reply shows to exist, and with it all names above it within the zone."""
    zone, name = reply.step.zone, reply.step.question.name
    if reply.meaning.delegation is not None:
        name = reply.meaning.delegation.zone
    while name.is_subdomain(zone) and (zone, name) not in there:
        there[zone, name] = reply
        if name == zone:
            return
        name = name.parent()


# --- look-ups of name servers ------------------------------------------------------------------------


def _of_lookups(evidence: Evidence) -> Iterator[Anomaly]:
    """Names of name servers for which no look-up found an address.

    Left out are those for which only a server given to start from was asked: it looks up nothing.
    """
    for name, steps in evidence.lookups.items():
        found = any(step.outcome in (Outcome.ANSWER, Outcome.ALIAS) for step in steps)
        if found or all(step.given for step in steps):
            continue
        yield Anomaly(
            Sort.LOOKUP,
            frozenset(_needed_by(evidence, steps)),
            servers=frozenset({name}),
            question=steps[-1].question,
            steps=tuple(step.id for step in steps),
            what="has no address that could be found",
        )


def _needed_by(evidence: Evidence, lookups: list[Step]) -> Iterator[Name]:
    """The zones whose name server was looked up, and all zones that needed those.

    Among them is a zone to which only some of the servers refer that were asked before.
    """
    for step in lookups:
        yield step.zone
        number = step.parent
        while number is not None:
            above = evidence.trace.steps[number - 1]
            yield from (above.zone, evidence.zone_of(above))
            cuts = (attempt.meaning.delegation for attempt in above.attempts)
            yield from {each.zone for each in cuts if each is not None and _lists(each, step.question.name)}
            number = above.parent


def _lists(cut: Delegation, name: Name) -> bool:
    return any(server.name == name for server in cut.servers)


# --- paths -------------------------------------------------------------------------------------------


def of_paths(evidence: Evidence) -> Iterator[Anomaly]:
    """Paths that fail, and those that end in another result than most of the others."""
    zones = frozenset(cut.zone for cut in evidence.cuts)
    ends = shares(evidence.trace.steps)
    usual = next((share for share in ends if share.meaning.usable), None)
    for share in (share for share in ends if share is not usual and len(ends) > 1):
        step = evidence.trace.steps[share.step - 1]
        replies = tuple(
            reply
            for reply in replies_of(step)
            if reply.server in share.servers and reply.meaning.kind is share.meaning.kind
        )
        yield Anomaly(
            Sort.PATHS,
            zones if share.meaning.usable else frozenset({share.zone, evidence.zone_of(step)}),
            servers=frozenset(share.servers) | _as_many(share, usual),
            question=step.question,
            steps=(share.step,),
            what=f"{share.share} of all paths end with {result_text(share.meaning)}",
            replies=replies,
        )


def _as_many(share: Share, usual: Share | None) -> frozenset[Name]:
    """The servers on the usual paths, where these may be wrong: the others are as many, or sign."""
    if usual is None or not share.meaning.usable:
        return frozenset()
    stripped = _is_signed(share.meaning) and not _is_signed(usual.meaning)
    return frozenset(usual.servers) if stripped or share.share == usual.share else frozenset()


def _is_signed(meaning: Meaning) -> bool:
    return any(rrset.rdtype == dns.rdatatype.RRSIG for rrset in meaning.answer)
