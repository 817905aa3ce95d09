"""Servers that serve a zone and the zone below it: they refer farther down than the others, which is right.

In the world `sub-zone` lab.sub.example.com is added, on servers of its own. Any of the servers of example.com
may serve sub.example.com too; only a server that refers past a zone that it does not serve is at fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, combinations

import pytest

from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import World, read
from dnstrace.model import Delegation, NameServer, Outcome
from tests.checks.checking import checked, made_of, told
from tests.replies import name

ABOVE = ("ns1.example.com.", "ns2.example.com.", "ns3.example.com.")
SOME = list(chain.from_iterable(combinations(ABOVE, count) for count in (1, 2, 3)))
LAB = "a.b.lab.sub.example.com"
ZONE = name(f"{LAB}.")
SERVERS = ("ns1.other.net.", "ns2.other.net.")
DELEGATION = "".join(f"{LAB}. NS {server}\n" for server in SERVERS)
APEX = f"@ 900 SOA {SERVERS[0]} hostmaster 1 7200 900 1209600 300\n@ NS {SERVERS[0]}\n@ NS {SERVERS[1]}\n"
GLUE = "ns1@ A 203.0.113.61\nns2@ A 198.51.100.61\n"


def world(both: Iterable[str], delegated: str = "sub.example.com.", past: str = "") -> World:
    """The world in which `both` serve sub.example.com too; `delegated` is the zone that delegates the lab.

    The server `past` has a copy of example.com that lacks sub.example.com, and delegates the lab if any does.
    """
    listed = "".join(f"@ NS {server}\n" for server in both)
    more = {"sub.example.com.": listed, "example.com.": listed.replace("@", "sub")}
    if delegated:
        more[delegated] += DELEGATION
    zones: dict[str, dict[str, object]] = {zone: {"add": text} for zone, text in more.items()}
    if past:
        zones["example.com."]["servers"] = [server for server in ABOVE if server != past]
        lines = read("sub-zone")["zones"]["example.com."]["text"].splitlines()
        kept = "\n".join(line for line in lines if not line.startswith("sub NS"))
        zones["example.com. past"] = {"servers": [past], "text": f"{kept}\n{DELEGATION if delegated else ''}"}
    zones["net."] = {"add": f"other NS {SERVERS[0]}\nother NS {SERVERS[1]}\n{GLUE.replace('@', '.other')}"}
    zones["other.net."] = {"text": f"{APEX}{GLUE.replace('@', '')}"}
    zones[f"{LAB}."] = {"text": f"{APEX}www 300 A 192.0.2.7\n"}
    servers = dict(
        zip(SERVERS, ({"addresses": ["203.0.113.61"]}, {"addresses": ["198.51.100.61"]}), strict=True)
    )
    return made_of("sub-zone", question=f"www.{LAB}. A", servers=servers, zones=zones)


def supposed() -> tuple[Delegation, ...]:
    """The delegation of the lab, as `--undelegated` has it."""
    return (Delegation(ZONE, tuple(NameServer(name(server)) for server in SERVERS)),)


@pytest.mark.parametrize("both", SOME, ids=" ".join)
def test_a_server_of_both_zones_is_right_to_refer_farther_down(both: tuple[str, ...]) -> None:
    trace = checked(world(both))
    assert told(trace.findings or ()) == []
    if len(both) == 1:  # else most servers refer past the zone, and the walk goes by them
        cut = Evidence(trace).cut(ZONE)
        assert cut is not None and cut.parent == name("sub.example.com.")


def test_a_server_that_refers_past_a_zone_that_it_does_not_serve_is_named() -> None:
    found = checked(world((), past="ns2.example.com.")).findings
    assert told(found or ()) == ["parent-servers-differ sub.example.com. ns2.example.com."]


def test_the_parents_servers_need_not_know_a_domain_that_is_only_supposed() -> None:
    """They answer NXDOMAIN when asked for its DS records, as for all else."""
    new = (
        "@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1.example.com.\n@ NS ns2.example.com.\nwww A 192.0.2.7\n"
    )
    made = made_of("in-domain", question="www.new.com. A", zones={"new.com.": {"text": new}})
    servers = (NameServer(name("ns1.example.com.")), NameServer(name("ns2.example.com.")))
    trace = checked(made, supposed=(Delegation(name("new.com."), servers),))
    assert told(trace.findings or ()) == [] and trace.outcome is Outcome.ANSWER


@pytest.mark.parametrize("both", [(), *SOME[:1]], ids=" ".join)
@pytest.mark.parametrize("past", ["", "ns2.example.com."])
def test_what_is_supposed_says_nothing_about_the_names_above_it(both: tuple[str, ...], past: str) -> None:
    trace = checked(world(both, delegated="", past=past), supposed=supposed())
    assert told(trace.findings or ()) == []
    assert trace.outcome is Outcome.ANSWER
