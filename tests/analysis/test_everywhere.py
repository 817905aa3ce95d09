"""What is expected of every name server: the same whichever of them chance chose."""

from __future__ import annotations

import asyncio
import copy

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.expectations import judged, parse
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, read
from dnstrace.lab.worldfile import build
from dnstrace.model import Exchange, Fault, Query
from dnstrace.model.expectations import Met
from dnstrace.render.expected import unmet_texts


def of_all(world: str, rdtype: str = "A", seed: int = 1, all_servers: bool = True) -> Trace:
    loaded = load(world)
    settings = Settings(all_servers=all_servers)
    return trace(loaded.question.name, rdtype, settings=settings, network=LabNetwork(loaded), seed=seed)


def met(found: Trace, text: str) -> Met:
    (only,) = judged(found, parse(text)).expectations or ()
    return only


NS1, NS2 = "at ns1.example.com", "at ns2.example.com"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("world", "rdtype", "text", "said"),
    [
        ("answers-stale", "A", "a=192.0.2.44", [f"{NS2}: it is 192.0.2.66 (1 of 2 servers)"]),
        ("answers-stale", "A", "a=192.0.2.66", [f"{NS1}: it is 192.0.2.44 (1 of 2 servers)"]),
        (
            "answers-stale",
            "A",
            "a=192.0.2.1",
            [f"{NS1}: it is 192.0.2.44 (1 of 2 servers)", f"{NS2}: it is 192.0.2.66 (1 of 2 servers)"],
        ),
        ("answers-stale", "MX", "serial>=2026011501", [f"{NS2}: it is 2026011401 (1 of 2 servers)"]),
        ("answers-stale", "A", "ttl=300", []),
        ("in-domain", "A", "a=192.0.2.44", []),
        ("in-domain", "A", "a=192.0.2.9", [": found 192.0.2.44"]),
        ("in-domain", "A", "outcome=nxdomain", [": found answer"]),
        ("refuses", "A", "a=192.0.2.44", [f"{NS1}: no usable answer (1 of 2 servers)"]),
        ("refuses", "A", "rcode=NOERROR", [f"{NS1}: it is REFUSED (1 of 2 servers)"]),
        ("refuses", "A", "outcome=answer", [f"{NS1}: it is failed (1 of 2 servers)"]),
        ("all-refuse", "A", "a=192.0.2.44", [": not known"]),
    ],
)
def test_each_server_is_judged(world: str, rdtype: str, text: str, said: list[str], seed: int) -> None:
    only = met(of_all(world, rdtype, seed), text)
    assert only.met is (not said)
    texts = unmet_texts(only) if said else []
    assert texts == [f"{text}{each}" if each[0] == ":" else f"{text} {each}" for each in said]


def test_what_is_about_the_whole_trace_is_judged_once() -> None:
    found = of_all("answers-stale")
    for text in ("zone=example.com", "queries>=1", "ns=ns1.example.com."):
        assert met(found, text).met and not met(found, text).servers


def test_a_plain_walk_is_judged_by_the_server_it_went_by() -> None:
    found = met(of_all("answers-stale", all_servers=False), "a=192.0.2.1")
    assert not found.met and not found.servers


def test_an_alias_on_the_way_stays_in_the_answer() -> None:
    found = of_all("alias")
    aliased = [each for each in found.answer if each.rdtype.name == "CNAME"]
    assert aliased and met(found, f"cname={aliased[0][0].target}").met


def test_what_a_resolver_among_the_servers_offers_does_not_count() -> None:
    """As for the walk: it is used only if no server gives an answer of its own."""
    content = copy.deepcopy(dict(read("in-domain")))
    content["servers"]["ns1.example.com."]["does"] = ["recursive"]
    made = build("in-domain", content, read)
    found = trace(
        "www.example.com", "A", settings=Settings(all_servers=True), network=LabNetwork(made), seed=1
    )
    only = met(found, "a=192.0.2.44")
    assert unmet_texts(only) == ["a=192.0.2.44 at ns1.example.com: no usable answer (1 of 2 servers)"]


class Half(LabNetwork):
    """IPv6 brings no reply, as from a network whose IPv6 leads nowhere."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if query.family == 4:
            return await super().exchange(query, timeout)
        start = asyncio.get_running_loop().time()
        await asyncio.sleep(timeout)
        return Exchange(query, start, timeout, fault=Fault.TIMEOUT)


def test_servers_are_not_judged_by_a_family_that_is_silent_here() -> None:
    found = trace(".", "NS", settings=Settings(all_servers=True), network=Half(load("in-domain")), seed=1)
    assert 6 in found.unasked and met(found, "rcode=NOERROR").met


def test_addresses_of_a_family_that_is_not_asked_do_not_count() -> None:
    found = of_all("no-ipv6")
    only = met(found, "rcode=NOERROR")
    assert 6 in found.unasked and only.met and only.servers
    assert not any(":" in each.address for each in only.servers)
