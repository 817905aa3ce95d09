"""The steps of one trace, as they are taken.

The only place where a trace changes: everything else sees frozen Steps. A snapshot can be taken at any
moment, which is how the tree grows on a terminal and how an interrupted trace is still shown.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from dnstrace.analysis.stats import Counting, critical_path
from dnstrace.model import Address, Attempt, Delegation, Name, Outcome, Probe, Purpose, Question, Step, Trace
from dnstrace.model.families import Unasked
from dnstrace.model.structs import replace
from dnstrace.model.taken import Waiting

_UNSEEN = nullcontext()  # where nobody looks


class Journal:
    """Records steps and attempts; calls `on_change` after each change.

    `clock` is the loop's time in seconds, `unasked` the families that are not asked, as they become known.
    What is recorded counts from `origin`, by default the moment at which this is made.
    """

    def __init__(
        self,
        question: Question,
        started: datetime,
        seed: int,
        clock: Callable[[], float],
        on_change: Callable[[Trace], None] | None = None,
        supposed: tuple[Delegation, ...] = (),
        unasked: Mapping[int, Unasked] | None = None,
        origin: float | None = None,
    ) -> None:
        self._made = partial(Trace, question, started, seed, supposed=supposed)
        self._unasked: Mapping[int, Unasked] = {} if unasked is None else unasked
        self._clock, self._origin = clock, clock() if origin is None else origin
        self._on_change = on_change
        self._steps: list[Step] = []
        self._counting, self._critical = Counting(), 0.0
        self._waiting: dict[int, Waiting] = {}

    def begin(
        self,
        parent: int | None,
        purpose: Purpose,
        asked: Delegation,
        question: Question,
        all_servers: bool = False,
        probe: Probe | None = None,
    ) -> int:
        """Record the beginning of a step; its id."""
        number = len(self._steps) + 1
        step = Step(
            number, parent, purpose, asked.zone, question, asked.servers, all_servers=all_servers, probe=probe
        )
        self._steps.append(step)
        self._counting.step(None, step)
        self._changed()
        return number

    def waiting(
        self, server: Name, address: str, timeout: float, tries: int, most: int
    ) -> AbstractContextManager[None]:
        """Show, while the body runs, that a query has no reply yet: try `tries` of at most `most`."""
        if self._on_change is None:
            return _UNSEEN
        return self._shown_waiting(server, address, timeout, tries, most)

    @contextmanager
    def _shown_waiting(
        self, server: Name, address: str, timeout: float, tries: int, most: int
    ) -> Iterator[None]:
        asked = Waiting(server, address, self.elapsed, timeout, tries, most)
        self._waiting[id(asked)] = asked
        self._changed()
        try:
            yield
        finally:
            del self._waiting[id(asked)]

    def attempt(self, step: int, attempt: Attempt) -> int:
        """Record an attempt within a step; its index."""
        before = self[step]
        exchange = replace(attempt.exchange, start=attempt.exchange.start - self._origin)
        made = Attempt(attempt.server, exchange, attempt.meaning, attempt.cause, attempt.surplus)
        self._counting.add(before.probe, made)
        self._update(replace(before, attempts=(*before.attempts, made)))
        return len(before.attempts)

    def surplus(self, step: int, indices: Container[int]) -> None:
        """Record that these attempts of a step were not needed."""
        attempts = (
            replace(attempt, surplus=True) if index in indices else attempt
            for index, attempt in enumerate(self[step].attempts)
        )
        self._update(replace(self[step], attempts=tuple(attempts)))

    def arrange(self, step: int, place: Callable[[Attempt], Any]) -> None:
        """Sort a step's attempts by their `place`; earlier indices are no longer valid."""
        self._update(replace(self[step], attempts=tuple(sorted(self[step].attempts, key=place))))

    def learnt(self, step: int, name: Name, addresses: tuple[Address, ...]) -> None:
        """Record the addresses that a look-up found for one of the step's name servers."""
        servers = tuple(
            replace(server, addresses=tuple(dict.fromkeys((*server.addresses, *addresses))))
            if server.name == name
            else server
            for server in self[step].servers
        )
        self._update(replace(self[step], servers=servers))

    def finish(
        self, step: int, outcome: Outcome, chosen: int | None, note: str = "", limited: bool = False
    ) -> None:
        """Record how a step ended."""
        self._end(replace(self[step], outcome=outcome, chosen=chosen, note=note, limited=limited))

    def stop(self, step: int, limited: bool = True) -> None:
        """Record that a step was cancelled, `limited` unless every server had its time to reply."""
        note = "stopped before it was finished"
        stopped = replace(self[step], outcome=Outcome.FAILED, note=note, limited=limited, stopped=True)
        self._end(stopped)

    def _end(self, ended: Step) -> None:
        self._steps[ended.id - 1] = ended
        if ended.main and self._on_change is not None:
            self._critical = critical_path(tuple(self._steps))
        self._changed()

    def supersede(self, steps: Iterable[int], superseded: bool) -> None:
        """Record that the walk took another way than these steps, or these after all."""
        for step in steps:
            self._update(replace(self[step], superseded=superseded))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, step: int) -> Step:
        return self._steps[step - 1]

    @property
    def elapsed(self) -> float:
        """Seconds since the trace began."""
        return self._clock() - self._origin

    def snapshot(self) -> Trace:
        """The trace so far; its critical path is worked out where somebody looks on, and in the end."""
        return self._recorded(self._critical)

    def concluded(self, **result: Any) -> Trace:
        """The trace, which has ended, with its result: those fields of a Trace."""
        return self._recorded(critical_path(tuple(self._steps)), **result)

    def show(self, trace: Trace) -> None:
        """Show a trace to who looks on, as the last that can be known of it."""
        if self._on_change is not None:
            self._on_change(trace)

    def _recorded(self, critical: float, **more: Any) -> Trace:
        """The trace with what is recorded, `critical` seconds as its critical path, and `more` fields."""
        stats = self._counting.stats(self.elapsed, critical)
        return self._made(steps=tuple(self._steps), stats=stats, unasked=dict(self._unasked), **more)

    def _update(self, step: Step) -> None:
        before = self[step.id]
        if step.superseded is not before.superseded:
            self._counting.step(before, step)
        self._steps[step.id - 1] = step
        self._changed()

    def _changed(self) -> None:
        """Show the trace so far, its critical path as of the last step of the walk that ended."""
        if self._on_change is not None:
            waiting = tuple(self._waiting.values())
            self._on_change(self._recorded(self._critical, waiting=waiting))
