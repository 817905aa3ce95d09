"""How a trace that asked every server is drawn: traces made by hand, and worlds of the lab."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Fault, Outcome
from dnstrace.render.document import document
from dnstrace.render.tree import tree
from tests.lab.made import WithoutIpv6Replies
from tests.render.looks import look
from tests.render.story import Story, servers
from tests.render.validating import VALIDATOR
from tests.replies import reply

WWW = "www.example.com. A"
ALL = Settings(all_servers=True)
FOUR = servers(*(f"ns{n}.example.com. 192.0.2.{n}" for n in range(1, 5)))
SIGNATURE = "www.example.com. 300 RRSIG A 13 3 300 20260101000000 20250101000000 1 example.com. AAAA"
OTHER_DS = "www.example.com. 60 DS 1 13 2 " + "8A" * 32


@lru_cache(maxsize=64)  # a trace holds all that it saw
def surveyed(world: str) -> Trace:
    found = load(world)
    question, network = found.question, LabNetwork(found)
    return trace(question.name, question.rdtype, network=network, now=found.now, seed=2, settings=ALL)


def made(*came: Exchange | Fault) -> Trace:
    """Four servers of example.com and their replies; the first is the chosen one."""
    story = Story(WWW)
    attempts = [
        story.fault(f"ns{n}.example.com.", f"192.0.2.{n}", "example.com.", each, 2000)
        if isinstance(each, Fault)
        else story.asked(f"ns{n}.example.com.", f"192.0.2.{n}", "example.com.", each, 10 * n)
        for n, each in enumerate(came, 1)
    ]
    story.step("example.com.", FOUR, *attempts)
    story.steps[0] = replace(story.steps[0], all_servers=True, chosen=0)
    return story.trace(Outcome.ANSWER)


def answered(*records: str) -> Exchange:
    return reply(WWW, flags="QR AA", answer=records or ("www.example.com. 300 A 192.0.2.44",))


def refers(*records: str) -> Exchange:
    return reply(WWW, authority=records)


def lines(found: Trace, width: int = 100) -> list[str]:
    drawn = [line.lstrip("│├└─ ") for line in look(tree(report(found)), width).splitlines()]
    return [line for line in drawn if line]


def test_the_whole() -> None:
    assert look(tree(report(surveyed("refuses"))), 80) == (
        "www.example.com. A\n"
        "\n"
        ". ─ all 26 addresses (13 servers) agree · 7 to 36 ms\n"
        "└─ com. ─ NS \N{MULTIPLICATION SIGN}13 · TTL 2d · signed\n"
        "   ├─ all 26 addresses (13 servers) agree · 16 to 33 ms\n"
        "   └─ example.com. ─ NS \N{MULTIPLICATION SIGN}2 · TTL 2d · unsigned\n"
        "      ├─ 2 of 4 addresses (1 of 2 servers) agree on the answer below · 24 ms\n"
        "      ├─ ✗ ns1.example.com. 192.0.2.53, 2001:db8:1::53\n"
        "      │      · refused to answer (REFUSED) · 15 ms\n"
        "      └─ www.example.com. 5m A 192.0.2.44   authoritative\n"
        "\n"
        "1 of 2 paths gives 192.0.2.44, 1 of 2 ends with REFUSED at ns1.example.com\n"
        "192.0.2.44 · 3 zones · 56 queries · 93 ms\n"
        "an answer cached now lives until 14:05:00 UTC\n"
    )


def test_verbose_every_server_has_its_line() -> None:
    drawn = look(tree(report(surveyed("refuses")), verbose=True), 100)
    assert all(a.address in drawn for s in surveyed("refuses").steps for a in s.attempts)
    assert "agree" not in drawn and drawn.count("1 of 13") == 2


def test_a_silent_server_is_one_line_with_its_tries() -> None:
    both = "192.0.2.53, 2001:db8:1::53"
    assert f"✗ ns1.example.com. {both} · no answer in 2.0 s · 3 tries" in lines(surveyed("silent"))


def test_addresses_that_met_the_same_trouble_share_their_lines() -> None:
    found = [line for line in lines(surveyed("all-drip"), 120) if "4 addresses of " in line]
    both = "4 addresses of ns1.example.com, ns2.example.com"
    assert found == [
        f"! {both} · truncated, retried over TCP · 15 to 24 ms · 5 tries #3",
        f"✗ {both} · no answer over TCP in 2.0 s · 3 tries #3",
    ]
    drawn = lines(made(answered(), reply(WWW, rcode=5), reply(WWW, rcode=2), reply(WWW, rcode=5)))
    refused = "2 addresses of ns2.example.com, ns4.example.com · refused to answer (REFUSED)"
    assert f"✗ {refused} · 20 to 40 ms" in drawn
    assert "✗ ns3.example.com. 192.0.2.3 · server failure (SERVFAIL) · 30 ms" in drawn


def test_a_server_that_came_to_the_same_in_another_way_stands_out() -> None:
    found = [line for line in lines(surveyed("drops-edns"), 160) if "drops queries with EDNS" in line]
    assert len(found) == 2 and all("3 tries" in line for line in found)
    agree = "all 4 addresses (2 servers) agree"
    assert any(agree in line for line in lines(surveyed("truncated")))


def test_look_ups_that_went_well_are_a_line_each() -> None:
    found = lines(surveyed("textbook"))
    assert len([line for line in found if "has no usable glue: looked up, " in line]) == 4
    assert not any("awsdns-66.org. ─ NS" in line for line in found)


def test_a_server_with_stray_replies_stands_out() -> None:
    found = lines(made(answered(), answered(), replace(answered(), mismatched=2), answered()))
    assert "3 of 4 addresses (3 of 4 servers) agree on the answer below · 10 to 40 ms" in found
    assert "ns3.example.com. 192.0.2.3 · answered too · 30 ms · 2 stray replies ignored" in found


def test_one_server_is_counted_by_its_addresses() -> None:
    assert "both addresses (1 server) agree · 15 ms" in lines(surveyed("alias"))


def test_a_family_without_route_is_one_note() -> None:
    found = lines(surveyed("no-ipv6"))
    assert len([line for line in found if "no route" in line]) == 1
    assert "all 13 addresses (13 servers) agree · 16 to 33 ms" in found


def test_a_silent_family_is_reported_and_not_counted() -> None:
    found = trace("www.example.com.", network=WithoutIpv6Replies(load("in-domain")), seed=1, settings=ALL)
    note = "! IPv6 is not counted: no IPv6 address replied in this trace"
    assert lines(found)[-4:-2] == [note, "all paths give 192.0.2.44"]


def test_different_answers_are_distinguished() -> None:
    other = answered("www.example.com. 300 A 192.0.2.99")
    signed = answered("www.example.com. 300 A 192.0.2.44", SIGNATURE)
    found = lines(made(answered(), other, signed, Fault.TIMEOUT), 250)
    assert "! ns2.example.com. 192.0.2.2 · different answer: 192.0.2.99 · 20 ms" in found
    assert "! ns3.example.com. 192.0.2.3 · different answer: 192.0.2.44 with signatures · 30 ms" in found
    assert found[-3] == (
        "1 of 4 paths gives 192.0.2.44 without signatures at ns1.example.com, "
        "1 of 4 gives 192.0.2.99 at ns2.example.com, "
        "1 of 4 gives 192.0.2.44 with signatures at ns3.example.com, "
        "1 of 4 ends with no answer from ns4.example.com"
    )


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (refers("www.example.com. 60 NS a."), "referral with another NS set, a"),
        (refers("www.example.com. 60 NS a. | b.", OTHER_DS), "referral with another DS set"),
        (answered(), "192.0.2.44"),
        (reply(WWW, flags="QR AA", rcode=3, authority=("example.com. 60 SOA a. b. 1 2 3 4 5",)), "NXDOMAIN"),
        (answered("www.example.com. 60 CNAME x."), "an alias to x"),
        (answered("www.example.com. 60 A 1.1.1.1 | 1.1.1.2 | 1.1.1.3 | 1.1.1.4"), "4 records"),
    ],
)
def test_an_answer_that_differs_from_the_chosen_one(other: Exchange, words: str) -> None:
    same = refers("www.example.com. 60 NS a. | b.")
    line = f"! ns2.example.com. 192.0.2.2 · different answer: {words} · 20 ms"
    assert line in lines(made(same, other, same, same))


def test_many_small_shares_are_percentages() -> None:
    story = Story(WWW)
    for cut, (zone, came) in enumerate(
        (("com.", refers("example.com. 60 NS a.")), ("example.com.", answered()))
    ):
        hosts = [(f"ns{n}.{zone}", f"10.0.{cut}.{n}") for n in range(1, 38)]
        attempts = [
            story.asked(host, address, zone, came if n else reply(WWW, rcode=2), 1)
            for n, (host, address) in enumerate(hosts)
        ]
        story.step(zone, servers(*(f"{host} {address}" for host, address in hosts)), *attempts)
        story.steps[-1] = replace(story.steps[-1], all_servers=True)
    assert lines(story.trace(Outcome.ANSWER), 200)[-3] == (
        "94.7% of paths give 192.0.2.44, 2.7% end with SERVFAIL at ns1.com, "
        "2.63% end with SERVFAIL at ns1.example.com"
    )


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["textbook", "refuses", "silent", "all-refuse", "missing-glue", "nxdomain"])
def test_the_document_obeys_its_schema(world: str) -> None:
    VALIDATOR.validate(document(report(surveyed(world))))


def test_the_shares_are_in_the_document() -> None:
    first, second = document(report(surveyed("refuses")))["paths"]
    assert (first["share"], first["percent"], first["outcome"], first["fault"]) == (
        "1/2",
        50.0,
        "answer",
        None,
    )
    assert first["answer"][0]["rdata"] == ["192.0.2.44"] and first["servers"] == ["ns2.example.com."]
    assert (second["share"], second["outcome"], second["fault"]) == ("1/2", "failed", "refused")
    assert (second["answer"], second["servers"], second["zone"]) == ([], ["ns1.example.com."], "example.com.")
    assert second["step"] == 3


def test_without_all_servers_there_are_none() -> None:
    found = trace("www.example.com.", network=LabNetwork(load("refuses")), seed=1)
    assert document(report(found))["paths"] is None
