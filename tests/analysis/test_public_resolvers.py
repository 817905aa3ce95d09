"""The list of public resolvers. Nothing is sent to its addresses: they are only read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import dnstrace
from dnstrace.analysis.public_resolvers import name_of, public_resolvers
from dnstrace.cli.line.options import PUBLIC
from dnstrace.model import family_of
from dnstrace.model.addresses import canonical, special


def test_the_list_has_an_address_of_each_family_for_each_name_and_its_date_and_sources() -> None:
    path = Path(dnstrace.__file__).parent / "data" / "public-resolvers.toml"
    assert "as of\n# 2026-" in path.read_text()
    entries = tomllib.loads(path.read_text())
    assert tuple(entries) == PUBLIC
    for entry in entries.values():
        assert sorted(map(family_of, entry["addresses"])) == [4, 6]
        assert [canonical(each) for each in entry["addresses"]] == entry["addresses"]
        assert entry["source"].startswith("https://")


def test_public_addresses_are_addresses_to_send_to() -> None:
    assert not [each for several in public_resolvers().values() for each in several if special(each)]


def test_a_public_resolver_is_known_by_its_address() -> None:
    assert name_of("2620:fe::fe") == "quad9" and name_of("192.0.2.53") == ""
