"""What a delegation is after remedies: pure functions of values."""

from __future__ import annotations

import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.api.changes import Zones, addresses_added, applied, supposed_for
from dnstrace.message.edited import parsed
from dnstrace.model import Address, Delegation, NameServer, Source
from dnstrace.model.findings import Blame, Remedy
from tests.checks.checking import checked_by_name

ZONE, PARENT = dns.name.from_text("example.com."), dns.name.from_text("com.")
DS = "4242 13 2 " + "0123456789abcdef" * 4
OTHER = "4243 13 2 " + "0123456789abcdef" * 4


SAMPLE = ("silent", "alias-dangling", "missing-glue", "glue-on-request", "dnssec-expired", "dnssec-key-small")


def server(name: str, *addresses: str) -> NameServer:
    return NameServer(dns.name.from_text(name), tuple(Address(text, Source.GLUE) for text in addresses))


CUT = Delegation(
    ZONE,
    (server("ns1.example.com.", "192.0.2.1", "2001:db8::1"), server("ns.example.net.")),
    ds=dns.rrset.from_text(ZONE, 60, dns.rdataclass.IN, dns.rdatatype.DS, DS),
)


def remedy(**records: list[str]) -> Remedy:
    whole = {
        what: tuple(f"{owner} 60 IN {rest}" for owner, rest in (each.split(None, 1) for each in texts))
        for what, texts in records.items()
    }
    return Remedy(
        Blame.REGISTRAR, PARENT, whole.get("add", ()), whole.get("change", ()), whole.get("remove", ())
    )


def told(cut: Delegation) -> dict[str, list[str]]:
    return {str(each.name): [address.text for address in each.addresses] for each in cut.servers}


def test_what_is_added_joins_what_is_there() -> None:
    after = applied(CUT, [remedy(add=["example.com. NS ns2.example.com.", "ns2.example.com. A 192.0.2.2"])])
    assert told(after) == told(CUT) | {"ns2.example.com.": ["192.0.2.2"]}
    assert addresses_added(CUT, after) == ["192.0.2.2"] and after.ds is CUT.ds


def test_a_change_replaces_what_has_its_owner_and_type_and_nothing_else() -> None:
    after = applied(CUT, [remedy(change=["ns1.example.com. A 192.0.2.7"])])
    assert told(after)["ns1.example.com."] == ["2001:db8::1", "192.0.2.7"]
    after = applied(CUT, [remedy(change=["example.com. NS ns.example.net."])])
    assert list(told(after)) == ["ns.example.net."]


def test_what_is_removed_leaves_and_what_is_not_there_does_not_matter() -> None:
    after = applied(
        CUT, [remedy(remove=["example.com. NS ns1.example.com.", "example.com. NS no.example.com."])]
    )
    assert list(told(after)) == ["ns.example.net."]
    assert told(applied(CUT, [remedy(remove=["ns1.example.com. A 192.0.2.1"])]))["ns1.example.com."] == [
        "2001:db8::1"
    ]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"add": [f"example.com. DS {OTHER}"]}, [DS, OTHER]),
        ({"change": [f"example.com. DS {OTHER}"]}, [OTHER]),
        ({"remove": [f"example.com. DS {DS}"]}, []),
    ],
)
def test_ds_records_change_alike(records: dict[str, list[str]], expected: list[str]) -> None:
    after = applied(CUT, [remedy(**records)])
    assert after.ds is not None and sorted(map(str, after.ds)) == sorted(expected)
    assert supposed_for(CUT, after).servers == ()


@given(st.lists(st.sampled_from(["192.0.2.1", "192.0.2.9", "2001:db8::1", "2001:db8::9"]), unique=True))
def test_remedies_applied_twice_are_applied_once(addresses: list[str]) -> None:
    records = [f"ns1.example.com. {'AAAA' if ':' in text else 'A'} {text}" for text in addresses]
    for what in ("add", "change", "remove"):
        once = applied(CUT, [remedy(**{what: records})])
        assert told(applied(once, [remedy(**{what: records})])) == told(once)


def test_only_what_changes_is_supposed() -> None:
    assert supposed_for(CUT, applied(CUT, [])) == Delegation(ZONE, ())
    glue = applied(CUT, [remedy(add=["ns1.example.com. A 192.0.2.2"])])
    assert supposed_for(CUT, glue) == Delegation(ZONE, glue.servers)


def test_what_is_not_a_record_is_refused() -> None:
    for text in ("example.com.", "example.com. 60 IN A no.address"):
        with pytest.raises(ValueError):
            parsed(text)


def test_why_a_remedy_cannot_be_rehearsed_is_said() -> None:
    """A server, the data of a zone, or records that nobody knows."""
    reasons = {
        name: {Zones(trace).why_not(finding) for finding in trace.findings or ()}
        for name in SAMPLE
        for trace in [checked_by_name(name)]
    }
    assert reasons["silent"] == {"a server has to be changed first"}
    assert reasons["dnssec-expired"] == {"the zone has to be changed first"}
    assert "the zone has to be signed again first" in reasons["dnssec-key-small"]
    assert reasons["alias-dangling"] == {""}
    assert reasons["missing-glue"] == {"the records to publish are not known"}
    assert "" in reasons["glue-on-request"]


def test_the_delegation_is_the_one_that_the_walk_followed() -> None:
    found = Zones(checked_by_name("glue")).delegated(ZONE)
    assert found is not None and found.parent == PARENT and len(found.cut.servers) == 5
    assert Zones(checked_by_name("glue")).delegated(dns.name.from_text("example.net.")) is None
