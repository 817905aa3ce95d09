"""Names of resolvers. Nothing is sent to an address of the package's list: it is only read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import dnstrace
from dnstrace.cli.line.options import PUBLIC
from dnstrace.cli.line.resolver_names import look_up, public_resolvers
from dnstrace.cli.usage import Usage
from dnstrace.model import family_of
from dnstrace.model.addresses import canonical, special
from dnstrace.model.asked import Resolver

EITHER = frozenset({4, 6})


def test_the_list_has_an_address_of_each_family_for_each_name_and_its_date_and_sources() -> None:
    path = Path(dnstrace.__file__).parent / "data" / "public-resolvers.toml"
    assert "as of\n# 2026-" in path.read_text()
    entries = tomllib.loads(path.read_text())
    assert tuple(entries) == PUBLIC
    for entry in entries.values():
        assert sorted(map(family_of, entry["addresses"])) == [4, 6]
        assert [canonical(each) for each in entry["addresses"]] == entry["addresses"]
        assert entry["source"].startswith("https://")


@pytest.mark.parametrize(("families", "family"), [(EITHER, 4), ({4}, 4), ({6}, 6)])
def test_each_public_resolver_is_asked_at_one_address(families: set[int], family: int) -> None:
    found, remarks = look_up("public", frozenset(families), {})
    assert len(found) == len(PUBLIC) and remarks == ()
    assert {family_of(each.address) for each in found} == {family}
    assert look_up("quad9", frozenset(families), {})[0] == (found[PUBLIC.index("quad9")],)


def test_a_name_of_ones_own_comes_first() -> None:
    own = {"google": (Resolver("192.0.2.1"),), "office": (Resolver("192.0.2.2"), Resolver("192.0.2.3"))}
    assert look_up("google", EITHER, own) == (own["google"], ())
    assert look_up("office", EITHER, own) == (own["office"], ())
    assert Resolver("192.0.2.1") not in look_up("public", EITHER, own)[0]


def test_an_unknown_name_is_refused_with_the_nearest_or_all() -> None:
    own = {"office": (Resolver("192.0.2.2"),)}
    with pytest.raises(Usage, match="not 'clodflare'; did you mean cloudflare"):
        look_up("clodflare", EITHER, own)
    with pytest.raises(Usage, match="names are cloudflare, google, office, opendns, quad9, public"):
        look_up("zzzzzz", EITHER, own)


def test_public_addresses_are_addresses_to_send_to() -> None:
    assert not [each for several in public_resolvers().values() for each in several if special(each)]
