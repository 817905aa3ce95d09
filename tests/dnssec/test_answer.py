from __future__ import annotations

from dataclasses import replace

import dns.rcode
import dns.rrset
import pytest

from dnstrace.dnssec import Judgement, Security, judge
from dnstrace.model import Outcome
from dnstrace.model.naming import plain
from tests.dnssec.tampering import altered, drop, resigned, when
from tests.dnssec.worlds import Tamper, World, journey
from tests.dnssec.zones import NOW, TTL, T, name

SECURE, INSECURE, BOGUS = Security.SECURE, Security.INSECURE, Security.BOGUS


def judged(owner: str, rdtype: str = "A", *tampers: Tamper, world: World | None = None) -> Judgement:
    world = world or journey()
    for tamper in tampers:
        world.tamper = tamper
    return world.judged(f"{owner}.example.com." if owner else "example.com.", rdtype)[0]


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize(
    ("owner", "rdtype"),
    [
        ("www", "A"),
        ("", "A"),
        ("", "ANY"),
        ("", "DNSKEY"),
        ("", "DS"),
        ("www", "AAAA"),
        ("www", "DS"),
        ("nope", "A"),
        ("a.b.nope", "A"),
        ("ent", "A"),
        ("ent", "DS"),
        ("alias", "A"),
        ("loose", "A"),
        ("x.wild", "A"),
        ("x.y.wild", "A"),
        ("x.wild", "TXT"),
        ("x.wild", "DS"),
        ("q.wa", "A"),
        ("www.d", "A"),
        ("nope.d", "A"),
    ],
)
def test_whatever_a_good_zone_replies_is_secure(owner: str, rdtype: str, denial: str) -> None:
    judgement = judged(owner, rdtype, world=journey(denial=denial))
    assert (judgement.security, judgement.reason) == (SECURE, "")


def test_stripped_signature_is_bogus_and_reported() -> None:
    judgement = judged("www", "A", when("www.example.com.", "A", drop("RRSIG")))
    assert judgement.security is BOGUS
    assert "www.example.com A has no signature (RRSIG), although example.com is signed" in judgement.reason


def test_altered_data_is_bogus_and_reported() -> None:
    judgement = judged("www", "A", when("www.example.com.", "A", altered("A", "192.0.2.66"), "example.com."))
    assert judgement.security is BOGUS and "altered" in judgement.reason


def test_foreign_signature_is_bogus_and_reported() -> None:
    judgement = judged(
        "www", "A", when("www.example.com.", "A", resigned(signer=name("org.")), "example.com.")
    )
    assert judgement.security is BOGUS
    assert "is signed only by org, not by example.com" in judgement.reason


def test_signature_of_the_parent_does_not_count() -> None:
    """RFC 4035 section 5.3.1: the signer is the zone that contains the data, whoever else signs."""
    world = journey()
    parent = world.zones[name("com.")]
    rrset = dns.rrset.from_text("www.example.com.", TTL, "IN", "A", "192.0.2.66")

    def lie(reply: dns.message.Message) -> None:
        reply.answer = parent.signed(rrset)

    judgement = judged("www", "A", when("www.example.com.", "A", lie, "example.com."), world=world)
    assert judgement.security is BOGUS and "belongs to the zone example.com, but" in judgement.reason


def test_alias_that_is_not_what_the_dname_makes_needs_a_signature() -> None:
    world = journey()
    judgement, trace = world.judged("www.d.example.com.")
    step = next(step for step in trace.steps if step.id == judgement.answers[0])
    meaning = step.attempts[0].meaning
    false = dns.rrset.from_text("www.d.example.com.", TTL, "IN", "CNAME", "www.unsigned.com.")
    answer = tuple(false if rrset.rdtype == T.CNAME else rrset for rrset in meaning.answer)
    spoilt = replace(step, attempts=(replace(step.attempts[0], meaning=replace(meaning, answer=answer)),))
    steps = tuple(spoilt if one.id == step.id else one for one in trace.steps)
    found = judge(replace(trace, steps=steps), world.anchors(), NOW)
    assert found.security is Security.INDETERMINATE  # bogus unless a zone cut is proved there: asked
    assert name("www.d.example.com.") in {need.question.name for need in found.missing}


def test_signer_that_is_not_a_zone_is_reported() -> None:
    signer = resigned(signer=name("www.example.com."))
    judgement = judged("www", "A", when("www.example.com.", "A", signer, "example.com."))
    assert judgement.security is BOGUS
    assert "is signed by www.example.com, which is not a zone" in judgement.reason


def test_signer_of_a_denial_that_is_not_a_zone_is_reported() -> None:
    signer = resigned(signer=name("www.example.com."))
    judgement = judged("www", "TXT", when("www.example.com.", "TXT", signer, "example.com."))
    assert judgement.security is BOGUS
    assert "is signed by www.example.com, which is not a zone" in judgement.reason


# --- aliases ------------------------------------------------------------------------------------


def test_the_answer_is_as_weak_as_its_weakest_link() -> None:
    judgement = judged("away")
    assert judgement.security is INSECURE and "unsigned.com is not signed" in judgement.reason
    spoilt = judged(
        "away", "A", when("away.example.com.", "A", altered("CNAME", "x.unsigned.com."), "example.com.")
    )
    assert spoilt.security is BOGUS


def test_alias_that_a_dname_makes_needs_no_signature_of_its_own() -> None:
    judgement = judged("www.d", "A", when("www.d.example.com.", "A", drop("DNAME"), "example.com."))
    assert judgement.security is BOGUS and "CNAME has no signature" in judgement.reason


def test_dname_from_a_wildcard_is_refused() -> None:
    world = journey()
    world.zones[name("example.com.")].add(dns.rrset.from_text("*.e.example.com.", TTL, "IN", "DNAME", "org."))
    wild = world.zones[name("example.com.")].data[name("*.e.example.com.")][T.DNAME]
    parts = world.zones[name("example.com.")].signed(wild)

    def expand(reply: dns.message.Message) -> None:
        owner = name("b.e.example.com.")
        reply.set_rcode(dns.rcode.NOERROR)
        reply.answer = [dns.rrset.from_rdata_list(owner, TTL, list(part)) for part in parts]
        reply.answer.append(dns.rrset.from_text("a.b.e.example.com.", TTL, "IN", "CNAME", "a.org."))

    judgement = judged("a.b.e", "A", when("a.b.e.example.com.", "A", expand, "example.com."), world=world)
    assert judgement.security is not SECURE


# --- wildcards and denial -----------------------------------------------------------------------


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_wildcard_answer_needs_the_proof_that_nothing_is_nearer(denial: str) -> None:
    world = journey(denial=denial)
    judgement = judged("x.wild", "A", when("x.wild.example.com.", "A", drop("NSEC", "NSEC3")), world=world)
    assert judgement.security is BOGUS and "x.wild.example.com A is not proven" in judgement.reason


def expanded_denial(world: World) -> list[dns.rrset.RRset]:
    """The NSEC record of *.wild and its signature, at x.wild."""
    parts = world.zones[name("example.com.")].deny(name("*.wild.example.com."))
    return [dns.rrset.from_rdata_list(name("x.wild.example.com."), TTL, list(part)) for part in parts]


@pytest.mark.parametrize(("proof", "security"), [("x.wild.example.com.", SECURE), (None, BOGUS)])
def test_denial_may_be_made_from_a_wildcard_where_it_is_asked_for(
    proof: str | None, security: Security
) -> None:
    """RFC 4592 section 4.7; that nothing is nearer is to be proved as for any data."""
    world = journey()
    zone = world.zones[name("example.com.")]

    def expand(reply: dns.message.Message) -> None:
        reply.answer = expanded_denial(world)
        reply.authority = zone.deny(*zone.absence(name(proof))) if proof else []

    judgement = judged("x.wild", "NSEC", when("x.wild.example.com.", "NSEC", expand), world=world)
    assert judgement.security is security


def test_denial_made_from_a_wildcard_spoils_what_it_is_beside() -> None:
    """CVE-2017-15105: it must not be part of a proof."""
    world = journey()

    def add(reply: dns.message.Message) -> None:
        reply.authority += expanded_denial(world)

    judgement = judged("www", "TXT", when("www.example.com.", "TXT", add), world=world)
    assert judgement.security is BOGUS and "expanded from a wildcard" in judgement.reason


def test_wildcard_does_not_stand_for_a_name_that_exists() -> None:
    """www exists: the wildcard's data in its place are validly signed, and a lie."""
    world = journey()
    zone = world.zones[name("example.com.")]
    zone.add(dns.rrset.from_text("*.example.com.", TTL, "IN", "A", "192.0.2.66"))
    parts = zone.signed(zone.data[name("*.example.com.")][T.A])

    def lie(reply: dns.message.Message) -> None:
        reply.answer = [
            dns.rrset.from_rdata_list(name("www.example.com."), TTL, list(part)) for part in parts
        ]
        reply.authority = zone.deny(name("x.example.com."))

    assert (
        judged("www", "A", when("www.example.com.", "A", lie, "example.com."), world=world).security is BOGUS
    )


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize("owner", ["nope", "www"])
def test_denial_without_proof_is_bogus(owner: str, denial: str) -> None:
    spoil = when(f"{owner}.example.com.", "TXT", drop("NSEC", "NSEC3"))
    judgement = judged(owner, "TXT", spoil, world=journey(denial=denial))
    assert judgement.security is BOGUS and "is not proven" in judgement.reason


def test_denial_of_what_exists_is_bogus() -> None:
    """A record that proves the absence of another name, replayed."""
    world = journey()
    zone = world.zones[name("example.com.")]

    def lie(reply: dns.message.Message) -> None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
        reply.answer = []
        reply.authority = [*zone.signed(zone.data[zone.origin][T.SOA]), *zone.deny(name("nope.example.com."))]

    assert (
        judged("www", "A", when("www.example.com.", "A", lie, "example.com."), world=world).security is BOGUS
    )


def test_soa_of_a_denial_is_signed_too() -> None:
    spoil = when("nope.example.com.", "A", altered("SOA", "a. b. 1 2 3 4 99"), "example.com.")
    judgement = judged("nope", "A", spoil)
    assert judgement.security is BOGUS and "the SOA record of example.com does" in judgement.reason


def test_what_comes_beside_an_answer_does_not_matter() -> None:
    world = journey()
    zone = world.zones[name("example.com.")]
    ns, rrsig = zone.signed(zone.data[zone.origin][T.NS])
    late = dns.rrset.from_rdata(zone.origin, TTL, rrsig[0].replace(expiration=NOW - 1))
    add = when("www.example.com.", "A", lambda reply: reply.authority.extend([ns, late]))
    assert judged("www", "A", add, world=world).security is SECURE


@pytest.mark.parametrize("denial", ["nsec", "opt-out"])
def test_all_of_a_denial_is_signed_also_what_the_proof_does_not_need(denial: str) -> None:
    world = journey(denial=denial)
    zone = world.zones[name("example.com.")]
    extra = zone.deny(name("www.example.com."))[0]
    add = when("nope.example.com.", "A", lambda reply: reply.authority.append(extra), "example.com.")
    judgement = judged("nope", "A", add, world=world)
    assert judgement.security is BOGUS and plain(extra.name) in judgement.reason


def test_opt_out_denies_insecurely() -> None:
    judgement = judged("nope", world=journey(denial="opt-out"))
    assert judgement.security is INSECURE and "opt-out" in judgement.reason


def test_rcode_is_not_signed_so_the_proof_counts() -> None:
    def lie(reply: dns.message.Message) -> None:
        reply.set_rcode(dns.rcode.NXDOMAIN)

    judgement = judged("ent", "A", when("ent.example.com.", "A", lie, "example.com."))
    assert (judgement.security, judgement.proved) == (SECURE, Outcome.NODATA)
    assert judged("ent").proved is None


def test_compact_denial() -> None:
    """RFC 9824: the name asked is said to exist with no type but NXNAME."""
    world = journey()
    zone = world.zones[name("example.com.")]
    nsec = dns.rrset.from_text(
        "nope.example.com.", TTL, "IN", "NSEC", r"\000.nope.example.com. RRSIG NSEC TYPE128"
    )

    def lie(reply: dns.message.Message) -> None:
        reply.set_rcode(dns.rcode.NOERROR)
        reply.authority = [*zone.signed(zone.data[zone.origin][T.SOA]), *zone.signed(nsec)]

    judgement = judged("nope", "A", when("nope.example.com.", "A", lie, "example.com."), world=world)
    assert judgement.security is SECURE


def test_apex_proof_of_the_child_does_not_deny_ds() -> None:
    """RFC 6840 section 4.4: the wrong side of the cut."""
    world = journey()
    child = world.zones[name("example.com.")]

    def lie(reply: dns.message.Message) -> None:
        reply.answer = []
        reply.authority = [*child.signed(child.data[child.origin][T.SOA]), *child.deny(child.origin)]

    assert judged("", "DS", when("example.com.", "DS", lie), world=world).security is BOGUS


def test_proof_of_the_parent_does_not_deny_data_of_the_child() -> None:
    """RFC 6840 section 4.1: the other wrong side."""
    world = journey()
    parent = world.zones[name("com.")]

    def lie(reply: dns.message.Message) -> None:
        reply.answer = []
        reply.authority = [
            *parent.signed(parent.data[parent.origin][T.SOA]),
            *parent.deny(name("example.com.")),
        ]

    assert judged("", "TXT", when("example.com.", "TXT", lie, "example.com."), world=world).security is BOGUS


def test_signatures_as_such_are_not_secure() -> None:
    world = journey()
    zone = world.zones[name("example.com.")]

    def give(reply: dns.message.Message) -> None:
        reply.answer = zone.signed(zone.data[name("www.example.com.")][T.A])[1:]
        reply.authority = []

    judgement = judged("www", "RRSIG", when("www.example.com.", "RRSIG", give, "example.com."), world=world)
    assert judgement.security is INSECURE and "not themselves signed" in judgement.reason


def test_every_rrset_of_any_counts() -> None:
    spoil = when("example.com.", "ANY", altered("A", "192.0.2.66"), "example.com.")
    assert judged("", "ANY", spoil).security is BOGUS


def test_unsupported_signature_beside_a_good_one_does_not_matter() -> None:
    world = journey()
    zone = world.zones[name("example.com.")]
    rrset = zone.data[name("www.example.com.")][T.A]
    good = zone.signed(rrset)[1]

    def add(reply: dns.message.Message) -> None:
        reply.answer = [rrset, dns.rrset.from_rdata(rrset.name, TTL, good[0].replace(algorithm=253), good[0])]

    assert (
        judged("www", "A", when("www.example.com.", "A", add, "example.com."), world=world).security is SECURE
    )
