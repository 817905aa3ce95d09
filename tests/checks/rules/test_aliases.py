"""Rules on aliases."""

from __future__ import annotations

import pytest

from dnstrace import trace
from dnstrace.checks import findings
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.model import Purpose
from dnstrace.model.limits import Limits
from tests.checks.checking import checked, checked_by_name, made_of
from tests.checks.documented import assert_fires, found
from tests.lab.mended import applied

RULES = [
    ("alias-dangling", "alias-dangling", "alias"),
    ("alias-at-apex", "alias-at-apex", "alias"),
    ("alias-beside-data", "cname-and-text", "alias"),
]
"""Each with a world that fires it, and one that does not."""


@pytest.mark.parametrize(("code", "sick", "well"), RULES)
def test_a_rule_fires_where_it_should_and_only_there(code: str, sick: str, well: str) -> None:
    assert_fires(code, sick, well)


def test_a_target_that_there_was_no_time_for_is_not_called_gone() -> None:
    world = load("alias")
    for deadline in (0.08, 0.1):
        limits = Limits(deadline=deadline)
        found = trace(world.question.name, network=LabNetwork(world), limits=limits, seed=1, now=world.now)
        assert found.steps[-1].purpose is Purpose.ALIAS and found.steps[-1].attempts
        assert [each.code for each in findings(found)] == []


def test_several_cname_records_are_listed() -> None:
    (finding,) = found("alias-beside-data", "cname-twice")
    assert "is an alias of alias.example.com and other.example at the same time" in finding.message
    assert finding.cure == "remove all CNAME records of www.example.com except one"


def test_a_name_that_is_an_alias_and_delegated_is_named_with_the_zone_that_has_both() -> None:
    (finding,) = found("alias-beside-data", "dnssec-cut-at-alias")
    assert (
        "away.example.com is an alias in example.com and also delegated to other servers" in finding.message
    )
    assert str(finding.zone) == "example.com." and finding.is_error
    assert (
        finding.cure == "remove either the CNAME record or the NS records of away.example.com in example.com"
    )


@pytest.mark.parametrize(
    ("target", "meant"),
    [("web.example.com", "web.example.com."), ("www.example.net.cdn.example.net", None), ("gone.web", None)],
)
def test_a_target_that_lacks_its_final_dot_is_recognised_and_its_fix_rehearsed(
    target: str, meant: str | None
) -> None:
    zone = {"add": f"shop 60 CNAME {target}\nweb 300 A 192.0.2.80\n"}
    world = made_of("in-domain", question="shop.example.com. A", zones={"example.com.": zone})
    (finding,) = checked(world).findings or ()
    assert finding.code == "alias-dangling"
    assert ("final dot" in finding.message) == target.endswith((".com", ".net"))
    if meant is not None:
        assert finding.records == (f"shop.example.com. 60 IN CNAME {meant}",)
        assert "4 of 4 paths give 192.0.2.80" in finding.rehearsed
    else:  # a name that is not there either is not recommended, nor said to be meant
        assert finding.cure.startswith("remove the alias") and not finding.records
        assert "may lack its final dot" in finding.message or target == "gone.web"


@pytest.mark.parametrize(
    ("target", "record"),
    [
        ("192.0.2.45.", "A 192.0.2.45"),
        ("192.0.2.45", "A 192.0.2.45"),
        ("2001:db8::45.", "AAAA 2001:db8::45"),
    ],
)
def test_an_alias_of_an_address_becomes_an_address_and_its_fix_is_rehearsed(target: str, record: str) -> None:
    zones = {"example.com.": {"add": f"web 300 CNAME {target}\n"}}
    question = f"web.example.com. {record.split()[0]}"
    (finding,) = checked(made_of("in-domain", question=question, zones=zones)).findings or ()
    address = record.split()[1]
    assert finding.code == "alias-dangling"
    assert finding.message.endswith(f"does not exist: {address} is an address, not a name")
    assert finding.records == (f"web.example.com. 300 IN {record}",)
    assert finding.cure == "publish the address of web.example.com instead of an alias"
    assert f"give {address}" in finding.rehearsed


def test_the_target_of_an_alias_among_other_names_of_the_zone_lacks_no_dot() -> None:
    zone = {"add": "shop 60 CNAME web.office.berlin\nwww.office.berlin 300 A 192.0.2.80\n"}
    world = made_of("in-domain", question="shop.example.com. A", zones={"example.com.": zone})
    (finding,) = checked(world).findings or ()
    assert finding.message.endswith("which does not exist") and finding.cure.startswith("remove the alias")


def test_the_name_of_a_dname_record_is_not_redirected_by_it() -> None:
    (finding,) = found("alias-beside-data", "dname-and-cname")
    assert "only the names below it" in finding.message and "upgrade the software" in finding.cure


def test_the_fix_of_an_alias_at_the_apex_is_rehearsed_with_an_apex_that_exists() -> None:
    (finding,) = [each for each in checked_by_name("alias-at-apex").findings or () if each.is_error]
    assert "replace the CNAME record at example.com" in finding.cure and finding.rehearsed


def test_addresses_that_another_zone_may_change_are_not_only_to_be_copied() -> None:
    """A content network changes those of its names at any time: a copy at the apex leads nowhere then."""
    zones = {"example.org.": {"add": "@ 300 CNAME www.example.net.\n"}}
    world = made_of("_signed", question="example.org. A", zones=zones)
    (finding,) = [each for each in checked(world).findings or () if each.code == "alias-at-apex"]
    assert "the addresses of its target, or with an ALIAS or ANAME record" in finding.cure and finding.records
    assert "ANAME" not in next(iter(found("alias-at-apex", "alias-at-apex"))).cure


def test_nobody_removes_an_alias_since_the_server_to_start_from_does_not_lead_to_its_target() -> None:
    world = load("dnssec-good")
    seen = trace("outside.example.com", lab=world, server="192.5.6.30", check=True)
    assert seen.outcome == "failed" and "alias-dangling" not in {each.code for each in seen.findings or ()}


@pytest.mark.parametrize("own", ["*._tcp", "_25._tcp"])
def test_an_alias_that_a_wildcard_makes_is_removed_with_the_wildcard(own: str) -> None:
    """Also in a zone without signatures, which would show it; what was removed by itself would come back."""
    zones = {"example.com.": {"add": f"{own}.mail 300 CNAME gone\n"}}
    world = made_of("in-domain", question="_25._tcp.mail.example.com. TLSA", zones=zones)
    (finding,) = checked(world).findings or ()
    assert finding.cure == f"remove the alias {own}.mail.example.com, or point it at a name that exists"
    assert finding.rehearsed and finding.remedy is not None
    assert checked(applied(world, finding, finding.remedy)).findings == ()


def test_the_alias_of_an_address_that_a_wildcard_makes_has_a_fix_too() -> None:
    zones = {"example.com.": {"add": "* 300 CNAME 192.0.2.45.\n"}}
    (finding,) = checked(made_of("in-domain", question="web.example.com. A", zones=zones)).findings or ()
    assert finding.records == ("*.example.com. 300 IN A 192.0.2.45",)
    assert finding.cure == "publish the address of *.example.com instead of an alias" and finding.unrehearsed


def test_an_alias_of_an_address_with_a_scope_gets_no_address_record() -> None:
    """No record has an address like that."""
    zones = {"example.com.": {"add": "web 300 CNAME fe80::1%eth0.\n"}}
    (finding,) = checked(made_of("in-domain", question="web.example.com. AAAA", zones=zones)).findings or ()
    assert finding.code == "alias-dangling" and not finding.records


def test_an_alias_beside_a_wildcard_with_another_target_is_its_own() -> None:
    zones = {"example.com.": {"add": "_25._tcp.mail 300 CNAME gone\n*._tcp.mail 300 CNAME www\n"}}
    world = made_of("in-domain", question="_25._tcp.mail.example.com. TLSA", zones=zones)
    found = {each.code: each for each in checked(world).findings or ()}
    assert (
        "alias _25._tcp.mail.example.com," in found["alias-dangling"].message + found["alias-dangling"].cure
    )


@pytest.mark.parametrize("sign", [None, {"algorithm": 13}], ids=["unsigned", "signed"])
@pytest.mark.parametrize(
    ("records", "circle", "record", "target"),
    [
        ("*.x CNAME b.x", "b.x.example.com -> b.x.example.com", "*.x.example.com", "b.x.example.com"),
        (
            "*.x CNAME two\ntwo CNAME b.x",
            "two.example.com -> b.x.example.com -> two.example.com",
            "*.x.example.com",
            "two.example.com",
        ),
        (
            "*.x CNAME two\ntwo CNAME a.x",
            "a.x.example.com -> two.example.com -> a.x.example.com",
            "",
            "a.x.example.com",
        ),
    ],
)
def test_a_circle_that_a_wildcard_closes_is_ended_at_the_wildcard(
    records: str, circle: str, record: str, target: str, sign: dict[str, int] | None
) -> None:
    """The name that it was expanded to has no record of its own."""
    zone = {"add": f"{records}\n"} | ({} if sign is None else {"sign": sign})
    world = made_of("in-domain", question="a.x.example.com. A", zones={"example.com.": zone})
    (finding,) = (each for each in checked(world).findings or () if each.code == "alias-loop")
    by = f", by the alias {record}" if record else ""
    assert finding.message == f"the aliases lead in a circle: {circle}{by}"
    what = f"the alias {record}" if record else "two.example.com"
    assert finding.cure == f"point {what} at a name that has the data, instead of {target}"


def test_a_circle_across_zones_is_ended_at_the_wildcard_of_the_last() -> None:
    zones = {
        "example.net.": {"add": "*.y CNAME three.example.com.\n"},
        "example.com.": {"add": "three CNAME b.y.example.net.\n"},
    }
    found = checked(made_of("alias-loop-across", question="three.example.com. A", zones=zones)).findings or ()
    (finding,) = (each for each in found if each.code == "alias-loop")
    assert finding.message.endswith(", by the alias *.y.example.net") and str(finding.zone) == "example.net."
