"""Trace each question from every place, save it if asked to, and print what the places say together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.cli.exits import Exit
from dnstrace.cli.expecting import check_expected
from dnstrace.cli.exporting import check_exports
from dnstrace.cli.line.places import place as place_of
from dnstrace.cli.places.judging import seen_of
from dnstrace.cli.places.output import keep, shown
from dnstrace.cli.places.progress import PlacesProgress
from dnstrace.cli.planning import planned
from dnstrace.cli.saving import check_save
from dnstrace.cli.status import status_of_places
from dnstrace.cli.usage import Usage
from dnstrace.model import Transport
from dnstrace.model.places import Failure, Place
from dnstrace.network.recording import RecordingNetwork
from dnstrace.places.asking import Request, settled
from dnstrace.places.together import Came, Sent, reach_within, together

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Question
    from dnstrace.record.several import Placed


def trace_places(chosen: Choices, environment: Environment) -> int:
    """Trace and print one question after the other, from all places; the exit status. Raises Usage."""
    plan = planned(chosen)
    check_resolvers(chosen)
    check_save(len(plan.questions), chosen, environment)
    check_exports(chosen, len(plan.questions), environment)
    check_expected(plan.questions, chosen.expected)
    statuses: list[Exit] = []
    for number, question in enumerate(plan.questions):
        request = Request(number, question, settled(plan.tracing), chosen.system_there)
        if chosen.replayed:
            came, stopped = [replayed(each, question, chosen) for each in chosen.replayed], False
        else:
            came, stopped = came_from(request, chosen, environment)
        seen = [seen_of(each, chosen) for each in came]
        try:
            keep(seen, came, request, chosen)
        finally:
            environment.write(shown(seen, question, chosen, environment))
        statuses.append(Exit.INTERRUPTED if stopped else status_of_places(seen, chosen.policy))
        if stopped:
            break
    return max(statuses, key=_badness)


def replayed(placed: Placed, question: Question, chosen: Choices) -> Came:
    """What came from a place, traced again over its part of a record."""
    try:
        place = place_of(placed.text)
    except Usage:
        place = Place(placed.text)
    if placed.record is None:
        return Failure(place, placed.failure)
    first = None if chosen.record is None else chosen.record.tracing.resolvers
    same = chosen.resolvers == first  # nothing else was typed
    asked = placed.record.tracing.resolvers if same else chosen.resolvers
    plan = planned(chosen._replace(record=placed.record, resolvers=asked))
    assert plan.network is not None  # that of the record
    network = RecordingNetwork(plan.network)
    trace = api.trace(question.name, question.rdtype, tracing=plan.tracing, network=network)
    return Sent(place, trace, network.course, plan.tracing, placed.by)


def check_resolvers(chosen: Choices) -> None:
    """Raise Usage for a resolver that not every place can ask."""
    for each in chosen.resolvers:
        if each.transport is Transport.HTTPS:
            raise Usage(
                "--resolver https: with --from, give an address or tls://, which need no packages there"
            )


def came_from(request: Request, chosen: Choices, environment: Environment) -> tuple[list[Came], bool]:
    """What came from each place, in their order, and whether the user stopped it before all had come."""
    found: dict[Place, Came] = {}

    async def trace() -> None:
        with PlacesProgress(chosen, environment) as progress:
            reach = reach_within(request.tracing.bounds.deadline)
            async with together(chosen.places, progress.update, reach) as places:
                await places.trace(request, lambda came: found.update({came.place: came}))

    stopped = False
    try:
        asyncio.run(trace())
    except KeyboardInterrupt:
        if not found:
            raise
        stopped = True
    return [found.get(place) or Failure(place, "was stopped by the user") for place in chosen.places], stopped


def _badness(status: Exit) -> int:
    order = (Exit.ANSWER, Exit.NEGATIVE, Exit.FINDINGS, Exit.BOGUS, Exit.FAILED, Exit.INTERRUPTED)
    return order.index(status)
