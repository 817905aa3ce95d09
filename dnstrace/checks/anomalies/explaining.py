"""Which findings explain which anomalies: one table, by code.

Codes of rules that need not exist yet are in it too: they claim from the day on which they are entered.
"""

from __future__ import annotations

import dns.rdatatype

from dnstrace.checks.readings.alias_links import fails_for_aliases
from dnstrace.checks.readings.anomaly import Anomaly, Sort
from dnstrace.checks.readings.replies import HeardReply, before_silence
from dnstrace.model import Kind, Probe, Purpose, Transport

Codes = frozenset[str]


_BESIDE_THE_WALK = frozenset({Purpose.PROBE, Purpose.DNSKEY, Purpose.DS})
_OF_CHAIN = frozenset({dns.rdatatype.DS, dns.rdatatype.DNSKEY})


def _codes(*texts: str) -> Codes:
    return frozenset(code for text in texts for code in text.split())


_SOME_TYPES = "type-fails ns-missing case-sensitive unreliable"
_ON_THE_WAY = "hints-outdated intercepted possibly-intercepted wrong-reply"
_SILENT = _codes(
    "unreachable no-udp no-tcp drops-edns drops-large-udp edns-option edns-version ns-address-special",
    _SOME_TYPES, _ON_THE_WAY,
)  # fmt: skip
_ERROR = _codes("fails refuses no-edns edns-option edns-version", _SOME_TYPES, _ON_THE_WAY)
_NOT_SERVED = _codes(
    "lame-server upward-referral soa-missing alias-beside-data alias-at-apex foreign-soa",
    "negative-without-soa referral-with-soa answers-below-cut record-malformed ns-missing ds-from-child",
    "not-authoritative", _SOME_TYPES, _ON_THE_WAY,
)  # fmt: skip
_WHOLE = _codes(
    "lame-server upward-referral refuses fails unreachable malformed-reply wrong-reply truncated-over-tcp"
)
"""What is true of a server whatever it is asked: it explains how the server takes probes, too."""
_OF_PROBE: dict[Probe | None, Codes] = {
    Probe.EDNS_VERSION: _codes("edns-version no-edns"),
    Probe.EDNS_OPTION: _codes("edns-option no-edns"),
    Probe.ELSEWHERE: _codes("parent-servers-differ"),
}
"""What explains how a server takes an odd version or option of EDNS, or a query though only some list it."""
_TRUNCATED = _codes("no-tcp truncated-over-tcp referral-too-large drops-large-udp", _SOME_TYPES)

UNUSABLE: dict[Kind, Codes] = {
    Kind.TIMEOUT: _SILENT,
    Kind.PORT_UNREACHABLE: _SILENT,
    Kind.HOST_UNREACHABLE: _SILENT,
    Kind.CONNECTION_LOST: _SILENT,
    Kind.REFUSED: _ERROR,
    Kind.SERVER_FAILURE: _ERROR,
    Kind.NOT_IMPLEMENTED: _ERROR,
    Kind.FORMAT_ERROR: _ERROR,
    Kind.BAD_VERSION: _ERROR,
    Kind.BAD_COOKIE: _ERROR,
    Kind.OTHER_RCODE: _ERROR,
    Kind.LAME: _NOT_SERVED,
    Kind.UPWARD_REFERRAL: _NOT_SERVED,
    Kind.SIDEWAYS_REFERRAL: _NOT_SERVED,
    Kind.SELF_REFERRAL: _NOT_SERVED,
    Kind.EMPTY: _NOT_SERVED,
    Kind.OTHER_NAME: _NOT_SERVED,
    Kind.OTHER_TYPE: _NOT_SERVED,
    Kind.WRONG_CLASS: _NOT_SERVED,
    Kind.TRUNCATED: _TRUNCATED,
    Kind.TRUNCATED_OVER_TCP: _TRUNCATED,
    Kind.MALFORMED: _codes("malformed-reply record-malformed", _SOME_TYPES, _ON_THE_WAY),
    Kind.MISMATCH: _codes("wrong-reply case-not-kept", _SOME_TYPES, _ON_THE_WAY),
}
"""What explains that nothing could be used, by what came in its place."""

_TOO_MANY_ALIASES = _codes("alias-chain-long alias-loop")
_ALIASES = "alias-beside-data alias-at-apex alias-loop dname-too-long"
_COPIES = (
    "hosts-mixed zone-left-over answers-differ soa-differs soa-multiple parent-servers-differ"
    " answers-below-cut machines-differ"
)
_EXISTS = "nxdomain-beside-data ent-nxdomain denial-contradicts-data ns-missing soa-missing case-sensitive"

DIFFERENT: dict[Sort, Codes] = {
    Sort.ANOTHER_WAY: _codes("no-edns drops-edns drops-large-udp no-tcp fails type-fails unreliable"),
    Sort.CUT: _codes(
        _COPIES, _EXISTS, "cut-denied referral-with-soa not-authoritative foreign-soa hints-outdated"
    ),
    Sort.EXISTENCE: _codes(
        _COPIES, _EXISTS, "cds-inconsistent cds-alone denial-mixed dnskey-differs type-fails wildcard-hidden",
        "glue-differs ns-name-unresolvable cut-denied not-authoritative referral-with-soa foreign-soa",
        _ALIASES,
    ),
    Sort.NAME_SERVERS: _codes("parent-servers-differ hints-outdated"),
    Sort.DELEGATED_KEYS: _codes("parent-servers-differ no-edns hints-outdated"),
    Sort.GLUE: _codes("parent-servers-differ glue-differs hints-outdated"),
    Sort.DATA: _codes(
        _COPIES, "ns-differs-between-servers dnskey-differs cds-inconsistent cds-alone denial-mixed",
        "glue-differs not-authoritative", _ALIASES,
    ),
    Sort.TTL: _codes(_COPIES, "ns-differs-between-servers dnskey-differs signature-bad not-authoritative"),
    Sort.AUTHORITY: _codes(
        _COPIES, "not-authoritative lame-server referral-with-soa possibly-intercepted hints-outdated"
    ),
    Sort.SIGNATURES: _codes(
        "signature-missing dnskey-differs soa-differs answers-differ no-edns drops-edns dnskey-without-ds",
        "packet-loss",
    ),
    Sort.NEGATIVE: _codes(
        "negative-without-soa foreign-soa ds-from-child not-authoritative", _COPIES, _EXISTS
    ),
    Sort.PROBE: _codes(
        "edns-option no-tcp case-not-kept case-sensitive truncated-over-tcp", _COPIES, _ALIASES
    ),
    Sort.NAME: _codes(_COPIES, _EXISTS, "answers-below-cut cut-denied no-tcp edns-option foreign-soa"),
    Sort.LOOKUP: _codes(
        "ns-name-unresolvable ns-name-alias ns-name-is-address glue-missing glue-only-in-parent glue-differs",
        "cyclic-dependency referral-endless ns-address-special alias-loop alias-dangling no-ipv4",
        "fails refuses unreachable lame-server upward-referral no-udp wrong-reply malformed-reply",
        "parent-servers-differ no-tcp truncated-over-tcp drops-large-udp no-edns drops-edns",
    ),
}  # fmt: skip
"""What explains anything else."""

_LISTS = frozenset({"ns-differs-between-servers"})
_OF_REPLIES = frozenset({Sort.CUT, Sort.EXISTENCE, Sort.DATA, Sort.TTL, Sort.AUTHORITY, Sort.NEGATIVE})
"""What a server that does not serve the zone explains, if it is the one that differs."""
_EVERY_DIFFERENCE = frozenset(code for codes in DIFFERENT.values() for code in codes)


def explaining(anomaly: Anomaly) -> Codes:
    """The codes of the findings that explain an anomaly of this sort."""
    if anomaly.sort is Sort.UNUSABLE and anomaly.replies:
        codes = _of_failure(anomaly.replies[0])
        if anomaly.replies[0].step.purpose in _BESIDE_THE_WALK or anomaly.replies[0].message is None:
            codes |= _WHOLE | _OF_PROBE.get(anomaly.replies[0].step.probe, frozenset())
        codes |= _of_transport(anomaly)
        return codes | {"chain-broken"} if anomaly.question.rdtype in _OF_CHAIN else codes
    if anomaly.sort is Sort.PATHS:
        failures = (reply for reply in anomaly.replies if not reply.meaning.usable)
        codes = frozenset().union(*(_of_failure(r) | _of_silence(r) for r in failures))
        return codes | _of_transport(anomaly) if codes else _EVERY_DIFFERENCE
    codes = DIFFERENT[anomaly.sort] | (_WHOLE if anomaly.sort in _OF_REPLIES else frozenset())
    return codes | _LISTS if _is_of_server(anomaly) else codes


def _of_failure(reply: HeardReply) -> Codes:
    """What explains that a reply could not be used, or that there was none."""
    kinds = {reply.meaning.kind, before_silence(reply).meaning.kind}
    codes = frozenset[str]().union(*(UNUSABLE.get(kind, frozenset()) for kind in kinds))
    return codes | _TOO_MANY_ALIASES if fails_for_aliases(reply) else codes


def _of_silence(reply: HeardReply) -> Codes:
    """What a server does that is silent to one question alone, and explains that silence."""
    return _WHOLE if reply.message is None else frozenset()


def _is_of_server(anomaly: Anomaly) -> bool:
    """Whether an anomaly is about the name of a name server, which only some copies of the zone may have."""
    return any(reply.step.probe is Probe.ADDRESS for reply in anomaly.replies)


def _of_transport(anomaly: Anomaly) -> Codes:
    """What explains an error that came over TCP."""
    queries = (reply.attempt.exchange.query for reply in anomaly.replies)
    return frozenset({"no-tcp"} if any(query.transport is Transport.TCP for query in queries) else ())
