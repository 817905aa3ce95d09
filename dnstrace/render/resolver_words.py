"""A resolver's answer in words: which resolver, and why it differs from the walk. Does not need rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace.model import Fault, Transport
from dnstrace.model.compared import Disagreement
from dnstrace.model.naming import plain
from dnstrace.render.text import clock_text, harmless, ttl_text

if TYPE_CHECKING:
    import dns.rdata

    from dnstrace.model import Attempt, Query
    from dnstrace.model.compared import Compared, OldRecords, OtherCopy

_WRONG = {Fault.MALFORMED, Fault.MISMATCH}
_REASONS = {
    Disagreement.SAME: "the same",
    Disagreement.FILTERED: "filtered: the resolver withholds the answer from its clients",
    Disagreement.SPLIT_HORIZON: "split horizon: private addresses, for clients inside a network",
    Disagreement.DNS64: "DNS64: the resolver makes IPv6 addresses of IPv4 ones, for clients without IPv4",
    Disagreement.VALIDATION: "validation: the resolver considers the answer bogus",
    Disagreement.REFUSES: "refuses: the resolver does not serve this client",
    Disagreement.FAILS: "fails: the resolver itself gets no answer",
    Disagreement.OTHER: "differs: the reply does not show why",
    Disagreement.NOT_COMPARED: "not compared: the walk has no result to compare with",
}


def resolver_text(query: Query) -> str:
    """A resolver in the form of the command line."""
    if query.transport is Transport.HTTPS:
        return harmless(query.endpoint)
    address = query.address
    if query.port != query.transport.port:
        address = f"[{address}]:{query.port}" if ":" in address else f"{address}:{query.port}"
    if query.transport is not Transport.TLS:
        return address
    address = f"[{address}]" if ":" in query.address and "[" not in address else address
    name = "" if query.endpoint == query.address else f"#{harmless(query.endpoint)}"
    return f"tls://{address}{name}"


def reason_text(found: Compared) -> str:
    """How a resolver's answer differs from the walk and why, in one line; empty while it is being asked."""
    if found.difference is None:
        return ""
    if found.difference is Disagreement.STALE:
        return f"stale: {_how_stale(found)}{_or_of_another_server(found)}"
    if found.difference is Disagreement.NO_ANSWER and found.attempt is not None:
        return _how_silent(found.attempt)
    if found.copy is not None:
        return _how_other(found, found.copy)
    if found.difference is Disagreement.SERVERS_DIFFER:
        return f"differs: {like_a_server(found)}"
    if found.old:
        return (
            f"validation: the resolver has old records: {', '.join(_old_text(found, o) for o in found.old)}"
        )
    unchecked = ", but it returns an answer with checking disabled (CD)" if found.unchecked else ""
    guarded = ", or withholds private addresses (DNS rebinding)" if found.guarded else ""
    return _REASONS[found.difference] + guarded + unchecked + _ask_all(found)


def like_a_server(found: Compared) -> str:
    """Which of the zone's servers a resolver agrees with, or has newer data than."""
    if found.same_as is not None:
        return f"it has the answer of {harmless(plain(found.same_as))}"
    if found.newer_than is not None:
        return (
            f"its copy of the zone is newer than that of {harmless(plain(found.newer_than))}{_ask_all(found)}"
        )
    return "it has the answer of another of the zone's servers"


def _ask_all(found: Compared) -> str:
    """What shows whether the zone's servers agree, where just one of them was asked."""
    return "; --check asks all servers" if found.one_asked else ""


def _or_of_another_server(found: Compared) -> str:
    """What an old answer may be instead, where just one of the zone's servers was asked."""
    return "; or one of the zone's servers still has it: --check asks them all" if found.one_asked else ""


def _how_other(found: Compared, copy: OtherCopy) -> str:
    """Which copy of the zone the resolver has."""
    word = "split horizon" if found.difference is Disagreement.SPLIT_HORIZON else "differs"
    what = "a zone of its own" if copy.authoritative else "another copy of the zone"
    theirs, servers = _soa_text(copy.theirs), _soa_text(copy.servers)
    where = f"SOA record of {harmless(plain(copy.zone))}"
    return f"{word}: the resolver has {what}: its {where} is {theirs}, that of the name servers {servers}"


def _soa_text(soa: dns.rdata.Rdata) -> str:
    mname, serial = getattr(soa, "mname", None), getattr(soa, "serial", None)
    return f"{harmless(plain(mname)) if mname is not None else 'unknown'} (serial {serial})"


def _old_text(found: Compared, old: OldRecords) -> str:
    what = f"{dns.rdatatype.to_text(old.rdtype)} records of {harmless(plain(old.name))}"
    return f"{what} until {clock_text(found.replied or old.until, old.until)}"


def _how_silent(attempt: Attempt) -> str:
    fault, note = attempt.exchange.fault, harmless(attempt.meaning.note)
    words = "wrong answer" if fault in _WRONG else "no answer"
    words = f"{words}: {(fault or Fault.MALFORMED).value}"
    return f"{words}, {note}" if note else words


def _how_stale(found: Compared) -> str:
    if found.past_its_ttl:
        return "served past its TTL because the name servers did not answer"
    older = "an older answer, or one that it gives for any name that does not exist"
    older = older if found.denied else "an older answer"
    if found.replied is None or found.until is None:
        return older
    expiry = f"expires at {clock_text(found.replied, found.until)}"
    if found.age is None:
        return f"{older}, {expiry}"
    return f"cached {ttl_text(found.age)} ago, {expiry}"


def ttl_left_text(found: Compared) -> str:
    """The remaining TTL compared with the zone's: `TTL 3m of 5m, 2m old`; empty if there is none."""
    if found.ttl is None:
        return ""
    left = f"TTL {ttl_text(found.ttl)}"
    if found.authoritative_ttl is None:
        return f"{left} left"
    if found.too_long:
        return f"{left}, more than the zone's {ttl_text(found.authoritative_ttl)}"
    old = f", {ttl_text(found.age)} old" if found.age else ""
    return f"{left} of {ttl_text(found.authoritative_ttl)}{old}"
