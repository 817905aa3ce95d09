"""What to do about DS records without a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.rdatatype
import dns.rrset
import pytest

from dnstrace.cli.line.supposing import undelegated
from dnstrace.lab.breaking import BREAKS
from dnstrace.lab.plan import Spoil
from dnstrace.model.findings import Blame
from dnstrace.model.structs import replace
from tests.checks.checking import checked, made_of
from tests.checks.copies import copied
from tests.replies import name

RRset = dns.rrset.RRset


def _changed(rrset: RRset, change: Callable[[Any], list[Any]]) -> RRset | None:
    if rrset.rdtype != dns.rdatatype.DNSKEY:
        return rrset
    records = [made for rdata in rrset for made in change(rdata)]
    return dns.rrset.from_rdata_list(rrset.name, rrset.ttl, records) if records else None


def _without_key(rrset: RRset) -> RRset | None:
    return _changed(rrset, lambda key: [] if key.flags & 1 else [key])


def _with_other_key(rrset: RRset) -> RRset | None:
    return _changed(rrset, lambda key: [key.replace(flags=key.flags & 1)] if key.flags & 1 else [key])


def _without_keys(rrset: RRset) -> RRset | None:
    return None if dns.rdatatype.DNSKEY in (rrset.rdtype, rrset.covers) else rrset


SOA_NS = "@ 900 SOA ns1.new.net. hostmaster 1 7200 900 1209600 300\n@ NS ns1.new.net.\n"


@pytest.mark.parametrize(("sign", "fix"), [(None, "remove the DS records"), (15, "add these DS records")])
def test_before_a_zone_moves_its_ds_records_change_first(sign: int | None, fix: str) -> None:
    """The new servers, which are only supposed, do not sign or have keys of their own."""
    new = {"servers": ["ns1.new.net."], "text": SOA_NS + "www 300 A 192.0.2.45\n"}
    world = made_of(
        "_signed",
        servers={"ns1.new.net.": {"addresses": ["203.0.113.99"]}},
        zones={
            "example.com. new": new if sign is None else {**new, "sign": {"algorithm": sign}},
            "net.": {"add": "new NS ns1.new\nns1.new A 203.0.113.99\n"},
            "new.net.": {"text": SOA_NS + "ns1 A 203.0.113.99\n", "servers": ["ns1.new.net."]},
        },
    )
    trace = checked(world, supposed=(undelegated("example.com=ns1.new.net"),))
    (finding,) = [each for each in trace.findings or () if each.code == "ds-without-dnskey"]
    assert finding.cure.startswith(f"before the name servers change, {fix}")
    assert finding.rehearsed.startswith("with this, the only path gives 192.0.2.45")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (_without_key, "although key 33677 signs its DNSKEY records: it has key 59920"),
        (_with_other_key, "although key 33677 signs its DNSKEY records: it has keys 33421 and 59920"),
        (_without_keys, "although its data is signed: it has no keys"),
    ],
)
def test_a_zone_that_lost_the_key_it_is_signed_with_gets_it_back(
    fault: Spoil, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The DS record is right, so that nothing is to change at the registrar."""
    monkeypatch.setitem(BREAKS, "lost", lambda plan, _: replace(plan, spoils=(fault,)))
    sign = {"algorithm": 13, "broken": ["lost"]}
    found = checked(made_of("_signed", zones={"example.com.": {"sign": sign}}))
    (finding,) = found.findings or ()
    assert (finding.code, finding.blame) == ("ds-without-dnskey", Blame.HOST) and says in finding.message
    assert finding.cure.startswith("publish key 33677 in example.com again")
    gone = checked(made_of("_signed", zones={"example.com.": {"sign": {**sign, "valid": [-30, -1]}}}))
    assert [each.blame for each in gone.findings or () if each.code == "ds-without-dnskey"] == [
        Blame.REGISTRAR
    ]


_ROLLED: dict[str, Any] = {"broken": ["rolled"]}


@pytest.mark.parametrize(("own", "change"), [(None, "remove"), (_ROLLED, "replace")])
@pytest.mark.parametrize(
    ("copy", "asked", "which"),
    [
        ({}, "www.sub.example.com. A", ", load it on {}"),
        ({}, "www.sub.example.com. DNSKEY", ", load it on {}"),
        ({}, "sub.example.com. DNSKEY", ", which has a key that a DS record is for, load it on {}"),
        (
            _ROLLED,
            "sub.example.com. DNSKEY",
            ", which has no key that a DS record is for, load it on {} and replace the DS records of"
            " sub.example.com",
        ),
    ],
)
def test_where_a_server_above_has_a_signed_copy_no_ds_record_changes_before_that_is_judged(
    own: dict[str, Any] | None, change: str, copy: dict[str, Any], asked: str, which: str
) -> None:
    """It may be the only copy that the DS records are for: that is known if it was asked for its keys."""
    owner, rdtype = asked.split()
    world = copied(own, copy)
    question = replace(world.question, name=name(owner), rdtype=dns.rdatatype.from_text(rdtype))
    world = replace(world, question=question)
    (found,) = (each for each in checked(world).findings or () if each.code == "ds-without-dnskey")
    assert found.cure == (
        "find out which copy of sub.example.com is current: if it is the one on ns2.example.com"
        f"{which.format('ns1.sub.example.com and ns2.sub.example.com')}; otherwise"
        f" {change} the DS records of sub.example.com, and remove the copy on ns2.example.com"
    )
    assert found.blame is Blame.HOST and not found.records
    assert found.remedy is not None and not (found.remedy.change or found.remedy.remove)


def test_where_the_keys_are_what_is_asked_for_no_server_above_is_said_to_be_silent() -> None:
    """Servers of zones above get the question in the walk, and refer to others."""
    world = made_of("dnssec-missing-key", question="example.com. DNSKEY")
    (found,) = (each for each in checked(world).findings or () if each.code == "ds-without-dnskey")
    assert "back first" not in found.cure
