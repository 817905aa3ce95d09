from __future__ import annotations

from dnstrace.dnssec.notes import Notes
from dnstrace.model.judgement import DsEvidence, KeyEvidence, SecurityStatus
from dnstrace.model.security import Security

KEY, DS = KeyEvidence(1, 13, 257, 256), DsEvidence(1, 13, 2)


def test_pieces_are_put_together() -> None:
    notes = Notes()
    notes.add(2, keys=[KEY], proof="a proof")
    notes.add(2, SecurityStatus(Security.BOGUS, "reason"), keys=[KEY], ds=[DS])
    notes.add(1, SecurityStatus(Security.SECURE))
    assert list(notes.all()) == [1, 2]
    found = notes.all()[2]
    assert (found.security, found.reason, found.proof) == (Security.BOGUS, "reason", "a proof")
    assert (found.keys, found.ds, found.signatures) == ((KEY,), (DS,), ())


def test_a_later_verdict_takes_the_place_of_an_earlier() -> None:
    notes = Notes()
    notes.add(1, SecurityStatus(Security.BOGUS, "reason"))
    notes.add(1, SecurityStatus(Security.SECURE))
    assert notes.all()[1].security is Security.SECURE
