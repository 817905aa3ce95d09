"""Traces made by hand, one for each thing that has to be seen in them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import dns.edns

from dnstrace.model import Attempt, Exchange, Fault, Outcome, Purpose, Source, Trace
from tests.render.story import GTLD, ROOTS, STARTED, ZONE, ZONE_GLUE, ZONE_NS, Story, servers
from tests.replies import reply

__all__ = ["ALL", "GTLD", "STARTED", "ZONE", "ZONE_GLUE", "ZONE_NS", "Story", "servers"]


def begin(question: str) -> Story:
    """A walk down to the servers of example.com."""
    story = Story(question)
    story.root()
    story.tld("example.com.", ZONE_NS, ZONE_GLUE)
    return story


def last(
    story: Story, exchange: Exchange, server: str = "ns1.example.com.", address: str = "192.0.2.53"
) -> None:
    story.step("example.com.", ZONE, story.asked(server, address, "example.com.", exchange, 8))


def answer(
    *records: str,
    question: str = "www.example.com. A",
    flags: str = "QR AA",
    outcome: Outcome = Outcome.ANSWER,
    **sections: Any,
) -> Trace:
    """The plain walk to an answer of these records."""
    story = begin(question)
    last(story, reply(question, flags=flags, answer=records, **sections))
    return story.trace(outcome)


def plain() -> Trace:
    return answer("www.example.com. 300 A 192.0.2.44")


def several() -> Trace:
    return answer("www.example.com. 300 A 192.0.2.44 | 192.0.2.45 | 192.0.2.46 | 192.0.2.47")


def many_texts() -> Trace:
    texts = " | ".join(f'"record number {number} of forty, with some words in it"' for number in range(40))
    story = begin("example.com. TXT")
    short = reply("example.com. TXT", flags="QR AA TC")
    whole = reply("example.com. TXT", flags="QR AA", answer=(f"example.com. 300 TXT {texts}",))
    over_udp = story.asked("ns1.example.com.", "192.0.2.53", "example.com.", short, 8)
    over_tcp = story.asked("ns1.example.com.", "192.0.2.53", "example.com.", whole, 16, tcp=True)
    story.step("example.com.", ZONE, over_udp, over_tcp)
    return story.trace(Outcome.ANSWER)


def nxdomain() -> Trace:
    question = "nope.example.com. A"
    soa = "example.com. 900 SOA ns1.example.com. hostmaster.example.com. 2025060101 7200 900 1209600 86400"
    story = begin(question)
    last(story, reply(question, flags="QR AA", rcode=3, authority=(soa,)))
    return story.trace(Outcome.NXDOMAIN)


def nodata() -> Trace:
    question = "www.example.com. MX"
    soa = "example.com. 86400 SOA ns1.example.com. hostmaster.example.com. 2025060101 7200 900 1209600 900"
    story = begin(question)
    last(story, reply(question, flags="QR AA", authority=(soa,)))
    return story.trace(Outcome.NODATA)


def alias() -> Trace:
    story = begin("www.example.com. A")
    last(
        story,
        reply("www.example.com. A", flags="QR AA", answer=("www.example.com. 300 CNAME www.example.net.",)),
    )
    further = "www.example.net. A"
    story.root(further, purpose=Purpose.ALIAS, tld="net.")
    story.tld("example.net.", ZONE_NS, tld="net.", question=further, purpose=Purpose.ALIAS)
    exchange = reply(further, flags="QR AA", answer=("www.example.net. 60 A 192.0.2.99",))
    at_hand = servers("ns1.example.com. 192.0.2.53", "ns2.example.com. 192.0.2.54", source=Source.CACHE)
    story.step(
        "example.net.",
        at_hand,
        story.asked("ns1.example.com.", "192.0.2.53", "example.net.", exchange, 8),
        question=further,
        purpose=Purpose.ALIAS,
    )
    return story.trace(Outcome.ANSWER)


def alias_below() -> Trace:
    """An alias whose target is in a zone known already, and a DNAME on the way."""
    story = begin("www.old.example.com. A")
    records = (
        "old.example.com. 3600 DNAME new.example.com.",
        "www.old.example.com. 3600 CNAME www.new.example.com.",
    )
    last(story, reply("www.old.example.com. A", flags="QR AA", answer=records))
    further = "www.new.example.com. A"
    exchange = reply(further, flags="QR AA", answer=("www.new.example.com. 60 A 192.0.2.99",))
    story.step(
        "example.com.",
        ZONE,
        story.asked("ns2.example.com.", "2001:db8::54", "example.com.", exchange, 8),
        question=further,
        purpose=Purpose.ALIAS,
    )
    return story.trace(Outcome.ANSWER)


def glueless() -> Trace:
    """A name server under another TLD, found by a sub-walk."""
    story = Story("www.example.com. A")
    story.root()
    story.tld("example.com.", "ns-2048.awsdns-64.net. | ns-1.awsdns-00.org.")
    looked_up = "ns-2048.awsdns-64.net. A"
    needed_by = len(story.steps) + 1
    known = servers("ns-2048.awsdns-64.net.", "ns-1.awsdns-00.org.")
    story.step("example.com.", known)
    story.root(looked_up, parent=needed_by, purpose=Purpose.NS_ADDRESS, tld="net.")
    glue = ("g-ns-1.awsdns-64.net. 172800 A 205.251.192.1",)
    story.tld("awsdns-64.net.", "g-ns-1.awsdns-64.net.", glue, "net.", looked_up, purpose=Purpose.NS_ADDRESS)
    found = reply(looked_up, flags="QR AA", answer=("ns-2048.awsdns-64.net. 172800 A 205.251.200.0",))
    story.step(
        "awsdns-64.net.",
        servers("g-ns-1.awsdns-64.net. 205.251.192.1"),
        story.asked("g-ns-1.awsdns-64.net.", "205.251.192.1", "awsdns-64.net.", found, 9),
        question=looked_up,
        purpose=Purpose.NS_ADDRESS,
    )
    final = reply("www.example.com. A", flags="QR AA", answer=("www.example.com. 300 A 192.0.2.44",))
    attempt = story.asked("ns-2048.awsdns-64.net.", "205.251.200.0", "example.com.", final, 8)
    resolved = servers("ns-2048.awsdns-64.net. 205.251.200.0", source=Source.RESOLVED)
    story.steps[needed_by - 1] = replace(
        story.steps[needed_by - 1],
        servers=(*resolved, known[1]),
        attempts=(attempt,),
        chosen=0,
        note="",
        outcome=Outcome.ANSWER,
    )
    return replace(story.trace(Outcome.ANSWER), answer=attempt.meaning.answer)


def broken() -> Trace:
    """Every kind of failure beside each other, and no usable answer in the end."""
    question = "www.example.com. A"
    story = begin(question)
    zone = "example.com."

    def fail(number: int, fault: Fault, took: float, wait: float, detail: str = "") -> Attempt:
        return story.fault(
            f"ns{number}.example.com.", f"192.0.2.{number}", zone, fault, took, wait=wait, detail=detail
        )

    def say(number: int, **records: object) -> Attempt:
        exchange = reply(question, **records)  # type: ignore[arg-type]
        return story.asked(f"ns{number}.example.com.", f"192.0.2.{number}", zone, exchange, 9)

    attempts = (
        fail(1, Fault.TIMEOUT, 2000, 400),
        fail(2, Fault.ABANDONED, 402, 200),
        fail(3, Fault.PORT_UNREACHABLE, 3, 3),
        fail(4, Fault.NETWORK_UNREACHABLE, 0, 0),
        fail(5, Fault.CONNECTION_LOST, 31, 31),
        fail(6, Fault.MALFORMED, 7, 7),
        fail(7, Fault.MISMATCH, 2000, 7),
        say(8, rcode=5),
        say(9, rcode=2),
        say(10, rcode=1),
        say(11, rcode=4),
        say(12, authority=(". 518400 NS a.root-servers.net.",)),
        say(13, authority=("example.com. 300 NS ns1.example.com.",)),
        say(14, authority=("example.org. 300 NS ns1.example.org.",)),
        say(15, flags="QR"),
        say(16, flags="QR AA", answer=("other.example.com. 300 A 192.0.2.1",)),
        say(17, flags="QR TC"),
        say(18, rcode=9),
        fail(1, Fault.TIMEOUT, 2000, 2000),
    )
    note = "has no server that gives a usable answer: 2 timeout, 1 refused"
    story.step(zone, ZONE, *attempts, note=note, failed=True)
    return story.trace(Outcome.FAILED, error=f"example.com. {note}")


def lame() -> Trace:
    """Only a resolver answers: used for want of better."""
    story = begin("www.example.com. A")
    refused = reply("www.example.com. A", rcode=5)
    offered = reply("www.example.com. A", flags="QR RA", answer=("www.example.com. 287 A 192.0.2.44",))
    story.step(
        "example.com.",
        ZONE,
        story.asked("ns1.example.com.", "192.0.2.53", "example.com.", refused, 8),
        story.asked("ns2.example.com.", "192.0.2.54", "example.com.", offered, 8),
    )
    return story.trace(Outcome.ANSWER)


def under_way() -> Trace:
    story = Story("www.example.com. A")
    story.root()
    waiting = story.fault("b.gtld-servers.net.", "192.33.14.30", "com.", Fault.TIMEOUT, 2000)
    story.step("com.", GTLD, waiting, open_ended=True)
    return story.trace(None)


def interrupted() -> Trace:
    return replace(under_way(), interrupted=True)


def looking_up() -> Trace:
    whole = glueless()
    steps = [
        *whole.steps[:2],
        replace(whole.steps[2], attempts=(), chosen=None, outcome=None),
        *whole.steps[3:5],
    ]
    steps[4] = replace(steps[4], attempts=(), chosen=None, outcome=None)
    return replace(whole, steps=tuple(steps), answer=(), outcome=None)


def primed() -> Trace:
    story = Story("www.example.com. A")
    names = [f"{letter}.root-servers.net." for letter in "abcdefghijklm"]
    exchange = reply(". NS", flags="QR AA", answer=(f". 518400 NS {' | '.join(names)}",))
    story.step(
        ".",
        ROOTS,
        story.asked("f.root-servers.net.", "198.41.0.9", ".", exchange, 7),
        question=". NS",
        parent=None,
        purpose=Purpose.PRIME,
    )
    story.root()
    story.tld("example.com.", ZONE_NS, ZONE_GLUE)
    last(story, reply("www.example.com. A", flags="QR AA", answer=("www.example.com. 300 A 192.0.2.44",)))
    return story.trace(Outcome.ANSWER)


@cache  # one of a hundred cuts takes a while
def deep(cuts: int = 14) -> Trace:
    """A delegation at every label; labels of one character where there are many."""
    labels = [f"l{number}" if cuts < 50 else chr(97 + number % 26) for number in range(cuts, 0, -1)]
    question = ".".join(["www", *labels, "com."]) + " A"
    story = Story(question)
    story.root()
    zone, known = "com.", GTLD
    for label in reversed(labels):
        below = f"{label}.{zone}"
        exchange = reply(question, authority=(f"{below} 3600 NS ns.example.net. | ns2.example.net.",))
        address = str(known[0].addresses[0].text) if known[0].addresses else "192.0.2.1"
        story.step(zone, known, story.asked(str(known[0].name), address, zone, exchange, 5))
        zone, known = below, servers("ns.example.net. 192.0.2.7", "ns2.example.net. 192.0.2.8")
    exchange = reply(question, flags="QR AA", answer=(f"{question.split()[0]} 300 A 192.0.2.44",))
    story.step(zone, known, story.asked("ns.example.net.", "192.0.2.7", zone, exchange, 5))
    return story.trace(Outcome.ANSWER)


def long_names() -> Trace:
    owner = ".".join(["a" * 60, "b" * 60, "c" * 60, "example.com."])
    return answer(f"{owner} 300 CNAME {'d' * 63}.{'e' * 63}.example.com.", question=f"{owner} CNAME")


def international() -> Trace:
    """Names in Unicode: narrow, wide, and such that may not be shown."""
    return answer(
        "xn--bcher-kva.example.com. 300 CNAME xn--fiqs8s.example.com.",
        "xn--fiqs8s.example.com. 300 A 192.0.2.44",
        question="xn--bcher-kva.example.com. A",
    )


HOSTILE_OCTETS = bytes(range(256))


def hostile() -> Trace:
    """Everything a terminal could trip over, wherever the network can put it."""
    label = "\\027[31m\\255\\226\\128\\174[bold]\\010"
    octets = "".join(f"\\{octet:03d}" for octet in HOSTILE_OCTETS[:250])
    question = f"{label}.example.com. TXT"
    story = begin(question)
    owner = question.split()[0]
    exchange = reply(
        question,
        flags="QR AA",
        answer=(f'{owner} 300 TXT "{octets}" "[red]markup[/red]"',),
        additional=(f'{owner} 300 URI 1 1 "{octets[4:]}"',),
    )
    message = exchange.message
    assert message is not None
    message.use_edns(
        0,
        0,
        1232,
        options=[
            dns.edns.EDEOption(dns.edns.EDECode.make(9), "\x1b[2J\x9b31m\u202egnp.exe\u200b[red]\n\\"),
            dns.edns.EDEOption(dns.edns.EDECode.make(49152), "<b>private</b>"),
            dns.edns.NSIDOption(b"\x1b]0;title\x07\xff\xfe fra1"),
            dns.edns.CookieOption(b"12345678", b"abcdefgh"),
            dns.edns.ECSOption("192.0.2.0", 24, 16),
        ],
    )
    last(story, exchange)
    failing = story.steps[-1]
    bad = replace(failing.attempts[0].meaning, note="\x1b[2Jdetail\u202e")
    story.steps[-1] = replace(
        failing, attempts=(replace(failing.attempts[0], meaning=bad),), note="note \x1b[31m\u2028"
    )
    return story.trace(Outcome.ANSWER, error="error \x1b]0;x\x07\u202e")


ALL = {
    make.__name__: cache(make)
    for make in (
        plain,
        several,
        many_texts,
        nxdomain,
        nodata,
        alias,
        alias_below,
        glueless,
        broken,
        lame,
        under_way,
        interrupted,
        looking_up,
        primed,
        deep,
        long_names,
        international,
        hostile,
    )
}
