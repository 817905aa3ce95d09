# ruff: noqa: E501
"""What changed between two traces: every change is described, and nothing is where nothing changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dnstrace import Trace
from dnstrace.analysis.differences import differences
from dnstrace.api import report
from dnstrace.lab.world import World, load, names, read
from dnstrace.lab.worldfile import build
from dnstrace.render.document import document
from tests.checks.checking import checked, walked, walked_in

COM, EXAMPLE = "com.", "example.com."
Edit = Callable[[dict[str, Any]], None]


def made(*edits: Edit, of: str = "in-domain") -> World:
    """A world of the lab, edited."""
    contents = {name: copy.deepcopy(dict(read(name))) for name in {of, "in-domain", "_internet", "_signed"}}
    for edit in edits:
        edit(contents[of] if "zones" in contents[of] else contents["_signed"])
    return build(of, contents[of], contents.__getitem__)


def zone(old: str, new: str, where: str = EXAMPLE) -> Edit:
    """Replace a text in a zone."""

    def edit(content: dict[str, Any]) -> None:
        key = "text" if "text" in content["zones"][where] else "add"
        assert old in content["zones"][where][key]
        content["zones"][where][key] = content["zones"][where][key].replace(old, new)

    return edit


def server(name: str, **parts: Any) -> Edit:
    def edit(content: dict[str, Any]) -> None:
        content["servers"][name] = {**content["servers"].get(name, {}), **parts}

    return edit


def signing(**sign: Any) -> Edit:
    def edit(content: dict[str, Any]) -> None:
        content["zones"][EXAMPLE]["sign"] = sign

    return edit


def json_of(found: Trace) -> Any:
    return json.loads(json.dumps(document(report(found))))


def changed(before: World, after: World) -> list[str]:
    """What changed between traces with a check; `...` for the words of a finding or of a failure."""
    old, new = json_of(checked(before, 1)), json_of(checked(after, 1))
    others = [finding["message"] for finding in new["findings"]]
    others += [new["error"]] if new["outcome"] == "failed" else []
    found = [each.text for each in differences(old, new)]
    return [
        next((text.removesuffix(o) + "..." for o in others if o and text.endswith(f": {o}")), text)
        for text in found
    ]


NS3 = [
    zone("example NS ns2.example.com.", "example NS ns2.example.com.\nexample NS ns3.example.com.\nns3.example A 203.0.113.53", COM),
    zone("@ NS ns2", "@ NS ns2\n@ NS ns3\nns3 A 203.0.113.53"),
    server("ns3.example.com.", addresses=["203.0.113.53"], rtt=18),
]  # fmt: skip
GOOD = "dnssec-good"

TEXTS = json.loads(Path(__file__).with_name("differences.json").read_text("utf-8"))
"""The text for each change."""
CHANGES: dict[str, tuple[World, World]] = {}


def case(name: str, edits: list[Edit], of: str = "in-domain", before: list[Edit] | None = None) -> None:
    CHANGES[name] = made(*before, of=of) if before else load(of), made(*edits, of=of)


case("nothing", [])
case("a server is added", NS3)
case("a server is removed", [], before=NS3)
case("the zone names one more", [zone("@ NS ns2", "@ NS ns2\n@ NS ns3\nns3 A 203.0.113.53"), NS3[2]])
case("the glue is changed", [zone("ns2.example A 198.51.100.53", "ns2.example A 198.51.100.54", COM)])
case("a server is renumbered", [
    zone("ns2.example A 198.51.100.53", "ns2.example A 198.51.100.54", COM),
    zone("ns2 A 198.51.100.53", "ns2 A 198.51.100.54"),
    server("ns2.example.com.", addresses=["198.51.100.54", "2001:db8:2::53"]),
])  # fmt: skip
case("the serial is up", [zone("2026011501", "2026011502")])
case("the TTL of the answer", [zone("www 300 A", "www 60 A")])
case("the TTL of the delegation", [zone("example NS", "example 3600 NS", COM)])
case("another address", [zone("A 192.0.2.44", "A 192.0.2.45")])
case("one address more", [zone("www 300 A 192.0.2.44", "www 300 A 192.0.2.44\nwww 300 A 192.0.2.45")])
case("an alias in its place", [zone("www 300 A 192.0.2.44", "www 300 CNAME web\nweb 300 A 192.0.2.44")])
case("no such name", [zone("www 300 A 192.0.2.44", "")])
case("no such data", [zone("www 300 A 192.0.2.44", "www 300 TXT none")])
case("a server died", [server("ns1.example.com.", does=["silent"])])
case("a server came back", [], before=[server("ns1.example.com.", does=["silent"])])
case("a server went lame", [server("ns1.example.com.", does=["lame"])])
case("a server refuses", [server("ns1.example.com.", does=["refuses"])])
case("all servers refuse", [server(f"ns{n}.example.com.", does=["refuses"]) for n in (1, 2)])
case("a server resolves for anybody", [server("ns1.example.com.", does=["recurses"])])
case("the keys are rolled", [signing(algorithm=14, denial="nsec")], of=GOOD)
case("the DS record is removed", [signing(algorithm=13, denial="nsec", ds="none")], of=GOOD)
case("the zone is signed", [], of=GOOD, before=[signing(algorithm=13, denial="nsec", ds="none")])
case("the signatures have expired", [signing(algorithm=13, denial="nsec", valid=[-30, -3])], of=GOOD)


BY_CHANCE = {
    "answers-agree", "answers-chosen", "answers-differ", "answers-stale", "any-sparse", "child-on-one",
    "grandparent-hosts", "hosts-mixed", "moved-with-old-ns", "soa-serial-reset", "ttl-differs", "zone-version",
}  # fmt: skip
"""The worlds whose servers do not agree, so that one trace by one server each differs."""
ENDLESS = {"endless", "endless-aliases", "endless-dname", "huge"}


def test_twenty_changes_and_more_are_tried() -> None:
    assert len(CHANGES) > 20 and set(CHANGES) == set(TEXTS)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_in_words(name: str) -> None:
    assert changed(*CHANGES[name]) == TEXTS[name]


@pytest.mark.share(6)
@pytest.mark.seeds(6)
@pytest.mark.parametrize("name", [name for name in names() if name not in BY_CHANCE])
def test_an_unchanged_world_has_no_difference_whatever_the_seed(name: str, seed: int) -> None:
    old, new = json_of(walked(name, 1)), json_of(walked(name, seed + 2))
    assert (differences(old, new), differences(new, old)) == ((), ())


@pytest.mark.parametrize("name", sorted(BY_CHANCE))
def test_where_servers_disagree_another_seed_makes_a_difference_and_the_same_none(name: str) -> None:
    documents = [json_of(walked(name, seed)) for seed in range(1, 7)]
    assert any(differences(old, new) for old in documents for new in documents)
    assert not differences(documents[0], json_of(walked_in(load(name), seed=1, signed=False)))


@pytest.mark.share(6)
@pytest.mark.parametrize("name", sorted({*names()[::5], *BY_CHANCE} - ENDLESS - {"child-on-one"}))
def test_nor_where_every_server_was_asked(name: str) -> None:
    old, new = (json_of(checked(load(name), seed)) for seed in (1, 2))
    assert differences(old, new) == ()


def test_other_questions_are_not_compared() -> None:
    with pytest.raises(ValueError, match=r"www\.example\.com A and nowhere\.example\.com A"):
        differences(json_of(walked("textbook")), json_of(walked("nxdomain")))


def test_a_zone_that_is_no_longer_delegated_is_named_and_a_failed_walk_says_nothing_of_it() -> None:
    old = json_of(walked("in-domain"))
    new = {**old, "steps": [{**step, "referral": None} for step in old["steps"]]}
    gone, back = [[each.text for each in differences(*pair)] for pair in ((old, new), (new, old))]
    assert "example.com is no longer delegated" in gone and "example.com is now delegated" in back
    failed = [each.text for each in differences(old, {**new, "outcome": "failed"})]
    assert not [text for text in failed if "delegated" in text]


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2), (2, 1)])
def test_the_data_of_a_stale_server_is_compared_whichever_server_the_walk_picks(
    seeds: tuple[int, int],
) -> None:
    stale = "answers-stale"
    worlds = made(of=stale), made(zone("192.0.2.66", "192.0.2.98", "example.com. forgotten"), of=stale)
    pairs = zip(worlds, seeds, strict=True)
    old, new = (json_of(checked(*pair)) for pair in pairs)
    assert [each.text for each in differences(old, new) if each.what != "finding"] == [
        "www.example.com no longer has A 192.0.2.66 at ns2.example.com",
        "www.example.com now has A 192.0.2.98 at ns2.example.com",
    ]
