"""The answers of resolvers, as lines below the walk: how each compares with the walk, and why."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import dns.flags
import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.public_resolvers import name_of
from dnstrace.analysis.resolvers import level_of
from dnstrace.model import ROOT, Kind
from dnstrace.model.compared import Disagreement
from dnstrace.model.findings import Level
from dnstrace.render.edns import edns_options
from dnstrace.render.layout import Node
from dnstrace.render.records import reply_nodes
from dnstrace.render.resolver_words import reason_text, resolver_text, ttl_left_text
from dnstrace.render.text import count_text, harmless, rcode_text, rdata_text, time_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, joined, marked, unanswered_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Query, Step, Trace
    from dnstrace.model.compared import Compared
    from dnstrace.model.report import Report

_MOST, _LONGEST = 3, 60  # records, and characters of them, that stand in a line
_STYLES = {Level.ERROR: BAD, Level.WARNING: WARNING, Level.NOTICE: ""}
_ONE_LINE = {Disagreement.SAME, Disagreement.NO_ANSWER, None}


def resolver_nodes(report: Report, verbose: bool) -> list[Node]:
    """A heading and a line for each resolver that was asked; empty if none was."""
    if not (found := report.resolvers):
        return []
    return [Node(Text("resolvers", STRONG), [_resolver_node(report, each, verbose) for each in found])]


def _resolver_node(report: Report, found: Compared, verbose: bool) -> Node:
    trace, attempt = report.trace, found.attempt
    if attempt is None:
        address = found.step.servers[0].addresses[0].text
        words = "not finished" if trace.interrupted or found.step.outcome is not None else "asking ..."
        return Node(joined([address, Text(words, QUIET)]))
    records = [node for each in found.step.attempts for node in reply_nodes(each, ROOT)] if verbose else []
    reason, style = reason_text(found), _style_of(report, found)
    one_line = found.difference in _ONE_LINE
    parts: list[Text | str] = [_called(report, attempt.exchange.query), *_answer_parts(attempt, style)]
    parts += [Text(reason, style)] if found.difference is Disagreement.SAME else []
    parts += ["AD" if _is_authentic(attempt) else "", ttl_left_text(found), *_tries_parts(found)]
    line = joined(parts)
    below = [] if one_line else [Node(Text(reason, style))]
    errors = [Node(Text(text, WARNING)) for text in _error_texts(attempt)]
    sound = found.difference in (Disagreement.SAME, None)
    further = _further_nodes(trace, found.step) if verbose else []
    return Node(line if sound else marked(style, line), [*below, *errors, *records, *further])


def _called(report: Report, query: Query) -> str:
    """A resolver in the form of the command line, with the name that the user, or the package, has for it."""
    name = harmless(report.called.get(query.address) or name_of(query.address))
    return resolver_text(query) + (f" ({name})" if name else "")


def _further_nodes(trace: Trace, asked: Step) -> list[Node]:
    """What a resolver was asked once the walk had ended, to find out why it differs, and what it replied."""
    return [
        Node(
            joined(["asked further", str(step.question), *_answer_parts(attempt, BAD)]),
            reply_nodes(attempt, ROOT),
        )
        for step in trace.steps
        if step.parent == asked.id and step.at_resolver
        for attempt in step.attempts
    ]


def _style_of(report: Report, found: Compared) -> str:
    """The style of the level that the finding about a resolver has, so that lists and findings agree."""
    if (level := level_of(found, report.resolvers)) is not None:
        return _STYLES[level]
    if found.difference is None:
        return WARNING
    return GOOD if found.difference is Disagreement.SAME else QUIET


def _answer_parts(attempt: Attempt, style: str) -> list[Text | str]:
    """How long the reply took and what it contains, or why there is none, in a style."""
    if attempt.exchange.message is None:
        return [Text(unanswered_text(attempt), style)]
    return [time_text(attempt.exchange.elapsed), Text(_answer_text(attempt), STRONG)]


def _answer_text(attempt: Attempt) -> str:
    meaning, question = attempt.meaning, attempt.exchange.query.question
    if meaning.kind is Kind.NODATA:
        return "NODATA"
    if meaning.kind is not Kind.ANSWER:
        return "" if meaning.rcode is None else rcode_text(meaning.rcode)
    plain = [rrset for rrset in meaning.answer if rrset.rdtype != dns.rdatatype.RRSIG]
    wanted = [rrset for rrset in plain if rrset.rdtype == question.rdtype] or plain
    texts = [rdata_text(rdata) for rrset in wanted for rdata in islice(rrset, _MOST + 1)]
    count = sum(map(len, wanted))
    text = ", ".join(texts)
    return text if count <= _MOST and len(text) <= _LONGEST else count_text(count, "record")


def _is_authentic(attempt: Attempt) -> bool:
    message = attempt.exchange.message
    return message is not None and bool(message.flags & dns.flags.AD)


def _tries_parts(found: Compared) -> list[Text | str]:
    """The number of tries, if more than one was needed."""
    asked = [each for each in found.step.attempts if not each.exchange.query.checking_disabled]
    return [Text(f"asked {len(asked)} times", WARNING)] if len(asked) > 1 else []


def _error_texts(attempt: Attempt) -> list[str]:
    """The extended errors of the reply (RFC 8914), escaped."""
    message = attempt.exchange.message
    return [] if message is None else edns_options(message).error_texts
