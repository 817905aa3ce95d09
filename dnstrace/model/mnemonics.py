"""Mnemonics of the IANA registry by which dig asks, and which dnspython writes as TYPEnnn."""

from __future__ import annotations

from typing import Final

import dns.rdatatype

MNEMONICS: Final = {
    "EID": 31, "NIMLOC": 32, "ATMA": 34, "SINK": 40, "RKEY": 57, "TALINK": 58, "UINFO": 100, "UID": 101,
    "GID": 102, "DOA": 259,
}  # fmt: skip
"""By the mnemonic, the number of the type."""

NOT_DATA: Final = frozenset({0, 41, 128, 249, 250, 251, 252})  # TYPE0, OPT, NXNAME, TKEY, TSIG, IXFR, AXFR
"""Types for which nothing can be traced: a zone has no records of them.

Type 0 is reserved (RFC 6895 section 3.1); for the others see RFC 6891 section 6.1.1, RFC 9824, RFC 2930, RFC
8945, RFC 1995 and RFC 5936.
"""

AT_PARENT: Final = frozenset({43, 61440})  # DS, DELEG (draft-ietf-deleg)
"""Types that are the parent's data at a zone cut: its servers answer for them (RFC 4035 section 3.1.4.1)."""


def register() -> None:
    """Have dnspython read and write them."""
    for mnemonic, number in MNEMONICS.items():
        for _ in range(2):  # the value that the first time makes has no mnemonic yet
            dns.rdatatype.register_type(dns.rdatatype.RdataType.make(number), mnemonic)
