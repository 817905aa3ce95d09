"""Names that remember are compared as dnspython's are, with these and with one another."""

from __future__ import annotations

import copy
import operator
import pickle

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.model import known_name
from dnstrace.model.known_name import LABELS, NAMES, KnownName, known

SPELLED = st.lists(st.sampled_from((b"a", b"A", b"b", b"\xc4", b"\xe4", b"a.b", b"z[", b"Z{")), max_size=3)
ABSOLUTE = SPELLED.map(lambda labels: dns.name.Name([*labels, b""]))
ANY = ABSOLUTE | SPELLED.map(dns.name.Name)
COMPARED = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
RELATED = [dns.name.Name.is_subdomain, dns.name.Name.is_superdomain]


@given(ABSOLUTE, ANY)
def test_it_is_compared_as_by_dnspython(one: dns.name.Name, other: dns.name.Name) -> None:
    for compare in COMPARED:
        expected = compare(one, other), compare(other, one)
        for another in (other, known(other)):
            assert (compare(known(one), another), compare(another, known(one))) == expected
    for related in RELATED:
        for another in (other, known(other)):
            assert getattr(known(one), related.__name__)(another) is related(one, other)
            assert getattr(another, related.__name__)(known(one)) is related(other, one)


@given(ABSOLUTE)
def test_it_is_found_where_dnspythons_name_is(one: dns.name.Name) -> None:
    assert hash(known(one)) == hash(one) == hash(dns.name.Name([label.swapcase() for label in one.labels]))
    assert {one: 1}[known(one)] == {known(one): 1}[one] == 1
    assert str(known(one)) == str(one) and known(one).labels == one.labels


def test_its_copies_are_dnspythons() -> None:
    one = known(dns.name.from_text("www.example."))
    for made in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
        assert type(made) is dns.name.Name
    assert pickle.loads(pickle.dumps(one)) == one and one != "www.example." and not hasattr(one, "other")


@given(ABSOLUTE)
def test_it_has_the_parent_that_dnspython_says(one: dns.name.Name) -> None:
    if one == dns.name.root:
        with pytest.raises(dns.name.NoParent):
            known(one).parent()
    else:
        assert known(one).parent().labels == one.parent().labels and type(known(one).parent()) is KnownName


def test_it_is_made_without_looking_at_its_labels_again() -> None:
    """Other versions of dnspython may have more to do, which takes longer."""
    assert known_name._BARE


def test_an_overlong_name_is_not_remembered() -> None:
    """What is remembered is believed to be cheap to read again."""
    longest, longer = (dns.name.Name([*[b"a"] * labels, b""]) for labels in (LABELS - 1, LABELS))
    assert type(known(longest)) is KnownName and known(longer) is longer and longer.labels not in NAMES


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [dns.name.from_text(f"n{number}.") for number in range(10_000)]
    assert [*map(known, names)] == names and len(NAMES) < 10_000
    monkeypatch.setattr(known_name, "_BARE", False)  # a dnspython whose names hold more
    assert type(known(dns.name.from_text("other."))) is KnownName
