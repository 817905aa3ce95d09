"""What is fuzzed: functions of octets that return nothing, and raise only if the code is at fault.

More is held than that nothing raises: what is believed lies in bailiwick, a referral leads down, what is
printed has no control characters, what is JSON obeys its schema.
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from zlib import crc32

import dns.message
import dns.rdatatype
from rich.console import Console

from dnstrace import clock, trace
from dnstrace.api import report
from dnstrace.dnssec.anchors import AnchorsError, closest, parse_anchors, root_anchors
from dnstrace.message.common import read_common
from dnstrace.message.meaning import classify
from dnstrace.message.reading import read_any, read_reply
from dnstrace.message.wire import belongs
from dnstrace.model import (
    Attempt,
    Delegation,
    Edns,
    Exchange,
    Fault,
    Kind,
    Meaning,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Question,
    Settings,
    Step,
    Trace,
)
from dnstrace.model.anchors import Anchors
from dnstrace.model.limits import Limits
from dnstrace.network.faults import read
from dnstrace.render.document import to_json
from dnstrace.render.short import short
from dnstrace.render.tree import tree
from dnstrace.walk.roots import HintsError, parse_hints
from tests.readers import held
from tests.render.validating import VALIDATOR
from tests.replies import name
from tests.scripted import roots

Target = Callable[[bytes], None]

STARTED = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
AT = STARTED.timestamp()
ADDRESS = "192.0.2.1"
QUESTIONS = [
    Question(name(owner), dns.rdatatype.from_text(rdtype))
    for owner in ("www.example.com.", "example.com.", ".")
    for rdtype in ("A", "NS", "DS", "ANY", "CNAME", "TXT", "TYPE65280")
]
ZONES = [name(text) for text in (".", "com.", "example.com.", "www.example.com.")]
CASES = [(asked, zone) for asked in QUESTIONS for zone in ZONES if asked.name.is_subdomain(zone)]


# --- octets of a reply ---------------------------------------------------------------------------


def reader(octets: bytes) -> None:
    """The first look at a datagram, and the reading of the message in it, by either reader."""
    message_id = int.from_bytes(octets[:2])
    for question in QUESTIONS:
        assert belongs(octets, question, message_id) in (True, False)
    message = read_reply(octets)
    assert message is Fault.MALFORMED or isinstance(message, dns.message.Message)
    if (common := read_common(octets)) is not None:
        assert held(common) == held(read_any(octets))


def classifier(octets: bytes) -> None:
    """What a reply means for many questions and zones."""
    exchange = exchanged(QUESTIONS[0], octets)
    for question, zone in CASES:
        asked = Exchange(Query(question, ADDRESS), 0.0, 0.01, exchange.wire, exchange.message, exchange.fault)
        check(classify(asked, zone), question, zone)


def check(meaning: Meaning, question: Question, zone: dns.name.Name) -> None:
    """Hold what DESIGN.md section 6 promises of every meaning."""
    assert isinstance(meaning.kind, Kind)
    assert all(rrset.name.is_subdomain(zone) for rrset in meaning.answer)
    if meaning.kind is Kind.REFERRAL:
        cut = meaning.delegation
        assert cut is not None and cut.zone != zone
        assert cut.zone.is_subdomain(zone) and question.name.is_subdomain(cut.zone)
        for server in cut.servers:
            assert server.name.is_subdomain(zone) or not server.addresses


def exchanged(question: Question, octets: bytes) -> Exchange:
    """The exchange in which these octets are the reply."""
    return Exchange(Query(question, ADDRESS), 0.0, 0.01, octets, *read(octets))


# --- what is shown of it -------------------------------------------------------------------------


def render(octets: bytes) -> None:
    """The tree, the short form and the JSON of a step whose reply is these octets.

    The octets also choose the question and the zone: to show all of them takes too long.
    """
    question, zone = CASES[crc32(octets) % len(CASES)]
    exchange = exchanged(question, octets)
    shown(stepped(question, zone, Attempt(name("ns1.example.com."), exchange, classify(exchange, zone))))


def stepped(question: Question, zone: dns.name.Name, attempt: Attempt) -> Trace:
    """A trace of one step, which goes by the attempt."""
    meaning = attempt.meaning.offer or attempt.meaning
    outcomes = {outcome.value: outcome for outcome in Outcome}
    outcome = outcomes.get(meaning.kind.value, Outcome.FAILED)
    chosen = None if outcome is Outcome.FAILED else 0
    servers = (NameServer(attempt.server),)
    step = Step(1, None, Purpose.WALK, zone, question, servers, (attempt,), chosen, outcome)
    ending = outcome if outcome in ENDINGS else Outcome.FAILED
    return Trace(question, STARTED, 1, ending, meaning.rcode, meaning.answer, (step,))


ENDINGS = {Outcome.ANSWER, Outcome.NODATA, Outcome.NXDOMAIN}


def shown(found: Trace) -> None:
    """Print a trace in every form, and look at what comes of it."""
    printed = short(report(found))
    for verbose in (False, True):
        page = io.StringIO()
        Console(file=page, width=80, color_system=None).print(tree(report(found), verbose=verbose))
        printed += page.getvalue()
        VALIDATOR.validate(json.loads(to_json(report(found), verbose=verbose)))
    harmful = {character for character in set(printed) - {"\n"} if unicodedata.category(character) in UNSEEN}
    assert not harmful, harmful


UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


# --- a whole walk --------------------------------------------------------------------------------


class Replayed:
    """A network that has these replies in turn, over and over, whoever is asked for whatever."""

    run = staticmethod(clock.run)

    def __init__(self, replies: list[bytes]) -> None:
        self._replies = cycle(replies)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        start, octets = asyncio.get_running_loop().time(), next(self._replies)
        await asyncio.sleep(0.01)
        return Exchange(query, start, 0.01, octets, *read(octets))


def walk(octets: bytes) -> None:
    """A trace that gets these replies; the first octet says how it asks.

    The replies follow one another as over TCP, each after its length in two octets (RFC 1035 section
    4.2.2).
    """
    how, limits = octets[0] if octets else 0, Limits(max_queries=40, lookups=10)
    settings = Settings(qmin=bool(how & 1), prime=bool(how & 2), edns=None if how & 4 else Edns())
    found = trace(
        "www.example.com." if how & 8 else "example.com.",
        "TXT" if how & 16 else "A",
        network=Replayed(list(framed(octets[1:])) or [b""]),
        roots=roots("192.0.2.1", "192.0.2.2"),
        settings=settings,
        limits=limits,
        anchors=root_anchors() if how & 32 else None,
        at=AT,
        seed=how,
        now=STARTED,
    )
    assert found.outcome is not None
    assert found.stats.queries <= limits.max_queries and found.stats.duration <= limits.deadline
    shown(found)


def framed(octets: bytes) -> Iterator[bytes]:
    """Messages, each after its length; the last may be cut off."""
    while len(octets) > 2:
        (length,) = struct.unpack_from("!H", octets)
        yield octets[2 : 2 + length]
        octets = octets[2 + length :]


# --- files ---------------------------------------------------------------------------------------


def hints(octets: bytes) -> None:
    """The text of a root hints file."""
    try:
        found = parse_hints(octets.decode("latin-1"), "it")
    except HintsError as error:
        one_line(error)
    else:
        assert isinstance(found, Delegation) and any(server.addresses for server in found.servers)


def anchors(octets: bytes) -> None:
    """The text of a trust anchors file."""
    try:
        found = parse_anchors(octets.decode("utf-8", "replace"), "it")
    except AnchorsError as error:
        one_line(error)
    else:
        assert isinstance(found, Anchors) and found.zones
        closest(found, name("www.example.com."))


def one_line(error: Exception) -> None:
    assert str(error) and "\n" not in str(error)


TARGETS: dict[str, tuple[Target, str]] = {
    "reader": (reader, "replies"),
    "classifier": (classifier, "replies"),
    "render": (render, "replies"),
    "walk": (walk, "walks"),
    "hints": (hints, "hints"),
    "anchors": (anchors, "anchors"),
}
"""By name: the function, and the directory of `corpus/` that holds what to begin with."""
