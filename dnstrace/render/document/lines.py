"""A document on one line, as many names are written: what several of them show is put into text once.

Names of one run show the same servers, and steps and replies that differ in a few values alone; names that
are checked together show hundreds of those. The text is that of `json.dumps` for the document of
`dnstrace.render.document`, to the octet.
"""

from __future__ import annotations

from datetime import datetime
from json.encoder import encode_basestring_ascii as _quoted
from operator import attrgetter
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.reached import delegation_reached
from dnstrace.message.lazy import made_of
from dnstrace.model import ROOT, Question, Step, Trace
from dnstrace.model.kept import kept
from dnstrace.model.report import Report
from dnstrace.render.document.forms import encode, place_of, written
from dnstrace.render.document.judged import life_of
from dnstrace.render.document.steps import attempt_of, evidence_of, step_alone
from dnstrace.render.document.values import (
    iso,
    leg_of,
    ms,
    question_of,
    referral_of,
    rrset_of,
    server_of,
    stats_of,
)
from dnstrace.render.negative import denied_compactly
from dnstrace.render.story import Story
from dnstrace.render.text import harmless, name_text, rdata_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    import dns.message
    import dns.rrset

    from dnstrace.model import Attempt, Delegation, NameServer, Stats
    from dnstrace.model.documents import Document
    from dnstrace.model.journey import Leg
    from dnstrace.model.judgement import StepEvidence
    from dnstrace.model.lives import Life


def _others(kind: type[Trace | Report | Step], *own: str) -> attrgetter[tuple[object, ...]]:
    """What reads all fields of a value but those with these names."""
    return attrgetter(*[name for name in kind.__match_args__ if name not in own])


_OF_STEP = "id", "parent", "zone", "question", "servers", "attempts", "note"
_OF_TRACE = "question", "started", "seed", "answer", "steps", "stats", "outcome", "rcode", "unasked"
_of_step = _others(Step, *_OF_STEP)
# A plain document shows nothing of a trace but these, and of its report but what follows from them.
_more_in_trace = _others(Trace, *_OF_TRACE)
_more_in_report = _others(Report, "trace", "lives", "life", "journey")
_EMPTY = Trace(Question(ROOT, dns.rdatatype.A), datetime.min, 0)
_NO_MORE = _more_in_trace(_EMPTY), _more_in_report(Report(_EMPTY))


def on_one_line(
    report: Report, rest: Callable[[], Document], verbose: bool = False, sentences: Mapping[int, str] = {}
) -> str:
    """The document of a report as text; `rest` makes it without its steps, and `sentences` explain these."""
    trace = report.trace
    judged = {} if trace.judgement is None else trace.judgement.steps
    steps = [_step(each, judged.get(each.id), sentences.get(each.id), verbose) for each in trace.steps]
    own: dict[str, object] = {"steps": _list(steps)}
    like = _like(report)
    if like is not None:
        cut = delegation_reached(trace)
        own |= {
            "question": _question(trace.question),
            "started": _quoted(iso(trace.started, "milliseconds")),
            "seed": trace.seed,
            "answer": _list(map(_rrset, trace.answer)),
            "delegation": "null" if cut is None else _referral(cut),
            "lives": _list(map(_life, report.lives)),
            "journey": _journey(Story(report).legs()),
            "stats": _stats(trace.stats),
        }
    return written(like, own, rest)


def _like(report: Report) -> Hashable:
    """What plain documents have in common that are alike but for their `own` values; None for all others."""
    trace = report.trace
    if (_more_in_trace(trace), _more_in_report(report)) != _NO_MORE:
        return None
    return "document", trace.outcome, trace.rcode, *trace.unasked.items()


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def _text(text: str) -> str:
    """A text from which nothing is lost that is shown, or null for an empty one."""
    return _quoted(harmless(text)) if text else "null"


def _question(question: Question) -> str:
    like = "question", question.rdtype, question.rdclass
    return written(like, {"name": _quoted(name_text(question.name))}, lambda: question_of(question))


def _rrset(rrset: dns.rrset.RRset) -> str:
    own = {
        "name": _quoted(name_text(rrset.name)),
        "ttl": rrset.ttl,
        "rdata": _list([_quoted(rdata_text(rdata)) for rdata in rrset]),
    }
    return written(("rrset", rrset.rdtype, rrset.rdclass), own, lambda: rrset_of(rrset))


@kept(most=1024)
def _referral(cut: Delegation) -> str:
    return encode(referral_of(cut))


def _life(life: Life) -> str:
    own = {
        "name": _quoted(name_text(life.name)),
        "ttl": life.ttl,
        "until": _quoted(iso(life.until, "seconds")),
    }
    return written(("life", life.what, life.rdtype), own, lambda: life_of(life))


def _journey(legs: list[tuple[Leg, str, str]]) -> str:
    like: list[Hashable] = ["journey"]
    own: dict[str, object] = {}
    for leg, title, text in legs:
        own[f"text{leg.number}"] = _quoted(text)
        if _is_apart(leg):
            like.append((leg.stage, leg.number, title))
            continue
        like.append((leg.stage, leg.number))
        own[f"title{leg.number}"] = _quoted(title)
        own[f"zone{leg.number}"] = "null" if leg.zone is None else _quoted(name_text(leg.zone))
        own[f"steps{leg.number}"] = list(leg.steps)
    return written(tuple(like), own, lambda: [_leg_like(*each) for each in legs])


def _is_apart(leg: Leg) -> bool:
    """Whether no server is asked on it: who asks, and what becomes of the answer."""
    return leg.zone is None and not leg.steps


def _leg_like(leg: Leg, title: str, text: str) -> Document:
    """A leg, with places for what differs between traces that are alike."""
    keys = ("text",) if _is_apart(leg) else ("text", "title", "zone", "steps")
    return {**leg_of(leg, title, text), **{key: place_of(f"{key}{leg.number}") for key in keys}}


def _stats(stats: Stats) -> str:
    shown = stats_of(stats)
    return written("stats", shown, shown.copy)


def _step(step: Step, evidence: StepEvidence | None, sentence: str | None, verbose: bool) -> str:
    referral = step.referral
    own = {
        "id": step.id,
        "parent": "null" if step.parent is None else step.parent,
        "zone": _quoted(name_text(step.zone)),
        "question": _question(step.question),
        "servers": _servers(step.servers),
        "attempts": _list([_attempt(each, verbose) for each in step.attempts]),
        "referral": "null" if referral is None else _referral(referral),
        "security": "null" if evidence is None else _quoted(evidence.security),
        "evidence": "null" if evidence is None else encode(evidence_of(evidence)),
        "note": _text(step.note),
        "explanation": "null" if sentence is None else _quoted(sentence),
    }
    like = "step", denied_compactly(step), _of_step(step)
    return written(like, own, lambda: step_alone(step, evidence, sentence))


@kept(most=1024)
def _servers(servers: tuple[NameServer, ...]) -> str:
    return _list(map(_server, servers))


@kept(most=1024)
def _server(server: NameServer) -> str:
    return encode(server_of(server))


def _attempt(attempt: Attempt, verbose: bool) -> str:
    exchange, like = attempt.exchange, _like_attempt(attempt, verbose)
    own = {
        "server": _quoted(name_text(attempt.server)),
        "address": _quoted(exchange.query.address),
        "start_ms": ms(exchange.start),
        "rtt_ms": ms(exchange.elapsed),
        "size": "null" if exchange.wire is None else len(exchange.wire),
    }
    return written(like, own, lambda: attempt_of(attempt, verbose), exchange.message if verbose else None)


def _like_attempt(attempt: Attempt, verbose: bool) -> Hashable:
    """What attempts have in common that are written alike but for their own values; None for all others."""
    exchange, query, cached = attempt.exchange, attempt.exchange.query, attempt.exchange.cached
    if not verbose:
        reply = None if exchange.message is None else _header(exchange.message)
    elif cached is None:
        return None
    else:  # names that take a reply from each other have the same one
        reply = id(exchange.message)
    return (
        "attempt",
        verbose,
        query.port,
        query.transport,
        exchange.fault,
        reply,
        None if cached is None else (cached.name.labels, cached.rdtype, cached.rdclass),
        attempt.meaning.kind,
        attempt.meaning.note,
        attempt.cause,
    )


def _header(message: dns.message.Message) -> Hashable:
    """All that is shown of a reply but for its records: flags, RCODE and EDNS."""
    flags, opt = int(message.flags), message.opt
    if opt is None:
        return flags
    if (made := made_of(opt)) is not None:
        return flags, made
    options = tuple([(option.otype, option.to_wire()) for option in message.options])
    return flags, opt.ttl, opt.rdclass, options
