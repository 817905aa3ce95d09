"""What comes back: every word of it is in the schema, and what is usable is what a walk can go on with."""

from __future__ import annotations

import pytest

from dnstrace.model import USABLE, Address, Fault, Kind, Meaning, Outcome, Source
from dnstrace.model.heard import outcome_of
from tests.schema_words import members, words


def test_every_word_is_in_the_schema() -> None:
    assert members(Kind) == words("meaning")
    assert members(Source) == words("server", "properties", "addresses", "items", "properties", "source")
    assert members(Outcome) == words("step", "properties", "outcome")


def test_every_fault_has_a_meaning_of_the_same_word() -> None:
    assert members(Fault) <= members(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_is_never_usable(kind: Kind) -> None:
    assert Meaning(kind).usable is (kind in USABLE)
    assert not (Meaning(kind).usable and kind.value in members(Fault))


def test_the_family_of_an_address() -> None:
    assert [Address(text, Source.GLUE).family for text in ("192.0.2.1", "2001:db8::1")] == [4, 6]


def test_what_a_reply_means_is_how_its_step_ends() -> None:
    ends = {each for each in Outcome if each is not Outcome.FAILED}
    assert {outcome_of(kind) for kind in Kind} == {*Outcome}
    assert all(outcome_of(Kind(each.value)) is each for each in ends)
    assert outcome_of(Kind.REFUSED) is Outcome.FAILED
