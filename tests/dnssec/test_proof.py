from __future__ import annotations

import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec.proof import ProofResult, Types, lacks_data, lacks_ds
from tests.dnssec.bitmaps import types
from tests.dnssec.zones import T, bit_map, name

CUT = name("sub.example.")


@given(st.sets(st.integers(1, 65535), max_size=20), st.integers(1, 65535))
def test_bit_map_holds_what_was_put_in(held: set[int], other: int) -> None:
    bitmap = Types(tuple(bit_map(list(held))))
    assert all(rdtype in bitmap for rdtype in held)
    assert (other in bitmap) is (other in held)


@pytest.mark.parametrize(
    ("held", "rdtype", "shown"),
    [
        (["TXT"], "A", ProofResult.PROVED),
        (["A"], "A", ProofResult.UNPROVED),
        (["CNAME"], "A", ProofResult.UNPROVED),
        (["NS", "SOA"], "A", ProofResult.PROVED),
        (
            ["NS"],
            "A",
            ProofResult.INSECURE,
        ),  # the parent's side of an unsigned cut: what is below is insecure
        (["NS"], "TYPE61440", ProofResult.INSECURE),  # as validators that do not know DELEG take it
        (["NS", "DS"], "TYPE61440", ProofResult.PROVED),  # DELEG is the parent's, as DS is
        (["NS", "DS"], "A", ProofResult.UNPROVED),  # the parent's side of a signed cut: not its business
        (["NS"], "DS", ProofResult.PROVED),
        (["NS", "SOA"], "DS", ProofResult.UNPROVED),  # the child's side: not its business
        (["A"], "DS", ProofResult.PROVED),
        ([], "A", ProofResult.PROVED),
    ],
)
def test_data_at_a_name(held: list[str], rdtype: str, shown: ProofResult) -> None:
    assert lacks_data(types(*held), CUT, dns.rdatatype.from_text(rdtype), "NSEC").shown is shown


def test_root_denies_its_own_ds() -> None:
    assert lacks_data(types("NS", "SOA"), name("."), T.DS, "NSEC").shown is ProofResult.PROVED


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (["NS"], ProofResult.INSECURE),
        (["NS", "DS"], ProofResult.UNPROVED),
        (["NS", "SOA"], ProofResult.UNPROVED),
        (["A"], ProofResult.NO_CUT),
        ([], ProofResult.NO_CUT),
    ],
)
def test_ds_at_a_name(held: list[str], shown: ProofResult) -> None:
    assert lacks_ds(types(*held), CUT, "NSEC").shown is shown
