"""A trace under way: what it does in turn, and what is left of it when its time is up."""

from __future__ import annotations

from typing import Any

from dnstrace import Limits, Settings, Trace, trace
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Outcome, Purpose
from dnstrace.model.security import Security
from tests.scripted import Scripted, fails, refers, roots

ROOT = "10.0.0.1"


def asked(servers: dict[str, Any], **how: Any) -> Trace:
    return trace("www.example.com.", network=Scripted(servers), roots=roots(ROOT), seed=1, **how)


def validated(**how: Any) -> Trace:
    world = load("dnssec-good")
    anchors = parse_anchors(world.anchors_text, "test")
    network = LabNetwork(world, signed=True)
    return trace(world.question.name, "A", network=network, anchors=anchors, now=world.now, seed=1, **how)


def test_a_given_server_without_an_address_is_a_failure_and_no_exception() -> None:
    found = asked({ROOT: fails(3)}, server="ns.nowhere.test.", settings=Settings(probe=True))
    assert found.outcome == "failed"
    assert found.error == "no address was found for the server ns.nowhere.test"
    assert {str(step.question) for step in found.steps} == {"ns.nowhere.test. A"}


def test_the_deadline_ends_it_with_what_was_found_so_far() -> None:
    servers = {ROOT: refers("com.", ns="10.0.1.1")}  # who is silent
    found = asked(servers, limits=Limits(deadline=3.0))
    assert (found.outcome, found.error) == ("failed", "the deadline of 3 s is reached")
    assert (found.stats.duration, len(found.steps)) == (3.0, 2)


def test_what_was_found_is_judged_when_the_time_is_up() -> None:
    whole = validated()
    assert whole.judgement is not None and whole.judgement.security is Security.SECURE
    late = validated(limits=Limits(deadline=whole.stats.duration / 2))
    assert late.outcome is Outcome.FAILED and "deadline" in late.error
    assert late.judgement is not None and late.judgement.security is not Security.SECURE


def test_a_referral_is_not_validated() -> None:
    found = validated(parent_only=True)
    assert (found.outcome, found.judgement) == (Outcome.REFERRAL, None)
    assert not any(step.purpose in (Purpose.DNSKEY, Purpose.DS) for step in found.steps)


def test_probes_follow_the_walk() -> None:
    found = validated(settings=Settings(all_servers=True, probe=True))
    purposes = [step.purpose for step in found.steps]
    assert purposes.index(Purpose.PROBE) > max(i for i, each in enumerate(purposes) if each is Purpose.WALK)
    assert found.findings is not None
