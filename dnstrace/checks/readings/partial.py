"""What may be said of a zone that a limit kept from being asked everything: only what would be said anyway.

A rule compares replies, or looks for what other queries to the same server show. Where the deadline or the
limit of queries came before these, nothing follows from what is missing: such rules are held back, and the
trace says how many. Rules on what servers do whatever they are asked go by those of which that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dnstrace.analysis.apexes import unsure
from dnstrace.analysis.paths import replied
from dnstrace.analysis.reached import zone_of
from dnstrace.analysis.stopping import ERRORS, FAILED, MAY_FAIL
from dnstrace.checks.readings.about import About
from dnstrace.checks.readings.replies import replies_of
from dnstrace.model import ROOT, Attempt, Kind, Outcome, Probe, Purpose, Source, Step, Trace
from dnstrace.model.heard import SHOWS_NOTHING

_WAITED = 0.5  # seconds without a reply that show silence, though the limit came before the timeout
_EVER = frozenset({Probe.SOA, Probe.NS, Probe.TCP, Probe.EDNS_VERSION, Probe.EDNS_OPTION, Probe.RECURSION})
"""Probes that every version puts to every zone that it probes."""
_MAY_BE_EDNS = ERRORS | {Kind.BAD_VERSION, Kind.BAD_COOKIE}


def is_partial(cut: About, trace: Trace) -> bool:
    """Whether the limit of a trace kept servers of a zone, or above it, from being asked everything.

    The same goes for a record that lacks replies.

    Servers that never replied may be left open: what is said of the others does not depend on them.
    """
    if not trace.cut_short:
        return is_torn(cut)
    dead = _dead(trace.steps)
    limited = [step for step in trace.steps if step.limited]
    about = {step.id for step in cut.steps}
    return (
        any(_is_open(step, dead) for step in limited if step.id in about)
        or any(_may_be_lost(step, dead) for step in cut.steps)
        or any(
            _needed_by(trace.steps, step) in about for step in limited if step.purpose is Purpose.NS_ADDRESS
        )
        or (_ended_in(cut) and _lacks_probes(cut, trace.steps, dead))
    )


def is_incomplete(cuts: Iterable[About], trace: Trace) -> bool:
    """Whether a limit, or a record that lacks replies, kept something of any zone from being known."""
    return bool(trace.cut_short) or any(map(is_torn, cuts))


def is_torn(cut: About) -> bool:
    """Whether a record lacks what an address replied to a probe of the zone, and has what others did.

    It was recorded with probes, and was damaged, cut off or edited. One without probes lacks all of them, and
    that of an earlier version lacks some that are put today. What is put once more, also of the walk, shows
    whether an address stopped answering, or does so at times; where the parent's servers disagree, others
    show what its answers are worth.
    """
    probes, of_walk = _probes(cut), {step.question for step in cut.steps if step.main}
    lacking = [(step.probe in _EVER or step.question in of_walk, _lacking(step)) for step in probes]
    some = any(any(each) and not all(each) for _, each in lacking)
    wholly = {bool(each) and all(each) for ever, each in lacking if ever}
    elsewhere = (step for step in cut.anywhere(Probe.ELSEWHERE) if step.zone.is_subdomain(cut.zone))
    unheard = any(step.lacks_replies for step in elsewhere)
    return some or unheard or len(wholly) > 1 or any(map(_lacks_repetition, probes))


def _lacking(step: Step) -> list[bool]:
    """Of each address asked, whether a record lacks all that it did."""
    return [each == {Kind.NOT_RECORDED} for each in _kinds(step)]


def _lacks_repetition(step: Step) -> bool:
    """Whether a record has what an address did to a probe, and not what it did when it was put again."""
    return any(Kind.NOT_RECORDED in each and len(each) > 1 for each in _kinds(step))


def _kinds(step: Step) -> Iterable[set[Kind]]:
    """What each address asked in a step did."""
    kinds: dict[str, set[Kind]] = {}
    for attempt in step.attempts:
        kinds.setdefault(attempt.address, set()).add(attempt.meaning.kind)
    return kinds.values()


def _dead(steps: Sequence[Step]) -> set[str]:
    """The addresses that were given time to reply, and never did.

    One silence is enough here: what is said of others does not depend on them. To say of an address itself
    that it is silent takes more (`without_unfinished`).
    """
    attempts = [attempt for step in steps for attempt in step.attempts]
    return {attempt.address for attempt in attempts if _is_known(attempt)} - replied(steps)


def _is_open(step: Step, dead: set[str]) -> bool:
    """Whether a step lacks what a server that is not dead has to say."""
    last = {attempt.address: attempt for attempt in step.attempts}
    known = {address for address, attempt in last.items() if attempt.meaning.kind not in SHOWS_NOTHING}
    asked = {address.text for server in step.servers for address in server.addresses}
    return bool(asked - known - dead) or not asked


def _may_be_lost(step: Step, dead: set[str]) -> bool:
    """Whether an address that is not dead did not reply: it may be due to loss, of which no more is known."""
    return any(r.meaning.kind is Kind.TIMEOUT and r.address not in dead for r in replies_of(step))


def _needed_by(steps: Sequence[Step], step: Step) -> int:
    """The step that needed the address of a name server, perhaps to look up that of another one."""
    while step.purpose is Purpose.NS_ADDRESS and step.parent is not None:
        step = steps[step.parent - 1]
    return step.id


def _ended_in(cut: About) -> bool:
    """Whether the walk, or an alias, ended in the zone: such zones are probed."""
    return any(
        step.main and zone_of(step) == cut.zone and step.outcome is not Outcome.REFERRAL for step in cut.steps
    )


def _lacks_probes(cut: About, steps: Sequence[Step], dead: set[str]) -> bool:
    """Whether probes of the zone where the walk ended were not begun, or would have been put again."""
    probes = _probes(cut)
    if all(step.probe is not Probe.SOA for step in probes) or any(d.zone == cut.zone for d in unsure(steps)):
        return True
    last = (reply for step in probes if step.probe not in MAY_FAIL for reply in replies_of(step))
    if any(reply.address not in dead and reply.meaning.kind in FAILED for reply in last):
        return True
    naming = (attempt.meaning.child for step in probes if step.probe is Probe.NS for attempt in step.attempts)
    named = {server.name for child in naming if child is not None for server in child.servers}
    known = {server.name for step in cut.steps if step.zone == cut.zone for server in step.servers}
    sought = {step.question.name for step in steps if step.purpose is Purpose.NS_ADDRESS}
    sought |= {step.question.name for step in probes if step.probe is Probe.ADDRESS}
    return bool(named - known - sought)


def _probes(cut: About) -> list[Step]:
    return [step for step in cut.steps if step.purpose is Purpose.PROBE and step.zone == cut.zone]


def unconfirmed(cut: About, trace: Trace) -> frozenset[str]:
    """The addresses of which a limit left open what they do to other queries than the walk's.

    If the limit ended the walk itself, what the servers did until then is all that there is, unless it asks
    all of them and some had no time to reply. Even so, silent root hints may be out of date. Where a record
    was damaged, these are the addresses of which it lacks something.
    """
    old = _perhaps_outdated(cut) if cut.zone == ROOT else frozenset[str]()
    if not trace.cut_short:
        torn = [attempt for step in cut.steps for attempt in step.attempts] if is_torn(cut) else []
        lacking = frozenset(each.address for each in torn if each.meaning.kind is Kind.NOT_RECORDED)
        primes = [step for step in cut.steps if step.purpose is Purpose.PRIME]
        return lacking | old if any(step.lacks_replies for step in primes) else lacking
    controls = [a for step in _probes(cut) if step.probe is Probe.SOA for a in step.attempts]
    asked = [step for step in cut.steps if step.zone == cut.zone]
    concerned = controls or _ended_in(cut) or any(step.limited for step in asked if step.main)
    if _ended_walk(trace) or not concerned:
        return old  # other zones than those that the limit concerns get no probes
    attempts = [attempt for step in asked for attempt in step.attempts]
    usable = {attempt.address for attempt in attempts if attempt.meaning.usable}
    known = {a.address for a in controls if _is_known(a) and (a.meaning.usable or a.address not in usable)}
    plainly = {attempt.address for attempt in attempts if attempt.exchange.query.edns is None}
    last = {attempt.address: attempt for attempt in attempts}
    in_doubt = {a for a, attempt in last.items() if attempt.meaning.kind in _MAY_BE_EDNS and a not in plainly}
    return old | (last.keys() - known) | in_doubt


def _perhaps_outdated(cut: About) -> frozenset[str]:
    """The silent root hints, of which no root server that replied has said that they are current."""
    steps = [step for step in cut.steps if step.zone == ROOT]
    given = {each for step in steps for server in step.servers for each in server.addresses}
    hints = {address.text for address in given if address.source is Source.HINT}
    heard = replied(steps)
    primed = [step.meaning.child for step in steps if step.purpose is Purpose.PRIME and step.meaning]
    servers = [server for child in primed if child is not None for server in child.servers]
    current = {address.text for server in servers for address in server.addresses}
    return frozenset(hints - heard - current) if hints & heard else frozenset()


def _ended_walk(trace: Trace) -> bool:
    """Whether the limit ended the walk, and if it asked all servers, not before they had time to reply."""
    main = [step for step in trace.steps if step.main]
    if trace.outcome is not Outcome.FAILED:
        return False
    last = main[-1] if main else None
    if last is None or not last.all_servers:
        return last is None or last.limited
    return last.limited and not _is_open(last, _dead(trace.steps) - _under_way(last))


def _under_way(step: Step) -> set[str]:
    """The addresses that had just been asked once more, as in another way, when a limit came."""
    latest = {attempt.address: attempt for attempt in step.attempts}
    return {a for a, each in latest.items() if each.meaning.kind is Kind.ABANDONED and not _is_known(each)}


def _is_known(attempt: Attempt) -> bool:
    """Whether a reply to a query was awaited for long enough."""
    kind = attempt.meaning.kind
    return kind not in SHOWS_NOTHING or (kind is Kind.ABANDONED and attempt.exchange.elapsed >= _WAITED)
