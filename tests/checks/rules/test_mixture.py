"""The rule on a delegation that mixes the servers of several hosts."""

from __future__ import annotations

import pytest

from dnstrace.lab.world import read
from dnstrace.model.findings import Blame, Finding, Level
from tests.checks.checking import checked, made_of
from tests.checks.documented import assert_fires, checked_world, found

CODE = "hosts-mixed"
ADDRESS = "198.51.100.53"


def test_the_rule_fires_where_it_should_and_only_there() -> None:
    assert_fires(CODE, CODE, "soa-several-primaries")


def test_neither_zone_is_called_old_and_neither_is_recommended_over_the_other() -> None:
    assert {each.code for each in checked_world(CODE).findings or ()} == {CODE, "answers-differ"}
    (finding,) = found(CODE, CODE)
    assert finding.blame is Blame.REGISTRAR and not finding.records
    hosts = "ns1.example.net and ns2.example.net, or ns1.example.org and ns2.example.org"
    assert finding.cure.endswith(hosts)
    (differs,) = found("answers-differ", CODE)
    assert differs.cure == finding.cure and "answers-differ" in finding.explains


def test_a_host_that_lists_the_servers_of_the_other_follows_it() -> None:
    """The former host was given the new NS records, and only the parent still lists both."""
    former = {
        "servers": ["ns1.example.net.", "ns2.example.net."],
        "text": """
@ 900 SOA ns1.example.net. hostmaster.example.net. 2019010101 7200 900 1209600 300
@ NS ns1.example.org.
@ NS ns2.example.org.
www 300 A 192.0.2.1
""",
    }
    trace = checked(made_of(CODE, zones={"example.com. former": former}))
    assert CODE not in {each.code for each in trace.findings or ()}


def _aliased(*hosts: str) -> dict[str, Finding]:
    """What is found where the zone of some hosts is an alias at its apex."""
    text = "@ 900 SOA ns1.example.{0}. h.example.{0}. 1 7200 900 1209600 300\n"
    text += "@ NS ns1.example.{0}.\n@ NS ns2.example.{0}.\n"
    zones = {
        f"example.com.{key}": {
            "servers": [f"ns1.example.{host}.", f"ns2.example.{host}."],
            "text": text.format(host) + ("@ CNAME www.example.org.\n" if host in hosts else "@ A 192.0.2.4"),
        }
        for key, host in ((" former", "net"), ("", "org"))
    }
    trace = checked(made_of(CODE, question="example.com. A", zones=zones))
    return {each.code: each for each in trace.findings or ()}


def test_an_alias_at_the_apex_of_one_host_is_for_whoever_lists_both_hosts() -> None:
    """Nobody is to load the zone of one host at the other: which of them should be listed comes first."""
    found = _aliased("net")
    assert found["alias-at-apex"].cure == (
        "if example.com is maintained on ns1.example.net and ns2.example.net, replace the CNAME record at"
        " example.com with the addresses of its target, or with an ALIAS or ANAME record of the DNS"
        " provider, which follows them; if not, have com no longer list them"
    )
    assert "alias-at-apex" in found[CODE].explains and "alias-at-apex" not in found["answers-differ"].explains


def test_an_alias_at_the_apex_of_all_hosts_is_in_the_zone_of_each() -> None:
    found = _aliased("net", "org")
    assert "alias-at-apex" not in found[CODE].explains
    assert found["alias-at-apex"].cure.startswith("replace the CNAME record at example.com")


@pytest.mark.parametrize(("address", "level"), [("192.0.2.66", Level.WARNING), ("", Level.ERROR)])
def test_a_listed_server_with_a_zone_of_its_own_has_no_old_copy(address: str, level: Level) -> None:
    """Its zone has another primary, and lists nobody else: it is empty, or somebody else runs it now."""
    text = f"@ SOA ns2.example.com. admin.example.org. 1 7200 900 1209600 300\n@ NS ns2\nns2 A {ADDRESS}\n"
    own = {"servers": ["ns2.example.com."], "text": text + (f"www 300 A {address}\n" if address else "")}
    zones = {"example.com.": {"servers": ["ns1.example.com."]}, "example.com. own": own}
    found = {f.code: f for f in checked(made_of("in-domain", zones=zones)).findings or ()}
    assert found["answers-differ"].level is level and "soa-differs" not in found
    assert found[CODE].blame is Blame.HOST and "answers-differ" in found[CODE].explains
    assert found[CODE].cure == (
        "if ns2.example.com is to serve example.com, have it copy the zone of ns1.example.com; if not, remove"
        " it from the NS records of example.com in the zone and in com"
    )


@pytest.mark.parametrize("primary", ["ns1.example.net.", "ns1.example.org."])
def test_servers_of_one_zone_that_list_only_themselves_are_of_one_host(primary: str) -> None:
    """The same SOA record but for its serial, and perhaps its primary."""
    former, now = (
        {
            "servers": [f"ns1.example.{top}.", f"ns2.example.{top}."],
            "text": f"""
@ 900 SOA {named} hostmaster.example.net. {serial} 7200 900 1209600 300
@ NS ns1.example.{top}.
@ NS ns2.example.{top}.
www 300 A 192.0.2.44
""",
        }
        for top, serial, named in (
            ("net", 2026011501, "ns1.example.net."),
            ("org", 2026011502, primary),
        )
    )
    trace = checked(made_of(CODE, zones={"example.com. former": former, "example.com.": now}))
    assert {each.code for each in trace.findings or ()} == {"ns-differs", "soa-differs"}


def test_the_host_whose_keys_the_parent_trusts_is_the_one_to_keep() -> None:
    zones = {"example.com.": {"sign": {"algorithm": 13}}}
    findings = checked(made_of(CODE, zones=zones, expect={"security": "secure"})).findings or ()
    (finding,) = (each for each in findings if each.code == CODE)
    assert finding.cure == (
        "have com list only ns1.example.org and ns2.example.org: the DS records match only its keys"
    )
    assert {each.cure for each in findings if each.code == "dnskey-differs"} == {finding.cure}


@pytest.mark.parametrize(
    ("edit", "is_joined"),
    [
        (("", ""), True),
        (("2026011501", "2026011400"), False),  # an old copy of the same primary
        (("192.0.2.44", "192.0.2.45"), False),  # hosts that do not answer alike
        (("@ NS ns2", "@ NS ns2\n@ NS ns1"), False),  # which lists the other one too
        (("@ 900 SOA ns1 hostmaster 2026011501", "@ 900 SOA ns2 other 7"), True),  # hosts run apart
    ],
)
def test_hosts_that_answer_alike_are_joined_and_none_is_dropped(
    edit: tuple[str, str], is_joined: bool
) -> None:
    text = read("in-domain")["zones"]["example.com."]["text"]
    copies = {
        "example.com.": {"servers": ["ns1.example.com."], "text": text.replace("@ NS ns2\n", "")},
        "example.com. two": {
            "servers": ["ns2.example.com."],
            "text": text.replace("@ NS ns1\n", "").replace(*edit),
        },
    }
    wanted = {"ns-differs", "ns-differs-between-servers", "hosts-mixed"}
    found = [f for f in checked(made_of("in-domain", zones=copies)).findings or () if f.code in wanted]
    assert found or not is_joined
    joined = [f.remedy is not None and {line.split()[-1] for line in f.remedy.change} for f in found]
    everything = {"ns1.example.com.", "ns2.example.com."}
    assert [each == everything for each in joined] == [is_joined] * len(found)
    if is_joined:
        assert all(f.blame is Blame.HOST and f.rehearsed for f in found)
