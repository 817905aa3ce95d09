"""What can be done wrong when a zone is signed: each changes what it says, and nothing else."""

from __future__ import annotations

from typing import Any

import dns.dnssec
import dns.rdatatype
import pytest

from dnstrace.dnssec.records import DNSKEY, DS, RRSIG
from dnstrace.lab.breaking import BREAKS, broken
from dnstrace.lab.errors import WorldError
from dnstrace.lab.keys import key_tag
from dnstrace.lab.plan import SigningPlan
from dnstrace.lab.signing import plan
from dnstrace.lab.world import NOW, World, load, names
from dnstrace.lab.zone import Sign
from tests.lab.made import kinds, reply, signed
from tests.replies import name

EXAMPLE = name("example.")
T = dns.rdatatype
PLAIN = plan(EXAMPLE, Sign(), NOW)


def planned(*breaks: str) -> SigningPlan:
    return plan(EXAMPLE, Sign(broken=breaks), NOW)


def world(*breaks: str, **sign: Any) -> World:
    return signed(broken=list(breaks), **sign)


def ds(*breaks: str) -> DS:
    (record,) = planned(*breaks).ds
    assert isinstance(record, DS)
    return record


def rrsig(where: World, question: str = "www.example. A") -> RRSIG:
    (record,) = reply(where, question).answer[1]
    assert isinstance(record, RRSIG)
    return record


def keys(where: World) -> list[DNSKEY]:
    return [rdata for rdata in reply(where, "example. DNSKEY").answer[0] if isinstance(rdata, DNSKEY)]


# --- keys and DS records -------------------------------------------------------------------------


def test_the_digest_is_another() -> None:
    assert ds("ds-digest") == ds().replace(digest=bytes(32))


def test_the_digest_is_of_another_type() -> None:
    assert ds("ds-digest-type=200") == ds().replace(digest_type=200)


def test_the_keys_are_others_than_the_parent_knows() -> None:
    where = world("rolled")
    tags = {dns.dnssec.key_id(key) for key in keys(where)}
    assert ds("rolled") == ds() and ds().key_tag not in tags and len(tags) == 2
    assert rrsig(where).key_tag in tags


def test_all_records_say_another_algorithm() -> None:
    where = world("algorithm=100")
    assert ds("algorithm=100").algorithm == rrsig(where).algorithm == 100
    assert {(key.algorithm, dns.dnssec.key_id(key)) for key in keys(where)} >= {
        (100, ds("algorithm=100").key_tag),
        (100, rrsig(where).key_tag),
    }


def test_the_key_of_the_ds_record_is_revoked() -> None:
    (revoked,) = (key for key in keys(world("revoked")) if key.flags & 0x80)
    assert dns.dnssec.make_ds(EXAMPLE, revoked, "SHA256") == ds("revoked")
    assert rrsig(world("revoked"), "example. DNSKEY").key_tag == dns.dnssec.key_id(revoked)


def test_two_keys_have_one_tag() -> None:
    (number,) = (
        text.partition("=")[2]
        for zone in load("dnssec-same-tag").zones
        for text in (zone.sign.broken if zone.sign else ())
    )
    found = plan(name("example.com."), Sign(broken=(f"same-tag={number}",)), NOW).keys
    assert len(found) == 3 and key_tag(found[1]) == key_tag(found[2]) != key_tag(found[0])
    with pytest.raises(WorldError, match="the key with that number has a different tag"):
        planned("same-tag=1")


def test_there_are_no_keys() -> None:
    assert kinds(reply(world("no-dnskey"), "example. DNSKEY").authority) == [
        "@ SOA",
        "@ SOA*",
        "@ NSEC",
        "@ NSEC*",
    ]
    assert rrsig(world("no-dnskey")) == rrsig(world())


# --- signatures and what they are for ------------------------------------------------------------


def test_the_signer_is_another() -> None:
    assert rrsig(world("signer=other.net.")).signer == name("other.net.")
    assert rrsig(world("signer=child")).signer == name("child.example.")
    assert rrsig(world("signer=other.net."), "example. DNSKEY").signer == EXAMPLE


def test_one_rrset_has_no_signature() -> None:
    where = world("unsigned=www A")
    assert kinds(reply(where, "www.example. A").answer) == ["www A"]
    assert kinds(reply(where, "www.example. AAAA").answer) == ["www AAAA", "www AAAA*"]
    assert kinds(reply(world("unsigned=@ DNSKEY"), "example. DNSKEY").answer) == ["@ DNSKEY"]


def test_the_signatures_of_a_type_are_garbled() -> None:
    where = world("garbled=A")
    wrong, right = rrsig(where), rrsig(world())
    assert wrong.signature[:-1] == right.signature[:-1] and wrong.signature != right.signature
    assert rrsig(where, "www.example. AAAA") == rrsig(world(), "www.example. AAAA")


def test_the_data_are_others_than_those_signed() -> None:
    where = world("altered=www A 192.0.2.66")
    found, true = reply(where, "www.example. A").answer, reply(world(), "www.example. A").answer
    assert found[0].to_text() == "www.example. 300 IN A 192.0.2.66" and found[1] == true[1]
    assert reply(where, "www.example. AAAA").answer == reply(world(), "www.example. AAAA").answer


def test_signatures_of_another_algorithm_come_before_their_key() -> None:
    where = world("early-signatures=15")
    both = list(reply(where, "www.example. A").answer[1])
    tags = {dns.dnssec.key_id(key) for key in keys(where)}
    assert [int(each.algorithm) for each in both] == [13, 15] and both[0] == rrsig(world())
    assert [each.key_tag in tags for each in both] == [True, False]
    assert len(reply(where, "example. DNSKEY").answer[1]) == 1


def test_the_ttl_is_longer_than_the_one_signed() -> None:
    found = reply(world("ttl=86400"), "www.example. A").answer
    assert {rrset.ttl for rrset in found} == {86400} and rrsig(world("ttl=86400")) == rrsig(world())


# --- denial --------------------------------------------------------------------------------------


def test_nothing_is_denied() -> None:
    for denial in ("nsec", "nsec3"):
        found = reply(world("no-denial", denial=denial), "none.example. A")
        assert kinds(found.authority) == ["@ SOA", "@ SOA*"]


def test_the_wrong_name_is_denied() -> None:
    assert kinds(reply(world("wrong-denial"), "www.example. TXT").authority)[2:] == ["@ NSEC", "@ NSEC*"]
    (first, second) = (
        kinds(reply(world("wrong-denial", denial="nsec3"), f"{label}.example. TXT").authority)
        for label in ("www", "ns")
    )
    assert first == second and len(first) == 4


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_the_types_said_to_exist_are_more_than_there_are(denial: str) -> None:
    wrong, right = (
        reply(where, "www.example. TXT").authority[2][0].to_text().split()
        for where in (world("claims=TXT", denial=denial), world(denial=denial))
    )
    assert set(wrong) - set(right) == {"TXT"}


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_a_type_that_exists_is_left_out(denial: str) -> None:
    wrong, right = (
        reply(where, "www.example. TXT").authority[2][0].to_text().split()
        for where in (world("hides=A", denial=denial), world(denial=denial))
    )
    assert set(right) - set(wrong) == {"A"}


def test_the_last_name_is_followed_by_one_elsewhere() -> None:
    following = [
        {
            rdata.next.to_text()
            for question in ("www.example. TXT", "zzz.example. A")
            for rrset in reply(where, question).authority
            for rdata in rrset
            if rdata.rdtype == T.NSEC
        }
        for where in (world("next-name=a.test."), world())
    ]
    assert following[0] - following[1] == {"a.test."} and following[1] - following[0] == {"example."}


# --- all of them ---------------------------------------------------------------------------------


def test_every_one_is_shown_in_a_world() -> None:
    signs = (zone.sign for each in names() for zone in load(each).zones if zone.sign is not None)
    assert {text.partition("=")[0] for sign in signs for text in sign.broken} == set(BREAKS)


def test_every_one_says_what_it_is() -> None:
    assert all((function.__doc__ or "").strip() for function in BREAKS.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sulks", "unknown fault 'sulks': the known ones are algorithm, "),
        ("ds-digest-type=x", "zone example: 'ds-digest-type=x': invalid literal"),
        ("garbled=NOTYPE", "zone example: 'garbled=NOTYPE': "),
        ("unsigned=www", "zone example: 'unsigned=www': not enough values"),
        ("altered=www A x", "zone example: 'altered=www A x': "),
        ("signer=a..b", "zone example: 'signer=a..b': "),
        ("ttl=long", "zone example: 'ttl=long': invalid literal"),
        ("claims=", "zone example: 'claims=': "),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, message: str) -> None:
    with pytest.raises(WorldError) as error:
        broken(PLAIN, text)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
