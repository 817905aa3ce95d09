# ruff: noqa: E501
"""The story of a trace, for learners: a plain sentence for each step."""

from __future__ import annotations

import json
import re

import pytest

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load, names
from dnstrace.model import Probe, Purpose
from dnstrace.render.document import document
from dnstrace.render.story import Story
from dnstrace.render.text import number_text
from tests.checks.checking import checked, walked
from tests.cli.running import run
from tests.lab.worlds import own
from tests.render.validating import VALIDATOR

DIGIT = re.compile("[①-⑳㉑-㉟㊱-㊿]")


def numbered_texts(trace: Trace) -> list[str]:
    """All numbered sentences, in the order of their numbers, which have no gap."""
    story = Story(report(trace))
    said = [*story.opening(), *story.closing()]
    said += [
        story.of_lookup(step) if step.purpose is Purpose.NS_ADDRESS else story.of(step)
        for step in trace.steps
    ]
    found: dict[str, str] = {}
    for text in said:
        numbers, texts = DIGIT.findall(text), DIGIT.split(text)[1:]
        assert not set(numbers) & set(found)
        found |= dict(zip(numbers, map(str.strip, texts), strict=True))
    return [found[number_text(number)] for number in range(1, len(found) + 1)]


def test_the_textbooks_story_has_nine_steps() -> None:
    assert numbered_texts(own("textbook", 4070)) == [
        "A user types www.example.com into a browser, which needs its address.",
        "It asks its resolver, whose cache is empty: from here on, dnstrace acts as that resolver.",
        "a.root-servers.net, one of 13 root servers, does not have the answer, but knows who to ask next: "
        "the 13 name servers of com. The reply includes their addresses (glue).",
        "e.gtld-servers.net, picked from the 13 name servers of com, does not have it either, but refers to the 4 "
        "name servers of example.com. The reply does not include their addresses: their names are in other zones, "
        "under com, net, org and co.uk.",
        "Asking ns-2048.awsdns-64.com requires its address, which is not known yet: it is looked up first, "
        "starting at com.",
        "ns-2048.awsdns-64.com, picked from the 4 name servers of example.com, answers with authority: "
        "www.example.com has the address 192.0.2.44. This may be cached for 5m.",
        "The resolver returns 192.0.2.44 to the browser and caches it for 5m, until 14:05:00 UTC.",
        "The browser connects to 192.0.2.44 and requests the page of www.example.com.",
        "The web server there sends the page, and the browser shows it.",
    ]


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        ("alias", "ns1.example.com says that www.example.com is an alias "
                  "of shop.cdn.example.net."),
        ("nxdomain", "says that nowhere.example.com does not exist. This may be cached for 5m."),
        ("nodata", "has no AAAA records. This may be cached for 5m."),
        ("nodata", "The resolver reports that there are none and caches it for 5m, until 14:05:00 UTC. The browser does "
                   "without them."),
        ("all-silent", "ns1.example.com and ns2.example.com do not answer in time. No server of example.com gives "
                       "a usable answer: the walk ends here."),
        ("all-silent", "The resolver gives up and returns SERVFAIL. The browser reports that it cannot find the page."),
        ("refuses", "ns1.example.com refuses to answer. ns2.example.com answers"),
        ("truncated", "has a reply too large for UDP, so it is asked again over TCP."),
        ("no-aa", "answers without authority"),
        ("dnssec-expired", "A validating resolver rejects this answer and returns SERVFAIL; other resolvers pass it on."),
        ("glueless", "The reply does not include their addresses: their names are in other zones."),
        ("glueless", "the only name server of example.net. The reply does not include its address: its name is in "
                     "another zone."),
        ("glue", "The reply includes addresses for 4 of them (glue), but not for all whose names are inside that zone."),
        ("missing-glue", "The reply includes no addresses (no glue), although some of their names are inside that zone."),
        ("missing-glue", "No server of example.com can be asked ("),
        ("no-tcp", "ns1.example.com and ns2.example.com do not accept TCP connections. No server of example.com "),
        ("no-tcp", "The resolver gives up and returns SERVFAIL. The program has to do without the data."),
        ("no-edns", "ns1.example.com does not understand the query. Asked again without EDNS, ns1.example.com answers"),
        ("garbage", "ns1.example.com sends a malformed reply. ns2.example.com answers"),
        ("unreachable", "ns1.example.com runs no name server on this port. ns2.example.com answers"),
        ("sideways", "refers to an unrelated zone (lame). "),
        ("upward", "ns1.example.com refers back up the tree (lame). "),
        ("slow", "ns1.example.com is slow to answer, so another server is asked in parallel. ns2.example.com answers"),
        ("recursive", "appears not to serve the zone (lame), but no other server gives a better answer: it answers "
                      "without authority: www.example.com has the address 192.0.2.44."),
        ("truncated", "A program needs the TXT records of example.com."),
        ("truncated", "answers with authority: example.com has 40 TXT records. This may be cached for 1h."),
        ("alias-loop", "gives an answer that leads nowhere ("),
    ],
)  # fmt: skip
def test_each_outcome_has_its_sentence(world: str, sentence: str) -> None:
    for seed in range(8):
        trace = own(world, seed) if world != "dnssec-expired" else walked(world)
        if sentence in " ".join((*numbered_texts(trace), *map(Story(report(trace)).of, trace.steps))):
            return
    pytest.fail(" | ".join(numbered_texts(trace)))


def test_the_chain_of_trust_is_explained_if_validated() -> None:
    trace = walked("dnssec-nsec3-insecure-child")
    texts = {step.id: Story(report(trace)).of(step) for step in trace.steps if step.main}
    root, com, example = (texts[number] for number in sorted(texts)[:3])
    assert root.endswith("Its DS record vouches for the keys of that zone.")
    assert com.endswith("Its DS record vouches for the keys of that zone.")
    assert example.endswith("It vouches for no keys of that zone, so nothing below can be validated.")
    broken = walked("dnssec-missing-key")
    _, above, below = (Story(report(broken)).of(step) for step in broken.steps if step.main)
    assert above.endswith("Its DS record vouches for the keys of that zone.")
    assert below.endswith("The chain of trust is broken already.")
    expired = walked("dnssec-expired")
    assert any(
        Story(report(expired)).of(step).endswith("The chain of trust breaks here.") for step in expired.steps
    )
    assert (
        Story(report(walked("dnssec-good")))
        .of(walked("dnssec-good").steps[-1])
        .endswith("The signatures are valid.")
    )


def test_queries_that_the_walk_does_not_need_are_explained() -> None:
    trace = own("resolver-stale", 1)
    asked = [Story(report(trace)).of(step) for step in trace.steps if step.purpose is Purpose.PROBE]
    assert asked[0].startswith("The resolver 192.0.2.153 is asked too, for comparison: ")
    checked_trace = checked(load("soa-stale"))
    probed = {step.probe: Story(report(checked_trace)).of(step) for step in checked_trace.steps if step.probe}
    assert set(probed) > {Probe.SOA, Probe.NS, Probe.TCP, Probe.TRANSFER}
    assert probed[Probe.TCP].startswith("To check the servers of example.com, each is asked over TCP, ")


def test_a_referral_that_is_all_is_not_called_an_answer() -> None:
    ran = run("--lab", "--explain-steps", "--parent-only", COLUMNS="140")
    assert "That is what the parent publishes; this trace does not ask the zone's own servers." in ran.out


def test_probes_are_explained_in_one_line() -> None:
    ran = run("--lab", "--explain-steps", "--check", COLUMNS="140")
    assert "Each server of example.com is checked with more queries than the answer needs." in ran.out


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_every_step_of_every_world_is_explained_and_numbers_have_no_gap(world: str) -> None:
    trace = walked(world)
    story = Story(report(trace))
    for step in trace.steps:
        assert story.of(step).endswith(".")
        assert ".. " not in story.of(step) and not story.of(step).endswith("..")
    assert len(numbered_texts(trace)) == len(report(trace).journey)


@pytest.mark.parametrize("world", ["textbook", "lame", "in-domain", "slow"])
def test_the_plain_walk_has_the_nine_legs_of_the_textbook(world: str) -> None:
    assert len(numbered_texts(walked(world))) == 9


def test_each_leg_has_a_title_and_what_was_seen_without_numbers() -> None:
    legs = Story(report(walked("textbook"))).legs()
    assert [leg.number for leg, _, _ in legs] == list(range(1, 10))
    assert all(title and text.endswith(".") and not DIGIT.search(text) for _, title, text in legs)
    assert legs[4][2].startswith("The resolver picks one of the 4 name servers of example.com. Asking ns-2")


def test_two_legs_that_begin_with_one_step_are_two_paragraphs() -> None:
    story = Story(report(walked("in-domain")))
    fifth, sixth = story.paragraphs(walked("in-domain").steps[-1])
    assert fifth.startswith("⑤ The resolver picks one") and sixth.startswith("⑥ ns")


def test_of_a_replay_it_says_until_when_as_of_then() -> None:
    replayed = Story(report(walked("in-domain")), past=True).closing()
    assert "caches it for 5m: when this was traced, until 14:05:00 UTC." in replayed[0]
    assert [each.replace(": when this was traced,", ",") for each in replayed] == Story(
        report(walked("in-domain"))
    ).closing()


def test_the_last_hop_is_as_it_was_seen() -> None:
    out = run("--lab", "--explain-steps", "--http", COLUMNS="140").out
    assert "⑧ The browser connects to 192.0.2.44 in 20 ms and requests http://www.example.com/." in out
    assert "⑨ The web server there replies 200 OK after 40 ms, and the browser shows the page." in out


def test_in_ascii_the_numbers_are_in_parentheses() -> None:
    out = run("--lab", "--explain-steps", TERM="dumb").out
    assert out.isascii() and all(f"({number}) " in out for number in range(1, 10)) and "?" not in out


def test_the_document_has_it_on_request() -> None:
    trace = own("textbook", 4070)
    found = document(report(trace), explain=True)
    VALIDATOR.validate(found)
    assert all(step["explanation"] for step in found["steps"])
    assert {step["explanation"] for step in document(report(trace))["steps"]} == {None}


def test_a_resolver_that_is_asked_too_is_no_server_to_start_from() -> None:
    """Both are given by the user, but the walk begins at the root all the same."""
    titles = [leg["title"] for leg in json.loads(run("--lab", "resolver-same", "--json").out)["journey"]]
    assert "The servers of the root zone refer to others" in titles
    from_root = json.loads(run("--lab", "@198.41.0.4", "www.example.com", "--json").out)["journey"]
    assert "The server given refers to others" in [leg["title"] for leg in from_root]
