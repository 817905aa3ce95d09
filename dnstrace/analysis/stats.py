"""The cost of a trace, and how much of it was unavoidable: counts, sizes, the critical path.

The critical path is the sequence of exchanges that could not run in parallel: for each step that led to the
outcome, the chosen exchange (and the truncated reply before a retry over TCP), preceded by the look-up of the
server's address. Where every address was asked, the slowest reply counts. The rest of `duration` was spent on
servers that did not answer, and in this program.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from dnstrace.model import (
    Attempt,
    Fault,
    Kind,
    Name,
    Outcome,
    Probe,
    Purpose,
    Query,
    Source,
    Stats,
    Step,
    Transport,
)
from dnstrace.model.naming import folded

_INSTANT = 1e-6  # seconds
_GOES_ON = {Outcome.REFERRAL, Outcome.ALIAS, None}
_UNSENT = {Fault.NETWORK_UNREACHABLE, Fault.NOT_RECORDED, Fault.KNOWN_SILENT}
_HEADER, _QUESTION_TAIL, _OPT, _OPTION, _TCP_LENGTH = 12, 4, 11, 4, 2  # octets; RFC 1035, 6891, 7766


class Counting:
    """Counts steps and attempts as they are made, each in constant time."""

    def __init__(self) -> None:
        self._sent = self._timeouts = self._tcp = self._out = self._in = 0
        self._asked: set[tuple[Probe | None, str, tuple[bytes, ...], int, int]] = set()
        self._zones: defaultdict[Name, int] = defaultdict(int)

    def add(self, probe: Probe | None, attempt: Attempt) -> None:
        """Count an attempt of a step, which may be a probe."""
        exchange = attempt.exchange
        if exchange.fault in _UNSENT or exchange.cached is not None:
            return
        query = exchange.query
        self._sent += 1
        asked = query.question
        self._asked.add((probe, query.address, folded(asked.name), asked.rdtype, asked.rdclass))
        self._timeouts += attempt.meaning.kind is Kind.TIMEOUT
        self._tcp += query.transport is Transport.TCP
        self._out += query_size(query)
        self._in += len(exchange.wire or b"")

    def step(self, before: Step | None, after: Step) -> None:
        """Count a step, or what it has become."""
        if before is not None and before.main:
            self._zones[before.zone] -= 1
        if after.main:
            self._zones[after.zone] += 1

    def stats(self, duration: float, critical: float) -> Stats:
        """What was counted, for a trace with a critical path of `critical` seconds."""
        return Stats(
            queries=self._sent,
            retries=self._sent - len(self._asked),
            timeouts=self._timeouts,
            tcp=self._tcp,
            bytes_out=self._out,
            bytes_in=self._in,
            zones=sum(count > 0 for count in self._zones.values()),
            duration=duration,
            critical_path=critical,
        )


def measure(steps: tuple[Step, ...], duration: float) -> Stats:
    """The Stats of a trace of `steps` that took `duration` seconds."""
    counting = Counting()
    for step in steps:
        counting.step(None, step)
        for attempt in step.attempts:
            counting.add(step.probe, attempt)
    return counting.stats(duration, critical_path(steps))


def query_size(query: Query) -> int:
    """The size of a query as a DNS message, in octets (RFC 1035 section 4.1, RFC 6891 section 6.1.2)."""
    labels = query.question.name.labels
    size = _HEADER + sum(map(len, labels)) + len(labels) + _QUESTION_TAIL
    if query.edns is not None:
        size += _OPT + sum([_OPTION + len(data) for _, data in query.edns.options])
    return size + (_TCP_LENGTH if query.transport is Transport.TCP else 0)


def critical_path(steps: tuple[Step, ...]) -> float:
    """The duration of the critical path up to the last step of the walk, in seconds."""
    return _seconds(critical_attempts(steps))


def critical_attempts(steps: tuple[Step, ...]) -> list[Attempt]:
    """The attempts on the critical path up to the last step of the walk."""
    walk = [step for step in steps if step.main]
    return _path_to(walk[-1], None, steps) if walk else []


def _seconds(attempts: list[Attempt]) -> float:
    return math.fsum(map(_waited, attempts))


def _waited(attempt: Attempt) -> float:
    """The seconds that an attempt took of this trace."""
    return attempt.exchange.elapsed if attempt.exchange.cached is None else 0.0


def _path_to(step: Step, beginning: int | None, steps: tuple[Step, ...]) -> list[Attempt]:
    """The path from the step `beginning`, exclusive, down to `step`, inclusive.

    A step that waited for a look-up that another one made comes after that look-up, if it ended last.
    """
    path: list[Attempt] = []
    here: Step | None = step
    taken: set[int] = set()
    while here is not None and here.id not in taken:
        taken.add(here.id)
        path += (within := _path_within(here, steps))
        above = _above(here, beginning, steps)
        waited = _waited_for(here, within, beginning, steps)
        here = waited if waited is not None and (above is None or _end(above) < _end(waited)) else above
    return path


def _above(step: Step, beginning: int | None, steps: tuple[Step, ...]) -> Step | None:
    """The step that comes before a step on the path that starts after `beginning`; None at its start.

    A look-up begins before the step that needs it asks anything: what counts is the one before that.
    """
    here = step
    while here.parent is not None and here.parent != beginning:
        above = steps[here.parent - 1]
        if not _starts_lookup(here, above):
            return above
        here = above
    return None


def _waited_for(
    step: Step, within: list[Attempt], beginning: int | None, steps: tuple[Step, ...]
) -> Step | None:
    """The step that ended the look-up of the server asked in a step, if another step made that look-up."""
    if len(steps) == 1 or step.all_servers or not within or within[0] is not within[-1]:
        return None
    server, address = within[0].server, within[0].address
    if not any(
        a.source is Source.RESOLVED and a.text == address and each.name == server
        for each in step.servers
        for a in each.addresses
    ):
        return None
    ended = (
        each
        for each in steps
        if (each.purpose, each.question.name) == (Purpose.NS_ADDRESS, server)
        and each.outcome not in _GOES_ON
        and each.chosen is not None
        and _end(each) <= within[0].exchange.start + _INSTANT
        and (beginning is None or beginning in _ancestors(each, steps))
    )
    return max(ended, key=_end, default=None)


def _ancestors(step: Step, steps: tuple[Step, ...]) -> Iterator[int]:
    while step.parent is not None:
        yield step.parent
        step = steps[step.parent - 1]


def _end(step: Step) -> float:
    """When the reply used in a step came, in seconds since the trace began."""
    if step.chosen is None:
        return 0.0
    exchange = step.attempts[step.chosen].exchange
    return exchange.start + exchange.elapsed


def _path_within(step: Step, steps: tuple[Step, ...]) -> list[Attempt]:
    """The path within a step: through the chosen address, or the slowest if all were waited for."""
    if step.all_servers:
        ended = [attempt for attempt in step.attempts if attempt.exchange.message is not None]
        if len({a.address for a in ended}) == len(ended) and not _any_looked_up(step):
            return [max(ended, key=_waited)] if ended else []
    else:
        ended = [] if step.chosen is None else [step.attempts[step.chosen]]
        if len(step.attempts) == len(ended) == 1 and not _any_looked_up(step):
            return ended
    within = _Within(step, steps) if ended else None
    return max((within.path(each) for each in ended if within is not None), key=_seconds, default=[])


def _any_looked_up(step: Step) -> bool:
    return any(address.source is Source.RESOLVED for server in step.servers for address in server.addresses)


class _Within:
    """A step, with its replies and its look-ups by what is asked of them."""

    def __init__(self, step: Step, steps: tuple[Step, ...]) -> None:
        self._step, self._steps = step, steps
        self._replies: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in step.attempts:
            if attempt.exchange.message is not None:
                self._replies[attempt.address].append(attempt)
        known = (address for server in step.servers for address in server.addresses)
        self._sources = {address.text: address.source for address in reversed(list(known))}
        self._found: dict[Name, list[Step]] | None = None

    def path(self, chosen: Attempt) -> list[Attempt]:
        """The path through an attempt."""
        return [*self._exchanges_with(chosen), *self._address_lookups(chosen)]

    def _exchanges_with(self, chosen: Attempt) -> list[Attempt]:
        """The chosen exchange and the earlier ones with the same address, which it had to follow."""
        exchange = chosen.exchange
        before = (a for a in self._replies[exchange.query.address] if a.exchange.start < exchange.start)
        return [chosen, *before]

    def _address_lookups(self, chosen: Attempt) -> list[Attempt]:
        """The look-ups within the step that found the address of the chosen server.

        The two address families are looked up one after the other, or in parallel if every address is asked.
        """
        address = chosen.address
        if self._sources.get(address) is not Source.RESOLVED:
            return []
        paths: list[list[Attempt]] = []
        for ended in self._lookups.get(chosen.server, ()):
            paths.append(_path_to(ended, self._step.id, self._steps))
            if not self._step.all_servers and address in _addresses_found(ended):
                break
        if self._step.all_servers:
            return max(paths, key=_seconds, default=[])
        return [attempt for path in paths for attempt in path]

    @property
    def _lookups(self) -> dict[Name, list[Step]]:
        """By the name looked up, the steps with which its look-ups ended."""
        if self._found is None:
            self._found = defaultdict(list)
            for ended in self._steps[self._step.id :]:
                if ended.outcome not in _GOES_ON:
                    name = _looked_up_by(ended, self._step.id, self._steps)
                    if name is not None:
                        self._found[name].append(ended)
        return self._found


def _looked_up_by(ended: Step, ancestor: int, steps: tuple[Step, ...]) -> Name | None:
    """The name whose look-up, started by the step `ancestor`, ended with `ended`; None if it did not."""
    here = ended
    while here.purpose is Purpose.NS_ADDRESS and here.parent is not None:
        if here.parent == ancestor:
            return here.question.name
        above = steps[here.parent - 1]
        if _starts_lookup(here, above):
            return None  # a look-up nested in the look-up
        here = above
    return None


def _starts_lookup(step: Step, above: Step) -> bool:
    """Whether a step begins the look-up of a server that the step above it needs.

    It goes on with one if that asked for the same, for less of the name (RFC 9156), or found an alias.
    """
    if step.purpose is not Purpose.NS_ADDRESS or above.outcome is Outcome.ALIAS:
        return False
    goes_on = above.purpose is Purpose.NS_ADDRESS and step.question.name.is_subdomain(above.question.name)
    return not goes_on


def _addresses_found(step: Step) -> list[str]:
    if step.meaning is None:
        return []
    return [getattr(rdata, "address", "") for rrset in step.meaning.answer for rdata in rrset]
