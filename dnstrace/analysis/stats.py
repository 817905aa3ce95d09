"""The cost of a trace, and how much of it was unavoidable: counts, sizes, the critical path.

The critical path is the sequence of exchanges that could not run in parallel: for each step that led to the
outcome, the chosen exchange (and the truncated reply before a retry over TCP), preceded by the look-up of the
server's address. Where every address was asked, the slowest reply counts. The rest of `duration` was spent on
servers that did not answer, and in this program.
"""

from __future__ import annotations

import math

from dnstrace.model import (
    Attempt,
    Fault,
    Kind,
    Name,
    Outcome,
    Purpose,
    Query,
    Source,
    Stats,
    Step,
    Transport,
)

_GOES_ON = {Outcome.REFERRAL, Outcome.ALIAS, None}
_UNSENT = {Fault.NETWORK_UNREACHABLE, Fault.NOT_RECORDED, Fault.KNOWN_SILENT}
_HEADER, _QUESTION_TAIL, _OPT, _OPTION, _TCP_LENGTH = 12, 4, 11, 4, 2  # octets; RFC 1035, 6891, 7766


def measure(steps: tuple[Step, ...], duration: float) -> Stats:
    """The Stats of a trace of `steps` that took `duration` seconds."""
    made = [(step.probe, a) for step in steps for a in step.attempts if a.exchange.fault not in _UNSENT]
    asked = {(probe, a.exchange.query.address, a.exchange.query.question) for probe, a in made}
    sent = [attempt for _, attempt in made]
    return Stats(
        queries=len(sent),
        retries=len(sent) - len(asked),
        timeouts=sum(attempt.meaning.kind is Kind.TIMEOUT for attempt in sent),
        tcp=sum(attempt.exchange.query.transport is Transport.TCP for attempt in sent),
        bytes_out=sum(query_size(attempt.exchange.query) for attempt in sent),
        bytes_in=sum(len(attempt.exchange.wire or b"") for attempt in sent),
        zones=len({step.zone for step in steps if step.main}),
        duration=duration,
        critical_path=critical_path(steps),
    )


def query_size(query: Query) -> int:
    """The size of a query as a DNS message, in octets (RFC 1035 section 4.1, RFC 6891 section 6.1.2)."""
    size = _HEADER + sum(len(label) + 1 for label in query.question.name.labels) + _QUESTION_TAIL
    if query.edns is not None:
        size += _OPT + sum(_OPTION + len(data) for _, data in query.edns.options)
    return size + (_TCP_LENGTH if query.transport is Transport.TCP else 0)


def critical_path(steps: tuple[Step, ...]) -> float:
    """The duration of the critical path up to the last step of the walk, in seconds."""
    return _seconds(critical_attempts(steps))


def critical_attempts(steps: tuple[Step, ...]) -> list[Attempt]:
    """The attempts on the critical path up to the last step of the walk."""
    walk = [step for step in steps if step.main]
    return _path_to(walk[-1], None, steps) if walk else []


def _seconds(attempts: list[Attempt]) -> float:
    return math.fsum(attempt.exchange.elapsed for attempt in attempts)


def _path_to(step: Step, beginning: int | None, steps: tuple[Step, ...]) -> list[Attempt]:
    """The path from the step `beginning`, exclusive, down to `step`, inclusive."""
    path, here = [], step
    while True:
        path += _path_within(here, steps)
        if here.parent is None or here.parent == beginning:
            return path
        here = steps[here.parent - 1]


def _path_within(step: Step, steps: tuple[Step, ...]) -> list[Attempt]:
    """The path within a step: through the chosen address, or the slowest if all were waited for."""
    if step.all_servers:
        ended = [attempt for attempt in step.attempts if attempt.exchange.message is not None]
    else:
        ended = [] if step.chosen is None else [step.attempts[step.chosen]]
    return max(
        ([*_exchanges_with(step, each), *_address_lookups(step, each, steps)] for each in ended),
        key=_seconds,
        default=[],
    )


def _exchanges_with(step: Step, chosen: Attempt) -> list[Attempt]:
    """The chosen exchange and the earlier ones with the same address, which it had to follow."""
    address, start = chosen.exchange.query.address, chosen.exchange.start
    before = (
        attempt
        for attempt in step.attempts
        if attempt.exchange.query.address == address
        and attempt.exchange.start < start
        and attempt.exchange.message is not None
    )
    return [chosen, *before]


def _address_lookups(step: Step, chosen: Attempt, steps: tuple[Step, ...]) -> list[Attempt]:
    """The look-ups within `step` that found the address of the chosen server.

    The two address families are looked up one after the other, or in parallel if every address is asked.
    """
    if _address_source(step, chosen) is not Source.RESOLVED:
        return []
    paths: list[list[Attempt]] = []
    for ended in steps[step.id :]:
        if ended.outcome not in _GOES_ON and _looked_up_by(ended, step.id, steps) == chosen.server:
            paths.append(_path_to(ended, step.id, steps))
            if not step.all_servers and chosen.exchange.query.address in _addresses_found(ended):
                break
    if step.all_servers:
        return max(paths, key=_seconds, default=[])
    return [attempt for path in paths for attempt in path]


def _looked_up_by(ended: Step, ancestor: int, steps: tuple[Step, ...]) -> Name | None:
    """The name whose look-up, started by the step `ancestor`, ended with `ended`; None if it did not."""
    here = ended
    while here.purpose is Purpose.NS_ADDRESS and here.parent is not None:
        if here.parent == ancestor:
            return here.question.name
        above = steps[here.parent - 1]
        if above.question != here.question and above.outcome is not Outcome.ALIAS:
            return None  # a look-up nested in the look-up
        here = above
    return None


def _address_source(step: Step, attempt: Attempt) -> Source | None:
    """The source of the address that an attempt used."""
    known = (address for server in step.servers for address in server.addresses)
    return next((a.source for a in known if a.text == attempt.exchange.query.address), None)


def _addresses_found(step: Step) -> list[str]:
    if step.meaning is None:
        return []
    return [getattr(rdata, "address", "") for rrset in step.meaning.answer for rdata in rrset]
