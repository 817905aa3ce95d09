from __future__ import annotations

import dns.name
import pytest

from dnstrace.cli.line.supposing import ds, supposed, undelegated
from dnstrace.cli.usage import Usage

ZONE = dns.name.from_text("example.com.")


def test_a_zone_its_servers_and_their_addresses() -> None:
    cut = undelegated("example.com=ns1.example.com/192.0.2.1/2001:DB8::1, ns2.example.net")
    assert cut.zone == ZONE
    assert [(str(s.name), [a.text for a in s.addresses]) for s in cut.servers] == [
        ("ns1.example.com.", ["192.0.2.1", "2001:db8::1"]),
        ("ns2.example.net.", []),
    ]


def test_ds_records() -> None:
    cut = ds("example.com=1 13 2 " + "00" * 32 + ", 2 8 2 " + "11" * 32)
    assert cut.ds is not None
    assert sorted(rdata.key_tag for rdata in cut.ds) == [1, 2]


def test_what_is_said_of_one_zone_is_put_together() -> None:
    first, second = undelegated("example.com=ns1.example.net"), undelegated("example.com=ns2.example.net")
    one, other = ds("example.com=1 13 2 " + "00" * 32), ds("example.com=2 13 2 " + "00" * 32)
    (cut,) = supposed([first, second], [one, other])
    assert len(cut.servers) == 2
    assert cut.ds is not None and len(cut.ds) == 2
    assert not supposed([], [one])[0].servers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("example.com", "ZONE=NS"),
        ("example.com=", "ZONE=NS"),
        ("example.com=,", "does not name a name server"),
        (".=ns1.example.net", "the root has no parent"),
        ("example.com=ns1.example.com", "add its address, as 'ns1.example.com/192.0.2.1'"),
        ("example.com=ns1.example.net/192.0.2", "IPv4 or IPv6 address"),
        ("example.com=a..b", "empty label"),
    ],
)
def test_what_is_no_delegation(text: str, told: str) -> None:
    with pytest.raises(Usage, match=told):
        undelegated(text)


@pytest.mark.parametrize("text", ["example.com=abc", "example.com=1 13 2 00", "example.com=1 13 2 zz"])
def test_what_is_no_ds_record(text: str) -> None:
    with pytest.raises(Usage, match="not the data of a DS record"):
        ds(text)
