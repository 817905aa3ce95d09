"""Delegations to name servers under top-level domains that do not exist."""

from __future__ import annotations

import pytest

from dnstrace.model import Probe
from dnstrace.model.findings import Blame, Finding
from tests.checks.checking import checked, checked_by_name, made_of
from tests.lab.mended import applied
from tests.replies import name

ASKED = "_ldap._tcp.dc._msdcs.example.com. SRV"
APEX = "@ SOA ns1.example.com. h 1 7200 900 1209600 300\n@ NS ns1.example.com.\n@ NS dc1.corp.local.\n"


def unresolvable(zones: dict[str, dict[str, object]], question: str = ASKED) -> list[Finding]:
    """The findings on names of name servers, where the public zone has the delegation of an internal one."""
    found = checked(made_of("internal-delegation", question=question, zones=zones)).findings or ()
    return [each for each in found if each.code == "ns-name-unresolvable"]


def test_the_operator_of_the_zone_above_removes_a_delegation_for_internal_use() -> None:
    (finding,) = checked_by_name("internal-delegation").findings or ()
    assert (finding.blame, str(finding.operator)) == (Blame.PARENT, "example.com.")
    assert finding.cure == (
        "remove the NS records of _msdcs.example.com from example.com if _msdcs.example.com is for internal"
        " use only; if not, list name servers there that can be reached from everywhere"
    )
    assert finding.remedy is not None and str(finding.remedy.where) == "example.com."
    assert finding.remedy.remove == tuple(
        f"_msdcs.example.com. 3600 IN NS {host}.corp.local." for host in ("dc1", "dc2")
    )
    assert finding.rehearsed.startswith("with this, 4 of 4 paths give NXDOMAIN")


def test_a_signed_zone_has_to_be_signed_again_without_it() -> None:
    (finding,) = unresolvable({"example.com.": {"sign": {"algorithm": 13}}})
    assert (finding.blame, finding.unrehearsed) == (Blame.PARENT, "the zone has to be signed again first")


def test_it_stays_where_a_server_of_the_zone_is_heard() -> None:
    inner: dict[str, object] = {
        "servers": ["ns1.example.com."],
        "text": f"{APEX}_ldap._tcp.dc SRV 0 0 389 www.example.com.\n",
    }
    above: dict[str, object] = {"add": "_msdcs NS ns1.example.com.\n"}
    (finding,) = unresolvable({"example.com.": above, "_msdcs.example.com.": inner})
    assert finding.blame is not Blame.PARENT and "internal use" not in finding.cure


def test_it_stays_where_one_name_may_be_of_use() -> None:
    found = unresolvable({"example.com.": {"add": "_msdcs NS gone.example.net.\n"}})
    assert len(found) == 2 and all(each.blame is not Blame.PARENT for each in found)


def test_a_registered_domain_is_not_given_up() -> None:
    (finding,) = unresolvable({"com.": {"add": "other NS dc1.corp.local.\n"}}, "www.other.com. A")
    assert finding.blame is not Blame.PARENT and "internal use" not in finding.cure


def test_its_ds_records_go_with_it() -> None:
    """Left alone, they would be DS records of a name that is not delegated."""
    ds = f"3600 DS 4711 13 2 {'AB' * 32}"
    world = made_of(
        "internal-delegation",
        question=ASKED,
        zones={"example.com.": {"sign": {"algorithm": 13}, "add": f"_msdcs {ds}\n"}},
    )
    (finding,) = (each for each in checked(world).findings or () if each.code == "ns-name-unresolvable")
    assert finding.cure.startswith("remove the NS and DS records of _msdcs.example.com from example.com if")
    assert finding.remedy is not None
    assert sum(" DS 4711 13 2 " in text for text in finding.remedy.remove) == 1
    assert not checked(applied(world, finding, finding.remedy)).findings


@pytest.mark.parametrize("record", ["300 A 192.0.2.80", "300 SRV 0 0 389 www"])
def test_it_is_not_said_to_lead_to_nothing_where_a_wildcard_takes_its_place(record: str) -> None:
    """The names of the zone would get the data of the wildcard, or none of the type, but exist."""
    (finding,) = unresolvable({"example.com.": {"add": f"* {record}\n"}})
    assert finding.cure and not finding.rehearsed
    assert finding.unrehearsed == "a wildcard of example.com may take the place of what is removed"


def test_it_asks_the_zone_above_for_a_wildcard() -> None:
    trace = checked_by_name("internal-delegation")
    asked = [step.question.name for step in trace.steps if step.probe is Probe.REHEARSAL]
    assert asked[:1] == [name("*.example.com")]
