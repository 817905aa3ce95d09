"""The result of a walk, and why it failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.rrset

from dnstrace.model import ROOT, Attempt, Cause, Kind, Meaning, NameServer, Outcome, Step, Trace
from dnstrace.model.addresses import why_unasked
from dnstrace.model.families import Unasked
from dnstrace.model.families import why_unasked as why_family_unasked
from dnstrace.model.heard import outcome_of
from dnstrace.model.naming import plain
from dnstrace.walk.health import may_be_asked

if TYPE_CHECKING:
    from dnstrace.walk.journal import Journal

_FAILED = {
    Kind.TIMEOUT: "did not answer",
    Kind.REFUSED: "refused",
    Kind.SERVER_FAILURE: "failed (SERVFAIL)",
    Kind.NETWORK_UNREACHABLE: "without a route",
    Kind.HOST_UNREACHABLE: "unreachable",
    Kind.PORT_UNREACHABLE: "not listening",
    Kind.KNOWN_SILENT: "silent shortly before",
    Kind.MISMATCH: "sent only replies that do not match the query",
    Kind.NOT_RECORDED: "not in the record",
    Kind.EMPTY: "sent an empty reply",
    Kind.UPWARD_REFERRAL: "sent an upward referral",
    Kind.SIDEWAYS_REFERRAL: "sent a sideways referral",
    Kind.SELF_REFERRAL: "referred to the same zone",
    Kind.OTHER_NAME: "answered for another name",
    Kind.OTHER_TYPE: "answered with another type",
    Kind.WRONG_CLASS: "answered with another class",
    Kind.FORMAT_ERROR: "replied with a format error",
    Kind.BAD_VERSION: "rejected the EDNS version",
    Kind.BAD_COOKIE: "rejected the cookie",
    Kind.OTHER_RCODE: "replied with another error",
    Kind.CONNECTION_LOST: "lost the connection",
}
_NO_TCP = "truncated, with no answer over TCP"
_SHOWN = 3  # addresses, in one line


class WalkResult(NamedTuple):
    """The result of a walk.

    `answer` is the whole chain, aliases first; `last` is the part that came from the last step, `step`;
    `error` says why the walk failed.
    """

    outcome: Outcome
    rcode: int | None = None
    answer: tuple[dns.rrset.RRset, ...] = ()
    step: int | None = None
    error: str = ""
    last: tuple[dns.rrset.RRset, ...] = ()

    def concluding(self, journal: Journal, **more: Any) -> Trace:
        """The trace that is recorded, with this as its result; `more` are further fields of it."""
        return journal.concluded(
            outcome=self.outcome, rcode=self.rcode, answer=self.answer, error=self.error, **more
        )


def failed(ended: Step, answer: tuple[dns.rrset.RRset, ...]) -> WalkResult:
    """The result of a walk that failed in step `ended`, after the aliases in `answer`."""
    replies = [a.meaning.rcode for a in ended.attempts if a.meaning.rcode is not None]
    return WalkResult(Outcome.FAILED, replies[-1] if replies else None, answer, ended.id, ended.note)


def result_of(meaning: Meaning, aliases: tuple[dns.rrset.RRset, ...], step: int) -> WalkResult:
    """The result that a conclusive meaning gives, after the aliases that led to it."""
    outcome = outcome_of(meaning.kind)
    error = meaning.note or meaning.kind.value if outcome is Outcome.FAILED else ""
    last = tuple(rrset for rrset in meaning.answer if rrset not in aliases)
    return WalkResult(outcome, meaning.rcode, aliases + last, step, error, last)


def unfinished(error: str, meaning: Meaning, answer: tuple[dns.rrset.RRset, ...], step: int) -> WalkResult:
    """The result of a walk that has to stop at an alias, and why."""
    return WalkResult(Outcome.FAILED, meaning.rcode, answer, step, error)


def why_none(step: Step) -> str:
    """Why no server of a zone gave a usable answer, in one line: how many addresses failed in which way."""
    if not step.attempts:
        servers = _servers_of(step)
        if any(server.addresses for server in step.servers):
            return f"{servers} are not asked again: they did not answer just before"
        return f"no address was found for {servers}"
    last = {attempt.address: _why_unusable(attempt) for attempt in step.attempts}
    over_tcp = (a.address for a in step.attempts if a.cause is Cause.NO_TCP)
    last |= {each: _NO_TCP for each in over_tcp if last[each] == _FAILED[Kind.TIMEOUT]}
    reasons = [f"{count} {failure}" for failure, count in Counter(last.values()).most_common()]
    if step.given:
        return f"the starting server gave no usable answer: {', '.join(dict.fromkeys(last.values()))}"
    server = "root server" if step.zone == ROOT else f"name server of {plain(step.zone)}"
    return f"no {server} gave a usable answer: {', '.join(reasons)}"


def _servers_of(step: Step) -> str:
    """The servers that a step asks, for the middle of a sentence."""
    if step.given:
        return "the starting server"
    return "the root servers" if step.zone == ROOT else f"the name servers of {plain(step.zone)}"


def why_not_asked(step: Step, unasked: Mapping[int, Unasked]) -> str:
    """Why none of the addresses known in a step was asked, if that is their family; otherwise empty."""
    known = {address.family for server in step.servers for address in server.addresses} & unasked.keys()
    if not known or any(a.meaning.kind is not Kind.NETWORK_UNREACHABLE for a in step.attempts):
        return ""
    only = " and ".join(f"IPv{family}" for family in sorted(known))
    why = " and ".join(why_family_unasked(family, unasked[family]) for family in sorted(known))
    servers = _servers_of(step)
    if len(known) > 1:
        return f"{servers} are not asked: {why}"
    return f"only {only} addresses are known for {servers}, and they are not asked: {why}"


def unasked(servers: Iterable[NameServer]) -> str:
    """Which addresses of `servers` are known and never asked, and why; empty where one may be asked."""
    found = [(server.name, address) for server in servers for address in server.addresses]
    if any(may_be_asked(address) for _, address in found):
        return ""
    each = [f"{plain(name)} is at {known.text} ({why_unasked(known.text)})" for name, known in found]
    more = f" and {len(each) - _SHOWN} more" if len(each) > _SHOWN else ""
    return f"special addresses are never asked: {', '.join(each[:_SHOWN])}{more}" if each else ""


def _why_unusable(attempt: Attempt) -> str:
    kind = attempt.meaning.kind
    if attempt.cause is Cause.NO_TCP:
        return _NO_TCP
    return _FAILED.get(kind, kind.value.replace("-", " "))
