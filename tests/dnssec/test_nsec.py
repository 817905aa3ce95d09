from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec import nsec
from dnstrace.dnssec.nsec import Nsec
from dnstrace.dnssec.proof import ProofResult
from tests.dnssec.bitmaps import types
from tests.dnssec.zones import Name, T, name


def record(owner: str, following: str, *mnemonics: str) -> Nsec:
    return Nsec(name(owner), name(following), types(*(mnemonics or ("A",))))


APEX = record("example.", "b.example.", "NS", "SOA")
B_TO_D = record("b.example.", "d.example.")
LAST = record("y.example.", "example.")


@pytest.mark.parametrize(
    ("one", "owner", "covered"),
    [
        (B_TO_D, "c.example.", True),
        (B_TO_D, "x.b.example.", True),
        (B_TO_D, "b.example.", False),
        (B_TO_D, "d.example.", False),
        (B_TO_D, "a.example.", False),
        (B_TO_D, "C.EXAMPLE.", True),
        (LAST, "z.example.", True),
        (LAST, "a.example.", False),
        (LAST, "z.org.", False),
        (record("example.", "example."), "any.example.", True),
        (record("example.", "example."), "example.", False),
        (record("b.example.", "d.example.", "NS"), "x.b.example.", False),  # beyond a cut
        (record("b.example.", "d.example.", "NS", "SOA"), "x.b.example.", True),
        (record("b.example.", "d.example.", "DNAME"), "x.b.example.", False),  # beyond a DNAME
        (record("b.example.", "d.example.", "NS"), "c.example.", True),
    ],
)
def test_span(one: Nsec, owner: str, covered: bool) -> None:
    assert one.covers(name(owner)) is covered


def test_closest_encloser() -> None:
    assert record("x.b.example.", "d.example.").closest_encloser(name("y.b.example.")) == name("b.example.")
    assert record("a.example.", "y.c.example.").closest_encloser(name("b.c.example.")) == name("c.example.")


@pytest.mark.parametrize(
    ("owner", "records", "shown"),
    [
        ("c.example.", [B_TO_D, APEX], ProofResult.PROVED),
        ("c.example.", [B_TO_D], ProofResult.UNPROVED),  # the wildcard may exist
        ("c.example.", [APEX], ProofResult.UNPROVED),
        ("c.example.", [], ProofResult.UNPROVED),
        ("x.c.example.", [B_TO_D, APEX], ProofResult.PROVED),
        ("c.example.", [record("b.example.", "x.c.example."), APEX], ProofResult.UNPROVED),  # an ENT exists
        ("x.b.example.", [record("b.example.", "d.example.", "NS"), APEX], ProofResult.INSECURE),
        ("x.b.example.", [record("b.example.", "d.example.", "NS", "DS"), APEX], ProofResult.UNPROVED),
        (
            "c.example.",
            [record("c.example.", r"\000.c.example.", "NSEC", "TYPE128")],
            ProofResult.PROVED,
        ),  # RFC 9824
        ("c.example.", [record("c.example.", r"\000.c.example.", "NSEC")], ProofResult.UNPROVED),
        (
            r"c.example.",
            [record(r"b~.example.", "c-.example."), record(r"!.example.", "+.example.")],
            ProofResult.PROVED,
        ),
    ],
)
def test_nxdomain(owner: str, records: list[Nsec], shown: ProofResult) -> None:
    assert nsec.nxdomain(name(owner), records).shown is shown


@pytest.mark.parametrize(
    ("owner", "records", "shown"),
    [
        ("b.example.", [record("b.example.", "d.example.", "TXT")], ProofResult.PROVED),
        ("b.example.", [record("b.example.", "d.example.", "A")], ProofResult.UNPROVED),
        ("c.example.", [record("b.example.", "x.c.example.")], ProofResult.PROVED),  # an ENT
        ("c.example.", [B_TO_D], ProofResult.UNPROVED),
        ("c.example.", [B_TO_D, record("*.example.", "b.example.", "TXT")], ProofResult.PROVED),
        ("c.example.", [B_TO_D, record("*.example.", "b.example.", "A")], ProofResult.UNPROVED),
        ("c.example.", [B_TO_D, record("*.example.", "b.example.", "CNAME")], ProofResult.UNPROVED),
        ("c.example.", [record("*.example.", "b.example.", "TXT")], ProofResult.UNPROVED),  # c may exist
        (
            "z.b.example.",
            [B_TO_D, record("*.example.", "b.example.", "TXT")],
            ProofResult.UNPROVED,
        ),  # not its wildcard
        ("c.example.", [record("*.example.", "d.example.", "TXT")], ProofResult.PROVED),  # covers c as well
        (
            "c.example.",
            [B_TO_D, record("example.", "x.*.example.")],
            ProofResult.PROVED,
        ),  # its wildcard: an ENT
        ("c.example.", [record("example.", "x.*.example.")], ProofResult.UNPROVED),  # c may exist
        (
            "c.b.example.",
            [B_TO_D, record("example.", "x.*.example.")],
            ProofResult.UNPROVED,
        ),  # not its wildcard
        ("x.b.example.", [record("b.example.", "d.example.", "NS")], ProofResult.INSECURE),
        ("c.example.", [record("c.example.", r"\000.c.example.", "NSEC", "TYPE128")], ProofResult.PROVED),
    ],
)
def test_nodata(owner: str, records: list[Nsec], shown: ProofResult) -> None:
    assert nsec.nodata(name(owner), T.A, records).shown is shown


@pytest.mark.parametrize(
    ("owner", "encloser", "records", "shown"),
    [
        ("c.example.", "example.", [B_TO_D], ProofResult.PROVED),
        ("x.c.example.", "example.", [B_TO_D], ProofResult.PROVED),
        ("c.example.", "example.", [APEX], ProofResult.UNPROVED),
        ("x.b.example.", "example.", [B_TO_D], ProofResult.UNPROVED),  # *.b.example. would be nearer
        ("x.c.example.", "c.example.", [B_TO_D], ProofResult.UNPROVED),
    ],
)
def test_wildcard_answer(owner: str, encloser: str, records: list[Nsec], shown: ProofResult) -> None:
    assert nsec.wildcard_answer(name(owner), name(encloser), records).shown is shown


@pytest.mark.parametrize(
    ("owner", "records", "shown"),
    [
        ("b.example.", [record("b.example.", "d.example.", "NS")], ProofResult.INSECURE),
        ("b.example.", [record("b.example.", "d.example.", "NS", "DS")], ProofResult.UNPROVED),
        (
            "b.example.",
            [record("b.example.", "d.example.", "NS", "SOA")],
            ProofResult.UNPROVED,
        ),  # the child's
        ("b.example.", [record("b.example.", "d.example.", "A")], ProofResult.NO_CUT),
        ("x.b.example.", [record("b.example.", "d.example.", "NS")], ProofResult.INSECURE),
        ("c.example.", [record("b.example.", "x.c.example.")], ProofResult.NO_CUT),
        ("c.example.", [B_TO_D, APEX], ProofResult.NO_CUT),
        ("c.example.", [B_TO_D], ProofResult.UNPROVED),
        ("c.example.", [B_TO_D, record("*.example.", "b.example.", "A")], ProofResult.NO_CUT),
        ("c.example.", [B_TO_D, record("example.", "x.*.example.")], ProofResult.NO_CUT),
    ],
)
def test_no_ds(owner: str, records: list[Nsec], shown: ProofResult) -> None:
    assert nsec.no_ds(name(owner), records).shown is shown


LABELS = st.lists(st.sampled_from(["a", "b", "c", "*"]), max_size=3)
NAMES = LABELS.map(lambda labels: name(".".join([*labels, "example."])))


@given(st.sets(NAMES, min_size=1, max_size=8), NAMES)
def test_a_whole_chain_denies_exactly_what_does_not_exist(names: set[Name], asked: Name) -> None:
    """Against the definition: a name exists if it, or a name below it, has data; else a wildcard may."""
    ordered = sorted({*names, name("example.")})
    chain = [
        Nsec(one, two, types("NS", "SOA") if one == name("example.") else types("TXT"))
        for one, two in zip(ordered, ordered[1:] + ordered[:1], strict=True)
    ]
    exists = any(known.is_subdomain(asked) for known in names)
    encloser = asked
    while not any(known.is_subdomain(encloser) for known in names):
        encloser = encloser.parent()
    wild = exists or any(known.is_subdomain(name(f"*.{encloser}")) for known in names)
    assert (nsec.nxdomain(asked, chain).shown is ProofResult.PROVED) is not wild
    assert (nsec.nodata(asked, T.A, chain).shown is ProofResult.PROVED) is wild
    if exists:
        assert nsec.nodata(asked, T.TXT, chain).shown is (
            ProofResult.UNPROVED if asked in ordered and asked != ordered[0] else ProofResult.PROVED
        )
