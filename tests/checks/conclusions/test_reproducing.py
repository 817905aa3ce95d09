"""The command line of dig that shows again what was seen; dig itself, asked of a world that is served."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Trace
from dnstrace.checks.conclusions.reproducing import dig
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.lab.serve import loopback, serve
from dnstrace.lab.world import World, load
from dnstrace.model import Edns, Query, Question, Transport
from tests.checks.checking import CHECKED, WALKED, checked, walked

PATIENCE = 300  # seconds after which a test gives up on a dig that hangs
NEEDS_DIG = pytest.mark.skipif(shutil.which("dig") is None, reason="dig is not installed")

WWW = Question(dns.name.from_text("www.example.com"), dns.rdatatype.A)
UNKNOWN = dns.rdatatype.RdataType.make(65280)
PLAIN = Query(WWW, "192.0.2.1", edns=Edns(dnssec_ok=False))


@pytest.mark.parametrize(
    ("query", "line"),
    [
        (PLAIN, "dig @192.0.2.1 www.example.com. A +norecurse"),
        (replace(PLAIN, edns=None), "dig @192.0.2.1 www.example.com. A +norecurse +noedns"),
        (replace(PLAIN, edns=Edns()), "dig @192.0.2.1 www.example.com. A +norecurse +dnssec"),
        (replace(PLAIN, edns=Edns(512, False)), "dig @192.0.2.1 www.example.com. A +norecurse +bufsize=512"),
        (replace(PLAIN, edns=Edns(dnssec_ok=False, version=1)),
         "dig @192.0.2.1 www.example.com. A +norecurse +edns=1 +noednsnegotiation"),
        (replace(PLAIN, edns=Edns(dnssec_ok=False, options=((3, b""), (65184, b"dns")))),
         "dig @192.0.2.1 www.example.com. A +norecurse +ednsopt=3 +ednsopt=65184:646e73"),
        (replace(PLAIN, transport=Transport.TCP, port=5353),
         "dig @192.0.2.1 -p 5353 www.example.com. A +norecurse +tcp"),
        (replace(PLAIN, recursion_desired=True, checking_disabled=True),
         "dig @192.0.2.1 www.example.com. A +cdflag"),
        (replace(PLAIN, question=Question(dns.name.from_text("+tcp.example"), UNKNOWN)),
         "dig @192.0.2.1 -q +tcp.example. TYPE65280 +norecurse"),
        (replace(PLAIN, question=Question(dns.name.Name([b"$(reboot)`'", b""]), dns.rdatatype.A)),
         """dig @192.0.2.1 '\\$\\(reboot\\)`'"'"'.' A +norecurse"""),
    ],
)  # fmt: skip
def test_a_query_is_put_again_by_dig(query: Query, line: str) -> None:
    assert dig(query) == line


@NEEDS_DIG
@pytest.mark.parametrize(
    "line", sorted({row["reproduce"] for row in (*WALKED.values(), *CHECKED.values())} - {""})
)
def test_dig_takes_the_line(line: str) -> None:
    """Only whether it is understood: 127.0.0.1 port 9 is asked in place of the server."""
    asked = line.replace(line.split()[1], "@127.0.0.1", 1) + " -p 9 +tries=1 +timeout=1"
    said = subprocess.run(["sh", "-c", asked], capture_output=True, text=True, check=False)
    assert said.returncode == 9 and "usage" not in said.stderr.lower(), said.stderr


def looked_into(name: str) -> Trace:
    return checked(load(name))


@NEEDS_DIG
@pytest.mark.parametrize(
    ("world", "traced", "seen"),
    [
        ("all-refuse", walked, "status: REFUSED"),
        ("referral-loop", walked, ".\t\t\t518400\tIN\tNS\ta.root-servers.net."),
        ("no-tcp", walked, "connection refused"),
        ("missing-glue", walked, "ADDITIONAL: 1\n"),
        ("alias-loop-across", walked, "CNAME\ttwo.example.net."),
        ("dnssec-missing-key", walked, "IN\tDS\t33677 13 2"),
        ("dnssec-expired", walked, "RRSIG\tA 13 3 300 20260112140000"),
        ("dnssec-bad-nsec", walked, "status: NXDOMAIN"),
        ("bad-version", looked_into, "status: BADVERS"),
        ("format-error", looked_into, "status: FORMERR"),
        ("soa-stale", looked_into, "2026011400"),
        ("parent-servers-differ", looked_into, "IN\tNS\tns"),
        ("truncated-over-tcp", looked_into, "flags: qr tc;"),
        ("no-aa", looked_into, "flags: qr;"),
        ("intercepted", looked_into, "flags: qr ra;"),
    ],
)
def test_dig_sees_what_was_seen(world: str, traced: Callable[[str], Trace], seen: str) -> None:
    found = verdict(traced(world))
    assert found is not None
    said = asyncio.run(said_by(found.reproduce, load(world)))
    assert seen in said, said


async def said_by(line: str, world: World) -> str:
    """What dig says to a command line where `world` is served on loopback addresses."""
    places = loopback(world)
    words = shlex.split(line)
    address, port = places[words[1].removeprefix("@")]
    asked = ["dig", f"@{address}", "-p", str(port), *words[2:], "+tries=1"]
    async with serve(world, places, rtt=0.0, signed=True):
        running = await asyncio.create_subprocess_exec(*asked, stdout=subprocess.PIPE)
        out, _ = await asyncio.wait_for(running.communicate(), PATIENCE)
    return out.decode()
