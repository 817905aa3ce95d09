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
"""Types for which nothing can be traced: a zone has no records of them."""


def register() -> None:
    """Have dnspython read and write them."""
    for mnemonic, number in MNEMONICS.items():
        for _ in range(2):  # the value that the first time makes has no mnemonic yet
            dns.rdatatype.register_type(dns.rdatatype.RdataType.make(number), mnemonic)
