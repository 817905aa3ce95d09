"""Lazy messages and RRsets can be used, copied and changed as dnspython's, whatever is looked at first."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from random import Random
from typing import Any

import dns.message
import dns.rdata
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.message.common import read_common
from dnstrace.message.lazy import has_octets
from dnstrace.message.reading import read_any
from tests.readers import held, message

OTHER = dns.rrset.from_text("a.", 5, "IN", "A", "192.0.2.99", "192.0.2.98")


def added(rrset: dns.rrset.RRset) -> object:
    rrset.union_update(OTHER)
    return rrset, len(rrset), rrset.ttl, list(rrset)


def removed(rrset: dns.rrset.RRset) -> object:
    first = rrset[0]
    rrset.remove(first)
    return first in rrset, len(rrset), list(rrset), bool(rrset)


def written(rrset: dns.rrset.RRset) -> bytes:
    octets = io.BytesIO()
    rrset.to_wire(octets, want_shuffle=False)
    return octets.getvalue()


USES: dict[str, Callable[[dns.rrset.RRset], object]] = {
    "length": len,
    "truth": bool,
    "each": list,
    "items": lambda rrset: list(rrset.items),
    "first": lambda rrset: rrset[0],
    "last": lambda rrset: rrset[-1],
    "some": lambda rrset: rrset[0:2],
    "text": str,
    "kept as octets": has_octets,
    "octets": written,
    "copied": lambda rrset: (type(rrset.copy()), rrset.copy()),
    "united": lambda rrset: rrset | OTHER,
    "added": added,
    "removed": removed,
    "looked at again": lambda rrset: (
        list(rrset),
        len(rrset),
        rrset[0],
        len(rrset.items),
        list(rrset),
        rrset,
    ),
}


def rrsets(read: Any) -> list[dns.rrset.RRset]:
    assert isinstance(read, dns.message.Message)
    return [rrset for section in read.sections[1:] for rrset in section]


@pytest.mark.parametrize("use", USES)
def test_an_rrset_can_be_used_as_one_of_dnspython(use: str) -> None:
    function = USES[use]
    for wire in (message(Random(seed)) for seed in range(40)):
        for ours, theirs in zip(rrsets(read_common(wire)), rrsets(read_any(wire)), strict=True):
            if use not in ("added", "united", "removed") or theirs.rdtype == OTHER.rdtype:
                assert function(ours) == function(theirs)
            assert ours == theirs and theirs == ours


@settings(max_examples=40)
@given(st.integers(0, 2**64 - 1))
def test_a_message_can_be_compared_written_and_copied(seed: int) -> None:
    wire = message(Random(seed))
    theirs = read_any(wire)
    assert isinstance(theirs, dns.message.Message)
    assert read_common(wire) == theirs and theirs == read_common(wire)
    for changed in (str, copy.deepcopy, lambda read: pickle.loads(pickle.dumps(read)), copy.copy):
        ours, other = read_common(wire), copy.deepcopy(theirs)
        assert isinstance(ours, dns.message.Message)
        result = changed(ours)
        assert (
            held(result) == held(other) if isinstance(result, dns.message.Message) else result == str(theirs)
        )
        assert held(ours) == held(other)


def test_a_message_can_be_changed() -> None:
    wire = message(Random(5))
    pair = read_common(wire), read_any(wire)
    for each in pair:
        assert isinstance(each, dns.message.Message)
        each.answer, each.id = [OTHER], 9
        each.set_rcode(dns.rcode.BADCOOKIE)
        each.flags |= dns.flags.CD
    ours, theirs = pair
    assert ours is not None and held(ours) == held(theirs)


def test_there_is_no_attribute_that_dnspython_has_not() -> None:
    read = read_common(message(Random(5)))
    assert read is not None and not hasattr(read, "section") and not hasattr(read.question[0], "item")
