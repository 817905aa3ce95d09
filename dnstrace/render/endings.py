"""How a step ended, as lines: the records of the answer, a negative answer, or the failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.caching import negative_ttl
from dnstrace.analysis.reached import last_step, no_longer_needed
from dnstrace.message.given import addresses_given
from dnstrace.model import Outcome, Purpose
from dnstrace.model.naming import plain
from dnstrace.render.layout import TIMES, Node
from dnstrace.render.negative import negative_words
from dnstrace.render.text import harmless, rdata_text, ttl_text
from dnstrace.render.trust import break_nodes, evidence_of, proof_nodes, signed_by
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, joined, marked, shown_name

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Meaning, Step, Trace
    from dnstrace.model.judgement import StepEvidence

_LISTED = 12  # records of one RRset that are all listed; of longer RRsets, the first ten
_FIRST = 10
_GAP = "   "
_CHAIN = {Purpose.DS, Purpose.DNSKEY}


def ending(step: Step, trace: Trace) -> list[Node]:
    """The lines for the result of `step`; none while it is in progress."""
    meaning = step.meaning
    if step.outcome is None:
        return []
    if meaning is None:
        return [] if _is_said_within(step, trace) else [_failure_node(step, trace)]
    evidence = evidence_of(trace, step)
    nodes = [] if _is_shown_by_evidence(step, evidence) else _record_nodes(step, meaning, evidence)
    if step.outcome in (Outcome.NODATA, Outcome.NXDOMAIN):
        nodes.append(_negative_node(step, meaning))
    if evidence is not None and step.outcome is not Outcome.REFERRAL and step.purpose not in _CHAIN:
        nodes += [*proof_nodes(evidence), *break_nodes(trace, step, evidence)]
    if step.outcome is Outcome.FAILED:
        nodes.append(_failure_node(step, trace))
    elif is_explicit(step, trace):
        nodes.append(_explicit_node(step, trace))
    elif step.note and step.outcome is not Outcome.REFERRAL:
        nodes.append(Node(marked(WARNING, Text(harmless(step.note), WARNING))))
    return nodes


def is_explicit(step: Step, trace: Trace) -> bool:
    """Whether a step asked the parent's servers for an address of a name server of the zone below."""
    if step.purpose is not Purpose.NS_ADDRESS or step.referral is None or step.parent is None:
        return False
    return bool(trace.steps[step.parent - 1].zone == step.referral.zone)


def glue_given(step: Step, trace: Trace) -> tuple[str, ...]:
    """The addresses that such a step was given."""
    if step.meaning is None or not is_explicit(step, trace):
        return ()
    return addresses_given(step.meaning, step.question)


def _explicit_node(step: Step, trace: Trace) -> Node:
    if found := glue_given(step, trace):
        return Node(Text(f"asked for that name's own address: {', '.join(found)}", QUIET))
    what = f"{plain(step.question.name)} {dns.rdatatype.to_text(step.question.rdtype)}"
    return Node(marked(BAD, Text(f"has no address even when asked for {what}", BAD)))


def _is_said_within(step: Step, trace: Trace) -> bool:
    """Whether a look-up of a name server that the step needed failed for the same reason, and says so."""
    if not step.note or step.attempts or not step.servers or step is last_step(trace):
        return False
    within = {step.id}
    for later in trace.steps[step.id :]:
        if later.parent in within:
            if later.outcome is Outcome.FAILED and later.note == step.note:
                return True
            within.add(later.id)
    return False


def _failure_node(step: Step, trace: Trace) -> Node:
    """Why the step failed; `the walk ends here` if the last line of the tree gives the reason."""
    if no_longer_needed(trace, step):
        return Node(marked(WARNING, Text("no longer needed", WARNING)))
    ends = step.note and trace.error.endswith(step.note) and step is last_step(trace)
    words = "the walk ends here" if ends else harmless(step.note) or "failed"
    return Node(marked(BAD, Text(words, BAD)))


def _is_shown_by_evidence(step: Step, evidence: StepEvidence | None) -> bool:
    """Whether the evidence describes the keys or DS records, so that the records need not be listed."""
    return step.purpose in _CHAIN and evidence is not None


def _record_nodes(step: Step, meaning: Meaning, evidence: StepEvidence | None) -> list[Node]:
    """The RRsets of the answer, one line each; signatures only if the question asked for them."""
    asked = step.question.rdtype in (dns.rdatatype.RRSIG, dns.rdatatype.ANY)
    shown = [rrset for rrset in meaning.answer if asked or rrset.rdtype != dns.rdatatype.RRSIG]
    signed = {(r.name, r.covers) for r in meaning.answer if r.rdtype == dns.rdatatype.RRSIG}
    nodes, made = [], False
    for rrset in shown:
        remark = _authority_remark(step, meaning)
        if evidence is not None:
            remark.append_text(signed_by(evidence, rrset.name, rrset.rdtype))
        elif (rrset.name, rrset.rdtype) in signed:
            remark.append(", signed", GOOD)
        if made and rrset.rdtype == dns.rdatatype.CNAME:
            remark = Text("synthesised from the DNAME", QUIET)
        made = rrset.rdtype == dns.rdatatype.DNAME
        nodes.append(_rrset_node(rrset, remark, listed=step.purpose is not Purpose.PRIME))
    return nodes


def _authority_remark(step: Step, meaning: Meaning) -> Text:
    """Whether the answer is authoritative, and for which zone if not the one asked."""
    assert step.chosen is not None
    if not step.attempts[step.chosen].meaning.authoritative:
        return Text("not authoritative", WARNING)
    words = Text("authoritative", GOOD)
    if meaning.zone is not None and meaning.zone != step.zone:
        words.append(f" for {plain(meaning.zone)}", GOOD)
    return words


def _rrset_node(rrset: dns.rrset.RRset, remark: Text, listed: bool) -> Node:
    head = shown_name(rrset.name).append(f" {ttl_text(rrset.ttl)}")
    head.append(f" {dns.rdatatype.to_text(rrset.rdtype)} ")
    if len(rrset) == 1:
        return Node(head.append_text(_rdata(rrset[0])).append(_GAP).append_text(remark))
    head.append(f"{TIMES}{len(rrset)}").append(_GAP).append_text(remark)
    return Node(head, _rdata_nodes(rrset) if listed else [])


def _rdata_nodes(rrset: dns.rrset.RRset) -> list[Node]:
    count = len(rrset) if len(rrset) <= _LISTED else _FIRST
    nodes = [Node(_rdata(rdata)) for rdata in list(rrset)[:count]]
    if rest := len(rrset) - count:
        nodes.append(Node(Text(f"... and {rest} more (--short lists them all)", QUIET)))
    return nodes


def _rdata(rdata: dns.rdata.Rdata) -> Text:
    return Text(rdata_text(rdata), STRONG)


def _negative_node(step: Step, meaning: Meaning) -> Node:
    """NXDOMAIN or NODATA, and below it the SOA record with the negative TTL (RFC 2308 section 5)."""
    name = meaning.target or step.question.name
    line = Text.assemble(shown_name(name), (" ─ ", QUIET), (negative_words(step), WARNING))
    line.append(_GAP).append_text(_authority_remark(step, meaning))
    return Node(line, [] if meaning.soa is None else [Node(_soa_line(meaning, meaning.soa))])


def _soa_line(meaning: Meaning, soa: dns.rrset.RRset) -> Text:
    head = shown_name(soa.name).append(f" {ttl_text(soa.ttl)} SOA")
    seconds = negative_ttl(meaning)
    if seconds is None:
        return head.append(f" {rdata_text(soa[0])}")
    minimum = getattr(soa[0], "minimum", 0)
    return joined([head, f"MINIMUM {ttl_text(minimum)}", f"negative TTL {ttl_text(seconds)}"])
