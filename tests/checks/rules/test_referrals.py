"""Rules on what the servers of one zone say about a delegation in it, compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dnstrace.checks import Blame, Finding, Level
from dnstrace.checks.advice.remedies import RELOAD
from dnstrace.lab.world import World, read
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found
from tests.checks.versions import APEX

CODE = "parent-servers-differ"
RULES = [
    (CODE, "parent-servers-differ", "in-domain"),
    (CODE, "not-delegated-at-one", "sub-zone"),
    (CODE, "not-delegated-at-one", "serves-both"),
]
"""Each with a world that fires it, and one that does not."""


def stale(
    text: str,
    included: str = "in-domain",
    at: Sequence[str] = "m",
    zones: dict[str, Any] | None = None,
    **more: Any,
) -> list[Finding]:
    """What is found where these of the gtld-servers.net have this delegation of example.com."""
    apex = "@ 900 SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n"
    letters = "abcdefghijklm"
    others = [f"{letter}.gtld-servers.net." for letter in letters if letter not in at]
    every: dict[str, Any] = {
        **(zones or {}),
        "com.": {"servers": others},
        "com. stale": {
            "servers": [f"{letter}.gtld-servers.net." for letter in at],
            "ttl": 172800,
            "sign": {"algorithm": 13, "denial": "opt-out"},
            "text": apex + "".join(f"@ NS {letter}.gtld-servers.net.\n" for letter in letters) + text,
        },
    }
    world = made_of(included, question="www.example.com. A", zones=every, **more)
    return [each for each in checked(world).findings or () if each.code in (CODE, "unexplained")]


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_what_differs_is_named_with_the_servers() -> None:
    (finding,) = found(CODE, CODE)
    assert finding.message.startswith(
        "the servers of com refer to example.com with different NS records:"
        " m.gtld-servers.net lacks ns2.example.com, unlike a.gtld-servers.net, "
    )
    assert finding.level is Level.WARNING and finding.blame is Blame.PARENT


def test_a_delegation_that_one_server_does_not_know_is_an_error_there() -> None:
    (finding,) = found(CODE, "not-delegated-at-one")
    assert finding.level is Level.ERROR and finding.blame is Blame.PARENT
    assert str(finding.zone) == "sub.example.com." and str(finding.server) == "ns2.example.com."
    assert "does not know of the delegation of sub.example.com in example.com (NXDOMAIN)" in finding.message


def test_where_a_delegation_leads_nowhere_it_is_not_known_which_servers_are_right() -> None:
    """One server has kept a delegation that the others no longer have, and that no server serves."""
    text = f"@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300{APEX}none NS ns1\n"
    zones = {
        "example.com.": {"servers": ["ns1.example.com."]},
        "example.com. old": {"text": text, "servers": ["ns2.example.com."]},
    }
    world = made_of("in-domain", question="none.example.com. A", zones=zones)
    findings = checked(world).findings or ()
    (finding,) = (each for each in findings if each.code == CODE)
    assert finding.message.endswith(
        ", to which ns2.example.com refers, and which does not lead to none.example.com"
    )
    assert finding.cure == RELOAD and finding.server is None and finding.remedy is not None
    assert {*map(str, finding.remedy.servers)} == {"ns1.example.com.", "ns2.example.com."}
    assert not [each for each in findings if each.code == "unexplained"]


def test_where_most_servers_have_no_delegation_it_is_not_known_which_are_right() -> None:
    """It leads to a server that answers, as the zone above does: either copy may be the old one."""
    servers = {"ns3.example.com.": {"addresses": ["203.0.113.53"]}}
    ns3 = "@ NS ns3\nns3 A 203.0.113.53\n"
    old = read("in-domain")["zones"]["example.com."]["text"].replace("www 300 A 192.0.2.44", "www NS ns1")
    zones = {
        "com.": {"add": "example NS ns3.example.com.\nns3.example A 203.0.113.53\n"},
        "example.com.": {"servers": ["ns1.example.com.", "ns3.example.com."], "add": ns3},
        "example.com. old": {"text": old + ns3, "servers": ["ns2.example.com."]},
    }
    findings = checked(made_of("in-domain", servers=servers, zones=zones)).findings or ()
    (finding,) = (each for each in findings if each.code == CODE)
    assert finding.message.endswith(", to which ns2.example.com refers") and finding.cure == RELOAD


def test_a_dead_server_that_one_of_the_parents_servers_lists_is_explained_by_that() -> None:
    apex = "example NS dead.example.com.\ndead.example A 203.0.113.99\n"
    (finding,) = stale(apex)
    assert finding.level is Level.ERROR and "dead.example.com" in finding.message


GLUE = "ns1.example A 192.0.2.53\nns1.example AAAA 2001:db8:1::53\n"
BOTH = "example NS ns1.example.com.\nexample NS ns2.example.com.\n"


def test_other_glue_is_named() -> None:
    (finding,) = stale(BOTH + GLUE + "ns2.example A 198.51.100.53\nns2.example AAAA 2001:db8:2::99\n")
    assert (
        "different glue: m.gtld-servers.net has ns2.example.com 2001:db8:2::99 and lacks" in finding.message
    )


def test_glue_that_is_left_out_with_room_for_it_is_a_difference() -> None:
    (finding,) = stale(BOTH + GLUE + "ns2.example A 198.51.100.53\n")
    assert "m.gtld-servers.net lacks ns2.example.com 2001:db8:2::53" in finding.message


def test_a_referral_that_leads_to_servers_without_the_zone_is_an_error() -> None:
    (finding,) = stale("example NS a.gtld-servers.net.\n")
    assert "m.gtld-servers.net has a.gtld-servers.net and lacks" in finding.message
    assert "(which does not lead to example.com), unlike" in finding.message
    assert finding.level is Level.ERROR


def test_a_referral_to_a_name_without_address_is_an_error_too() -> None:
    (finding,) = stale("example NS none.root-servers.net.\n")
    assert finding.level is Level.ERROR


def test_a_referral_to_other_servers_that_serve_the_zone_too_is_only_fragile() -> None:
    glue = "other.example A 192.0.2.53\n"
    (finding,) = stale("example NS other.example.com.\n" + glue)
    assert finding.level is Level.WARNING


def test_a_referral_to_servers_with_other_data_of_the_zone_says_so() -> None:
    text = "@ 900 SOA other hostmaster 1 7200 900 1209600 300\n@ NS other\nwww 300 A 192.0.2.66\n"
    other = {"text": f"{text}other A 203.0.113.53\n", "servers": ["other.example.com."]}
    add = "example NS other.example.com.\nother.example A 203.0.113.53\n"
    servers = {"other.example.com.": {"addresses": ["203.0.113.53"]}}
    (finding,) = stale(add, zones={"example.com. other": other}, servers=servers)
    assert "(the servers listed there have other data of example.com), unlike" in finding.message
    assert finding.level is Level.ERROR


def test_ds_records_that_match_no_key_are_an_error() -> None:
    glue = "ns2.example A 198.51.100.53\nns2.example AAAA 2001:db8:2::53\n"
    ds = f"example 86400 DS 12345 13 2 {'AB' * 32}\n"
    (finding,) = stale(BOTH + GLUE + glue + ds, "_signed")
    assert "different DS records" in finding.message and finding.level is Level.ERROR
    assert "(no key of example.com matches)" in finding.message


def many(count: int) -> list[str]:
    """The records of this many name servers in example.com, their IPv6 addresses last."""
    names = [f"the-{number}-th-name-server-of-this.example" for number in range(count)]
    ns = [f"example NS {name}.com." for name in names]
    glue = [f"{name} A 198.51.100.{number}" for number, name in enumerate(names)]
    return [*ns, *glue, *(f"{name} AAAA 2001:db8::{number:x}" for number, name in enumerate(names))]


@pytest.mark.parametrize(("count", "differs"), [(6, True), (12, False)])
def test_glue_that_is_left_out_for_lack_of_room_is_no_difference(count: int, differs: bool) -> None:
    letters = "abcdefghijklm"
    add = "\n".join(many(count)) + "\n"
    apex = "@ 900 SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n"
    text = apex + "".join(f"@ NS {letter}.gtld-servers.net.\n" for letter in letters)
    sign = {"algorithm": 13, "denial": "opt-out"}
    both: dict[str, Any] = {"ttl": 172800, "sign": sign}
    less = "\n".join(many(count)[:-3]) + "\n"
    servers = [f"{letter}.gtld-servers.net." for letter in letters]
    zones = {
        "com.": {"servers": servers[:-1], "text": text + add} | both,
        "com. stale": {"servers": servers[-1:], "text": text + less} | both,
    }
    world = made_of("_internet", question="www.example.com. A", zones=zones)
    codes = [each.code for each in checked(world).findings or () if each.code == CODE]
    assert codes == ([CODE] if differs else [])


@pytest.mark.parametrize("without", ["ns1", "ns2"])
def test_of_two_servers_that_without_the_ds_record_of_a_key_of_the_zone_is_behind(without: str) -> None:
    """Whichever of the two it is: the zone itself shows which is right."""
    content = read("_signed")["zones"]
    zones = {
        "child.example.com.": {**content["child.example.com."], "sign": {"algorithm": 13}},
        "example.com. other": {
            "servers": [f"{without}.example.com."],
            "text": content["example.com."]["text"],
        },
    }
    servers = ["ns1.example.com.", "ns2.example.com."]
    zones["example.com."] = {"servers": [each for each in servers if not each.startswith(without)]}
    made = checked(made_of("_signed", question="www.child.example.com. A", zones=zones))
    (finding,) = [each for each in made.findings or () if each.code == CODE]
    assert (
        str(finding.server) == f"{without}.example.com."
        and f"{without}.example.com lacks DS" in finding.message
    )
    assert "unexplained" not in {each.code for each in made.findings or ()}


CHILD = "ns1.sub A 203.0.113.71\nns2.sub A 198.51.100.71\n"
BEHIND = {
    "NS records": "sub NS ns1.sub\nns1.sub A 203.0.113.71\n",
    "glue": "sub NS ns1.sub\nsub NS ns2.sub\n" + CHILD.replace("198.51.100.71", "198.51.100.72"),
}


def _with_sub(by_server: dict[str, str], own: str) -> World:
    """A world in which each of two servers of example.com has its own delegation of sub.example.com."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    copies = {
        f"example.com. {server}": {"servers": [server], "text": text + delegation}
        for server, delegation in by_server.items()
    }
    apex = "@ 900 SOA ns1 hostmaster 1 7200 900 1209600 300\nwww 300 A 192.0.2.9\n" + CHILD.replace(
        ".sub", ""
    )
    servers = {
        "ns1.sub.example.com.": {"addresses": ["203.0.113.71"]},
        "ns2.sub.example.com.": {"addresses": ["198.51.100.71", "198.51.100.72"]},
    }
    zones = {**copies, "example.com.": {"servers": []}, "sub.example.com.": {"text": apex + own}}
    return made_of("in-domain", question="www.sub.example.com. A", servers=servers, zones=zones)


@pytest.mark.parametrize("what", BEHIND)
@pytest.mark.parametrize("behind", ["ns1.example.com.", "ns2.example.com."])
def test_of_two_servers_that_differ_the_one_unlike_the_zone_is_behind(what: str, behind: str) -> None:
    current = "sub NS ns1.sub\nsub NS ns2.sub\n" + CHILD
    by_server = {
        each: BEHIND[what] if each == behind else current for each in ("ns1.example.com.", "ns2.example.com.")
    }
    found = checked(_with_sub(by_server, "@ NS ns1\n@ NS ns2\n")).findings or ()
    (finding,) = [each for each in found if each.code == "parent-servers-differ"]
    assert str(finding.server) == behind and f"different {what}: " in finding.message


def test_nothing_is_to_be_loaded_where_neither_server_has_what_the_zone_has() -> None:
    by_server = {
        "ns1.example.com.": BEHIND["NS records"],
        "ns2.example.com.": BEHIND["NS records"]
        .replace("ns1", "ns2")
        .replace("203.0.113.71", "198.51.100.71"),
    }
    found = checked(_with_sub(by_server, "@ NS ns1\n@ NS ns2\n")).findings or ()
    (finding,) = [each for each in found if each.code == "parent-servers-differ"]
    assert finding.server is None and finding.cure.startswith("find out which servers are right")
