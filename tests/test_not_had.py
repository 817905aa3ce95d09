"""Not had is not false: what was not received or not asked is neither bogus, nor absent, nor a fault.

DNSSEC: where the servers of a signed zone are dead or fail, there is nothing to judge. Where data came and
its keys did not, it is bogus, but nobody is told to remove a DS record, since the zone may have the key.
Families: addresses of a family that is switched off, or that has no route here, are not asked.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dnstrace import Settings, Trace, trace
from dnstrace.analysis.reached import ended_unasked, not_asked
from dnstrace.api import report
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.dnssec import Security
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names
from dnstrace.model import Outcome
from dnstrace.model.families import Unasked
from dnstrace.model.findings import Blame
from dnstrace.render.delegation_map import delegation_map
from dnstrace.render.document import document
from dnstrace.render.map_stages import Line, Mark
from dnstrace.render.tree import tree
from tests.checks.checking import checked, made_of, told, walked, walked_in
from tests.cli.running import run
from tests.render.validating import VALIDATOR
from tests.saving import as_of_now

SIGNED = [name for name in names() if name.startswith("dnssec-")]
ADVICE = re.compile(r"remove[sd]? the DS|DS records? (in \S+ )?(removed|replaced)|replace the DS")


def drawn(found: Trace, width: int = 120, verbose: bool = False) -> list[str]:
    """The blocks of the tree."""
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(tree(report(found), verbose=verbose), crop=False)
    return console.file.getvalue().split("\n\n")  # type: ignore[attr-defined, no-any-return]


def said_of(found: Trace) -> str:
    """Everything that people are told of a trace."""
    judged = report(found)
    texts = [found.judgement.reason if found.judgement else "", judged.verdict.text if judged.verdict else ""]
    texts += [f"{each.message} {each.cure}" for each in found.findings or ()]
    return "\n".join(texts)


def failing(world: World, does: str) -> World:
    """The world with all servers below com, net and org failing in that way."""
    servers = tuple(
        replace(server, does=(does,)) if "example" in str(server.name) else server for server in world.servers
    )
    return replace(world, name=f"{world.name} {does}", servers=servers)


# --- DNSSEC ---------------------------------------------------------------------------------------


@pytest.mark.seeds(3)
@pytest.mark.parametrize("does", ["silent", "refuses", "servfail", "unreachable", "upward", "format-error"])
def test_no_zone_is_bogus_whose_servers_were_not_heard(does: str, seed: int) -> None:
    for name in SIGNED[seed::6]:
        found = walked_in(failing(load(name), does), seed=seed)
        assert found.outcome is Outcome.FAILED, name
        judgement = found.judgement
        assert judgement is not None and judgement.security is not Security.SECURE, name
        if (
            "parent" not in name and "unsigned-with-ds" not in name
        ):  # the parent's own data are at fault there
            assert judgement.security is not Security.BOGUS, f"{name}: {judgement.reason}"
        assert not ADVICE.search(said_of(found)), name


@pytest.mark.parametrize("name", ["dnssec-all-silent", "dnssec-all-refuse", "dnssec-all-fail"])
def test_a_dead_signed_zone_has_no_answer_and_its_cause_is_said(name: str) -> None:
    for options in (["--dnssec"], ["--check"]):
        ran = run("--lab", name, "--seed=1", *options)
        assert ran.status == 3 and "bogus" not in ran.out and not ADVICE.search(ran.out)
        assert "indeterminate" in ran.out  # at the cut
    judgement = walked(name).judgement
    assert judgement is not None and judgement.reason.startswith(
        "the DNSKEY records of example.com could not be fetched: no name server of example.com gave a usable"
    )


@pytest.mark.parametrize(
    "name", ["dnssec-keys-silent", "dnssec-keys-need-tcp", "dnssec-no-dnskey-one-silent"]
)
def test_data_without_keys_are_bogus_for_what_kept_the_keys_away(name: str) -> None:
    for found in (walked(name), checked(load(name))):
        assert found.judgement is not None and found.judgement.security is Security.BOGUS
        assert not ADVICE.search(said_of(found)), said_of(found)
        last = verdict(found)
        assert last is not None and last.blame is Blame.HOST


def test_a_ds_record_may_go_where_every_server_says_that_there_is_no_key() -> None:
    assert ADVICE.search(said_of(checked(load("dnssec-unsigned-with-ds"))))


def test_tcp_that_is_closed_is_the_cause_in_the_verdict() -> None:
    found = verdict(walked("dnssec-keys-need-tcp"))
    assert found is not None and "ns1.example.com does not answer over TCP at" in found.text
    assert "although it truncates its replies over UDP" in found.text and "both name servers" in found.text


# --- trust anchors --------------------------------------------------------------------------------

NOT_JUDGED = "! DNSSEC is not judged: root servers of your own need --trust-anchor"


@pytest.fixture
def hints(tmp_path: Path) -> str:
    file = tmp_path / "hints"
    file.write_text(". NS a.root-servers.net.\na.root-servers.net. A 198.41.0.4\n")
    return str(file)


@pytest.mark.parametrize("world", ["dnssec-good", "dnssec-expired", "dnssec-key-small"])
def test_root_servers_of_ones_own_without_an_anchor_are_not_judged(
    world: str, hints: str, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.json"
    for option in ("--dnssec", "--check"):
        ran = run("--lab", world, "--root-hints", hints, option, f"--save={saved}", "--force")
        assert ran.status == 0 and ran.out.splitlines().count(NOT_JUDGED) == 1
        again = run("--replay", str(saved))
        assert as_of_now(again.out) == ran.out
    ran = run("--lab", world, "--root-hints", hints, "--check", "--json")
    assert '"security": null,\n  "reason": "root servers of your own need' in ran.out
    found = [finding["code"] for finding in json.loads(ran.out)["findings"]]
    assert found == (["key-small"] if world == "dnssec-key-small" else [])  # a key is small whoever trusts it


def test_an_anchor_of_ones_own_makes_them_judged(hints: str, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    anchor.write_text(load("dnssec-good").anchors_text)
    ran = run("--lab", "dnssec-good", "--root-hints", hints, "--trust-anchor", str(anchor))
    assert ran.status == 0 and "\nsecure\n" in ran.out


def test_a_starting_server_without_the_roots_keys_makes_nothing_bogus(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    ran = run("--lab", "dnssec-good", "@192.0.2.53", "--dnssec", "--json", f"--save={saved}")
    assert ran.status == 0 and '"security": "indeterminate"' in ran.out
    assert "the starting server 192.0.2.53 does not serve the keys of the root zone" in ran.out
    assert '"security": "indeterminate"' in run("--replay", str(saved), "--json").out
    anchor = tmp_path / "anchor"
    anchor.write_text(load("dnssec-good").anchors_text)
    given = run("--lab", "dnssec-good", "@192.0.2.53", f"--trust-anchor={anchor}")
    assert given.status == 0 and "does not serve the keys of the\n  root zone" in given.out
    root = run("--lab", "dnssec-good", "@198.41.0.4", "--dnssec")
    assert root.status == 0 and "\nsecure\n" in root.out


def test_an_anchor_of_ones_own_that_the_starting_server_contradicts_is_bogus(tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    anchor.write_text(f"example.com. IN DS 4242 13 2 {'00' * 32}\n")
    ran = run("--lab", "dnssec-good", "@192.0.2.53", "--trust-anchor", str(anchor))
    assert ran.status == 4 and "the trust anchor is for key 4242" in ran.out


@pytest.mark.parametrize("world", ["dnssec-expired", "dnssec-key-small", "dnssec-wrong-digest"])
def test_no_dnssec_takes_it_out_of_a_check(world: str) -> None:
    assert checked(load(world)).findings
    loaded = load(world)
    how = Settings(all_servers=True, probe=True)
    found = trace(  # over a network that gives signatures all the same
        loaded.question.name, network=LabNetwork(loaded, signed=True), settings=how, now=loaded.now, seed=1
    )
    assert found.findings == () and report(found).rules < report(checked(loaded)).rules
    ran = run("--lab", world, "--check", "--no-dnssec")
    assert ran.status == 0 and "DNSKEY" not in ran.out


# --- families -------------------------------------------------------------------------------------


def in_family(world: World | str, *families: int, check: bool = False) -> Trace:
    """A trace over these families only."""
    world = load(world) if isinstance(world, str) else world
    settings = Settings(families=frozenset(families), all_servers=check, probe=check)
    asked = world.question
    return trace(
        asked.name, asked.rdtype, network=LabNetwork(world), settings=settings, now=world.now, seed=1
    )


OFF = "only IPv6 addresses are known for the name servers of example.net, and they are not asked: "


def test_addresses_of_a_family_that_is_switched_off_are_not_absent() -> None:
    found = in_family("ipv6-only", 4)
    assert found.unasked == {6: Unasked.SWITCHED_OFF}
    assert (found.outcome, found.error) == (Outcome.FAILED, f"{OFF}IPv6 is switched off")
    assert not any("no address" in step.note for step in found.steps)
    last = verdict(found)
    assert last is not None and last.blame is Blame.NOBODY and not last.text.count("operator")
    assert last.text.startswith(f"no answer: {found.error}; leave out -4 to ask")


def test_the_option_that_was_given_is_the_one_to_leave_out() -> None:
    world = load("ipv6-only")
    settings = Settings(families=frozenset({4}), bind="192.0.2.1")
    asked = world.question
    network = LabNetwork(world)
    found = trace(asked.name, asked.rdtype, network=network, settings=settings, now=world.now, seed=1)
    last = verdict(found)
    assert last is not None and "; leave out -b to ask over IPv6 too" in last.text and "-4" not in last.text
    assert document(report(found))["not_asked"] == [{"family": 6, "why": "switched-off"}]


def test_where_only_a_family_without_a_route_may_be_asked_the_switch_is_named_and_not_the_network() -> None:
    for off, only in ((4, 6), (6, 4)):
        world = replace(load("in-domain"), families=frozenset({off}))
        found = verdict(in_family(world, only))
        assert found is not None and found.blame is Blame.NOBODY
        switched = (
            f"this machine has no route over IPv{only}, and IPv{off} is switched off: leave out -{only} "
        )
        assert found.text.startswith(f"no answer: {switched}")
        both = verdict(in_family(replace(world, families=frozenset()), 4, 6))
        assert both is not None and both.blame is Blame.NETWORK and "switched off" not in both.text


def test_a_family_without_a_route_is_said_and_nobody_is_blamed() -> None:
    world = replace(load("ipv6-only"), families=frozenset({4}))
    for check in (False, True):
        found = in_family(world, 4, 6, check=check)
        assert found.unasked == {6: Unasked.NO_ROUTE} and not found.findings
        assert found.error == f"{OFF}IPv6 has no route from here"
        last = verdict(found)
        assert last is not None and last.blame is Blame.NOBODY and "needs to fix" not in last.text


def test_glue_of_a_family_that_is_off_is_neither_missing_nor_a_cycle() -> None:
    glue = "example NS ns1.example.com.\nns1.example AAAA 2001:db8:1::53\n"
    records = (
        "@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 AAAA 2001:db8:1::53\nwww A 192.0.2.44\n"
    )
    world = made_of(
        "_internet",
        servers={"ns1.example.com.": {"addresses": ["2001:db8:1::53"], "rtt": 10}},
        zones={"com.": {"add": glue}, "example.com.": {"text": records}},
    )
    found = in_family(world, 4)
    assert found.error == OFF.replace(".net", ".com") + "IPv6 is switched off"
    assert [step.zone.to_text() for step in found.steps] == [".", "com.", "example.com."]  # nothing looked up
    assert told(in_family(world, 4, check=True).findings or ()) == [
        "no-ipv4 example.com.",
        "too-few-servers example.com.",
    ]


@pytest.mark.parametrize("families", [(4, 6), (6,)])
def test_no_ipv4_is_judged_from_the_delegation_alone(families: tuple[int, ...]) -> None:
    (finding,) = in_family("ipv6-only", *families, check=True).findings or ()
    assert finding.message == (
        "no name server of example.org has an IPv4 address, only 2001:db8:6::53 and 2001:db8:7::53"
    )


@pytest.mark.parametrize("families", [(4, 6), (4,), (6,)])
@pytest.mark.parametrize("world", ["in-domain", "glueless", "textbook", "one-address"])
def test_what_is_found_does_not_depend_on_the_families_that_are_asked(
    world: str, families: tuple[int, ...]
) -> None:
    assert told(in_family(world, *families, check=True).findings or ()) == told(
        in_family(world, 4, 6, check=True).findings or ()
    )


def test_servers_that_need_an_unasked_one_are_not_asked_either() -> None:
    """Only ns1.example.org has an address, of the other family: that the others are not found is no fault."""
    found = in_family("glueless", 6, check=True)
    tree = "\n".join(drawn(found, verbose=True))
    for needing in ("ns1.example.net", "ns2.example.net", "ns1.example.org"):
        assert f"{needing}. has no usable glue: not asked (IPv4 is switched off)" in tree
    assert found.findings == () and "no address found" not in tree


def test_a_name_that_does_not_exist_is_a_fault_whichever_family_is_asked() -> None:
    found = in_family("missing-glue", 6, check=True)
    assert not ended_unasked(found, found.steps) and found.findings


def test_ipv4_that_only_the_zone_itself_has_helps_nobody() -> None:
    glue = "example NS ns1.example.com.\nns1.example AAAA 2001:db8:1::53\n"
    records = (
        "@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 AAAA 2001:db8:1::53\nns1 A 192.0.2.53\n"
        "www A 192.0.2.44\n"
    )
    world = made_of(
        "_internet",
        servers={"ns1.example.com.": {"addresses": ["192.0.2.53", "2001:db8:1::53"], "rtt": 10}},
        zones={"com.": {"add": glue}, "example.com.": {"text": records}},
    )
    found = [each for each in in_family(world, 4, 6, check=True).findings or () if each.code == "no-ipv4"]
    assert [each.cure for each in found] == ["add 192.0.2.53 to the glue for the name servers of example.com"]
    assert found[0].blame is Blame.REGISTRAR


def test_the_table_says_which_addresses_were_not_asked() -> None:
    table = next(block for block in drawn(in_family("in-domain", 4, check=True)) if "by server" in block)
    assert table.count("not asked (IPv6 is switched off)") == 2 and "timeout" not in table


def test_the_tree_says_why_a_name_was_not_looked_up() -> None:
    tree = "\n".join(drawn(in_family("ipv6-only", 4)))
    assert "has no usable glue: not asked (IPv6 is switched off)" in tree and "no address found" not in tree


def test_the_map_says_why_a_server_was_not_asked() -> None:
    boxes = [
        line for stage in delegation_map(report(in_family("ipv6-only", 4))).stages for line in stage.beside
    ]
    assert {lines[1] for lines in boxes} == {Line("not asked (IPv6 is switched off)", Mark.QUIET)}


def test_the_document_says_which_families_were_not_asked() -> None:
    written = document(report(in_family("in-domain", 4, check=True)))
    VALIDATOR.validate(written)
    assert written["not_asked"] == [{"family": 6, "why": "switched-off"}]
    (zone,) = written["reconciliation"]
    asked = {each["address"]: each["not_asked"] for server in zone["servers"] for each in server["addresses"]}
    assert asked["192.0.2.53"] is None and asked["2001:db8:1::53"] == "switched-off"
    assert document(report(in_family("in-domain", 4, 6)))["not_asked"] == []


def test_a_survey_says_which_family_is_not_counted() -> None:
    ran = run("--lab", "in-domain", "-4", "-a")
    assert "IPv6 is not counted: IPv6 is switched off" in ran.out
    assert "not counted" not in run("--lab", "in-domain", "-a").out


def test_an_address_of_a_family_that_was_asked_has_no_such_reason() -> None:
    found = in_family("in-domain", 4)
    servers = found.steps[0].servers
    assert not_asked(found, [a for server in servers for a in server.addresses]) == ""
    assert not_asked(found, []) == "" and ended_unasked(found, found.steps) == ""
