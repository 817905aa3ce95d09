"""One trace from its first query to its last: walk, validation and probes, within its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING, NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.clock import other_turns
from dnstrace.message.supposed import Supposed
from dnstrace.message.written import subject_of
from dnstrace.model import Delegation, Name, Question, Settings, Trace
from dnstrace.model.allowed import check_kind
from dnstrace.model.mnemonics import NOT_DATA
from dnstrace.model.structs import replace
from dnstrace.model.tracing import Tracing
from dnstrace.port import Network, began
from dnstrace.walk.budget import Budget
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered
from dnstrace.walk.roots import given_server, root_hints
from dnstrace.walk.under_way import TraceUnderWay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dnstrace.checks.readings.unchanged import Unchanged
    from dnstrace.model.asked import Resolver
    from dnstrace.walk.consulting import Consultation
    from dnstrace.walk.heard import Heard, Hearing

_SEEDS = 2**32
_TURN = 0.002  # seconds for which rules are applied in one go
_FOR_REPLIES = 0.98  # of the deadline: what is heard until then ends a step of a survey
_FOR_RULES = 0.1  # of the deadline: the time that rules have in any case, for what was recorded until then


class Knowledge(NamedTuple):
    """What a trace knows when it begins, and shares with other traces (`dnstrace.bulk`)."""

    cuts: Cuts | None = None
    health: Health | None = None
    heard: Heard | None = None
    unchanged: Unchanged | None = None


class Run(NamedTuple):
    """A trace that is about to be made. `until` is the loop's time, in seconds, at which it has to end."""

    question: Question
    tracing: Tracing
    context: TraceContext
    start: Delegation
    wanted: Name | None
    until: float

    @property
    def until_rules(self) -> float:
        """The loop's time at which no further rule is begun, seen from now: the walk is over."""
        spare = _FOR_RULES * self.tracing.bounds.deadline
        return max(self.until, asyncio.get_running_loop().time() + spare)

    async def ended(self) -> Trace:
        """Make the trace; what could not be had before the deadline is not in it.

        If it is cancelled once the walk has ended, the result of the walk is shown to who looks on.
        """
        under_way = TraceUnderWay(self.context, self.question, self.tracing)
        try:
            await self._go(under_way)
        except asyncio.CancelledError:
            if under_way.walked:
                self.context.journal.show(under_way.concluded())
            raise
        trace = under_way.concluded()
        if self.tracing.settings.probe:
            from dnstrace.analysis.apexes import without_false_apexes

            trace = without_false_apexes(trace)
        if self.tracing.settings.probe or trace.judgement is not None:
            from dnstrace.analysis.zones_shown import with_zones_shown

            trace = with_zones_shown(trace)
        return trace

    async def _go(self, under_way: TraceUnderWay) -> None:
        """Ask for everything, up to the deadline."""
        context, resolvers = self.context, self.tracing.resolvers
        consultation = _consultation(context, self.question, resolvers) if resolvers else None
        try:
            async with asyncio.timeout_at(self.until):
                await under_way.go(self.start, self.wanted)
                if consultation is not None:
                    await under_way.inquire(consultation)
        except TimeoutError:
            under_way.judge_so_far()
        finally:
            await under_way.close()
            if consultation is not None:
                await consultation.close(self.until)


def begun(
    question: Question,
    tracing: Tracing,
    network: Network | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Run:
    """A trace that begins now, in the running loop; nothing is sent yet. Arguments as for `trace_async`."""
    settings, limits = tracing.settings, tracing.bounds
    seed = SystemRandom().randrange(_SEEDS) if tracing.seed is None else tracing.seed
    given, wanted = _start_given(tracing.server)
    start = given or tracing.roots or root_hints()
    clock = asyncio.get_running_loop().time
    has = knowledge or Knowledge()
    health = has.health or Health(settings.families, settings.bind is not None)
    now = tracing.now or datetime.now(UTC)
    network = network or _live(settings)
    origin = began(network, clock())
    journal = Journal(question, now, seed, clock, on_change, tracing.supposed, health.unasked, origin)
    network = _paced(network) if settings.all_servers else network
    context = TraceContext(
        network,
        settings,
        Budget(limits),
        journal,
        has.cuts or Cuts(start),
        health,
        Random(seed),
        Remembered(),
        Supposed(tracing.supposed),
        None if has.heard is None else _hearing(has.heard, network),
        origin + limits.deadline * _FOR_REPLIES,
    )
    for known in (each for cut in tracing.supposed for each in cut.servers if each.addresses):
        context.cuts.add_addresses(known.name, known.addresses)
    return Run(question, tracing, context, start, wanted, origin + limits.deadline)


async def with_findings(trace: Trace, until: float, unchanged: Unchanged | None = None) -> Trace:
    """The trace with what the rules find wrong in it that can be applied up to the loop's time `until`.

    `unchanged` are the cuts in which they found nothing wrong in other traces of the run.
    Other tasks have their turn again and again.
    """
    from dnstrace.checks import Checking, applied

    unapplied, clock = list[str](), asyncio.get_running_loop().time
    with closing(Checking(trace, unchanged)) as checking:
        since = clock()
        for rule in applied(trace):
            if (now := clock()) >= until:
                unapplied.append(rule.code)
                continue
            if now - since >= _TURN:
                await other_turns()
                since = clock()
            checking.apply(rule)
        left_out = {*unapplied, *checking.held_back}
        codes = tuple(rule.code for rule in applied(trace) if rule.code in left_out)
        return replace(trace, findings=checking.findings, unapplied=codes)


def as_question(name: str | Name, rdtype: str | dns.rdatatype.RdataType | None = None) -> Question:
    """The question for `name` and `rdtype`, by default the type that such a name is asked for.

    Raises ValueError if they cannot be asked for.
    """
    check_kind("name", name, str | Name, "text or a dns.name.Name")
    check_kind("rdtype", rdtype, str | int | None, "text such as 'MX', or a dns.rdatatype.RdataType")
    try:
        if isinstance(name, str):
            absolute, usual = subject_of(name)
        else:
            absolute, usual = name.derelativize(dns.name.root), dns.rdatatype.A
        number = usual if rdtype is None else dns.rdatatype.RdataType.make(rdtype)
        if number in NOT_DATA:
            raise ValueError(f"{dns.rdatatype.to_text(number)} is not a type of data in a zone")
    except (dns.exception.DNSException, ValueError) as error:
        what = f"{str(name)!r}" if rdtype is None else f"{str(name)!r} with type {rdtype!r}"
        raise ValueError(f"{what} cannot be asked for: {error}") from error
    return Question(absolute, number)


def _hearing(heard: Heard, network: Network) -> Hearing:
    from dnstrace.walk.heard import Hearing

    return Hearing(heard, network)


def _consultation(context: TraceContext, question: Question, resolvers: Sequence[Resolver]) -> Consultation:
    from dnstrace.walk.consulting import Consultation

    return Consultation(context.network, context.settings, context.journal, question, resolvers)


def _start_given(server: str | Name | None) -> tuple[Delegation | None, Name | None]:
    """The server to start from: by address, or by a name that has to be looked up first."""
    if server is None:
        return None, None
    if not isinstance(server, str):
        return None, server
    import dns.inet

    if dns.inet.is_address(server):
        return given_server((server,)), None
    return None, as_question(server, "A").name


def _paced(network: Network) -> Network:
    from dnstrace.network.pacing import PacedNetwork

    return PacedNetwork(network)


def _live(settings: Settings) -> Network:
    from dnstrace.network.live import LiveNetwork

    return LiveNetwork(bind=settings.bind)
