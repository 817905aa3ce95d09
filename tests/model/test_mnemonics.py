"""The mnemonics that dnspython does not know are read and written wherever a question can be."""

from __future__ import annotations

import dns.rdatatype
import pytest

from dnstrace.model import ROOT, Question
from dnstrace.model.mnemonics import MNEMONICS


@pytest.mark.parametrize(("mnemonic", "number"), MNEMONICS.items())
def test_a_mnemonic_is_read_and_written(mnemonic: str, number: int) -> None:
    assert dns.rdatatype.from_text(mnemonic) == dns.rdatatype.from_text(f"TYPE{number}") == number
    assert str(Question(ROOT, dns.rdatatype.from_text(f"TYPE{number}"))) == f". {mnemonic}"
