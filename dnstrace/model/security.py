"""How far data can be trusted."""

from __future__ import annotations

from enum import StrEnum


class Security(StrEnum):
    """How far data can be trusted (RFC 4033 section 5)."""

    SECURE = "secure"  # an unbroken chain of signatures from a trust anchor
    INSECURE = "insecure"  # a signed proof that the chain ends above the data
    BOGUS = "bogus"  # there should be a chain, and there is none
    INDETERMINATE = "indeterminate"  # no trust anchor above the data
