"""Rules on the names and addresses of name servers."""

from __future__ import annotations

from typing import Any

import dns.name
import pytest

from dnstrace import trace
from dnstrace.api import report
from dnstrace.checks import Level
from dnstrace.checks.readings.hosts import address_literal
from dnstrace.checks.rules.names import host_name
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, read
from dnstrace.model import ROOT, Settings
from dnstrace.model.findings import Blame
from dnstrace.render.html_page import html_page
from dnstrace.render.pictures import dot, mermaid
from dnstrace.render.tree import tree
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, found
from tests.lab.mended import applied

ZONE = dns.name.from_text("example.com.")

RULES = [
    ("ns-name-unresolvable", "ns-names", "in-domain"),
    ("ns-name-alias", "ns-names", "in-domain"),
    ("ns-name-is-address", "ns-names", "in-domain"),
    ("ns-name-in-invalid-syntax", "ns-names", "in-domain"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_server_given_by_its_address_has_no_name_to_be_wrong() -> None:
    found = trace(
        "www.example.com", network=LabNetwork(load("textbook")), server="198.41.0.4",
        settings=Settings(all_servers=True, probe=True),
    )  # fmt: skip
    assert found.findings == ()


def test_names_that_all_fail_are_an_error_in_one_finding() -> None:
    (finding,) = found("ns-name-unresolvable", "nxns")
    assert finding.level is Level.ERROR
    assert "and 54 more" in finding.message


def test_a_look_up_that_fails_says_where() -> None:
    message = next(f.message for f in found("ns-name-unresolvable", "ns-names") if "org" in f.message)
    assert message == (
        "ns.example.org cannot be looked up:"
        " no name server of example.org gave a usable answer: 1 did not answer"
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("192.0.2.1.", "192.0.2.1"),
        ("192.0.2.1.example.com.", "192.0.2.1"),
        ("2001:db8::1.", "2001:db8::1"),
        ("fe80::1%eth0.", ""),
        ("fe80::1%\\010.example.com.", ""),
        ("192.0.2.1.example.net.", ""),
        ("192.0.2.1.2.", ""),
        ("example.com.", ""),
        (".", ""),
        ("\\200.example.com.", ""),
    ],
)
def test_names_that_spell_an_address(name: str, address: str) -> None:
    assert address_literal(dns.name.from_text(name), ZONE) == address


@pytest.mark.parametrize(
    ("name", "good"),
    [("ns-1.example.com.", True), ("1.a.", True), ("ns_1.a.", False), ("-a.b.", False), (".", False)],
)
def test_host_names(name: str, good: bool) -> None:
    assert host_name(dns.name.from_text(name)) is good


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ns-name-alias", "three.example.net is an alias (CNAME), which a name server must not be"),
        (
            "ns-name-is-address",
            "an NS record of example.com has the address 192.0.2.53 where a name is needed",
        ),
        (
            "ns-address-special",
            "ns3.example.com has an address that cannot be reached from the Internet:"
            " 10.0.0.53 (private-use, RFC 1918)",
        ),
        (
            "ns-name-in-invalid-syntax",
            "ns_4.example.com is not a valid host name: only letters, digits and inner hyphens are allowed",
        ),
    ],
)
def test_a_message_says_what_is_wrong_with_which_name(code: str, message: str) -> None:
    assert message in [finding.message for finding in found(code, "ns-names")]


@pytest.mark.parametrize(
    ("serves", "instead"),
    [(True, ", or list five.example.com instead"), (False, "")],
    ids=["serves", "silent"],
)
def test_instead_of_an_alias_the_host_at_its_end_is_listed_if_it_serves_the_zone(
    serves: bool, instead: str
) -> None:
    """In between stands another alias: to list that would change nothing."""
    five = {"five.example.com.": {"addresses": ["192.0.2.5"], "does": [] if serves else ["silent"]}}
    world = made_of(
        "ns-names",
        servers=five,
        zones={"example.com.": {"servers": ["ns1.example.com.", "ns2.example.com.", *five]}},
    )
    (finding,) = [each for each in checked(world).findings or () if each.code == "ns-name-alias"]
    assert finding.cure == f"replace the CNAME record of three.example.net with A and AAAA records{instead}"
    assert bool(finding.records) is serves


@pytest.mark.parametrize("lost", [1, 2])
def test_a_final_dot_lost_in_the_parent_is_named_and_is_to_be_written_there(lost: int) -> None:
    """Which makes them names below com; the registrar has to act, and not who operates the zone."""
    given = "".join(f"example NS ns{n}.example.com{'' if n <= lost else '.'}\n" for n in (1, 2))
    whole = read("in-domain")
    zones = {
        "com.": {"add": f"{given}ns1.example A 192.0.2.53\nns2.example A 198.51.100.53\n"},
        "example.com.": whole["zones"]["example.com."],
    }
    world = made_of("_internet", question=whole["question"], servers=whole["servers"], zones=zones)
    found = checked(world).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-unresolvable"]
    meant = ["ns1.example.com", "ns2.example.com"][:lost]
    assert f"the final dot of {' and '.join(meant)} is missing" in finding.message
    assert finding.blame is Blame.REGISTRAR and "register com.com" not in finding.cure
    if lost == 2:
        written = "write ns1.example.com. and ns2.example.com., with the final dot, in the NS records of"
        glue = "publish their addresses there as glue if they are missing"
        assert finding.cure == f"{written} example.com in com, and {glue}"


def test_a_server_that_lost_its_dot_in_the_parent_and_is_given_up_by_the_zone_is_not_listed_again() -> None:
    """Unless the zone itself cannot be heard: its only server comes back, and has its addresses perhaps."""
    own = read("in-domain")["zones"]["example.com."]["text"]
    moved = own.replace("@ NS ns1", "@ NS ns3") + "ns3 A 203.0.113.9\n"
    lost = "example NS ns1.example.com\nns1.example A 192.0.2.53\n"
    for text, given in ((moved, f"{lost}example NS ns2.example\nns2.example A 198.51.100.53\n"), (own, lost)):
        servers = {"ns3.example.com.": {"addresses": ["203.0.113.9"]}}
        servers |= read("in-domain")["servers"]
        zones = {"com.": {"add": given}, "example.com.": {"text": text}}
        found = {
            each.code: each
            for each in checked(made_of("_internet", servers=servers, zones=zones)).findings or ()
        }
        cure = found["ns-name-unresolvable"].cure
        if text is moved:
            assert (
                cure
                == found["ns-differs"].cure
                == "have com publish the NS records that example.com itself has"
            )
        else:
            assert cure.endswith("in com, and publish its addresses there as glue if they are missing")


def test_where_there_is_glue_the_end_of_an_alias_is_not_listed_unless_it_was_asked_for_the_zone() -> None:
    """The parent has addresses for the alias, so that nobody followed it: it leads to a web server."""
    own = {"without": "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53", "add": "ns1 300 CNAME www"}
    found = checked(made_of("in-domain", zones={"example.com.": own})).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-alias"]
    assert finding.cure == "replace the CNAME record of ns1.example.com with A and AAAA records"


def test_a_name_server_below_a_dname_cannot_be_given_addresses() -> None:
    """Below a DNAME record nothing can be published: the host that it leads to has to be listed.

    That is for whoever lists the alias, and not for the operator of the zone that the alias is in.
    """
    third = {"x.moved.example.net.": {"addresses": ["192.0.2.5"]}}
    zones = {
        "com.": {"add": "example NS x.moved.example.net.\n"},
        "example.com.": {"add": "@ NS x.moved.example.net.\n", "servers": ["ns1.example.com.", *third]},
        "example.net.": {"add": "moved 300 DNAME hosts.example.net.\nx.hosts 300 A 192.0.2.5\n"},
    }
    world = made_of("_signed", servers=third, zones=zones)
    (finding,) = [each for each in checked(world).findings or () if each.code == "ns-name-alias"]
    listed = "list x.hosts.example.net instead of x.moved.example.net in the NS records of example.com"
    assert finding.cure == f"{listed} in the zone and in com"
    assert finding.actor == "the operator of example.com" and finding.remedy is not None
    assert finding.remedy.remove == ("example.com. 172800 IN NS x.moved.example.net.",)
    after = checked(applied(world, finding, finding.remedy)).findings or ()
    assert not {each.code for each in after} & {"ns-name-alias", "ns-differs"}


@pytest.mark.parametrize("there", ["x.hosts 300 A 192.0.2.5\n", ""])
def test_an_alias_below_a_dname_that_only_the_parent_lists_is_for_the_registrar(there: str) -> None:
    """The host that it leads to is not worth listing: it does not serve the zone, or does not exist."""
    zones = {
        "com.": {"add": "example NS x.moved.example.net.\n"},
        "example.com.": {"servers": ["ns1.example.com.", "ns2.example.com."]},
        "example.net.": {"add": f"moved 300 DNAME hosts.example.net.\n{there}"},
    }
    found = checked(made_of("_signed", zones=zones)).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-alias"]
    assert finding.blame is Blame.REGISTRAR and finding.records == ()
    better = "a host that is not below the DNAME record of moved.example.net"
    assert (
        finding.cure
        == f"list {better} instead of x.moved.example.net in the NS records of example.com in com"
    )


@pytest.mark.parametrize(
    ("first", "second"), [("ns1.example.com", "ns2.example.com"), ("a.gone.net.", "b.gone.net.")]
)
def test_a_zone_is_not_left_without_name_servers(first: str, second: str) -> None:
    """None of the names that it lists exists: those of the parent take their place."""
    soa = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n"
    hosts = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
    zone = {
        "text": f"{soa}@ NS {first}\n@ NS {second}\n{hosts}www A 192.0.2.44\n",
        "servers": ["ns1.example.com.", "ns2.example.com."],
    }
    world = made_of("in-domain", zones={"example.com.": zone})
    (finding,) = (each for each in checked(world).findings or () if each.code == "ns-name-unresolvable")
    assert finding.remedy is not None and len(finding.remedy.add) == len(finding.remedy.remove) == 2
    assert [each.code for each in checked(applied(world, finding, finding.remedy)).findings or ()] == []


@pytest.mark.parametrize("others", ["", "example NS ns1.example.com.\nns1.example A 192.0.2.53\n"])
def test_the_root_as_a_name_server_is_to_be_removed_and_is_drawn_everywhere(others: str) -> None:
    """Nobody can give the root an address; the server that a user gives by address has its name too."""
    zone = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS .\nns1 A 192.0.2.53\nwww A 192.0.2.44\n"
    world = made_of(
        "_internet",
        servers={"ns1.example.com.": {"addresses": ["192.0.2.53"]}},
        zones={
            "com.": {"add": f"{others}example NS .\n"},
            "example.com.": {"text": zone, "servers": ["ns1.example.com."]},
        },
    )
    found = checked(world)
    (finding,) = [each for each in found.findings or () if each.server == ROOT]
    assert finding.code == "ns-name-unresolvable" and "publish" not in finding.cure
    assert finding.cure.startswith("remove it from" if others else "list other name servers instead of it in")
    drawn = report(found)
    for picture in (mermaid(drawn), dot(drawn), html_page(drawn), tree(drawn).plain(80)):
        assert "starting server" not in picture


_SUB = "@ SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.host.example.net.\nwww A 192.0.2.7\n"
_ABOVE = {"ns1.host.example.net.": {"addresses": ["203.0.113.61"]}}
_WILD = "* A 192.0.2.80\n"


def _delegated(target: str, wild: str = "", serves: bool = True) -> World:
    """A zone that example.com delegates to this name server, which is host.example.net's if anybody's."""
    net = "@ SOA ns1.host h 1 7200 900 1209600 300\n@ NS ns1.host\nns1.host A 203.0.113.61\n"
    zones: dict[str, Any] = {
        "net.": {"add": "example NS ns1.host.example.net.\nns1.host.example A 203.0.113.61\n"},
        "example.net.": {"text": net},
        "example.com.": {"add": f"sub NS {target}\n{wild}"},
    }
    if serves:
        zones["sub.example.com."] = {"text": _SUB}
    servers = {**_ABOVE, "web.example.com.": {"addresses": ["192.0.2.80"], "does": ["unreachable"]}}
    return made_of("in-domain", question="www.sub.example.com. A", servers=servers, zones=zones)


@pytest.mark.parametrize("wild", ["", _WILD], ids=["alone", "wildcard"])
def test_a_name_that_lost_its_dot_in_the_zone_above_is_found_and_written_anew_there(wild: str) -> None:
    """Under a wildcard it has an address, where nothing serves the zone."""
    found = checked(_delegated("ns1.host.example.net", wild)).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-unresolvable"]
    assert finding.message.endswith(": the final dot of ns1.host.example.net is missing")
    assert finding.blame is Blame.PARENT and finding.level is Level.ERROR
    assert finding.cure.endswith("in the NS records of sub.example.com in example.com")
    assert finding.rehearsed.endswith("192.0.2.7, insecure")
    if wild:
        assert {"unreachable", "too-few-servers"} <= {*finding.explains}


@pytest.mark.parametrize("target", ["ns1.host.example.org", "ns1", "ns1.host.example.net."])
def test_no_dot_is_missed_where_no_other_name_is_known_to_be_meant(target: str) -> None:
    found = checked(_delegated(target, serves=False)).findings or ()
    assert not any("dot" in each.message + each.cure or each.code == "unexplained" for each in found)


@pytest.mark.parametrize("wild", ["", _WILD], ids=["alone", "wildcard"])
def test_an_address_in_the_zone_above_is_for_its_operator_to_replace(wild: str) -> None:
    found = checked(_delegated("203.0.113.61", wild)).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-is-address"]
    assert "has the address 203.0.113.61 where" in finding.message and finding.blame is Blame.PARENT
    assert not any(each.code in ("ns-name-unresolvable", "unexplained") for each in found)


def test_the_root_is_no_name_server_to_publish_an_address_for() -> None:
    found = checked(_delegated(".", serves=False)).findings or ()
    (finding,) = [each for each in found if each.code == "ns-name-unresolvable"]
    assert finding.cure.startswith("list other name servers instead of it")


def test_an_alias_that_looks_like_a_lost_dot_is_not_said_to_have_an_address() -> None:
    name = "ns3.example.com.example.com."
    world = made_of(
        "in-domain",
        question="www.example.com. A",
        servers={name: {"addresses": ["192.0.2.99"], "does": ["silent"]}},
        zones={"example.com.": {"add": "@ NS ns3.example.com\nns3.example.com CNAME ns1\n"}},
    )
    of_name = [each.code for each in checked(world).findings or () if str(each.server) == name]
    assert of_name == ["ns-name-alias"]
