"""Builds a trace step by step, from replies made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import dns.name
import dns.rdatatype

from dnstrace.analysis.stats import measure
from dnstrace.message.meaning import classify
from dnstrace.model import (
    Address,
    Attempt,
    Exchange,
    Fault,
    NameServer,
    Outcome,
    Purpose,
    Query,
    Question,
    Source,
    Step,
    Trace,
    Transport,
)
from dnstrace.model.heard import outcome_of
from tests.replies import name, reply

STARTED = datetime(2025, 6, 1, 13, 59, 12, tzinfo=UTC)

ROOTS = tuple(
    NameServer(name(f"{letter}.root-servers.net."), (Address(f"198.41.0.{number}", Source.HINT),))
    for number, letter in enumerate("abcdefghijklm", 4)
)


def servers(*names: str, source: Source = Source.GLUE) -> tuple[NameServer, ...]:
    """Name servers written `name` or `name address address`."""
    split = [text.split() for text in names]
    return tuple(
        NameServer(name(first), tuple(Address(address, source) for address in rest)) for first, *rest in split
    )


@dataclass
class Story:
    """Builds a trace step by step; `now` is the clock in milliseconds."""

    question: str
    now: float = 0.0
    steps: list[Step] = field(default_factory=list)

    def step(
        self,
        zone: str,
        known: tuple[NameServer, ...],
        *attempts: Attempt,
        question: str | None = None,
        parent: int | None = -1,
        purpose: Purpose = Purpose.WALK,
        note: str = "",
        open_ended: bool = False,
        failed: bool = False,
    ) -> int:
        """A step whose last usable attempt is chosen, unless it `failed`; its parent is the step before."""
        number = len(self.steps) + 1
        qname, rdtype = (question or self.question).split()
        chosen = next(
            (i for i, a in reversed(list(enumerate(attempts))) if a.meaning.usable or a.meaning.offer), None
        )
        outcome: Outcome | None = Outcome.FAILED
        if failed:
            chosen = None
        if chosen is not None:
            meaning = attempts[chosen].meaning.offer or attempts[chosen].meaning
            outcome = outcome_of(meaning.kind)
            note = note or meaning.note
        if open_ended:
            outcome, chosen = None, None
        parent = (number - 1 or None) if parent == -1 else parent
        asked = Question(name(qname), dns.rdatatype.from_text(rdtype))
        self.steps.append(
            Step(number, parent, purpose, name(zone), asked, known, attempts, chosen, outcome, note)
        )
        return number

    def asked(
        self,
        server: str,
        address: str,
        zone: str,
        exchange: Exchange,
        took: float,
        *,
        wait: float | None = None,
        tcp: bool = False,
    ) -> Attempt:
        """An attempt that took `took` milliseconds; the clock goes on by `wait` (`took` by default)."""
        query = replace(exchange.query, address=address, transport=Transport.TCP if tcp else Transport.UDP)
        exchange = replace(exchange, query=query, start=self.now / 1000, elapsed=took / 1000)
        self.now += took if wait is None else wait
        return Attempt(name(server), exchange, classify(exchange, name(zone)))

    def fault(
        self,
        server: str,
        address: str,
        zone: str,
        fault: Fault,
        took: float,
        *,
        wait: float | None = None,
        question: str | None = None,
        detail: str = "",
    ) -> Attempt:
        qname, rdtype = (question or self.question).split()
        query = Query(Question(name(qname), dns.rdatatype.from_text(rdtype)), address)
        return self.asked(
            server, address, zone, Exchange(query, 0, 0, fault=fault, detail=detail), took, wait=wait
        )

    def root(
        self,
        question: str | None = None,
        parent: int | None = -1,
        purpose: Purpose = Purpose.WALK,
        tld: str = "com.",
    ) -> int:
        """The usual first step: the root refers to a signed TLD."""
        question = question or self.question
        exchange = reply(
            question,
            authority=(
                f"{tld} 172800 NS a.gtld-servers.net. | b.gtld-servers.net. | c.gtld-servers.net.",
                f"{tld} 86400 DS 19718 13 2 8ACBB0CD28F41250A80A491389424D341522D946B0DA0C0291F2D3D771D7805A",
            ),
            additional=(
                "a.gtld-servers.net. 172800 A 192.5.6.30",
                "b.gtld-servers.net. 172800 A 192.33.14.30",
            ),
        )
        return self.step(
            ".",
            ROOTS,
            self.asked("a.root-servers.net.", "198.41.0.4", ".", exchange, 12),
            question=question,
            parent=parent,
            purpose=purpose,
        )

    def tld(
        self,
        cut: str,
        ns: str,
        glue: tuple[str, ...] = (),
        tld: str = "com.",
        question: str | None = None,
        parent: int | None = -1,
        purpose: Purpose = Purpose.WALK,
    ) -> int:
        """The usual second step: a TLD refers to a zone without DS."""
        exchange = reply(question or self.question, authority=(f"{cut} 172800 NS {ns}",), additional=glue)
        return self.step(
            tld,
            GTLD,
            self.asked("b.gtld-servers.net.", "192.33.14.30", tld, exchange, 21),
            question=question,
            parent=parent,
            purpose=purpose,
        )

    def trace(self, outcome: Outcome | None, *, error: str = "", interrupted: bool = False) -> Trace:
        qname, rdtype = self.question.split()
        ended = self.steps[-1]
        alive = [
            s for s in self.steps if s.purpose in (Purpose.WALK, Purpose.ALIAS) and s.meaning is not None
        ]
        answer = tuple(rrset for s in alive if s.meaning for rrset in s.meaning.answer)
        return Trace(
            Question(name(qname), dns.rdatatype.from_text(rdtype)),
            STARTED,
            4711,
            outcome,
            ended.meaning.rcode if ended.meaning else None,
            answer,
            tuple(self.steps),
            measure(tuple(self.steps), self.now / 1000),
            error,
            interrupted,
        )


GTLD = servers("a.gtld-servers.net. 192.5.6.30", "b.gtld-servers.net. 192.33.14.30", "c.gtld-servers.net.")
ZONE = servers("ns1.example.com. 192.0.2.53", "ns2.example.com. 192.0.2.54 2001:db8::54")
ZONE_NS = "ns1.example.com. | ns2.example.com."
ZONE_GLUE = (
    "ns1.example.com. 172800 A 192.0.2.53",
    "ns2.example.com. 172800 A 192.0.2.54",
    "ns2.example.com. 172800 AAAA 2001:db8::54",
)
