"""Asking the name servers of the walk over TLS too (`--adot`, RFC 9539): which of them answer, and the same.

Each address that was asked in the clear is asked the same question on port 853, after the walk and in
parallel with others. With `--check`, so are the servers that only the zones themselves name. Nothing is
retried, and nothing follows for the walk. Each of these queries counts towards `--max-queries`; the second
connection in which the certificate is tried (`dnstrace.network.opportunistic`) does not: it asks nothing. A
reply that differs from that in the clear is compared once more, with a new one: records may have changed in
the meantime, or may be made for each query.
"""

from __future__ import annotations

import asyncio

from dnstrace.analysis.encrypted import InTheClear, is_like, to_ask
from dnstrace.model import Exchange, Fault, Meaning, Query, Transport
from dnstrace.model.structs import replace
from dnstrace.model.taken import Encrypted
from dnstrace.walk.context import TraceContext

AT_ONCE = 32
"""Addresses that are asked at a time."""

_PATIENCE = 2.0  # seconds at most, for three or four round trips


class Encrypting:
    """The servers of one trace, while they are asked over TLS."""

    def __init__(self, context: TraceContext) -> None:
        self._context = context
        self._found: dict[int, Encrypted] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def found(self) -> tuple[Encrypted, ...]:
        """What came so far, in the order in which the servers were met."""
        return tuple(each for _, each in sorted(self._found.items(), key=lambda pair: pair[0]))

    async def run(self) -> None:
        """Ask every address, as far as the budget lasts."""
        asked = to_ask(self._context.journal.snapshot())
        await asyncio.gather(*(self._ask(place, each) for place, each in enumerate(asked)))

    async def _ask(self, place: int, asked: InTheClear) -> None:
        async with self._turns:
            if (found := await self._exchange(asked, _over_tls(asked))) is None:
                return
            exchange, meaning = found
            zone, server, plainly = asked.step.zone, asked.attempt.server, asked.attempt.meaning
            ended = Encrypted(zone, server, asked.step.id, exchange, meaning, plainly)
            self._found[place] = ended
            if exchange.message is None or asked.attempt.exchange.message is None:
                return
            if not is_like(meaning, plainly):
                again = await self._exchange(asked, asked.attempt.exchange.query)
                self._found[place] = replace(ended, again=None if again is None else again[1])

    async def _exchange(self, asked: InTheClear, query: Query) -> tuple[Exchange, Meaning] | None:
        """The exchange, as of the beginning of the trace, and what it means; None if none may be made."""
        context, timeout = self._context, min(self._context.settings.timeout, _PATIENCE)
        if not context.budget.query():
            return None
        began = context.journal.elapsed
        with context.journal.waiting(asked.attempt.server, query.address, timeout, 1, 1):
            exchange = await context.network.exchange(query, timeout)
        if exchange.fault is Fault.NOT_RECORDED:
            return None
        context.budget.received(len(exchange.wire or b""))
        exchange = context.supposed.instead(replace(exchange, start=began), asked.step.zone)
        return exchange, context.read(exchange, asked.step.zone)


def _over_tls(asked: InTheClear) -> Query:
    """The query over TLS that is the same as one in the clear."""
    plain = asked.attempt.exchange.query
    name = asked.attempt.server.to_text(omit_final_dot=True)
    return replace(plain, transport=Transport.TLS, port=Transport.TLS.port, endpoint=name, opportunistic=True)
