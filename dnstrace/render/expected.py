"""Expectations in words: what was expected and what was found. Does not need rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.name
import dns.rcode
import dns.rdata
import dns.serial

from dnstrace.render.text import harmless, name_text, rcode_text, rdata_text

if TYPE_CHECKING:
    from dnstrace.model.expectations import Met, Value


def value_text(value: Value) -> str:
    """A value that was found, in presentation format or as a number or word."""
    if isinstance(value, dns.rdata.Rdata):
        return rdata_text(value)
    if isinstance(value, dns.name.Name):
        return name_text(value)
    if isinstance(value, dns.serial.Serial):
        return str(value.value)
    return rcode_text(value) if isinstance(value, dns.rcode.Rcode) else str(value)


def expected_text(met: Met) -> str:
    """The expectation as the user wrote it."""
    return harmless(met.expectation.text)


def instead_text(met: Met) -> str:
    """What was found instead: `found 3`, `found none`, `not known`."""
    if met.found is None:
        return "not known"
    return f"found {', '.join(map(value_text, met.found)) or 'none'}"
