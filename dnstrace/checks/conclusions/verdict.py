"""What is wrong, in one sentence: where, who needs to fix it, which query shows it, and how to see it again.

A verdict is drawn from what a trace recorded and what the rules found in it. If `--check` was not given and
the trace has no answer, or a bogus one, the rules are applied to what the walk alone recorded.

The verdict names the cause, not the symptom: if nothing replied at all, no zone is blamed; a walk without a
result is not called bogus; and the fault of a server that the parent should no longer list is the parent's.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from dnstrace.analysis.reached import ended_unasked, is_bogus, last_step, went_wrong, zone_reached
from dnstrace.checks import CATALOGUE, Trait, findings
from dnstrace.checks.advice.operators import acting
from dnstrace.checks.anomalies.anomalies import result_text
from dnstrace.checks.conclusions.causes import UNUSABLE, Causes
from dnstrace.checks.conclusions.reproducing import command, commands, sent, shown_by
from dnstrace.checks.conclusions.summary import counts, summary
from dnstrace.checks.conclusions.supposing import supposed_verdict
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import counted, listed
from dnstrace.model import ROOT, Kind, Name, Outcome
from dnstrace.model.families import Unasked
from dnstrace.model.findings import Blame, Finding, Level, Verdict, who_fixes
from dnstrace.model.naming import plain, zone_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Step, Trace

_HERE = {Kind.NETWORK_UNREACHABLE}
_WITHOUT_CHECK = "only --check asks all servers, and tries a fix where it can"
_SPREAD = {"too-few-servers", "same-address"}
_NOTHING_HEARD = {Kind.ABANDONED, Kind.NOT_RECORDED}


def verdict(trace: Trace) -> Verdict | None:
    """The verdict on a trace that has ended; None if nothing is wrong, as far as was checked."""
    if not went_wrong(trace):
        return None
    if (supposed := supposed_verdict(trace)) is not None:
        return supposed
    if trace.outcome is Outcome.FAILED and (nowhere := _of_beginning(trace)) is not None:
        return nowhere
    whole = trace.outcome is not Outcome.FAILED and not is_bogus(trace)
    found = [finding for finding in _found(trace, whole) if finding.level is not Level.NOTICE]
    candidates = sorted(found, key=_is_of_spread) if whole else _explaining(trace, found)
    if candidates:
        with closing(Evidence(trace)) as evidence:
            return _of_finding(Causes(evidence, found), candidates[0], whole)
    return None if whole else _of_walk(trace)


def _is_of_spread(finding: Finding) -> bool:
    """Whether a warning is about how many servers there are: others say what they do to the question."""
    return finding.code in _SPREAD


def _found(trace: Trace, whole: bool) -> tuple[Finding, ...]:
    """What the rules find; without `--check`, only in a trace that has no answer or a bogus one."""
    if trace.findings is None:
        return () if whole else findings(trace)
    if whole or not trace.accepted:
        return trace.findings
    every = (
        *trace.findings,
        *(each.finding for each in trace.accepted),
    )  # why it has no answer is said anyway
    return tuple(sorted(every, key=lambda finding: tuple(Level).index(finding.level)))


def _explaining(trace: Trace, found: list[Finding]) -> list[Finding]:
    """The errors that explain why a trace has no answer, or a bogus one."""
    errors = [finding for finding in found if finding.is_error]
    if any(_is(finding, Trait.STANDS_ALONE) for finding in errors):
        return errors
    if trace.outcome is not Outcome.FAILED:
        return [finding for finding in errors if _is(finding, Trait.BREAKS_TRUST)]
    known = [finding for finding in errors if _explains(trace, finding)]
    partly = found if _is_ours(trace) else ()  # a limit is named only if nothing else is known
    return known or [each for each in partly if each.code in UNUSABLE and _explains(trace, each)]


def _explains(trace: Trace, finding: Finding) -> bool:
    """Whether a finding is about the zone where the walk ended, or about no zone."""
    return not _is(finding, Trait.BREAKS_TRUST) and finding.zone in (
        None,
        zone_reached(trace),
        _last_zone(trace),
    )


def _is(finding: Finding, trait: Trait) -> bool:
    rule = CATALOGUE.get(finding.code)
    return rule is not None and trait in rule.traits


def _names_operator(finding: Finding) -> bool:
    """Whether the message of a finding says who needs to act."""
    return _is(finding, Trait.NAMES_OPERATOR) and " needs to " in finding.message


def _last_zone(trace: Trace) -> Name | None:
    last = last_step(trace)
    return None if last is None else last.zone


def _of_finding(causes: Causes, shown: Finding, whole: bool) -> Verdict:
    """The verdict of what `shown` is there because of: of the first cause, if that is an error itself."""
    trace = causes.evidence.trace
    main = causes.first_error(shown)
    cause = causes.first(main)
    alike = (each.server for each in causes.alike(main) if each.server not in (None, main.server))
    others = [plain(server) for server in alike if server is not None]
    same = f"; the same goes for {_listed(others)}" if others else ""
    because = "" if cause is main else f", because {cause.message}"
    job = "" if _names_operator(main) else cause.who
    sentence = "; ".join(text for text in (f"{main.message}{because}{same}", job) if text)
    affected = _how_many(trace, main, others)
    all_known = affected.startswith(("both", "all")) or (main.server is None and main.is_error)
    limit = "" if all_known else _limit(trace)
    here = main.blame is Blame.NOBODY and trace.outcome is not Outcome.FAILED  # a clock, a trust anchor
    opening = _opening(trace, whole or here or main.blame is Blame.NETWORK)
    return Verdict(
        text=f"{opening}{sentence}{_aside(affected, limit, shown_by(trace, main))}{_in_all(trace)}",
        blame=cause.blame,
        zone=main.zone,
        operator=cause.operator,
        server=main.server,
        steps=tuple(dict.fromkeys((*main.steps, *cause.steps))),
        reproduce=commands(trace, main, cause),
        records=cause.records,
        cure=cause.cure if cause.records else "",
        unrehearsed=_why_not_rehearsed(trace, cause) if cause.records else "",
        summary=summary(trace.findings or ()),
        claims=(cause,) if cause is main else (cause, main),
    )


def _why_not_rehearsed(trace: Trace, cause: Finding) -> str:
    """Why it is not known what the records to publish lead to."""
    return _WITHOUT_CHECK if trace.findings is None else cause.unrehearsed


def _limit(trace: Trace) -> str:
    """Which of our own limits ended the walk, if one did."""
    return trace.error if _is_ours(trace) else ""


def _how_many(trace: Trace, main: Finding, others: list[str]) -> str:
    """How many of the zone's name servers are affected; empty if it is not about these."""
    steps = (step for step in reversed(trace.steps) if step.main and step.zone == main.zone)
    names = {plain(server.name) for step in steps for server in step.servers}
    faulty = {*others, *(() if main.server is None else (plain(main.server),))}
    if len(names) < 2 or main.server is None or not faulty <= names:
        return ""
    if faulty == names:
        return "both name servers" if len(names) == 2 else f"all {len(names)} name servers"
    return f"{len(faulty)} of {len(names)} name servers"


def _of_walk(trace: Trace) -> Verdict:
    """The verdict if no rule explains the end: what the walk itself says about it."""
    bogus = trace.judgement if is_bogus(trace) and trace.outcome is not Outcome.FAILED else None
    steps = tuple(step.id for step in (last_step(trace),) if step is not None)
    zone = trace.steps[steps[-1] - 1].zone if steps else None
    with closing(Evidence(trace)) as evidence:
        blame, operator = acting(evidence, _blame(trace, last_step(trace)), zone)
    reason = (trace.error if bogus is None else bogus.reason) or "the reason is not known"
    job = "" if " needs to " in reason else who_fixes(blame, operator)
    off = _switched_off(trace)
    if blame is Blame.NOBODY and off is not None and ended_unasked(trace, trace.steps):
        job = _switch_on(trace, off)
    if blame in (Blame.REGISTRAR, Blame.PARENT) and reason.startswith("the limit"):
        reason = f"no address was found for the name servers of {zone_text(zone)}: {reason}"
    sentence = "; ".join(text for text in (reason, job) if text)
    return Verdict(
        text=f"{_opening(trace, False)}{sentence}{_aside(sent(trace, steps))}{_in_all(trace)}",
        blame=blame,
        zone=zone,
        operator=operator,
        steps=steps,
        reproduce=command(trace, steps),
        summary=summary(trace.findings or ()),
    )


def _blame(trace: Trace, last: Step | None) -> Blame:
    """Who needs to act on how a walk ended, as far as its last step shows."""
    if _is_ours(trace) or last is None:
        return Blame.NOBODY
    kinds = {attempt.meaning.kind for attempt in last.attempts}
    if (kinds and kinds <= _NOTHING_HEARD) or (kinds <= _HERE and _is_unasked(trace)):
        return Blame.NOBODY
    if not kinds and not any(server.addresses for server in last.servers):
        return Blame.REGISTRAR  # the parent lists name servers that nobody can find
    return Blame.NETWORK if kinds and kinds <= _HERE else Blame.HOST


def _is_unasked(trace: Trace) -> bool:
    """Whether a step found addresses only of a family that was not asked, while the other one works."""
    heard = any(a.exchange.message is not None for step in trace.steps for a in step.attempts)
    return heard and bool(ended_unasked(trace, trace.steps))


def _is_ours(trace: Trace) -> bool:
    """Whether one of our own limits ended the walk: that is nobody's fault."""
    last = last_step(trace)
    return trace.outcome is Outcome.FAILED and (last is None or last.limited)


def _opening(trace: Trace, whole: bool) -> str:
    """What it means for users, before the cause."""
    if whole:
        return ""
    return "no answer: " if trace.outcome is Outcome.FAILED else "validating resolvers give no answer: "


def _aside(*parts: str) -> str:
    """What stands in parentheses after the sentence."""
    text = "; ".join(filter(None, parts))
    return f" ({text})" if text else ""


def _in_all(trace: Trace) -> str:
    """How much a check found, if that is more than one thing."""
    count = counts(trace.findings or ())
    return f"; found: {count}" if count else ""


def _listed(names: Iterable[str]) -> str:
    return listed(dict.fromkeys(names), most=3)


# --- a walk that failed at its first server ---------------------------------------------------------------


def _of_beginning(trace: Trace) -> Verdict | None:
    """The verdict if the server that the user gave is of no use, or if nothing replied at all."""
    if (last := last_step(trace) or next(iter(trace.steps), None)) is None or last.limited:
        return None
    attempts = [attempt for step in trace.steps for attempt in step.attempts]
    kinds = {attempt.meaning.kind for attempt in attempts} - {Kind.ABANDONED}
    silent = bool(kinds) and not any(attempt.exchange.message is not None for attempt in attempts)
    if Kind.NOT_RECORDED in kinds:
        return None
    if silent and (off := _switched_off(trace)) and (kinds <= _HERE or last.zone == ROOT):
        return _begun(trace, last, _of_one_family(trace, off, kinds <= _HERE), Blame.NOBODY)
    if silent and kinds <= _HERE:
        return _begun(trace, last, "this machine has no route to any of the addresses", Blame.NETWORK)
    if given := _given(last):
        useless = "does not answer" if silent else f"gives no usable answer: {', '.join(_kinds(last))}"
        return _begun(trace, last, f"the starting server {given} {useless}", Blame.NOBODY)
    if silent and last.zone == ROOT:
        what = (
            f"no root server replies ({_asked(attempts)} asked): no DNS query from this network gets through"
        )
        return _begun(trace, last, what, Blame.NETWORK)
    return None


def _switched_off(trace: Trace) -> int | None:
    """The address family that the user switched off, if one of them is."""
    off = (family for family, why in trace.unasked.items() if why.is_chosen)
    return next(off, None)


def _of_one_family(trace: Trace, off: int, without_route: bool) -> str:
    """What is wrong where only one family may be asked and nothing replied over it."""
    only = 10 - off
    got = f"has no route over IPv{only}" if without_route else f"gets no reply over IPv{only}"
    return f"this machine {got}, and IPv{off} is switched off: {_switch_on(trace, off)}"


def _switch_on(trace: Trace, off: int) -> str:
    """What to type to have a family asked that is switched off."""
    option = "-b" if trace.unasked.get(off) is Unasked.BOUND else f"-{10 - off}"
    return f"leave out {option} to ask over IPv{off} too"


def _begun(trace: Trace, last: Step, what: str, blame: Blame) -> Verdict:
    sentence = "; ".join(text for text in (what, who_fixes(blame)) if text)
    return Verdict(
        text=f"no answer: {sentence}{_aside(sent(trace, (last.id,)))}",
        blame=blame,
        steps=(last.id,),
        reproduce=command(trace, (last.id,)),
    )


def _given(step: Step) -> str:
    """The addresses that the user gave instead of the root servers', if a step asked these."""
    addresses = (address.text for server in step.servers for address in server.addresses)
    return _listed(addresses) if step.given else ""


def _asked(attempts: list[Attempt]) -> str:
    asked = {attempt.address for attempt in attempts}
    return counted(len(asked), "address", "addresses")


def _kinds(step: Step) -> list[str]:
    return list(dict.fromkeys(result_text(attempt.meaning) for attempt in step.attempts))
