"""Every way in which a reply can be read."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.message.meaning import classify
from dnstrace.message.reading import read_any, read_reply
from dnstrace.model import Exchange, Fault, Kind, Query, Question
from dnstrace.model.structs import replace
from tests.replies import name, reply

COM = name("com.")
SOA = "example.com. 900 SOA ns.example.com. host.example.com. 1 7200 900 1209600 300"
NS = "example.com. 172800 NS ns1.example.com. | ns.example.net."


def test_a_referral_gives_the_cut_its_servers_and_the_glue_in_bailiwick() -> None:
    exchange = reply(
        "www.example.com. A",
        authority=(NS, "example.com. 86400 DS 1 13 2 " + "00" * 32),
        additional=("ns1.example.com. 172800 A 192.0.2.1", "ns.example.net. 172800 A 192.0.2.66"),
    )
    meaning = classify(exchange, COM)
    assert meaning.kind is Kind.REFERRAL
    delegation = meaning.delegation
    assert delegation is not None and delegation.zone == name("example.com.")
    assert delegation.ttl == 172800 and delegation.ds is not None
    glue = {str(s.name): [a.text for a in s.addresses] for s in delegation.servers}
    assert glue == {
        "ns1.example.com.": ["192.0.2.1"],
        "ns.example.net.": [],
    }  # net. is not com.'s to speak for


def test_a_referral_with_aa_is_still_a_referral() -> None:
    assert classify(reply("www.example.com. A", flags="QR AA", authority=(NS,)), COM).kind is Kind.REFERRAL


@pytest.mark.parametrize(
    ("question", "zone", "authority", "kind"),
    [
        ("www.example.com. A", "example.com.", ". 518400 NS a.root-servers.net.", Kind.UPWARD_REFERRAL),
        ("www.example.com. A", "example.com.", "com. 172800 NS a.gtld-servers.net.", Kind.UPWARD_REFERRAL),
        ("www.example.com. A", "example.com.", NS, Kind.SELF_REFERRAL),
        ("www.example.com. A", "com.", "example.net. 172800 NS ns.example.net.", Kind.SIDEWAYS_REFERRAL),
        ("www.example.com. A", "com.", "other.com. 172800 NS ns.other.com.", Kind.SIDEWAYS_REFERRAL),
        ("example.com. A", "com.", "www.example.com. 172800 NS ns.other.com.", Kind.SIDEWAYS_REFERRAL),
        ("example.com. DS", "com.", NS, Kind.LAME),  # DS is the parent's own to answer
    ],
)
def test_a_referral_that_leads_nowhere_says_how(question: str, zone: str, authority: str, kind: Kind) -> None:
    assert classify(reply(question, authority=(authority,)), name(zone)).kind is kind


def test_an_answer_leaves_out_what_is_out_of_bailiwick() -> None:
    exchange = reply(
        "www.example.com. A",
        flags="QR AA",
        answer=("www.example.com. 300 CNAME www.example.net.", "www.example.net. 300 A 192.0.2.66"),
    )
    meaning = classify(exchange, name("example.com."))
    assert (meaning.kind, meaning.target) == (Kind.ALIAS, name("www.example.net."))
    assert [str(rrset.name) for rrset in meaning.answer] == ["www.example.com."]


def test_an_answer_behind_an_alias_in_the_same_zone_is_whole() -> None:
    answer = ("www.example.com. 300 CNAME a.example.com.", "a.example.com. 60 A 192.0.2.44")
    meaning = classify(reply("www.example.com. A", flags="QR AA", answer=answer), name("example.com."))
    assert meaning.kind is Kind.ANSWER and meaning.authoritative
    assert [rrset.ttl for rrset in meaning.answer] == [300, 60]


@pytest.mark.parametrize("rcode", [dns.rcode.NOERROR, dns.rcode.NXDOMAIN])
def test_a_negative_answer_is_known_by_its_soa(rcode: int) -> None:
    meaning = classify(reply("x.example.com. A", flags="QR AA", rcode=rcode, authority=(SOA,)), COM)
    assert meaning.kind is (Kind.NXDOMAIN if rcode else Kind.NODATA)
    assert meaning.soa is not None and meaning.zone == name("example.com.")


@pytest.mark.parametrize("target", ["gone.example.com.", "gone.example.net."])
def test_what_an_alias_leads_to_is_asked_for_itself(target: str) -> None:
    answer = (f"www.example.com. 300 CNAME {target}",)
    exchange = reply("www.example.com. A", flags="QR AA", rcode=3, answer=answer, authority=(SOA,))
    meaning = classify(exchange, name("example.com."))
    assert (meaning.kind, meaning.target) == (Kind.ALIAS, name(target))


def test_a_resolvers_answer_is_lame_but_kept() -> None:
    exchange = reply("www.example.com. A", flags="QR RA", answer=("www.example.com. 1 A 192.0.2.1",))
    meaning = classify(exchange, COM)
    assert meaning.kind is Kind.LAME and not meaning.usable
    assert meaning.offer is not None and meaning.offer.kind is Kind.ANSWER


def test_an_answer_without_aa_is_used_and_marked() -> None:
    exchange = reply("www.example.com. A", flags="QR", answer=("www.example.com. 1 A 192.0.2.1",))
    meaning = classify(exchange, COM)
    assert meaning.kind is Kind.ANSWER and not meaning.authoritative


@pytest.mark.parametrize("flags", ["QR AA", "QR"])
def test_an_empty_reply_is_nodata_only_when_no_server_says_more(flags: str) -> None:
    meaning = classify(reply("www.example.com. A", flags=flags), COM)
    assert meaning.kind is Kind.EMPTY and not meaning.usable
    assert meaning.offer is not None and meaning.offer.kind is Kind.NODATA


def test_an_empty_reply_that_offers_recursion_is_no_data_of_anybody() -> None:
    meaning = classify(reply("www.example.com. A", flags="QR RA"), COM)
    assert meaning.kind is Kind.EMPTY and not meaning.usable and meaning.offer is None
    meaning = classify(reply("www.example.com. A", flags="QR AA RA"), COM)
    assert meaning.offer is not None and meaning.offer.kind is Kind.NODATA


def test_nodata_with_the_zones_ns_set_but_no_soa_is_believed() -> None:
    exchange = reply("www.example.com. A", flags="QR AA", authority=(NS,))
    assert classify(exchange, name("example.com.")).kind is Kind.NODATA


def test_nodata_with_a_denial_of_existence_needs_no_soa() -> None:
    denial = "www.example.com. 300 NSEC example.com. AAAA RRSIG NSEC"
    exchange = reply("www.example.com. A", flags="QR AA", authority=(denial,))
    assert classify(exchange, name("example.com.")).kind is Kind.NODATA
    assert classify(exchange, name("example.net.")).kind is Kind.EMPTY  # not the zone's to say


def test_an_answer_for_another_name_is_none() -> None:
    exchange = reply("www.example.com. A", flags="QR AA", answer=("other.example.com. 1 A 192.0.2.1",))
    assert classify(exchange, COM).kind is Kind.OTHER_NAME


def test_the_root_has_no_side_of_a_child_on_which_its_ds_could_be_denied() -> None:
    exchange = reply(". DS", flags="QR AA", authority=(". 1 NS a.root-servers.net.",))
    assert classify(exchange, dns.name.root).kind is Kind.NODATA
    assert classify(reply(". DS", authority=(". 1 NS a.root-servers.net.",)), dns.name.root).note == ""


def test_an_answer_of_another_type_is_none() -> None:
    exchange = reply("www.example.com. AAAA", flags="QR AA", answer=("www.example.com. 1 A 192.0.2.1",))
    assert classify(exchange, COM).kind is Kind.OTHER_TYPE


@pytest.mark.parametrize(
    ("target", "zone"), [("www.dept.example.com.", None), ("www.example.com.", "example.com.")]
)
def test_the_authority_section_is_of_the_zone_asked_only_if_the_alias_stays_in_it(
    target: str, zone: str | None
) -> None:
    below = name(target).parent()
    answer = (f"alias.example.com. 60 CNAME {target}", f"{target} 60 A 192.0.2.1")
    exchange = reply(
        "alias.example.com. A", flags="QR AA", answer=answer, authority=(f"{below} 60 NS ns1.example.com.",)
    )
    found = classify(exchange, COM)
    assert found.kind is Kind.ANSWER and found.zone == (None if zone is None else name(zone))


def of_class(section: int, *classes: int) -> Kind:
    """What a reply means that has an address or, in the authority section, an SOA of each class."""
    asked = Question(name("www.example.com."), dns.rdatatype.A)
    owner, rdtype, rdata = (
        (asked.name, 1, bytes(4)) if section == 0 else (name("example.com."), 6, b"\0\0" + bytes(20))
    )
    records = [(owner.to_wire() or b"") + struct.pack("!HHIH", rdtype, c, 60, len(rdata)) for c in classes]
    counts = [len(classes) if section == each else 0 for each in range(3)]
    head = struct.pack("!HHHHHH", 1, 0x8400, 1, *counts) + (asked.name.to_wire() or b"") + b"\0\1\0\1"
    read = read_reply(head + b"".join(record + rdata for record in records))
    assert isinstance(read, dns.message.Message)
    return classify(Exchange(Query(asked, "192.0.2.1"), 0, 0, None, read), name("example.com.")).kind


@pytest.mark.parametrize("other", [0, 3, 4, 254, 255])
def test_records_of_another_class_neither_answer_nor_spoil_what_does(other: int) -> None:
    assert of_class(0, other) is of_class(1, other) is Kind.WRONG_CLASS
    assert of_class(0, 1, other) is of_class(0, other, 1) is Kind.ANSWER
    assert of_class(1, 1, other) is of_class(1, other, 1) is Kind.NODATA


def test_type_sig_is_answered_by_sig_records() -> None:
    sig = "www.example.com. 1 SIG A 8 3 1 20260101000000 20250101000000 1 example.com. AAAA"
    exchange = reply("www.example.com. SIG", flags="QR AA", answer=(sig,))
    assert classify(exchange, COM).kind is Kind.ANSWER


def test_any_below_a_dname_keeps_the_dname() -> None:
    records = ("example.com. 1 DNAME example.net.", "www.example.com. 1 CNAME www.example.net.")
    meaning = classify(reply("www.example.com. ANY", flags="QR AA", answer=records), COM)
    assert meaning.kind is Kind.ANSWER
    assert [dns.rdatatype.to_text(rrset.rdtype) for rrset in meaning.answer] == ["DNAME", "CNAME"]


@pytest.mark.parametrize(
    ("rcode", "kind"),
    [
        (dns.rcode.FORMERR, Kind.FORMAT_ERROR),
        (dns.rcode.SERVFAIL, Kind.SERVER_FAILURE),
        (dns.rcode.NOTIMP, Kind.NOT_IMPLEMENTED),
        (dns.rcode.REFUSED, Kind.REFUSED),
        (dns.rcode.NOTAUTH, Kind.OTHER_RCODE),
    ],
)
def test_each_error_is_its_own_meaning(rcode: int, kind: Kind) -> None:
    meaning = classify(reply("www.example.com. A", rcode=rcode), COM)
    assert (meaning.kind, meaning.rcode) == (kind, rcode)


def test_truncation_is_seen_before_anything_else() -> None:
    assert classify(reply("www.example.com. A", flags="QR TC", authority=(NS,)), COM).kind is Kind.TRUNCATED


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_is_its_own_meaning(fault: Fault) -> None:
    query = Query(Question(name("example.com."), dns.rdatatype.A), "192.0.2.1")
    assert classify(Exchange(query, 0, 1, fault=fault), COM).kind.value == fault.value


def test_the_childs_own_ns_set_is_kept_when_the_child_speaks() -> None:
    exchange = reply(
        "www.example.com. A", flags="QR AA", answer=("www.example.com. 1 A 192.0.2.1",), authority=(NS,)
    )
    child = classify(exchange, name("example.com.")).child
    assert child is not None and [str(s.name) for s in child.servers] == [
        "ns1.example.com.",
        "ns.example.net.",
    ]
    assert classify(exchange, COM).child is None


RECORD = st.sampled_from(
    [
        NS,
        SOA,
        ". 1 NS a.root-servers.net.",
        "www.example.com. 1 A 192.0.2.1",
        "www.example.com. 1 CNAME www.example.com.",
        "www.example.com. 1 CNAME a.example.com.",
        "a.example.com. 1 CNAME www.example.com.",
        "example.com. 1 DNAME example.net.",
        "example.com. 1 DNAME " + ".".join(["x" * 60] * 4) + ".",
        "com. 1 DNAME com.",
        "www.example.com. 1 TYPE65280 \\# 2 0001",
    ]
)
SECTION = st.lists(RECORD, max_size=4).map(tuple)


@given(
    answer=SECTION,
    authority=SECTION,
    additional=SECTION,
    flags=st.sampled_from(["QR", "QR AA", "QR RA", "QR TC", "QR AA RA"]),
    rcode=st.integers(0, 11),
    zone=st.sampled_from([".", "com.", "example.com.", "net."]),
    rdtype=st.sampled_from(["A", "DS", "CNAME", "ANY", "NS", "RRSIG", "DNAME"]),
)
def test_the_classifier_is_total(
    answer: tuple[str, ...],
    authority: tuple[str, ...],
    additional: tuple[str, ...],
    flags: str,
    rcode: int,
    zone: str,
    rdtype: str,
) -> None:
    exchange = reply(
        f"www.example.com. {rdtype}",
        flags=flags,
        rcode=rcode,
        answer=answer,
        authority=authority,
        additional=additional,
    )
    meaning = classify(exchange, name(zone))
    assert all(rrset.name.is_subdomain(name(zone)) for rrset in meaning.answer)
    if meaning.delegation is not None:  # strictly below the zone asked, at or above the name asked
        cut = meaning.delegation.zone
        assert cut != name(zone) and cut.is_subdomain(name(zone))
        assert name("www.example.com.").is_subdomain(cut)


@given(st.binary(max_size=600))
def test_any_octets_have_a_meaning(octets: bytes) -> None:
    query = Query(Question(name("www.example.com."), dns.rdatatype.A), "192.0.2.1")
    read = read_reply(octets)
    message = read if isinstance(read, dns.message.Message) else None
    fault = None if message else Fault.MALFORMED
    assert classify(Exchange(query, 0, 0, octets, message, fault), COM).kind in Kind


def test_without_aa_a_referral_to_the_child_comes_before_what_the_parent_holds() -> None:
    answer = ("ns1.example.com. 172800 A 192.0.2.66",)
    meaning = classify(reply("ns1.example.com. A", flags="QR", answer=answer, authority=(NS,)), COM)
    assert meaning.kind is Kind.REFERRAL


def test_the_childs_soa_denies_no_ds() -> None:
    meaning = classify(reply("example.com. DS", flags="QR AA", authority=(SOA,)), COM)
    assert meaning.kind is Kind.LAME and not meaning.usable


def test_a_reply_whose_answer_cannot_be_read_is_malformed_not_empty() -> None:
    exchange = reply("www.example.com. A", flags="QR AA", answer=("www.example.com. 1 A 192.0.2.1",))
    assert exchange.wire is not None
    wire = exchange.wire.replace(b"\x00\x04\xc0\x00\x02\x01", b"\x00\x03\xc0\x00\x02")
    message = read_reply(wire)
    assert isinstance(message, dns.message.Message)
    assert classify(Exchange(exchange.query, 0, 0, wire, message), COM).kind is Kind.MALFORMED


def test_a_delegation_that_was_made_before_is_the_one_that_these_records_make() -> None:
    """Each reply differs from the first in one thing; dnspython's messages are read afresh each time."""
    ns, glue = "example.com. 60 NS ns.example.com. | NS.example.net.", "ns.example.com. 60 A 192.0.2.1"
    ds = "example.com. 60 DS 1 13 2 " + "00" * 32
    replies = (
        ((ns,), (glue,), COM),
        ((ns,), (glue.replace(".1", ".2"),), COM),
        ((ns,), (glue.replace("60", "90"),), COM),
        ((ns,), (glue, "ns.example.com. 60 AAAA 2001:db8::1"), COM),
        ((ns,), (), COM),
        ((ns.replace("60", "90"),), (glue,), COM),
        ((ns.replace("NS.", "ns."),), (glue,), COM),
        ((ns.replace("example.com. 60", "Example.com. 60"),), (glue,), COM),
        ((ns,), (glue,), name("example.com.")),
        ((ns,), ("ns.example.net. 60 A 192.0.2.1",), COM),
        ((ns,), ("ns.example.net. 60 A 192.0.2.1",), name(".")),
        ((ns, ds), (glue,), COM),
    )
    readers: tuple[Callable[[bytes], Any], ...] = (read_reply, read_any)
    for _ in range(2):
        for authority, additional, zone in replies:
            exchange = reply("a.example.com. A", flags="QR AA", authority=authority, additional=additional)
            assert exchange.message is not None and exchange.wire is not None
            lazy, plain = (replace(exchange, message=read(exchange.wire)) for read in readers)
            found, again, right = (classify(each, zone) for each in (lazy, lazy, plain))
            delegation = right.delegation or right.child
            assert repr(found) == repr(right) == repr(again) and delegation is not None
            assert [s.name.labels for s in delegation.servers] == [
                s.name.labels for s in (found.delegation or found.child or delegation).servers
            ]
