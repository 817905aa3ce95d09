"""Denial of existence: which records a reply has, and that they prove to the judge what it says."""

from __future__ import annotations

import base64
from collections.abc import Callable

import dns.rcode
import dns.rdatatype
import pytest

from dnstrace.dnssec.denial import Denial, read_denial
from dnstrace.dnssec.effort import Effort
from dnstrace.dnssec.nsec3 import hashed
from dnstrace.dnssec.proof import Proof, ProofResult
from dnstrace.dnssec.records import NSEC, NSEC3, Signed
from dnstrace.dnssec.signature import Checked
from dnstrace.lab.world import World
from dnstrace.lab.zone import LabZone
from dnstrace.model import Name
from dnstrace.model.judgement import LIMITS
from tests.lab.made import reply, signed
from tests.replies import name

EXAMPLE = name("example.")
DENIALS = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)
WORLDS = {
    "nsec": signed(denial="nsec"),
    "nsec3": signed(denial="nsec3", salt="ab12", iterations=2),
    "opt-out": signed(denial="opt-out"),
    "compact": signed(denial="compact"),
}
NAMES = [
    "example.",
    *(
        f"{label}.example."
        for label in (
            *("ns", "www", "mail", "alias", "gone", "empty", "leaf.empty", "wild", "*.wild", "wildalias"),
            *("*.wildalias", "old", "new", "host.new", "secure", "insecure", "lone", "below.lone", "self"),
            "glued",
        )
    ),
]


def of(where: World) -> LabZone:
    return where.servers[0].zones[0]


def judged(where: World, question: str) -> Denial:
    """What the denial records of a reply show; that they are signed is seen, how is test_signing's."""

    def valid(data: Signed) -> Checked:
        assert any(rrset.covers == data.rdtype and rrset.name == data.name for rrset in authority)
        return Checked(True)

    authority = reply(where, question).authority
    return read_denial(authority, EXAMPLE, valid, Effort(LIMITS))


def owners(where: World, question: str) -> set[str]:
    """The owners of the denial records of a reply: of hashes, the names that have them."""
    known = {hash_of(where, name(text)): text for text in NAMES}
    found = [rrset for rrset in reply(where, question).authority if rrset.rdtype in DENIALS]
    return {known.get(str(rrset.name).partition(".")[0], str(rrset.name)) for rrset in found}


def hash_of(where: World, owner: Name) -> str:
    found = of(where).rrset(EXAMPLE, dns.rdatatype.NSEC3PARAM)
    if found is None:
        return str(owner)
    return base64.b32hexencode(hashed(owner, found[0].iterations, found[0].salt)).decode("ascii").lower()


def nxdomain(owner: str) -> Callable[[Denial], Proof]:
    return lambda denial: denial.nxdomain(name(owner))


def nodata(owner: str, rdtype: int) -> Callable[[Denial], Proof]:
    return lambda denial: denial.nodata(name(owner), rdtype)


def no_ds(owner: str) -> Callable[[Denial], Proof]:
    return lambda denial: denial.no_ds(name(owner))


def wildcard(owner: str) -> Callable[[Denial], Proof]:
    return lambda denial: denial.wildcard_answer(name(owner), name("wild.example."))


A, TXT, DS = dns.rdatatype.A, dns.rdatatype.TXT, dns.rdatatype.DS
PROVED, NO_CUT, INSECURE = ProofResult.PROVED, ProofResult.NO_CUT, ProofResult.INSECURE
EXISTING = [
    ("www.example. TXT", nodata("www.example.", TXT), PROVED),
    ("example. TXT", nodata("example.", TXT), PROVED),
    ("empty.example. A", nodata("empty.example.", A), PROVED),
    ("old.example. A", nodata("old.example.", A), PROVED),
    ("*.wild.example. TXT", nodata("*.wild.example.", TXT), PROVED),
    ("www.example. DS", no_ds("www.example."), NO_CUT),
]
COVERED = [
    ("none.example. A", nxdomain("none.example."), PROVED),
    ("a.b.none.example. A", nxdomain("a.b.none.example."), PROVED),
    ("a.www.example. A", nxdomain("a.www.example."), PROVED),
    ("x.empty.example. A", nxdomain("x.empty.example."), PROVED),
    ("gone.example. A", nxdomain("none.example."), PROVED),
    ("a.wild.example. TXT", nodata("a.wild.example.", TXT), PROVED),
    ("a.b.wild.example. TXT", nodata("a.b.wild.example.", TXT), PROVED),
    ("none.example. DS", no_ds("none.example."), NO_CUT),
    ("www.insecure.example. A", no_ds("insecure.example."), INSECURE),
    ("insecure.example. DS", no_ds("insecure.example."), INSECURE),
    ("www.below.lone.example. A", no_ds("below.lone.example."), INSECURE),
]


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize(("question", "by", "shown"), [*EXISTING, *COVERED])
def test_the_judge_finds_it_proved(
    denial: str, question: str, by: Callable[[Denial], Proof], shown: ProofResult
) -> None:
    proof = by(judged(WORLDS[denial], question))
    assert proof.shown is shown, proof.text


@pytest.mark.parametrize(("question", "by", "shown"), EXISTING)
def test_with_opt_out_a_name_s_own_record_proves_as_much(
    question: str, by: Callable[[Denial], Proof], shown: ProofResult
) -> None:
    assert by(judged(WORLDS["opt-out"], question)).shown is shown


@pytest.mark.parametrize(("question", "by", "shown"), COVERED)
def test_with_opt_out_what_is_covered_is_insecure(
    question: str, by: Callable[[Denial], Proof], shown: ProofResult
) -> None:
    assert by(judged(WORLDS["opt-out"], question)).shown is INSECURE


@pytest.mark.parametrize("denial", ["nsec", "nsec3"])
@pytest.mark.parametrize("question", ["a.wild.example. A", "a.b.wild.example. A"])
def test_a_wildcard_s_answer_proves_that_nothing_is_nearer(denial: str, question: str) -> None:
    found = reply(WORLDS[denial], question)
    assert found.answer[0].to_text() == f"{question[:-2]} 3600 IN A 192.0.2.80"
    assert wildcard(question[:-2])(judged(WORLDS[denial], question)).shown is PROVED


@pytest.mark.parametrize(
    "question", ["www.example. A", "*.wild.example. A", "alias.example. A", "x.old.example. A"]
)
@pytest.mark.parametrize("denial", WORLDS)
def test_what_exists_is_not_denied(denial: str, question: str) -> None:
    found = [rrset.rdtype for rrset in reply(WORLDS[denial], question).authority]
    assert not set(found) & set(DENIALS) or question.startswith("x.old")


OWNERS = [
    ("nsec", "none.example. A", {"example.", "host.new.example."}),
    ("nsec", "www.example. TXT", {"www.example."}),
    ("nsec", "empty.example. A", {"alias.example."}),
    ("nsec", "a.wild.example. A", {"*.wild.example."}),
    ("nsec", "a.wild.example. TXT", {"*.wild.example."}),
    ("nsec", "insecure.example. DS", {"insecure.example."}),
    ("nsec3", "www.example. TXT", {"www.example."}),
    ("nsec3", "empty.example. A", {"empty.example."}),
    ("nsec3", "insecure.example. DS", {"insecure.example."}),
    ("opt-out", "www.example. TXT", {"www.example."}),
    ("compact", "none.example. A", {"none.example."}),
    ("compact", "a.wild.example. TXT", {"a.wild.example."}),
    ("compact", "insecure.example. DS", {"insecure.example."}),
]  # fmt: skip


@pytest.mark.parametrize(("denial", "question", "expected"), OWNERS)
def test_the_records_are_these(denial: str, question: str, expected: set[str]) -> None:
    assert owners(WORLDS[denial], question) == expected


@pytest.mark.parametrize(
    ("question", "matched"),
    [
        ("none.example. A", "example."),
        ("a.b.none.example. A", "example."),
        ("x.empty.example. A", "empty.example."),
        ("a.b.wild.example. TXT", "wild.example."),
    ],
)
def test_nsec3_matches_the_closest_encloser_and_covers_the_rest(question: str, matched: str) -> None:
    """RFC 5155 section 7.2.1: the encloser, the next closer name, the wildcard; one record may be two."""
    found = owners(WORLDS["nsec3"], question)
    assert matched in found and 1 <= len(found) <= 3


def test_nsec3_answers_from_wildcards_cover_the_next_closer_name_alone() -> None:
    """RFC 5155 section 7.2.6."""
    (record,) = judged(WORLDS["nsec3"], "a.b.wild.example. A").nsec3.records
    where = of(WORLDS["nsec3"]).rrset(EXAMPLE, dns.rdatatype.NSEC3PARAM)
    assert where is not None
    assert record.covers(hashed(name("b.wild.example."), where[0].iterations, where[0].salt))


# --- the chains ----------------------------------------------------------------------------------


def records(where: World) -> dict[str, str]:
    """The NSEC or NSEC3 records of all names: where each leads, by its own first label or name."""
    found = {}
    for text in NAMES:
        for record in of(where).denial(name(text)):
            rdata = record[0]
            if isinstance(rdata, NSEC3):
                own = str(record.name).partition(".")[0]
                found[own] = base64.b32hexencode(rdata.next).decode("ascii").lower()
            else:
                assert isinstance(rdata, NSEC)
                found[str(record.name)] = str(rdata.next)
    return found


def test_the_nsec_chain_goes_round_the_names_with_data() -> None:
    found, at, met = records(WORLDS["nsec"]), "example.", set[str]()
    while at not in met:
        met.add(at)
        at = found[at]
    empty = {"empty.example.", "wild.example.", "wildalias.example.", "new.example.", "lone.example."}
    assert at == "example." and met == set(found) == set(NAMES) - empty


@pytest.mark.parametrize(
    ("denial", "missing"), [("nsec3", set()), ("opt-out", {"insecure", "below.lone", "lone", "self"})]
)
def test_the_nsec3_chain_goes_round_all_names_but_those_opted_out(denial: str, missing: set[str]) -> None:
    where = WORLDS[denial]
    names = {name(text) for text in NAMES if text.removesuffix(".example.") not in missing}
    hashes = sorted(hash_of(where, each) for each in names)
    assert records(where) == dict(zip(hashes, hashes[1:] + hashes[:1], strict=True))


TYPES = [
    ("nsec", "example.", "NS SOA RRSIG NSEC DNSKEY"),
    ("nsec3", "example.", "NS SOA RRSIG DNSKEY NSEC3PARAM"),
    ("nsec", "www.example.", "A AAAA RRSIG NSEC"),
    ("nsec3", "www.example.", "A AAAA RRSIG"),
    ("nsec3", "empty.example.", ""),
    ("compact", "empty.example.", "RRSIG NSEC"),
    ("nsec", "secure.example.", "NS DS RRSIG NSEC"),
    ("nsec3", "secure.example.", "NS DS RRSIG"),
    ("nsec", "insecure.example.", "NS RRSIG NSEC"),
    ("nsec3", "insecure.example.", "NS"),
    ("nsec", "self.example.", "NS RRSIG NSEC"),
    ("nsec3", "self.example.", "NS"),
    ("compact", "none.example.", "RRSIG NSEC NXNAME"),
    ("compact", "a.wild.example.", "A RRSIG NSEC"),
]


@pytest.mark.parametrize(("denial", "owner", "types"), TYPES)
def test_a_record_says_what_types_there_are(denial: str, owner: str, types: str) -> None:
    (record,) = of(WORLDS[denial]).denial(name(owner))
    fields = str(record[0]).split()
    got = fields[1:] if denial in ("nsec", "compact") else fields[5:]
    assert [each.replace("TYPE128", "NXNAME") for each in got] == types.split()


def test_the_ttl_is_the_negative_one() -> None:
    """RFC 9077: the lesser of the SOA's own TTL and its minimum field."""
    assert {rrset.ttl for rrset in reply(WORLDS["nsec"], "none.example. A").authority} == {300}


# --- compact denial ------------------------------------------------------------------------------


def test_compact_denial_says_no_error() -> None:
    """RFC 9824 section 3.1; to those who do not ask for DNSSEC, section 3.4, it is NXDOMAIN."""
    where = WORLDS["compact"]
    assert reply(where, "none.example. A").rcode() == dns.rcode.NOERROR
    assert reply(where, "none.example. A", dnssec=False).rcode() == dns.rcode.NXDOMAIN
    assert nxdomain("none.example.")(judged(where, "none.example. A")).shown is PROVED
    assert nodata("www.example.", TXT)(judged(where, "www.example. TXT")).shown is PROVED
    assert nodata("empty.example.", A)(judged(where, "empty.example. A")).shown is PROVED


def test_compact_denial_answers_when_its_record_is_asked_for() -> None:
    (record, signature) = reply(WORLDS["compact"], "none.example. NSEC").answer
    assert str(record.name) == str(signature.name) == "none.example."


def test_a_compact_wildcard_s_answer_is_signed_as_if_it_were_there() -> None:
    found = reply(WORLDS["compact"], "a.wild.example. A")
    assert [rrset[0].labels for rrset in found.answer if rrset.covers] == [3] and not found.authority
