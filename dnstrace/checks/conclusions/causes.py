"""Which findings are there because of others: the table behind `explains`, and behind the verdict.

A row says that findings with some codes cause findings with others, where a relation holds between the two,
such as that both are about one server. A verdict names the first cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.conclusions.relations import (
    at_the_end,
    below_apex,
    left_behind,
    moved,
    of_absent,
    of_added_name,
    of_delegation,
    of_former_chain,
    of_former_list,
    of_glue_above,
    of_handed_over,
    of_its_names,
    of_left_over,
    of_mistyped,
    of_odd_copies,
    of_one_fix,
    of_one_host,
    of_outdated_glue,
    of_removed_cut,
    of_resolver,
    of_server,
    of_unasked,
    of_unsound,
    of_versions,
    of_zone,
    unserved,
    where_it_ends,
    without_keys,
)
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed
from dnstrace.model.findings import Finding
from dnstrace.model.structs import replace

_LAST_RESORT, _LEFT_OVER = "chain-broken", "parent-servers-differ"
_DEAD = "unreachable no-udp lame-server refuses fails upward-referral wrong-reply malformed-reply"
_SAME_FIX = {
    "glue-differs": _DEAD,
    "ns-differs": "answers-differ dnskey-differs ds-without-dnskey",
    _LEFT_OVER: "answers-differ cut-denied denial-contradicts-data",
    "cut-denied": "nxdomain-beside-data ent-nxdomain signature-missing denial-broken chain-broken",
    "ns-name-unresolvable": "glue-missing",
    "hosts-mixed": "answers-differ dnskey-differs",
    "zone-left-over": "answers-differ dnskey-differs ds-without-dnskey signature-missing chain-broken",
    "signature-missing": "type-fails",
    "soa-differs": "alias-chain-long",
    "alias-at-apex": "answers-differ",
    "alias-beside-data": "signature-missing answers-differ",
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
        each
        for each in Causes(evidence, found).of(effect)
        if effect.code in _SAME_FIX.get(each.code, "").split() or _is_for_others(evidence, each, effect)
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


def _is_for_others(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Whether nobody has to change what an effect is about, though its code alone would not tell.

    A server goes with the old version of the zone that alone lists it. An alias that hands an address over
    stays for the user of the network, who has to have that zone served.
    """
    if cause.code == "soa-differs":
        return of_former_list(evidence, cause, effect)
    return effect.code == "alias-dangling" and of_handed_over(evidence, cause, effect)


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


# --- the table ----------------------------------------------------------------------------------

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
    Row("glue-differs", of_glue_above, _AT_SERVER),
    Row("hosts-mixed", of_zone, "answers-differ dnskey-differs glue-differs nxdomain-beside-data"),
    Row("hosts-mixed", of_one_host, "alias-at-apex alias-beside-data"),
    Row("machines-differ", of_zone, _SAME_FIX["machines-differ"]),
    Row("zone-left-over", of_zone, _SAME_FIX["zone-left-over"]),
    Row("ns-differs", left_behind, f"{_AT_SERVER} ns-name-unresolvable ns-name-alias soa-differs"),
    Row("ns-differs", moved, "dnskey-differs ds-without-dnskey signature-missing chain-broken"),
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
    Row("soa-differs", of_former_chain, _SAME_FIX["soa-differs"]),
    Row("soa-differs", of_former_list, f"{_AT_SERVER} ns-name-unresolvable ns-name-alias"),
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
    Row("alias-at-apex alias-beside-data", of_odd_copies, "answers-differ"),
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
