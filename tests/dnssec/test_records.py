from __future__ import annotations

from typing import Any

import dns.message
import dns.name
import dns.rrset
import pytest

from dnstrace.dnssec.records import Signed, signed, type_name
from tests.dnssec.zones import RRset, T, Zone, name

ZONE = Zone(name("example."), "www A 192.0.2.1\nwww TXT x\nsub NS ns\nsub DS 1 13 2 " + "00" * 32)


def section() -> list[RRset]:
    here = ZONE.data[name("www.example.")]
    return [part for rrset in here.values() for part in ZONE.signed(rrset)]


RRSIG_OF_A = "A 13 2 300 20260101000000 20250101000000 1 example. AAAA"


def test_rrsets_come_with_their_own_signatures() -> None:
    found = {data.rdtype: data for data in signed(section())}
    assert set(found) == {T.A, T.TXT}
    assert [rrsig.type_covered for rrsig in found[T.TXT].signatures] == [T.TXT]


def test_only_what_is_asked_for() -> None:
    assert [data.rdtype for data in signed(section(), (T.A,))] == [T.A]
    assert signed(section(), name=name("example.")) == []


def test_signatures_of_other_names_do_not_count() -> None:
    renamed = [dns.rrset.from_rdata_list(name("x.example."), 1, list(section()[0])), section()[1]]
    assert signed(renamed)[0].signatures == ()


def test_signers_are_above_the_owner_the_deepest_first() -> None:
    data = signed(section(), (T.A,))[0]
    rrsig = data.signatures[0]
    several: list[Any] = [
        rrsig.replace(signer=name(text)) for text in ("example.", "org.", "www.example.", ".")
    ]
    assert Signed(data.rrset, tuple(several)).signers() == (name("www.example."), name("example."), name("."))


def test_signer_of_ds_is_strictly_above() -> None:
    rrset = ZONE.data[name("sub.example.")][T.DS]
    own = ZONE.sign(rrset, ZONE.keys[0])[0].replace(signer=name("sub.example."))
    assert Signed(rrset, (own,)).signers() == ()


def test_the_root_may_sign_what_is_at_the_root() -> None:
    """Nothing is above it: such a DS RRset is no reason to fail."""
    root = Zone(name("."), "@ NS ns.\n@ DS 1 13 2 " + "00" * 32)
    rrset = root.data[name(".")][T.DS]
    assert Signed(rrset, (root.sign(rrset, root.keys[0])[0],)).signers() == (name("."),)


def test_malformed_rdata_is_as_if_it_were_not_there() -> None:
    rrset = dns.rrset.from_text("www.example.", 1, "IN", "A", "192.0.2.1")
    generic = dns.rrset.RRset(rrset.name, rrset.rdclass, T.RRSIG, T.A)
    assert signed([rrset, generic])[0].signatures == ()


def test_names_of_types() -> None:
    assert (type_name(1), type_name(65280)) == ("A", "TYPE65280")


def test_records_of_another_class_are_of_no_concern() -> None:
    chaos = dns.rrset.from_text("example.", 300, "CH", "DS", "1 13 2 " + 64 * "a")
    assert signed([chaos]) == [] and signed([chaos, *section()]) == signed(section())


@pytest.mark.parametrize("together", [True, False])
def test_signatures_are_found_in_linear_work(monkeypatch: pytest.MonkeyPatch, together: bool) -> None:
    """In one section, or, as for denials, in two that are put together."""
    compared, compare = 0, dns.name.Name.__eq__

    def comparing(self: dns.name.Name, other: object) -> bool:
        nonlocal compared
        compared += 1
        return bool(compare(self, other))

    made = [
        dns.rrset.from_text(f"{number}.example.", 300, "IN", rdtype, rdata)
        for number in range(300)
        for rdtype, rdata in (("A", "192.0.2.1"), ("RRSIG", RRSIG_OF_A))
    ]
    rrsets = made if together else [*made[::2], *made[1::2], *made[1::2]]
    monkeypatch.setattr(dns.name.Name, "__eq__", comparing)
    found = signed(rrsets)
    assert len(found) == 300 and all(len(data.signatures) == 2 - together for data in found)
    assert compared < 10 * len(rrsets)
