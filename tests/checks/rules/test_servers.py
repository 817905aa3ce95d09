"""Rules on single servers: whether they answer, and for the zone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dnstrace import trace
from dnstrace.checks import Level, findings
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Settings
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of, walked_in
from tests.checks.documented import assert_fires, found
from tests.checks.own_root import own_root
from tests.cli.running import run

RULES = [
    ("unreachable", "silent", "textbook"),
    ("no-udp", "no-udp", "silent"),
    ("lame-server", "lame", "refuses"),
    ("refuses", "refuses", "lame"),
    ("fails", "servfail", "refuses"),
    ("upward-referral", "upward", "sideways"),
    ("not-authoritative", "no-aa", "textbook"),
    ("wrong-reply", "wrong-id", "spoofed"),
    ("malformed-reply", "garbage", "textbook"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


@pytest.mark.parametrize(
    ("code", "world", "says"),
    [
        ("unreachable", "silent", "does not answer at 192.0.2.53 and 2001:db8:1::53: no reply came in time"),
        ("unreachable", "unreachable", "nothing listens on the port"),
        ("lame-server", "self-referral", "it refers to its own zone instead of answering for it"),
        ("refuses", "refuses", "ns1.example.com refuses to answer for example.com (REFUSED) at 192.0.2.53"),
        ("fails", "bad-cookie", "answers BADCOOKIE for example.com at"),
        ("upward-referral", "upward", "ns1.example.com refers to a zone above example.com at 192.0.2.53"),
    ],
)
def test_a_message_says_which_server_does_what_and_where(code: str, world: str, says: str) -> None:
    assert says in found(code, world)[0].message


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("silent=HTTPS", "does not answer queries for www.example.com HTTPS at 192.0.2.53"),
        ("knows-types=A,AAAA,SOA,NS", "answers NOTIMP for www.example.com HTTPS at 192.0.2.53"),
        ("other-name=HTTPS", "does not answer queries for www.example.com HTTPS at 192.0.2.53"),
    ],
)
def test_without_probes_a_server_is_said_to_fail_for_what_it_was_asked(does: str, says: str) -> None:
    """Each of these servers answers for every other type, which only a check asks for."""
    servers = {f"ns{number}.example.com.": {"does": [does]} for number in (1, 2)}
    world = made_of("in-domain", question="www.example.com. HTTPS", servers=servers)
    assert (said := verdict(walked_in(world, signed=False))) is not None and says in said.text


def test_without_probes_the_fix_begins_with_what_was_asked() -> None:
    servers = {f"ns{number}.example.com.": {"does": ["other-name=MX"]} for number in (1, 2)}
    walked = walked_in(made_of("in-domain", question="www.example.com. MX", servers=servers), signed=False)
    (first, _) = (each for each in findings(walked) if each.code == "lame-server")
    assert first.cure.startswith("make ns1.example.com answer queries for www.example.com MX; if it does not")


def test_a_server_that_answers_over_tcp_only_is_not_called_unreachable() -> None:
    assert not found("unreachable", "no-udp")


def test_a_special_address_that_does_not_answer_is_a_finding_of_its_own() -> None:
    assert "10.0.0.53" not in "".join(finding.message for finding in found("unreachable", "ns-names"))


@pytest.mark.parametrize("then", ["silent", "unreachable", "unreachable=host"])
def test_an_error_to_edns_is_found_though_a_query_without_it_gets_no_reply(then: str) -> None:
    """The same address replies once, so it is not unreachable; what it says to all other queries counts."""
    servers = {"ns1.example.com.": {"does": ["no-edns", then]}}
    findings_there = checked(made_of("in-domain", servers=servers)).findings or ()
    (finding,) = (each for each in findings_there if each.code in ("fails", "unreachable", "unexplained"))
    assert finding.code == "fails" and finding.level is Level.ERROR
    assert "answers FORMERR for example.com at" in finding.message
    assert finding.message.endswith(", and does not reply when asked without EDNS")


def test_what_a_lame_server_does_to_queries_for_keys_is_explained_by_that() -> None:
    servers = {"ns1.example.com.": {"does": ["silent=DNSKEY", "lame", "upward"]}}
    found_there = checked(made_of("_signed", servers=servers)).findings or ()
    assert "lame-server" in {each.code for each in found_there}
    assert not [each.message for each in found_there if each.code == "unexplained"]


def test_few_sick_servers_of_a_zone_above_are_a_warning() -> None:
    """Without probes only the walk's own queries show them, and one of two in example.com is half."""
    text = "a.gtld-servers.net."
    world = made_of("textbook", servers={text: {"does": ["refuses"]}})
    found = trace("www.example.com", network=LabNetwork(world), settings=Settings(all_servers=True), seed=1)
    levels = {(finding.code, finding.level) for finding in findings(found)}
    assert levels == {("refuses", Level.WARNING)}


def test_replies_from_another_address_are_named_with_it() -> None:
    by_server = {str(each.server): each for each in found("wrong-reply", "replies-elsewhere")}
    first, second = by_server["ns1.example.com."], by_server["ns2.example.com."]
    assert "asked at 192.0.2.53, the reply comes from 192.0.2.99;" in first.message
    assert "comes from 198.51.100.53 port 5353" in second.message
    assert all("the address that is asked" in each.cure for each in by_server.values())


def test_replies_with_another_id_are_not_said_to_come_from_elsewhere() -> None:
    (only,) = found("wrong-reply", "wrong-id")
    assert "the reply comes from" not in only.message and "the ID and question" in only.cure


def test_a_dead_server_is_found_for_every_name_of_a_list(tmp_path: Path) -> None:
    """Few queries at a time go to it, so that the deadline comes before all have timed out."""
    names = tmp_path / "names"
    names.write_text("".join(f"{label}.example.com\n" for label in "abcd"))
    ran = run("--lab", "own-servers-dead", "--check", "-f", str(names), "--jsonl", "--brief")
    documents = [json.loads(line) for line in ran.out.splitlines()]
    found = [[each["code"] for each in d["findings"]] for d in documents if "findings" in d]
    assert len(found) == 4 and all(each.count("unreachable") == 2 for each in found)
    verdicts = [each["verdict"]["text"] for each in documents if "verdict" in each]
    assert len(verdicts) == 4 and all("(shown by example.com SOA at" in each for each in verdicts)


def test_keys_without_authority_are_a_matter_of_authority() -> None:
    content = {"servers": {"ns1.example.com.": {"does": ["no-aa=DNSKEY"]}}, "expect": {"security": "secure"}}
    (only,) = checked(made_of("dnssec-good", **content)).findings or ()
    assert only.code == "not-authoritative" and only.level is Level.WARNING
    assert only.message.startswith("ns1.example.com answers for example.com DNSKEY without authority")


@pytest.mark.parametrize("rdtype", ["MX", "CDS", "NS", "TYPE65280"])
def test_a_lack_of_authority_for_one_type_is_named_with_it(rdtype: str) -> None:
    servers = {"ns2.example.com.": {"does": [f"no-aa={rdtype}"]}}
    (only,) = checked(made_of("in-domain", question="example.com. SOA", servers=servers)).findings or ()
    assert only.code == "not-authoritative"
    assert f"answers for example.com {rdtype} without authority" in only.message
    assert only.cure.startswith("make ns2.example.com set the AA flag in these answers")


def test_all_answers_without_authority_are_named_and_not_only_what_the_walk_asked_for() -> None:
    servers = {"ns2.example.com.": {"does": ["no-aa=A", "no-aa=AAAA"]}}
    (only,) = checked(made_of("in-domain", servers=servers)).findings or ()
    assert only.code == "not-authoritative" and len(only.steps) > 2
    assert "www.example.com A, " in only.message and "www.example.com AAAA without authority" in only.message


@pytest.mark.parametrize("does", ["no-aa=AAAA", "no-aa=A"])
def test_a_server_with_authority_for_its_zone_is_never_to_be_removed_for_lack_of_it(does: str) -> None:
    servers = {f"ns{n}.example.com.": {"does": [does]} for n in (1, 2)}
    checks = checked(made_of("in-domain", question="www.example.com. A", servers=servers)).findings or ()
    cures = [each.cure for each in checks if each.code == "not-authoritative"]
    assert len(cures) == 2 and not any("remove" in cure or "secondary" in cure for cure in cures)


def test_a_server_that_lacks_only_its_soa_record_is_not_lame_where_the_zone_has_its_address() -> None:
    """The parent has an outdated address, so the right one is known from the zone and only probed."""
    glue = {"without": "ns1.example A 192.0.2.53", "add": "ns1.example A 192.0.2.99"}
    servers = {"ns1.example.com.": {"does": ["no-soa"]}}
    found = checked(made_of("in-domain", zones={"com.": glue}, servers=servers)).findings or ()
    codes = {each.code for each in found}
    assert "soa-missing" in codes and "lame-server" not in codes
    assert all(each.cure for each in found if each.is_error)


def of_own_root(ns1: list[str], ns2: list[str], *example: str) -> list[tuple[str, str, str]]:
    found = own_root(ns1, ns2, *example).findings or ()
    return [(each.code, str(each.server), each.message) for each in found]


def test_a_root_server_that_answers_from_its_cache_serves_the_root_nevertheless() -> None:
    """It is asked for the root's SOA record: only recursion has to be turned off."""
    (finding,) = own_root(["recursive=example."], [], "ns1.root.").findings or ()
    assert (finding.code, finding.blame, finding.cure[:32]) == (
        "lame-server",
        Blame.HOST,
        "turn recursion off on ns1.root, ",
    )
    assert finding.message == (
        "ns1.root answers queries for www.example A like a resolver, from its cache,"
        " at 192.0.2.1 and 2001:db8:1::1, although it serves the root zone"
    )


def test_a_root_server_that_has_no_authority_for_anything_is_lame() -> None:
    ((code, server, message),) = of_own_root(["recursive"], [], "ns1.root.")
    assert (code, server) == ("lame-server", "ns1.root.") and "does not serve the root zone" in message


def test_a_root_server_that_refers_and_is_a_resolver_for_the_root_itself_lacks_authority() -> None:
    """Nothing else explains its answer for the root's own name servers."""
    ((code, server, message),) = of_own_root(["recursive"], [])
    assert (code, server) == ("not-authoritative", "ns1.root.")
    assert message.startswith(
        "ns1.root answers for the root zone without authority (no AA flag) at 192.0.2.1"
    )


def test_a_root_of_ones_own_that_refers_and_offers_recursion_is_well() -> None:
    assert of_own_root(["recursive=other."], ["recursive=other."]) == []
