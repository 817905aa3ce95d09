"""Rules on the SOA record."""

from __future__ import annotations

import dns.flags
import dns.rdatatype
import dns.rrset
import pytest

from dnstrace import clock
from dnstrace.checks import Finding, Level
from dnstrace.lab.world import read
from dnstrace.model import Exchange, Query
from dnstrace.model.structs import replace
from dnstrace.port import Network
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found
from tests.checks.listings import world
from tests.troubled import SERVERS, replied, traced_over

RULES = [
    ("soa-missing", "soa-missing", "in-domain"),
    ("soa-multiple", "soa-multiple", "in-domain"),
    ("soa-differs", "soa-stale", "in-domain"),
    ("soa-mname", "soa-fields", "in-domain"),
    ("soa-timers", "soa-timers", "in-domain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_records_with_the_same_serial_that_differ_are_a_notice() -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    other = {"text": text.replace("7200", "3600"), "servers": ["ns2.example.com."]}
    found = checked(made_of("in-domain", zones={"example.com. other": other})).findings or ()
    (finding,) = [finding for finding in found if finding.code == "soa-differs"]
    assert finding.level is Level.NOTICE and finding.steps
    assert finding.message == (
        "the SOA records of example.com on ns1.example.com and ns2.example.com have the same serial"
        " 2026011501, but different refresh"
    )


@pytest.mark.parametrize(
    ("code", "world", "message"),
    [
        ("soa-multiple", "soa-multiple", "example.com has 2 SOA records instead of one, on ns2.example.com"),
        (
            "soa-differs",
            "soa-stale",
            "ns2.example.com has an old version of example.com: serial 2026011400 on ns2.example.com,"
            " but serial 2026011501 on ns1.example.com",
        ),
    ],
)
def test_a_message_says_which_server_has_what(code: str, world: str, message: str) -> None:
    assert [finding.message for finding in found(code, world)] == [message]


class Answering:
    """A network in which the servers of the zone answer every query of its SOA record with its address."""

    run = staticmethod(clock.run)

    def __init__(self, network: Network) -> None:
        self._network = network

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        exchanged = await self._network.exchange(query, timeout)
        if query.address not in SERVERS or query.question.rdtype != dns.rdatatype.SOA:
            return exchanged
        changed = replied(exchanged, "NOERROR")
        assert changed.message is not None
        changed.message.flags |= dns.flags.AA
        changed.message.answer.append(dns.rrset.from_text(query.question.name, 300, "IN", "A", "192.0.2.44"))
        return replace(changed, wire=changed.message.to_wire())


def test_records_of_another_type_in_place_of_the_soa_record_are_named() -> None:
    trace = traced_over("in-domain", Answering)
    first, _ = (each for each in trace.findings or () if each.code == "soa-missing")
    assert "answers the query for the SOA record of example.com with records of another type" in first.message
    assert "answer the query for the SOA record" in first.cure


def test_an_old_version_on_servers_that_only_the_parent_lists_is_fixed_there() -> None:
    found = {each.code: each for each in checked(world("ns2 ns3", old="ns1")).findings or ()}
    assert found["soa-differs"].cure == "have com publish the NS records that example.com itself has"
    assert found["soa-differs"].remedy == found["ns-differs"].remedy
    assert "soa-differs" in found["ns-differs"].explains


@pytest.mark.parametrize(("old", "ns3"), [("ns1 ns2", ""), ("ns1", "refuses")])
def test_the_zone_is_transferred_again_where_its_servers_stay(old: str, ns3: str) -> None:
    findings = checked(world("ns2 ns3", old=old, ns3=ns3)).findings or ()
    (only,) = [each for each in findings if each.code == "soa-differs"]
    assert only.cure.startswith("transfer example.com to ns1.example.com")


def test_the_data_of_a_primary_is_not_replaced_because_its_serial_is_lower() -> None:
    (finding,) = found("soa-differs", "soa-serial-reset")
    assert "name as the primary server, has serial 17, which is older than" in finding.message
    assert finding.cure.startswith("if ns1.example.com is the primary, find out whether its data is current")
    assert "raise its serial above 2026011501" in finding.cure
    assert finding.level is Level.WARNING and str(finding.server) == "ns1.example.com."


@pytest.mark.parametrize(("lacking", "level"), [("old", Level.ERROR), ("new", Level.WARNING)])
def test_an_old_version_that_lacks_the_data_asked_for_is_an_error(lacking: str, level: Level) -> None:
    """Some users get nothing; of data that the newest version no longer has, nobody misses any."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    texts = {"old": text.replace("1501", "1400"), "new": text}
    texts[lacking] = texts[lacking].replace("www 300 A 192.0.2.44\n", "")
    old = {"servers": ["ns2.example.com."], "text": texts["old"]}
    world = made_of("in-domain", zones={"example.com.": {"text": texts["new"]}, "example.com. old": old})
    (finding,) = checked(world).findings or ()
    assert (finding.code, finding.level) == ("soa-differs", level)


def test_an_old_version_at_one_address_of_a_server_is_named_with_that_address() -> None:
    """Its other address has the newest version: no primary is behind, another machine may be there."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    servers = {
        "ns1.example.com.": {"addresses": ["192.0.2.53"]},
        "other.example.org.": {"addresses": ["2001:db8:1::53"]},
    }
    old = {"servers": ["other.example.org."], "text": text.replace("2026011501", "2026011400")}
    zones = {"example.com.": {"servers": ["ns1.example.com.", "ns2.example.com."]}, "example.com. old": old}
    (finding,) = checked(made_of("in-domain", servers=servers, zones=zones)).findings or ()
    assert finding.message.startswith("ns1.example.com (2001:db8:1::53) has an old version of example.com: ")
    assert "on ns1.example.com (192.0.2.53) and ns2.example.com (" in finding.message
    assert finding.cure.startswith("find out whether 2001:db8:1::53 leads to another machine than intended")


def test_a_copy_that_is_old_does_not_become_a_primary_by_naming_another() -> None:
    """The primary was renamed, and the secondary still has the version before that."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    old = {
        "servers": ["ns2.example.com."],
        "text": text.replace("SOA ns1", "SOA ns0").replace("1501", "1400"),
    }
    world = made_of("in-domain", zones={"example.com.": {}, "example.com. old": old})
    (finding,) = checked(world).findings or ()
    assert finding.level is Level.WARNING and "ns2.example.com has an old version" in finding.message


@pytest.mark.parametrize(("serial", "behind"), [("2025010101", True), ("2027010101", False)])
def test_a_server_may_be_behind_one_of_the_machines_that_another_address_leads_to(
    serial: str, behind: bool
) -> None:
    """The newest of the versions that alternate counts. What an older machine lacks is not missed in it."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    old = {"text": text.replace("2026011501", serial), "servers": ["ns2.example.com."]}
    servers = {"ns1.example.com.": {"does": ["alternates=2024010101 www.example.com."]}}
    found = checked(made_of("in-domain", zones={"example.com. old": old}, servers=servers)).findings or ()
    cures = [each.cure for each in found if each.code == "soa-differs"]
    again = "transfer example.com to ns2.example.com again, and find out why it was not transferred"
    assert cures == [again] * behind and any(each.code == "machines-differ" for each in found)


def test_no_version_that_alternates_is_copied_over_the_only_one_that_validates() -> None:
    signed, servers = {"algorithm": 13}, {"ns1.example.com.": {"does": ["alternates=2027010101"]}}
    zones = {"example.com.": {**read("in-domain")["zones"]["example.com."], "sign": signed}}
    found = checked(made_of("in-domain", zones=zones, servers=servers)).findings or ()
    (finding,) = (each for each in found if each.code == "soa-differs")
    assert finding.cure.startswith("fix the signing of example.com on ns1.example.com first, and leave ns2")


def _two_versions(first: str, second: str) -> list[Finding]:
    """What is said of the timers where the primary, ns1, and ns2 have these serials and timers."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    old = "2026011501 7200 900 1209600"
    zones = {
        "example.com.": {"text": text.replace(old, first), "servers": ["ns1.example.com."]},
        "example.com. other": {"text": text.replace(old, second), "servers": ["ns2.example.com."]},
    }
    found = checked(made_of("in-domain", zones=zones)).findings or ()
    return [each for each in found if each.code == "soa-timers"]


def test_timers_of_an_old_copy_are_left_to_the_next_transfer() -> None:
    assert not _two_versions("2026011501 7200 900 1209600", "2026011400 7200 900 3600")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026011501 7200 900 3600", "2026011400 7200 900 3600"),
        ("2026011400 7200 900 3600", "2026011501 7200 900 1209600"),  # the serial of the primary went back
    ],
)
def test_the_serial_to_publish_is_above_that_of_every_server(first: str, second: str) -> None:
    (finding,) = _two_versions(first, second)
    (record,) = finding.records
    assert record.split()[6:10] == ["2026011502", "7200", "900", "1209600"]
