"""Names of resolvers. Nothing is sent to an address of the package's list: it is only read."""

from __future__ import annotations

import pytest

from dnstrace.cli.line.options import PUBLIC
from dnstrace.cli.line.resolver_names import look_up
from dnstrace.cli.usage import Usage
from dnstrace.model import family_of
from dnstrace.model.asked import Resolver

EITHER = frozenset({4, 6})


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
