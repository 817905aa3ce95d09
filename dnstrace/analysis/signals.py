"""Signals for DNSSEC bootstrapping, as a trace recorded them (RFC 9615).

The operator of a name server publishes copies of a zone's CDS and CDNSKEY records below the name of that
server, in a zone that validators trust. By them a registry accepts the first DS records of a zone. Name
servers inside the zone itself can have no signals.
"""

from __future__ import annotations

from typing import NamedTuple

import dns.name
import dns.rdata
import dns.rdatatype

from dnstrace.model import Name, Outcome, Probe, Question, Step, Trace

TYPES = (dns.rdatatype.CDS, dns.rdatatype.CDNSKEY)
_BEGINS, _ENDS = b"_dsboot", b"_signal"
_NONE = frozenset({Outcome.NODATA, Outcome.NXDOMAIN})


class Signal(NamedTuple):
    """The look-up of one signal, from its first step to its last, aliases included."""

    question: Question
    steps: tuple[Step, ...]

    @property
    def ended(self) -> Step:
        """The last step."""
        return self.steps[-1]

    @property
    def alias(self) -> Step | None:
        """The step that found an alias at the signal's name, if one did."""
        return next((step for step in self.steps if step.outcome is Outcome.ALIAS), None)

    @property
    def zone(self) -> Name:
        """The zone that has the signal, an alias in its place, or neither.

        Where the same servers serve several zones, it is the one that signs the records, if they are signed.
        """
        step = self.alias or self.ended
        answer = () if step.meaning is None else step.meaning.answer
        signers = (rdata.signer for each in answer if each.rdtype == dns.rdatatype.RRSIG for rdata in each)
        own = (each for each in signers if step.question.name.is_subdomain(each))
        return next(own, None) or (step.meaning and step.meaning.zone) or step.zone

    @property
    def records(self) -> frozenset[dns.rdata.Rdata] | None:
        """The records of the signal, none where it does not exist; None if that is not known."""
        if self.ended.outcome in _NONE:
            return frozenset()
        if self.ended.outcome is not Outcome.ANSWER or self.ended.meaning is None:
            return None
        found = (each for each in self.ended.meaning.answer if each.rdtype == self.question.rdtype)
        return frozenset(rdata for rrset in found for rdata in rrset)


def signal_question(zone: Name, server: Name, rdtype: dns.rdatatype.RdataType) -> Question | None:
    """The question for a signal (RFC 9615 section 3.2).

    None where there is no such signal: the server is inside the zone, or the name would be too long.
    """
    if server.is_subdomain(zone):
        return None
    try:
        name = dns.name.Name((_BEGINS, *zone.labels[:-1], _ENDS, *server.labels))
    except dns.name.NameTooLong:
        return None
    return Question(name, rdtype)


def signals(trace: Trace) -> dict[Question, Signal]:
    """The look-ups of signals, by each question that was put for them."""
    first: dict[int, int] = {}
    each: dict[int, list[Step]] = {}
    for step in trace.steps:
        if step.probe is Probe.SIGNAL and not step.superseded:
            first[step.id] = first.get(step.parent or 0, step.id)
            each.setdefault(first[step.id], []).append(step)
    return {step.question: Signal(step.question, tuple(steps)) for steps in each.values() for step in steps}
