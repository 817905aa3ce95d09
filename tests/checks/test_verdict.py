"""The verdict: one sentence on what is wrong, where and whose job it is; and how to see it again."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import dns.name
import dns.rdatatype
import pytest

from dnstrace import Trace, trace
from dnstrace.budget import Limits
from dnstrace.checks import Blame
from dnstrace.checks.reproducing import dig
from dnstrace.checks.verdict import Verdict, verdict
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Edns, Query, Question, Transport
from tests.checks.test_worlds import checked

SAID = tomllib.loads(Path(__file__).with_name("verdicts.toml").read_text("utf-8"))
WALKED, CHECKED = SAID["walked"], SAID["checked"]
"""What is said by world: where no check was asked for, and after one."""


def walked(name: str, seed: int = 1) -> Trace:
    world = load(name)
    signed = world.expect.security is not None
    anchors = parse_anchors(world.anchors_text, name) if signed else None
    network = LabNetwork(world, signed=signed)
    asked = world.question
    return trace(asked.name, asked.rdtype, network=network, anchors=anchors, now=world.now, seed=seed)


def parts(found: Verdict | None) -> dict[str, str]:
    assert found is not None
    return {"blame": found.blame.value, "text": found.text, "reproduce": found.reproduce}


@pytest.mark.parametrize("world", WALKED)
def test_a_walk_that_came_to_nothing_says_why(world: str) -> None:
    assert parts(verdict(walked(world))) == WALKED[world]


@pytest.mark.parametrize("world", CHECKED)
def test_a_check_that_found_something_says_what_matters_most(world: str) -> None:
    assert parts(verdict(checked(load(world)))) == CHECKED[world]


@pytest.mark.parametrize("world", names())
def test_there_is_a_verdict_where_and_only_where_something_is_wrong(world: str) -> None:
    found = walked(world)
    bogus = found.judgement is not None and found.judgement.security.value == "bogus"
    assert (verdict(found) is not None) is (bogus or load(world).expect.outcome == "failed")


def test_notices_alone_make_no_verdict() -> None:
    assert checked(load("dnssec-island")).findings
    assert verdict(checked(load("dnssec-island"))) is None


def test_a_bound_of_our_own_is_nobodys_fault() -> None:
    for limits in (Limits(max_queries=4), Limits(deadline=0.05)):
        found = verdict(
            trace("www.example.com", network=LabNetwork(load("all-refuse")), limits=limits, seed=1)
        )
        assert found is not None and found.blame is Blame.NOBODY, found


def test_what_is_under_way_or_interrupted_has_no_verdict() -> None:
    found = walked("all-refuse")
    assert verdict(replace(found, interrupted=True)) is None
    assert verdict(replace(found, outcome=None)) is None


def test_the_records_to_publish_are_those_of_the_finding() -> None:
    found = verdict(checked(load("glue")))
    assert found is not None and found.records == ("ns3.example.com. 172800 IN A 203.0.113.53",)


# --- the command line ---------------------------------------------------------------------------

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


@pytest.mark.skipif(shutil.which("dig") is None, reason="dig is not installed")
@pytest.mark.parametrize(
    "line", sorted({row["reproduce"] for row in (*WALKED.values(), *CHECKED.values())} - {""})
)
def test_dig_takes_the_line(line: str) -> None:
    """Only whether it is understood: 127.0.0.1 port 9 is asked in place of the server."""
    asked = line.replace(line.split()[1], "@127.0.0.1", 1) + " -p 9 +tries=1 +timeout=1"
    said = subprocess.run(["sh", "-c", asked], capture_output=True, text=True, check=False)
    assert said.returncode == 9 and "usage" not in said.stderr.lower(), said.stderr
