"""Names that compare quickly compare as dnspython's do."""

from __future__ import annotations

from collections.abc import Iterator

import dns.name
import dns.rdata
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model.quick_names import quicken

_METHODS = ("__hash__", "__eq__", "__ne__", "__lt__", "is_subdomain")
_LABEL = st.sampled_from([b"a", b"A", b"b", b"aB", b"Ab", b"*", b"\xc4", b"\xe4", b"[", b"{"])
_NAMES = st.builds(
    lambda labels, absolute: dns.name.Name((*labels, *((b"",) if absolute else ()))),
    st.lists(_LABEL, max_size=4),
    st.booleans(),
)


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    hashed = dns.rdata.Rdata.__hash__
    before = {method: getattr(dns.name.Name, method) for method in _METHODS}
    quicken()
    yield
    for method, function in before.items():
        setattr(dns.name.Name, method, function)
    setattr(dns.rdata.Rdata, "__hash__", hashed)  # noqa: B010


@given(_NAMES, _NAMES)
def test_every_comparison_has_the_result_of_dnspython(one: dns.name.Name, other: dns.name.Name) -> None:
    relation, order, _ = one.fullcompare(other)
    assert (one == other, one != other, one < other) == (order == 0, order != 0, order < 0)
    below = relation in (dns.name.NameRelation.SUBDOMAIN, dns.name.NameRelation.EQUAL)
    assert one.is_subdomain(other) is below
    assert hash(one) == hash(one) == _hash_of(one)


def _hash_of(name: dns.name.Name) -> int:
    """The hash by the definition of dnspython's names, as an object has it."""
    number = 0
    for octet in b"".join(name.labels).lower():
        number += (number << 3) + octet
    return hash(number)


def test_a_name_is_not_what_is_no_name() -> None:
    name = dns.name.from_text("example.")
    assert name != "example." and name != 1
    with pytest.raises(TypeError):
        assert name < "example."
    assert {name: 1}[dns.name.from_text("EXAMPLE.")] == 1


def test_a_record_is_hashed_once_and_as_before() -> None:
    one, other = (dns.rrset.from_text("a.", 1, "IN", "MX", text)[0] for text in ("1 B.", "1 b."))
    assert one == other and hash(one) == hash(other) == hash(one.to_digestable(dns.name.root))
    assert len({one, other}) == 1
