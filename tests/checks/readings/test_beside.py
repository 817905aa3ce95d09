"""Zones off the path, which are needed for the addresses of name servers, and what is found in them."""

from __future__ import annotations

from typing import Any

import pytest

from dnstrace.checks.readings.beside import beside
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import World
from dnstrace.model import Probe, Trace
from dnstrace.model.findings import Blame, Level
from dnstrace.model.structs import replace
from tests.checks.checking import checked, checked_by_name, made_of
from tests.lab.mended import applied
from tests.replies import name

GLUE = "198.51.100.66"
SOUND = {"hoster.org.": {"without": "ns1 A 198.51.100.53", "add": f"ns1 A {GLUE}\n"}}
HOST: dict[str, Any] = {"addresses": [GLUE], "rtt": 18}


def with_host(*does: str) -> Trace:
    """A trace where the glue is right, and the host's first server misbehaves, or nothing does."""
    servers = {"ns1.hoster.org.": {**HOST, "does": list(does)}}
    return checked(made_of("host-glue-stale", servers=servers, zones=SOUND))


def found(trace: Trace) -> list[str]:
    return [f"{each.code} {each.zone} {each.server}" for each in trace.findings or ()]


def test_stale_glue_of_a_host_is_fixed_by_the_registrar_of_its_zone() -> None:
    (finding,) = checked_by_name("host-glue-stale").findings or ()
    assert (finding.level, finding.blame, str(finding.operator)) == (
        Level.WARNING,
        Blame.REGISTRAR,
        "hoster.org.",
    )
    assert finding.records == ("ns1.hoster.org. 86400 IN A 198.51.100.53",)
    assert finding.rehearsed == "with this, 2 of 2 paths give 192.0.2.44, insecure"
    assert finding.message.endswith("; resolvers need hoster.org for the address of ns1.hoster.org")


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("silent", "unreachable"),
        ("unreachable", "unreachable"),
        ("refuses", "refuses"),
        ("servfail", "fails"),
        ("lame", "lame-server"),
        ("upward", "upward-referral"),
        ("no-udp", "no-udp"),
        ("drops-edns", "drops-edns"),
        ("silent=A", "type-fails"),
        ("wrong-id", "wrong-reply"),
        ("garbage", "malformed-reply"),
    ],
)
def test_a_server_of_a_host_that_is_passed_over_is_reported(does: str, code: str) -> None:
    trace = with_host(does)
    assert f"{code} hoster.org. ns1.hoster.org." in found(trace)
    assert {each.code for each in trace.findings or ()} == {code}
    assert {each.level for each in trace.findings or ()} == {Level.WARNING}
    assert all(each.cure for each in trace.findings or ())


@pytest.mark.parametrize("does", [(), ("slow=900",), ("no-tcp",), ("truncates",)])
def test_nothing_is_reported_where_each_server_answers(does: tuple[str, ...]) -> None:
    assert found(with_host(*does)) == []


def test_a_zone_is_read_by_its_referral_and_by_what_its_servers_replied_to_the_look_ups() -> None:
    (cut,) = beside(Evidence(checked_by_name("host-glue-stale")))
    assert (cut.zone, cut.parent) == (name("hoster.org."), name("org."))
    assert cut.serving == {"198.51.100.53", "198.51.100.153"}
    assert {reply.address for reply in cut.everyone if not reply.meaning.usable} == {"198.51.100.66"}


def test_one_failure_that_was_not_seen_again_is_no_fault() -> None:
    """A limit may keep the question from being put once more, and the first datagram may have been lost."""
    trace = checked_by_name("host-glue-stale")
    steps = (
        replace(step, attempts=(), chosen=None) if step.probe is Probe.SOA else step for step in trace.steps
    )
    (cut,) = beside(Evidence(replace(trace, steps=tuple(steps))))
    assert {reply.address for reply in cut.everyone} == {"198.51.100.153"}


def test_there_is_none_where_no_server_was_passed_over() -> None:
    assert beside(Evidence(checked_by_name("glueless"))) == ()


HOSTER = "@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nns2 A 198.51.100.153\n"


def with_addresses(records: str, **servers: Any) -> World:
    """The world of stale glue, where the zone of the host has these addresses for its first server."""
    return made_of(
        "host-glue-stale",
        servers=servers,
        zones={"hoster.org.": {"text": HOSTER + records}},
    )


def test_old_glue_of_another_family_goes_with_the_change() -> None:
    """Otherwise the address at which nothing answers would stay beside the right one."""
    right = "2001:db8:9::1"
    world = with_addresses(f"ns1 AAAA {right}\n", **{"ns1.hoster.org.": {"addresses": [right], "rtt": 18}})
    (finding,) = checked(world).findings or ()
    assert finding.cure == f"change the glue for ns1.hoster.org to {right}"
    assert finding.remedy is not None
    assert finding.remedy.remove == (f"ns1.hoster.org. 86400 IN A {GLUE}",)
    assert checked(applied(world, finding, finding.remedy)).findings == ()


def test_all_glue_of_a_server_is_not_to_be_removed_where_it_answers_at_another_address() -> None:
    (finding,) = checked(with_addresses("ns1 A 198.51.100.53\nns1 A 198.51.100.54\n")).findings or ()
    assert finding.cure.endswith(
        "; or change its addresses to 198.51.100.53, in its zone and in the glue in org"
    )
