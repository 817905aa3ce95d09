"""The rule on types: which fail at which server, how much that matters, and what is not said of the zone."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from dnstrace import Settings, trace
from dnstrace.checks import Blame, Finding, Level
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load
from dnstrace.model import Exchange, Fault, Query
from tests.checks.checking import checked, checked_by_name, made_of
from tests.checks.documented import assert_fires, found
from tests.replies import name

RULES = [
    ("type-fails", "types-not-implemented", "not-implemented"),
    ("type-fails", "type-silent", "silent"),
    ("type-fails", "dnssec-keys-silent", "dnssec-keys-need-tcp"),
    ("no-edns", "edns-refused", "refuses"),
]
"""Each with a world that fires it, and one that does not."""

OF_THE_ZONE = {"fails", "refuses", "lame-server", "unreachable", "no-udp", "upward-referral", "edns-option"}


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def findings(does: str, rdtype: str = "A", everywhere: bool = False) -> list[Finding]:
    """What is found if one server, or both, misbehave."""
    names = ["ns1.example.com.", "ns2.example.com."][: 1 + everywhere]
    servers = {name: {"does": [does]} for name in names}
    question = f"www.example.com. {rdtype}"
    return [*(checked(made_of("in-domain", question=question, servers=servers)).findings or ())]


@pytest.mark.parametrize("rdtype", ["A", "AAAA", "CAA", "HTTPS", "MX", "DS", "TYPE65280", "TXT"])
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_type_that_is_dropped_is_said_of_the_type_and_not_of_the_zone(
    rdtype: str, everywhere: bool
) -> None:
    asked = findings(f"silent={rdtype}", rdtype, everywhere)
    assert {finding.code for finding in asked} == {"type-fails"} and len(asked) == 1 + everywhere
    for finding in asked:
        assert finding.level is Level.ERROR and f"www.example.com {rdtype}" in finding.message


@pytest.mark.parametrize("everywhere", [False, True])
def test_signatures_need_not_be_given_without_what_they_are_for(everywhere: bool) -> None:
    """PowerDNS refuses to, where it signs what it serves."""
    asked = findings("silent=RRSIG", "RRSIG", everywhere)
    assert [(finding.code, finding.level) for finding in asked] == [("type-fails", Level.NOTICE)] * (
        1 + everywhere
    )


def test_what_is_said_of_one_type_is_not_that_the_zone_is_not_served() -> None:
    """The server answers for the zone's SOA and NS records: nobody has to configure the zone on it."""
    (one,) = findings("other-name=MX", "MX")
    assert one.code == "type-fails" and "records of another name" in one.message


@pytest.mark.parametrize(
    ("rdtype", "level"),
    [
        ("AAAA", Level.ERROR),
        ("DS", Level.ERROR),
        ("DNSKEY", Level.ERROR),
        ("NS", Level.ERROR),
        ("CAA", Level.WARNING),
        ("HTTPS", Level.WARNING),
        ("MX", Level.WARNING),
        ("TYPE65280", Level.WARNING),
        ("CDS", Level.WARNING),
    ],
)
def test_a_type_that_was_not_asked_matters_as_far_as_resolution_needs_it(rdtype: str, level: Level) -> None:
    (finding,) = findings(f"silent={rdtype}")
    assert (finding.code, finding.level) == ("type-fails", level)
    assert f" {rdtype} at 192.0.2.53" in finding.message


@pytest.mark.parametrize(("rdtype", "control"), [("SOA", "NS"), ("A", "SOA")])
def test_a_server_is_known_to_serve_the_zone_by_its_soa_or_its_ns_records(rdtype: str, control: str) -> None:
    finding = findings(f"silent={rdtype}")[0]
    assert finding.code == "type-fails" and finding.message.endswith(
        f"although it answers for example.com {control}"
    )


@pytest.mark.parametrize("rdtype", ["A", "CAA"])
def test_an_error_to_all_types_but_a_few_is_one_finding_a_server(rdtype: str) -> None:
    found = findings("knows-types=NS,SOA", rdtype)
    assert [finding.code for finding in found] == ["type-fails"]
    first = found[0].message.index(f"www.example.com {rdtype}")
    assert first == found[0].message.index("www.example.com ")
    assert not {finding.code for finding in found} & OF_THE_ZONE


@pytest.mark.parametrize(
    "fault", ["silent", "refuses", "servfail", "not-implemented", "lame", "format-error"]
)
def test_a_server_that_answers_nothing_is_said_to_fail_the_zone(fault: str) -> None:
    codes = {finding.code for finding in findings(fault)}
    assert "type-fails" not in codes and codes & OF_THE_ZONE


@pytest.mark.parametrize("fault", ["no-edns", "drops-edns", "truncates", "loses-tcp", "slow", "no-aa"])
def test_other_faults_are_not_of_a_type(fault: str) -> None:
    assert "type-fails" not in {finding.code for finding in findings(fault)}


def test_keys_that_need_tcp_are_not_a_type_that_fails() -> None:
    assert not found("type-fails", "dnssec-keys-need-tcp")


def test_refusing_edns_alone_is_the_cause_and_an_error() -> None:
    (finding,) = found("no-edns", "edns-refused")
    assert finding.level is Level.ERROR and "answers REFUSED to queries with EDNS" in finding.message
    assert {each.code for each in findings("no-edns=SERVFAIL")} == {"no-edns"}


def test_keys_that_one_server_drops_are_said_of_that_server_and_the_zone_stays_secure() -> None:
    made = checked(made_of("_signed", servers={"ns1.example.com.": {"does": ["silent=DNSKEY"]}}))
    (finding,) = made.findings or ()
    assert (finding.code, finding.level, str(finding.server)) == (
        "type-fails",
        Level.ERROR,
        "ns1.example.com.",
    )
    assert "does not reply to queries for example.com DNSKEY" in finding.message
    assert made.judgement is not None and made.judgement.security == "secure"


def test_keys_that_every_server_drops_are_why_the_chain_is_broken() -> None:
    assert all("chain-broken" in finding.explains for finding in found("type-fails", "dnssec-keys-silent"))


def test_an_alias_whose_target_fails_for_one_type_does_not_dangle() -> None:
    servers = {"ns1.example.net.": {"does": ["silent=CAA"]}}
    made = checked(made_of("_signed", question="alias.example.com. CAA", servers=servers))
    (finding,) = [each for each in made.findings or () if each.level is Level.ERROR]
    assert (finding.code, str(finding.zone)) == ("type-fails", "example.net.")


@pytest.mark.parametrize("does", ["silent=NSEC", "silent=NSEC3PARAM"])
def test_the_records_of_denial_have_to_be_there_for_those_who_ask(does: str) -> None:
    servers = {"ns2.example.com.": {"does": [does]}}
    (only,) = checked(made_of("dnssec-good", servers=servers)).findings or ()
    assert (only.code, only.level) == ("type-fails", Level.WARNING)
    assert f"example.com {does.removeprefix('silent=')} at" in only.message


class Losing(LabNetwork):
    """The lab, where one query in ten to the servers of the zone gets no reply."""

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(world, signed=True)
        self._random = Random(seed)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        if query.question.name.is_subdomain(name("example.com.")) and self._random.random() < 0.1:
            begun = asyncio.get_running_loop().time()
            await asyncio.sleep(timeout)
            return Exchange(query, begun, timeout, fault=Fault.TIMEOUT)
        return await super().exchange(query, timeout)


@pytest.mark.seeds(3)
def test_a_lost_datagram_is_not_taken_for_a_type_that_fails(seed: int) -> None:
    world = load("in-domain")
    made = trace(
        world.question.name,
        "A",
        settings=Settings(all_servers=True, probe=True),
        network=Losing(world, seed),
        now=world.now,
        seed=seed,
    )
    assert not {finding.code for finding in made.findings or ()} & {"type-fails", "case-sensitive"}


def test_where_all_types_of_a_name_fail_it_is_the_name() -> None:
    (found,) = checked_by_name("name-fails").findings or ()
    assert found.code == "type-fails" and "fails all queries for www.example.com" in found.cure
    types = [each for each in checked_by_name("type-silent").findings or () if each.code == "type-fails"]
    assert types and all("reply to every type" in each.cure for each in types)


@pytest.mark.parametrize(
    ("sick", "levels"), [("abcdefghijklm", [Level.ERROR] * 3), ("a", [Level.WARNING]), ("", [])]
)
def test_servers_above_that_fail_for_ds_records_are_named(sick: str, levels: list[Level]) -> None:
    servers = {
        f"{letter}.gtld-servers.net.": {"does": ["knows-types=A,AAAA,NS,SOA,DNSKEY"]} for letter in sick
    }
    trace = checked(made_of("dnssec-good", servers=servers))
    found = trace.findings or ()
    assert [each.level for each in found] == levels
    assert {(each.code, str(each.zone), each.blame) for each in found} <= {("type-fails", "com.", Blame.HOST)}


@pytest.mark.parametrize(
    ("world", "rdtype", "names"),
    [
        ("dnssec-good", "DNSKEY", "example.com DNSKEY"),
        ("in-domain", "NS", "example.com NS"),
        ("in-domain", "A", "www.example.com A, for ns1.example.com A, and for ns2.example.com A"),
    ],
)
def test_a_type_that_is_truncated_over_tcp_too_cannot_be_had(world: str, rdtype: str, names: str) -> None:
    """Where all types are, it is of the whole server, and another rule says so."""
    does = {"ns1.example.com.": {"does": [f"truncates=always {rdtype}"]}}
    (finding,) = checked(made_of(world, servers=does)).findings or ()
    assert (finding.code, finding.level) == ("type-fails", Level.ERROR)
    assert finding.message.startswith(
        f"ns1.example.com truncates, over TCP too, its replies to queries for {names} at 192.0.2.53"
    )


def test_ds_records_that_a_parent_truncates_over_tcp_too_cannot_be_had_from_it() -> None:
    does = {"a.gtld-servers.net.": {"does": ["truncates=always DS"]}}
    (finding,) = checked(made_of("dnssec-good", servers=does)).findings or ()
    assert (finding.code, finding.level) == ("type-fails", Level.WARNING)
    assert "its replies to queries for example.com DS at 192.5.6.30" in finding.message


@pytest.mark.parametrize("level", Level)
def test_ds_records_that_some_servers_of_the_parent_are_silent_about_cannot_be_had_from_these(
    level: Level,
) -> None:
    """What chance may explain is set apart before any rule speaks: this is more than that."""
    silent = {Level.ERROR: "abcdefghijklm", Level.WARNING: "ab", Level.NOTICE: ""}[level]
    does = {f"{letter}.gtld-servers.net.": {"does": ["silent=DS"]} for letter in silent}
    found = checked(made_of("dnssec-good", servers=does)).findings or ()
    assert {(finding.code, finding.level) for finding in found} == (
        {("type-fails", level)} if silent else set()
    )
    assert all("does not reply to queries for example.com DS at" in finding.message for finding in found)


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
def test_servers_of_a_signed_zone_have_to_deny_ds_records_to_those_who_ask(denial: str) -> None:
    """Resolvers behind others ask for them, although the referral has the proof that there are none."""
    known = "knows-types=A,AAAA,NS,SOA,DNSKEY,CDS,CDNSKEY,MX,CAA,HTTPS,TYPE65280,NSEC3PARAM"
    for signed, level in ((True, Level.ERROR), (False, None)):
        sign = {"zones": {"example.com.": {"sign": {"algorithm": 13, "denial": denial}}}} if signed else {}
        servers = {f"ns{n}.example.com.": {"does": [known]} for n in (1, 2, 3)}
        world = made_of("sub-zone", question="www.sub.example.com. A", servers=servers, **sign)
        found = [each for each in checked(world).findings or () if each.code == "type-fails"]
        assert {each.level for each in found} == ({level} if signed else set())
        assert all(
            "sub.example.com DS" in e.message and "prove that there are none" in e.message for e in found
        )
        assert {str(each.zone) for each in found} == ({"example.com."} if signed else set())
