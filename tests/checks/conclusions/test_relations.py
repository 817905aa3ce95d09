"""How findings are related of which one is there because of the other."""

from __future__ import annotations

import pytest

from dnstrace.checks.advice.remedies import RELOAD, at_servers
from dnstrace.checks.conclusions.relations import of_odd_copies
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.lab.world import World, read
from dnstrace.model.findings import Finding
from dnstrace.model.structs import replace
from tests.checks.checking import checked, made_of
from tests.checks.versions import APEX, of_four
from tests.replies import name

_GLUE = (
    "example NS ns1.example.com.\nexample NS ns2.example.com.\n"
    "ns2.example A 198.51.100.53\nns2.example AAAA 2001:db8:2::53\n"
)


def _found(world: World) -> dict[tuple[str, str], Finding]:
    return {(each.code, str(each.zone)): each for each in checked(world).findings or ()}


def test_outdated_glue_explains_what_its_server_does_for_zones_below() -> None:
    """The zone below has the same servers, and nobody has to make them answer at the old address."""
    inside = read("in-domain")
    zones = {
        "com.": {"add": f"{_GLUE}ns1.example A 192.0.2.99\n"},
        "example.com.": {"text": f"{inside['zones']['example.com.']['text']}sub NS ns1\nsub NS ns2\n"},
        "sub.example.com.": {
            "text": "@ SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\n"
            "@ NS ns2.example.com.\nwww 300 A 192.0.2.66\n"
        },
    }
    servers = {**inside["servers"], "old.example.com.": {"addresses": ["192.0.2.99"], "does": ["silent"]}}
    world = made_of("_internet", question="www.sub.example.com. A", servers=servers, zones=zones)
    found = _found(world)
    above, below = (found["unreachable", zone] for zone in ("example.com.", "sub.example.com."))
    glue = found["glue-differs", "example.com."]
    assert glue.explains == ("unreachable",)
    assert above.cure == below.cure == glue.cure and below.remedy == glue.remedy
    assert below.actor == glue.actor == "the owner of example.com, at its registrar"


@pytest.mark.parametrize(("signed", "does"), [(True, []), (True, ["silent"]), (False, [])])
def test_a_move_in_which_the_ds_record_came_before_the_ns_records_ends_with_these(
    signed: bool, does: list[str]
) -> None:
    """The parent has the DS record for the new host, and the NS records of the old one, which does not sign.

    Unless the new host does not sign with that key either. A server of it that is dead is not listed, nor
    are those of the old host instead.
    """
    records = read("_signed")["zones"]["example.com."]["text"]
    moved = records.replace("@ NS ns1\n@ NS ns2\n", "@ NS ns1.example.net.\n@ NS ns2.example.net.\n")
    zones = {
        "net.": {"add": "example NS ns2.example.net.\nns2.example A 192.0.2.153\n"},
        "example.net.": {"add": "@ NS ns2\nns2 A 192.0.2.153\n"},
        "example.com.": {
            "text": moved,
            "servers": ["ns1.example.net.", "ns2.example.net."],
            "sign": {} if signed else {"broken": ["rolled"]},
        },
        "example.com. old": {"text": moved, "servers": ["ns1.example.com.", "ns2.example.com."]},
    }
    servers = {"ns2.example.net.": {"addresses": ["192.0.2.153"], "does": does}}
    found = _found(made_of("_signed", families=[4], servers=servers, zones=zones))
    listing = found["ns-differs", "example.com."]
    broken = [each for (code, _), each in found.items() if code in ("dnskey-differs", "ds-without-dnskey")]
    assert broken and all((each.code in listing.explains) is signed for each in broken)
    assert all((each.remedy == listing.remedy) is signed for each in broken)
    listed = [f"example.com. 172800 IN NS ns{number}.example.net." for number in (1, 2)]
    if does:
        lacking = "and ns1.example.com and ns2.example.com lack the keys that the DS records name"
        assert listing.cure.endswith(lacking) and listing.records == (*listed[:1],)
        assert "instead" not in found["unreachable", "example.com."].cure
    elif signed:
        assert listing.rehearsed.endswith("secure") and listing.records == (*listed,)


def test_a_host_that_has_the_keys_too_is_not_left_for_the_keys() -> None:
    """Of the servers that the parent lists, only one lacks them."""
    records = read("_signed")["zones"]["example.com."]["text"]
    moved = records.replace("@ NS ns1\n@ NS ns2\n", "@ NS ns1.example.net.\n")
    sound = ["ns1.example.net.", "ns1.example.com."]
    zones = {
        "example.com.": {"text": moved, "servers": sound, "sign": {}},
        "example.com. old": {"text": moved, "servers": ["ns2.example.com."]},
    }
    found = _found(made_of("_signed", families=[4], zones=zones))
    assert ("dnskey-differs", "example.com.") in found
    assert "dnskey-differs" not in found["ns-differs", "example.com."].explains


_BOTH = 'alias CNAME www\nalias TXT "text"\n'
_AT_APEX = "@ CNAME www\nalias CNAME www\n"


@pytest.mark.parametrize(
    ("code", "asked", "odd"),
    [("alias-beside-data", "alias.example.com. TXT", _BOTH), ("alias-at-apex", "example.com. A", _AT_APEX)],
)
def test_the_one_copy_with_an_alias_that_is_not_the_zones_is_why_answers_differ(
    code: str, asked: str, odd: str
) -> None:
    """Nobody has to find out which servers are right, where that is known."""
    world = of_four({"123": "alias CNAME www\n@ A 192.0.2.44\n", "4": odd}, question=asked)
    found = _found(world)
    alias, differ = (found[each, "example.com."] for each in (code, "answers-differ"))
    assert "answers-differ" in alias.explains and differ.cure == alias.cure
    assert differ.remedy == alias.remedy == at_servers(name("ns4.example.com."))


@pytest.mark.parametrize(("third", "agree"), [("www", True), ("ns1", False)])
def test_answers_that_differ_among_the_other_servers_have_more_causes(third: str, agree: bool) -> None:
    world = of_four({"12": "alias CNAME www\n", "3": f"alias CNAME {third}\n", "4": _BOTH})
    trace = checked(world)
    found = {each.code: each for each in trace.findings or ()}
    alias, differ = found["alias-beside-data"], found["answers-differ"]
    assert (differ.cure == RELOAD) is not agree
    of_one = replace(alias, remedy=at_servers(name("ns4.example.com.")))
    assert of_odd_copies(Evidence(trace), of_one, differ) is agree


def test_an_alias_explains_no_other_name_of_which_answers_differ() -> None:
    odd, sound = f"{_AT_APEX}x A 192.0.2.1\n", "alias CNAME www\n@ A 192.0.2.44\nx A 192.0.2.2\n"
    trace = checked(of_four({"123": sound, "4": odd}, question="x.example.com. A"))
    found = {each.code: each for each in trace.findings or ()}
    of_one = replace(found["alias-at-apex"], remedy=at_servers(name("ns4.example.com.")))
    assert not of_odd_copies(Evidence(trace), of_one, found["answers-differ"])


def _listing(
    old: str, new: str = "", does: str = "silent", primary: str = "ns1", above: str = ""
) -> dict[tuple[str, str], Finding]:
    """What is found where the two versions of the zone have these lines, and com these; ns9 is of no use."""
    soa = f"@ 900 SOA {primary} hostmaster {{}} 7200 900 1209600 300\nwww 300 A 192.0.2.44\n"
    zones = {
        "example.com.": {"servers": ["ns1.example.com."], "text": soa.format(2) + APEX + new},
        "example.com. old": {"servers": ["ns2.example.com."], "text": soa.format(1) + APEX + old},
        "com.": {"add": above},
    }
    servers = {"ns9.example.com.": {"addresses": ["203.0.113.9"], "does": [does or "silent"]}}
    return _found(made_of("in-domain", servers=servers, zones=zones))


_NS9 = "@ NS ns9\nns9 A 203.0.113.9\n"
_GONE = "@ NS ns9.example.net.\n"


@pytest.mark.parametrize(
    ("code", "old", "does"),
    [("unreachable", _NS9, "silent"), ("refuses", _NS9, "refuses"), ("ns-name-unresolvable", _GONE, "")],
)
def test_a_server_that_only_an_old_version_lists_goes_with_that_version(
    code: str, old: str, does: str
) -> None:
    """Nobody has to repair it, and there is nothing to remove from the current version."""
    found = _listing(old, does=does)
    behind, useless = found["soa-differs", "example.com."], found[code, "example.com."]
    assert code in behind.explains and useless.cure == behind.cure and "ns2.example.com" in behind.cure


@pytest.mark.parametrize(
    ("old", "new", "primary"), [(_NS9, _NS9, "ns1"), ("", _NS9, "ns1"), (_NS9, "", "ns2")]
)
def test_a_server_that_the_current_version_lists_has_a_fault_of_its_own(
    old: str, new: str, primary: str
) -> None:
    """A primary has the current one, though its serial was reset below those of the others."""
    found = _listing(old, new, primary=primary)
    assert "unreachable" not in found["soa-differs", "example.com."].explains
    assert "ns9.example.com" in found["unreachable", "example.com."].cure


def test_a_server_that_the_zone_above_lists_does_not_go_with_an_old_version() -> None:
    """The parent has to remove it, whatever the servers of the zone have."""
    found = _listing(_NS9, above="example NS ns9.example.com.\nns9.example A 203.0.113.9\n")
    assert "unreachable" not in found["soa-differs", "example.com."].explains
    assert found["unreachable", "example.com."].cure.endswith(" in the zone and in com")


def test_a_server_does_not_go_with_an_old_version_that_stays_as_the_new_one_does_not_validate() -> None:
    text = read("_signed")["zones"]["example.com."]["text"]
    zones = {
        "example.com.": {
            "servers": ["ns1.example.com."],
            "text": text.replace("2026011501", "2"),
            "sign": {"broken": ["unsigned=@ DNSKEY"]},
        },
        "example.com. old": {
            "servers": ["ns2.example.com."],
            "text": text.replace("2026011501", "1") + _NS9,
            "sign": {},
        },
    }
    servers = {"ns9.example.com.": {"addresses": ["203.0.113.9"], "does": ["silent"]}}
    found = _found(made_of("_signed", servers=servers, zones=zones))
    assert found["soa-differs", "example.com."].cure.startswith("fix the signing of example.com on ns1")
    assert "unreachable" not in found["soa-differs", "example.com."].explains
    assert found["unreachable", "example.com."].cure.startswith("make ns9.example.com answer")
