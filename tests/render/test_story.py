# ruff: noqa: E501
"""The story of a trace, for those who learn: a plain sentence for each step."""

from __future__ import annotations

import json

import jsonschema
import pytest

from dnstrace import Trace
from dnstrace.api import report
from dnstrace.lab.world import load, names
from dnstrace.model import Probe, Purpose
from dnstrace.render.document import document, schema
from dnstrace.render.story import Story
from tests.checks.checking import checked, walked
from tests.cli.running import run
from tests.lab.worlds import own


def told(trace: Trace) -> list[str]:
    """All that is numbered, in the order in which it is drawn."""
    story = Story(report(trace))
    numbered = [*story.opening(), *story.closing()]
    for step in trace.steps:
        numbered += [story.of_lookup(step) if step.purpose is Purpose.NS_ADDRESS else story.of(step)]
    each = (text for text in numbered if text[:1].isdigit())
    return [text.partition(". ")[2] for text in sorted(each, key=lambda text: int(text.partition(".")[0]))]


def test_the_textbooks_story_has_nine_steps() -> None:
    assert told(own("textbook", 4070)) == [
        "A browser is to show a page of www.example.com., and needs the address of that.",
        "It asks its resolver, which knows nothing of it yet: dnstrace takes that one's place from here.",
        "a.root-servers.net., one of 13 root servers, does not have the answer, but knows who is nearer to it: "
        "the 13 name servers of com. It gives their addresses along (glue).",
        "e.gtld-servers.net., picked from the 13 name servers of com., does not have the answer, but knows who "
        "is nearer to it: the 4 name servers of example.com. It gives no addresses of them: their names lie in "
        "other zones, under com., net., org. and co.uk.",
        "To ask ns-2048.awsdns-64.com., its address has to be known, and nobody has given it: so it is looked up "
        "first, from com. on.",
        "ns-2048.awsdns-64.com., picked from the 4 name servers of example.com., answers for its own zone: "
        "www.example.com. has the address 192.0.2.44. That may be kept for 5m.",
        "The resolver hands 192.0.2.44 to the browser. It keeps that for 5m, until 14:05:00 UTC, and need not ask "
        "again so long.",
        "The browser connects to 192.0.2.44 and asks for the page of www.example.com.",
        "The web server there sends the page, and the browser shows it.",
    ]


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        ("alias", "ns1.example.com., the only name server of example.com., says that www.example.com. is another "
                  "name (an alias) of shop.cdn.example.net."),
        ("nxdomain", "says that there is no nowhere.example.com. That it does not exist may be kept for 5m."),
        ("nodata", "has no AAAA records. That there are none may be kept for 5m."),
        ("nodata", "The resolver says that there are none, and the browser does without them."),
        ("all-silent", "ns1.example.com. and ns2.example.com. do not answer in time. No server of example.com. gives "
                       "a usable answer: it ends here."),
        ("all-silent", "The resolver gives up and says SERVFAIL. The browser shows that the page cannot be found."),
        ("refuses", "ns1.example.com. refuses to answer. ns2.example.com., picked from"),
        ("truncated", "cannot fit its reply into a datagram, so that it is asked again over TCP."),
        ("no-aa", "answers, though not with authority"),
        ("dnssec-expired", "A resolver that validates does not believe this and says SERVFAIL; others pass it on."),
        ("glueless", "It gives no addresses of them: their names lie in other zones."),
        ("glueless", "the one name server of example.net. It gives no address of it: its name lies in another zone."),
        ("missing-glue", "It gives no address (no glue), although names of them lie in that zone itself."),
        ("missing-glue", "No server of example.com. can be asked (addresses of name servers depend on each other: "),
        ("no-tcp", "ns1.example.com. and ns2.example.com. take no connections over TCP. No server of example.com. "),
        ("no-tcp", "The resolver gives up and says SERVFAIL. The program has to do without."),
        ("no-edns", "ns1.example.com. does not understand the query. Asked again without EDNS, ns1.example.com., "),
        ("garbage", "ns1.example.com. sends what is no DNS message. ns2.example.com., picked from"),
        ("unreachable", "ns1.example.com. has nobody who listens. ns2.example.com., picked from"),
        ("sideways", "points to another zone (lame). "),
        ("upward", "ns1.example.com. points back up the tree (lame). "),
        ("slow", "ns1.example.com. is slow to answer, so that another is asked beside it. ns2.example.com., "),
        ("recursive", "seems not to serve the zone (lame), but no other gives better: it answers, though not with "
                      "authority: www.example.com. has the address 192.0.2.44."),
        ("truncated", "A program needs the TXT records of example.com."),
        ("truncated", "answers for its own zone: example.com. has 40 TXT records. That may be kept for 1h."),
        ("alias-loop", "gives what leads nowhere (the aliases lead back to an earlier name)."),
    ],
)  # fmt: skip
def test_what_goes_otherwise_is_told_otherwise(world: str, sentence: str) -> None:
    for seed in range(8):
        trace = own(world, seed) if world != "dnssec-expired" else walked(world)
        if sentence in " ".join((*told(trace), *map(Story(report(trace)).of, trace.steps))):
            return
    pytest.fail(" | ".join(told(trace)))


def test_the_chain_of_trust_is_told_where_it_is_judged() -> None:
    trace = walked("dnssec-nsec3-insecure-child")
    told = {step.id: Story(report(trace)).of(step) for step in trace.steps if step.main}
    ends = [told[number].rpartition("(")[2] if number == 1 else told[number] for number in sorted(told)]
    assert ends[0] == "DS)." and ends[1].endswith("It vouches for the keys of that zone (DS).")
    assert ends[2].endswith("It vouches for no keys of that zone, so that nothing below can be checked.")
    expired = walked("dnssec-expired")
    assert any(
        Story(report(expired)).of(step).endswith("Here the chain of trust breaks.") for step in expired.steps
    )
    assert (
        Story(report(walked("dnssec-good")))
        .of(walked("dnssec-good").steps[-1])
        .endswith("The signatures are right.")
    )


def test_what_is_asked_besides_is_told() -> None:
    trace = own("resolver-stale", 1)
    asked = [Story(report(trace)).of(step) for step in trace.steps if step.purpose is Purpose.PROBE]
    assert asked[0].startswith("The resolver 192.0.2.153 is asked too, to compare: ")
    checked_trace = checked(load("soa-stale"))
    probed = {step.probe: Story(report(checked_trace)).of(step) for step in checked_trace.steps if step.probe}
    assert set(probed) > {Probe.SOA, Probe.NS, Probe.TCP, Probe.TRANSFER}
    assert probed[Probe.TCP].startswith("To check the servers of example.com., each is asked over TCP, ")


def test_a_referral_that_is_all_is_not_called_an_answer() -> None:
    ran = run("--lab", "--explain-steps", "--parent-only")
    assert "That is what the parent says; the zone's own servers were not to be asked." in ran.out


def test_probes_are_told_in_one_line() -> None:
    ran = run("--lab", "--explain-steps", "--check", COLUMNS="140")
    assert (
        "Each server of example.com. is asked more than the way to the answer needs, to check it." in ran.out
    )


@pytest.mark.parametrize("world", names())
def test_every_step_of_every_world_is_told_and_numbers_have_no_gap(world: str) -> None:
    trace = walked(world)
    story = Story(report(trace))
    for step in trace.steps:
        assert story.of(step).endswith(".")
        assert ".. " not in story.of(step) and not story.of(step).endswith("..")
    numbers = [int(text.partition(".")[0]) for text in (*story.opening(), *story.closing())]
    between = len(told(trace)) - len(numbers)
    assert numbers == [1, 2, *range(3 + between, 3 + between + len(numbers) - 2)]


def test_the_document_tells_it_where_it_is_asked_for() -> None:
    trace = own("textbook", 4070)
    found = document(report(trace), explain=True)
    jsonschema.Draft202012Validator(json.loads(schema())).validate(found)
    assert all(step["explanation"] for step in found["steps"])
    assert {step["explanation"] for step in document(report(trace))["steps"]} == {None}
