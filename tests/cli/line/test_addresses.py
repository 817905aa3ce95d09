from __future__ import annotations

import pytest

from dnstrace.cli.line import addresses
from tests.cli.line.refusing import refused


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("192.0.2.1", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4")],
)
def test_addresses(text: str, canonical: str) -> None:
    assert addresses.address(text) == canonical


@pytest.mark.parametrize("text", ["", "1.2.3", "256.1.1.1", "::g", "x.example", "1.2.3.4.5", "\udcff", ":::"])
def test_what_is_no_address(text: str) -> None:
    refused(addresses.address, text)


def test_a_source_port_is_refused_with_the_reason() -> None:
    assert "RFC 5452" in refused(addresses.source, "192.0.2.1#5353")
