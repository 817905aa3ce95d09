"""Who gets which names."""

from __future__ import annotations

from collections import Counter

import dns.name
import pytest

from dnstrace.bulk.dealing import hand, registered


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.example.com.", "example.com"),
        ("EXAMPLE.com.", "example.com"),
        ("a.b.c.example.com.", "example.com"),
        ("com.", "com"),
        (".", ""),
        ("www.example.co.uk.", "example.co.uk"),
        ("co.uk.", "co.uk"),
        ("www.example.de.", "example.de"),
        (
            "www.abc.de.",
            "www.abc.de",
        ),  # abc.de may be a registry: too narrow costs a walk, too wide a processor
        ("1.2.0.192.in-addr.arpa.", "0.192.in-addr.arpa"),
        ("arpa.", "arpa"),
        ("8.b.d.0.1.0.0.2.ip6.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa"),
    ],
)
def test_names_of_one_zone_go_together(name: str, domain: str) -> None:
    assert b".".join(registered(dns.name.from_text(name))) == domain.encode()


def test_hands_have_about_as_much_to_do() -> None:
    found = Counter(hand(dns.name.from_text(f"www.z{n}.example{n}.com."), 4) for n in range(4000))
    assert set(found) == {0, 1, 2, 3} and min(found.values()) > 800
