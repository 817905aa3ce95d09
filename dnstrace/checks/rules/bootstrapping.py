"""Rules on signals, by which a registry accepts the first DS records of a zone (RFC 9615).

They are judged only where a zone asks for its first DS records: afterwards nobody reads them. Where no name
server has any, their operators do not offer this, and nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import dns.rdata
import dns.rdatatype

from dnstrace.analysis.signals import TYPES, Signal, signal_question, signals
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.delegated_keys import deletes, wanted
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, question_text
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Kind, Name, Outcome, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security

_PROBES = dict(zip(TYPES, (Probe.CDS, Probe.CDNSKEY), strict=True))
_TTL = 3600
_NOT_SENT = frozenset({Kind.NETWORK_UNREACHABLE, Kind.NOT_RECORDED, Kind.ABANDONED})
_UNTRUSTED = frozenset({Security.INSECURE, Security.BOGUS})

Records = frozenset[dns.rdata.Rdata]


class _Server(NamedTuple):
    """The signals of a zone at one of its name servers, those that could be looked up."""

    name: Name
    signals: tuple[Signal, ...]

    @property
    def has_any(self) -> bool:
        """Whether there is a signal."""
        return any(signal.records for signal in self.signals)

    @property
    def has_none(self) -> bool:
        """Whether it is known that there is no signal at all."""
        return [signal.records for signal in self.signals] == [frozenset() for _ in TYPES]

    @property
    def zone(self) -> Name:
        """The zone that has the signals, or would have them."""
        return self.signals[0].zone

    @property
    def instead(self) -> str:
        """What the records take the place of, in words: an alias leads to records that are not its own."""
        return "" if self.signals[0].alias is None else ", instead of the alias that is there"

    @property
    def steps(self) -> tuple[int, ...]:
        """The ids of the steps that show it."""
        return tuple(signal.ended.id for signal in self.signals)


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR)
def signal_incomplete(cut: Cut) -> Iterator[Observation]:
    """Some name servers have a signal for DNSSEC bootstrapping, others have none.

    What it is: the zone is signed and has no DS records yet. CDS and CDNSKEY records at the name
    `_dsboot.ZONE._signal.SERVER` confirm to the registry which ones to publish. Some of the zone's name
    servers have them, but at this one they do not exist, or its servers give no usable answer.

    Why it matters: a registry publishes the DS records by itself only if every name server outside the zone
    has the signal. As it is, the zone stays without a chain of trust, and its signatures protect nobody.

    How to fix it: publish the same CDS and CDNSKEY records at this name server's signal name too, in the
    zone that its name is in, or publish the DS records at the registrar by hand.

    References: RFC 9615 section 4.1; RFC 9615 section 4.2
    """
    servers = cut.once(_servers)
    having = [server for server in servers if server.has_any]
    shown = [step for each in having for step in each.steps]
    for server in (each for each in servers if having and each.has_none):
        yield _to_be_as_the_zone(
            cut,
            server,
            f"does not exist, but {listed(each.name for each in having)}"
            f" {'has' if len(having) == 1 else 'have'} one",
            (*server.steps, *shown),
            f"publish the CDS and CDNSKEY records of {zone_text(cut.zone)}",
        )
    for server in (each for each in servers if having):
        failed = [each for each in server.signals if _is_unanswered(each)]
        if failed:
            zone = zone_text(failed[0].ended.zone)
            yield Observation(
                f"{_signal_of(cut, server)} cannot be looked up: the servers of {zone} give no usable answer",
                (*(each.ended.id for each in failed), *shown),
                server=server.name,
                cure=f"make the servers of {zone} answer {listed(question_text(e.question) for e in failed)}",
                remedy=at_servers(*dict.fromkeys(a.server for e in failed for a in e.ended.attempts)),
            )


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR)
def signal_differs(cut: Cut) -> Iterator[Observation]:
    """The signal for DNSSEC bootstrapping differs from the zone's own CDS and CDNSKEY records.

    What it is: the zone is signed and has no DS records yet. The CDS or CDNSKEY records at the name
    `_dsboot.ZONE._signal.SERVER`, which confirm to the registry which ones to publish, are not the same
    as those of the zone itself.

    Why it matters: a registry compares them, and publishes no DS records if they differ. As it is, the zone
    stays without a chain of trust, and its signatures protect nobody.

    How to fix it: copy the CDS and CDNSKEY records of the zone to the signal name, after each change of
    keys. Remove signals of zones that have moved to other name servers.

    References: RFC 9615 section 4.1; RFC 9615 section 4.2
    """
    own = _own(cut)
    for server in (each for each in cut.once(_servers) if each.has_any):
        unlike = [each for each in server.signals if _differs(each, own)]
        if unlike:
            types = listed(each.question.rdtype.name for each in unlike)
            yield _to_be_as_the_zone(
                cut,
                server,
                f"has other {types} records than the zone itself",
                (*(each.ended.id for each in unlike), *steps_of(_own_replies(cut))),
                f"publish the CDS and CDNSKEY records of {zone_text(cut.zone)}, and no others,",
            )


@of_cut(Level.WARNING, Blame.SERVER_OPERATOR)
def signal_insecure(cut: Cut) -> Iterator[Observation]:
    """The signal for DNSSEC bootstrapping is in a zone that validators do not trust.

    What it is: the zone is signed and has no DS records yet. The CDS and CDNSKEY records at the name
    `_dsboot.ZONE._signal.SERVER`, which confirm to the registry which ones to publish, are not secure: no
    chain of trust leads to the zone that they are in, or their signatures are not valid.

    Why it matters: a registry may use only signals that it can validate, since anybody could forge others.
    As it is, the zone stays without a chain of trust, and its signatures protect nobody.

    How to fix it: sign the zone that the name server's name is in, and publish its DS records, or publish
    the DS records of this zone at the registrar by hand.

    References: RFC 9615 section 3.1; RFC 9615 section 4.2
    """
    for server in (each for each in cut.once(_servers) if each.has_any):
        shown = [each for each in (_untrusted(cut, signal) for signal in server.signals) if each is not None]
        if shown:
            security, reason, aside = shown[0]
            yield Observation(
                f"{_signal_of(cut, server)} is {security.value}{reason and f': {reason}'}",
                server.steps,
                server=server.name,
                cure=_to_be_trusted(server, security, aside),
                remedy=in_zone(server.zone),
            )


# --- what they look at -------------------------------------------------------------------------


def _servers(cut: Cut) -> tuple[_Server, ...]:
    """The name servers whose signals were looked up; empty unless the zone asks for its first DS records."""
    signing, asked_for = signing_of(cut), wanted(cut)
    if not asked_for or deletes(asked_for):
        return ()
    if not (cut.probed and signing.keys and signing.ds_known and not signing.ds and signing.below_anchor):
        return ()
    found = signals(cut.evidence.trace) if cut.anywhere(Probe.SIGNAL) else {}
    names = dict.fromkeys((*(server.name for server in cut.servers), *cut.child))
    asked = {name: [signal_question(cut.zone, name, rdtype) for rdtype in TYPES] for name in names}
    made = (
        _Server(name, tuple(found[each] for each in questions if each is not None and each in found))
        for name, questions in asked.items()
    )
    return tuple(server for server in made if server.signals)


def _signal_of(cut: Cut, server: _Server) -> str:
    return f"the signal of {plain(server.name)} for the DNSSEC bootstrapping of {zone_text(cut.zone)}"


def _is_unanswered(signal: Signal) -> bool:
    """Whether the servers asked for a signal gave no usable answer, and not for reasons of our own."""
    failed = signal.ended.outcome is Outcome.FAILED and not any(step.limited for step in signal.steps)
    kinds = {attempt.meaning.kind for attempt in signal.ended.attempts if not attempt.meaning.usable}
    return failed and bool(kinds - _NOT_SENT)


def _own_replies(cut: Cut) -> list[HeardReply]:
    return [reply for probe in _PROBES.values() for reply in cut.probe(probe)]


def _own(cut: Cut) -> dict[dns.rdatatype.RdataType, Records]:
    """The zone's own CDS and CDNSKEY records; without those in which its servers differ."""
    found: dict[dns.rdatatype.RdataType, Records] = {}
    for rdtype, probe in _PROBES.items():
        known = {
            frozenset(reply.rrset(cut.zone, rdtype) or ())
            for reply in cut.probe(probe)
            if reply.meaning.kind in (Kind.ANSWER, Kind.NODATA)
        }
        if len(known) == 1:
            found[rdtype] = next(iter(known))
    return found


def _differs(signal: Signal, own: dict[dns.rdatatype.RdataType, Records]) -> bool:
    rdtype, records = signal.question.rdtype, signal.records
    return rdtype in own and records is not None and records != own[rdtype]


def _to_be_as_the_zone(
    cut: Cut, server: _Server, says: str, steps: tuple[int, ...], cure: str
) -> Observation:
    """The observation that a signal (`says`) lacks the zone's own records. `cure` leaves out where."""
    records = _to_publish(cut, server)
    return Observation(
        f"{_signal_of(cut, server)} {says}",
        steps,
        server=server.name,
        cure=f"{cure} at the signal name of {plain(server.name)}{server.instead}",
        records=records,
        remedy=in_zone(server.zone, change=records) if server.has_any else in_zone(server.zone, add=records),
    )


def _to_publish(cut: Cut, server: _Server) -> tuple[str, ...]:
    """The zone's own records at the signal name, in master-file format; none where there is an alias."""
    if server.instead:
        return ()
    return tuple(
        f"{server.signals[0].question.name} {_TTL} IN {rdtype.name} {text}"
        for rdtype, records in _own(cut).items()
        for text in sorted(map(str, records))
    )


def _to_be_trusted(server: _Server, security: Security, aside: bool) -> str:
    """What makes validators trust a signal; `aside` if only what an alias leads to is not trusted."""
    if aside:
        return f"publish the records themselves at the signal name of {plain(server.name)}{server.instead}"
    if security is Security.BOGUS:
        return "sign the records of the signal again"
    return f"sign {zone_text(server.zone)}, and have its DS records published"


def _untrusted(cut: Cut, signal: Signal) -> tuple[Security, str, bool] | None:
    """Why a signal that exists cannot be trusted, and whether only what an alias leads to cannot.

    None if it can be trusted, or if that is not known.
    """
    judgement = cut.evidence.trace.judgement
    for step in signal.steps if signal.records and judgement is not None else ():
        shown = judgement.steps.get(step.id) if judgement is not None else None
        conclusive = step.outcome in (Outcome.ANSWER, Outcome.ALIAS)
        if shown is not None and conclusive and shown.security in _UNTRUSTED:
            return shown.security, shown.reason, signal.alias not in (None, step)
    return None
