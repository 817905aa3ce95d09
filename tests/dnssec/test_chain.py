from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dns.dnssec
import dns.rcode
import dns.rrset
import pytest
from dns.rdtypes.ANY.DS import DS

from dnstrace.dnssec import Security, judge, parse_anchors
from dnstrace.model import Outcome, Purpose
from dnstrace.model.anchors import Anchors
from dnstrace.model.judgement import Judgement
from tests.dnssec.tampering import Spoil, altered, always, drop, resigned, when
from tests.dnssec.worlds import World, journey, question
from tests.dnssec.zones import NOW, TTL, Key, T, Zone, name

SECURE, INSECURE = Security.SECURE, Security.INSECURE
BOGUS, INDETERMINATE = Security.BOGUS, Security.INDETERMINATE
ROOT, COM, EXAMPLE = name("."), name("com."), name("example.com.")


def needs(judgement: Judgement) -> list[str]:
    return [f"{need.question} of {need.zone}" for need in judgement.missing]


# --- what is asked for --------------------------------------------------------------------------


def test_all_keys_of_a_chain_are_asked_for_at_once() -> None:
    world = journey()
    trace = world.walk(question("www.example.com."))
    assert needs(judge(trace, world.anchors(), NOW)) == [
        ". DNSKEY of .",
        "com. DNSKEY of com.",
        "example.com. DNSKEY of example.com.",
    ]


def test_keys_are_asked_for_while_the_walk_goes_on() -> None:
    world = journey()
    trace = world.walk(question("www.example.com."))
    begun = replace(
        trace, outcome=None, steps=(replace(trace.steps[0], attempts=(), chosen=None, outcome=None),)
    )
    assert needs(judge(begun, world.anchors(), NOW)) == [". DNSKEY of ."]
    first = replace(trace, outcome=None, steps=trace.steps[:1])
    assert needs(judge(first, world.anchors(), NOW)) == [". DNSKEY of .", "com. DNSKEY of com."]


def test_what_is_under_way_is_not_asked_for_again() -> None:
    world = journey()
    trace = world.ask(world.walk(question("www.example.com.")), ROOT, question(".", "DNSKEY"), Purpose.DNSKEY)
    waiting = replace(trace.steps[-1], attempts=(), chosen=None, outcome=None)
    judgement = judge(replace(trace, steps=(*trace.steps[:-1], waiting)), world.anchors(), NOW)
    assert needs(judgement) == ["com. DNSKEY of com.", "example.com. DNSKEY of example.com."]
    assert judgement.security is INDETERMINATE


def test_nothing_is_asked_below_an_unsigned_cut() -> None:
    world = journey()
    trace = world.walk(question("www.unsigned.com."))
    assert needs(judge(trace, world.anchors(), NOW)) == [". DNSKEY of .", "com. DNSKEY of com."]


def test_what_was_not_asked_for_says_nothing_against_a_zone() -> None:
    world = journey()
    judgement = judge(world.walk(question("www.example.com.")), world.anchors(), NOW)
    assert judgement.security is INDETERMINATE
    assert "the DNSKEY records of the root zone could not be fetched" in judgement.reason


def test_nothing_is_proved_by_keys_that_are_still_to_come() -> None:
    world = journey()
    judgement = judge(world.walk(question("www.unsigned.com.")), world.anchors(), NOW)
    assert judgement.security is INDETERMINATE and "could not be fetched" in judgement.reason


def test_referral_without_ds_or_proof_has_ds_asked_for() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", drop("DS"), "com.")
    judgement, trace = world.judged("www.example.com.")
    assert judgement.security is SECURE
    assert [str(step.question) for step in trace.steps if step.purpose is Purpose.DS] == ["example.com. DS"]


def test_ds_that_is_not_signed_is_asked_for_once_more() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", drop("RRSIG"), "com.")
    judgement, trace = world.judged("www.example.com.")
    assert judgement.security is SECURE
    assert any(step.purpose is Purpose.DS for step in trace.steps)


# --- parent and child on the same servers -------------------------------------------------------


def shared(child: Zone | None, top: str = "sub NS ns.sub\n") -> World:
    """example.com. and sub.example.com. on the same servers: no referral between them."""
    zones = [Zone(ROOT, "example.com. NS ns.example.com."), Zone(EXAMPLE, top + "ns A 192.0.2.1\n")]
    world = World.of(*zones, *([child] if child else []))
    if child:
        world.served_with = {child.origin: EXAMPLE}
    return world


def test_signed_child_on_the_servers_of_its_parent() -> None:
    world = shared(Zone(name("sub.example.com."), "www A 192.0.2.1\n"))
    judgement, trace = world.judged("www.sub.example.com.")
    assert judgement.security is SECURE
    asked = [str(step.question) for step in trace.steps if step.purpose in (Purpose.DS, Purpose.DNSKEY)]
    assert "sub.example.com. DS" in asked and "sub.example.com. DNSKEY" in asked


def test_unsigned_child_on_the_servers_of_its_parent() -> None:
    world = shared(Zone(name("sub.example.com."), "www A 192.0.2.1\n", keys=[]))
    judgement, _ = world.judged("www.sub.example.com.")
    assert judgement.security is INSECURE
    assert "sub.example.com is delegated without a DS record" in judgement.reason


def test_negative_answers_of_an_unsigned_child_there() -> None:
    world = shared(Zone(name("sub.example.com."), "www A 192.0.2.1\n", keys=[]))
    assert world.judged("www.sub.example.com.", "AAAA")[0].security is INSECURE
    assert world.judged("nope.sub.example.com.")[0].security is INSECURE


def test_child_two_labels_down_behind_an_empty_non_terminal() -> None:
    world = shared(Zone(name("a.b.example.com."), "www A 192.0.2.1\n"), "a.b NS ns.a.b\n")
    assert world.judged("www.a.b.example.com.")[0].security is SECURE
    unsigned = shared(Zone(name("a.b.example.com."), "www A 192.0.2.1\n", keys=[]), "a.b NS ns.a.b\n")
    assert unsigned.judged("www.a.b.example.com.")[0].security is INSECURE


def test_unsigned_data_in_a_signed_zone_are_bogus_when_no_cut_explains_them() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", drop("RRSIG"), "example.com.")
    judgement, trace = world.judged("www.example.com.")
    assert judgement.security is BOGUS
    assert "www.example.com. DS" in [str(step.question) for step in trace.steps]


# --- anchors ------------------------------------------------------------------------------------


def test_without_an_anchor_above_it_is_indeterminate() -> None:
    world = journey()
    judgement, trace = world.judged("www.unsigned.com.", anchors=world.anchors("example.com."))
    assert judgement.security is INDETERMINATE and "no trust anchor" in judgement.reason
    assert len(trace.steps) == 3


def test_an_anchor_whose_algorithm_is_not_supported_is_named_as_the_reason() -> None:
    """It is there, so `no trust anchor` would send its owner looking in the wrong place."""
    anchors = parse_anchors(f"com. DS 1 3 2 {'00' * 32}\n", "text")  # DSA
    judgement, _ = journey().judged("www.unsigned.com.", anchors=anchors)
    assert judgement.security is INDETERMINATE
    assert judgement.reason == "the trust anchor of com has no supported algorithm"


def test_island_of_security() -> None:
    """An anchor below an unsigned cut."""
    world = World.of(
        Zone(ROOT, "com. NS ns.com."),
        Zone(COM, "example NS ns.example", keys=[]),
        Zone(EXAMPLE, "www A 192.0.2.1"),
        ds=False,
    )
    assert world.judged("www.example.com.")[0].security is INSECURE
    both = Anchors({**world.anchors().zones, **world.anchors("example.com.").zones})
    assert world.judged("www.example.com.", anchors=both)[0].security is SECURE
    assert world.judged("example.com.", "DS", anchors=both)[0].security is INSECURE


def test_anchor_outranks_the_parent() -> None:
    world = journey()
    wrong = dns.dnssec.make_ds(EXAMPLE, Key(number=7).dnskey, "SHA256")
    anchors = Anchors({**world.anchors().zones, EXAMPLE: (wrong,)})
    judgement, _ = world.judged("www.example.com.", anchors=anchors)
    assert judgement.security is BOGUS and "the trust anchor is for key" in judgement.reason


def test_anchor_as_a_key() -> None:
    world = journey()
    anchors = Anchors({ROOT: (world.zones[ROOT].keys[0].dnskey,)})
    assert world.judged("www.example.com.", anchors=anchors)[0].security is SECURE


def test_anchor_of_an_unsupported_algorithm_is_none() -> None:
    world = journey()
    odd: Any = world.zones[ROOT].ds()[0].replace(algorithm=253)
    assert world.judged("www.example.com.", anchors=Anchors({ROOT: (odd,)}))[0].security is INDETERMINATE


# --- broken links -------------------------------------------------------------------------------


def broken(change: Callable[[World], None]) -> tuple[Security, str]:
    world = journey()
    change(world)
    judgement, _ = world.judged("www.example.com.")
    return judgement.security, judgement.reason


def put_ds(world: World, *records: DS) -> None:
    world.zones[COM].add(dns.rrset.from_rdata(EXAMPLE, TTL, *records))


def test_ds_for_a_missing_key() -> None:
    stranger = Key(number=5)
    security, reason = broken(lambda w: put_ds(w, dns.dnssec.make_ds(EXAMPLE, stranger.dnskey, "SHA256")))
    assert security is BOGUS
    assert f"com publishes a DS record for key {stranger.tag}, but example.com has only keys" in reason
    assert "needs to" not in reason  # that is for the finding to say


def test_unsigned_zone_with_ds() -> None:
    def change(world: World) -> None:
        world.zones[EXAMPLE].keys = []
        del world.zones[EXAMPLE].data[EXAMPLE][T.DNSKEY]

    security, reason = broken(change)
    assert security is BOGUS and "example.com has no DNSKEY records, although com publishes a DS" in reason


def test_servers_that_do_not_answer_for_keys() -> None:
    world = journey()

    def refuse(reply: dns.message.Message) -> None:
        reply.set_rcode(dns.rcode.REFUSED)

    world.tamper = when("example.com.", "DNSKEY", refuse)
    judgement, trace = world.judged("www.example.com.")
    assert judgement.security is BOGUS
    assert "the DNSKEY records of example.com could not be fetched" in judgement.reason
    assert "DS record" not in judgement.reason
    step = next(step for step in trace.steps if str(step.question) == "example.com. DNSKEY")
    assert step.outcome is Outcome.FAILED and judgement.steps[step.id].security is BOGUS


@pytest.mark.parametrize(("algorithm", "digest"), [(253, 2), (12, 2), (13, 250), (1, 2), (3, 2)])
def test_algorithms_that_are_not_supported_make_it_insecure(algorithm: int, digest: int) -> None:
    """RFC 4035 section 5.2."""

    def change(world: World) -> None:
        ds = world.zones[EXAMPLE].ds()[0]
        put_ds(world, ds.replace(algorithm=algorithm, digest_type=digest))

    security, reason = broken(change)
    assert security is INSECURE and "unsupported" in reason


def test_one_supported_ds_is_held_to() -> None:
    def change(world: World) -> None:
        ds = world.zones[EXAMPLE].ds()[0]
        put_ds(world, ds.replace(algorithm=253), ds.replace(digest=bytes(32)))

    assert broken(change)[0] is BOGUS


@pytest.mark.parametrize("zone", [".", "com.", "example.com."])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (resigned(expiration=NOW - 60), "expired"),
        (resigned(inception=NOW + 60), "not valid before"),
        (resigned(signature=b"\0" * 64), "altered"),
        (resigned(key_tag=1), "refers to"),
        (resigned(labels=40), "labels"),
        (resigned(original_ttl=1), "altered"),
    ],
)
def test_bad_signatures_anywhere_in_the_chain(zone: str, spoil: Spoil, says: str) -> None:
    security, reason = broken(lambda world: setattr(world, "tamper", always(spoil, zone)))
    assert security is BOGUS and says in reason


@pytest.mark.parametrize("zone", ["com.", "example.com."])
def test_stripped_signatures_anywhere_in_the_chain(zone: str) -> None:
    security, reason = broken(lambda world: setattr(world, "tamper", always(drop("RRSIG"), zone)))
    assert security is BOGUS and reason


def test_proof_that_is_missing_or_false() -> None:
    for change in (drop("NSEC"), altered("NSEC", "a.com. NS")):
        world = journey()
        world.tamper = always(change, "com.")
        judgement, _ = world.judged("www.unsigned.com.")
        assert judgement.security is BOGUS
        assert "unsigned.com" in judgement.reason and "the operator of com " in judgement.reason


def test_alias_in_the_place_of_a_delegation_is_no_cut() -> None:
    world = journey()
    world.tamper = when("alias.example.com.", "A", drop("RRSIG"), "example.com.")
    judgement, _ = world.judged("alias.example.com.")
    assert judgement.security is BOGUS and "alias.example.com CNAME has no signature" in judgement.reason


# --- evidence -----------------------------------------------------------------------------------


def test_each_step_shows_its_evidence() -> None:
    judgement, trace = journey().judged("www.example.com.")
    steps = {(str(step.question), str(step.zone)): judgement.steps[step.id] for step in trace.steps}
    referral = steps["www.example.com. A", "com."]
    assert referral.security is SECURE and len(referral.ds) == 1
    assert [one.covered for one in referral.signatures] == [T.DS]
    keys = steps["example.com. DNSKEY", "example.com."]
    assert [key.trusted for key in keys.keys].count(True) == 1
    assert [ds.matched for ds in keys.ds] == [True]
    answer = steps["www.example.com. A", "example.com."]
    assert answer.security is SECURE and [one.valid for one in answer.signatures] == [True]


def test_the_proof_used_is_shown() -> None:
    judgement, trace = journey().judged("www.unsigned.com.")
    referral = next(step for step in trace.steps if step.zone == COM)
    evidence = judgement.steps[referral.id]
    assert evidence.security is INSECURE and "NSEC unsigned.com to com " in evidence.proof


def test_ds_without_a_signature_is_reported() -> None:
    world = journey()
    referral = when("www.example.com.", "A", drop("RRSIG"), "com.")
    reply = when("example.com.", "DS", drop("RRSIG"), "com.")
    world.tamper = referral
    assert (
        world.judged("www.example.com.")[0].security is SECURE
    )  # its reply to the question for DS is signed
    world.tamper = lambda zone, asked, made: reply(zone, asked, referral(zone, asked, made))
    judgement, _ = world.judged("www.example.com.")
    assert judgement.security is BOGUS
    assert "the DS record for example.com in com is not signed, although com is" in judgement.reason


def test_an_anchor_for_a_zone_without_keys_is_reported() -> None:
    world = journey()
    anchors = Anchors({name("unsigned.com."): tuple(world.zones[EXAMPLE].ds())})
    judgement, _ = world.judged("www.unsigned.com.", anchors=anchors)
    assert judgement.security is BOGUS
    assert "unsigned.com has no DNSKEY records, although there is a trust anchor for it" in judgement.reason
