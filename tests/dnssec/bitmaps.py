"""Type bit maps of NSEC and NSEC3 records, from mnemonics."""

from __future__ import annotations

import dns.rdatatype

from dnstrace.dnssec.proof import Types
from tests.dnssec.zones import bit_map


def types(*mnemonics: str) -> Types:
    return Types(tuple(bit_map([dns.rdatatype.from_text(mnemonic) for mnemonic in mnemonics])))
