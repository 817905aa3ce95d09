"""A world of signed zones, walked and judged without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import dns.message
import dns.name
import dns.rdatatype

from dnstrace.dnssec import Judgement, judge
from dnstrace.message.meaning import classify
from dnstrace.model import (
    Address,
    Attempt,
    Exchange,
    Kind,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Question,
    Source,
    Step,
    Trace,
)
from dnstrace.model.anchors import Anchors
from tests.dnssec.zones import NOW, Key, Name, Zone, name

Tamper = Callable[[Name, Question, dns.message.Message], dns.message.Message]
_OUTCOMES = {
    Kind.ANSWER: Outcome.ANSWER,
    Kind.ALIAS: Outcome.ALIAS,
    Kind.REFERRAL: Outcome.REFERRAL,
    Kind.NODATA: Outcome.NODATA,
    Kind.NXDOMAIN: Outcome.NXDOMAIN,
}
SECOND = "192.0.2.2"
MAX_ALIASES = 10


def question(owner: str, rdtype: str = "A") -> Question:
    return Question(name(owner), dns.rdatatype.from_text(rdtype))


@dataclass
class World:
    """Zones by origin; parents get the DS of their signed children, unless told otherwise.

    `tamper` may change a reply, given the zone asked and the question; `served_with` maps a zone to the
    one whose servers answer for it as well, so that no referral is seen between them.
    """

    zones: dict[Name, Zone]
    tamper: Tamper = lambda zone, question, reply: reply
    served_with: dict[Name, Name] = field(default_factory=dict)

    @classmethod
    def of(cls, *zones: Zone, ds: bool = True) -> World:
        world = cls({zone.origin: zone for zone in zones})
        for zone in zones if ds else ():
            parent = world.parent(zone.origin)
            if zone.keys and parent is not None:
                parent.add(zone.ds())
        return world

    def parent(self, origin: Name) -> Zone | None:
        above = [zone for zone in self.zones if origin != zone and origin.is_subdomain(zone)]
        return self.zones[max(above, key=len)] if above else None

    def anchors(self, origin: str = ".") -> Anchors:
        return Anchors({name(origin): tuple(self.zones[name(origin)].ds())})

    def reply(self, asked: Name, question: Question) -> dns.message.Message:
        """What a server of `asked` replies: from the deepest zone that it serves too."""
        owner = question.name
        if question.rdtype == dns.rdatatype.DS and len(owner) > 1:
            owner = owner.parent()
        served = [z for z in self.zones if z == asked or self._serves(asked, z)]
        deepest = max((z for z in served if owner.is_subdomain(z)), key=len, default=asked)
        made = self.zones[deepest].reply(question.name, question.rdtype)
        made = dns.message.from_wire(made.to_wire(max_size=65535))
        return self.tamper(asked, question, made)

    def _serves(self, asked: Name, zone: Name) -> bool:
        while zone in self.served_with:
            zone = self.served_with[zone]
            if zone == asked:
                return True
        return False

    # --- walking ------------------------------------------------------------------------------

    def walk(self, asked: Question) -> Trace:
        """The steps of a walk from the root, aliases followed."""
        trace = Trace(asked, datetime.fromtimestamp(NOW, UTC), 0)
        purpose, current, seen = Purpose.WALK, asked, set()
        while True:
            seen.add(current)
            zone = dns.name.root
            while True:
                trace = self.ask(trace, zone, current, purpose)
                meaning = trace.steps[-1].meaning
                if meaning is None or meaning.delegation is None:
                    break
                zone = meaning.delegation.zone
            if meaning is None or meaning.kind is not Kind.ALIAS:
                outcome = Outcome.FAILED if meaning is None else _OUTCOMES.get(meaning.kind, Outcome.FAILED)
                return replace(trace, outcome=outcome)
            assert meaning.target is not None
            current, purpose = replace(current, name=meaning.target), Purpose.ALIAS
            if current in seen or len(seen) > MAX_ALIASES:
                return replace(trace, outcome=Outcome.FAILED)

    def ask(self, trace: Trace, zone: Name, asked: Question, purpose: Purpose, reply: object = None) -> Trace:
        """The trace with one more step."""
        message = self.reply(zone, asked)
        exchange = Exchange(Query(asked, "192.0.2.1"), 0.0, 0.0, message=message)
        attempt = Attempt(name("ns."), exchange, classify(exchange, zone))
        servers = (
            NameServer(name("ns."), (Address("192.0.2.1", Source.GLUE), Address(SECOND, Source.GLUE))),
        )
        meaning = attempt.meaning.offer or attempt.meaning  # the last resort of a walk
        usable = meaning.usable
        outcome = _OUTCOMES.get(meaning.kind, Outcome.FAILED)
        step = Step(
            len(trace.steps) + 1,
            None,
            purpose,
            zone,
            asked,
            servers,
            (attempt,),
            0 if usable else None,
            outcome,
        )
        return replace(trace, steps=(*trace.steps, step))

    def fetch(self, trace: Trace, zone: Name, asked: Question, purpose: Purpose) -> Trace:
        """The trace with the steps that a question takes, from the servers of `zone` down."""
        trace = self.ask(trace, zone, asked, purpose)
        referral = trace.steps[-1].referral
        return trace if referral is None else self.fetch(trace, referral.zone, asked, purpose)

    def judged(
        self, owner: str, rdtype: str = "A", anchors: Anchors | None = None, at: float = NOW, rounds: int = 10
    ) -> tuple[Judgement, Trace]:
        """The judgement of a walk, once all that was missing has been asked."""
        anchors = self.anchors() if anchors is None else anchors
        trace = self.walk(question(owner, rdtype))
        for _ in range(rounds):
            judgement = judge(trace, anchors, at)
            if not judgement.missing:
                return judgement, trace
            for need in judgement.missing:
                purpose = Purpose.DS if need.question.rdtype == dns.rdatatype.DS else Purpose.DNSKEY
                trace = self.fetch(trace, self.server_of(need.zone), need.question, purpose)
        raise AssertionError(f"still missing: {judgement.missing}")

    def server_of(self, zone: Name) -> Name:
        """The zone whose servers are those of `zone`, where the delegation was not seen."""
        while zone in self.served_with:
            zone = self.served_with[zone]
        return zone


EXAMPLE = """
@ NS ns
@ A 192.0.2.43
ns A 192.0.2.3
www A 192.0.2.44
alias CNAME www
away CNAME www.unsigned.com.
loose CNAME nope
b.ent A 192.0.2.1
*.wild A 192.0.2.2
*.wa CNAME www
d DNAME example.com.
"""


def journey(algorithm: int = 13, denial: str = "nsec", **how: Any) -> World:
    """root, com, example.com (signed, with a key for keys and one for data) and unsigned.com."""
    keys = [Key(algorithm), Key(algorithm, 1, 256)]
    make = partial(Zone, keys=keys, denial=denial)
    return World.of(
        make(name("."), "@ NS ns.\ncom. NS ns.com.\n"),
        make(name("com."), "@ NS ns\nexample NS ns.example\nunsigned NS ns.unsigned\n"),
        make(name("example.com."), EXAMPLE, **how),
        Zone(name("unsigned.com."), "@ NS ns\nwww A 192.0.2.9\n", keys=[]),
    )
