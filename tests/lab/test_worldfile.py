"""World files: what they may say, and what is said of those that are wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from dnstrace.lab.errors import WorldError
from dnstrace.lab.world import NOW, Foreseen, World
from dnstrace.lab.zone import Sign
from dnstrace.model import Outcome
from tests.lab.made import APEX, SERVER, world
from tests.replies import name


def zones_of(found: World, server: str) -> list[str]:
    (one,) = (each for each in found.servers if each.name == name(server))
    return sorted(str(zone.origin) for zone in one.zones)


def test_a_whole_file() -> None:
    found = world(
        now=datetime(2026, 6, 1, 14, 0, tzinfo=timezone(timedelta(hours=2))),
        families=[6],
        servers={
            "ns.example.": {"addresses": ["192.0.2.1", "2001:DB8:0::1"], "rtt": [5, 7.5], "does": ["slow=1"]}
        },
        expect={"outcome": "nodata", "answer": ["192.0.2.1"], "queries": 3, "duration_ms": 12.5},
    )
    assert (found.name, found.title, str(found.question)) == ("test", "a test", "www.example. A")
    assert found.now == datetime(2026, 6, 1, 12, 0, tzinfo=UTC) and found.families == {6}
    (server,) = found.servers
    assert server.rtt == {"192.0.2.1": 0.005, "2001:db8::1": 0.0075} and server.does == ("slow=1",)
    assert found.expect == Foreseen(Outcome.NODATA, ("192.0.2.1",), 3, duration_ms=12.5)


def test_what_may_be_left_out() -> None:
    found = world(servers={"ns.example.": {"addresses": ["192.0.2.1"]}})
    assert found.now == NOW and found.families == {4, 6}
    assert found.servers[0].rtt == {"192.0.2.1": 0.02} and found.servers[0].does == ()
    assert found.expect == Foreseen(Outcome.ANSWER)


def test_a_zone_is_served_by_those_whom_it_names_itself_or_those_given() -> None:
    servers = {"ns.example.": SERVER, "other.example.": {"addresses": ["192.0.2.2"]}}
    zones = {
        "example.": {"text": APEX},
        "a.example.": {"text": APEX, "servers": ["other.example."]},
        "example. stale": {"text": APEX, "servers": ["other.example."]},
    }
    found = world(servers=servers, zones=zones)
    assert zones_of(found, "ns.example.") == ["example."]
    assert zones_of(found, "other.example.") == ["a.example.", "example."]


def test_a_version_of_a_zone_goes_before_the_zone_on_the_servers_that_it_names() -> None:
    zones = {
        "example. stale": {"text": APEX + "www A 192.0.2.66\n", "servers": ["ns.example."]},
        "example.": {"text": APEX + "www A 192.0.2.1\n"},
    }
    ((zone,),) = (server.zones for server in world(zones=zones).servers)
    (rrset,) = zone.nodes[name("www.example.")].values()
    assert rrset[0].to_text() == "192.0.2.66"


def test_a_file_lies_over_those_that_it_includes() -> None:
    lower = {
        "servers": {
            "ns.example.": {"addresses": ["192.0.2.9"], "rtt": 9},
            "b.example.": {"addresses": ["192.0.2.8"]},
        },
        "zones": {"example.": {"ttl": 60, "text": APEX, "add": "a A 192.0.2.10\n"}},
    }
    middle = {"include": ["lower"], "zones": {"example.": {"add": "b A 192.0.2.11\n"}}}
    found = world(
        {"lower": lower, "middle": middle},
        include=["middle"],
        servers={"ns.example.": {"rtt": 7, "does": ["silent"]}},
        zones={"example.": {"add": "www A 192.0.2.44"}},
    )
    server = found.servers[0]
    assert server.rtt == {"192.0.2.9": 0.007} and server.does == ("silent",)
    (zone,) = found.zones
    assert {f"{n} {r.ttl}" for n, node in zone.nodes.items() for r in node.values()} == {
        "example. 900", "example. 60", "a.example. 60", "b.example. 60", "www.example. 60",
    }  # fmt: skip


def test_a_zone_says_how_it_is_signed() -> None:
    (zone,) = world(zones={"example.": {"text": APEX}}).zones
    assert zone.sign is None
    (zone,) = world(zones={"example.": {"text": APEX, "sign": {}}}).zones
    assert zone.sign == Sign()
    broken = ["ttl=5", "rolled"]
    (zone,) = world(**signed(denial="nsec3", salt="ab", valid=[-1, 2.5], broken=broken)).zones
    assert zone.sign == Sign(denial="nsec3", salt="ab", valid=(-1, 2.5), broken=("ttl=5", "rolled"))


def signed(**sign: Any) -> dict[str, Any]:
    """The parts of a world whose only zone is signed so."""
    return {"zones": {"example.": {"text": APEX, "sign": sign}}}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"titel": "x"}, "the file: unknown key 'titel'; a world may have adot, expect, families,"),
        ({"title": 7}, "title: text is needed"),
        ({"title": None}, "title: text is needed"),
        ({"question": "www.example."}, "question: a name and a type are needed"),
        ({"question": "www.example. NOTYPE"}, "question: a name and a type are needed"),
        ({"question": None}, "question: a name and a type are needed"),
        ({"expect": None}, "expect: a table is needed"),
        ({"expect": {"outcome": "fine"}}, "expect: outcome: one of referral, answer"),
        ({"expect": {"outcome": "answer", "answer": "x"}}, "expect: answer: a list is needed"),
        ({"expect": {"outcome": "answer", "queries": "3"}}, "expect: queries: a number is needed"),
        ({"expect": {"outcome": "answer", "time": 3}}, "the file: unknown key 'time'; expect may have"),
        ({"now": date(2026, 1, 1)}, "now: a date and time with an offset is needed"),
        ({"now": datetime(2026, 1, 1)}, "now: a date and time with an offset is needed"),
        ({"families": [5]}, "families: [4], [6] or [4, 6] is needed"),
        ({"resolvers": "192.0.2.1"}, "resolvers: a list is needed"),
        ({"resolvers": ["192.0.2.9"]}, "resolvers: the world has no server at 192.0.2.9"),
        ({"adot": "yes"}, "adot: true or false is needed"),
        ({"families": []}, "families: [4], [6] or [4, 6] is needed"),
        ({"include": "x"}, "include: a list is needed"),
        ({"include": ["itself"]}, "include: the files include each other"),
        ({"servers": {"ns.example.": {}}}, "ns.example.: addresses: a list is needed"),
        ({"servers": {"ns.example.": 4}}, "ns.example.: a table is needed"),
        (
            {"servers": {"ns.example.": {"address": "x"}}},
            "ns.example.: unknown key 'address'; a server",
        ),
        ({"servers": {"ns.example.": {"addresses": ["1.2.3"]}}}, "ns.example.: addresses: '1.2.3'"),
        (
            {"servers": {"ns.example.": {**SERVER, "rtt": "5"}}},
            "ns.example.: rtt: a number of milliseconds",
        ),
        (
            {"servers": {"ns.example.": {**SERVER, "rtt": [5]}}},
            "ns.example.: rtt: a number of milliseconds",
        ),
        (
            {"servers": {"ns.example.": {**SERVER, "rtt": -5}}},
            "ns.example.: rtt: a number of milliseconds",
        ),
        (
            {"servers": {"ns.example.": SERVER, "b.": SERVER}},
            "b.: addresses: 192.0.2.1 is already",
        ),
        ({"servers": {}}, "zone example.: servers: the world has no server ns.example"),
        ({"zones": {"example.": {}}}, "zone example.: it has no text"),
        ({"zones": {"example.": {"add": "x"}}}, "zone example.: it has no text"),
        ({"zones": {"example.": {"text": 1}}}, "zone example.: text: text is needed"),
        ({"zones": {"example.": {"text": "", "ttl": "1"}}}, "zone example.: ttl: a number of seconds"),
        (signed(algorithm=1), "zone example.: sign: algorithm: one of 5, 7, 8, 10, 13, 14, 15, 16 is needed"),
        (signed(keys="zsk"), "zone example.: sign: keys: one of ksk+zsk, csk is needed"),
        (signed(denial="no"), "zone example.: sign: denial: one of nsec, nsec3, opt-out, compact is needed"),
        (signed(ds="x"), "zone example.: sign: ds: one of auto, none is needed"),
        (signed(iterations="1"), "zone example.: sign: iterations: a number is needed"),
        (signed(salt="xy"), "zone example.: sign: salt: octets in hexadecimal are needed"),
        (signed(salt=1), "zone example.: sign: salt: octets in hexadecimal are needed"),
        (signed(valid=[1]), "zone example.: sign: valid: two numbers of days from now are needed"),
        (signed(valid=["a", "b"]), "zone example.: sign: valid: two numbers of days from now are needed"),
        (signed(broken="ttl"), "zone example.: sign: broken: a list is needed"),
        (signed(broken=["sulks"]), "zone example.: sign: broken: 'sulks' is not one of algorithm, altered"),
        (signed(days=1), "zone example.: sign: unknown key 'days'; sign may have algorithm, broken"),
        ({"zones": {"example.": {"text": "", "sign": 13}}}, "zone example.: sign: a table is needed"),
        ({"expect": {"outcome": "answer", "security": "fine"}}, "expect: security: one of secure, insecure"),
        ({"expect": {"outcome": "answer", "reason": 1}}, "expect: reason: text is needed"),
        (
            {"zones": {"example.": {"text": "", "servers": ["x."]}}},
            "zone example.: servers: the world has no server x",
        ),
        ({"zones": {"a..b.": {"text": ""}}}, "zones: 'a..b.' is not a domain name"),
        ({"zones": {"b.": {"text": "@ NS a..b"}}}, "zone b.: '@ NS a..b' is not a record"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(WorldError) as error:
        world({"itself": {"include": ["itself"]}}, **parts)
    assert str(error.value).startswith(f"test.toml: {message}") and "\n" not in str(error.value)
