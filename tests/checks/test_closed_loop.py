"""The loop is closed: a world, what is found in it, the remedy applied to the world, and it is gone.

Each remedy is applied by itself, as whoever it is for would do it (tests/lab/mended.py). Afterwards its
finding is gone, and there is no error that was not there before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dnstrace.lab.world import load, names
from dnstrace.model import Name, Trace
from dnstrace.model.findings import Finding
from tests.checks.checking import checked, checked_by_name, made_of
from tests.lab.mended import applied

_SHARES = 16
DECLARED = [name for name in names() if load(name).expect.findings]
"""The worlds in which something is found; one whose findings are left open has nothing to compare with."""

TO_CHOOSE = {
    "address-cycle": {"cyclic-dependency"},
    "alias-loop": {"alias-loop"},
    "alias-loop-across": {"alias-loop"},
    "alias-chain-given-up": {"alias-chain-long"},
    "alias-chain-long": {"alias-chain-long"},
    "dname-and-cname": {"alias-beside-data"},
    "endless-aliases": {"alias-chain-long"},
    "endless-dname": {"dname-too-long"},
    "hosts-mixed": {"answers-differ", "hosts-mixed"},
    "ipv6-only": {"no-ipv4"},
    "loopback-glue": {"ns-address-special", "one-network"},
    "mx-address": {"target-is-address"},
    "mx-alias": {"target-alias"},
    "mx-missing": {"target-missing"},
    "mx-null-and-others": {"null-target-beside-others"},
    "missing-glue": {"glue-missing"},
    "missing-glue-below": {"glue-missing"},
    "missing-glue-many": {"glue-missing"},
    "ns-names": {"ns-address-special", "ns-name-alias", "ns-name-in-invalid-syntax", "unreachable"},
    "moved-with-old-ns": {"answers-differ", "ns-differs", "soa-differs"},
    "nxns": {"ns-name-unresolvable", "referral-too-large"},
    "one-network": {"one-network"},
    "record-malformed": {"record-malformed"},
    "reverse-handed-over": {"alias-dangling"},
    "soa-fields": {"soa-mname"},
    "soa-several-primaries": {"soa-differs"},
    "all-silent-shared": {"ns-name-unresolvable"},
    "dnssec-algorithm-unassigned": {"algorithm-unsupported"},
    "dnssec-bootstrap-insecure": {"signal-insecure"},
    "dnssec-ds-undelegated": {"ds-without-delegation"},
    "dnssec-cut-at-alias": {"alias-beside-data", "chain-broken"},
    "two-types-and-alias": {"alias-beside-data"},
    "wildcard-hidden": {"wildcard-hidden"},
}
"""What only the operator knows: where an alias should lead, which server or address is right."""

ADDED = {"too-few-servers", "same-address"}
"""Another server or address has to be found first, in whatever world."""

BY_SIGNER = {
    "algorithm-not-recommended",
    "cds-alone",
    "denial-mixed",
    "key-malformed",
    "nsec3-unknown",
    "nsec3param-multiple",
    "signature-algorithm-missing",
}
"""The signing software has to change, which the lab does not have: its worlds have these records as text."""

OUTSIDE = {"hints-outdated", "intercepted", "packet-loss", "unexplained", "domain-not-delegated"}
"""Not of the zones of a world: of this machine, the network or a registry, or of nobody knows what."""

BY_SERVERS = {
    "cname-and-data": {"alias-beside-data"},
    "cname-and-text": {"alias-beside-data"},
    "cname-twice": {"alias-beside-data"},
    "glue": {"glue-superfluous"},
    "glue-on-request": {"glue-missing"},
    "dnssec-strips-all": {"edns-version"},
    "ns-missing": {"ns-missing"},
    "soa-clock": {"soa-differs"},
}
"""Records that a misbehaving server of the lab puts in or leaves out, whatever is in its zone."""


def what(finding: Finding) -> tuple[str, Name | None, Name | None]:
    return finding.code, finding.zone, finding.server


def errors(trace: Trace) -> set[tuple[str, Name | None, Name | None]]:
    return {what(finding) for finding in trace.findings or () if finding.is_error}


def is_left_out(name: str, code: str) -> bool:
    here = TO_CHOOSE.get(name, set()) | BY_SERVERS.get(name, set())
    return code in here | ADDED | BY_SIGNER | OUTSIDE or code.startswith("resolver-")


def wrong_after(name: str) -> Iterator[str]:
    """What is wrong after the remedy of each finding in a world."""
    before = checked_by_name(name)
    for finding in before.findings or ():
        if is_left_out(name, finding.code):
            continue
        assert finding.remedy is not None, f"{name}: {finding.code} has no remedy"
        after = checked(applied(load(name), finding, finding.remedy))
        if what(finding) in map(what, after.findings or ()):
            yield f"{name}: {finding.code} is still there after: {finding.cure}"
        if new := errors(after) - errors(before):
            yield f"{name}: {sorted(map(str, new))} is new after: {finding.cure}"


@pytest.mark.seeds(_SHARES)
def test_after_the_remedy_the_finding_is_gone_and_no_error_is_new(seed: int) -> None:
    """A share of the worlds in every run, all of them with `--all`."""
    assert [wrong for name in DECLARED[seed::_SHARES] for wrong in wrong_after(name)] == []


def test_what_is_left_out_is_found_in_its_world() -> None:
    for left_out in (TO_CHOOSE, BY_SERVERS):
        for name, codes in left_out.items():
            assert codes <= {code.split()[0] for code in load(name).expect.findings or ()}, name


@pytest.mark.parametrize("name", TO_CHOOSE)
def test_where_the_operator_has_to_choose_no_record_is_given(name: str) -> None:
    for finding in checked_by_name(name).findings or ():
        if finding.code in TO_CHOOSE[name]:
            remedy = finding.remedy
            assert remedy is not None and not (remedy.add or remedy.change or remedy.remove), finding.code


def test_ns_records_that_a_zone_lacks_are_those_to_add() -> None:
    """The servers of the world of this rule leave them out; here they are not in the zone."""
    soa = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n"
    hosts = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    zone = {
        "text": f"{soa}{hosts}www 300 A 192.0.2.44\n",
        "servers": ["ns1.example.com.", "ns2.example.com."],
    }
    world = made_of("in-domain", zones={"example.com.": zone})
    (finding,) = checked(world).findings or ()
    assert finding.code == "ns-missing" and finding.remedy is not None
    assert checked(applied(world, finding, finding.remedy)).findings == ()
