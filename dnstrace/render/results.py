"""The result of an exchange in words, and how two results differ. Does not need rich."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.analysis.paths import lead
from dnstrace.model import ROOT, Kind
from dnstrace.model.naming import plain
from dnstrace.model.structs import replace
from dnstrace.render.text import count_text, rdata_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.rdata

    from dnstrace.model import Meaning, Name

_MOST = 3  # records, or names of servers, that are listed in a line
_NOT_DATA = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}


def different_answer(meaning: Meaning, chosen: Meaning, signed: bool = True) -> str:
    """How a usable meaning differs from the chosen one, in words; empty if both lead to the same.

    If it was not asked for in its signed form, as the chosen one was, it may lack signatures and DS records.
    """
    if lead(meaning) == lead(chosen) or (not signed and lead(meaning) == lead(_unsigned(chosen))):
        return ""
    cut, used = meaning.delegation, chosen.delegation
    if cut is None or used is None or cut.zone != used.zone:
        return f"different answer: {result_words(meaning)}{distinction(meaning, chosen)}"
    names, others = ({server.name for server in each.servers} for each in (cut, used))
    if names != others:
        return f"different answer: referral with another NS set, {_at_most(map(plain, sorted(names)))}"
    if set(cut.ds or ()) != set(used.ds or ()):
        return f"different answer: referral with{' another DS set' if cut.ds else 'out DS records'}"
    return f"different answer: referral {'with' if cut.signatures else 'without'} signatures"


def _unsigned(meaning: Meaning) -> Meaning:
    """What the reply means without the records that only queries with the DO bit get (RFC 3225 section 3)."""
    answer = tuple(rrset for rrset in meaning.answer if rrset.rdtype != dns.rdatatype.RRSIG)
    cut = meaning.delegation
    return replace(
        meaning, answer=answer, delegation=None if cut is None else replace(cut, ds=None, signatures=())
    )


def distinction(meaning: Meaning, other: Meaning) -> str:
    """What distinguishes two meanings that are the same in words."""
    if result_words(meaning) != result_words(other):
        return ""
    signed, others = (any(r.rdtype == dns.rdatatype.RRSIG for r in each.answer) for each in (meaning, other))
    if signed != others:
        return " with signatures" if signed else " without signatures"
    return ", but different ones"


def result_words(meaning: Meaning) -> str:
    """The result of a usable meaning: the data themselves if they are short."""
    if meaning.kind is Kind.ANSWER:
        data = [rrset for rrset in meaning.answer if rrset.rdtype not in _NOT_DATA] or meaning.answer
        if (count := sum(map(len, data))) > _MOST:
            return count_text(count, "record")
        return ", ".join(_data_words(rdata) for rrset in data for rdata in rrset)
    if meaning.delegation is not None:
        return f"a referral to {plain(meaning.delegation.zone)}"
    if meaning.kind is Kind.ALIAS and meaning.target is not None:
        return f"an alias to {plain(meaning.target)}"
    return (
        meaning.kind.value.upper() if meaning.kind in (Kind.NXDOMAIN, Kind.NODATA) else _kind_words(meaning)
    )


def _data_words(rdata: dns.rdata.Rdata) -> str:
    """The data of a record; of an SOA record the serial, which is what servers differ in."""
    serial = getattr(rdata, "serial", None) if rdata.rdtype == dns.rdatatype.SOA else None
    return rdata_text(rdata) if serial is None else f"serial {serial}"


def _kind_words(meaning: Meaning) -> str:
    return meaning.kind.value.replace("-", " ")


def server_list(names: Iterable[Name]) -> str:
    """The names of servers that were asked, at most three of them, and how many more there are."""
    return _at_most("the starting server" if name == ROOT else plain(name) for name in names)


def _at_most(names: Iterable[str]) -> str:
    texts = list(names)
    more = f" and {len(texts) - _MOST:,} more" if len(texts) > _MOST else ""
    return ", ".join(islice(texts, _MOST)) + more
