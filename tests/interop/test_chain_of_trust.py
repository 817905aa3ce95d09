"""The verdicts of the installed command beside Unbound's, on zones that real servers and signers signed.

Compared are the security and, unless that is bogus, the outcome: 920 questions of four signed zones with
zones below them, secure, insecure and wrongly delegated; 1634 questions of 43 zones by way of breaking,
of which 32 are to have something bogus. What is not asked, since Unbound's word depends on what it was
asked in the same second: the NSEC of an alias (it may hold the CNAME), and the DS of a name that its
server has and a signed NSEC denies (it may hold that: RFC 8198). Asked alone, it says what we say.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import drawn
from tests.interop import servers
from tests.interop.namespace import hindrance
from tests.interop.signed import BROKEN, PROGRAMS, RESOLVER, SIGNED, SignedInternet, signed_internet

NAMES = (
    "", "ns", "www", "alias", "far", "farther", "old", "host.old", "gone.old", "away", "www.away",
    "b.wild.away", "new", "host.new", "a.wild", "b.c.wild", "*.wild", "x.*.wild", "wild", "between",
    "below.between", "none", "x.none", "below.www", "zzz", "insecure", "www.insecure", "none.insecure",
    "ns.insecure", "hollow", "none.hollow", "deep.hollow", "www.deep.hollow",
)  # fmt: skip
MORE_NAMES = (
    "signed", "www.signed", "none.signed", "a.wild.signed", "wild.signed", "mistaken", "www.mistaken",
    "unknown", "www.unknown", "into", "astray",
)  # fmt: skip
TYPES = ("A", "TXT", "DS", "NS", "CNAME")
APEXES = ("", "insecure", "signed", "mistaken", "unknown", "deep.hollow")

BROKEN_NAMES = (
    "", "ns", "www", "alias", "far", "farther", "old", "host.old", "gone.old", "www.away", "host.new",
    "a.wild", "b.c.wild", "*.wild", "wild", "between", "below.between", "none", "x.none", "below.www",
    "insecure", "www.insecure", "hollow", "none.hollow", "deep.hollow", "www.deep.hollow", "added",
)  # fmt: skip
BROKEN_LACKING = ("", "www", "a.wild", "wild", "between", "insecure")
SHARES = 6
BROKEN_DS = ("www", "none", "insecure", "deep.hollow", "a.wild")

# Asks the resolver everything at once, from inside the namespace.
ASK = f"""
import json, sys, dns.flags, dns.message, dns.query, dns.rdatatype
found = []
for name, rdtype in json.load(sys.stdin):
    query = dns.message.make_query(name, rdtype, want_dnssec=True)
    reply = dns.query.udp_with_fallback(query, {RESOLVER!r}, timeout=20)[0]
    if reply.rcode() == 2:  # bogus, unless it is so without validation
        query.flags |= dns.flags.CD
        unchecked = dns.query.udp_with_fallback(query, {RESOLVER!r}, timeout=20)[0].rcode()
    answered = any(rrset.rdtype == dns.rdatatype.from_text(rdtype) for rrset in reply.answer)
    failed = reply.rcode() == 2 and unchecked == 2
    found.append([reply.rcode(), failed, bool(reply.flags & dns.flags.AD), answered])
json.dump(found, sys.stdout)
"""


class Question(NamedTuple):
    name: str
    rdtype: str


class Seen(NamedTuple):
    """What was said of a question: its security and, unless that is bogus, its outcome."""

    security: str
    outcome: str


def questions(zone: str, names: tuple[str, ...], types: tuple[str, ...]) -> list[Question]:
    return [Question(f"{name}.{zone}".lstrip("."), rdtype) for name in names for rdtype in types]


def _alone(question: Question) -> bool:
    """Not the CNAME that a DNAME makes: it has no signature (RFC 6672 section 5.3.1).

    Where that is itself what is asked for, Unbound 1.17 wants one. We take the DNAME's, as the RFC says.
    """
    parent = question.name.partition(".")[2]
    return not (question.rdtype == "CNAME" and parent.startswith(("old.", "away.", "wild.away.")))


GOOD = [
    question
    for zone in SIGNED
    for question in questions(zone, NAMES + MORE_NAMES, TYPES)
    + questions(zone, APEXES, ("SOA", "DNSKEY"))
    + questions(zone, ("a.wild", "b.c.wild"), ("NSEC",))
    if _alone(question)
]
BAD = [
    question
    for zone in BROKEN
    for question in questions(zone, BROKEN_NAMES, ("A",))
    + questions(zone, BROKEN_LACKING, ("MX",))
    + questions(zone, BROKEN_DS, ("DS",))
]


def broken_share(seed: int) -> list[str]:
    """The broken zones about which one run asks."""
    return [*BROKEN][seed % SHARES :: SHARES]


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[SignedInternet]:
    """With the broken zones that are asked about: to sign one takes as long as to ask about it."""
    absent = [*servers.missing(), *(program for program in PROGRAMS if shutil.which(program) is None)]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    broken = BROKEN if pytestconfig.getoption("all") else broken_share(drawn())
    with signed_internet(tmp_path_factory.mktemp("signed"), broken) as running:
        yield running


def resolved(net: SignedInternet, asked: list[Question]) -> dict[Question, Seen]:
    """What Unbound says."""
    done = subprocess.run(
        net.namespace.inside([sys.executable, "-c", ASK]),
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        question: _of_resolver(*each) for question, each in zip(asked, json.loads(done.stdout), strict=True)
    }


def _of_resolver(rcode: int, failed: bool, authentic: bool, answered: bool) -> Seen:
    if rcode == 2:
        return Seen("indeterminate", "failed") if failed else Seen("bogus", "")
    outcome = "nxdomain" if rcode == 3 else "answer" if answered else "nodata"
    return Seen("secure" if authentic else "insecure", outcome)


def traced(net: SignedInternet, asked: list[Question]) -> dict[Question, Seen]:
    """What the command says, which takes all names of one type at once."""
    by_type: dict[str, list[Question]] = defaultdict(list)
    for question in asked:
        by_type[question.rdtype].append(question)
    with ThreadPoolExecutor(2) as pool:
        documents = pool.map(lambda some: _jsonl(net, some), by_type.values())
        return {
            question: Seen(found["security"], "" if found["security"] == "bogus" else found["outcome"])
            for some, lines in zip(by_type.values(), documents, strict=True)
            for question, found in zip(some, lines, strict=True)
        }


def _jsonl(net: SignedInternet, asked: list[Question]) -> list[dict[str, str]]:
    beside_python = Path(sys.executable).parent / "dnstrace"
    command = str(beside_python) if beside_python.exists() else shutil.which("dnstrace") or "dnstrace"
    names = [word for question in asked for word in ("-q", question.name)]
    given = ["--root-hints", str(net.hints), "--trust-anchor", str(net.anchor), "-t", asked[0].rdtype]
    arguments = [command, "--jsonl", "--dnssec", "-4", *given, *names]
    done = subprocess.run(net.namespace.inside(arguments), capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compared(net: SignedInternet, asked: list[Question]) -> dict[Question, Seen]:
    """What the command says, once it is seen to be what Unbound says."""
    ours, theirs = traced(net, asked), resolved(net, asked)
    assert {q: (ours[q], theirs[q]) for q in asked if ours[q] != theirs[q]} == {}
    return ours


def of_zones(asked: list[Question], zones: list[str]) -> list[Question]:
    return [question for question in asked if any(f".{question.name}".endswith(f".{zone}") for zone in zones)]


def test_it_is_as_many_questions_as_are_said_above() -> None:
    bogus = sum(breaking.bogus for breaking in BROKEN.values())
    assert f"{len(GOOD)} questions of four" in str(__doc__)
    assert f"{len(BAD)} questions of {len(BROKEN)} zones" in str(__doc__) and f" {bogus} are" in str(__doc__)


@pytest.mark.seeds(4)
def test_the_verdicts_on_good_zones_are_those_of_unbound(net: SignedInternet, seed: int) -> None:
    """Of two of the zones, every other question."""
    zones = [*SIGNED][seed % 2 :: 2]
    seen = Counter(compared(net, of_zones(GOOD, zones)[seed // 2 :: 2]).values())
    assert {each.security for each in seen} == {"secure", "insecure", "bogus"}
    kinds = [
        (security, what) for security in ("secure", "insecure") for what in ("answer", "nodata", "nxdomain")
    ]
    assert all(seen[Seen(*kind)] >= len(zones) for kind in kinds)


@pytest.mark.seeds(SHARES)
def test_the_verdicts_on_broken_zones_are_those_of_unbound(net: SignedInternet, seed: int) -> None:
    zones = broken_share(seed)
    verdicts: dict[str, set[str]] = defaultdict(set)
    for question, each in compared(net, of_zones(BAD, zones)).items():
        verdicts[question.name.rpartition(".")[0].rpartition(".")[2] + "."].add(each.security)
    assert {zone: "bogus" in each for zone, each in verdicts.items()} == {
        zone: BROKEN[zone].bogus for zone in zones
    }
