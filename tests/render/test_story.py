# ruff: noqa: E501
"""The story of a trace, for those who learn: a plain sentence for each step."""

from __future__ import annotations

import json

import jsonschema
import pytest

from dnstrace import Trace
from dnstrace.model import Purpose
from dnstrace.render.document import document, schema
from dnstrace.render.story import Story
from tests.checks.test_verdict import walked
from tests.lab.test_worlds import names, own


def told(trace: Trace) -> list[str]:
    """All that is numbered, in the order in which it is drawn."""
    story = Story(trace)
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
        "other zones, under several top-level domains.",
        "To ask ns-2048.awsdns-64.com., its address has to be known, and nobody has given it: so it is looked up "
        "first, from com. on.",
        "ns-2048.awsdns-64.com., picked from the 4 name servers of example.com., answers for its own zone: "
        "A 192.0.2.44.",
        "The resolver hands 192.0.2.44 to the browser. It keeps that for 5m, and need not ask again so long.",
        "The browser connects to 192.0.2.44 and asks for the page of www.example.com.",
        "The web server there sends the page, and the browser shows it.",
    ]


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        ("alias", "ns1.example.com., the only name server of example.com., says that www.example.com. is another "
                  "name (an alias) of shop.cdn.example.net."),
        ("nxdomain", "says that there is no nowhere.example.com. That it does not exist may be kept for 5m."),
        ("nodata", "has no AAAA records. That it does not exist may be kept for 5m."),
        ("all-silent", "ns1.example.com. does not answer in time. ns2.example.com. does not answer in time. No "
                       "server of example.com. gives a usable answer: it ends here."),
        ("all-silent", "The resolver gives up and says SERVFAIL. The browser shows that the page cannot be found."),
        ("refuses", "ns1.example.com. refuses to answer. ns2.example.com., picked from"),
        ("truncated", "cannot fit its reply into a datagram, so that it is asked again over TCP."),
        ("no-aa", "answers, though not with authority"),
        ("dnssec-expired", "A resolver that validates does not believe this and says SERVFAIL; others pass it on."),
        ("glueless", "It gives no addresses of them: their names lie in other zones."),
    ],
)  # fmt: skip
def test_what_goes_otherwise_is_told_otherwise(world: str, sentence: str) -> None:
    for seed in range(8):
        trace = own(world, seed) if world != "dnssec-expired" else walked(world)
        if any(sentence in text for text in told(trace)) or sentence in " ".join(told(trace)):
            return
    pytest.fail(" | ".join(told(trace)))


@pytest.mark.parametrize("world", names())
def test_every_step_of_every_world_is_told_and_numbers_have_no_gap(world: str) -> None:
    trace = walked(world)
    story = Story(trace)
    for step in trace.steps:
        assert step.purpose is Purpose.PROBE or story.of(step)
    numbers = [int(text.partition(".")[0]) for text in (*story.opening(), *story.closing())]
    between = len(told(trace)) - len(numbers)
    assert numbers == [1, 2, *range(3 + between, 3 + between + len(numbers) - 2)]


def test_the_document_tells_it_where_it_is_asked_for() -> None:
    trace = own("textbook", 4070)
    found = document(trace, explain=True)
    jsonschema.Draft202012Validator(json.loads(schema())).validate(found)
    assert all(step["explanation"] for step in found["steps"])
    assert {step["explanation"] for step in document(trace)["steps"]} == {None}
