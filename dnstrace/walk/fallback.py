"""How to ask a server again that did not accept a query: pure decisions.

A truncated reply is asked for again over TCP; a server that does not know EDNS is asked without it (RFC 6891
section 7), and one that insists on its own cookie with that cookie (RFC 7873 section 5.3). The query may be
the cause of silence too (RFC 6891 section 6.2.5): the second try offers only 512 octets, for paths that lose
large datagrams (RFC 9715), and the third has no EDNS, for servers that drop it. What works then shows what
was wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.model import Attempt, Cause, Edns, Exchange, Fault, Kind, Meaning, Query, Transport
from dnstrace.model.allowed import PLAIN_PAYLOAD
from dnstrace.model.structs import replace

PLAIN = 2  # the number of the first try without EDNS
COOKIE, CLIENT_COOKIE = 10, 8  # the option's code, the octets of the client's part (RFC 7873 section 4)
_NO_EDNS = {Kind.FORMAT_ERROR, Kind.NOT_IMPLEMENTED, Kind.BAD_VERSION}
_REJECTS_EDNS = {*_NO_EDNS, Kind.MISMATCH}  # a reply with another ID or question is not the right one
_SILENT = {Kind.TIMEOUT}
_UNKNOWN = {Kind.ABANDONED, Kind.NOT_RECORDED}  # whether a reply would have come


def edns_of_try(edns: Edns | None, tries: int) -> Edns | None:
    """The EDNS to ask with after `tries` tries without a reply."""
    if edns is None or tries >= PLAIN:
        return None
    return edns if tries == 0 else replace(edns, payload=min(edns.payload, PLAIN_PAYLOAD))


def suspected(edns: Edns | None, tries: int, exchange: Exchange, meaning: Meaning) -> Edns | None:
    """The EDNS to ask with once more after a reply to a later try, if that of earlier ones may be to blame.

    Two datagrams can be lost without EDNS being the cause, and one without its size being the cause. `edns`
    is what is usually asked with, `tries` counts those before.
    """
    asked = exchange.query
    if exchange.message is None or edns is None:
        return None
    if asked.edns is None:
        return edns_of_try(edns, PLAIN - 1) if tries >= PLAIN else None
    smaller = asked.transport is Transport.UDP and asked.edns.payload < edns.payload
    return edns if smaller and meaning.kind is Kind.TRUNCATED else None


def another_way(exchange: Exchange, meaning: Meaning) -> Query | None:
    """How to ask the same address again after an exchange with this meaning; None not to."""
    query = exchange.query
    if meaning.kind is Kind.TRUNCATED:
        return replace(query, transport=Transport.TCP)
    if meaning.kind in _NO_EDNS and query.edns is not None:
        return replace(query, edns=None)
    if meaning.kind is Kind.BAD_COOKIE:
        return _with_cookie(exchange)
    return None


def cause(before: Iterable[Attempt], latest: Attempt) -> Cause | None:
    """What the latest attempt shows to be wrong at its address, given those `before` it."""
    if not (earlier := tuple(before)):
        return None
    found = _shown_cause(earlier, latest)
    return None if found in {attempt.cause for attempt in earlier} else found


def _shown_cause(earlier: tuple[Attempt, ...], latest: Attempt) -> Cause | None:
    if latest.exchange.message is None:
        return _cause_of_silence(earlier, latest)
    answered = latest.meaning.usable or latest.meaning.offer or latest.meaning.kind is Kind.TRUNCATED
    if not answered:
        return None  # asking this way did not help
    with_edns = {
        attempt.meaning.kind
        for attempt in earlier
        if attempt.exchange.query.edns is not None
        and attempt.exchange.query.transport is latest.exchange.query.transport
    }
    if latest.exchange.query.edns is None:
        return (
            Cause.NO_EDNS if with_edns & _REJECTS_EDNS else Cause.DROPS_EDNS if with_edns & _SILENT else None
        )
    # A reply that would have fitted the first time was lost by chance, as any datagram can be.
    lost = latest.meaning.kind is Kind.TRUNCATED and bool(with_edns & _SILENT)
    return Cause.DROPS_LARGE_UDP if lost else None


def _cause_of_silence(earlier: tuple[Attempt, ...], latest: Attempt) -> Cause | None:
    truncated = any(attempt.meaning.kind is Kind.TRUNCATED for attempt in earlier)
    over_tcp = latest.exchange.query.transport is Transport.TCP and latest.meaning.kind not in _UNKNOWN
    return Cause.NO_TCP if truncated and over_tcp else None


def same_without_route(earlier: Iterable[Attempt], latest: Attempt) -> int | None:
    """The index of the earlier attempt that showed that this address family has no route."""
    if latest.exchange.fault is not Fault.NETWORK_UNREACHABLE:
        return None
    shown = (latest.exchange.fault, latest.exchange.query.family)
    faults = ((each.exchange.fault, each.exchange.query.family) for each in earlier)
    return next((index for index, each in enumerate(faults) if each == shown), None)


def _with_cookie(exchange: Exchange) -> Query | None:
    """The query with the cookie that the server gave, if it is ours and was not sent before."""
    edns, message = exchange.query.edns, exchange.message
    if edns is None or message is None:
        return None
    given = next((option.to_wire() for option in message.options if option.otype == COOKIE), None)
    sent = dict(edns.options).get(COOKIE)
    if not given or sent is None or len(sent) > CLIENT_COOKIE or given[:CLIENT_COOKIE] != sent:
        return None
    options = tuple((code, given if code == COOKIE else data) for code, data in edns.options)
    return replace(exchange.query, edns=replace(edns, options=options))
