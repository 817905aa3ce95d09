from __future__ import annotations

import pytest

from dnstrace.cli.line import addresses, names
from tests.cli.line.refusing import refused


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("192.0.2.1", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4")],
)
def test_addresses(text: str, canonical: str) -> None:
    assert addresses.address(text) == canonical


@pytest.mark.parametrize("zone", ["1", "lo"])
def test_an_address_to_send_to_may_have_a_zone(zone: str) -> None:
    assert addresses.endpoint(f"FE80:0::1%{zone}") == f"fe80::1%{zone}"
    assert addresses.source(f"fe80::1%{zone}") == f"fe80::1%{zone}"
    assert names.server(f"fe80::1%{zone}") == f"fe80::1%{zone}"
    refused(addresses.address, f"fe80::1%{zone}")


@pytest.mark.parametrize(
    "text", ["192.0.2.1%1", "169.254.1.1%1", "2001:db8::1%1", "fe80::1%", "fe80::1%a b", "%1"]
)
def test_what_is_no_zone(text: str) -> None:
    refused(addresses.endpoint, text)


def test_a_zone_that_this_machine_does_not_have() -> None:
    assert "no network interface 'no-such-link'" in refused(addresses.endpoint, "fe80::1%no-such-link")
    assert "no network interface" in refused(names.server, "fe80::1%no-such-link")


@pytest.mark.parametrize("text", ["", "1.2.3", "256.1.1.1", "::g", "x.example", "1.2.3.4.5", "\udcff", ":::"])
def test_what_is_no_address(text: str) -> None:
    refused(addresses.address, text)


def test_a_source_port_is_refused_with_the_reason() -> None:
    assert "RFC 5452" in refused(addresses.source, "192.0.2.1#5353")
