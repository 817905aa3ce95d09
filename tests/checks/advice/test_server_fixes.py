"""What to do about a server that does something wrong."""

from __future__ import annotations

import pytest

from dnstrace.model.findings import Blame, Finding
from tests.checks.checking import checked, checked_by_name, made_of
from tests.checks.listings import world


def only(name: str, code: str) -> Finding:
    (found,) = [each for each in checked_by_name(name).findings or () if each.code == code]
    return found


@pytest.mark.parametrize(
    ("name", "code", "fix"),
    [
        (
            "silent",
            "unreachable",
            "make ns1.example.com answer at 192.0.2.53 and 2001:db8:1::53, over UDP and TCP",
        ),
        ("lame", "lame-server", "configure example.com on ns1.example.com"),
        ("no-udp", "no-udp", "open UDP port 53 on ns1.example.com"),
        ("servfail", "fails", "find out from the log of ns1.example.com"),
        ("format-error", "fails", "update the name server software of ns1.example.com"),
        ("drip", "no-tcp", "open TCP port 53 on ns1.example.com"),
    ],
)
def test_a_server_is_repaired_by_name(name: str, code: str, fix: str) -> None:
    found = only(name, code)
    assert found.cure.startswith(fix) and found.remedy is not None
    assert [str(server) for server in found.remedy.servers] == ["ns1.example.com."]


def test_a_server_whose_glue_is_old_gets_new_glue() -> None:
    found = only("parent-child-differ", "refuses")
    assert found.blame is Blame.REGISTRAR and found.records == ("ns1.example.com. 172800 IN A 203.0.113.53",)


def test_a_server_that_only_the_parent_still_lists_is_removed_there() -> None:
    trace = checked(world("ns1 ns2", parent="ns1 ns2 ns3", ns3="refuses"))
    (found,) = [each for each in trace.findings or () if each.code == "refuses"]
    assert (
        found.blame is Blame.REGISTRAR
        and found.cure == "remove ns3.example.com from the NS records of example.com in com"
    )
    assert found.rehearsed.endswith("2 of 2 paths give 192.0.2.44, insecure")


def test_a_server_that_only_the_zone_lists_is_not_said_to_be_in_the_parent() -> None:
    trace = checked(world("ns1 ns2 ns3", ns3="refuses"))
    (found,) = [each for each in trace.findings or () if each.code == "refuses"]
    assert found.cure.endswith("or remove ns3.example.com from the NS records of example.com in the zone")


HOSTS = "ns1 A 192.0.2.53\nns1 AAAA 2001:db8:1::53\nns2 A 198.51.100.53\nns2 AAAA 2001:db8:2::53\n"
SOA = "@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300\n"


def fixes(text: str, com: str = "") -> dict[str, set[str]]:
    """The fixes by code, where the zone has this text and `com` this in addition."""
    zone = {
        "text": f"{SOA}{text}www 300 A 192.0.2.44\n",
        "servers": ["ns1.example.com.", "ns2.example.com."],
    }
    found: dict[str, set[str]] = {}
    for each in (
        checked(made_of("in-domain", zones={"example.com.": zone, "com.": {"add": com}})).findings or ()
    ):
        found.setdefault(each.code, set()).add(each.cure)
    return found


def test_a_server_that_works_at_its_glue_is_not_removed_for_a_dead_address_in_its_zone() -> None:
    said = fixes("@ NS ns1\n@ NS ns2\n" + HOSTS.replace("ns1 A 192.0.2.53", "ns1 A 203.0.113.66"))
    (cure,) = said["unreachable"] | said["glue-differs"]
    assert cure.startswith("change the addresses of ns1.example.com in its own zone to ")


def test_of_a_server_with_one_dead_address_only_that_may_be_removed() -> None:
    ipv6 = "ns2.example AAAA 2001:db8:9::9\n"
    (cure,) = fixes(f"@ NS ns1\n@ NS ns2\n{HOSTS}ns2 AAAA 2001:db8:9::9\n", ipv6)["unreachable"]
    assert cure.endswith("; or remove this address from its zone and from the glue in com")


def test_what_is_found_of_a_server_that_only_the_parent_lists_has_one_fix() -> None:
    old = "example NS ns3.example.com.\nns3.example A 203.0.113.66\n"
    said = fixes(f"@ NS ns1\n@ NS ns2\n{HOSTS}", old)
    (cure,) = said["unreachable"] | said["glue-only-in-parent"]
    assert cure == "remove ns3.example.com from the NS records of example.com in com"


@pytest.mark.parametrize(
    ("name", "code", "instead"),
    [
        ("all-refuse", "refuses", "; or, if example.com has moved, list its present name servers in com"),
        ("all-lame", "lame-server", "; or, if example.com has moved, list its present name servers in com"),
        ("all-silent", "unreachable", "; or, if its address has changed, correct the glue in com"),
    ],
)
def test_where_no_server_serves_the_zone_it_may_be_the_delegation_that_is_old(
    name: str, code: str, instead: str
) -> None:
    findings = [each for each in checked_by_name(name).findings or () if each.code == code]
    assert findings and all(each.cure.endswith(instead) for each in findings)
    assert all(each.remedy is not None and each.remedy.servers == (each.server,) for each in findings)
