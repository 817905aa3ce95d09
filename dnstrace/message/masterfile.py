"""Files in master-file format (RFC 1035 section 5), as users give them: root hints and trust anchors."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import dns.exception
import dns.rdataclass
import dns.tokenizer
import dns.zone
import dns.zonefile

from dnstrace.model import ROOT

_LONGEST = 120  # characters of what is wrong with a line


class BadLine(ValueError):
    """A line cannot be read: its number, from 1, and what is wrong with it, in one line."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number, self.reason = number, reason


def records(text: str, ttl: int, directives: Iterable[str] = ()) -> dns.zone.Zone:
    """The records of a file, whatever their owners, in linear time. Raises BadLine.

    `ttl` is for records without one; directives other than those given are refused.
    """
    lines = io.StringIO(text, newline=None)
    zone = dns.zone.Zone(ROOT, dns.rdataclass.IN, relativize=False)
    tokens, allowed = dns.tokenizer.Tokenizer(lines, "it"), tuple(directives)
    try:
        with zone.writer(True) as writer:  # unlike dns.zonefile.read_rrsets, linear in the number of names
            reader = dns.zonefile.Reader(
                tokens, zone.rdclass, writer, allow_directives=allowed or False, default_ttl=ttl
            )
            reader.read()
    except (dns.exception.DNSException, ValueError) as error:
        read = lines.getvalue()[: lines.tell()].removesuffix("\n")  # dnspython is one line ahead by then
        raise BadLine(read.count("\n") + 1, _reason(error)) from error
    return zone


def _reason(error: Exception) -> str:
    """What dnspython says about a line, without the line number in front."""
    text = " ".join(re.sub(r"^it:\d+: ", "", str(error)).split())
    return text[:_LONGEST] or "it cannot be read"
