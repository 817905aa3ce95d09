"""The rule on servers that stopped answering while the trace was under way."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.analysis.stopping import ERRORS, Stopped
from dnstrace.checks.advice.remedies import at_servers, elsewhere
from dnstrace.checks.anomalies.anomalies import result_text
from dnstrace.checks.catalogue import Trait, of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.phrases import listed, question_text
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain


@of_trace(Level.WARNING, Blame.NOBODY, Trait.SURE_AT_ONCE)
def stopped_answering(evidence: Evidence) -> Iterator[Observation]:
    """A name server stopped answering while the trace was under way.

    What it is: the server answered at first. Later it gave no reply, or an error such as REFUSED, to the very
    same query and to all others. It was restarted, it fails, or something limits the rate of queries and
    shuts this client out. If the servers of several zones stop at the same moment, the network between here
    and them was lost.

    Why it matters: what the server did not answer is not known, so this check is incomplete. If it was
    overloaded by a few dozen queries, it will be by its users.

    How to fix it: trace again. If it stops again, look for a restart or a crash at that time, and for a limit
    of the rate on the server or in front of it. If everything stopped, check the network here.

    References: RFC 2182 section 3; RFC 9520 section 2.2
    """
    stops = evidence.stops
    if stops.everywhere is not None:
        yield _lost(list(stops.addresses.values()))
        return
    by_server: dict[tuple[Name, Name], list[Stopped]] = {}
    for one in stops.addresses.values():
        by_server.setdefault((one.again.step.zone, one.server), []).append(one)
    for (zone, server), found in by_server.items():
        yield _of_server(zone, server, found)


def _of_server(zone: Name, server: Name, found: list[Stopped]) -> Observation:
    name, first = plain(server), min(found, key=lambda one: one.since)
    same = question_text(first.again.step.question)
    return Observation(
        f"{name} stopped answering at {listed(map(_address, found))}, {_when(first)}: it answered {same}, and"
        f" later {_does(found)}, so the check of this server is incomplete",
        _steps(found),
        server=server,
        zone=zone,
        cure=f"trace again; if {name} stops again, look for a crash, a restart or a limit of the rate there",
        remedy=at_servers(server),
    )


def _lost(found: list[Stopped]) -> Observation:
    last = max(found, key=lambda one: one.since)
    return Observation(
        f"no server replied any more, {_when(last)}, although {len(found)} addresses of several zones had:"
        " the network was lost, and what was asked afterwards is not judged",
        _steps(found),
        cure="check the network here, and trace again",
        blame=Blame.NETWORK,
        remedy=elsewhere(),
    )


def _address(one: Stopped) -> str:
    return one.last.attempt.address


def _when(one: Stopped) -> str:
    """When that was: `0.42 s into the trace`."""
    return f"{one.since:.2f} s into the trace"


def _does(found: list[Stopped]) -> str:
    """What the server does now: `did not reply to that or to anything else`."""
    meanings = [one.again.attempt.meaning for one in found]
    errors = dict.fromkeys(result_text(meaning) for meaning in meanings if meaning.kind in ERRORS)
    if not errors:
        return "did not reply to that or to anything else"
    or_nothing = "" if all(meaning.kind in ERRORS for meaning in meanings) else ", or nothing,"
    return f"replied {listed(errors)}{or_nothing} to that and to everything else"


def _steps(found: list[Stopped]) -> tuple[int, ...]:
    made = [each for one in found for each in (one.last, one.again)]
    return tuple(dict.fromkeys(each.step.id for each in made))
