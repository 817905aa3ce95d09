"""Sentences of the story about servers that were of no use, and about how the chosen one had to be asked.

Each for one server and for several; three servers or more are counted, not named.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from dnstrace.model import ROOT, Cause, Kind, Transport
from dnstrace.model.naming import plain
from dnstrace.render.text import count_text, rcode_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Step

_MOST = 2  # servers that are named

Words = tuple[str, str]  # for one server, and for several

_TOO_SLOW: Words = (
    "is slow to answer, so another server is asked in parallel",
    "are slow to answer, so others are asked in parallel",
)
_UNNEEDED: Words = (
    "is asked in parallel, but its answer is no longer needed",
    "are asked in parallel, but their answers are no longer needed",
)
_NO_TCP: Words = ("does not accept TCP connections", "do not accept TCP connections")
_TROUBLES: dict[Kind, Words] = {
    Kind.TIMEOUT: ("does not answer in time", "do not answer in time"),
    Kind.PORT_UNREACHABLE: ("runs no name server on this port", "run no name server on this port"),
    Kind.HOST_UNREACHABLE: ("cannot be reached", "cannot be reached"),
    Kind.NETWORK_UNREACHABLE: ("cannot be reached from this network", "cannot be reached from this network"),
    Kind.CONNECTION_LOST: ("drops the connection", "drop the connection"),
    Kind.CERTIFICATE: ("presents an invalid certificate", "present invalid certificates"),
    Kind.MALFORMED: ("sends a malformed reply", "send malformed replies"),
    Kind.MISMATCH: (
        "sends only replies that do not match the query",
        "send only replies that do not match the query",
    ),
    Kind.KNOWN_SILENT: (
        "did not answer before, so it is not asked again",
        "did not answer before, so they are not asked again",
    ),
    Kind.NOT_RECORDED: ("is not in the record", "are not in the record"),
    Kind.LAME: ("does not serve the zone (lame)", "do not serve the zone (lame)"),
    Kind.UPWARD_REFERRAL: ("refers back up the tree (lame)", "refer back up the tree (lame)"),
    Kind.SIDEWAYS_REFERRAL: ("refers to an unrelated zone (lame)", "refer to an unrelated zone (lame)"),
    Kind.SELF_REFERRAL: (
        "refers to the zone that it should serve (lame)",
        "refer to the zone that they should serve (lame)",
    ),
    Kind.TRUNCATED: (
        "has a reply too large for UDP, so it is asked again over TCP",
        "have replies too large for UDP, so they are asked again over TCP",
    ),
    Kind.TRUNCATED_OVER_TCP: ("truncates its reply even over TCP", "truncate their replies even over TCP"),
    Kind.EMPTY: ("sends an empty reply", "send empty replies"),
    Kind.OTHER_NAME: ("answers for a different name", "answer for a different name"),
    Kind.OTHER_TYPE: ("answers with records of a different type", "answer with records of a different type"),
    Kind.WRONG_CLASS: ("answers in a different class", "answer in a different class"),
    Kind.ALIAS_LOOP: ("returns aliases that form a loop", "return aliases that form a loop"),
    Kind.REFUSED: ("refuses to answer", "refuse to answer"),
    Kind.SERVER_FAILURE: ("reports a server failure", "report a server failure"),
    Kind.NOT_IMPLEMENTED: ("does not support such a query", "do not support such a query"),
    Kind.FORMAT_ERROR: ("does not understand the query", "do not understand the query"),
    Kind.BAD_VERSION: ("does not support this version of EDNS", "do not support this version of EDNS"),
    Kind.BAD_COOKIE: ("requires a valid cookie", "require a valid cookie"),
}
_NO_EDNS = {Cause.NO_EDNS, Cause.DROPS_EDNS}


def troubles(step: Step) -> str:
    """What went wrong in `step`, one sentence per kind of trouble; empty if nothing did."""
    if step.chosen is not None and len(step.attempts) == 1:
        return ""
    found: dict[Words, dict[str, None]] = defaultdict(dict)
    for index, attempt in enumerate(step.attempts):
        if not _is_chosen(step, index) and (words := _trouble_words(step, attempt)) is not None:
            known = attempt.server != ROOT
            found[words][plain(attempt.server) if known else attempt.address] = None
    return " ".join(_sentence(words, list(servers)) for words, servers in found.items())


def way(step: Step) -> str:
    """How the chosen server had to be asked again, as the beginning of a sentence; or empty."""
    if step.chosen is None:
        return ""
    chosen = step.attempts[step.chosen]
    address, query = chosen.address, chosen.exchange.query
    before = [a for a in step.attempts[: step.chosen] if a.address == address]
    dropped = query.edns is None and any(attempt.exchange.query.edns is not None for attempt in before)
    if chosen.cause in _NO_EDNS or dropped:
        return "Asked again without EDNS, "
    return "Asked once more, " if any(a.exchange.query == query for a in before) else ""


def _is_chosen(step: Step, index: int) -> bool:
    """Whether an attempt is the chosen one, or the same from another address of that server."""
    if step.chosen is None:
        return False
    chosen, attempt = step.attempts[step.chosen], step.attempts[index]
    return attempt.server == chosen.server and attempt.meaning.kind is chosen.meaning.kind


def _trouble_words(step: Step, attempt: Attempt) -> Words | None:
    """Why an attempt was of no use; None if it was usable."""
    kind, chosen = attempt.meaning.kind, None if step.chosen is None else step.attempts[step.chosen]
    if attempt.meaning.usable and kind is not Kind.ALIAS_LOOP:
        return None
    if kind is Kind.ABANDONED:
        later = chosen is not None and attempt.exchange.start > chosen.exchange.start
        return _UNNEEDED if later else _TOO_SLOW
    if kind is Kind.PORT_UNREACHABLE and attempt.exchange.query.transport is Transport.TCP:
        return _NO_TCP
    if kind is Kind.OTHER_RCODE or kind not in _TROUBLES:
        rcode = attempt.meaning.rcode
        what = "" if rcode is None else f" ({rcode_text(rcode)})"
        return f"gives no usable answer{what}", f"give no usable answer{what}"
    return _TROUBLES[kind]


def _sentence(words: Words, servers: list[str]) -> str:
    if len(servers) > _MOST:
        return f"{count_text(len(servers), 'server')} {words[1]}."
    return f"{' and '.join(servers)} {words[len(servers) > 1]}."
