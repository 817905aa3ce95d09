"""What is asked once the walk has ended and a resolver's reply differs from its result (`--resolver`).

A resolver that finds the answer bogus is asked for the DS and DNSKEY records on the way, with CD set, so
that they can be compared with those of the name servers. One with another answer is asked for the zone's SOA
record, which shows whether it has another copy of the zone; so is a name server if none has given it yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from dnstrace.analysis.reached import is_bogus, last_step
from dnstrace.analysis.resolver_records import copy_question, soa_known, trust_questions
from dnstrace.analysis.resolvers import compared
from dnstrace.model import Address, Question, Trace
from dnstrace.model.compared import Compared, Disagreement

if TYPE_CHECKING:
    from dnstrace.walk.consulting import Consultation

_MOST = 8  # questions about keys to one resolver: four zones, from the deepest
_OTHER = {Disagreement.STALE, Disagreement.OTHER, Disagreement.SPLIT_HORIZON, Disagreement.FILTERED}


async def inquire(
    consultation: Consultation, ended: Callable[[], Trace], ask: Callable[[Question, int], Awaitable[None]]
) -> None:
    """Ask what explains how resolvers differ; `ended` gives the trace.

    `ask` asks the zone's servers, for the step in which a resolver was asked.
    """
    await consultation.heard()
    trace = ended()
    found = compared(trace)
    asking = [put for each in found for put in _of_resolver(consultation, trace, each)]
    question = copy_question(trace)
    others = [each.step.id for each in found if _is_other(each)]
    if question is not None and others and not soa_known(trace):
        asking.append(ask(question, others[0]))
    await asyncio.gather(*asking)


def _of_resolver(consultation: Consultation, trace: Trace, found: Compared) -> Iterator[Awaitable[None]]:
    if found.difference is Disagreement.VALIDATION and not is_bogus(trace):
        for asked in trust_questions(trace)[-_MOST:]:
            yield consultation.put(found.step.id, asked, checking_disabled=True)
    question = copy_question(trace)
    if question is not None and _is_other(found) and found.attempt and found.attempt.meaning.soa is None:
        yield consultation.put(found.step.id, question)


def address_used(trace: Trace) -> Address | None:
    """The address that the walk went by last: what a resolver has is compared with its serial number."""
    last = last_step(trace)
    if last is None or last.chosen is None:
        return None
    used = last.attempts[last.chosen].address
    return next((each for server in last.servers for each in server.addresses if each.text == used), None)


def _is_other(found: Compared) -> bool:
    return found.difference in _OTHER and not found.past_its_ttl
