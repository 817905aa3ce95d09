"""Servers of the zone above that answer from an old copy of a zone."""

from __future__ import annotations

import pytest

from dnstrace.checks import Finding
from dnstrace.lab.world import read
from dnstrace.model.findings import Level
from tests.checks.checking import checked, made_of, told
from tests.checks.documented import assert_fires

CODE, WORLD = "zone-left-over", "sub-zone-left-over"
ZONES = read(WORLD)["zones"]
OLD, NEW = ZONES["sub.example.com. old"], ZONES["sub.example.com."]
ABOVE = ["ns1.example.com.", "ns2.example.com."]


def found(old: str, servers: list[str] = ABOVE, **more: object) -> dict[str, Finding]:
    """What is found where servers of the zone above have a copy of that text."""
    zones = {"sub.example.com. old": {"text": old, "servers": servers}, **more}
    trace = checked(made_of(WORLD, question="www.sub.example.com. A", zones=zones))
    return {each.code: each for each in trace.findings or ()}


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, WORLD, "sub-zone")


def test_the_fix_is_to_remove_the_copy_once_the_zone_is_delegated() -> None:
    each = found(OLD["text"])[CODE]
    assert each.cure == (
        "make sure that example.com delegates sub.example.com to ns1.sub.example.com and ns2.sub.example.com,"
        " then remove the zone sub.example.com from ns1.example.com and ns2.example.com"
    )
    assert "www.sub.example.com A gives 192.0.2.66 instead of 192.0.2.77" in each.message


@pytest.mark.parametrize("old", [NEW["text"], NEW["text"].replace("2026011501", "2026011500")])
def test_a_copy_that_answers_alike_is_none(old: str) -> None:
    """A zone may be on more servers than it lists."""
    assert CODE not in found(old)


@pytest.mark.parametrize(
    "old",
    [
        OLD["text"].replace("@ NS ns2\n", "@ NS ns1.example.com.\n"),
        OLD["text"].replace("ns2 A 198.51.100.61", "ns2 A 192.0.2.53"),
    ],
    ids=["by name", "by address"],
)
def test_servers_that_the_zone_lists_have_no_left_over(old: str) -> None:
    assert CODE not in found(old)


def test_where_other_servers_refer_the_one_with_the_copy_is_named() -> None:
    each = found(OLD["text"], ABOVE[:1])["answers-differ"]
    assert each.cure == (
        "remove the zone sub.example.com from ns1.example.com, to make ns1.example.com refer to"
        " sub.example.com, as the other servers of example.com do"
    )


def test_a_server_that_has_no_such_zone_is_to_refer() -> None:
    records = "sub A 192.0.2.9\nwww.sub A 192.0.2.66\n"
    lines = (line for line in read("in-domain")["zones"]["example.com."]["text"].splitlines())
    other = {"servers": ABOVE[:1], "text": "\n".join((*lines, records))}
    zones = {
        "example.com. other": other,
        "example.com.": {"servers": ABOVE[1:]},
        "sub.example.com. old": {"text": OLD["text"], "servers": []},
    }
    trace = checked(made_of(WORLD, question="www.sub.example.com. A", zones=zones))
    assert "remove the zone" not in "".join(each.cure for each in trace.findings or ())
    assert any("parent-servers-differ" in each for each in told(trace.findings or ()))


@pytest.mark.parametrize(("primary", "left_over"), [("ns1", False), ("ns1.other", True)])
def test_a_newer_copy_is_not_to_be_removed(primary: str, left_over: bool) -> None:
    """The servers that the zone lists may copy it from there. Serials of two primaries say nothing."""
    made = found(old_with("2026020101", primary))
    assert (CODE in made) is left_over
    assert not removes(made)
    assert left_over or "find out whether its data is current" in made["soa-differs"].cure


@pytest.mark.parametrize("servers", [ABOVE, ABOVE[:1]], ids=["all", "one"])
def test_a_copy_that_names_a_server_above_as_the_primary_is_not_to_be_removed(servers: list[str]) -> None:
    made = found(old_with("2025010101", "ns1.example.com."), servers)
    each = made[CODE if servers == ABOVE else "answers-differ"]
    assert each.level is Level.ERROR and not removes(made)
    assert each.cure == (
        "find out which servers have the current version of sub.example.com, and have the others copy it"
    )


@pytest.mark.parametrize("servers", [ABOVE, ABOVE[:1]], ids=["all", "one"])
def test_copies_that_lag_are_no_error(servers: list[str]) -> None:
    """As everywhere else just after a change: one may be at servers that nothing lists."""
    made = found(old_with("2026011500", "ns1"), servers)
    each = made["soa-differs" if servers == ABOVE else "answers-differ"]
    assert {other.level for other in made.values()} == {Level.WARNING}
    who = " and ".join(name.rstrip(".") for name in servers)
    assert each.cure.startswith(f"transfer sub.example.com to {who} again")
    assert f"serial 2026011500 on {who}" in each.message


@pytest.mark.parametrize("servers", [ABOVE, ABOVE[:1]], ids=["all", "one"])
def test_data_that_the_current_version_lacks_is_not_to_be_removed_with_the_copy(servers: list[str]) -> None:
    lacking = {"sub.example.com.": {**ZONES["sub.example.com."], "text": NEW["text"].replace("www ", "web ")}}
    assert not removes(found(OLD["text"], servers, **lacking))


def old_with(serial: str, primary: str) -> str:
    """The old copy with another serial and primary."""
    return str(OLD["text"].replace("2025010101", serial).replace("SOA ns1.old-host ", f"SOA {primary} "))


def removes(made: dict[str, Finding]) -> bool:
    """Whether some fix is to remove a zone from a server."""
    return any("remove the zone" in (each.cure or "") for each in made.values())


@pytest.mark.parametrize("serial", ["2025010101", "2026011400"])
def test_a_server_of_the_zone_that_is_behind_hides_no_left_over(serial: str) -> None:
    """It has the old data, and even the old serial: the others show what the zone is now."""
    late = {**NEW, "servers": ["ns1.sub.example.com."]}
    late["text"] = NEW["text"].replace("2026011501", serial).replace("192.0.2.77", "192.0.2.66")
    now: dict[str, object] = {"servers": ["ns2.sub.example.com."]}
    seen = found(OLD["text"], ABOVE, **{"sub.example.com.": now, "sub.example.com. late": late})
    assert seen[CODE].cure.startswith("make sure that example.com delegates sub.example.com to")
    assert seen["soa-differs"].cure.startswith(
        "transfer sub.example.com to ns1.sub.example.com again, and find"
    )
    assert "ns1.example.com" not in seen["soa-differs"].message


@pytest.mark.parametrize(("servers", "code"), [(ABOVE, "soa-differs"), (ABOVE[:1], "answers-differ")])
def test_a_copy_that_lags_at_servers_that_the_zone_does_not_list_may_be_one_to_remove(
    servers: list[str], code: str
) -> None:
    lagging = NEW["text"].replace("2026011501", "2026011400").replace("192.0.2.77", "192.0.2.66")
    names, are = (" and ".join(name.rstrip(".") for name in servers), "is" if len(servers) == 1 else "are")
    assert found(lagging, servers)[code].cure == (
        f"transfer sub.example.com to {names} again, and find out why it was not transferred; or, if {names}"
        f" {are} not meant to have sub.example.com, make sure that example.com delegates sub.example.com to"
        f" ns1.sub.example.com and ns2.sub.example.com, then remove the zone sub.example.com from {names}"
    )


@pytest.mark.parametrize("listed", ["ns.unserved.org.", "alias"])
def test_a_copy_that_lags_is_not_to_be_removed_where_the_zone_may_list_its_server(listed: str) -> None:
    """By a name of which no address is known."""
    alias = "alias CNAME ns1.example.com.\n" if listed == "alias" else ""
    text = f"{NEW['text']}@ NS {listed}\n{alias}"
    lagging = text.replace("2026011501", "2026011400").replace("192.0.2.77", "192.0.2.66")
    unserved = {"add": "unserved NS ns1.example.com.\n"}
    seen = found(lagging, ABOVE[:1], **{"sub.example.com.": {"text": text}, "org.": unserved})
    cures = {each.cure for each in seen.values()}
    assert any("transfer sub.example.com to ns1.example.com again" in cure for cure in cures)
    assert not any("remove the zone" in cure for cure in cures)


@pytest.mark.parametrize("servers", [ABOVE, ABOVE[:1]], ids=len)
@pytest.mark.parametrize("listed", ["ns.unserved.org.", "alias"])
def test_a_left_over_is_not_to_be_removed_where_the_zone_may_list_its_server(
    listed: str, servers: list[str]
) -> None:
    """By a name of which no address is known."""
    alias = "alias CNAME ns1.example.com.\n" if listed == "alias" else ""
    text = f"{NEW['text']}@ NS {listed}\n{alias}"
    unserved = {"add": "unserved NS ns1.example.com.\n"}
    seen = found(OLD["text"], servers, **{"sub.example.com.": {"text": text}, "org.": unserved})
    cure = seen[CODE if servers == ABOVE else "answers-differ"].cure
    assert "find out which" in cure and "remove the zone" not in cure
