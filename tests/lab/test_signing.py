"""Signed zones: what is signed, by which key, when, and what is not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import dns.dnssec
import dns.message
import dns.rdatatype
import dns.rrset
import pytest

import dnstrace.lab.signing as signing
from dnstrace.dnssec import parse_anchors
from dnstrace.dnssec.anchors import ds_anchors
from dnstrace.dnssec.records import DS, RRSIG
from dnstrace.lab.keys import RSA, key_tag
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.signing import plan
from dnstrace.lab.world import NOW, World, load
from dnstrace.lab.zone import Sign
from dnstrace.model import Query, Question
from tests.lab.made import APEX, SERVER, SIGNED, kinds, reply, signed, world
from tests.replies import name

EXAMPLE = name("example.")
T = dns.rdatatype
CHILD = {"text": APEX.replace("ns", "ns.example.") + "www A 192.0.2.9\n", "servers": ["b.example."]}
SERVERS = {"ns.example.": SERVER, "b.example.": {"addresses": ["192.0.2.2"]}}


def keys_of(where: World) -> dict[object, dns.rrset.RRset]:
    (zone,) = where.zones
    found = zone.rrset(EXAMPLE, T.DNSKEY)
    assert found is not None
    return {EXAMPLE: found}


def validated(where: World, message: dns.message.Message) -> list[str]:
    """Owner and type of each RRset of a reply whose signature dnspython finds right."""
    found = []
    for section in (message.answer, message.authority, message.additional):
        for rrset in section:
            own = [s for s in section if s.covers == rrset.rdtype and s.name == rrset.name]
            if own:
                policy = dns.dnssec.allow_all_policy
                keys: Any = keys_of(where)
                dns.dnssec.validate(rrset, own[0], keys, None, NOW.timestamp(), policy)
                assert own[0].ttl == rrset.ttl  # RFC 4034 section 3
                found.append(kinds([rrset])[0])
    return found


SIGNED_RRSETS = [
    ("www.example. A", ["www A"]),
    ("example. SOA", ["@ SOA"]),
    ("example. NS", ["@ NS", "ns A"]),
    ("example. DNSKEY", ["@ DNSKEY"]),
    ("mail.example. MX", ["mail MX", "www A", "www AAAA"]),
    ("glued.example. MX", ["glued MX"]),
    ("alias.example. A", ["alias CNAME", "www A"]),
    ("a.wild.example. A", ["a.wild A", "*.wild NSEC"]),
    ("a.wildalias.example. A", ["a.wildalias CNAME", "www A", "*.wildalias NSEC"]),
    ("host.old.example. A", ["old DNAME", "host.new A"]),
    ("www.secure.example. A", ["secure DS"]),
    ("secure.example. DS", ["secure DS"]),
    ("www.insecure.example. A", ["insecure NSEC"]),
    ("www.example. TXT", ["@ SOA", "www NSEC"]),
    ("none.example. A", ["@ SOA", "host.new NSEC", "@ NSEC"]),
    ("www.example. NSEC", ["www NSEC"]),
    ("www.example. ANY", ["www A", "www AAAA", "www NSEC"]),
]


def test_a_key_in_the_text_of_a_zone_is_published_and_signed_beside_its_own() -> None:
    where = signed(SIGNED + "@ DNSKEY 256 3 13 " + "A" * 86 + "==\n")
    keys = [(int(key.flags), int(key.algorithm)) for key in keys_of(where)[EXAMPLE]]
    assert sorted(keys) == [(256, 13), (256, 13), (257, 13)]
    assert validated(where, reply(where, "example. DNSKEY")) == ["@ DNSKEY"]


@pytest.mark.parametrize("algorithm", [8, 13])
@pytest.mark.parametrize(("question", "expected"), SIGNED_RRSETS)
def test_what_is_signed_is_signed_well(algorithm: int, question: str, expected: list[str]) -> None:
    where = signed(algorithm=algorithm)
    assert validated(where, reply(where, question)) == expected


@pytest.mark.parametrize("algorithm", [5, 7, 8, 10, 13, 14, 15, 16])
@pytest.mark.parametrize("keys", ["csk", "ksk+zsk"])
def test_in_every_algorithm(algorithm: int, keys: str) -> None:
    where = signed(algorithm=algorithm, keys=keys)
    for question, expected in (("www.example. A", ["www A"]), ("example. DNSKEY", ["@ DNSKEY"])):
        assert validated(where, reply(where, question)) == expected


def test_neither_delegations_nor_glue_are_signed() -> None:
    """RFC 4035 section 2.2."""
    found = reply(signed(), "www.secure.example. A")
    assert kinds(found.authority) == ["secure NS", "secure DS", "secure DS*"]
    assert kinds(found.additional) == ["ns.secure A"]
    found = reply(signed(), "www.insecure.example. A")
    assert kinds(found.authority) == ["insecure NS", "insecure NSEC", "insecure NSEC*"]


def test_all_signatures_of_a_name_can_be_asked_for() -> None:
    assert kinds(reply(signed(), "www.example. RRSIG").answer) == ["www A*", "www AAAA*"]


def test_one_key_signs_the_keys_and_the_other_one_the_rest() -> None:
    where, how = signed(), plan(EXAMPLE, Sign(), NOW)
    for question, key in (("example. DNSKEY", how.keys[0]), ("www.example. A", how.keys[1])):
        (record,) = reply(where, question).answer[1]
        assert isinstance(record, RRSIG) and record.key_tag == key_tag(key)
    assert [key.flags for key in plan(EXAMPLE, Sign(keys="csk"), NOW).keys] == [257]


def test_signatures_are_valid_as_long_as_the_file_says() -> None:
    (record,) = reply(signed(valid=[-1, 0.5]), "www.example. A").answer[1]
    assert isinstance(record, RRSIG)
    times = [datetime.fromtimestamp(each, UTC) - NOW for each in (record.inception, record.expiration)]
    assert [each.total_seconds() for each in times] == [-86400, 43200]


def test_a_signature_in_the_text_goes_before_one_that_would_be_made() -> None:
    text = SIGNED + "www 300 RRSIG A 13 2 300 20260201000000 20260101000000 1 example. AAAA\n"
    (record,) = reply(signed(text), "www.example. A").answer[1]
    assert isinstance(record, RRSIG) and record.key_tag == 1


# --- only where it is asked for ------------------------------------------------------------------


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The RRsets that are signed while a test runs."""
    found: list[str] = []

    def rrsig(rrset: dns.rrset.RRset, *how: Any) -> Any:
        found.extend(kinds([rrset]))
        return true(rrset, *how)

    true: Any = vars(signing)["rrsig"]
    monkeypatch.setattr(signing, "rrsig", rrsig)
    return found


def test_a_signature_is_made_once_and_when_it_is_needed(made: list[str]) -> None:
    where = signed()
    assert made == []
    for _ in range(2):
        reply(where, "www.example. A")
        reply(where, "www.example. TXT")
    assert made == ["www A", "@ SOA", "www NSEC"]


def test_without_do_nothing_is_signed(made: list[str]) -> None:
    where = signed()
    for question, _ in SIGNED_RRSETS:
        if question.split()[1] not in ("NSEC", "ANY"):
            found = reply(where, question, dnssec=False)
            sections = (*found.answer, *found.authority, *found.additional)
            assert not {rrset.rdtype for rrset in sections} & {T.RRSIG, T.NSEC}
    assert made == [] and not any("_denial" in vars(zone) for zone in where.zones)


def test_all_that_a_wildcard_makes_has_one_signature(made: list[str]) -> None:
    where = signed()
    first, second = (reply(where, f"{label}.wild.example. A").answer for label in "ab")
    assert first[1][0] == second[1][0] and first[1].name != second[1].name
    assert made == ["*.wild A", "*.wild NSEC"]


def test_a_world_is_signed_only_when_it_is_asked_for() -> None:
    code = (
        "import sys; from dnstrace import trace; from dnstrace.lab.network import LabNetwork;"
        "from dnstrace.lab.world import load\n"
        "for name in ('textbook', 'dnssec-good', 'dnssec-altered-data'):\n"
        "  w = load(name); w.check(); f = trace(w.question.name, network=LabNetwork(w), now=w.now, seed=1)\n"
        "  assert f.outcome == 'answer' and not any(r.covers for r in f.answer)\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"cryptography", "dns.dnssec", "dnstrace.lab.signing", "dnstrace.lab.denial"}
    assert not heavy & set(ran.stdout.split())


def test_a_network_signs_if_it_is_told_to() -> None:
    found = world(zones={"example.": {"text": SIGNED, "sign": {}}})
    query = Query(Question(name("www.example."), T.A), "192.0.2.1")
    for sign, expected in ((False, ["www A"]), (True, ["www A", "www A*"])):
        network = LabNetwork(found, signed=sign)
        message = network.run(network.exchange(query, 1.0)).message
        assert message is not None and kinds(message.answer) == expected


# --- parent and child ----------------------------------------------------------------------------


def parent(text: str = "", **sign: object) -> World:
    """A signed zone and its child, which is signed as `sign` says."""
    above = APEX + "ns A 192.0.2.1\nb A 192.0.2.2\nchild NS b\n" + text
    zones = {
        "example.": {"text": above, "sign": {}},
        "child.example.": CHILD | ({"sign": sign} if sign else {}),
    }
    return world(servers=SERVERS, zones=zones).signed


def test_the_parent_has_the_ds_record_of_the_child() -> None:
    (record,) = reply(parent(algorithm=15), "child.example. DS").answer[0]
    (made,) = plan(name("child.example."), Sign(algorithm=15), NOW).ds
    assert record == made


def test_or_the_one_of_its_text_or_none() -> None:
    (record,) = reply(parent("child DS 1 8 2 " + "00" * 32, algorithm=15), "child.example. DS").answer[0]
    assert isinstance(record, DS) and (record.key_tag, record.digest) == (1, bytes(32))
    assert kinds(reply(parent(ds="none"), "child.example. DS").authority)[2:] == ["child NSEC", "child NSEC*"]
    assert kinds(reply(parent(), "child.example. DS").authority)[2:] == ["child NSEC", "child NSEC*"]


def test_of_several_versions_of_a_zone_the_first_is_the_one_that_the_parent_knows() -> None:
    zones = {
        "example.": {"text": APEX + "ns A 192.0.2.1\nb A 192.0.2.2\nchild NS b\n", "sign": {}},
        "child.example.": CHILD | {"sign": {}, "servers": ["ns.example."]},
        "child.example. other": CHILD | {"sign": {"algorithm": 15}},
    }
    where = world(servers=SERVERS, zones=zones).signed
    (record,) = reply(where, "child.example. DS").answer[0]
    assert record == plan(name("child.example."), Sign(), NOW).ds[0]


# --- the same each time --------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [8, 13, 14, 15, 16])
def test_the_same_octets_in_every_run(algorithm: int) -> None:
    first, second = (reply(signed(algorithm=algorithm), "www.example. A").answer[1][0] for _ in range(2))
    assert isinstance(first, RRSIG) and first is not second and first == second


# --- the upper Internet --------------------------------------------------------------------------


def test_the_ds_records_in_the_text_are_those_of_the_keys() -> None:
    found = load()
    signs = {zone.origin: zone.sign for zone in found.zones if zone.sign is not None}
    parents = {"com.": ".", "net.": ".", "org.": ".", "uk.": ".", "co.uk.": "uk."}
    assert set(signs) == {name(each) for each in (".", *parents)}
    for child, above in parents.items():
        (zone,) = (zone for zone in found.zones if zone.origin == name(above))
        assert zone.rrset(name(child), T.DS) is not None
        assert tuple(zone.nodes[name(child)][T.DS, T.NONE]) == plan(name(child), signs[name(child)], NOW).ds


def test_the_anchor_of_a_world_is_its_root_s_key() -> None:
    (anchor,) = ds_anchors(parse_anchors(load().anchors_text, "the lab"), name("."))
    root = next(zone for zone in load().signed.zones if zone.origin == name("."))
    keys = root.rrset(name("."), T.DNSKEY)
    assert keys is not None and anchor.algorithm in RSA
    assert any(dns.dnssec.make_ds(name("."), key, "SHA256") == anchor for key in keys)
    assert world().anchors_text == ""


def test_the_tree_of_an_unsigned_run_shows_com_as_signed() -> None:
    root = next(zone for zone in load().zones if zone.origin == name("."))
    assert [str(n) for n in root.nodes if (T.DS, T.NONE) in root.nodes[n]] == ["com.", "net.", "org.", "uk."]


# --- a server that leaves signatures out ---------------------------------------------------------


def test_a_server_can_leave_out_all_signatures() -> None:
    does = {"ns.example.": {**SERVER, "does": ["strips-signatures"]}}
    found = world(servers=does, zones={"example.": {"text": SIGNED, "sign": {}}})
    network = LabNetwork(found, signed=True)
    for question, expected in (
        ("www.example.", ["www A"]),
        ("none.example.", ["@ SOA"]),
        ("www.secure.example.", ["secure NS"]),
    ):
        query = Query(Question(name(question), T.A), "192.0.2.1")
        message = network.run(network.exchange(query, 1.0)).message
        assert message is not None and kinds([*message.answer, *message.authority]) == expected
