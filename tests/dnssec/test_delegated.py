"""What the recorded replies show about a possible zone cut."""

from __future__ import annotations

from dataclasses import replace

import dns.rcode
import pytest
from dns.rdtypes.ANY.DS import DS

from dnstrace.dnssec.case import Case, Zone
from dnstrace.dnssec.delegated import Delegated, Delegations, Says
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.replies import Replies
from dnstrace.model import Delegation, Purpose, Trace
from dnstrace.model.judgement import EffortLimits, SecurityStatus
from dnstrace.model.security import Security
from tests.dnssec.tampering import altered, drop, emptied, resigned, when
from tests.dnssec.worlds import World, journey, question
from tests.dnssec.zones import NOW, name

COM, EXAMPLE, UNSIGNED = name("com."), name("example.com."), name("unsigned.com.")


def at(world: World, trace: Trace, cut: str) -> Delegated:
    """What the replies show about `cut`, below com., whose keys are trusted."""
    case = Case(Replies(trace), world.anchors(), NOW, Effort(EffortLimits()))
    keys = tuple(key.dnskey for key in world.zones[COM].keys)
    zone = Zone(COM, SecurityStatus(Security.SECURE), keys, open=True)
    return Delegations(case).at(zone, name(cut))


def walked(owner: str = "www.example.com.", world: World | None = None) -> tuple[World, Trace]:
    world = world or journey()
    return world, world.walk(question(owner))


def test_a_referral_with_a_signed_ds_rrset_is_a_signed_delegation() -> None:
    found = at(*walked(), "example.com.")
    assert found.says is Says.SIGNED and found.ds and all(isinstance(each, DS) for each in found.ds)


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_a_referral_with_a_proof_is_an_unsigned_delegation(denial: str) -> None:
    found = at(*walked("www.unsigned.com.", journey(denial=denial)), "unsigned.com.")
    assert found.says is Says.UNSIGNED and found.reason.startswith("unsigned.com is not signed: ")


def test_without_any_reply_nothing_is_known() -> None:
    assert at(*walked(), "elsewhere.com.").says is Says.UNKNOWN


def test_a_reply_without_ds_and_without_proof_names_the_operator() -> None:
    world, trace = walked("www.unsigned.com.", journey())
    world.tamper = when("unsigned.com.", "DS", emptied)
    trace = replace(trace, steps=trace.steps[:1])
    found = at(world, world.ask(trace, COM, question("unsigned.com.", "DS"), Purpose.DS), "unsigned.com.")
    assert found.says is Says.NOTHING
    assert found.reason == (
        "the servers of com return neither a DS record for unsigned.com nor a proof that there is none; "
        "the operator of com needs to fix this"
    )


def test_a_ds_rrset_without_signature_is_wrong() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", drop("RRSIG"), "com.")
    found = at(*walked(world=world), "example.com.")
    assert found.says is Says.WRONG
    assert found.reason.startswith("the DS record for example.com in com is not signed, although com is; ")


def test_a_ds_rrset_whose_signature_expired_is_wrong() -> None:
    world = journey()
    spoil = resigned(expiration=NOW - 60, inception=NOW - 3600)
    world.tamper = when("www.example.com.", "A", spoil, "com.")
    found = at(*walked(world=world), "example.com.")
    assert found.says is Says.WRONG
    assert "does not validate: its signature" in found.reason


def test_valid_data_take_precedence_over_invalid_data() -> None:
    world = journey()
    world.tamper = when("www.example.com.", "A", altered("DS", "1 13 2 " + "00" * 32), "com.")
    world, trace = walked(world=world)
    assert at(world, trace, "example.com.").says is Says.WRONG
    world.tamper = lambda zone, question, reply: reply
    trace = world.ask(trace, COM, question("example.com.", "DS"), Purpose.DS)
    assert at(world, trace, "example.com.").says is Says.SIGNED


def test_an_assumed_delegation_counts_in_place_of_the_published_one() -> None:
    world, trace = walked()
    ds = world.zones[EXAMPLE].ds()
    assumed = replace(trace, supposed=(Delegation(UNSIGNED, (), None, ds),))
    found = at(world, assumed, "unsigned.com.")
    assert (found.says, found.ds) == (Says.SIGNED, tuple(ds))


def test_without_assumed_ds_records_the_published_ones_count() -> None:
    world, trace = walked()
    published = replace(trace, supposed=(Delegation(EXAMPLE, (), None, None),))
    assert at(world, published, "example.com.").says is Says.SIGNED
    refused = replace(trace, steps=trace.steps[:1], supposed=(Delegation(EXAMPLE, (), None, None),))
    assert at(world, refused, "example.com.").says is Says.UNKNOWN

    def refuse(reply: object) -> None:
        reply.set_rcode(dns.rcode.REFUSED)  # type: ignore[attr-defined]
        emptied(reply)  # type: ignore[arg-type]

    world.tamper = when("example.com.", "DS", refuse)
    refused = world.ask(refused, COM, question("example.com.", "DS"), Purpose.DS)
    found = at(world, refused, "example.com.")
    assert found.says is Says.UNSIGNED
    assert found.reason == "example.com is assumed to be delegated without a DS record"
