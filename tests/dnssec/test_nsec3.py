from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.dnssec import nsec3
from dnstrace.dnssec.denial import read_denial
from dnstrace.dnssec.effort import Effort, TooMuchWork
from dnstrace.dnssec.nsec3 import Hashed, Nsec3, hashed
from dnstrace.dnssec.proof import ProofResult
from dnstrace.dnssec.signature import Checked
from dnstrace.model.judgement import EffortLimits
from tests.dnssec.bitmaps import types
from tests.dnssec.zones import Name, T, Zone, name

TEXT = """
www A 192.0.2.1
*.w TXT x
x.ent A 192.0.2.1
cut NS ns.cut
safe NS ns.safe
safe DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
dname DNAME org.
"""


def zone(denial: str = "nsec3", **how: Any) -> Zone:
    return Zone(name("example."), TEXT, denial=denial, **how)


def records(made: Zone, *names: str, effort: Effort | None = None) -> Hashed:
    """The NSEC3 records of a zone that match or cover names (all of them if none), as if validated."""
    chain = made.deny(*map(name, names)) if names else made.nsec3_chain()
    read = read_denial(chain, made.origin, lambda data: Checked(True), effort or Effort(EffortLimits()))
    return read.nsec3


def test_hash_is_that_of_rfc_5155() -> None:
    """Appendix A."""
    digest = hashed(name("a.example."), 12, bytes.fromhex("aabbccdd"))
    assert base64.b32hexencode(digest).lower() == b"35mthgpgcu1qg68fab165klnsnk3dpvl"


@pytest.mark.parametrize(
    ("start", "end", "digest", "covered"),
    [
        (b"2", b"5", b"3", True),
        (b"2", b"5", b"2", False),
        (b"2", b"5", b"5", False),
        (b"5", b"2", b"9", True),
        (b"5", b"2", b"1", True),
        (b"5", b"2", b"3", False),
        (b"5", b"5", b"3", True),
        (b"5", b"5", b"5", False),
    ],
)
def test_span(start: bytes, end: bytes, digest: bytes, covered: bool) -> None:
    assert Nsec3("", start, end, types("A"), 0, 0, b"").covers(digest) is covered


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ("no.example.", ProofResult.PROVED),
        ("a.b.no.example.", ProofResult.PROVED),
        ("no.www.example.", ProofResult.PROVED),
        ("no.ent.example.", ProofResult.PROVED),
        ("www.example.", ProofResult.UNPROVED),
        ("ent.example.", ProofResult.UNPROVED),
        ("a.w.example.", ProofResult.UNPROVED),  # a wildcard stands for it
        ("a.cut.example.", ProofResult.INSECURE),
        ("a.safe.example.", ProofResult.UNPROVED),
        ("a.dname.example.", ProofResult.UNPROVED),
    ],
)
def test_nxdomain(owner: str, shown: ProofResult) -> None:
    assert nsec3.nxdomain(name(owner), records(zone())).shown is shown


@pytest.mark.parametrize("lacking", ["example.", "no.example.", "*.example."])
def test_nxdomain_takes_all_three_records(lacking: str) -> None:
    """The closest encloser, the next closer name, the wildcard (RFC 5155 section 7.2.2)."""
    names = {"example.", "no.example.", "*.example."}
    assert nsec3.nxdomain(name("no.example."), records(zone(), *names)).shown is ProofResult.PROVED
    assert (
        nsec3.nxdomain(name("no.example."), records(zone(), *names - {lacking})).shown is ProofResult.UNPROVED
    )


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ("www.example.", ProofResult.PROVED),
        ("ent.example.", ProofResult.PROVED),
        ("a.w.example.", ProofResult.PROVED),
        ("example.", ProofResult.PROVED),
        ("cut.example.", ProofResult.INSECURE),
        ("safe.example.", ProofResult.UNPROVED),
        ("no.example.", ProofResult.UNPROVED),
    ],
)
def test_nodata(owner: str, shown: ProofResult) -> None:
    assert nsec3.nodata(name(owner), T.MX, records(zone())).shown is shown


def test_nodata_denies_no_type_that_is_there() -> None:
    assert nsec3.nodata(name("www.example."), T.A, records(zone())).shown is ProofResult.UNPROVED
    assert nsec3.nodata(name("a.w.example."), T.TXT, records(zone())).shown is ProofResult.UNPROVED


def test_wildcard_answer() -> None:
    made = records(zone())
    assert nsec3.wildcard_answer(name("a.w.example."), name("w.example."), made).shown is ProofResult.PROVED
    assert nsec3.wildcard_answer(name("www.example."), name("example."), made).shown is ProofResult.UNPROVED


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ("cut.example.", ProofResult.INSECURE),
        ("safe.example.", ProofResult.UNPROVED),
        ("www.example.", ProofResult.NO_CUT),
        ("ent.example.", ProofResult.NO_CUT),
        ("no.example.", ProofResult.NO_CUT),
        ("a.w.example.", ProofResult.NO_CUT),
        ("a.cut.example.", ProofResult.INSECURE),
    ],
)
def test_no_ds(owner: str, shown: ProofResult) -> None:
    assert nsec3.no_ds(name(owner), records(zone())).shown is shown


def test_apex_of_the_child_does_not_deny_ds() -> None:
    assert nsec3.no_ds(name("example."), records(zone())).shown is ProofResult.UNPROVED


def test_opt_out_proves_less() -> None:
    """RFC 5155 section 9.2: what it covers may be an unsigned delegation."""
    made = records(zone("opt-out"))
    assert nsec3.no_ds(name("cut.example."), made).shown is ProofResult.INSECURE
    assert nsec3.nxdomain(name("no.example."), made).shown is ProofResult.INSECURE
    assert nsec3.nodata(name("cut.example."), T.DS, made).shown is ProofResult.INSECURE
    assert nsec3.nodata(name("a.w.example."), T.MX, made).shown is ProofResult.INSECURE
    assert nsec3.wildcard_answer(name("a.w.example."), name("w.example."), made).shown is ProofResult.INSECURE
    assert nsec3.nodata(name("www.example."), T.MX, made).shown is ProofResult.PROVED


def test_salt_and_iterations_count() -> None:
    made = zone(iterations=5, salt=b"salt")
    assert nsec3.nxdomain(name("no.example."), records(made)).shown is ProofResult.PROVED


def test_too_many_iterations_are_insecure() -> None:
    """RFC 9276 section 3.2."""
    assert records(zone(iterations=150)).excessive() is None
    proof = records(zone(iterations=151)).excessive()
    assert proof is not None and proof.shown is ProofResult.INSECURE and "151" in proof.text


def test_hashes_are_bounded() -> None:
    """CVE-2023-50868: a name of many labels, records of many parameters."""
    made = records(zone(), effort=Effort(EffortLimits(hashes=20)))
    with pytest.raises(TooMuchWork):
        nsec3.nxdomain(name(".".join(["a"] * 100) + ".example."), made)


LABELS = st.lists(st.sampled_from(["a", "b", "c", "*"]), max_size=3)
NAMES = LABELS.map(lambda labels: name(".".join([*labels, "example."])))


@given(st.sets(NAMES, max_size=6), NAMES)
def test_a_whole_chain_denies_exactly_what_does_not_exist(names: set[Name], asked: Name) -> None:
    """Against the definition: a name exists if it, or a name below it, has data; else a wildcard may."""
    text = "".join(f"{owner} TXT x\n" for owner in names)
    chain = records(Zone(name("example."), text, denial="nsec3"))
    known = {*names, name("example.")}
    encloser = asked
    while not any(one.is_subdomain(encloser) for one in known):
        encloser = encloser.parent()
    exists = encloser == asked
    wild = exists or any(one.is_subdomain(name(f"*.{encloser}")) for one in known)
    assert (nsec3.nxdomain(asked, chain).shown is ProofResult.PROVED) is not wild
    if exists:
        assert nsec3.nodata(asked, T.A, chain).shown is ProofResult.PROVED
        assert nsec3.nodata(asked, T.TXT, chain).shown is (
            ProofResult.UNPROVED if asked in names else ProofResult.PROVED
        )
