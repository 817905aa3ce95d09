"""Rules on the answers of a zone's servers to the question itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from dns.name import from_text

from dnstrace.checks import Finding, Level, findings
from dnstrace.checks.readings.evidence import Cut
from dnstrace.lab.world import read
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found

RULES = [
    ("answers-differ", "answers-differ", "answers-agree"),
    ("negative-without-soa", "negative-without-soa", "nxdomain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("does", "level"),
    [(["CDS"], Level.NOTICE), (["CDS", "CDNSKEY"], Level.NOTICE), (["CDS", "CAA"], Level.WARNING)],
)
def test_negative_answers_that_no_resolver_asks_for_matter_little_without_soa(
    does: list[str], level: Level
) -> None:
    """Knot sends such ones for CDS from a zone that it signs for each reply."""
    servers = {"ns1.example.com.": {"does": [f"bare-negative={rdtype}" for rdtype in does]}}
    (finding,) = checked(made_of("in-domain", servers=servers)).findings or ()
    assert (finding.code, finding.level) == ("negative-without-soa", level)


def test_addresses_taken_from_a_pool_are_a_notice_and_others_a_warning() -> None:
    levels = [found("answers-differ", world)[0].level for world in ("answers-chosen", "answers-differ")]
    assert levels == [Level.NOTICE, Level.WARNING]


def test_no_zone_is_reloaded_for_data_that_is_chosen_for_each_query() -> None:
    chosen, other = (found("answers-differ", world)[0].cure for world in ("answers-chosen", "answers-differ"))
    assert chosen == f"nothing, if a load balancer chooses the data for each query; otherwise {other}"


def test_a_difference_says_which_servers_say_what() -> None:
    message = found("answers-differ", "answers-differ")[0].message
    assert "ns1.example.com (192.0.2.53, 2001:db8:1::53): 192.0.2.44" in message
    assert "ns2.example.com (198.51.100.53, 2001:db8:2::53): 192.0.2.66" in message


def test_answers_that_differ_by_their_serial_are_left_to_the_rule_on_serials() -> None:
    assert not found("answers-differ", "answers-stale")


@pytest.mark.parametrize(
    ("old", "cure"),
    [
        (("ns1", "ns2"), "find out which servers have the current version of sub.example.com"),
        (("ns3",), " refer to sub.example.com, as the other servers of example.com do"),
    ],
)
def test_an_old_copy_of_the_zone_below_on_the_servers_above_is_found_wherever_the_walk_goes(
    old: tuple[str, ...], cure: str
) -> None:
    """Most of the servers above may have it, or one: the others refer to the zone."""
    text = "@ 900 SOA ns1.old hostmaster 2020010101 7200 900 1209600 300\n@ NS ns1\nwww 300 A 192.0.2.66\n"
    copy = {"servers": [f"{name}.example.com." for name in old], "text": text + "ns1 A 192.0.2.153\n"}
    world = made_of("sub-zone", question="www.sub.example.com. A", zones={"sub.example.com. old": copy})
    findings = [each for each in checked(world).findings or () if each.code == "answers-differ"]
    assert [each.level for each in findings] == [Level.ERROR]
    assert "a referral to sub.example.com" in findings[0].message and "192.0.2.66" in findings[0].message
    assert cure in findings[0].cure
    assert findings[0].remedy is not None
    assert {server.to_text() for server in findings[0].remedy.servers} == set(copy["servers"])


def test_data_that_only_a_probe_asks_for_differs_too() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    other = {"text": f'{text}x 300 TXT "a"\nx 300 MX 1 ns2\n', "servers": ["ns2.example.com."]}
    zones = {"example.com.": {"add": 'x 300 TXT "a"\nx 300 MX 1 ns1\n'}, "example.com. other": other}
    world = made_of("in-domain", question="x.example.com. TXT", zones=zones)
    (only,) = checked(world).findings or ()
    assert only.code == "answers-differ" and "x.example.com MX differently" in only.message


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "record",
    [
        "www 300 AAAA 2001:db8::44",
        "www 300 MX 10 mail.example.net.",
        'www 300 CAA 0 issue "ca.example.net"',
        "www 300 HTTPS 1 . alpn=h2",
        "www 300 TYPE65280 \\# 1 00",
        "ns1 AAAA 2001:db8:1::53",
    ],
)
def test_data_that_one_server_lacks_differs_whatever_the_type(record: str, signed: bool) -> None:
    """Where the zone is signed, each server proves what it says: none contradicts itself."""
    text = read("in-domain")["zones"]["example.com."]["text"].replace(f"{record}\n", "")
    sign = {"sign": {"algorithm": 13}} if signed else {}
    other = {**sign, "servers": ["ns2.example.com."], "text": text}
    zones = {"example.com.": {**sign, "text": f"{text}{record}\n"}, "example.com. other": other}
    findings = {each.code: each for each in checked(made_of("in-domain", zones=zones)).findings or ()}
    assert set(findings) == {"answers-differ"} | ({"denial-contradicts-data"} if signed else set())
    differ = findings.pop("answers-differ")
    assert differ.level is Level.WARNING and differ.explains == tuple(findings)
    assert all(each.cure == differ.cure for each in findings.values())


def test_servers_that_refer_to_different_zones_are_not_asked_to_refer_as_others_do() -> None:
    """One refers to the zone below the one that the others refer to."""
    zones = {
        "example.com. short": {
            "servers": ["ns3.example.com."],
            "text": read("sub-zone")["zones"]["example.com."]["text"].replace("sub NS", "lab.sub NS"),
        }
    }
    world = made_of("sub-zone", question="www.lab.sub.example.com. A", zones=zones)
    (finding,) = [each for each in checked(world).findings or () if each.code == "answers-differ"]
    assert "none" not in finding.cure


@pytest.mark.parametrize(("ttl", "level"), [(300, Level.WARNING), (60, Level.NOTICE)])
def test_an_alias_on_one_server_and_an_address_on_another_are_no_pool(ttl: int, level: Level) -> None:
    text = read("in-domain")["zones"]["example.com."]["text"].replace("www 300", f"www {ttl}")
    other = {"text": text.replace("A 192.0.2.44", "CNAME www.example.net."), "servers": ["ns2.example.com."]}
    zones = {"example.com.": {"text": text}, "example.com. other": other}
    (only,) = [
        f for f in checked(made_of("in-domain", zones=zones)).findings or () if f.code == "answers-differ"
    ]
    assert only.level is level and "an alias of www.example.net" in only.message


def test_soa_records_of_one_serial_are_a_notice_whatever_was_asked() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    zones = {
        "example.com. other": {"text": text.replace("SOA ns1", "SOA ns2"), "servers": ["ns2.example.com."]}
    }
    found = checked(made_of("in-domain", question="example.com. SOA", zones=zones)).findings or ()
    assert {each.code: each.level for each in found} == dict.fromkeys(
        ("soa-differs", "answers-differ"), Level.NOTICE
    )


@pytest.mark.parametrize(
    ("record", "level"),
    [("TXT", Level.WARNING), ("CAA", Level.WARNING), ("A", Level.NOTICE), ("SRV", Level.NOTICE)],
)
def test_data_that_leads_nobody_anywhere_is_not_chosen_anew_for_each_query(record: str, level: Level) -> None:
    """As of the challenges of certificate authorities, which live for a minute."""
    data = {"TXT": ("old", "new"), "CAA": ('0 issue "a.test"', '0 issue "b.test"')}
    data |= {"A": ("192.0.2.8", "192.0.2.9"), "SRV": ("1 1 1 a.test.", "1 1 1 b.test.")}
    text = read("in-domain")["zones"]["example.com."]["text"]
    zones = {
        f"example.com. {n}": {"servers": [f"ns{n}.example.com."], "text": f"{text}x 60 {record} {each}\n"}
        for n, each in enumerate(data[record], 1)
    }
    made = checked(made_of("in-domain", question=f"x.example.com. {record}", zones=zones)).findings or ()
    assert [each.level for each in made if each.code == "answers-differ"] == [level]


@pytest.mark.parametrize(
    ("here", "there", "inside"),
    [
        ("192.0.2.8", "10.0.0.8", "ns2.example.com"),
        ("fd00::8", "2001:db8::8", "ns1.example.com"),
        ("10.0.0.8", "10.0.0.9", ""),
        ("192.0.2.8", "192.0.2.9", ""),
    ],
)
def test_a_server_with_private_addresses_gives_an_internal_view(here: str, there: str, inside: str) -> None:
    rdtype, text = "AAAA" if ":" in here else "A", read("in-domain")["zones"]["example.com."]["text"]
    zones = {
        f"example.com. {n}": {"servers": [f"ns{n}.example.com."], "text": f"{text}x 300 {rdtype} {each}\n"}
        for n, each in enumerate((here, there), 1)
    }
    made = checked(made_of("in-domain", question=f"x.example.com. {rdtype}", zones=zones)).findings or ()
    (found,) = [each for each in made if each.code == "answers-differ"]
    assert found.level is Level.WARNING
    assert found.cure.startswith(f"have {inside} answer" if inside else "find out which servers are right")


HALF: dict[str, dict[str, Any]] = {
    "example.com.": {
        "add": "@ MX 5 mail.half\nx CNAME mail.half\ny CNAME none.half\nd DNAME half\n"
        "half NS ns1\nhalf NS ns1.sub\n"
    },
    "half.example.com.": {
        "servers": ["ns1.example.com.", "ns1.sub.example.com."],
        "text": "@ 900 SOA ns1.example.com. h 7 7200 900 1209600 300\n@ NS ns1.example.com.\n"
        "@ NS ns1.sub.example.com.\nmail A 192.0.2.78\n",
    },
}
"""A zone below that one of three servers of the zone above has, too, and another server."""


@pytest.mark.parametrize(
    "question",
    [
        "example.com. MX",
        "x.example.com. A",
        "x.example.com. MX",
        "y.example.com. A",
        "mail.d.example.com. A",
        "mail.half.example.com. A",
    ],
)
def test_a_server_that_has_the_zone_below_too_may_give_its_data_where_others_do_not(question: str) -> None:
    """What it says need not show of which zone it is."""
    made = checked(made_of("sub-zone", question=question, zones=HALF)).findings or ()
    assert {each.code for each in made} == ({"alias-dangling"} if question.startswith("y") else set())


def test_a_server_that_others_refer_to_and_that_has_no_such_zone_answers_differently() -> None:
    text = read("sub-zone")["zones"]["example.com."]["text"]
    old = {"servers": ["ns1.example.com."], "text": f"{text}mail.half 300 A 192.0.2.99\n"}
    half = {**HALF["half.example.com."], "servers": ["ns1.sub.example.com."]}
    zones = {**HALF, "half.example.com.": half, "example.com. old": old}
    made = checked(made_of("sub-zone", question="mail.half.example.com. A", zones=zones)).findings or ()
    assert "answers-differ" in {each.code for each in made}


def undelegated(*copies: str) -> dict[str, Finding]:
    """What is found of a zone that servers of the zone above have, each its own copy, undelegated."""
    servers = ("ns1.example.com.", "ns2.example.com.")
    zones = {
        f"half.example.com. {n}": {
            "servers": [servers[n]],
            "text": f"@ 900 SOA {servers[0]} h {copy}\n@ NS {servers[0]}\n@ NS {servers[1]}\n",
        }
        for n, copy in enumerate(copies)
    }
    world = made_of("in-domain", question="www.half.example.com. A", zones=zones)
    return {each.code: each for each in checked(world).findings or ()}


def test_a_difference_between_copies_of_a_zone_below_is_of_that_zone() -> None:
    timers = "7200 900 1209600 300\nwww 300 A"
    found = undelegated(f"7 {timers} 192.0.2.77", f"9 {timers} 192.0.2.78")
    assert "soa-differs" in found and not found.keys() & {"answers-differ", "unexplained"}
    found = undelegated(f"7 {timers} 192.0.2.77", f"7 {timers} 192.0.2.78")
    assert found["answers-differ"].zone == from_text("half.example.com.")


def test_a_zone_below_on_one_server_that_nobody_delegates_is_to_be_delegated() -> None:
    found = undelegated("7 7200 900 1209600 300\nwww 300 A 192.0.2.77")
    assert found["answers-differ"].cure.startswith("delegate half.example.com in example.com: add its NS")
    assert "same serial" not in found["answers-differ"].message
    assert found["foreign-soa"].cure.endswith("in the zone and delegate half.example.com in example.com")
    assert "unexplained" not in found


def _probed(every: bool, cut: Cut) -> bool:
    return every or len(cut.zone) > 3


def test_what_is_said_of_a_zone_from_above_counts_where_the_zone_above_is_not_probed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One server has a zone to which nothing refers, and the other denies it from the zone above."""
    sub = "@ 900 SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\nwww 300 A 192.0.2.99\n"
    zones = {"sub.example.com.": {"text": sub, "servers": ["ns2.example.com."]}}
    made = checked(made_of("in-domain", question="www.sub.example.com. A", zones=zones))
    for probed, zone in ((True, "example.com."), (False, "sub.example.com.")):
        monkeypatch.setattr(Cut, "probed", property(partial(_probed, probed)))
        assert [str(f.zone) for f in findings(made) if f.code == "answers-differ"] == [zone]
