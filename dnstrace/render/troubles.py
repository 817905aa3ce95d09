"""What kept servers from being of use, in sentences of the story; and in which further way one then was.

Of one server and of several; three of them or more are counted, not named.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from dnstrace.model import Cause, Kind, Transport
from dnstrace.render.text import count_text, name_text, rcode_text

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Step

_MOST = 2  # servers that are named

Words = tuple[str, str]  # of one server, and of several

_TOO_SLOW = (
    "is slow to answer, so that another is asked beside it",
    "are slow to answer, and others are asked",
)
_BESIDE = ("is asked beside it, and needs no longer be waited for", "are asked beside it, to no purpose")
_OVER_TCP: Words = (
    "cannot fit its reply into a datagram, so that it is asked again over TCP",
    "cannot fit their replies into a datagram, so that they are asked again over TCP",
)
_NO_TCP: Words = ("takes no connection over TCP", "take no connections over TCP")
_SAID: dict[Kind, Words] = {
    Kind.TIMEOUT: ("does not answer in time", "do not answer in time"),
    Kind.PORT_UNREACHABLE: ("has nobody who listens", "have nobody who listens"),
    Kind.HOST_UNREACHABLE: ("cannot be reached", "cannot be reached"),
    Kind.NETWORK_UNREACHABLE: ("cannot be reached from this network", "cannot be reached from this network"),
    Kind.CONNECTION_LOST: ("breaks the connection off", "break the connection off"),
    Kind.CERTIFICATE: ("shows a certificate that is not valid", "show certificates that are not valid"),
    Kind.MALFORMED: ("sends what is no DNS message", "send what is no DNS message"),
    Kind.MISMATCH: ("gets only replies through that are not to this query", "get no true reply through"),
    Kind.KNOWN_SILENT: ("was silent just before", "were silent just before"),
    Kind.NOT_RECORDED: ("is not in the record", "are not in the record"),
    Kind.LAME: ("does not serve the zone (lame)", "do not serve the zone (lame)"),
    Kind.UPWARD_REFERRAL: ("points back up the tree (lame)", "point back up the tree (lame)"),
    Kind.SIDEWAYS_REFERRAL: ("points to another zone (lame)", "point to another zone (lame)"),
    Kind.SELF_REFERRAL: ("points to the zone that it should serve (lame)", "point to that very zone (lame)"),
    Kind.TRUNCATED: _OVER_TCP,
    Kind.TRUNCATED_OVER_TCP: ("cuts its reply off over TCP too", "cut their replies off over TCP too"),
    Kind.EMPTY: ("replies with nothing in it", "reply with nothing in it"),
    Kind.OTHER_NAME: ("answers for another name", "answer for another name"),
    Kind.OTHER_TYPE: ("answers with another type", "answer with another type"),
    Kind.WRONG_CLASS: ("answers in another class", "answer in another class"),
    Kind.ALIAS_LOOP: (
        "gives aliases that lead round in a circle",
        "give aliases that lead round in a circle",
    ),
    Kind.REFUSED: ("refuses to answer", "refuse to answer"),
    Kind.SERVER_FAILURE: ("says that it fails", "say that they fail"),
    Kind.NOT_IMPLEMENTED: ("cannot answer such a question", "cannot answer such a question"),
    Kind.FORMAT_ERROR: ("does not understand the query", "do not understand the query"),
    Kind.BAD_VERSION: ("does not know this kind of EDNS", "do not know this kind of EDNS"),
    Kind.BAD_COOKIE: ("wants a cookie of its own with the query", "want cookies of their own"),
}
_NO_EDNS = {Cause.NO_EDNS, Cause.DROPS_EDNS}


def troubles(step: Step) -> str:
    """What went wrong in `step` beside what it went by, a sentence for each way; empty where nothing did."""
    kept: dict[Words, dict[str, None]] = defaultdict(dict)
    for index, attempt in enumerate(step.attempts):
        if not _is_gone_by(step, index) and (words := _words(step, attempt)) is not None:
            kept[words][name_text(attempt.server)] = None
    return " ".join(_sentence(words, list(servers)) for words, servers in kept.items())


def way(step: Step) -> str:
    """In which further way the server gone by had to be asked, as the beginning of a sentence; or empty."""
    if step.chosen is None:
        return ""
    chosen = step.attempts[step.chosen]
    address, query = chosen.exchange.query.address, chosen.exchange.query
    before = [a for a in step.attempts[: step.chosen] if a.exchange.query.address == address]
    dropped = query.edns is None and any(attempt.exchange.query.edns is not None for attempt in before)
    if chosen.cause in _NO_EDNS or dropped:
        return "Asked again without EDNS, "
    return "Asked once more, " if any(a.exchange.query == query for a in before) else ""


def _is_gone_by(step: Step, index: int) -> bool:
    """Whether an attempt is the one gone by, or the same from another address of that server."""
    if step.chosen is None:
        return False
    chosen, attempt = step.attempts[step.chosen], step.attempts[index]
    return attempt.server == chosen.server and attempt.meaning.kind is chosen.meaning.kind


def _words(step: Step, attempt: Attempt) -> Words | None:
    """What kept an attempt from being of use; None where nothing did."""
    kind, chosen = attempt.meaning.kind, None if step.chosen is None else step.attempts[step.chosen]
    if attempt.meaning.usable and kind is not Kind.ALIAS_LOOP:
        return None
    if kind is Kind.ABANDONED:
        later = chosen is not None and attempt.exchange.start > chosen.exchange.start
        return _BESIDE if later else _TOO_SLOW
    if kind is Kind.PORT_UNREACHABLE and attempt.exchange.query.transport is Transport.TCP:
        return _NO_TCP
    if kind is Kind.OTHER_RCODE or kind not in _SAID:
        rcode = attempt.meaning.rcode
        what = "" if rcode is None else f" ({rcode_text(rcode)})"
        return f"gives nothing of use{what}", f"give nothing of use{what}"
    return _SAID[kind]


def _sentence(words: Words, servers: list[str]) -> str:
    if len(servers) > _MOST:
        return f"{count_text(len(servers), 'server')} {words[1]}."
    return f"{' and '.join(servers)} {words[len(servers) > 1]}."
