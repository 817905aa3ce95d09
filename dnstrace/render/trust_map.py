"""The chain of trust as boxes and arrows, for a drawing: a band for each zone, from the root to the answer.

A band has, from top to bottom: the signature over the DS records, made with the parent's key; the DS records
or the trust anchor; the keys that they match; the signature over the keys; the other keys; the signatures
over the answer; and the answer. Each box and each arrow is good or broken by the evidence of the judge. In a
zone that is not bogus nothing is broken: what is not needed there is just not good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import wrap
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model import ROOT, Purpose
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.security import Security
from dnstrace.model.structs import Struct, field
from dnstrace.render.map_stages import Line, Mark
from dnstrace.render.text import harmless
from dnstrace.render.trust import algorithm_text, digest_text, evidence_of

if TYPE_CHECKING:
    from dnstrace.model import Name, Step, Trace
    from dnstrace.model.judgement import DsEvidence, KeyEvidence, SignatureEvidence, StepEvidence

_MOST = 5  # boxes in a row
_WIDE = 40  # characters of a line of prose
_SEP, _REVOKED = 1, 0x80  # flags of a DNSKEY record (RFC 4034 section 2.1.1, RFC 5011 section 7)
_ABSENCE = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)
_MARKS = {Security.SECURE: Mark.GOOD, Security.BOGUS: Mark.BAD}
_STRENGTH = (Security.SECURE, Security.INSECURE, Security.INDETERMINATE, Security.BOGUS)
_OVER_KEYS = "RRSIG DNSKEY"
_SIGNS = {Mark.GOOD: "✓ ", Mark.BAD: "✗ "}


class Box(Struct):
    """A record, or what stands in its place: its title, lines of text, state and identity in its band."""

    title: str
    lines: tuple[Line, ...]
    mark: Mark
    key: tuple[str, object]


class Arrow(Struct):
    """What vouches for what: the identities of two boxes of a band, the first perhaps in the parent's."""

    start: tuple[str, object]
    end: tuple[str, object]
    mark: Mark
    from_parent: bool = False


class Band(Struct, frozen=False):
    """A zone: its title and state, rows of boxes from top to bottom, and the arrows that end in them."""

    zone: Name
    title: str
    mark: Mark
    rows: list[list[Box]] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def trust_map(trace: Trace) -> list[Band]:
    """A band for each zone that the judge looked at, in the order of the walk; empty without a judgement."""
    if trace.judgement is None:
        return []
    bands = [_band(trace, zone) for zone in _zones(trace)]
    return [band for band in bands if band.rows]


def _zones(trace: Trace) -> list[Name]:
    """The zones of the judged steps and below their cuts; parents come first."""
    judged = () if trace.judgement is None else sorted(trace.judgement.steps)
    found: dict[Name, None] = {}
    for step in (trace.steps[number - 1] for number in judged):
        found[step.zone] = None
        if step.referral is not None:
            found[step.referral.zone] = None
    return list(found)


def _band(trace: Trace, zone: Name) -> Band:
    cut, keys = _best(trace, zone, _is_of_cut), _best(trace, zone, _is_of_keys)
    answers = () if trace.judgement is None else trace.judgement.answers
    data = [trace.steps[number - 1] for number in answers if trace.steps[number - 1].zone == zone]
    noted = (keys or cut, *(evidence_of(trace, step) for step in data))
    states = [each.security for each in noted if each is not None]
    security = max(states, key=_STRENGTH.index, default=Security.INDETERMINATE)
    name = ". (the root)" if zone == ROOT else plain(zone)
    mark = _MARKS.get(security, Mark.QUIET)
    band = Band(zone, f"{_SIGNS.get(mark, '')}{name}: {security.value}", mark)
    _add_cut(band, cut, keys)
    _add_keys(band, keys)
    for step in data:
        _add_answer(band, step, evidence_of(trace, step))
    band.rows = [_bounded(row) for row in band.rows if row]
    return band


def _best(trace: Trace, zone: Name, wanted: Callable[[Step, Name], bool]) -> StepEvidence | None:
    """The strongest evidence among the steps that show this of a zone."""
    found = (evidence_of(trace, step) for step in trace.steps if wanted(step, zone))
    noted = [each for each in found if each is not None]
    return min(noted, key=lambda each: _STRENGTH.index(each.security), default=None)


def _is_of_cut(step: Step, zone: Name) -> bool:
    """Whether a step asked the parent about the DS records of a zone, or was referred to the zone."""
    if step.referral is not None:
        return bool(step.referral.zone == zone)
    return step.purpose is Purpose.DS and step.question.name == zone and step.zone != zone


def _is_of_keys(step: Step, zone: Name) -> bool:
    asked = step.question.rdtype == dns.rdatatype.DNSKEY and step.question.name == zone
    return asked and step.referral is None and step.zone == zone


def _bounded(row: list[Box]) -> list[Box]:
    """The first boxes of a row, and one for how many more there are."""
    if len(row) <= _MOST:
        return row
    kept, rest = row[: _MOST - 1], len(row) - _MOST + 1
    return [*kept, Box(f"{rest} more", (), Mark.QUIET, ("more", row[0].key))]


# --- the parent's side ------------------------------------------------------------------------------


def _add_cut(band: Band, cut: StepEvidence | None, keys: StepEvidence | None) -> None:
    """The DS records or their absence, with the parent's signatures over them."""
    records = (keys.ds if keys is not None else ()) or (cut.ds if cut is not None else ())
    if cut is not None:
        covered = (dns.rdatatype.DS,) if records else _ABSENCE
        signed = [each for each in cut.signatures if each.covered in covered]
        band.rows.append([_signature_box("cut", each, cut) for each in signed])
        ends = [("ds", record.tag, record.digest_type) for record in records] if records else [("absence",)]
        for each in signed:
            mark, over = _mark_of(each, cut), ("RRSIG cut", each.tag)
            band.arrows.append(Arrow(("DNSKEY", each.tag), over, mark, from_parent=True))
            band.arrows += (Arrow(over, ("DS", end), mark) for end in ends)
    if records:
        broken = _is_broken(band, records)
        band.rows.append([_ds_box(band, record, broken) for record in records])
    elif cut is not None and cut.proof:
        lines = tuple(Line(part, Mark.QUIET) for part in wrap(harmless(cut.proof), _WIDE))
        band.rows.append([Box("no DS records", lines, Mark.QUIET, ("DS", ("absence",)))])


def _is_broken(band: Band, records: tuple[DsEvidence, ...]) -> bool:
    """Whether the chain breaks because no DS record matches a key; one that does is enough."""
    return band.mark is Mark.BAD and not any(each.matched for each in records)


def _ds_box(band: Band, record: DsEvidence, broken: bool) -> Box:
    anchor = band.zone == ROOT
    lines = [Line(f"{algorithm_text(record.algorithm)}, {digest_text(record.digest_type)}")]
    mark = Mark.GOOD if record.matched else Mark.BAD if broken else Mark.QUIET
    if record.matched is not None:
        lines.append(_verdict_line(mark, "matches a key" if record.matched else "matches no key"))
    key = ("ds", record.tag, record.digest_type)
    return Box(f"{'trust anchor' if anchor else 'DS'} {record.tag}", tuple(lines), mark, ("DS", key))


# --- the keys ---------------------------------------------------------------------------------------


def _add_keys(band: Band, keys: StepEvidence | None) -> None:
    """The keys that vouch for the others, their signatures over the DNSKEY RRset, and the others."""
    if keys is None:
        return
    signatures = [each for each in keys.signatures if each.covered == dns.rdatatype.DNSKEY]
    signers = {each.tag for each in signatures}
    first = [key for key in keys.keys if key.trusted or key.tag in signers]
    others = [key for key in keys.keys if key not in first]
    alone, broken = len(keys.keys) == 1, _is_broken(band, keys.ds)
    there = {key.tag for key in keys.keys}
    ghosts = dict.fromkeys(each.tag for each in keys.ds if broken and each.tag not in there)
    band.rows.append([*map(_ghost_box, ghosts), *(_key_box(key, keys, alone) for key in first)])
    band.rows.append([_signature_box("keys", each, keys) for each in signatures])
    band.rows.append([_key_box(key, keys, alone) for key in others])
    for record in keys.ds:
        start, mark = ("DS", ("ds", record.tag, record.digest_type)), Mark.BAD if broken else Mark.QUIET
        band.arrows.append(Arrow(start, ("DNSKEY", record.tag), Mark.GOOD if record.matched else mark))
    for each in signatures:
        over = ("RRSIG keys", each.tag)
        band.arrows.append(Arrow(("DNSKEY", each.tag), over, _mark_of(each, keys)))
        band.arrows += (Arrow(over, ("DNSKEY", key.tag), _mark_of(each, keys)) for key in others)


def _ghost_box(tag: int) -> Box:
    """The place of a key that a DS record names and the zone lacks."""
    return Box(f"DNSKEY {tag}", (_verdict_line(Mark.BAD, "not in the zone"),), Mark.BAD, ("DNSKEY", tag))


def _key_box(key: KeyEvidence, keys: StepEvidence, alone: bool) -> Box:
    kind, revoked = "CSK" if alone else "KSK" if key.flags & _SEP else "ZSK", bool(key.flags & _REVOKED)
    mark = Mark.GOOD if key.trusted else _MARKS.get(keys.security, Mark.QUIET)
    if revoked and mark is Mark.GOOD:
        mark = Mark.QUIET
    lines = [Line(f"{kind}, {algorithm_text(key.algorithm)}")]
    if revoked or mark is Mark.BAD:
        lines.append(_verdict_line(mark, "revoked" if revoked else "nothing vouches for it"))
    return Box(f"DNSKEY {key.tag}", tuple(lines), mark, ("DNSKEY", key.tag))


# --- the answer -------------------------------------------------------------------------------------


def _add_answer(band: Band, step: Step, evidence: StepEvidence | None) -> None:
    """What was asked for, or the proof that it does not exist, with the signatures over it."""
    if evidence is None:
        return
    mark = _MARKS.get(evidence.security, Mark.QUIET)
    covered = dict.fromkeys((each.owner, each.covered) for each in evidence.signatures)
    signed = [_signature_box((step.id, s.owner, s.covered), s, evidence) for s in evidence.signatures]
    band.rows = [row for row in band.rows if row]
    if band.rows and band.rows[-1][0].title == _OVER_KEYS:
        band.rows[-1] += signed  # by the same key, so next to its signature over itself
    else:
        band.rows.append(signed)
    if not covered:
        line = _verdict_line(mark, evidence.security.value)
        title = _data_title(step.question.name, step.question.rdtype)
        box = Box(title, (line,), mark, ("data", step.id))
        band.rows.append([box])
        return
    band.rows.append([_data_box(step, evidence, *each) for each in covered])
    for each in evidence.signatures:
        over = (f"RRSIG {(step.id, each.owner, each.covered)}", each.tag)
        band.arrows.append(Arrow(("DNSKEY", each.tag), over, _mark_of(each, evidence)))
        end = ("data", (step.id, each.owner, each.covered))
        band.arrows.append(Arrow(over, end, _mark_of(each, evidence)))

    if all(rdtype in _ABSENCE for _, rdtype in covered):
        box = _absence_box(step, evidence)
        band.rows.append([box])
        band.arrows += (Arrow(("data", (step.id, *each)), box.key, box.mark) for each in covered)


def _absence_box(step: Step, evidence: StepEvidence) -> Box:
    """What the records that prove an absence prove, or why they do not."""
    mark = _MARKS.get(evidence.security, Mark.QUIET)
    words = evidence.reason if mark is Mark.BAD else evidence.proof
    lines = wrap(f"{_SIGNS.get(mark, '')}{harmless(words) or evidence.security.value}", _WIDE)
    title = f"no {_data_title(step.question.name, step.question.rdtype)}"
    return Box(title, tuple(Line(each, mark) for each in lines), mark, ("data", step.id))


def _data_box(step: Step, evidence: StepEvidence, owner: Name, covered: int) -> Box:
    """An RRset of an answer: its state is that of the whole, but what is validly signed is good."""
    valid = any(s.valid for s in evidence.signatures if (s.owner, s.covered) == (owner, covered))
    mark = _MARKS.get(evidence.security, Mark.QUIET)
    line = _verdict_line(mark, evidence.security.value)
    if valid and mark is Mark.BAD:
        mark, line = Mark.GOOD, Line("validly signed", Mark.GOOD)
    return Box(_data_title(owner, covered), (line,), mark, ("data", (step.id, owner, covered)))


def _data_title(owner: Name, rdtype: int) -> str:
    name = plain(owner)
    return f"{name if len(name) <= _WIDE else f'{name[: _WIDE - 1]}…'} {_type_text(rdtype)}"


# --- signatures -------------------------------------------------------------------------------------


def _signature_box(over: object, signature: SignatureEvidence, evidence: StepEvidence) -> Box:
    """An RRSIG record: who signed what, and until when, or why it is not valid."""
    mark = _mark_of(signature, evidence)
    words = _until(signature) if signature.valid else _why_not(signature, evidence)
    lines = (Line(f"by key {signature.tag} of {zone_text(signature.signer)}"), _verdict_line(mark, words))
    return Box(f"RRSIG {_type_text(signature.covered)}", lines, mark, (f"RRSIG {over}", signature.tag))


def _until(signature: SignatureEvidence) -> str:
    return f"until {signature.ends.strftime('%Y-%m-%d')}"


def _why_not(signature: SignatureEvidence, evidence: StepEvidence) -> str:
    """Why a signature is not valid: that the key is not trusted is reason enough."""
    if any(key.tag == signature.tag for key in evidence.keys) and not any(
        key.trusted for key in evidence.keys if key.tag == signature.tag
    ):
        return "not by a trusted key"
    if signature.left < 0:
        return f"expired on {signature.ends.strftime('%Y-%m-%d')}"
    return "not valid yet" if signature.early else "not valid"


def _mark_of(signature: SignatureEvidence, evidence: StepEvidence) -> Mark:
    """A signature that is not valid is broken where the data are bogus and have no valid one."""
    if signature.valid:
        return Mark.GOOD
    over = (signature.owner, signature.covered)
    others = any(each.valid for each in evidence.signatures if (each.owner, each.covered) == over)
    return Mark.BAD if evidence.security is Security.BOGUS and not others else Mark.QUIET


def _verdict_line(mark: Mark, words: str) -> Line:
    return Line(f"{_SIGNS.get(mark, '')}{words}", mark)


def _type_text(rdtype: int) -> str:
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype))


def spoken(bands: Iterable[Band]) -> str:
    """The drawing in one sentence, for who does not see it."""
    return "; ".join(band.title for band in bands)
