"""Which findings are there because of others: the table behind `explains`, and behind the verdict.

A row says that findings with some codes cause findings with others, where a relation holds between the two,
such as that both are about one server. A verdict names the first cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dnstrace.analysis.reached import zone_reached
from dnstrace.analysis.resolvers import compared
from dnstrace.checks.advice.listing import lacking_dot
from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.versions import validating
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.hosts import host_of, literal, named
from dnstrace.checks.readings.phrases import listed
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Outcome
from dnstrace.model.compared import Disagreement
from dnstrace.model.findings import Finding, Remedy
from dnstrace.model.structs import replace

_LAST_RESORT, _LEFT_OVER = "chain-broken", "parent-servers-differ"
_SAME_FIX = {
    _LEFT_OVER: "answers-differ cut-denied denial-contradicts-data",
    "cut-denied": "nxdomain-beside-data ent-nxdomain signature-missing denial-broken chain-broken",
    "ns-name-unresolvable": "glue-missing",
    "hosts-mixed": "answers-differ dnskey-differs",
    "zone-left-over": "answers-differ dnskey-differs ds-without-dnskey signature-missing chain-broken",
    "signature-missing": "type-fails",
    "alias-beside-data": "signature-missing",
    "machines-differ": "answers-differ nxdomain-beside-data ent-nxdomain denial-contradicts-data type-fails",
}
"""Findings that on their own would recommend something of no use, by what explains them."""

Relation = Callable[[Evidence, Finding, Finding], bool]


class Row(NamedTuple):
    """Findings with the codes of `causes` explain those with the codes of `effects` if `relation` holds."""

    causes: str
    relation: Relation
    effects: str


def explained(evidence: Evidence, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the codes of those that are there because of it."""
    found = [_with_fix_of_cause(evidence, found, each) for each in found]
    causes = Causes(evidence, found)
    effects: dict[int, dict[str, None]] = {}
    for effect in found:
        for cause in causes.of(effect):
            effects.setdefault(id(cause), {})[effect.code] = None
    return tuple(
        replace(each, explains=tuple(effects[id(each)])) if id(each) in effects else each for each in found
    )


def _with_fix_of_cause(evidence: Evidence, found: Sequence[Finding], effect: Finding) -> Finding:
    """A finding of the last resort with the fix of what explains it: on its own it can only guess."""
    same = (
        each for each in Causes(evidence, found).of(effect) if effect.code in _SAME_FIX.get(each.code, "")
    )
    if (first := next(same, None)) is not None:
        taken = replace(effect, blame=first.blame, operator=first.operator, records=first.records)
        return replace(taken, cure=first.cure, remedy=first.remedy)
    if effect.code != _LAST_RESORT or (effect.remedy is not None and effect.remedy.servers):
        return effect
    causes = [each for each in Causes(evidence, found).of(effect) if each.remedy is not None]
    alike = [each for each in causes if each.code == causes[0].code]
    if not alike:
        return effect
    cause, servers = alike[0], [each.server for each in alike if each.server is not None]
    taken = replace(effect, blame=cause.blame, operator=cause.operator)
    if len(servers) < 2:
        return replace(taken, cure=cause.cure, records=cause.records, remedy=cause.remedy)
    cure = f"first do what {cause.code} recommends for {listed(servers)}"
    return replace(taken, cure=cure, records=(), remedy=at_servers(*servers))


class Causes:
    """Which of some findings explain others."""

    def __init__(self, evidence: Evidence, found: Sequence[Finding]) -> None:
        self.evidence = evidence
        self._by_code: dict[str, list[Finding]] = {}
        for finding in found:
            self._by_code.setdefault(finding.code, []).append(finding)

    def of(self, effect: Finding) -> Iterator[Finding]:
        """The findings that explain one, the first cause first."""
        for row in _ROWS_OF.get(effect.code, ()):
            for cause in (each for code in row.causes.split() for each in self._by_code.get(code, ())):
                if cause is not effect and row.relation(self.evidence, cause, effect):
                    yield cause

    def first(self, effect: Finding) -> Finding:
        """What explains a finding: the finding itself if none does."""
        return next(self.of(effect), effect)

    def first_error(self, effect: Finding) -> Finding:
        """The error from which a finding follows; what one server does is followed no further."""
        seen = [effect]
        while (cause := self._error_behind(seen[-1])) is not None and cause not in seen:
            seen.append(cause)
        return seen[-1]

    def _error_behind(self, effect: Finding) -> Finding | None:
        causes = (cause for cause in self.of(effect) if cause.is_error)
        if effect.code in _AT_SERVER.split():
            causes = (cause for cause in causes if cause.code == _LEFT_OVER)
        return next(causes, None)

    def alike(self, main: Finding) -> list[Finding]:
        """The same findings about other servers of the zone, with a cause of the same kind."""
        cause = self.first(main).code
        return [
            other
            for other in self._by_code.get(main.code, ())
            if other is not main and other.zone == main.zone and self.first(other).code == cause
        ]


# --- how two findings are related ---------------------------------------------------------------


def of_server(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same server of the same zone."""
    return cause.server is not None and (cause.zone, cause.server) == (effect.zone, effect.server)


def of_zone(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and not about two different servers."""
    return (
        cause.zone is not None
        and cause.zone == effect.zone
        and (None in (cause.server, effect.server) or cause.server == effect.server)
    )


def of_added_name(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Data that was added to a signed zone, at whose name BIND cannot deny the types that are not there."""
    steps = evidence.trace.steps
    failing = {steps[number - 1].question.name for number in effect.steps} - {cause.zone}
    unsigned = {steps[number - 1].question.name for number in cause.steps}
    return of_zone(evidence, cause, effect) and bool(failing) and failing <= unsigned


def of_its_names(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and the effect about no other names than the cause."""
    names = [{evidence.trace.steps[number - 1].question.name for number in f.steps} for f in (cause, effect)]
    return of_zone(evidence, cause, effect) and names[1] <= names[0]


def below_apex(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and the effect is about no data of its apex."""
    names = {evidence.trace.steps[number - 1].question.name for number in effect.steps}
    return of_zone(evidence, cause, effect) and effect.zone not in names


def of_delegation(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The effect is about the parent of the cause's zone, and the same replies show both."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cut is not None and cut.parent == effect.zone and not {*cause.steps}.isdisjoint(effect.steps)


def of_outdated_glue(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """All glue for the server is out of date, so that another machine is asked."""
    return cause.is_error and of_server(evidence, cause, effect)


def left_behind(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The zone itself no longer lists the server, as far as it was asked."""
    if cause.zone is None or effect.server is None or cause.zone != effect.zone:
        return False
    cut = evidence.cut(cause.zone)
    return cut is not None and bool(cut.child) and effect.server not in cut.child


def of_absent(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The server's name has no address in its own zone either: there is none to give as glue."""
    cut = None if effect.zone is None else evidence.cut(effect.zone)
    if cut is None or effect.server is None or not of_zone(evidence, cause, effect):
        return False
    return host_of(cut, effect.server).absent


def of_unasked(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and for want of the cause's glue nobody could ask for the address."""
    return of_zone(evidence, cause, effect) and not of_absent(evidence, effect, cause)


def of_mistyped(evidence: Evidence, _: Finding, effect: Finding) -> bool:
    """The name of the server, or those of all servers of the zone, lack the final dot, or are addresses."""
    cut = None if effect.zone is None else evidence.cut(effect.zone)
    names = () if cut is None else named(cut) if effect.server is None else [effect.server]
    return (
        cut is not None
        and bool(names)
        and all(lacking_dot(cut, name) or literal(cut, name) for name in names)
    )


def of_one_fix(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """One and the same change to the data of the zone or its parent fixes both."""
    return cause.zone == effect.zone and cause.remedy is not None and cause.remedy == effect.remedy


def of_unsound(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """No copy of the zone validates, not even with the keys that DS records name: signing comes first."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    return cut is not None and cause.is_error and bool(signing_of(cut).entries) and not validating(cut)


def of_versions(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Once it is known which servers have the current version of the zone, they alone are listed."""
    zone = cause.zone
    return zone is not None and zone == effect.zone and cause.remedy == Remedy(cause.blame, zone)


def without_keys(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and no server of it was heard to give its keys."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cause.is_error and of_zone(evidence, cause, effect) and not (cut and signing_of(cut).key_replies)


def unserved(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and none of its servers gives a usable answer."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cause.is_error and of_zone(evidence, cause, effect) and not (cut and cut.serving)


def of_left_over(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """No server of the zone serves it, and those that refer to it are behind, or no more than others."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    if cut is None or cause.remedy is None or not cause.is_error or cause.zone != effect.zone or cut.serving:
        return False
    referring, blamed = {reply.server for reply in cut.referrals}, set(cause.remedy.servers)
    return bool(blamed & referring) and len(referring) <= len(blamed - referring or referring)


def of_removed_cut(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """All servers that refer to the zone are behind: the current version of its parent has no such zone."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    if cut is None or cause.remedy is None or not cause.is_error or cause.zone != effect.zone:
        return False
    return {reply.server for reply in cut.referrals} == {*cause.remedy.servers}


def at_the_end(evidence: Evidence, cause: Finding, _: Finding) -> bool:
    """The cause is an error in the zone where the trace failed."""
    trace = evidence.trace
    return cause.is_error and trace.outcome is Outcome.FAILED and cause.zone == zone_reached(trace)


def where_it_ends(evidence: Evidence, cause: Finding, _: Finding) -> bool:
    """The cause is an error in the zone that the trace reached last."""
    return cause.is_error and cause.zone == zone_reached(evidence.trace)


def of_resolver(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The cause is an error, and the resolver does not refuse by itself: that is its own policy."""
    refusing = {each.step.id for each in compared(evidence.trace) if each.difference is Disagreement.REFUSES}
    return cause.is_error and refusing.isdisjoint(effect.steps)


# --- the table ----------------------------------------------------------------------------------

_DEAD = "unreachable no-udp lame-server refuses fails upward-referral wrong-reply malformed-reply"
_AT_SERVER = f"{_DEAD} not-authoritative"
_MADE_UP = "open-recursion soa-missing answers-differ chain-broken"
_NO_ROOM = "no-tcp truncated-over-tcp drops-large-udp"
_NO_EDNS = "no-edns drops-edns"
_UNTRUSTED = (
    "ds-without-dnskey ds-digest-wrong dnskey-differs signature-missing signature-bad signature-expired"
    " signature-not-yet-valid denial-broken chain-broken"
)
_BADLY_SIGNED = "signature-missing signature-bad signature-expired signature-not-yet-valid denial-broken"
_LIKE_RESOLVER = (
    f"{_AT_SERVER} open-recursion soa-missing answers-differ signature-missing denial-broken chain-broken"
    " dnskey-differs"
)
_UNFOUND = "glue-missing ns-name-unresolvable cyclic-dependency referral-endless"

UNUSABLE = frozenset(f"{_DEAD} {_UNFOUND}".split())
"""What makes a name server useless for a zone."""

TABLE = (
    Row("possibly-intercepted", of_zone, _LIKE_RESOLVER),
    Row("glue-differs", of_outdated_glue, f"{_AT_SERVER} soa-missing soa-differs answers-differ"),
    Row("hosts-mixed", of_zone, "answers-differ dnskey-differs glue-differs nxdomain-beside-data"),
    Row("machines-differ", of_zone, _SAME_FIX["machines-differ"]),
    Row("zone-left-over", of_zone, _SAME_FIX["zone-left-over"]),
    Row("ns-differs", left_behind, f"{_AT_SERVER} ns-name-unresolvable ns-name-alias soa-differs"),
    Row("ns-differs", of_one_fix, "soa-differs"),
    Row("ns-differs", of_versions, "answers-differ"),
    Row("parent-servers-differ", of_zone, "ns-differs glue-differs"),
    Row(_LEFT_OVER, of_delegation, _SAME_FIX[_LEFT_OVER]),
    Row(_LEFT_OVER, of_left_over, f"{_DEAD} {_UNFOUND}"),
    Row(_LEFT_OVER, of_removed_cut, "ds-without-dnskey ds-digest-wrong signature-missing chain-broken"),
    Row(f"{_NO_ROOM} type-fails", without_keys, "chain-broken"),
    Row("type-fails", of_server, "answers-differ soa-missing"),
    Row(_NO_EDNS, of_zone, "signature-missing denial-broken chain-broken"),
    Row(_DEAD, unserved, "signature-missing denial-broken chain-broken"),
    Row(_DEAD, without_keys, "chain-broken"),
    Row("ns-address-special", unserved, "no-ipv4"),
    Row("soa-differs", of_server, "dnskey-differs signature-expired signature-missing ns-name-unresolvable"),
    Row(_BADLY_SIGNED, of_unsound, "dnskey-differs"),
    Row("soa-differs", of_zone, "answers-differ ns-differs-between-servers cds-inconsistent"),
    Row("ns-name-unresolvable", of_absent, "glue-missing"),
    Row(
        "ns-name-unresolvable ns-name-is-address",
        of_mistyped,
        f"{_DEAD} same-address too-few-servers one-network",
    ),
    Row("glue-missing", of_unasked, "cyclic-dependency ns-name-unresolvable"),
    Row("ds-digest-wrong", of_zone, "ds-without-dnskey chain-broken"),
    Row("ds-without-dnskey ds-digest-wrong", of_zone, "signature-missing denial-broken cds-differs"),
    Row("key-malformed keys-not-signed", of_zone, "chain-broken"),
    Row("ds-from-child", of_zone, "signature-missing denial-broken chain-broken answers-differ"),
    Row("signature-missing", of_zone, "denial-broken"),
    Row("signature-missing", of_added_name, "type-fails"),
    Row("cds-unusable", of_zone, "cds-differs"),
    Row("alias-at-apex alias-beside-data", of_zone, "soa-missing"),
    Row("alias-beside-data cut-denied", of_zone, "chain-broken"),
    Row("cut-denied", below_apex, "nxdomain-beside-data ent-nxdomain signature-missing denial-broken"),
    Row("alias-beside-data", of_its_names, "signature-missing"),
    Row("answers-below-cut nxdomain-beside-data", of_zone, "answers-differ"),
    Row("answers-differ", of_zone, "denial-contradicts-data"),
    Row(f"{_DEAD} {_UNFOUND}", at_the_end, "alias-dangling"),
    Row("foreign-soa", where_it_ends, "alias-dangling"),
    Row("foreign-soa", of_server, "soa-missing negative-without-soa"),
    Row(f"{_DEAD} {_UNFOUND} {_UNTRUSTED}", of_resolver, "resolver-fails"),
)
"""The causes, in the order in which they are looked for: those farther up come first."""

_ROWS_OF = {
    code: tuple(row for row in TABLE if code in row.effects.split())
    for code in dict.fromkeys(code for row in TABLE for code in row.effects.split())
}
