"""Interception: judged before any zone is blamed."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace import trace
from dnstrace.api import report
from dnstrace.checks import findings
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Exchange, Question
from dnstrace.model.findings import Blame
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world
from tests.checks.own_root import own_root
from tests.replies import reply
from tests.scripted import Scripted, roots

RULES = [
    ("intercepted", "intercepted", "textbook"),
    ("possibly-intercepted", "recursive", "lame"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_where_queries_are_intercepted_no_zone_is_blamed() -> None:
    trace = checked_world("intercepted")
    assert [finding.code for finding in trace.findings or ()] == ["intercepted"]


def test_a_resolver_as_the_starting_server_is_not_an_interception() -> None:
    """Which zones it should serve is not known: nobody has to act, and what to type is said elsewhere."""
    found = trace("www.example.com", network=LabNetwork(load("intercepted")), server="198.41.0.4", seed=1)
    assert findings(found) == ()


def test_what_root_servers_serve_themselves_is_no_interception() -> None:
    """They answer with authority for root-servers.net, all of them."""
    assert trace("a.root-servers.net", lab="textbook", check=True, seed=1).findings == ()


@pytest.mark.parametrize(("flags", "intercepted"), [("AA", False), ("AA RA", False), ("RA", True)])
def test_a_root_of_ones_own_may_serve_any_zone(flags: str, intercepted: bool) -> None:
    def serve(question: Question) -> Exchange:
        soa = ". 900 SOA . . 1 7200 900 1209600 300"
        data = {"A": f"{question.name} 300 A 192.0.2.44", "NS": ". 900 NS 0.root.test.", "SOA": soa}
        answer = data.get(dns.rdatatype.to_text(question.rdtype))
        if answer is None:
            return reply(str(question), authority=(soa,), flags=flags)
        return reply(str(question), answer=(answer,), flags=flags)

    network = Scripted({"192.0.2.253": serve})
    found = trace("www.example.com", network=network, roots=roots("192.0.2.253"), seed=1)
    assert ("intercepted" in {each.code for each in findings(found)}) is intercepted


def with_servers(zone: str = "example.com.", **does: list[str]) -> list[str]:
    """The codes found where the servers of a zone, by their first label, do this."""
    servers = {f"{label}.{zone}": {"does": each} for label, each in does.items()}
    return [each.code for each in checked(made_of("in-domain", servers=servers)).findings or ()]


def test_servers_in_several_networks_that_answer_like_a_resolver_may_be_intercepted() -> None:
    found = checked(load("recursive"))
    first = next(iter(found.findings or ()))
    assert (first.code, first.blame) == ("possibly-intercepted", Blame.NETWORK)
    said = report(found).verdict
    assert said is not None and "answers in place of them" in said.text
    assert "operator" not in said.text and "another network shows who needs to act" in said.text
    assert "another network first" in first.cure and set(first.explains) == {"lame-server"}


def test_one_server_that_has_authority_shows_that_the_other_is_lame() -> None:
    assert with_servers(ns1=["recursive"]) == ["lame-server"]


def test_servers_that_refuse_are_not_intercepted() -> None:
    assert "possibly-intercepted" not in with_servers(ns1=["refuses"], ns2=["refuses"])


def test_two_servers_in_one_network_are_more_likely_lame() -> None:
    near = {"ns1.example.com.": ["192.0.2.53"], "ns2.example.com.": ["192.0.2.54"]}
    servers = {each: {"addresses": at, "does": ["recursive"]} for each, at in near.items()}
    lines = {"com.": "example NS ns1.example.com.\nexample NS ns2.example.com.\n", "example.com.": ""}
    glue = "".join(f"{each} A {at[0]}\n" for each, at in near.items())
    apex = "@ 900 SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nwww A 192.0.2.44\n"
    zones = {"com.": {"add": lines["com."] + glue}, "example.com.": {"text": apex + glue}}
    found = checked(made_of("_internet", servers=servers, zones=zones))
    codes = {each.code for each in found.findings or ()}
    assert "lame-server" in codes and "possibly-intercepted" not in codes


@pytest.mark.parametrize(("second", "code"), [([], "lame-server"), (["recursive"], "intercepted")])
def test_of_root_servers_of_ones_own_all_have_to_answer_like_a_resolver(second: list[str], code: str) -> None:
    """A proxy answers in place of each of them."""
    serving = ["ns1.root.", "ns2.root."] if second else ["ns1.root."]
    (finding,) = own_root(["recursive"], second, *serving).findings or ()
    assert finding.code == code
    if code == "intercepted":
        assert finding.message.endswith(", or these root servers of your own are resolvers")
        assert finding.cure.endswith(", or give the addresses of servers that serve the root zone")
