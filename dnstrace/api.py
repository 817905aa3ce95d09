"""The library: `trace` and `trace_async` give the Trace that the command prints.

Both raise ValueError for a name or type that is none (dnspython's own subclasses of it where they
fit) and nothing for what the network does: that is in the Trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.name
import dns.rdatatype

from dnstrace.clock import run_real
from dnstrace.message.supposed import Supposed
from dnstrace.model import Delegation, Name, Outcome, Question, Settings, Trace
from dnstrace.model.limits import Limits, limits_for
from dnstrace.port import Network
from dnstrace.walk.budget import Budget
from dnstrace.walk.context import TraceContext
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.descent import Walk, begin
from dnstrace.walk.health import Health
from dnstrace.walk.hedging import HEDGED
from dnstrace.walk.journal import Journal
from dnstrace.walk.parent import refer
from dnstrace.walk.result import WalkResult
from dnstrace.walk.roots import given_server, root_hints

if TYPE_CHECKING:
    from dnstrace.dnssec import Anchors, Judgement
    from dnstrace.model.asked import Resolver
    from dnstrace.walk.asking import Strategy
    from dnstrace.walk.consulting import Consultation
    from dnstrace.walk.validation import Validation

_SEEDS = 2**32


class Knowledge(NamedTuple):
    """What a trace knows when it begins, and shares with others (`dnstrace.bulk`)."""

    cuts: Cuts
    health: Health


async def trace_async(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType = "A",
    *,
    settings: Settings = Settings(),
    limits: Limits | None = None,
    network: Network | None = None,
    roots: Delegation | None = None,
    server: str | Name | None = None,
    anchors: Anchors | None = None,
    at: float | None = None,
    parent_only: bool = False,
    supposed: tuple[Delegation, ...] = (),
    resolvers: Sequence[Resolver] = (),
    seed: int | None = None,
    now: datetime | None = None,
    on_change: Callable[[Trace], None] | None = None,
    knowledge: Knowledge | None = None,
) -> Trace:
    """Trace `name` and `rdtype` from the root servers down.

    `roots` are the root servers to begin at (`dnstrace.walk.roots.read_hints`), those of the package by
    default; `server` is an address or a name to begin at in their place. With `anchors`
    (`dnstrace.dnssec.read_anchors`) the trace is validated as of `at`, in seconds since 1970, the present by
    default; the Judgement is in the Trace. With `parent_only` the walk ends with the referral to the
    deepest zone cut at or above the name, and nothing is validated. `supposed` are delegations to be taken as
    if their parents had them so (`dnstrace.message.supposed`). `resolvers` are recursive resolvers that
    are asked the same beside the walk, which neither uses what they say nor pays for it; what came of it is
    recorded in steps of its own, which `dnstrace.analysis.resolvers.compared` reads. `network`
    is what carries the queries, live sockets by default. `seed` repeats every random choice of an earlier
    trace. `now` is the wall-clock time in UTC at which the trace begins. `on_change` is called with a
    snapshot whenever a step changes; the last one is what was found when the caller cancels the trace. `knowledge`
    is what it begins with, nothing by default. `limits` are by default those for such `settings`.
    """
    question = as_question(name, rdtype)
    seed = SystemRandom().randrange(_SEEDS) if seed is None else seed
    given, wanted = _given(server)
    start = given or roots or root_hints()
    limits = limits or limits_for(settings)
    clock = asyncio.get_running_loop().time
    journal = Journal(question, now or datetime.now(UTC), seed, clock, on_change, supposed)
    network = network or _live(settings)
    context = TraceContext(
        _paced(network) if settings.all_servers else network,
        settings,
        Budget(limits),
        journal,
        Cuts(start) if knowledge is None else knowledge.cuts,
        Health(settings.families) if knowledge is None else knowledge.health,
        Random(seed),
        Supposed(supposed),
    )
    for known in (each for cut in supposed for each in cut.servers if each.addresses):
        context.cuts.add_addresses(known.name, known.addresses)
    until = clock() + limits.deadline
    consultation = _consultation(context, question, resolvers) if resolvers else None
    under_way = _TraceUnderWay(context, question, limits.deadline, None if parent_only else anchors, at)
    try:
        async with asyncio.timeout(limits.deadline):
            await under_way.go(start, wanted, parent_only)
    except TimeoutError:
        under_way.judge_so_far()
    finally:
        await under_way.close()
        if consultation is not None:
            await consultation.close(until)
    trace = under_way.found.concluding(journal.snapshot())
    trace = replace(trace, judgement=under_way.judgement)
    return _checked(trace) if settings.probe else trace


class _TraceUnderWay:
    """A trace that is being made: `found` is what its walk has come to, `judgement` the verdict on that."""

    def __init__(
        self,
        context: TraceContext,
        question: Question,
        deadline: float,
        anchors: Anchors | None,
        at: float | None,
    ) -> None:
        self._context, self._question = context, question
        self._late = f"the deadline of {deadline:g} s is reached"
        self._walk = Walk(context, _strategy(context.settings))
        self._validation = None if anchors is None else _validation(context, self._walk, anchors, at)
        self.found = WalkResult(Outcome.FAILED, error=self._late)
        self.judgement: Judgement | None = None

    async def go(self, start: Delegation, server: Name | None, parent_only: bool) -> None:
        """Walk from `start`, or from a server that is given by name; then validate and probe as is wanted."""
        first, missing = await begin(self._walk, self._context, start, server)
        if missing:
            self.found = WalkResult(Outcome.FAILED, error=missing)
            return
        if parent_only:
            self.found = await refer(self._walk, self._context.journal, self._question, first)
        else:
            self.found = await self._walk.resolve(self._question, parent=first)
        if self._validation is not None:
            self.found, self.judgement = await self._validation.judged(self.found)
        if self._context.settings.probe:
            from dnstrace.walk.probing import Probing

            await Probing(self._context, self._walk).run()

    def judge_so_far(self) -> None:
        """Judge what is there when the time is over, if that was not done."""
        if self._validation is not None and self.judgement is None:
            self.found, self.judgement = self._validation.judged_so_far(self.found, self._late)

    async def close(self) -> None:
        """Stop what is still being asked."""
        if self._validation is not None:
            await self._validation.close()


def _consultation(context: TraceContext, question: Question, resolvers: Sequence[Resolver]) -> Consultation:
    from dnstrace.walk.consulting import Consultation

    return Consultation(context.network, context.settings, context.journal, question, resolvers)


def _validation(context: TraceContext, tracer: Walk, anchors: Anchors, at: float | None) -> Validation:
    from dnstrace.walk.validation import Validation

    started = context.journal.snapshot().started.timestamp()
    return Validation(context, tracer, anchors, started if at is None else at)


def _checked(trace: Trace) -> Trace:
    """The trace with what the rules find wrong in it."""
    from dnstrace.checks import findings

    return replace(trace, findings=findings(trace))


def trace(
    name: str | Name,
    rdtype: str | dns.rdatatype.RdataType = "A",
    *,
    network: Network | None = None,
    **how: Any,
) -> Trace:
    """`trace_async` for programs without an event loop: the same arguments, the same Trace.

    A network with a clock of its own, as the lab's, is run on that clock.
    """
    run: Callable[[Coroutine[Any, Any, Trace]], Trace] = getattr(network, "run", run_real)
    return run(trace_async(name, rdtype, network=network, **how))


def as_question(name: str | Name, rdtype: str | dns.rdatatype.RdataType) -> Question:
    """The question that `name` and `rdtype` stand for; raises ValueError if they stand for none."""
    try:
        absolute = dns.name.from_text(name) if isinstance(name, str) else name.derelativize(dns.name.root)
        number = dns.rdatatype.RdataType.make(rdtype)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(f"{name} {rdtype} is no question: {error}") from error
    return Question(absolute, number)


def _given(server: str | Name | None) -> tuple[Delegation | None, Name | None]:
    """The server to begin at: by address, or by a name that has to be looked up first."""
    if server is None:
        return None, None
    if not isinstance(server, str):
        return None, server
    import dns.inet

    if dns.inet.is_address(server):
        return given_server((server,)), None
    if not server:
        raise ValueError("the server to begin at is empty")
    return None, as_question(server, "A").name


def _strategy(settings: Settings) -> Strategy:
    """How the servers of a zone are asked: until one gives a usable answer, or every one."""
    if not settings.all_servers:
        return HEDGED
    from dnstrace.walk.survey import EVERY_ADDRESS

    return EVERY_ADDRESS


def _paced(network: Network) -> Network:
    from dnstrace.network.pacing import PacedNetwork

    return PacedNetwork(network)


def _live(settings: Settings) -> Network:
    from dnstrace.network.live import LiveNetwork

    return LiveNetwork(bind=settings.bind)
