"""Keys, DS records and answers that could not be received: nothing to judge, or bogus for want of them."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest

from dnstrace.dnssec import Judgement, Security
from dnstrace.model import Name, Outcome, Question
from tests.dnssec.tampering import Spoil, always, drop, emptied, when
from tests.dnssec.worlds import Tamper, World, journey, question
from tests.dnssec.zones import T, name

BOGUS, INDETERMINATE, SECURE = Security.BOGUS, Security.INDETERMINATE, Security.SECURE
COM, EXAMPLE = name("com."), name("example.com.")


def judged(owner: str, rdtype: str, *tampers: Tamper, world: World) -> Judgement:
    for tamper in tampers:
        world.tamper = tamper
    return world.judged(f"{owner}.example.com.", rdtype)[0]


@pytest.mark.parametrize("rcode", [dns.rcode.REFUSED, dns.rcode.SERVFAIL])
def test_a_zone_from_which_nothing_came_is_not_bogus(rcode: dns.rcode.Rcode) -> None:
    """RFC 4035 section 4.3: there is nothing to judge."""
    world = journey()
    world.tamper = always(failing(rcode), "example.com.")
    judgement, trace = world.judged("www.example.com.")
    assert trace.outcome is Outcome.FAILED and judgement.security is INDETERMINATE
    assert judgement.reason.startswith("the DNSKEY records of example.com could not be fetched")
    assert "DS record" not in judgement.reason
    assert not any(shown.security is BOGUS for shown in judgement.steps.values())


def failing(rcode: dns.rcode.Rcode) -> Spoil:
    def fail(reply: dns.message.Message) -> None:
        reply.answer.clear()
        reply.set_rcode(rcode)

    return fail


def test_keys_that_are_denied_and_keys_that_nobody_gives_are_told_apart() -> None:
    needed = "although com publishes a DS record for it"
    world = journey()
    denied = world.reply(EXAMPLE, question("example.com.", "TXT"))

    def no_key(reply: dns.message.Message) -> None:
        reply.answer[:], reply.authority[:] = [], denied.authority

    world.tamper = when("example.com.", "DNSKEY", no_key)
    judgement, _ = world.judged("www.example.com.")
    assert judgement.security is BOGUS
    assert judgement.reason == f"example.com has no DNSKEY records, {needed}"

    def lame(reply: dns.message.Message) -> None:
        emptied(reply)
        reply.flags &= ~dns.flags.AA

    world = journey()
    world.tamper = when("example.com.", "DNSKEY", lame)
    judgement, _ = world.judged("www.example.com.")
    assert judgement.security is BOGUS
    assert judgement.reason == (
        f"no server of example.com gave a usable answer for its DNSKEY records, {needed}"
    )


@pytest.mark.parametrize("child_is_dead", [False, True])
def test_a_ds_record_that_nobody_gives_is_not_had_rather_than_denied(child_is_dead: bool) -> None:
    """The parent's servers refer without a proof, and refuse the query for DS."""
    world = journey()
    bare, refuse = drop("DS", "RRSIG", "NSEC"), failing(dns.rcode.REFUSED)

    def tamper(zone: Name, asked: Question, reply: dns.message.Message) -> dns.message.Message:
        if zone == COM and asked.rdtype != T.DNSKEY:
            (refuse if asked.rdtype == T.DS else bare)(reply)
        elif zone == EXAMPLE and child_is_dead:
            refuse(reply)
        return reply

    world.tamper = tamper
    judgement, _ = world.judged("www.example.com.")
    assert judgement.security is (INDETERMINATE if child_is_dead else BOGUS), judgement.reason
    assert "the DS record of example.com could not be fetched" in judgement.reason


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize("owner", ["nope", "ent", "x.y.nope"])
def test_that_there_are_no_signatures_is_judged_by_its_proof(owner: str, denial: str) -> None:
    """Only RRSIG records themselves have none: NXDOMAIN and NODATA for type RRSIG have a proof."""
    assert judged(owner, "RRSIG", world=journey(denial=denial)).security is SECURE
    for spoil in (drop("NSEC", "NSEC3"), drop("RRSIG")):
        tampered = when(f"{owner}.example.com.", "RRSIG", spoil)
        judgement = judged(owner, "RRSIG", tampered, world=journey(denial=denial))
        assert judgement.security is BOGUS, judgement.reason
