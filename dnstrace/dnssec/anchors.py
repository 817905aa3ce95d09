"""Trust anchors: the keys where every chain of trust starts (RFC 4033 section 2).

A trust anchor file contains DS or DNSKEY records for one or more zones: in master-file form, as Debian's
dns-root-data and unbound-anchor write them, or as BIND's `trust-anchors` statement. The anchors in the
package (data/root.key) are those of the root, published by IANA.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from dnstrace import data
from dnstrace.dnssec.algorithms import SUPPORTED, ds_usable
from dnstrace.dnssec.records import DNSKEY, DS
from dnstrace.model import Name
from dnstrace.model.anchors import Anchors
from dnstrace.model.structs import replace

_BIND = re.compile(
    r'(?P<zone>"[^"]*"|(?<![^\s"{};])[^\s"{};]++)\s++(?:initial|static)-(?P<form>key|ds)\s++'
    r'(?P<numbers>\d++\s++\d++\s++\d++)\s++"(?P<data>[^"]*)"\s*+;'
)  # each word is begun once and never given back in part: the time is linear in the text
_BIND_COMMENT = re.compile(r'("[^"]*")|//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TROUBLE = 150  # characters of what is wrong with a file
LONGEST = 2**18
"""Characters of a file of trust anchors: room for some thousand keys."""


class AnchorsError(ValueError):
    """The trust anchors cannot be used. The message is one line that says why."""


def closest(anchors: Anchors, name: Name) -> Name | None:
    """The deepest zone at or above `name` with an anchor of a supported algorithm."""
    above = [zone for zone in anchors.zones if name.is_subdomain(zone) and _usable(anchors, zone)]
    return max(above, key=len, default=None)


def unusable(anchors: Anchors, name: Name) -> Name | None:
    """The deepest zone at or above `name` whose anchors all have an algorithm that is not supported."""
    above = [zone for zone in anchors.zones if name.is_subdomain(zone) and not _usable(anchors, zone)]
    return max(above, key=len, default=None)


def ds_anchors(anchors: Anchors, zone: Name) -> tuple[DS, ...]:
    """The anchors of `zone` in DS form."""
    return tuple(record for record in anchors.zones.get(zone, ()) if isinstance(record, DS))


def key_anchors(anchors: Anchors, zone: Name) -> tuple[DNSKEY, ...]:
    """The anchors of `zone` in DNSKEY form."""
    return tuple(record for record in anchors.zones.get(zone, ()) if isinstance(record, DNSKEY))


def _usable(anchors: Anchors, zone: Name) -> bool:
    return any(map(ds_usable, ds_anchors(anchors, zone))) or any(
        key.algorithm in SUPPORTED for key in key_anchors(anchors, zone)
    )


def root_anchors() -> Anchors:
    """The trust anchors of the root that ship with the package."""
    text = data.text("root.key")
    return replace(parse_anchors(text, "the trust anchors in the package"), own=False)


def read_anchors(path: str | Path) -> Anchors:
    """The trust anchors in a file. Raises AnchorsError if the file has none or cannot be read."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    except OSError as error:
        raise AnchorsError(f"cannot read trust anchors from {path}: {error.strerror}") from error
    except ValueError as error:
        raise AnchorsError(f"{path} is not a trust anchor file: it is not UTF-8 text") from error
    return parse_anchors(text, str(path))


def parse_anchors(text: str, where: str) -> Anchors:
    """The trust anchors in `text`; error messages call it `where`. Raises AnchorsError."""
    zones: dict[Name, list[DS | DNSKEY]] = {}
    if len(text) > LONGEST:
        raise AnchorsError(f"{where} is not a trust anchor file: it is longer than {LONGEST:,} characters")
    try:
        for zone, record in _bind_records(text) if _BIND.search(text) else _master_file_records(text):
            if isinstance(record, DS | DNSKEY):
                zones.setdefault(zone, []).append(record)
    except (dns.exception.DNSException, ValueError) as error:
        trouble = " ".join(str(error).split())[:_TROUBLE] or type(error).__name__
        raise AnchorsError(f"{where} is not a trust anchor file: {trouble}") from error
    if not zones:
        raise AnchorsError(f"{where} has no trust anchor: it needs at least one DS or DNSKEY record")
    return Anchors({zone: tuple(records) for zone, records in zones.items()})


def _master_file_records(text: str) -> Iterator[tuple[Name, dns.rdata.Rdata]]:
    from dnstrace.message.masterfile import records  # not needed where there are no anchors to read

    for name, _, rdata in records(text, ttl=0).iterate_rdatas():
        yield name, rdata


def _bind_records(text: str) -> Iterable[tuple[Name, dns.rdata.Rdata]]:
    for found in _BIND.finditer(_BIND_COMMENT.sub(lambda found: found[1] or " ", text)):
        rdtype = dns.rdatatype.DNSKEY if found["form"] == "key" else dns.rdatatype.DS
        rdata = dns.rdata.from_text(dns.rdataclass.IN, rdtype, f"{found['numbers']} {found['data']}")
        yield dns.name.from_text(found["zone"].strip('"')), rdata
